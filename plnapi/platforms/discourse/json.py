"""What a Discourse forum says, read. Pure, run in a child process.

Sources: docs.discourse.org (`/u/{username}.json`, `/user_actions.json`, `/t/{id}.json`); in its code `UserAction` (1 a like
that was given, 4 a topic begun, 5 a reply) and `UserSerializer`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from plnapi.platforms import jsonread
from plnapi.platforms.discourse.address import Place
from plnapi.platforms.html import one_line, plain_text, safe_url
from plnapi.platforms.page import hrefs
from plnapi.platforms.types import ParseFailed


@dataclass(frozen=True, slots=True)
class UserRead:
    """A person's public page. `hidden`: the person shows it to nobody. `groups` are names; None when none are told."""

    name: str
    title: str
    text: str
    links: tuple[str, ...]
    hidden: bool
    groups: tuple[tuple[str, str], ...] | None


@dataclass(frozen=True, slots=True)
class Row:
    """Something that somebody did: `author` wrote the post `number` of the topic, `actor` did this. Names in lower case."""

    topic: int
    number: int
    kind: int
    actor: str
    author: str
    title: str
    excerpt: str
    at: datetime | None

    @property
    def key(self) -> str:
        """Topic and number of the post."""
        return f"{self.topic}/{self.number}"


@dataclass(frozen=True, slots=True)
class PostRead:
    """A post as its topic shows it; `answers` is the name of the author of what it replies to, in lower case, or empty."""

    author: str
    html: str
    tags: tuple[str, ...]
    answers: str
    parent: int


def read_user(body: bytes) -> UserRead:
    """Raises ParseFailed `bad_document` for anything that is not such a page of a Discourse forum."""
    user = jsonread.mapping(_object(body), "user")
    name = jsonread.text(user, "username")
    # Other software answers at such addresses too; these two are on every page of a person there.
    if not name or "trust_level" not in user or "avatar_template" not in user:
        raise ParseFailed("The server is no Discourse forum.", code="bad_document")
    bio = jsonread.text(user, "bio_cooked") or jsonread.text(user, "bio_excerpt")
    site = safe_url(jsonread.text(user, "website"))
    title = one_line(jsonread.text(user, "name"))[:200]
    words = (title, jsonread.text(user, "bio_raw"), plain_text(bio), jsonread.text(user, "location"))
    return UserRead(
        name,
        title,
        "\n".join(filter(None, words)),
        tuple(dict.fromkeys(link for link in (site, *hrefs(bio)) if link)),
        user.get("profile_hidden") is True,
        _groups(user),
    )


def _groups(user: Mapping[str, Any]) -> tuple[tuple[str, str], ...] | None:
    """Name and title of the groups that are shown; those that the forum makes by itself are left out."""
    if not isinstance(user.get("groups"), list):
        return None
    groups = (group for group in jsonread.mappings(user, "groups") if group.get("automatic") is not True)
    named = ((jsonread.text(g, "name"), one_line(jsonread.text(g, "full_name"))[:200]) for g in groups)
    return tuple((name, title) for name, title in named if name)


def read_rows(body: bytes) -> tuple[list[Row], int]:
    """What somebody did, newest first, without what is deleted; and how many rows there were. Raises ParseFailed."""
    value = _object(body)
    if not isinstance(value.get("user_actions"), list):
        raise ParseFailed("The answer has no list of actions.", code="bad_document")
    rows = jsonread.mappings(value, "user_actions")
    shown = (row for row in rows if row.get("deleted") is not True and row.get("hidden") is not True)
    return [row for item in shown if (row := _row(item))], len(value["user_actions"])


def _row(item: Mapping[str, Any]) -> Row | None:
    topic, number, kind = (jsonread.integer(item, name) for name in ("topic_id", "post_number", "action_type"))
    names = [jsonread.text(item, name).lower() for name in ("acting_username", "username")]
    if not topic or topic < 0 or not number or number < 0 or not kind or not all(names):
        return None
    title = one_line(jsonread.text(item, "title"))
    excerpt = jsonread.text(item, "excerpt")
    return Row(topic, number, kind, names[0], names[1], title, excerpt, jsonread.moment(item, "created_at"))


def read_counts(body: bytes) -> dict[str, int | None]:
    """How much the forum counts of somebody: `post_count`, `topic_count`, `likes_given`. Raises ParseFailed."""
    summary = jsonread.mapping(_object(body), "user_summary")
    return {name: jsonread.integer(summary, name) for name in ("post_count", "topic_count", "likes_given")}


def read_post(body: bytes, number: int) -> PostRead | None:
    """The post `number` of a topic; None when the topic does not show it. Raises ParseFailed."""
    topic = _object(body)
    posts = jsonread.mappings(jsonread.mapping(topic, "post_stream"), "posts")
    post = next((post for post in posts if jsonread.integer(post, "post_number") == number), None)
    if post is None:
        return None
    starter = jsonread.text(jsonread.mapping(jsonread.mapping(topic, "details"), "created_by"), "username")
    replied = jsonread.text(jsonread.mapping(post, "reply_to_user"), "username")
    return PostRead(
        jsonread.text(post, "username").lower(),
        jsonread.text(post, "cooked"),
        tuple(_tag(tag) for tag in jsonread.listing(topic, "tags")),
        "" if number == 1 else (replied or starter).lower(),
        0 if number == 1 else jsonread.integer(post, "reply_to_post_number") or 1,
    )


def _tag(tag: Any) -> str:
    """A tag is its name, and an object with one in the newest versions."""
    return (
        jsonread.text(tag, "name") if isinstance(tag, dict) else jsonread.storable(tag) if isinstance(tag, str) else ""
    )


def keys_of(base: str, name: str, *, is_group: bool = False) -> frozenset[str]:
    """The keys of somebody on the forum at `base`; none for no name."""
    return frozenset({Place(base, name, is_group).key} if name else ()) - {""}


def _object(body: bytes) -> Mapping[str, Any]:
    value = jsonread.document(body)
    if not isinstance(value, dict):
        raise ParseFailed("The answer is not an object.", code="bad_document")
    return value
