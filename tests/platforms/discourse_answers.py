"""Answers of a Discourse forum, as small as they can be and still be such."""

from typing import Any

from plnapi.platforms.types import Subject
from tests.platforms.drive import Network

BASE = "https://forum.example.org"
PAGE = f"{BASE}/u/ada"
USER = f"{BASE}/u/ada.json"
SUMMARY = f"{BASE}/u/ada/summary.json"
ADA = Subject(PAGE, PAGE, PAGE)


def actions_url(kinds: str = "4,5", offset: int = 0) -> str:
    return f"{BASE}/user_actions.json?offset={offset}&username=ada&filter={kinds}"


def post_url(topic: int, number: int = 1) -> str:
    return f"{BASE}/t/{topic}/{number}"


def user(**more: Any) -> dict[str, Any]:
    groups = [
        {"id": 10, "automatic": True, "name": "trust_level_1", "full_name": None},
        {"id": 41, "automatic": False, "name": "Botany", "full_name": "Friends of plants"},
    ]
    return {
        "user": {
            "id": 3,
            "username": "Ada",
            "name": "Ada L.",
            "avatar_template": "/a/{size}.png",
            "trust_level": 1,
            "bio_raw": "Learns in public. Code: PLN-ABCD",
            "bio_cooked": '<p>Learns in <a href="https://ada.example/">public</a></p>',
            "website": "https://ada.example/about",
            "groups": groups,
        }
        | more
    }


def action(topic: int, number: int = 1, by: str = "Ada", **more: Any) -> dict[str, Any]:
    return {
        "action_type": 4 if number == 1 else 5,
        "created_at": f"2026-09-{1 + topic % 28:02}T10:00:00.000Z",
        "topic_id": topic,
        "post_number": number,
        "username": by,
        "acting_username": "Ada",
        "title": f"Topic {topic}",
        "excerpt": "Words",
        "deleted": False,
        "hidden": None,
    } | more


def topic(number: int = 1, *tags: Any, by: str = "Ada", cooked: str = "<p>Words</p>", **more: Any) -> dict[str, Any]:
    post = {"post_number": number, "username": by, "cooked": cooked, "reply_to_post_number": None} | more
    return {"tags": list(tags), "details": {"created_by": {"username": "Grace"}}, "post_stream": {"posts": [post]}}


def actions(network: Network, *rows: dict[str, Any], kinds: str = "4,5") -> Network:
    """The rows in pages of 30; each post of theirs is in its topic."""
    for offset in range(0, len(rows) + 1, 30):
        network.put(actions_url(kinds, offset), {"user_actions": list(rows[offset : offset + 30])})
    for row in rows:
        url = f"{post_url(row['topic_id'], row['post_number'])}.json"
        if url not in network.answers:
            network.put(url, topic(row["post_number"], "sub101", by=row["username"]))
    return network


def forum() -> Network:
    """Ada began a tagged topic, answered in another, is in a group, and liked what Bob wrote."""
    network = actions(Network().put(USER, user()), action(7), action(5, 3))
    return actions(network, action(4, 2, "Bob", action_type=1), kinds="1")
