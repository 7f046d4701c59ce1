"""Matrix."""

from plnapi.platforms.matrix.adapter import MATRIX

__all__ = ["MATRIX"]
