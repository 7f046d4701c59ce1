"""What a kind of step is made of. Everything here is frozen and pure: no database, no web, no clock."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from typing import Any, Literal, Protocol
from uuid import UUID

Verdict = Literal["verified", "waiting", "error", "unknown", "not_yet"]
Level = Literal["declared", "linked", "machine", "person"]
Config = Mapping[str, Any]

# An any-of list is done when one branch is, and undone only when every branch is (Kleene's "or").
VERDICTS: tuple[Verdict, ...] = ("verified", "waiting", "error", "unknown", "not_yet")
LEVELS: tuple[Level, ...] = ("declared", "linked", "machine", "person")
ODD = {"foreign": "link_foreign", "same": "link_same"}  # marks in the data of a link or answer, and their notes


@dataclass(frozen=True, slots=True)
class Act:
    """A fact as a check sees it. `key` is the fact's, `tags` are canonical, `uri` is where people can see it.

    `in_reply_to` is the network's name for the post that this one answers, empty for one that answers none. `keys` are
    forms that mean the account followed, or the author of what was answered, boosted or liked; `mentions` those of
    whom the text names. `comment`: it was written under a post on somebody's site. `at`: when it was done, never later
    than when it was seen. `version` is that of the `adapter` that saw it, `excerpt_hash` that of what a post said then.
    """

    key: str
    verb: str
    object_uri: str
    network: str
    seen_at: datetime
    happened_at: datetime | None = None
    undone_at: datetime | None = None
    keys: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    uri: str = ""
    title: str = ""
    words: int = 0
    adapter: str = ""
    in_reply_to: str = ""
    mentions: frozenset[str] = frozenset()
    comment: bool = False
    version: int | None = None
    excerpt_hash: str = ""
    at: datetime = field(init=False)

    def __post_init__(self) -> None:
        """A claim about the future is not believed."""
        seen, happened = self.seen_at, self.happened_at
        object.__setattr__(self, "at", seen if happened is None else min(happened, seen))


@dataclass(frozen=True, slots=True)
class Look:
    """How much the last look at one identity saw. `coverage` is None before the first look."""

    network: str
    handle: str
    look: str
    coverage: str | None
    reason: str = ""
    detail: str = ""
    looked_at: datetime | None = None
    seen_at: datetime | None = None
    next_look_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A decision as a check sees it; see `models.Decision` for the kinds and what `about_id` points at."""

    id: UUID
    kind: str
    made_at: datetime
    url: str = ""
    comment: str = ""
    about_id: UUID | None = None
    level: Level | None = None
    done_at: datetime | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Account:
    """An identity of the student; `proven_at` is None until it is proven.

    `shows`: verb → the look at this account that tells of it, on its network. `keys` are forms that mean it. `id` and
    `links_to` are ids of identities: those of the person's others that its public page links to. `left_out`: nothing of it
    counts for this course, for the student leaves its network out there.
    """

    network: str
    handle: str
    proven: bool
    looks: frozenset[str]
    proven_at: datetime | None = None
    shows: Mapping[str, str] = field(default_factory=dict)
    keys: frozenset[str] = frozenset()
    id: str = ""
    links_to: frozenset[str] = frozenset()
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class Received:
    """How much the last look at an account of the course saw of what others did towards it: `verbs` it would show."""

    network: str
    handle: str
    keys: frozenset[str]
    verbs: frozenset[str]
    coverage: str | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """An item of a starter list. `keys` are all forms that mean its account, empty when nothing can be followed;
    `addresses` those of its address, whatever it is."""

    item_key: str
    kind: str
    title: str
    keys: frozenset[str]
    addresses: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TargetList:
    """The newest version of a starter list. `by_key` finds the targets that a key means."""

    title: str
    targets: tuple[Target, ...]
    by_key: Mapping[str, tuple[Target, ...]]

    @classmethod
    def of(cls, title: str, targets: Sequence[Target]) -> "TargetList":
        """The list with its index."""
        by_key: dict[str, tuple[Target, ...]] = {}
        for target in targets:
            for key in target.keys:
                by_key[key] = (*by_key.get(key, ()), target)
        return cls(title, tuple(targets), by_key)


@dataclass(frozen=True, slots=True)
class Context:
    """The course around a step, and the student's side of it.

    `hashtags`: canonical key → display form. `lists`: id of the list as text → its newest version. `consented`: whether
    the student lets plnapi look for this course; without it `facts` and `looks` are empty. `starts_on` and `ends_on` are
    the course's first and last day in its `zone`, `joined_at` is when the student joined it.

    `received` are the looks at the course's own accounts. `classmates` are forms that mean the proven accounts of its
    members, staff included; the student's `own` are among them, and nobody acts towards oneself. `gone`: key of a list's
    item → since when there is nothing at its address.
    """

    hashtags: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, TargetList] = field(default_factory=dict)
    accounts: tuple[Account, ...] = ()
    consented: bool = True
    starts_on: date = date.min
    ends_on: date = date.max
    zone: tzinfo = UTC
    joined_at: datetime | None = None
    received: tuple[Received, ...] = ()
    classmates: frozenset[str] = frozenset()
    gone: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def own(self) -> frozenset[str]:
        """Forms that mean the student's own proven accounts."""
        return frozenset().union(*(account.keys for account in self.accounts if account.proven))


