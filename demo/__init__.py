"""The demonstration: a course, its people, and a network on this machine for them to be on."""
