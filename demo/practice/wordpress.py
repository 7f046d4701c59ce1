"""WordPress' REST API over a blog of the practice network, under /blogs/<name>/wp-json/ (developer.wordpress.org/rest-api).

As much of it as readers use: posts, tags, comments, and the root that names the API.
"""

import html
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from flask import Blueprint, Response, request

from demo.practice.api import answer, the_world
from demo.practice.blogs import slug
from demo.practice.records import Blog, Comment, Entry, NotFound

NAMESPACE = "wp/v2"
_MOST = 100  # items a page

rest = Blueprint("wordpress", __name__, url_prefix="/blogs/<name>/wp-json")

Row = TypeVar("Row")
Json = dict[str, Any]


@rest.get("/")
def root(name: str) -> Response:
    """What this is."""
    blog = _blog(name)
    home = the_world().blog_url(name)
    return answer({"name": blog.title, "description": "", "url": home, "home": home, "namespaces": [NAMESPACE]})


@rest.get(f"/{NAMESPACE}/posts")
def posts(name: str) -> Response:
    """Entries, newest first, by `include`, `tags`, `search`."""
    blog = _blog(name)
    include, tags = _numbers("include"), _numbers("tags")
    wanted = [
        entry
        for entry in sorted(blog.entries, key=lambda entry: entry.at, reverse=True)
        if (not include or entry.number in include)
        and (not tags or tags & set(_tag_ids(blog, entry)))
        and request.args.get("search", "").lower() in (entry.title + entry.html).lower()
    ]
    return _page(wanted, lambda entry: _post_json(blog, entry), "rest_post_invalid_page_number")


@rest.get(f"/{NAMESPACE}/posts/<int:number>")
def post(name: str, number: int) -> Response:
    """One entry."""
    blog = _blog(name)
    try:
        return answer(_post_json(blog, the_world().entry(name, number)))
    except NotFound:
        return _refused(404, "rest_post_invalid_id", "Invalid post ID.")


@rest.get(f"/{NAMESPACE}/tags")
def tags(name: str) -> Response:
    """The tags, by `slug`, `include`, `post`."""
    blog, include = _blog(name), _numbers("include")
    known = list(enumerate(_tag_names(blog), start=1))
    if asked := request.args.get("slug"):
        known = [(id, tag) for id, tag in known if slug(tag) == asked.lower()]
    if of := _numbers("post"):
        used = {id for entry in blog.entries if entry.number in of for id in _tag_ids(blog, entry)}
        known = [(id, tag) for id, tag in known if id in used]
    wanted = [(id, tag) for id, tag in known if not include or id in include]
    return _page(wanted, lambda pair: {"id": pair[0], "name": pair[1], "slug": slug(pair[1])}, "rest_invalid_page")


@rest.get(f"/{NAMESPACE}/comments")
def comments(name: str) -> Response:
    """Comments, newest first, by `post`."""
    blog, wanted = _blog(name), _numbers("post")
    found = [one for one in reversed(blog.comments) if not wanted or one.entry.number in wanted]
    return _page(found, lambda one: _comment_json(blog, one), "rest_invalid_page")


def _blog(name: str) -> Blog:
    blog = the_world().blog(name)
    if not blog.rest:
        raise NotFound(f"{name!r} has no REST API")
    return blog


def _numbers(name: str) -> set[int]:
    """`1,2` or `name[]=1&name[]=2`."""
    given = ",".join([*request.args.getlist(name), *request.args.getlist(f"{name}[]")])
    return {int(number) for number in given.split(",") if number.strip().isdecimal()}


def _page(rows: Sequence[Row], shown: Callable[[Row], Json], past_the_end: str) -> Response:
    """A page by `page` and `per_page`, with totals and `Link`; a page past the end is refused."""
    per_page, page = request.args.get("per_page", 10, type=int), request.args.get("page", 1, type=int)
    if not 1 <= per_page <= _MOST:
        return _refused(400, "rest_invalid_param", "Invalid parameter(s): per_page")
    pages = -(-len(rows) // per_page)
    if page > max(pages, 1):
        return _refused(400, past_the_end, "The page number requested is larger than the number of pages available.")
    response = answer([_fields(shown(row)) for row in rows[(page - 1) * per_page : page * per_page]])
    response.headers["X-WP-Total"], response.headers["X-WP-TotalPages"] = str(len(rows)), str(pages)
    if page < pages:
        query = "&".join(f"{key}={value}" for key, value in request.args.items() if key != "page")
        response.headers["Link"] = f'<{the_world().base_url}{request.path}?{query}&page={page + 1}>; rel="next"'
    return response


def _fields(item: Json) -> Json:
    """Only those that `_fields` names, by their first part."""
    asked = request.args.get("_fields")
    if not asked:
        return item
    names = {name.strip().partition(".")[0] for name in asked.split(",")}
    return {key: value for key, value in item.items() if key in names}


def _refused(status: int, code: str, message: str) -> Response:
    return answer({"code": code, "message": message, "data": {"status": status}}, status)


def _tag_names(blog: Blog) -> list[str]:
    """Each tag once, in the order in which they were first used: a tag keeps its number."""
    names = (category for entry in sorted(blog.entries, key=lambda one: one.number) for category in entry.categories)
    return list(dict.fromkeys(names))


def _tag_ids(blog: Blog, entry: Entry) -> list[int]:
    names = _tag_names(blog)
    return [names.index(category) + 1 for category in entry.categories]


def _post_json(blog: Blog, entry: Entry) -> Json:
    link, moment = the_world().blog_url(blog.name) + entry.path, f"{entry.at:%Y-%m-%dT%H:%M:%S}"
    return {
        "id": entry.number,
        "date": moment,
        "date_gmt": moment,
        "guid": {"rendered": entry.guid},
        "modified_gmt": moment,
        "slug": entry.path.split("/")[-2],
        "status": "publish",
        "type": "post",
        "link": link,
        "title": {"rendered": html.escape(entry.title)},
        "content": {"rendered": entry.html, "protected": False},
        "excerpt": {"rendered": "", "protected": False},
        "author": 1,
        "comment_status": "open",
        "categories": [1],
        "tags": _tag_ids(blog, entry),
    }


def _comment_json(blog: Blog, comment: Comment) -> Json:
    link = the_world().blog_url(blog.name) + comment.entry.path
    moment = f"{comment.at:%Y-%m-%dT%H:%M:%S}"
    return {
        "id": comment.id,
        "post": comment.entry.number,
        "parent": 0,
        "author": 0,
        "author_name": comment.author,
        "author_url": comment.author_url,
        "date": moment,
        "date_gmt": moment,
        "content": {"rendered": f"<p>{html.escape(comment.text)}</p>"},
        "link": f"{link}#comment-{comment.id}",
        "status": "approved",
        "type": "comment",
    }
