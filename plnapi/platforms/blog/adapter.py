"""Blogs and any site with a feed, found by autodiscovery; WordPress sites by their REST API where it is open."""

import hashlib
import re
from collections.abc import Generator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any
from urllib.parse import urljoin

from plnapi.errors import N_
from plnapi.http.types import Fetch, FetchFailed, Response
from plnapi.platforms import addresses, jsonread
from plnapi.platforms.blog import wordpress
from plnapi.platforms.blog.comments import received
from plnapi.platforms.blog.rss import looks_like_feed, parse_feed, read_page
from plnapi.platforms.entries import ParsedFeed, gone_between, is_newest_first, posts_of
from plnapi.platforms.looking import GONE, LookEnded, begin, refusal, unless_opted_out
from plnapi.platforms.page import FeedLink, Page
from plnapi.platforms.robots import asks_not_to_be_indexed
from plnapi.platforms.types import (
    Account,
    Address,
    Capabilities,
    Coverage,
    Look,
    Parse,
    ParseFailed,
    Profile,
    Seen,
    Steps,
    Subject,
)

ACCEPT = {
    "Accept": "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/html;q=0.8,"
    " */*;q=0.1"
}
# Where feeds usually are when a page announces none: WordPress, Jekyll, Hugo.
USUAL_PLACES = ("feed/", "feed.xml", "index.xml")
NEWEST_ONLY = Coverage(
    "complete", "newest_entries_only", N_("A feed shows only its newest entries; older ones are not seen.")
)
COMPLETE = Coverage("complete")
ASK_AGAIN = 24  # looks by the feed, before an API that was closed is asked again
NO_FEED = Coverage(
    "failed",
    "not_a_feed",
    N_("No feed of this site was found. Give the address of the front page, or of the feed itself."),
)

_INDEX_PAGE = re.compile(r"/(?:index|default|home)\.[a-z]{3,5}$", re.IGNORECASE)


class Blog:
    """The adapter of a site that has a feed. `data` of its subjects: `feed`, the address of the feed; `rest`, `author`."""

    name = "blog"
    title = "A blog or any feed"
    capabilities = Capabilities(
        looks=frozenset({"posts", "received", "proof"}),
        verbs={"Create": "posts"},
        received=frozenset({"Create"}),
        note=N_(
            "A feed shows only a site's newest entries; a WordPress site whose REST API is open shows all. Who wrote a "
            "comment is told only by an address or a code in it, and nobody has verified the name."
        ),
        proofs=("code", "rel_me"),
    )

    def read_address(self, text: str) -> Address | None:
        """Any http or https address; the handle is the address itself."""
        url = addresses.read_url(text)
        return Address(self.name, url, url, url) if url else None

    def address_keys(self, text: str) -> frozenset[str]:
        """One key; http and https, `www.` and a closing slash make no difference."""
        text = addresses.cleaned(text)
        key = addresses.site_key(text) or addresses.site_key(f"https://{text}")
        return frozenset({key} if key else ())

    def look(self, what: Look, subject: Subject, cursor: Mapping[str, Any]) -> Steps:
        """`posts`: cursor of `feed`, `etag`, `last_modified`, `hash` (SHA-256 of the body), or that of `wordpress.posts`.

        `proof`: cursor of `feed`, and `rest` and `author` as `wordpress.discovered`. `received`: see `comments.received`.
        """
        return begin({"posts": _wished_posts, "received": received, "proof": _proof}, what, subject, cursor)


BLOG = Blog()


# ---- looks


def _wished_posts(subject: Subject, cursor: Mapping[str, Any]) -> Steps:
    return (yield from unless_opted_out(_posts(subject, cursor), _asks(subject), subject, cursor))


def _asks(subject: Subject) -> Generator[Fetch | Parse, Any, bool | None]:
    """Whether the site's page asks not to be indexed. Feeds and APIs are marked so by software, which is nobody's wish."""
    try:
        response = yield Fetch(subject.url, ACCEPT)
        page: Page = yield Parse(read_page, (response.body, _content_type(response), response.url))
    except (FetchFailed, ParseFailed):
        return None
    return _is_unindexed(page, response) if response.status == 200 else None


