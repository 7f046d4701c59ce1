"""The reading side of the Mastodon API (docs.joinmastodon.org), as a server of version 4.6.4 answers it."""

from collections.abc import Callable, Sequence

from flask import Blueprint, Response, request

from demo.practice import reading
from demo.practice.api import ApiError, answer, flag, linked, page, signed_in, the_world, viewer
from demo.practice.entities import (
    DESCRIPTION,
    TITLE,
    VERSION,
    account_json,
    limits_json,
    own_account_json,
    relationship_json,
    status_json,
)
from demo.practice.records import Account, Follow, NotFound, Status

STATUSES_A_PAGE = 20
ACCOUNTS_A_PAGE = 40

reads = Blueprint("mastodon_reads", __name__)


@reads.get("/api/v1/accounts/lookup")
def lookup() -> Response:
    """An account by `acct`, with or without this server's domain."""
    name, _, host = request.args.get("acct", "").lstrip("@").partition("@")
    if host and host.lower() != the_world().domain:
        raise NotFound(host)
    return answer(account_json(the_world(), the_world().account(name)))


@reads.get("/api/v1/accounts/verify_credentials")
def verify_credentials() -> Response:
    """The token's account."""
    return answer(own_account_json(the_world(), signed_in()))


@reads.get("/api/v1/accounts/relationships")
def relationships() -> Response:
    """What stands between the token's account and each of `id[]`."""
    me, wanted = signed_in(), request.args.getlist("id[]") or request.args.getlist("id")
    known = {str(account.id): account for account in the_world().accounts.values()}
    return answer([relationship_json(the_world(), me, known[each]) for each in wanted if each in known])


@reads.get("/api/v1/accounts/<account_id>")
def account(account_id: str) -> Response:
    """An account by id."""
    viewer()
    return answer(account_json(the_world(), the_world().account_by_id(account_id)))


@reads.get("/api/v1/accounts/<account_id>/statuses")
def account_statuses(account_id: str) -> Response:
    """An account's posts and boosts, newest first."""
    owner = the_world().account_by_id(account_id)
    tagged = request.args.get("tagged")
    wanted = reading.StatusFilter(
        tagged.lstrip("#").lower() if tagged else None, flag("exclude_replies"), flag("exclude_reblogs")
    )
    # Nobody here has media or pinned posts.
    nothing = flag("only_media") or flag("pinned")
    rows = [] if nothing else reading.statuses_of(the_world(), owner, viewer(), wanted)
    found, full = page(rows, lambda status: status.id, STATUSES_A_PAGE)
    return _statuses(found, more=full, keep=("exclude_reblogs", "exclude_replies", "only_media", "tagged"))


@reads.get("/api/v1/timelines/tag/<tag>")
def tag_timeline(tag: str) -> Response:
    """Public posts with a hashtag, in any case. The next page is linked from the last one too, as Mastodon does."""
    rows = reading.tagged_statuses(the_world(), tag)
    found, _ = page(rows, lambda status: status.id, STATUSES_A_PAGE)
    return _statuses(found, more=True, keep=("local", "remote"))


@reads.get("/api/v1/accounts/<account_id>/following")
def following(account_id: str) -> Response:
    """Whom an account follows; `[]` where it hides that."""
    rows = reading.following(the_world(), the_world().account_by_id(account_id), viewer())
    return _follows(rows, lambda follow: follow.target)


@reads.get("/api/v1/accounts/<account_id>/followers")
def followers(account_id: str) -> Response:
    """Who follows an account; `[]` where it hides that."""
    rows = reading.followers(the_world(), the_world().account_by_id(account_id), viewer())
    return _follows(rows, lambda follow: follow.follower)


@reads.get("/api/v1/statuses")
def some_statuses() -> Response:
    """Those of `id[]` that are there, at most twenty (4.3+)."""
    wanted = (request.args.getlist("id[]") or request.args.getlist("id"))[:STATUSES_A_PAGE]
    known = [the_world().statuses.get(int(each)) for each in wanted if each.isdecimal()]
    shown = [each for each in known if each and reading.may_see(the_world(), each, viewer())]
    return answer([status_json(the_world(), each, viewer()) for each in shown])


@reads.get("/api/v1/favourites")
def own_favourites() -> Response:
    """What the token's account likes, newest like first."""
    me = signed_in()
    likes = [like for like in reversed(the_world().favourites) if like.account is me]
    found, full = page(likes, lambda like: like.id, STATUSES_A_PAGE)
    response = answer([status_json(the_world(), like.status, me) for like in found])
    return linked(response, [like.id for like in found], more=full, newer="min_id")


