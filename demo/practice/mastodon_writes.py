"""The writing side of the Mastodon API: what a person does with a bearer token, by form or JSON."""

import re
from typing import Any, cast

from flask import Blueprint, Response, request

from demo.practice import reading
from demo.practice.api import ApiError, answer, signed_in, the_world
from demo.practice.entities import own_account_json, relationship_json, status_json
from demo.practice.records import Account, Invalid, NotFound, ProfileField, Status, Visibility

MAX_FIELDS = 4
_FIELD = re.compile(r"fields_attributes\[(\d+)\]\[(name|value)\]")

writes = Blueprint("mastodon_writes", __name__)


@writes.post("/api/v1/statuses")
def post_status() -> Response:
    """Write a status: `status`, and optionally `visibility` and `in_reply_to_id`."""
    me, body = signed_in(), _body()
    visibility = cast(Visibility, body.get("visibility") or "public")
    text, parent = str(body.get("status", "")), body.get("in_reply_to_id") or None
    if parent and not reading.may_see(the_world(), _status(str(parent)), me):
        raise ApiError(404, "Not Found")
    made = the_world().post(me.username, text, visibility=visibility, in_reply_to_id=parent)
    return answer(status_json(the_world(), made, me))


@writes.delete("/api/v1/statuses/<status_id>")
def delete_status(status_id: str) -> Response:
    """Delete one's own status; the answer holds its text."""
    me, found = signed_in(), _status(status_id)
    if found.account is not me:
        raise ApiError(404, "Not Found")
    body = {**status_json(the_world(), found, me), "text": found.text}
    the_world().delete_status(found.id)
    return answer(body)


@writes.post("/api/v1/statuses/<status_id>/reblog")
def reblog(status_id: str) -> Response:
    """Boost a status; the answer is the wrapper."""
    me = signed_in()
    return answer(status_json(the_world(), the_world().boost(me.username, _seen(status_id, me).id), me))


@writes.post("/api/v1/statuses/<status_id>/favourite")
def favourite(status_id: str) -> Response:
    """Like a status."""
    me = signed_in()
    return answer(status_json(the_world(), the_world().favourite(me.username, _seen(status_id, me).id), me))


@writes.post("/api/v1/accounts/<account_id>/follow")
def follow(account_id: str) -> Response:
    """Follow an account, or join a group by following its actor."""
    me, other = signed_in(), the_world().account_by_id(account_id)
    the_world().follow(me.username, other.username)
    return answer(relationship_json(the_world(), me, other))


@writes.post("/api/v1/accounts/<account_id>/unfollow")
def unfollow(account_id: str) -> Response:
    """End a follow."""
    me, other = signed_in(), the_world().account_by_id(account_id)
    the_world().unfollow(me.username, other.username)
    return answer(relationship_json(the_world(), me, other))


@writes.patch("/api/v1/accounts/update_credentials")
def update_credentials() -> Response:
    """Change one's profile: `display_name`, `note`, `hide_collections`, `fields_attributes`."""
    me, body, world = signed_in(), _body(), the_world()
    fields = _fields(body)
    if "display_name" in body:
        world.set_display_name(me.username, str(body["display_name"]))
    if "note" in body:
        world.set_note(me.username, str(body["note"]))
    if "hide_collections" in body:
        world.set_hide_collections(me.username, str(body["hide_collections"]).lower() in ("1", "true", "on"))
    if fields is not None:
        world.set_fields(me.username, fields)
    return answer(own_account_json(world, me))


def _body() -> dict[str, Any]:
    if request.is_json:
        body = request.get_json(silent=True)
        if not isinstance(body, dict):
            raise ApiError(400, "Error occurred while parsing request parameters")
        return body
    return request.form.to_dict()


def _fields(body: dict[str, Any]) -> list[ProfileField] | None:
    """The profile's table: a list or numbered object in JSON, `fields_attributes[0][name]` in a form; else None."""
    rows = body.get("fields_attributes", _numbered(body))
    rows = list(rows.values()) if isinstance(rows, dict) else rows
    if rows is None:
        return None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ApiError(400, "Error occurred while parsing request parameters")
    if len(rows) > MAX_FIELDS:
        raise Invalid(f"Validation failed: Fields can't be more than {MAX_FIELDS}")
    return [ProfileField(str(row["name"]), str(row.get("value", ""))) for row in rows if row.get("name")]


def _numbered(body: dict[str, Any]) -> dict[str, dict[str, Any]] | None:
    rows: dict[str, dict[str, Any]] = {}
    for name, value in body.items():
        if match := _FIELD.fullmatch(name):
            rows.setdefault(match[1], {})[match[2]] = value
    return rows or None


def _seen(status_id: str, me: Account) -> Status:
    found = _status(status_id)
    if not reading.may_see(the_world(), found, me):
        raise ApiError(404, "Not Found")
    return found


def _status(status_id: str) -> Status:
    try:
        return the_world().status(status_id)
    except NotFound as error:
        raise ApiError(404, "Not Found") from error
