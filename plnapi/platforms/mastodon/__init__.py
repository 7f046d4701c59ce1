"""Mastodon and servers that speak its client API."""

from plnapi.platforms.mastodon.adapter import MASTODON

__all__ = ["MASTODON"]
