"""Statuses of the Mastodon API, read (docs.joinmastodon.org, entities/Status). Pure, for the child process.

Any field may have any type: a status that lacks what identifies it is counted as malformed and left out.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from plnapi.platforms import addresses, jsonread
from plnapi.platforms.html import inline_hashtags, one_line, plain_text, safe_url
from plnapi.platforms.mastodon.json import ItemsRead, account_of, array_of, keys_of_person, moved_of, same_address
from plnapi.platforms.types import Act, ParseFailed, Post, Profile, Verb

SHOWN = frozenset({"public", "unlisted", ""})

# Where a status's URI ends with its id on its own server: Mastodon, Takahe, Pixelfed (numbers), GoToSocial (ULID). The
# address of a boost on Mastodon goes on with `/activity`.
_ID_IN_URI = re.compile(r"/(?:statuses|posts|p/[^/]+|@[^/]+)/(\d{1,20}|[0-9A-HJKMNP-TV-Z]{26})(?:/activity)?/?")


def read_statuses(body: bytes, base: str, actor: frozenset[str]) -> ItemsRead:
    """A page of what the account known by the addresses `actor` published and boosted, as far as it is shown to all.

    A wrapper around a status of its own is that status, whoever boosted it; one that the account made around somebody
    else's is an `Act`. `base` is the server's `scheme://host`. Raises ParseFailed `bad_document`.
    """
    return _page(array_of(body), base, actor)


def read_status(body: bytes, base: str, actor: frozenset[str]) -> ItemsRead:
    """One status, as `read_statuses` gives a page. Raises ParseFailed `bad_document`."""
    source = jsonread.document(body)
    if not isinstance(source, dict) or not jsonread.text(source, "id"):
        raise ParseFailed("The answer is not a status.", code="bad_document")
    return _page([source], base, actor)


def read_favourites(body: bytes, base: str) -> ItemsRead:
    """A page of statuses that the holder of the token liked: those shown to all, whoever wrote them. Raises ParseFailed."""
    sources = array_of(body)
    known = [source for source in sources if isinstance(source, dict)]
    shown = [source for source in known if _is_shown(source)]
    likes = [_act("Like", source, base) for source in shown]
    placed = tuple((like.uri, jsonread.text(source, "id")) for source, like in zip(shown, likes, strict=True) if like)
    malformed = len(sources) - len(known) + likes.count(None)
    ids = tuple(jsonread.text(source, "id") for source in known)
    return ItemsRead(len(sources), ids, malformed, tuple(like for like in likes if like), placed)


def id_in(uri: str) -> str:
    """The id of a status on its own server, when the form of its URI tells it; else empty."""
    match = _ID_IN_URI.search(uri)
    return match[1] if match and match.end() == len(uri) else ""


def order(id: str) -> tuple[int, str]:
    """Sorts ids of one server as its lists are sorted: they are numbers, or of one length, and grow with time."""
    return len(id), id


# ---- pages


def _page(sources: list[Any], base: str, actor: frozenset[str]) -> ItemsRead:
    known = [source for source in sources if isinstance(source, dict)]
    written = [source for source in known if _is_by(_original(source), actor) and _is_shown(_original(source))]
    posts = [(_original(source), _post(source, base)) for source in written]
    wrappers = [source for source in known if _is_boost(source, actor)]
    boosts = [_boost(source, base) for source in wrappers]
    done = [(act.uri, jsonread.text(source, "id")) for source, act in zip(wrappers, boosts, strict=True) if act]
    unread = sum(not _is_status(source) for source in known) + [post for _, post in posts].count(None)
    kept = [(status, post) for status, post in posts if post]
    return ItemsRead(
        count=len(sources),
        ids=tuple(jsonread.text(source, "id") for source in known),
        malformed=len(sources) - len(known) + unread + boosts.count(None),
        items=(*(post for _, post in kept), *(boost for boost in boosts if boost)),
        placed=(*((post.uri, jsonread.text(status, "id")) for status, post in kept), *done),
        unindexed=any(jsonread.mapping(status, "account").get("noindex") is True for status, _ in posts),
        moved=_moved(known, base, actor),
    )


def _moved(known: Sequence[Mapping[str, Any]], base: str, actor: frozenset[str]) -> Profile | None:
    """The author's profile with their new account, which stands above each of their statuses."""
    own = (jsonread.mapping(source, "account") for source in known if _is_by(source, actor))
    host = addresses.authority_of(base)
    return next((profile for account in own if (profile := moved_of(account, host))), None)


