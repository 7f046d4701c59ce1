"""Discourse forums that everybody may read: who somebody is there, what they wrote and liked, their groups."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from plnapi.errors import N_
from plnapi.http.types import Fetch, FetchFailed
from plnapi.platforms import addresses, jsonread
from plnapi.platforms.discourse import address as discourse_address
from plnapi.platforms.discourse.address import Place
from plnapi.platforms.discourse.forum import (
    ACCEPT,
    HIDDEN,
    Reading,
    answer,
    interrupted,
    listed,
    place_of,
    rows_of,
    user_of,
)
from plnapi.platforms.discourse.json import (
    PostRead,
    Row,
    keys_of,
    read_counts,
    read_post,
)
from plnapi.platforms.entries import all_tags, gone_between
from plnapi.platforms.html import plain_text
from plnapi.platforms.looking import GONE, LookEnded, begin
from plnapi.platforms.page import hrefs
from plnapi.platforms.types import (
    Account,
    Act,
    Address,
    Capabilities,
    Coverage,
    Follow,
    Look,
    Post,
    Profile,
    Seen,
    Steps,
    Subject,
)

LIKED, WROTE = "1", "4,5"  # kinds of actions: `UserAction` in its code
MAX_POSTS = 15  # that one look reads whole: tags and the person answered are only in their topics
COMPLETE = Coverage("complete")
MORE = Coverage("partial", "more_pages", N_("There is more than one look reads; the next one goes on."))
NEWEST_ONLY = Coverage("complete", "newest_entries_only", N_("Only the newest 300 posts of an account are looked at."))
NEWEST_LIKES = Coverage("partial", "newest_entries_only", N_("Only the newest 300 likes of an account are looked at."))
NOTHING_YET = Coverage("complete", "no_posts", N_("The forum counts none of this account."))
EMPTY_LIST = Coverage("hidden", "empty_list_proves_nothing", N_("The forum lists nothing, although it counts some."))
DEPTHS = {"end": "all", "limit": "newest"}  # how far back a history was read
PUBLIC_GROUPS = Coverage(
    "complete", "public_groups_only", N_("A forum also has groups that it shows to nobody outside.")
)


class Discourse:
    """The adapter. Its subjects need no `data`: the address says all."""

    name = "discourse"
    title = "Discourse forums"
    capabilities = Capabilities(
        looks=frozenset({"posts", "follows", "reactions", "proof"}),
        verbs={"Create": "posts", "Follow": "follows", "Like": "reactions"},
        groups=True,
        note=N_(
            "Only forums and groups that everybody may read. A forum hides the profiles of its newest members from "
            "strangers: put the code into a post then."
        ),
    )

    def read_address(self, text: str) -> Address | None:
        """The page of a person, `/u/ada` or one below it, also in the older form `/users/ada`; the handle is its address."""
        place = discourse_address.read(text)
        if place is None or place.is_group:
            return None
        return Address(self.name, place.url, place.url, place.url)

    def address_keys(self, text: str) -> frozenset[str]:
        """One key, of a person or a group; scheme, `www.` and case make no difference."""
        place = discourse_address.read(text) or discourse_address.read(f"https://{addresses.cleaned(text)}")
        return frozenset({place.key} if place and place.key else ())

    def look(self, what: Look, subject: Subject, cursor: Mapping[str, Any]) -> Steps:
        """Cursor of `posts`: `read`, the posts that were read whole, as `topic/number`; `behind`, whether more are to be; and
        `depth`, how far back the list goes. Of `reactions`: `likes`, the posts that were liked.
        """
        looks = {"posts": _posts, "follows": _follows, "reactions": _reactions, "proof": _proof}
        return begin(looks, what, subject, cursor)


DISCOURSE = Discourse()


# ---- looks


def _proof(subject: Subject, cursor: Mapping[str, Any]) -> Steps:
    place, user = yield from user_of(subject)
    try:
        rows, _ = yield from rows_of(place, WROTE, 0)
        coverage = COMPLETE
    except (FetchFailed, LookEnded) as error:
        rows, coverage = [], interrupted(error)
    written = [row for row in rows if row.author == place.name.lower()]
    text = "\n".join([user.text, *(f"{row.title} {plain_text(row.excerpt)}" for row in written)])
    links = dict.fromkeys([*user.links, *(link for row in written for link in hrefs(row.excerpt))])
    account = Account(place.url, place.url, place.url, user.title or user.name, frozenset({place.key}))
    return Seen((Profile(account, text, tuple(links)),), coverage)


def _follows(subject: Subject, cursor: Mapping[str, Any]) -> Steps:
    """The groups in which the person is seen to be."""
    place, user = yield from user_of(subject)
    if user.groups is None:
        return Seen((), HIDDEN, cursor)
    groups = (Place(place.base, name, is_group=True) for name, _ in user.groups)
    titles = [title for _, title in user.groups]
    accounts = (
        Account(group.url, group.url, group.url, title, keys_of(group.base, group.name, is_group=True), is_group=True)
        for group, title in zip(groups, titles, strict=True)
    )
    return Seen(tuple(map(Follow, accounts)), PUBLIC_GROUPS)


def _reactions(subject: Subject, cursor: Mapping[str, Any]) -> Steps:
    """All likes given, from the newest on, so that one taken back is missed."""
    place = place_of(subject)
    rows, reach, stopped = yield from listed(subject, place, LIKED, lambda _, __: False)
    before = [key for key in jsonread.listing(cursor, "likes") if isinstance(key, str)]
    if not rows and not stopped:
        return (yield from _nothing(place, cursor, [_like_uri(place, key) for key in before], "likes_given"))
    acts = {row.key: _like(place, row) for row in rows if row.actor == place.name.lower()}
    coverage = stopped or (COMPLETE if reach == "end" else NEWEST_LIKES)
    removed = tuple(_like_uri(place, key) for key in _removed(list(acts), before, whole=reach == "end"))
    if coverage is COMPLETE and list(acts) == before:
        return Seen((), coverage, cursor, unchanged=True)
    return Seen(tuple(acts.values()), coverage, {"likes": list(acts) if not stopped else before}, removed=removed)


def _posts(subject: Subject, cursor: Mapping[str, Any]) -> Steps:
    """The newest actions, down to those that were read; what of them was not read before, a bounded number at a time."""
    place, before, behind = place_of(subject), frozenset(map(str, cursor.get("read", ()))), cursor.get("behind", True)

    def enough(page: Sequence[Row], rows: Sequence[Row]) -> bool:
        fresh = {row.key for row in rows} - before
        return len(fresh) >= MAX_POSTS or (not behind and before.issuperset(row.key for row in page))

    rows, reach, stopped = yield from listed(subject, place, WROTE, enough)
    if not rows and not stopped:
        return (yield from _nothing(place, cursor, subject.known, "post_count", "topic_count"))
    own = list({row.key: row for row in rows if row.author == row.actor == place.name.lower()}.values())
    fresh = [row for row in own if row.key not in before]
    posts, failed = yield from _read_whole(place, fresh[:MAX_POSTS])
    left = len(fresh) > len(posts) or (reach == "enough" and (behind or len(fresh) >= MAX_POSTS))
    depth = DEPTHS.get(reach) or cursor.get("depth", "")
    coverage = stopped or failed or (MORE if left else COMPLETE if depth == "all" else NEWEST_ONLY)
    memory = {
        "read": sorted(before | {row.key for row in fresh[: len(posts)]}),
        "behind": bool(left or stopped),
        "depth": depth,
    }
    removed = _removed([_post_url(place, row) for row in own], subject.known, whole=reach == "end")
    unchanged = not fresh and not removed and coverage.state == "complete"
    return Seen(tuple(post for post in posts if post), coverage, memory, unchanged, removed)


def _removed(listed: Sequence[str], known: Sequence[str], *, whole: bool) -> tuple[str, ...]:
    """Which of `known` are gone: missing from all there is, or from between others of them."""
    return tuple(uri for uri in known if uri not in set(listed)) if whole else gone_between(listed, known)


def _nothing(place: Place, cursor: Mapping[str, Any], before: Sequence[str], *counts: str) -> Steps:
    """Nothing is listed. Their own counts tell silence from secrecy; with silence all that was there `before` is gone."""
    response = yield Fetch(f"{place.base}/u/{quote(place.name.lower())}/summary.json", ACCEPT)
    counted: dict[str, int | None] = yield from answer(response, place, read_counts)
    if all(counted.get(name) == 0 for name in counts):
        return Seen((), NOTHING_YET, removed=tuple(before))
    return Seen((), EMPTY_LIST, cursor)


# ---- items


def _read_whole(place: Place, rows: Sequence[Row]) -> Reading:
    """The posts of `rows`, None for one that its topic does not show; fewer, and why, when something fails."""
    posts: list[Post | None] = []
    for row in rows:
        try:
            response = yield Fetch(f"{_post_url(place, row)}.json", ACCEPT)
            found = None if response.status in GONE else (yield from answer(response, place, read_post, row.number))
        except (FetchFailed, LookEnded) as error:
            return posts, interrupted(error)
        posts.append(_post(place, row, found) if found and found.author == row.author else None)
    return posts, None


def _post_url(place: Place, row: Row) -> str:
    return f"{place.base}/t/{row.topic}/{row.number}"


def _post(place: Place, row: Row, found: PostRead) -> Post:
    """A reply has the tags of its topic: on a forum the topic is what is tagged."""
    url = _post_url(place, row)
    return Post(
        uri=url,
        url=url,
        title=row.title if row.number == 1 else "",
        html=found.html,
        published_at=row.at,
        tags=all_tags(found.tags, row.title, found.html),
        in_reply_to=f"{place.base}/t/{row.topic}/{found.parent}" if found.parent else None,
        answers=keys_of(place.base, found.answers),
    )


def _like_uri(place: Place, key: str) -> str:
    """A forum has no address for a like; this one is where the likes of a person are, and of which post it is."""
    return f"{place.url}/activity/likes-given#{key}"


def _like(place: Place, row: Row) -> Act:
    url = _post_url(place, row)
    tags = all_tags((), row.title, row.excerpt)
    return Act(
        "Like",
        _like_uri(place, row.key),
        url,
        url,
        keys_of(place.base, row.author),
        tags=tags,
        happened_at=row.at,
    )
