"""One file per network. Nothing here does I/O or knows of a database, Flask or marshmallow."""

from plnapi.platforms.registry import PLATFORMS, get, read_address, read_group, read_room, unreadable

__all__ = ["PLATFORMS", "get", "read_address", "read_group", "read_room", "unreadable"]
