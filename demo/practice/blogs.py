"""Blogs under /blogs/<name>/: pages with feed autodiscovery and rel=me, and feeds with strong validators."""

import re
from collections.abc import Callable, Sequence

from flask import Blueprint, Response, abort, render_template, request

from demo.practice import feeds
from demo.practice.api import the_world
from demo.practice.records import Blog, Entry

_ENTRIES_A_FEED = 10  # WordPress' default

blogs = Blueprint("blogs", __name__, url_prefix="/blogs", template_folder="templates")

Writer = Callable[[Blog, Sequence[Entry], str, str], bytes]


@blogs.app_template_filter("slug")
def slug(category: str) -> str:
    """A category's name in addresses, such as `sub101`."""
    return re.sub(r"\W+", "-", category.lower()).strip("-")


@blogs.get("/<name>/", strict_slashes=True)
def front(name: str) -> Response:
    """The blog with all its entries, newest first."""
    blog = the_world().blog(name)
    return _page(blog, _newest(blog))


@blogs.get("/<name>/tag/<tag>/", strict_slashes=True)
def tag_page(name: str, tag: str) -> Response:
    """The entries in one category."""
    blog = the_world().blog(name)
    return _page(blog, _in_category(blog, tag), tag)


@blogs.get("/<name>/<int:year>/<month>/<title>/", strict_slashes=True)
def entry_page(name: str, year: int, month: str, title: str) -> Response:
    """One entry."""
    blog, path = the_world().blog(name), f"{year}/{month}/{title}/"
    return _page(blog, [entry for entry in blog.entries if entry.path == path] or abort(404))


@blogs.get("/<name>/feed")
def rss(name: str) -> Response:
    """RSS of the latest ten entries."""
    blog = the_world().blog(name)
    return _feed(blog, _newest(blog), feeds.rss, "application/rss+xml")


@blogs.get("/<name>/atom.xml")
def atom(name: str) -> Response:
    """Atom of the latest ten entries."""
    blog = the_world().blog(name)
    return _feed(blog, _newest(blog), feeds.atom, "application/atom+xml")


@blogs.get("/<name>/feed.json")
def json_feed(name: str) -> Response:
    """JSON Feed of the latest ten entries."""
    blog = the_world().blog(name)
    return _feed(blog, _newest(blog), feeds.json_feed, "application/feed+json")


@blogs.get("/<name>/tag/<tag>/feed")
def tag_feed(name: str, tag: str) -> Response:
    """RSS of the latest ten entries in one category."""
    blog = the_world().blog(name)
    return _feed(blog, _in_category(blog, tag), feeds.rss, "application/rss+xml")


def _newest(blog: Blog) -> list[Entry]:
    return sorted(blog.entries, key=lambda entry: entry.at, reverse=True)


def _in_category(blog: Blog, tag: str) -> list[Entry]:
    found = [entry for entry in _newest(blog) if slug(tag) in map(slug, entry.categories)]
    return found or abort(404)


def _page(blog: Blog, entries: Sequence[Entry], tag: str = "") -> Response:
    home = the_world().blog_url(blog.name)
    text = render_template("blog.html", blog=blog, entries=entries, url=home, tag=tag)
    response = Response(text, content_type="text/html; charset=utf-8")
    if blog.rest:
        response.headers["Link"] = f'<{home}wp-json/>; rel="https://api.w.org/"'
    return _validated(response, blog)


def _feed(blog: Blog, entries: Sequence[Entry], write: Writer, media_type: str) -> Response:
    home, address = the_world().blog_url(blog.name), the_world().base_url + request.path
    body = write(blog, entries[:_ENTRIES_A_FEED], home, address)
    return _validated(Response(body, content_type=f"{media_type}; charset=utf-8"), blog)


def _validated(response: Response, blog: Blog) -> Response:
    """A strong ETag of the bytes and the last change, and 304 where the reader has them (RFC 9110, section 13)."""
    response.add_etag()
    response.last_modified = blog.changed_at
    response.make_conditional(request)
    return response