def _is_unindexed(page: Page, response: Response) -> bool:
    return not page.is_feed and asks_not_to_be_indexed(page.metas, response.headers.get("x-robots-tag", ""))


def _posts(subject: Subject, cursor: Mapping[str, Any]) -> Steps:
    """By the REST API where there is one, else by the feed; a site that has closed its API is asked again now and then."""
    api, closed = wordpress.api_of(subject.data), jsonread.integer(cursor, "closed") or 0
    if api is None:
        return (yield from _posts_of_feed(subject, cursor))
    if not closed:
        try:
            seen: Seen = yield from wordpress.posts(api, subject, cursor)
            return seen
        except wordpress.Closed as refused:
            closed = ASK_AGAIN if refused.lasting else 0
    seen = yield from _posts_of_feed(subject, cursor)
    return replace(seen, cursor={**seen.cursor, "closed": closed - 1} if closed > 1 else seen.cursor)


def _posts_of_feed(subject: Subject, cursor: Mapping[str, Any]) -> Steps:
    """The feed; where its address is gone, the one that the site has by then. Only when the site is gone too it says so."""
    known = cursor.get("feed") or subject.data.get("feed")
    url = str(known or subject.url)
    response = yield Fetch(url, ACCEPT | _conditions(cursor))
    if response.status == 304:
        return Seen((), NEWEST_ONLY, cursor, unchanged=True)
    if response.status in GONE and url != subject.url:
        known, url = None, subject.url
        response = yield Fetch(url, ACCEPT)
    _expect_success(response)
    if not known and not looks_like_feed(response.body):
        url, response = yield from _feed_of_page(subject, response)
    digest = hashlib.sha256(response.body).hexdigest()
    if digest == cursor.get("hash"):
        return Seen((), NEWEST_ONLY, _validators(url, response, digest), unchanged=True)
    feed: ParsedFeed = yield Parse(parse_feed, (response.body, _content_type(response), response.url))
    posts = posts_of(feed)
    gone = gone_between([post.uri for post in posts], subject.known) if is_newest_first(feed) else ()
    return Seen(posts, NEWEST_ONLY, _validators(url, response, digest), removed=gone)


def _feed_of_page(subject: Subject, response: Response) -> Generator[Fetch | Parse, Any, tuple[str, Response]]:
    """The address of the feed of the page in `response`, and its answer. Raises LookEnded `not_a_feed`."""
    page: Page = yield Parse(read_page, (response.body, _content_type(response), response.url))
    found = yield from _find_feed(page, _home(subject.url, response.url))
    if found is None:
        raise LookEnded(NO_FEED)
    return found[0], found[1]


def _proof(subject: Subject, cursor: Mapping[str, Any]) -> Steps:
    response = yield Fetch(subject.url, ACCEPT)
    _expect_success(response)
    page: Page = yield Parse(read_page, (response.body, _content_type(response), response.url))
    home = _home(subject.url, response.url)
    if page.is_feed:
        front = yield from _front_of(page, home)
        if front is None:
            return _seen_profile(home, page.text, page.me, home)
        page, response = front
        home = _home(response.url, response.url)
    rest = wordpress.discovered(page, response, home)
    rest |= {"opted_out": True} if _is_unindexed(page, response) else {}
    try:
        found = yield from _find_feed(page, home)
    except (FetchFailed, ParseFailed) as error:
        return _seen_profile(home, page.text, page.me, None, Coverage("partial", error.code, str(error)), rest)
    if found is None:
        coverage = COMPLETE if "rest" in rest else Coverage("complete", NO_FEED.reason, NO_FEED.detail)
        return _seen_profile(home, page.text, page.me, None, coverage, rest)
    feed_url, _, feed = found
    return _seen_profile(_canonical(home, feed.home), f"{page.text}\n{feed.text}", page.me, feed_url, COMPLETE, rest)


