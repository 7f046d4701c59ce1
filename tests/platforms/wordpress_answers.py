"""Answers of a WordPress site, as small as they can be and still be such."""

from typing import Any
from urllib.parse import urlencode

from plnapi.platforms.types import Subject
from tests.platforms.drive import Network

HOME = "https://ada.example/"
ROOT = f"{HOME}wp-json/"
FEED = f"{HOME}feed/"
COMMENTS_FEED = f"{HOME}comments/feed/"
SITE = Subject(HOME, HOME, HOME, {"feed": FEED, "rest": ROOT})
RSS = "application/rss+xml; charset=UTF-8"
FIELDS = "id,date_gmt,guid,link,title,content,_links,_embedded"
COMMENT_FIELDS = "id,post,link,author_url,content,date_gmt,type"


def guid(number: int) -> str:
    return f"{HOME}?p={number}"


def link(number: int) -> str:
    return f"{HOME}2026/09/post-{number}/"


def rest_url(path: str, root: str = ROOT, **query: Any) -> str:
    return f"{root.rstrip('/')}/wp/v2/{path}{'&' if '?' in root else '?'}{urlencode(query, safe=',:')}"


def posts_url(page: int = 1, root: str = ROOT, **more: Any) -> str:
    return rest_url("posts", root, per_page=100, page=page, _fields=FIELDS, _embed="wp:term", **more)


def there_url(*numbers: int) -> str:
    return rest_url("posts", include=",".join(map(str, numbers)), per_page=20, _fields="id")


def comments_url(*numbers: int, page: int = 1) -> str:
    return rest_url("comments", post=",".join(map(str, numbers)), per_page=100, page=page, _fields=COMMENT_FIELDS)


def post(number: int, *tags: str, text: str = "Words", **more: Any) -> dict[str, Any]:
    terms = [{"id": n, "name": tag, "taxonomy": "post_tag"} for n, tag in enumerate(tags)]
    return {
        "id": number,
        "date_gmt": f"2026-09-{1 + number % 28:02}T10:00:00",
        "guid": {"rendered": guid(number)},
        "link": link(number),
        "title": {"rendered": f"Post&#8217;s number {number}"},
        "content": {"rendered": f"<p>{text}</p>", "protected": False},
        "_links": {"wp:term": [{"taxonomy": "post_tag", "embeddable": True, "href": ROOT}]},
        "_embedded": {"wp:term": [[{"id": 1, "name": "Uncategorized", "taxonomy": "category"}], terms]},
    } | more


def comment(number: int, on: int, text: str = "I agree", **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "post": on,
        "link": f"{link(on)}#comment-{number}",
        "author_url": "",
        "content": {"rendered": f"<p>{text}</p>"},
        "date_gmt": "2026-09-20T10:00:00",
        "type": "comment",
    } | more


def page(head: str = "", text: str = "Code: PLN-ABCD", rest: str = ROOT) -> str:
    announced = f'<link rel="https://api.w.org/" href="{rest}">' if rest else ""
    feed = f'<link rel="alternate" type="application/rss+xml" href="{FEED}">'
    return f"<!doctype html><html><head>{feed}{announced}{head}</head><body>{text}</body></html>"


def item(number: int, *tags: str) -> str:
    names = "".join(f"<category>{tag}</category>" for tag in ("Uncategorized", *tags))
    return (
        f"<item><guid isPermaLink='false'>{guid(number)}</guid><link>{link(number)}</link><title>Post {number}</title>"
        f"<pubDate>{1 + number % 28:02} Sep 2026 10:00:00 +0000</pubDate>{names}</item>"
    )


def feed(*items: str) -> str:
    return f"<rss version='2.0'><channel><title>Ada</title><link>{HOME}</link>{''.join(items)}</channel></rss>"


def listed(network: Network, *pages: list[dict[str, Any]], root: str = ROOT, **query: Any) -> Network:
    """The list of posts; a page past its end is refused as WordPress does."""
    for number, page in enumerate(pages, 1):
        network.put(posts_url(number, root, **query), page, x_wp_totalpages=str(len(pages)))
    past = {
        "code": "rest_post_invalid_page_number",
        "message": "The page number is too large.",
        "data": {"status": 400},
    }
    return network.put(posts_url(len(pages) + 1, root, **query), past, status=400)


def site() -> Network:
    """Two posts, the newer with the course's tag, and one comment on it by somebody with a site."""
    network = Network().put(HOME, page()).put(FEED, feed(item(2, "SUB101"), item(1)), kind=RSS)
    network.put(comments_url(2), [comment(5, 2, author_url="https://bob.example/")], x_wp_totalpages="1")
    return listed(network, [post(2, "SUB101"), post(1)])
