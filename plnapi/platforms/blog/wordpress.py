"""WordPress by its REST API, where a site has one and shows it to strangers. Else `adapter.py` reads its feed.

Source: developer.wordpress.org/rest-api ("Discovery", "Pagination"), tried on 6.1: `per_page` is at most 100, a page past
the end is 400 `rest_post_invalid_page_number`, and people without posts are not listed.
"""

import hashlib
import re
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from plnapi.errors import N_
from plnapi.http.types import Fetch, FetchFailed, Response
from plnapi.platforms import addresses, jsonread
from plnapi.platforms.blog.wordpress_json import RestPost, number_in, read_numbers, read_posts
from plnapi.platforms.entries import ParsedFeed, gone_between, posts_of
from plnapi.platforms.looking import LookEnded, refusal
from plnapi.platforms.page import REST, Page
from plnapi.platforms.types import Coverage, Parse, ParseFailed, Post, Seen, Subject

ACCEPT = {"Accept": "application/json"}
PER_PAGE = 100
MAX_PAGES = 10  # of one look: 1,000 posts; the next look goes on
MANY_GONE = 20  # older posts asked for in one look, whether they are still there
COMPLETE = Coverage("complete")
MORE = Coverage("partial", "more_pages", N_("There is more than one look reads; the next one goes on."))

_AUTHOR = re.compile(r"wp/v2/users/(\d{1,18})/?$")
_FIELDS = "id,date_gmt,guid,link,title,content,_links,_embedded"
_PAST_THE_END = b"rest_post_invalid_page_number"


class Closed(Exception):
    """The API cannot be used: `lasting` when the site has none or shows it to nobody, else it may be there again soon."""

    def __init__(self, *, lasting: bool) -> None:
        super().__init__(lasting)
        self.lasting = lasting


@dataclass(frozen=True, slots=True)
class Api:
    """The API of a site: `root` ends in `/wp-json/` or `?rest_route=/`. `author`: whose posts are the subject's, 0: all."""

    root: str
    author: int = 0

    def url(self, path: str, **query: str | int) -> str:
        """The address of a list, such as `posts`."""
        joint = "&" if "?" in self.root else "?"
        return f"{self.root.rstrip('/')}/wp/v2/{path}{joint}{urlencode(query, safe=',:')}"

    def posts(self, **query: str | int) -> str:
        """The address of the subject's posts."""
        return self.url("posts", **query, **({"author": self.author} if self.author else {}))


def discovered(page: Page, response: Response, home: str) -> dict[str, Any]:
    """`rest` and `author` for the memory of a proof, when the site at `home` announces its API; else nothing.

    A page can announce anybody's API, and a page below a site's front page is not the whole site's: so the API has to be
    on the same site, and either below that page, or asked for the author whose page it is.
    """
    root = page.rest or response.links.get(REST, "")
    if not root or addresses.authority_of(root).removeprefix("www.") != addresses.authority_of(home).removeprefix(
        "www."
    ):
        return {}
    item = _AUTHOR.search(page.rest_item or response.links.get("alternate", ""))
    if item:
        return {"rest": root, "author": int(item[1])}
    is_front = not urlsplit(home).query and addresses.is_under(root, home)
    return {"rest": root} if is_front else {}


def api_of(data: Mapping[str, Any]) -> Api | None:
    """The API that a proof found; None where there is none."""
    root = addresses.read_url(str(data.get("rest") or ""))
    return Api(root, jsonread.integer(data, "author") or 0) if root else None


# ---- posts


@dataclass(frozen=True, slots=True)
class Listing:
    """Pages of the list of posts, the newest first. `next` is the page to go on with, 0 at the end.

    `whole`: all there are. `gapless`: no page between these was left out. `digest` is that of the newest page.
    """

    posts: tuple[RestPost, ...]
    digest: str
    next: int
    whole: bool = False
    gapless: bool = True
    stopped: Coverage | None = None


Reading = Generator[Fetch | Parse, Any, Any]


def posts(api: Api, subject: Subject, cursor: Mapping[str, Any]) -> Reading:
    """The look at posts: a Seen. Raises Closed, LookEnded `host_busy`.

    Cursor: `rest_hash` of the newest page, `newest` post's number, `next` page of a history that is still being read, `at`
    which of the older known posts is asked for next, `numbers` of known posts whose URI does not have theirs.
    """
    listing: Listing = yield from _listed(api, cursor)
    if not listing.posts:
        raise Closed(lasting=False)  # an empty list proves nothing; its feed may say more
    entries = tuple(post.entry for post in listing.posts)
    named = _named(posts_of(ParsedFeed("", "", entries)), subject.known)
    numbers = _numbers(api, listing, named, subject.known, jsonread.mapping(cursor, "numbers"))
    removed, at = yield from _removed(api, listing, named, subject.known, numbers, jsonread.integer(cursor, "at") or 0)
    unsaid = {uri: number for uri, number in numbers.items() if number_in(uri) != number}
    memory = {
        "rest_hash": listing.digest,
        "newest": listing.posts[0].id,
        "next": listing.next,
        "at": at,
        "numbers": unsaid,
    }
    memory = {name: value for name, value in memory.items() if value}
    coverage = listing.stopped or (MORE if listing.next else COMPLETE)
    if listing.digest == cursor.get("rest_hash") and len(entries) <= PER_PAGE and not removed and coverage is COMPLETE:
        return Seen((), coverage, memory, unchanged=True)
    return Seen(named, coverage, memory, removed=removed)


def _named(found: Sequence[Post], known: Sequence[str]) -> tuple[Post, ...]:
    """The posts under the URIs that they are known by: a plug-in may give a feed other ids than the guid."""
    stored = set(known)
    taken = {post.uri for post in found}
    return tuple(
        Post(post.url, post.url, post.title, post.html, post.published_at, post.tags)
        if post.uri not in stored and post.url in stored and post.url not in taken
        else post
        for post in found
    )


