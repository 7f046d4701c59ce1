"""What one may see of the world: who asks (`viewer`, None for anybody) decides, as in Mastodon's status policy."""

from collections.abc import Iterable
from dataclasses import dataclass

from demo.practice.records import Account, Favourite, Follow, Status
from demo.practice.world import World

# Without a token: 40 ancestors, and 60 descendants down to a depth of 20 (docs.joinmastodon.org, methods/statuses).
_ANCESTORS, _DESCENDANTS, _DEPTH = 40, 60, 20
_WITH_TOKEN = 4096


@dataclass(frozen=True)
class StatusFilter:
    """The filters of /accounts/:id/statuses; `tagged` in lower case and without '#'."""

    tagged: str | None = None
    exclude_replies: bool = False
    exclude_reblogs: bool = False


def may_see(world: World, status: Status, viewer: Account | None) -> bool:
    """Public and unlisted for all, private for followers and those mentioned, direct for those mentioned."""
    shown = status.reblog or status
    if shown.visibility in ("public", "unlisted") or viewer is shown.account:
        return True
    if viewer is None:
        return False
    follows = shown.visibility == "private" and world.is_following(viewer, shown.account)
    return follows or viewer in shown.mentions


def statuses_of(world: World, account: Account, viewer: Account | None, wanted: StatusFilter) -> list[Status]:
    """The account's statuses, its boosts among them, newest first."""
    own = (status for status in world.statuses.values() if status.account is account)
    shown = (_in_place_of(world, status) for status in own)
    return _newest_first(status for status in shown if may_see(world, status, viewer) and _fits(status, wanted))


def _in_place_of(world: World, status: Status) -> Status:
    """What snac2 lists for a status that somebody boosted: the wrapper of the newest boost, under its maker's name."""
    wrappers = boosts(world, status) if world.boosts_replace_posts and not status.reblog else []
    return wrappers[0] if wrappers else status


def tagged_statuses(world: World, tag: str) -> list[Status]:
    """The hashtag's timeline: public posts, no boosts, newest first."""
    public = (status for status in world.statuses.values() if status.visibility == "public")
    return _newest_first(status for status in public if tag.lower() in status.tags)


def following(world: World, account: Account, viewer: Account | None) -> list[Follow]:
    """Whom the account follows, newest follow first; nothing where it hides that from the viewer."""
    if account.hide_collections and viewer is not account:
        return []
    return [follow for follow in reversed(world.follows) if follow.follower is account]


def followers(world: World, account: Account, viewer: Account | None) -> list[Follow]:
    """Who follows the account, newest follow first; nothing where it hides that from the viewer."""
    if account.hide_collections and viewer is not account:
        return []
    return [follow for follow in reversed(world.follows) if follow.target is account]


def boosts(world: World, status: Status) -> list[Status]:
    """The wrappers of a status's boosts, newest first."""
    return _newest_first(wrapper for wrapper in world.statuses.values() if wrapper.reblog is status)


def favourites(world: World, status: Status) -> list[Favourite]:
    """The likes of a status, newest first."""
    return [favourite for favourite in reversed(world.favourites) if favourite.status is status]


def replies(world: World, status: Status) -> list[Status]:
    """Direct replies, oldest first."""
    return sorted((s for s in world.statuses.values() if s.in_reply_to_id == status.id), key=lambda s: s.id)


def ancestors(world: World, status: Status, viewer: Account | None) -> list[Status]:
    """The thread above a status, from its root downwards."""
    above: list[Status] = []
    parent = _parent(world, status)
    while parent and len(above) < (_WITH_TOKEN if viewer else _ANCESTORS):
        above.append(parent)
        parent = _parent(world, parent)
    return [status for status in reversed(above) if may_see(world, status, viewer)]


def descendants(world: World, status: Status, viewer: Account | None) -> list[Status]:
    """The thread below a status, each reply before its own replies."""
    most, deepest = (_WITH_TOKEN, _WITH_TOKEN) if viewer else (_DESCENDANTS, _DEPTH)
    below = _below(world, status, deepest)
    return [status for status in below if may_see(world, status, viewer)][:most]


def _below(world: World, status: Status, depth: int) -> list[Status]:
    if depth == 0:
        return []
    return [found for reply in replies(world, status) for found in [reply, *_below(world, reply, depth - 1)]]


def _parent(world: World, status: Status) -> Status | None:
    return world.statuses.get(status.in_reply_to_id) if status.in_reply_to_id else None


def _fits(status: Status, wanted: StatusFilter) -> bool:
    if wanted.tagged is not None and wanted.tagged not in status.tags:
        return False
    if wanted.exclude_reblogs and status.reblog:
        return False
    # A thread with oneself is no reply: Mastodon's `without_replies`.
    replies_to_another = status.in_reply_to_account not in (None, status.account)
    return not (wanted.exclude_replies and replies_to_another)


def _newest_first(statuses: Iterable[Status]) -> list[Status]:
    return sorted(statuses, key=lambda status: status.id, reverse=True)
