"""Comments on the posts of a blog: by WordPress's REST API, else by the site's feed of comments.

Anybody can write any name and address above a comment. What is seen is therefore only what a comment says; whom it is
counted for is decided by an address or code in it, and is as good as a signature under a letter.
"""

import hashlib
from collections.abc import Generator, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urljoin, urlsplit

from plnapi.errors import N_
from plnapi.http.types import Fetch, FetchFailed, Response
from plnapi.platforms import addresses, jsonread
from plnapi.platforms.blog import wordpress
from plnapi.platforms.blog.rss import looks_like_feed, parse_comments, parse_feed
from plnapi.platforms.blog.wordpress import Api
from plnapi.platforms.blog.wordpress_json import Comment, number_in, read_comments, read_posts
from plnapi.platforms.bluesky import address as bluesky_address
from plnapi.platforms.entries import ParsedFeed
from plnapi.platforms.html import safe_url
from plnapi.platforms.looking import LookEnded, refusal
from plnapi.platforms.mastodon import address as mastodon_address
from plnapi.platforms.types import Act, Coverage, Parse, ParseFailed, Seen, Steps, Subject

COMPLETE = Coverage(
    "complete",
    "names_not_verified",
    N_("Names above comments are not verified; a comment counts for whom an address or a code in it names."),
)
NEWEST_ONLY = Coverage(
    "complete",
    "newest_entries_only",
    N_("A feed shows only the newest comments. Names above them are not verified; an address or a code in one counts."),
)
MORE = Coverage("partial", "more_pages", N_("There are more comments than one look reads; the next one goes on."))
NONE_SHOWN = Coverage("hidden", "no_comments_shown", N_("This site shows no list of its comments to programs."))
POSTS = 100  # whose comments one look asks for: those known last
MAX_PAGES = 5  # of 100 comments
REMEMBERED = 300  # comments
_FIELDS = "id,post,link,author_url,content,date_gmt,type"

Reading = Generator[Fetch | Parse, Any, Any]


def received(subject: Subject, cursor: Mapping[str, Any]) -> Steps:
    """Comments on the posts in `Subject.known`, as `Act`s of those who wrote them; without any, on the newest of the blog.

    Cursor: `hash` of what was read; `numbers` of known posts whose URI does not have theirs; `next`, a page; `comments`,
    the newest that were seen, each with the URI of its post, to notice that one is gone.
    """
    api = wordpress.api_of(subject.data)
    if api is not None:
        try:
            return (yield from _by_rest(api, subject, cursor))
        except wordpress.Closed:
            pass  # its feed of comments may be there
    return (yield from _by_feed(subject, cursor))


# ---- by the REST API


def _by_rest(api: Api, subject: Subject, cursor: Mapping[str, Any]) -> Steps:
    posts = yield from _numbers(api, subject.known[:POSTS], jsonread.mapping(cursor, "numbers"))
    if not posts:
        raise wordpress.Closed(lasting=False)
    numbers = ",".join(map(str, sorted(posts)))
    start = jsonread.integer(cursor, "next") or 1
    comments: list[Comment] = []
    end, digest = 0, hashlib.sha256(numbers.encode())
    for page in range(start, start + MAX_PAGES):
        url = api.url("comments", post=numbers, per_page=wordpress.PER_PAGE, page=page, _fields=_FIELDS)
        response = yield from wordpress.fetched(url, may_be_past_the_end=page > 1)
        found = (yield from wordpress.read(read_comments, response, api.root)) if response else []
        comments += found
        digest.update(response.body if response else b"")
        if page >= _last_page(response):
            break
    else:
        end = start + MAX_PAGES
    memory = {"hash": digest.hexdigest(), "next": end, "numbers": {u: n for n, u in posts.items() if not number_in(u)}}
    acts = _acts(subject, comments, posts)
    memory = {name: value for name, value in memory.items() if value}
    return _seen(acts, MORE if end else COMPLETE, cursor, memory, posts.values() if start == 1 and not end else ())


def _last_page(response: Response | None) -> int:
    return (jsonread.integer(dict(response.headers), "x-wp-totalpages") or 1) if response else 1


