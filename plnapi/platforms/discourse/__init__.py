"""Discourse forums."""

from plnapi.platforms.discourse.adapter import DISCOURSE

__all__ = ["DISCOURSE"]
