"""What the practice network remembers: accounts, statuses, follows, favourites and blogs. Changed by `World` alone."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Visibility = Literal["public", "unlisted", "private", "direct"]
VISIBILITIES: tuple[Visibility, ...] = ("public", "unlisted", "private", "direct")


class NotFound(LookupError):
    """No such account, status or blog."""


class NotAllowed(PermissionError):
    """The network refuses this act, such as following oneself."""


class Invalid(ValueError):
    """The act is malformed, such as an empty post. The message is what a person reads."""


@dataclass(frozen=True)
class ProfileField:
    """One row of a profile's table. `verified_at` is set where the server found a rel=me link back."""

    name: str
    value: str
    verified_at: datetime | None = None


@dataclass
class Account:
    """A person or a group on the network. `note` is the plain text of the profile."""

    id: int
    username: str
    display_name: str
    token: str
    created_at: datetime
    note: str = ""
    fields: tuple[ProfileField, ...] = ()
    group: bool = False
    hide_collections: bool = False
    moved_to: "Account | None" = None


@dataclass
class Status:
    """A post, or with `reblog` the wrapper of a boost, which has neither content nor tags of its own."""

    id: int
    account: Account
    created_at: datetime
    text: str = ""
    content: str = ""
    tags: tuple[str, ...] = ()
    mentions: tuple[Account, ...] = ()
    visibility: Visibility = "public"
    in_reply_to_id: int | None = None
    in_reply_to_account: Account | None = None
    reblog: "Status | None" = None


@dataclass(frozen=True)
class Follow:
    """`id` is internal to the server: it orders lists and pages, and is no account's id."""

    id: int
    follower: Account
    target: Account
    at: datetime


@dataclass(frozen=True)
class Favourite:
    """`id` is internal to the server, as for `Follow`."""

    id: int
    account: Account
    status: Status
    at: datetime


@dataclass(frozen=True)
class Entry:
    """A blog entry. `html` is the body as its author's editor wrote it; `path` follows the blog's address."""

    guid: str
    path: str
    title: str
    html: str
    categories: tuple[str, ...]
    at: datetime
    number: int = 0


@dataclass(frozen=True)
class Comment:
    """A reader's comment under an entry. Name and `author_url` are what the reader typed; `text` is plain."""

    id: int
    entry: Entry
    author: str
    author_url: str
    text: str
    at: datetime


@dataclass
class Blog:
    """A blog under /blogs/<name>/. `about` is plain text beside the entries, `rel_me` the author's other addresses.

    `rest`: it answers the REST API of WordPress too. `numbered`: the last number that an entry was given.
    """

    name: str
    title: str
    author: str
    created_at: datetime
    changed_at: datetime
    about: str = ""
    rel_me: tuple[str, ...] = ()
    rest: bool = False
    numbered: int = 0
    entries: list[Entry] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
