"""A practice network on loopback: a server that speaks the Mastodon API and serves blogs with feeds.

It stands for somebody else's server, so it imports nothing of the product.
"""

from demo.practice.network import PracticeNetwork, Served
from demo.practice.story import Act, Story, Student
from demo.practice.world import World

__all__ = ["Act", "PracticeNetwork", "Served", "Story", "Student", "World"]
