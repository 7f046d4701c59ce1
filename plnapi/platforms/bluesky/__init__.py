"""Bluesky and the rest of the AT Protocol."""

from plnapi.platforms.bluesky.adapter import BLUESKY

__all__ = ["BLUESKY"]