def _original(source: Mapping[str, Any]) -> Mapping[str, Any]:
    """The status itself: what a boost wraps. The account of the wrapper is never that of the author."""
    return jsonread.mapping(source, "reblog") or source


def _is_shown(status: Mapping[str, Any]) -> bool:
    return jsonread.text(status, "visibility") in SHOWN


def _is_by(status: Mapping[str, Any], actor: frozenset[str]) -> bool:
    """Whether an account with one of the addresses `actor` wrote it: `acct` means different people on different servers."""
    return bool(_addresses(jsonread.mapping(status, "account")) & actor)


def _addresses(account: Mapping[str, Any]) -> set[str]:
    return {same_address(jsonread.text(account, name)) for name in ("uri", "url")} - {""}


def _is_status(source: Mapping[str, Any]) -> bool:
    return bool(_addresses(jsonread.mapping(_original(source), "account")))


def _is_boost(source: Mapping[str, Any], actor: frozenset[str]) -> bool:
    """Whether the account wrapped what somebody else wrote; snac puts wrappers by others into an account's own list."""
    inner = jsonread.mapping(source, "reblog")
    if not inner or _is_by(inner, actor) or not _is_status(source):
        return False
    return _is_by(source, actor) and _is_shown(source) and _is_shown(inner)


# ---- posts and acts


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
        tags=_tags(status, source),
        in_reply_to=_reply(status, base),
        mentions=_mentions(status),
        answers=_answers(status, addresses.authority_of(base)),
    )


def _boost(source: Mapping[str, Any], base: str) -> Act | None:
    """The boost that the wrapper `source` is; None when it has no address on the server `base`, or wraps what has none."""
    uri = safe_url(jsonread.text(source, "uri")) or safe_url(jsonread.text(source, "url"))
    act = _act("Announce", jsonread.mapping(source, "reblog"), base)
    if act is None or addresses.authority_of(uri) != addresses.authority_of(base):
        return None
    tags = act.tags or _tags(source, source)
    return replace(act, uri=uri, tags=tags, happened_at=jsonread.moment(source, "created_at"))


def _act(verb: Verb, status: Mapping[str, Any], base: str) -> Act | None:
    """What was done to `status`, as far as it is known from that; None when it or its author has no address."""
    author = account_of(jsonread.mapping(status, "account"), addresses.authority_of(base))
    uri, url = (safe_url(jsonread.text(status, name)) for name in ("uri", "url"))
    if author is None or not (uri or url):
        return None
    where = url or uri
    return Act(verb, where, uri or url, where, author.keys, tags=_tags(status, status))


def _tags(status: Mapping[str, Any], wrapper: Mapping[str, Any]) -> tuple[str, ...]:
    """The tags of the status (snac leaves those of a boosted one on the wrapper), and the hashtags in its text."""
    tags = jsonread.mappings(status, "tags") or jsonread.mappings(wrapper, "tags")
    names = [jsonread.text(tag, "name").lstrip("#") for tag in tags]
    written = inline_hashtags(plain_text(jsonread.text(status, "content")))
    return tuple(dict.fromkeys(name for name in (*names, *written) if name))


def _reply(status: Mapping[str, Any], base: str) -> str | None:
    """Where the server describes what is replied to: the API tells its id on that server, not its URI."""
    parent = jsonread.text(status, "in_reply_to_id")
    return f"{base}/api/v1/statuses/{parent}" if parent.isascii() and parent.isalnum() else None


def _mentions(status: Mapping[str, Any]) -> tuple[str, ...]:
    """The addresses of those who are mentioned, groups among them."""
    urls = (safe_url(jsonread.text(mention, "url")) for mention in jsonread.mappings(status, "mentions"))
    return tuple(dict.fromkeys(url for url in urls if url))


def _answers(status: Mapping[str, Any], host: str) -> frozenset[str]:
    """The author answered: the API tells their id, and who that is only if they are mentioned or wrote this one too."""
    answered = jsonread.text(status, "in_reply_to_account_id")
    people = (jsonread.mapping(status, "account"), *jsonread.mappings(status, "mentions"))
    known = (keys_of_person(person, host) for person in people if answered and jsonread.text(person, "id") == answered)
    return next(known, frozenset())
