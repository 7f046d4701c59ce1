"""Blogs and any site with a feed; WordPress by its REST API."""

from plnapi.platforms.blog.adapter import BLOG

__all__ = ["BLOG"]
