"""Accounts, statuses, relationships and the instance as JSON, with the fields that Mastodon 4.6.4 sends."""

from datetime import datetime
from typing import Any

from demo.practice import markup, reading
from demo.practice.records import Account, ProfileField, Status
from demo.practice.rules import MAX_CHARACTERS
from demo.practice.world import World

VERSION = "4.6.4"
TITLE = "Practice network"
DESCRIPTION = "A small server on this machine for trying a course network."

Json = dict[str, Any]


def iso(moment: datetime) -> str:
    """`2026-08-01T13:52:34.108Z`."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def note_html(world: World, account: Account) -> str:
    """The profile text as HTML."""
    return markup.render(account.note, world.base_url, world.find)


def account_json(world: World, account: Account) -> Json:
    """The Account entity (docs.joinmastodon.org, entities/Account)."""
    own = [status for status in world.statuses.values() if status.account is account]
    last = max((status.created_at for status in own), default=None)
    moved = {"moved": account_json(world, account.moved_to)} if account.moved_to else {}
    return {
        "id": str(account.id),
        "username": account.username,
        "acct": account.username,
        "display_name": account.display_name,
        "locked": False,
        "bot": False,
        "discoverable": True,
        "indexable": True,
        "group": account.group,
        "created_at": f"{account.created_at:%Y-%m-%d}T00:00:00.000Z",
        "note": note_html(world, account),
        "url": f"{world.base_url}/@{account.username}",
        "uri": f"{world.base_url}/users/{account.username}",
        **_pictures(world),
        "followers_count": sum(follow.target is account for follow in world.follows),
        "following_count": sum(follow.follower is account for follow in world.follows),
        "statuses_count": len(own),
        "last_status_at": f"{last:%Y-%m-%d}" if last else None,
        "hide_collections": account.hide_collections,
        "show_media": True,
        "show_media_replies": True,
        "show_featured": True,
        "noindex": False,
        "feature_approval": {"automatic": ["public"], "manual": [], "current_user": "automatic"},
        "emojis": [],
        "roles": [],
        "fields": [_field_json(world, field) for field in account.fields],
        **moved,
    }


def own_account_json(world: World, account: Account) -> Json:
    """CredentialAccount: what its owner sees, with the source texts."""
    source = {
        "privacy": "public",
        "sensitive": False,
        "language": "en",
        "note": account.note,
        "fields": [{"name": f.name, "value": f.value, "verified_at": None} for f in account.fields],
        "follow_requests_count": 0,
        "hide_collections": account.hide_collections,
        "discoverable": True,
        "indexable": True,
        "attribution_domains": [],
        "quote_policy": "public",
    }
    role = {"id": "-99", "name": "", "permissions": "65536", "color": "", "highlighted": False, "collection_limit": 10}
    return {**account_json(world, account), "source": source, "role": role}


def status_json(world: World, status: Status, viewer: Account | None = None) -> Json:
    """The Status entity; a boost's wrapper has empty content and the original under `reblog`."""
    base, who = world.base_url, status.account.username
    original = status.reblog or status
    uri = f"{base}/users/{who}/statuses/{status.id}"
    favourites, boosts = reading.favourites(world, original), reading.boosts(world, original)
    return {
        "id": str(status.id),
        "created_at": iso(status.created_at),
        "in_reply_to_id": _id(status.in_reply_to_id),
        "in_reply_to_account_id": _id(status.in_reply_to_account.id) if status.in_reply_to_account else None,
        "sensitive": False,
        "spoiler_text": "",
        "visibility": status.visibility,
        "language": None if status.reblog else "en",
        "uri": f"{uri}/activity" if status.reblog else uri,
        "url": f"{uri}/activity" if status.reblog else f"{base}/@{who}/{status.id}",
        "replies_count": len(reading.replies(world, status)),
        "reblogs_count": len(boosts),
        "favourites_count": len(favourites),
        "quotes_count": 0,
        "edited_at": None,
        **_seen_by(viewer, favourites=[f.account for f in favourites], boosts=[b.account for b in boosts]),
        "content": status.content,
        "filtered": [],
        "reblog": status_json(world, status.reblog, viewer) if status.reblog else None,
        "application": None if status.reblog else {"name": "Web", "website": None},
        "account": account_json(world, status.account),
        "media_attachments": [],
        "mentions": [_mention_json(world, account) for account in status.mentions],
        "tags": [{"name": tag, "url": f"{base}/tags/{tag}"} for tag in _tags(world, status)],
        "emojis": [],
        "tagged_collections": [],
        "quote": None,
        "card": None,
        "poll": None,
        "quote_approval": {"automatic": ["public"], "manual": [], "current_user": "automatic"},
    }


def _tags(world: World, status: Status) -> tuple[str, ...]:
    """snac2 leaves the tags of a boosted post on the wrapper."""
    return status.reblog.tags if status.reblog and world.boosts_replace_posts else status.tags


def relationship_json(world: World, viewer: Account, other: Account) -> Json:
    """The Relationship entity: what stands between the token's account and another."""
    following = world.is_following(viewer, other)
    return {
        "id": str(other.id),
        "following": following,
        "showing_reblogs": following,
        "notifying": False,
        "languages": None,
        "followed_by": world.is_following(other, viewer),
        "blocking": False,
        "blocked_by": False,
        "muting": False,
        "muting_notifications": False,
        "muting_expires_at": None,
        "requested": False,
        "requested_by": False,
        "domain_blocking": False,
        "endorsed": False,
        "note": "",
    }


def limits_json() -> Json:
    """The part of `configuration` that both versions of the instance share."""
    return {
        "statuses": {
            "max_characters": MAX_CHARACTERS,
            "max_media_attachments": 0,
            "characters_reserved_per_url": 23,
        },
        "media_attachments": {"supported_mime_types": []},
        "polls": {"max_options": 0, "max_characters_per_option": 0, "min_expiration": 0, "max_expiration": 0},
    }


def _pictures(world: World) -> Json:
    avatar, header = f"{world.base_url}/avatars/original/missing.png", f"{world.base_url}/headers/original/missing.png"
    return {
        "avatar": avatar,
        "avatar_static": avatar,
        "avatar_description": "",
        "header": header,
        "header_static": header,
        "header_description": "",
    }


def _field_json(world: World, field: ProfileField) -> Json:
    value = markup.render(field.value, world.base_url, world.find, rel_me=True)
    return {"name": field.name, "value": value, "verified_at": iso(field.verified_at) if field.verified_at else None}


def _mention_json(world: World, account: Account) -> Json:
    url = f"{world.base_url}/@{account.username}"
    return {"id": str(account.id), "username": account.username, "url": url, "acct": account.username}


def _seen_by(viewer: Account | None, favourites: list[Account], boosts: list[Account]) -> Json:
    """Fields about the viewer; anonymous answers leave them out (entities/Status: `optional`)."""
    if viewer is None:
        return {}
    mine = {"favourited": viewer in favourites, "reblogged": viewer in boosts}
    return {**mine, "muted": False, "bookmarked": False, "pinned": False}


def _id(number: int | None) -> str | None:
    return None if number is None else str(number)
