"""Sources that are due, looked at, and what was seen stored."""