@dataclass(frozen=True, slots=True)
class Note:
    """One link in the chain of an explanation: a stable code and its parameters. `words` makes the sentence."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What stands for a tick. `verb` is the fact's, or Account, Word, Link, Answer, Approve. `version` and `excerpt_hash`
    as in `Act`, for what an adapter saw."""

    verb: str
    uri: str
    happened_at: datetime | None
    seen_at: datetime
    adapter: str = ""
    title: str = ""
    undone_at: datetime | None = None
    version: int | None = None
    excerpt_hash: str = ""

    @classmethod
    def of(cls, act: Act) -> "Evidence":
        """A fact as evidence."""
        return cls(
            act.verb, act.uri, act.happened_at, act.seen_at, act.adapter, act.title, act.undone_at,
            act.version, act.excerpt_hash,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a check says of one branch. `level` and `done_at` are set when it is verified, `level` also when it waits."""

    verdict: Verdict
    level: Level | None = None
    evidence: tuple[Evidence, ...] = ()
    explanation: tuple[Note, ...] = ()
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Needs:
    """What a branch asks of a student's network: `verbs` that it must show, other `looks` that must be possible, and
    whether an account must be public. `classmates`: it asks whose the account is towards which something was done.
    `networks`: only what is shown on one of these counts; empty: on any."""

    looks: frozenset[str] = frozenset()
    public_account: bool = False
    verbs: frozenset[str] = frozenset()
    classmates: bool = False
    networks: frozenset[str] = frozenset()

    @property
    def network(self) -> bool:
        """Whether it is seen on a network, which can be out of reach."""
        return bool(self.looks or self.verbs)


@dataclass(frozen=True, slots=True)
class Reads:
    """What a judgement looks at. A branch is given acts of these `verbs` and no others.

    `looks`: how much was seen makes a difference while it is not verified; `public`: also to whether it is. `around`: the
    lists of the course, what is gone of them, and the looks at the course's own accounts.
    """

    verbs: frozenset[str] = frozenset()
    looks: bool = False
    public: bool = False
    around: bool = False

    @classmethod
    def together(cls, parts: Iterable["Reads"]) -> "Reads":
        """All that any of the parts looks at."""
        all_ = list(parts)
        return cls(
            frozenset().union(*(one.verbs for one in all_)),
            any(one.looks for one in all_),
            any(one.public for one in all_),
            any(one.around for one in all_),
        )


@dataclass(frozen=True, slots=True)
class Param:
    """One setting of a kind: from this the schema, the form and the published description are made.

    `type`: count (a whole number from 1), list (id of a starter list), items (item keys of that list), hashtag (one of
    the course's), choice, text, lines (texts), flag (yes or no), day (an ISO date in the course's zone), ways (branches).
    """

    name: str
    type: Literal["count", "list", "items", "hashtag", "choice", "text", "lines", "flag", "day", "ways"]
    label: str
    hint: str = ""
    required: bool = False
    default: Any = None
    maximum: int = 100
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a student is asked for: from this the form and the published description of an answer are made.

    `type`: text (a string; `minimum` and `maximum` are words), lines (strings, so many), pairs (strings such as
    "Name: what you get from it", so many), choice (a value of `choices`), choices (so many of them), url, tags (hashtags,
    so many), file (a document's text, which is read and not kept).
    """

    name: str
    type: Literal["text", "lines", "pairs", "choice", "choices", "url", "tags", "file"]
    label: str
    hint: str = ""
    minimum: int = 1
    maximum: int = 2000
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a setting cannot work in this course: `param` is its name ("" for the whole), `code` one of `sentences.PROBLEMS`."""

    param: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


class Check(Protocol):
    """A kind of branch: one module-level object per file, named in `checks.ALL`. It holds no state."""

    kind: str
    title: str
    help: str
    icon: str
    params: tuple[Param, ...]

    def needs(self, config: Config) -> Needs:
        """What this asks of a network."""

    def reads(self, config: Config) -> Reads:
        """What its judgement looks at: more than it could need is slow, less is wrong."""
        needs = self.needs(config)
        return Reads(needs.verbs, looks=needs.network, around="list" in config or needs.classmates)

    def problems(self, config: Config, context: Context) -> Iterator[Problem]:
        """Why it could never be done in this course; nothing when it can."""

    def asks(self, config: Config, context: Context) -> tuple[Target, ...]:
        """The items of a list without which it cannot be done: one of them at least has to be there."""
        return ()

    def takes(self, config: Config) -> str:
        """What the student gives for it: word, link, answer, or nothing."""
        return ""

    def form(self, config: Config, context: Context) -> tuple[Field, ...]:
        """What an answer is made of; empty for a kind that takes none."""
        return ()

    def judge(
        self, config: Config, facts: Sequence[Act], looks: Sequence[Look], decisions: Sequence[Said], context: Context
    ) -> Judgement:
        """Whether it is done. Pure: the same in, the same out, in whatever order and however often facts come."""