@reads.get("/api/v1/statuses/<status_id>")
def status(status_id: str) -> Response:
    """One status."""
    return answer(status_json(the_world(), _visible(status_id), viewer()))


@reads.get("/api/v1/statuses/<status_id>/context")
def context(status_id: str) -> Response:
    """The thread above and below a status."""
    world, me, found = the_world(), viewer(), _visible(status_id)
    above, below = reading.ancestors(world, found, me), reading.descendants(world, found, me)
    shown = {"ancestors": above, "descendants": below}
    return answer({name: [status_json(world, each, me) for each in thread] for name, thread in shown.items()})


@reads.get("/api/v1/statuses/<status_id>/reblogged_by")
def reblogged_by(status_id: str) -> Response:
    """Who boosted a status, newest first."""
    found, full = page(reading.boosts(the_world(), _visible(status_id)), lambda boost: boost.id, ACCOUNTS_A_PAGE)
    return _accounts([boost.account for boost in found], [boost.id for boost in found], more=full)


@reads.get("/api/v1/statuses/<status_id>/favourited_by")
def favourited_by(status_id: str) -> Response:
    """Who likes a status, newest first."""
    found, full = page(reading.favourites(the_world(), _visible(status_id)), lambda like: like.id, ACCOUNTS_A_PAGE)
    return _accounts([like.account for like in found], [like.id for like in found], more=full)


@reads.get("/api/v2/instance")
def instance() -> Response:
    """The server, with who may read its timelines (4.5+)."""
    world = the_world()
    public = {"local": "public", "remote": "public"}
    body = {
        "domain": world.domain,
        "title": TITLE,
        "version": VERSION,
        "source_url": "https://github.com/mastodon/mastodon",
        "description": DESCRIPTION,
        "usage": {"users": {"active_month": len(world.accounts)}},
        "languages": ["en"],
        "configuration": {
            "urls": {"about": f"{world.base_url}/about"},
            "accounts": {"max_display_name_length": 40, "max_note_length": 500, "max_profile_fields": 4},
            **limits_json(),
            "translation": {"enabled": False},
            "timelines_access": {
                "live_feeds": public,
                "hashtag_feeds": public,
                "trending_link_feeds": {"local": "disabled", "remote": "disabled"},
            },
            "limited_federation": False,
        },
        "registrations": {"enabled": False, "approval_required": False, "reason_required": None, "message": None},
        "api_versions": {"mastodon": 11},
        "contact": {"email": "", "account": None},
        "rules": [],
    }
    return _cached(answer(body))


@reads.get("/api/v1/instance")
def instance_v1() -> Response:
    """The server in the older form."""
    world = the_world()
    body = {
        "uri": world.domain,
        "title": TITLE,
        "short_description": DESCRIPTION,
        "description": DESCRIPTION,
        "email": "",
        "version": VERSION,
        "urls": {},
        "stats": {"user_count": len(world.accounts), "status_count": len(world.statuses), "domain_count": 1},
        "thumbnail": None,
        "languages": ["en"],
        "registrations": False,
        "approval_required": False,
        "invites_enabled": False,
        "configuration": {"accounts": {"max_featured_tags": 10}, **limits_json()},
        "contact_account": None,
        "rules": [],
    }
    return _cached(answer(body))


def _visible(status_id: str) -> Status:
    try:
        found = the_world().status(status_id)
    except NotFound as error:
        raise ApiError(404, "Not Found") from error
    if not reading.may_see(the_world(), found, viewer()):
        raise ApiError(404, "Not Found")
    return found


def _statuses(found: Sequence[Status], *, more: bool, keep: Sequence[str]) -> Response:
    me = viewer()
    response = answer([status_json(the_world(), each, me) for each in found])
    return linked(response, [each.id for each in found], more=more, newer="min_id", keep=keep)


def _follows(rows: Sequence[Follow], shown: Callable[[Follow], Account]) -> Response:
    found, full = page(rows, lambda follow: follow.id, ACCOUNTS_A_PAGE)
    return _accounts([shown(follow) for follow in found], [follow.id for follow in found], more=full)


def _accounts(accounts: Sequence[Account], ids: Sequence[int], *, more: bool) -> Response:
    response = answer([account_json(the_world(), each) for each in accounts])
    return linked(response, ids, more=more, newer="since_id")


def _cached(response: Response) -> Response:
    response.headers["Cache-Control"] = "max-age=300, public, stale-while-revalidate=30, stale-if-error=86400"
    return response