def _numbers(api: Api, known: Sequence[str], kept: Mapping[str, Any]) -> Reading:
    """Number → URI of the known posts, without any of the newest. Those whose URI does not say it are looked up among the
    newest posts, once."""
    numbers = {uri: number_in(uri) or jsonread.integer(kept, uri) for uri in known}
    if not known or not all(numbers.values()):
        url = api.posts(per_page=wordpress.PER_PAGE, _fields="id,guid,link,_links,_embedded", _embed="wp:term")
        response = yield from wordpress.fetched(url)
        for post in (yield from wordpress.read(read_posts, response, api.root)):
            for uri in (post.entry.id, post.entry.url) if known else (post.entry.id,):
                numbers |= {uri: post.id} if uri in numbers or not known else {}
    return {number: uri for uri, number in numbers.items() if number}


# ---- by the feed


def _by_feed(subject: Subject, cursor: Mapping[str, Any]) -> Steps:
    url = urljoin(subject.url.rstrip("/") + "/", "comments/feed/")
    response = yield Fetch(url, {"Accept": "application/atom+xml, application/rss+xml;q=0.9"})
    if response.status == 429:
        raise LookEnded(refusal(response, "http_status"))
    if response.status != 200 or not looks_like_feed(response.body):
        return Seen((), NONE_SHOWN, cursor)
    digest = hashlib.sha256("\n".join(subject.known).encode() + response.body).hexdigest()
    if digest == cursor.get("hash"):
        return Seen((), NEWEST_ONLY, cursor, unchanged=True)
    try:
        comments = yield Parse(parse_comments, (response.body, response.headers.get("content-type", ""), response.url))
    except ParseFailed:
        return Seen((), NONE_SHOWN, cursor)
    posts = yield from _pages_of(subject)
    return _seen(_acts(subject, comments, posts), NEWEST_ONLY, cursor, {"hash": digest})


def _pages_of(subject: Subject) -> Reading:
    """Address of its page → URI of each known post, without any of all in the feed: the same, or what the feed says."""
    pages: dict[int | str, str] = {addresses.site_key(uri): uri for uri in subject.known}
    feed_url = str(subject.data.get("feed") or "")
    if not feed_url:
        return pages
    try:
        response = yield Fetch(feed_url, {})
        feed: ParsedFeed = yield Parse(
            parse_feed, (response.body, response.headers.get("content-type", ""), response.url)
        )
    except (FetchFailed, ParseFailed):
        return pages  # comments on the other posts are found when it can be read
    known = set(subject.known) or {entry.id for entry in feed.entries}
    return pages | {addresses.site_key(entry.url): entry.id for entry in feed.entries if entry.id in known}


# ---- both


def _seen(
    acts: Sequence[Act],
    coverage: Coverage,
    cursor: Mapping[str, Any],
    memory: dict[str, Any],
    whole: Iterable[str] = (),
) -> Seen:
    """`whole`: the posts of which all comments were read; one that was seen before and is missing there is gone."""
    if coverage.state == "complete" and memory["hash"] == cursor.get("hash"):
        return Seen((), coverage, cursor, unchanged=True)
    before, listed, asked = jsonread.mapping(cursor, "comments"), {act.uri: act.object_uri for act in acts}, set(whole)
    removed = tuple(uri for uri, post in before.items() if post in asked and uri not in listed)
    kept = {uri: post for uri, post in before.items() if uri not in listed and uri not in removed}
    newest = dict(list((listed | kept).items())[:REMEMBERED])
    return Seen(acts, coverage, memory | ({"comments": newest} if newest else {}), removed=removed)


def _acts(subject: Subject, comments: Iterable[Comment], posts: Mapping[Any, str]) -> tuple[Act, ...]:
    keys = frozenset({addresses.site_key(subject.uri), addresses.site_key(subject.url)} - {""})
    acts = {}
    for comment in comments:
        post = posts.get(comment.post if isinstance(comment.post, int) else addresses.site_key(comment.post))
        if post:
            acts[comment.uri] = _act(comment, post, keys)
    return tuple(acts.values())


def _act(comment: Comment, post: str, keys: frozenset[str]) -> Act:
    return Act(
        "Create",
        comment.uri,
        post,
        object_url=safe_url(post) if urlsplit(post).scheme in {"http", "https"} else "",
        object_keys=keys,
        actor_keys=frozenset[str]().union(*map(_keys, comment.sites)) or frozenset({comment.uri}),
        text=comment.text,
        happened_at=comment.written_at,
    )


def _keys(site: str) -> frozenset[str]:
    """The forms in which accounts of any network that is read would be known by this address."""
    actor = bluesky_address.read_actor(site)
    keys = {addresses.site_key(site)} | mastodon_address.keys_of(site)
    return frozenset(keys | (bluesky_address.keys_of(actor) if actor else frozenset())) - {""}
