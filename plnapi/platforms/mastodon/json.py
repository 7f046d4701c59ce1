"""What the Mastodon API answers, read (docs.joinmastodon.org, entities). Pure, for the child process.

Any field may have any type: an account or a status that lacks what identifies it is counted as malformed and left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from plnapi.platforms import addresses, jsonread
from plnapi.platforms.html import one_line, plain_text, safe_url
from plnapi.platforms.mastodon.address import handle_of, keys_of
from plnapi.platforms.page import hrefs
from plnapi.platforms.types import Account, Act, Follow, ParseFailed, Post, Profile

MAX_FIELDS = 50


@dataclass(frozen=True, slots=True)
class AccountRead:
    """An account as its own server describes it. Counts are None when the server does not say them, or hides them."""

    id: str
    profile: Profile
    hides_lists: bool
    following: int | None
    statuses: int | None
    followers: int | None = None
    suspended: bool = False

    @property
    def moved(self) -> tuple[Profile, ...]:
        """The profile, when it says that its owner moved."""
        return (self.profile,) if self.profile.moved_to else ()


@dataclass(frozen=True, slots=True)
class ItemsRead:
    """One page of a list: how many items it had, the ids in it, how many could not be read, and what was.

    `placed`: the URI of each post, boost or account in it, with its id on this server. `unindexed`: the author
    asks programs in general to leave them alone (`noindex`). `moved`: the author's profile, when it says that they moved.
    """

    count: int
    ids: tuple[str, ...]
    malformed: int
    items: tuple[Post | Follow | Act, ...]
    placed: tuple[tuple[str, str], ...] = ()
    unindexed: bool = False
    moved: Profile | None = None


@dataclass(frozen=True, slots=True)
class FingerRead:
    """A WebFinger answer (RFC 7033): the actor, and the page for people."""

    actor: str
    page: str


def read_account(body: bytes, host: str) -> AccountRead:
    """The account in `body`, as the server `host` sent it. Raises ParseFailed `bad_document`."""
    source = jsonread.document(body)
    account = account_of(source, host) if isinstance(source, dict) else None
    if account is None:
        raise ParseFailed("The answer is not an account.", code="bad_document")
    return AccountRead(
        id=jsonread.text(source, "id"),
        profile=_profile(source, account, host),
        hides_lists=source.get("hide_collections") is True,
        following=_count(source, "following_count"),
        statuses=_count(source, "statuses_count"),
        followers=_count(source, "followers_count"),
        suspended=source.get("suspended") is True,
    )


def read_following(body: bytes, host: str) -> ItemsRead:
    """A page of accounts, those that are followed or those that follow. Raises ParseFailed `bad_document`."""
    sources = array_of(body)
    read = [(source, account_of(source, host)) for source in sources if isinstance(source, dict)]
    known = [(account, jsonread.text(source, "id")) for source, account in read if account]
    follows = tuple(Follow(account) for account, _ in known)
    placed = tuple((account.uri, id) for account, id in known)
    return ItemsRead(len(sources), (), len(sources) - len(follows), follows, placed)


def read_relationships(body: bytes) -> dict[str, bool]:
    """Whether the account with this id follows the holder of the token (`followed_by`). Raises ParseFailed `bad_document`."""
    known = [source for source in array_of(body) if isinstance(source, dict)]
    told = {jsonread.text(source, "id"): source.get("followed_by") for source in known}
    return {id: followed for id, followed in told.items() if id and isinstance(followed, bool)}


def read_webfinger(body: bytes) -> FingerRead:
    """The links `self` and `profile-page`. Raises ParseFailed `bad_document` without an actor."""
    source = jsonread.document(body)
    links = jsonread.mappings(source, "links") if isinstance(source, dict) else []
    targets = {jsonread.text(link, "rel"): safe_url(jsonread.text(link, "href")) for link in links}
    actor = next((safe_url(jsonread.text(link, "href")) for link in links if _is_actor(link)), "")
    if not actor:
        raise ParseFailed("The answer names no account.", code="bad_document")
    return FingerRead(actor, targets.get("http://webfinger.net/rel/profile-page", ""))


def same_address(url: str) -> str:
    """The form in which two addresses of an actor are compared."""
    return addresses.read_url(url) or ""


def _is_actor(link: Mapping[str, Any]) -> bool:
    kind = jsonread.text(link, "type")
    return jsonread.text(link, "rel") == "self" and ("activity+json" in kind or "activitystreams" in kind)


def array_of(body: bytes) -> list[Any]:
    """The array that `body` is. Raises ParseFailed `bad_document`."""
    value = jsonread.document(body)
    if not isinstance(value, list):
        raise ParseFailed("The answer is not a list.", code="bad_document")
    return value


# ---- accounts


def account_of(source: Mapping[str, Any], host: str) -> Account | None:
    """The account that `source` describes, as the server `host` sent it; None when it has no address."""
    url, uri = (safe_url(jsonread.text(source, name)) for name in ("url", "uri"))
    uri, url = uri or url, url or uri
    if not same_address(uri):
        return None
    handle = _handle(source, host)
    name = one_line(jsonread.text(source, "display_name"))[:200]
    keys = keys_of(uri) | keys_of(url) | keys_of(handle)
    return Account(uri, url, handle or url, name, keys, is_group=source.get("group") is True)


def moved_of(source: Mapping[str, Any], host: str) -> Profile | None:
    """The profile of the account `source` when it says that its owner moved, as the server `host` sent it."""
    account = account_of(source, host) if jsonread.mapping(source, "moved") else None
    profile = _profile(source, account, host) if account else None
    return profile if profile and profile.moved_to else None


def keys_of_person(source: Mapping[str, Any], host: str) -> frozenset[str]:
    """All forms that mean the account or the mention `source`, as the server `host` sent it; none without an address."""
    urls = [safe_url(jsonread.text(source, name)) for name in ("uri", "url")]
    keys = frozenset(key for url in urls for key in keys_of(url))
    return keys | keys_of(_handle(source, host)) if keys else keys


def _handle(source: Mapping[str, Any], host: str) -> str:
    """`@name@host`; servers leave the host away for accounts of their own."""
    acct = jsonread.text(source, "acct") or jsonread.text(source, "username")
    return handle_of(acct if "@" in acct else f"{acct}@{host}")


def _profile(source: Mapping[str, Any], account: Account, host: str) -> Profile:
    fields = jsonread.mappings(source, "fields")[:MAX_FIELDS]
    parts = [jsonread.text(source, "note"), *(jsonread.text(f, name) for f in fields for name in ("name", "value"))]
    links = tuple(dict.fromkeys(link for part in parts for link in hrefs(part)))
    verified = tuple(link for field in fields for link in _verified(field))
    text = "\n".join([account.name, *map(plain_text, parts)])
    moved = account_of(jsonread.mapping(source, "moved"), host)
    return Profile(account, text, links, verified=verified, moved_to=moved)


def _count(source: Mapping[str, Any], name: str) -> int | None:
    """A count; some servers send -1 for one that its owner hides."""
    count = jsonread.integer(source, name)
    return count if count is not None and count >= 0 else None


def _verified(field: Mapping[str, Any]) -> tuple[str, ...]:
    """The link of a field that the server has verified (entities/Account, `verified_at`): such a value is one link."""
    links = hrefs(jsonread.text(field, "value"))
    return links if len(links) == 1 and jsonread.moment(field, "verified_at") else ()
