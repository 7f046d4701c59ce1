"""What an adapter is asked for, and what it says it saw.

A look is a generator. It yields a `Fetch` or a `Parse`, is sent the `Response` or the parsed value, and returns a
`Seen`. It does no I/O, so a test drives it with recorded answers and a worker drives thousands at once.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from plnapi.errors import N_, PlnapiError
from plnapi.http.types import Fetch, Response, Send

CoverageState = Literal["complete", "partial", "hidden", "failed"]

# What a look can be of. `posts`: what an account or a site publishes. `follows`: whom an account follows, which groups it
# is in. `reactions`: what it boosted and liked. `received`: what others did towards it: who follows it, comments on it, is
# a member and writes in its rooms. `proof`: the public profile or page of an account, to find a code there.
Look = Literal["posts", "follows", "reactions", "received", "proof"]
Verb = Literal["Create", "Follow", "Announce", "Like"]  # ActivityStreams types; Announce is a boost


@dataclass(frozen=True, slots=True)
class Parse:
    """Untrusted bytes to be parsed in a child process with limits: `function(*args)`, a module-level function."""

    function: Callable[..., Any]
    args: tuple[Any, ...]


class ParseFailed(PlnapiError):
    """A document could not be read: `code` is `not_a_feed`, `feed_too_complex` or `bad_document`."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody, or a group, on a network.

    `uri` is the canonical identity (ActivityPub actor URI, or the site's address for a blog); `url` is the page for people.
    `handle` is what people type (`@ada@example.social`). `keys` are all forms that mean this account, see `address_keys`.
    """

    uri: str
    url: str
    handle: str
    name: str = ""
    keys: frozenset[str] = frozenset()
    is_group: bool = False


@dataclass(frozen=True, slots=True)
class Post:
    """Something published: a blog entry and a status are the same thing here.

    `html` is as the network sent it and hostile; `tags` are as written there, without `#`; the store normalises both.
    `published_at` is the author's claim, None when the document says nothing that can be read. `answers` are keys of the
    author of the post that this one replies to, as far as the network names them; `mentions` are addresses.
    """

    uri: str
    url: str
    title: str = ""
    html: str = ""
    published_at: datetime | None = None
    tags: tuple[str, ...] = ()
    in_reply_to: str | None = None
    mentions: tuple[str, ...] = ()
    answers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Follow:
    """The subject of the look follows this account (a group is followed by joining it)."""

    account: Account


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody did something towards somebody else: followed, boosted, liked, answered.

    `uri` is where the act itself can be seen, or its name on the network. `object_uri` and `object_url` are the account
    followed or the post concerned, `object_keys` all forms that mean its author or that account, `tags` those of the post
    as written. `actor_keys` are forms that mean who did it; empty: the subject of the look. `text` is what an answer says,
    plain, hostile; it is searched for an address or code of the actor and not kept.
    """

    verb: Verb
    uri: str
    object_uri: str
    object_url: str = ""
    object_keys: frozenset[str] = frozenset()
    actor_keys: frozenset[str] = frozenset()
    tags: tuple[str, ...] = ()
    text: str = ""
    happened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """The public face of an account: `text` and `links` are searched for the code that proves it.

    `me`: those links that say "this is me too" (rel=me). `verified`: those of which the network itself has found that the
    page behind them links back with rel=me. `moved_to`: the account that its owner has moved to, on the word of its server.
    """

    account: Account
    text: str
    links: tuple[str, ...] = ()
    feed: str | None = None
    me: tuple[str, ...] = ()
    verified: tuple[str, ...] = ()
    moved_to: Account | None = None


Item = Post | Follow | Act | Profile


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of what there is was seen.

    `complete`: everything that is public. `partial`: more is there, the next look goes on from the cursor.
    `hidden`: the network or the person shows nothing to strangers; an empty list means nothing. `failed`: no answer
    that could be used. `reason` is a stable code, `detail` a sentence.
    """

    state: CoverageState
    reason: str = ""
    detail: str = ""
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """The outcome of a look.

    `cursor` is the adapter's own JSON-able memory, handed back at the next look. `unchanged`: the network said, or the
    body shows, that nothing is new since `cursor`; `items` is then empty. `removed` are URIs known to be gone.
    """

    items: Sequence[Item]
    coverage: Coverage
    cursor: Mapping[str, Any] = field(default_factory=dict)
    unchanged: bool = False
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody whose acts a `received` look looks for: an identity as stored, see Subject."""

    uri: str
    url: str
    handle: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom to look at: the identity as stored. `data` is what the adapter returned as cursor of the proof look, e.g.
    the id on that server or the address of the feed.

    `token` is an access token of the subject's own, sent to its own server only; empty without one. `known` are the URIs
    of its posts that are kept and were not seen to be gone, newest first, and of acts that come with them: a look says
    which are. `others` are the people
    whose acts a `received` look looks for.
    """

    handle: str
    uri: str
    url: str
    data: Mapping[str, Any] = field(default_factory=dict)
    token: str = field(default="", repr=False)
    known: tuple[str, ...] = ()
    others: tuple[Other, ...] = ()


@dataclass(frozen=True, slots=True)
class Address:
    """What a person typed, read without asking anybody: which network, the handle in its usual form, a provisional URI."""

    network: str
    handle: str
    uri: str
    url: str


Steps = Generator[Fetch | Parse, Any, Seen]


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose an access token is, as its server says. `origin`: where that server takes it (`https://matrix.example.org`).

    `data` is what later looks know of the account, see Subject.
    """

    account: Account
    origin: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AccessTokens:
    """What a network needs so that an account can be proven, and looked from, by an access token of its own.

    `whose` asks the server of the subject to whom `subject.token` belongs; it raises looking.LookEnded and FetchFailed.
    `end` is the request that makes one token worth nothing, and no other, at the `origin` where it was taken. `about` is a
    sentence or two for people before they give one: what such a token can do, where it comes from, what ends it.
    """

    whose: Callable[[Subject], Generator[Fetch | Parse, Any, Owner]]
    end: Callable[[str, str], Send]
    about: str


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a network lets anybody see. Data, not branches: shown to people, read by the harvest and by steps.

    `looks`: what can be looked at. `verbs`: ActivityStreams type → the look at a person's own account that shows it;
    `received`: those that a look at somebody else shows, when a course has such an account. `groups`: a group is an
    account that is followed. `with_token`: looks that show (more) with the account's own token. `note`: one sentence
    for people about what it may be missing. `proofs`: how an account is proven, keys of `accounts.identities.PROOFS`.
    `code_goes` says where such a code goes; `tokens` how the network says whose a token is, where `proofs` has `token`.
    Where nothing is looked at, `why_not` is one sentence about that, and `good_link` says which link is good evidence
    for the person who reviews it.
    """

    looks: frozenset[Look]
    verbs: Mapping[Verb, Look]
    received: frozenset[Verb] = frozenset()
    groups: bool = False
    with_token: frozenset[Look] = frozenset()
    note: str = ""
    proofs: tuple[str, ...] = ("code",)
    why_not: str = ""
    good_link: str = ""
    code_goes: str = N_(
        "Put this code anywhere on its public page (profile text, a field, a post; on a blog, any page text or post):"
    )
    tokens: AccessTokens | None = None


class Platform(Protocol):
    """One network. An adapter is a module-level object; it holds no state."""

    @property
    def name(self) -> str:
        """The key stored with identities: "mastodon", "blog", "link"."""

    @property
    def title(self) -> str:
        """For people: "Mastodon and compatible servers"."""

    @property
    def capabilities(self) -> Capabilities:
        """What can be seen there."""

    def read_address(self, text: str) -> Address | None:
        """What the person typed, when it is of this network's form; else None. Pure."""

    def address_keys(self, text: str) -> frozenset[str]:
        """All normalised forms that could mean the same account as `text`; two accounts are one if these meet. Pure."""

    def look(self, what: Look, subject: Subject, cursor: Mapping[str, Any]) -> Steps:
        """Begin a look. Raises KeyError for a look that `capabilities` does not list."""


__all__ = [
    "AccessTokens", "Account", "Act", "Address", "Capabilities", "Coverage", "CoverageState", "Fetch", "Follow", "Item",
    "Look", "Other", "Owner", "Parse", "ParseFailed", "Platform", "Post", "Profile", "Response", "Seen",
    "Send", "Steps", "Subject", "Verb",
]  # fmt: skip
