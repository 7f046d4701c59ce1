"""The hashtags of a course."""
