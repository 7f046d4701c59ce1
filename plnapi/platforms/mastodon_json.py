"""What the Mastodon API answers, read (docs.joinmastodon.org, entities). Pure, for the child process.

Any field may have any type: an account or a status that lacks what identifies it is counted as malformed and left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from plnapi.platforms import addresses, jsonread
from plnapi.platforms.html import inline_hashtags, one_line, plain_text, safe_url
from plnapi.platforms.mastodon_address import handle_of, keys_of
from plnapi.platforms.page import hrefs
from plnapi.platforms.types import Account, Follow, ParseFailed, Post, Profile

SHOWN = frozenset({"public", "unlisted", ""})
MAX_FIELDS = 50


@dataclass(frozen=True, slots=True)
class AccountRead:
    """An account as its own server describes it. Counts are None when the server does not say them."""

    id: str
    profile: Profile
    hides_lists: bool
    following: int | None
    statuses: int | None


@dataclass(frozen=True, slots=True)
class ItemsRead:
    """One page of a list: how many items it had, the ids in it, how many could not be read, and what was."""

    count: int
    ids: tuple[str, ...]
    malformed: int
    items: tuple[Post | Follow, ...]


@dataclass(frozen=True, slots=True)
class FingerRead:
    """A WebFinger answer (RFC 7033): the actor, and the page for people."""

    actor: str
    page: str


def read_account(body: bytes, host: str) -> AccountRead:
    """The account in `body`, as the server `host` sent it. Raises ParseFailed `bad_document`."""
    source = jsonread.document(body)
    account = _account(source, host) if isinstance(source, dict) else None
    if account is None:
        raise ParseFailed("The answer is not an account.", code="bad_document")
    return AccountRead(
        id=jsonread.text(source, "id"),
        profile=_profile(source, account),
        hides_lists=source.get("hide_collections") is True,
        following=jsonread.integer(source, "following_count"),
        statuses=jsonread.integer(source, "statuses_count"),
    )


def read_following(body: bytes, host: str) -> ItemsRead:
    """A page of accounts that are followed. Raises ParseFailed `bad_document`."""
    sources = _array(body)
    accounts = [_account(source, host) if isinstance(source, dict) else None for source in sources]
    follows = tuple(Follow(account) for account in accounts if account)
    return ItemsRead(len(sources), (), len(sources) - len(follows), follows)


def read_statuses(body: bytes, base: str, actor: frozenset[str]) -> ItemsRead:
    """A page of statuses: those that the account known by the addresses `actor` wrote and shows to all.

    `base` is the server's `scheme://host`. Raises ParseFailed `bad_document`.
    """
    sources = _array(body)
    known = [source for source in sources if isinstance(source, dict)]
    ids = tuple(jsonread.text(source, "id") for source in known)
    written = [source for source in known if _is_by(_original(source), actor)]
    posts = [_post(source, base) for source in written if jsonread.text(source, "visibility") in SHOWN]
    malformed = len(sources) - len(known) + sum(not _is_status(source) for source in known) + posts.count(None)
    return ItemsRead(len(sources), ids, malformed, tuple(post for post in posts if post))


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


def _array(body: bytes) -> list[Any]:
    value = jsonread.document(body)
    if not isinstance(value, list):
        raise ParseFailed("The answer is not a list.", code="bad_document")
    return value


# ---- accounts


def _account(source: Mapping[str, Any], host: str) -> Account | None:
    url, uri = (safe_url(jsonread.text(source, name)) for name in ("url", "uri"))
    uri, url = uri or url, url or uri
    if not same_address(uri):
        return None
    acct = jsonread.text(source, "acct") or jsonread.text(source, "username")
    handle = handle_of(acct if "@" in acct else f"{acct}@{host}")
    name = one_line(jsonread.text(source, "display_name"))[:200]
    keys = keys_of(uri) | keys_of(url) | keys_of(handle)
    return Account(uri, url, handle or url, name, keys, is_group=source.get("group") is True)


def _profile(source: Mapping[str, Any], account: Account) -> Profile:
    fields = jsonread.mappings(source, "fields")[:MAX_FIELDS]
    parts = [jsonread.text(source, "note"), *(jsonread.text(f, name) for f in fields for name in ("name", "value"))]
    links = tuple(dict.fromkeys(link for part in parts for link in hrefs(part)))
    verified = tuple(link for field in fields for link in _verified(field))
    return Profile(account, "\n".join([account.name, *map(plain_text, parts)]), links, verified=verified)


def _verified(field: Mapping[str, Any]) -> tuple[str, ...]:
    """The link of a field that the server has verified (entities/Account, `verified_at`): such a value is one link."""
    links = hrefs(jsonread.text(field, "value"))
    return links if len(links) == 1 and jsonread.moment(field, "verified_at") else ()


# ---- statuses


def _original(source: Mapping[str, Any]) -> Mapping[str, Any]:
    """The status itself: what a boost wraps. The account of the wrapper is never that of the author."""
    return jsonread.mapping(source, "reblog") or source


def _addresses(account: Mapping[str, Any]) -> set[str]:
    """How an author is told: by address, never by `acct`, which means different people on different servers."""
    return {same_address(jsonread.text(account, name)) for name in ("uri", "url")} - {""}


def _is_by(status: Mapping[str, Any], actor: frozenset[str]) -> bool:
    return bool(_addresses(jsonread.mapping(status, "account")) & actor)


def _is_status(source: Mapping[str, Any]) -> bool:
    return bool(_addresses(jsonread.mapping(_original(source), "account")))


def _post(source: Mapping[str, Any], base: str) -> Post | None:
    """The status that `source` is or wraps; None when it has no address, or one on another server than `base`."""
    status = _original(source)
    uri, url = (safe_url(jsonread.text(status, name)) for name in ("uri", "url"))
    uri = uri or url
    if addresses.authority_of(uri) != addresses.authority_of(base):
        return None
    html = jsonread.text(status, "content")
    return Post(
        uri=uri,
        url=url or uri,
        title=one_line(jsonread.text(status, "spoiler_text")),
        html=html,
        published_at=jsonread.moment(status, "created_at"),
        tags=_tags(status, source, html),
        in_reply_to=_reply(status, base),
        mentions=_mentions(status),
    )


def _tags(status: Mapping[str, Any], wrapper: Mapping[str, Any], html: str) -> tuple[str, ...]:
    """The tags of the status (snac2 leaves those of a boosted one on the wrapper), and the hashtags in its text."""
    tags = jsonread.mappings(status, "tags") or jsonread.mappings(wrapper, "tags")
    names = [jsonread.text(tag, "name").lstrip("#") for tag in tags]
    return tuple(dict.fromkeys(name for name in (*names, *inline_hashtags(plain_text(html))) if name))


def _reply(status: Mapping[str, Any], base: str) -> str | None:
    """Where the server describes what is replied to: the API tells its id on that server, not its URI."""
    parent = jsonread.text(status, "in_reply_to_id")
    return f"{base}/api/v1/statuses/{parent}" if parent.isascii() and parent.isalnum() else None


def _mentions(status: Mapping[str, Any]) -> tuple[str, ...]:
    """The addresses of those who are mentioned, groups among them."""
    urls = (safe_url(jsonread.text(mention, "url")) for mention in jsonread.mappings(status, "mentions"))
    return tuple(dict.fromkeys(url for url in urls if url))
