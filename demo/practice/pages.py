"""Small pages for people, so that a link kept as evidence opens: profiles, posts, hashtags and the front page."""

from flask import Blueprint, Response, abort, make_response, render_template
from werkzeug.wrappers import Response as BaseResponse

from demo.practice import reading
from demo.practice.activitypub import actor, note, wants_activity
from demo.practice.api import the_world
from demo.practice.entities import TITLE, account_json, status_json
from demo.practice.records import Account, Status

_POSTS_A_PAGE = 20

pages = Blueprint("pages", __name__, template_folder="templates")


@pages.get("/")
def front() -> str:
    """Everybody and every blog here."""
    world = the_world()
    people = sorted(world.accounts.values(), key=lambda account: account.username)
    return render_template("front.html", title=TITLE, world=world, people=people, blogs=world.blogs.values())


@pages.get("/@<username>")
def profile(username: str) -> BaseResponse:
    """A profile with its latest posts; the actor where ActivityPub is asked for."""
    if wants_activity():
        return actor(username)
    account = the_world().account(username)
    rows = reading.statuses_of(the_world(), account, None, reading.StatusFilter())[:_POSTS_A_PAGE]
    return _page("profile.html", account, rows)


@pages.get("/@<username>/<status_id>")
def status_page(username: str, status_id: str) -> BaseResponse:
    """One post; the Note where ActivityPub is asked for."""
    if wants_activity():
        return note(username, status_id)
    status = the_world().status(status_id)
    if status.account is not the_world().account(username) or not reading.may_see(the_world(), status, None):
        abort(404)
    return _page("status.html", status.account, [status, *reading.descendants(the_world(), status, None)])


@pages.get("/tags/<tag>")
def tag_page(tag: str) -> str:
    """The public posts with a hashtag."""
    rows = reading.tagged_statuses(the_world(), tag)[:_POSTS_A_PAGE]
    return render_template("tag.html", tag=tag, statuses=_entities(rows))


def _page(template: str, account: Account, rows: list[Status]) -> Response:
    shown = account_json(the_world(), account)
    response = make_response(
        render_template(template, account=shown, handle=the_world().handle(account.username), statuses=_entities(rows))
    )
    response.headers["Vary"] = "Accept"
    return response


def _entities(rows: list[Status]) -> list[dict[str, object]]:
    return [status_json(the_world(), row) for row in rows]
