"""Starter lists: people, spaces, tools, feeds and readings that a course begins its network with."""