def _front_of(feed: Page, url: str) -> Generator[Fetch | Parse, Any, tuple[Page, Response] | None]:
    """The page of which the feed at `url` says it is, with its answer; None when that page does not announce the feed.

    Then, and when the page cannot be read, the feed stands for itself.
    """
    if not feed.home:
        return None
    try:
        response = yield Fetch(feed.home, ACCEPT)
        page: Page = yield Parse(read_page, (response.body, _content_type(response), response.url))
    except (FetchFailed, ParseFailed):
        return None
    announced = {addresses.site_key(link.url) for link in page.feeds}
    return (page, response) if response.status == 200 and addresses.site_key(url) in announced else None


def _canonical(home: str, feed_home: str) -> str:
    """The site's address as its feed writes it, when that differs by scheme, `www.`, closing slash and query alone."""
    same = addresses.site_key(home.partition("?")[0]) == addresses.site_key(feed_home)
    return addresses.read_url(feed_home) or home if same else home


def _seen_profile(
    home: str,
    text: str,
    links: tuple[str, ...],
    feed: str | None,
    coverage: Coverage = COMPLETE,
    rest: Mapping[str, Any] = MappingProxyType({}),
) -> Seen:
    account = Account(home, home, home, keys=BLOG.address_keys(home))
    memory = {"feed": feed} if feed else {}
    return Seen((Profile(account, text, links, feed, me=links),), coverage, {**memory, **rest})


def _find_feed(page: Page, home: str) -> Generator[Fetch | Parse, Any, tuple[str, Response, Page] | None]:
    """The feed of the site at `home`: what its page announces, else what answers at a usual place; None when none does.

    Raises FetchFailed and ParseFailed for a feed that was announced.
    """
    announced = _best(page.feeds, home)
    if announced:
        return (yield from _read_feed(announced.url, home))
    for place in USUAL_PLACES:
        try:
            found = yield from _read_feed(urljoin(home.rstrip("/") + "/", place), home)
        except (FetchFailed, ParseFailed):
            continue  # a guess that missed says nothing
        if found:
            return found
    return None


def _read_feed(url: str, home: str) -> Generator[Fetch | Parse, Any, tuple[str, Response, Page] | None]:
    """The feed at `url`, if it is one and belongs to the site at `home`."""
    response = yield Fetch(url, ACCEPT)
    if response.status != 200 or not looks_like_feed(response.body):
        return None
    feed: Page = yield Parse(read_page, (response.body, _content_type(response), response.url))
    return (url, response, feed) if _belongs(url, feed.home, home) else None


def _belongs(feed_url: str, feed_home: str, home: str) -> bool:
    """Whether site and feed agree that they are one.

    A page can announce anybody's feed, and a page that is not a front page can carry a stranger's words (comments): so
    the feed must lie below the page, or say itself that its site does.
    """
    return addresses.is_under(feed_url, home) or addresses.is_under(feed_home, home)


def _best(feeds: tuple[FeedLink, ...], home: str) -> FeedLink | None:
    """The announced feed that is nearest to the page: an author's page announces the whole site's feed before her own."""
    own = [feed for feed in feeds if "comment" not in f"{feed.url} {feed.title}".lower()]
    return min(own, key=lambda feed: not addresses.is_under(feed.url, home), default=None)


def _home(asked: str, answered: str) -> str:
    """The address of the site: as asked for, unless a redirect led away from it."""
    home = asked if addresses.is_under(answered, asked) else answered
    return _INDEX_PAGE.sub("/", addresses.read_url(home) or home)


def _conditions(cursor: Mapping[str, Any]) -> dict[str, str]:
    """RFC 9110, 13.1: the validators of the last answer."""
    pairs = (("If-None-Match", cursor.get("etag")), ("If-Modified-Since", cursor.get("last_modified")))
    return {name: str(value) for name, value in pairs if value}


def _validators(url: str, response: Response, digest: str) -> dict[str, str]:
    headers = response.headers
    cursor = {"etag": headers.get("etag", ""), "last_modified": headers.get("last-modified", "")}
    return {"feed": response.moved_to or url, "hash": digest} | {name: value for name, value in cursor.items() if value}


def _expect_success(response: Response) -> None:
    if not 200 <= response.status < 300:
        raise LookEnded(refusal(response, "http_status"))


def _content_type(response: Response) -> str:
    return response.headers.get("content-type", "")