def _listed(api: Api, cursor: Mapping[str, Any]) -> Reading:
    """The newest page, and, while the history is not read to its end, the pages from where the last look stopped."""
    response, first = yield from _page(api, 1)
    digest = hashlib.sha256(response.body).hexdigest()
    last = _last_page(response, first)
    newest = jsonread.integer(cursor, "newest")
    resumed = jsonread.integer(cursor, "next") or 0
    if not resumed and newest and any(post.id == newest for post in first):
        return Listing(tuple(first), digest, 0, whole=last == 1)
    gapless = not resumed
    start = max(2, resumed)
    pages, stop = [first], min(last, start + MAX_PAGES - 2)
    for number in range(start, stop + 1):
        try:
            _, page = yield from _page(api, number)
        except (Closed, FetchFailed, LookEnded) as error:
            return Listing(_once(pages), digest, number, gapless=gapless, stopped=_interrupted(error))
        if not page:
            return Listing(_once(pages), digest, 0, gapless, gapless)
        pages.append(page)
    return Listing(_once(pages), digest, stop + 1 if stop < last else 0, gapless and stop >= last, gapless)


def _once(pages: Iterable[Sequence[RestPost]]) -> tuple[RestPost, ...]:
    """Each post once: pages shift while somebody publishes."""
    return tuple({post.id: post for page in pages for post in page}.values())


def _interrupted(error: Exception) -> Coverage:
    if isinstance(error, FetchFailed):
        return Coverage("partial", error.code, str(error), error.retry_at)
    if isinstance(error, LookEnded):
        return Coverage("partial", error.coverage.reason, error.coverage.detail, error.coverage.retry_at)
    return Coverage("partial", "bad_answer", N_("A later page of the list could not be read."))


def _last_page(response: Response, first: Sequence[RestPost]) -> int:
    said = jsonread.integer(dict(response.headers), "x-wp-totalpages")
    return said if said is not None else 1 + (len(first) >= PER_PAGE)


def _page(api: Api, number: int) -> Reading:
    """The response and the posts of one page; none past the end."""
    url = api.posts(per_page=PER_PAGE, page=number, _fields=_FIELDS, _embed="wp:term")
    response = yield from fetched(url, may_be_past_the_end=number > 1)
    if response is None:
        return None, []
    return response, (yield from read(read_posts, response, api.root))


def _numbers(
    api: Api, listing: Listing, named: Sequence[Post], known: Sequence[str], kept: Mapping[str, Any]
) -> dict[str, int]:
    """URI → number of known posts: as listed, as listed before, or as the URI says where that is so for those listed."""
    listed = {post.uri: read.id for read, post in zip(listing.posts, named, strict=True)}
    said = all(post.keeps_number for post in listing.posts)
    numbers = {
        uri: listed.get(uri) or jsonread.integer(kept, uri) or (number_in(uri) if said and _is_of(uri, api) else None)
        for uri in known
    }
    return {uri: number for uri, number in numbers.items() if number}


def _removed(
    api: Api, listing: Listing, named: Sequence[Post], known: Sequence[str], numbers: Mapping[str, int], at: int
) -> Reading:
    """Which of `known` are gone, and where the next look goes on: they are missing from all there is, or from its middle,
    or are not there when asked for by number."""
    listed = {post.uri for post in named}
    missing = [uri for uri in known if uri not in listed and "post_type=" not in uri]  # the list is of posts only
    if listing.whole:
        return tuple(missing), 0
    gone = dict.fromkeys(gone_between([post.uri for post in named], known) if listing.gapless else ())
    older = [uri for uri in missing if uri in numbers and uri not in gone]
    if not older:
        return tuple(gone), 0
    at = at if at < len(older) else 0
    asked = older[at : at + MANY_GONE]
    there = yield from _still_there(api, [numbers[uri] for uri in asked])
    gone |= dict.fromkeys(uri for uri in asked if there is not None and numbers[uri] not in there)
    return tuple(gone), (at + MANY_GONE if at + MANY_GONE < len(older) else 0)


def _is_of(guid: str, api: Api) -> bool:
    return addresses.authority_of(guid).removeprefix("www.") == addresses.authority_of(api.root).removeprefix("www.")


def _still_there(api: Api, numbers: Iterable[int]) -> Reading:
    """Those of the numbers that there are; None when that cannot be told at this moment."""
    include = ",".join(map(str, numbers))
    try:
        response = yield from fetched(api.url("posts", include=include, per_page=MANY_GONE, _fields="id"))
        return (yield from read(read_numbers, response))
    except (Closed, FetchFailed, LookEnded):
        return None


# ---- answers


def fetched(url: str, *, may_be_past_the_end: bool = False) -> Reading:
    """The answer, JSON with success; None past the end of a list. Raises Closed, LookEnded, FetchFailed `host_busy`."""
    try:
        response = yield Fetch(url, ACCEPT)
    except FetchFailed as error:
        if error.code == "host_busy":
            raise
        raise Closed(lasting=error.code == "too_large") from error
    if response.status == 400 and may_be_past_the_end and _PAST_THE_END in response.body:
        return None
    if response.status == 429:
        raise LookEnded(refusal(response, "http_status"))
    if response.status != 200 or response.content_type != "application/json":
        raise Closed(lasting=response.status < 500)
    return response


def read(function: Any, response: Response, *args: Any) -> Reading:
    """What `function` makes of the answer in the child. Raises Closed."""
    try:
        return (yield Parse(function, (response.body, *args)))
    except ParseFailed as error:
        raise Closed(lasting=True) from error
