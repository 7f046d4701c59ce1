"""Who of certain people follows an account on a Mastodon-compatible server: follows turned round.

The followers are read from the account's list, or the server is asked for its relationship with each of the people
(methods/accounts#relationships, `followed_by`), which needs the account's own token and their ids on this server. The way
with fewer requests is taken first. A list that its owner hides, an empty one and one shorter than its count decide nothing.
"""

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import ceil
from typing import Any
from urllib.parse import quote

from plnapi.http.types import Fetch, FetchFailed, Response
from plnapi.platforms import addresses
from plnapi.platforms.looking import GONE, LookEnded
from plnapi.platforms.mastodon.address import keys_of, read_handle, read_profile_url
from plnapi.platforms.mastodon.json import AccountRead, read_account, read_following, read_relationships
from plnapi.platforms.mastodon.nodeinfo import tells_none
from plnapi.platforms.mastodon.pages import EMPTY_LIST, FEWER, HIDDEN_LIST, MORE, Pages, interrupted, pages_from
from plnapi.platforms.mastodon.server import COMPLETE, TOKEN_REFUSED, Answer, Server, answer, describe, is_id, locate
from plnapi.platforms.types import Act, Coverage, Follow, Other, Parse, Seen, Steps, Subject

PAGE = 80  # followers of one request
MOST_PAGES = 25
BATCH = 40  # ids of one request for relationships
LOOKUPS = 100  # people of whom one look asks the id; a server allows 300 requests in five minutes


@dataclass(frozen=True, slots=True)
class Person:
    """One whose follow is looked for. `acct` is what the server knows them by, empty when that cannot be told."""

    uri: str
    keys: frozenset[str]
    acct: str


@dataclass(frozen=True, slots=True)
class Told:
    """What the server said: who follows, by URI; the ids of people there, empty for those it does not know; how complete."""

    followers: frozenset[str]
    ids: Mapping[str, str]
    coverage: Coverage


def received(subject: Subject, cursor: Mapping[str, Any]) -> Steps:
    """A look at who follows. The cursor holds `ids` of people on this server by URI, `next` and `seen` of a list that goes
    on, and `unlisted` when the list has been found to decide nothing."""
    if not subject.others:
        return Seen((), COMPLETE, dict(cursor))
    server = yield from locate("received", subject, cursor)
    account = yield from describe(server)
    if account.hides_lists and not server.token:
        raise LookEnded(HIDDEN_LIST)
    people = [_person(other, server) for other in subject.others]
    told, more = Told(frozenset(), _ids(server, subject.others, cursor), FEWER), dict[str, Any]()
    if _is_listed(server, account, people, told.ids, cursor):
        told, more = yield from _listed(server, account, people, told.ids, cursor)
    if told.coverage is not COMPLETE and server.token and not more.get("next"):
        told, more = (yield from _asked(server, people, told)), {"unlisted": True}
    acts = tuple(_follow(subject, person) for person in people if person.uri in told.followers)
    kept = {name: value for name, value in {"ids": dict(told.ids), **more}.items() if value}
    return Seen(acts, told.coverage, server.cursor | kept)


def _is_listed(
    server: Server, account: AccountRead, people: Sequence[Person], ids: Mapping[str, str], cursor: Mapping[str, Any]
) -> bool:
    """Whether the list is the way: the only one, one that was begun, or the one with fewer requests."""
    if not server.token or server.own(cursor.get("next")):
        return True
    lookups = sum(not ids.get(person.uri) for person in people)
    return not cursor.get("unlisted") and ceil((account.followers or 0) / PAGE) <= ceil(len(people) / BATCH) + lookups


def _person(other: Other, server: Server) -> Person:
    handle = read_handle(other.handle) or read_profile_url(other.url)
    keys = keys_of(other.uri) | keys_of(other.url) | keys_of(other.handle)
    local = handle is not None and handle.authority == server.host
    return Person(other.uri, keys, (handle.name if local else str(handle)[1:]) if handle else "")


def _ids(server: Server, others: Iterable[Other], cursor: Mapping[str, Any]) -> dict[str, str]:
    """Ids on this server that are known: from earlier looks, and of those whose own server it is."""
    before = cursor.get("ids")
    kept = before if isinstance(before, dict) else {}
    local = {o.uri: str(o.data.get("id", "")) for o in others if addresses.read_authority(_host(o)) == server.host}
    return {o.uri: kept[o.uri] for o in others if o.uri in kept} | {uri: id for uri, id in local.items() if id}


def _host(other: Other) -> str:
    return str(other.data.get("host", ""))


def _follow(subject: Subject, person: Person) -> Act:
    """The API names no follow by itself; it is seen at the page of whom it is towards."""
    keys = keys_of(subject.uri) | keys_of(subject.url) | keys_of(subject.handle)
    return Act("Follow", subject.url, subject.uri, subject.url, object_keys=keys, actor_keys=person.keys)


# ---- by the list


def _listed(
    server: Server, account: AccountRead, people: Sequence[Person], ids: Mapping[str, str], cursor: Mapping[str, Any]
) -> Generator[Fetch | Parse, Any, tuple[Told, dict[str, Any]]]:
    """Who of the people is on the list of followers, and where the next look goes on with it."""
    resumed = server.own(cursor.get("next"))
    try:
        start = resumed or server.url(f"/followers?limit={PAGE}")
        pages = yield from pages_from(start, server, partial(_read, server), most=MOST_PAGES)
    except LookEnded as end:
        if not server.token or end.coverage is TOKEN_REFUSED or end.coverage.reason == "host_busy":
            raise
        return Told(frozenset(), ids, end.coverage), {}
    seen = pages.count + (int(cursor.get("seen") or 0) if resumed else 0)
    found = _found(pages, people)
    believed = not seen and bool(server.token) and account.followers == 0
    coverage = (yield from _of_nobody(server)) if believed else _how_much(account, pages, seen)
    told = Told(frozenset(found), {**ids, **found}, coverage)
    return told, {"next": pages.next, "seen": seen} if pages.next else {}


def _found(pages: Pages, people: Sequence[Person]) -> dict[str, str]:
    """The URIs of those people who are on the list, with their ids on this server."""
    by_key = {key: person.uri for person in people for key in person.keys}
    placed = pages.placed
    accounts = [item.account for item in pages.items if isinstance(item, Follow)]
    met = [(next((by_key[key] for key in account.keys if key in by_key), ""), account) for account in accounts]
    ids = {uri: placed.get(account.uri, "") for uri, account in met if uri}
    return {uri: id if is_id(id) else "" for uri, id in ids.items()}


def _of_nobody(server: Server) -> Generator[Fetch | Parse, Any, Coverage]:
    """Of an empty list that is shown to its owner and agrees with the count."""
    honest, _ = yield from tells_none(server)
    return COMPLETE if honest else EMPTY_LIST


def _how_much(account: AccountRead, pages: Pages, seen: int) -> Coverage:
    if not seen:
        return EMPTY_LIST
    coverage = pages.coverage()
    return FEWER if coverage is COMPLETE and seen < (account.followers or 0) else coverage


def _read(server: Server, response: Response) -> Answer:
    return answer(response, read_following, server.host, token=server.token)


# ---- by relationship


def _asked(server: Server, people: Sequence[Person], told: Told) -> Generator[Fetch | Parse, Any, Told]:
    """What the list did not decide, asked for person by person: their ids where they are not known yet, then in batches."""
    rest = [person for person in people if person.uri not in told.followers]
    ids, absent, stopped = yield from _looked_up(server, rest, told.ids)
    named = {ids[person.uri]: person.uri for person in rest if ids.get(person.uri)}
    answers, halted = yield from _related(server, list(named))
    followers = told.followers | {named[id] for id, follows in answers.items() if follows and id in named}
    open_ = [person for person in rest if person.uri not in absent and ids.get(person.uri) not in answers]
    end = stopped or halted
    if end:
        return Told(followers, ids, replace(end, state="partial") if followers or answers else end)
    return Told(followers, ids, MORE if open_ else COMPLETE)


def _looked_up(
    server: Server, people: Sequence[Person], before: Mapping[str, str]
) -> Generator[Fetch | Parse, Any, tuple[dict[str, str], set[str], Coverage | None]]:
    """The ids of people whose id is not known, at most `LOOKUPS` new ones; who is not known there; why it stopped early.

    Those whom the server did not know earlier are asked for again, the longest ago first: it may know them by now.
    """
    ids, turn = dict(before), {uri: n for n, uri in enumerate(before, 1)}
    unknown = [person for person in people if person.acct and not ids.get(person.uri)]
    absent: set[str] = set()
    for person in sorted(unknown, key=lambda person: turn.get(person.uri, 0))[:LOOKUPS]:
        try:
            response = yield server.get(server.api(f"/accounts/lookup?acct={quote(person.acct)}"))
            id = "" if response.status in GONE else (yield from _id_of(server, person, response))
        except (FetchFailed, LookEnded) as error:
            return ids, absent, interrupted(error)
        ids.pop(person.uri, None)
        ids[person.uri] = id
        absent |= {person.uri} if response.status in GONE else set()
    return ids, absent, None


def _id_of(server: Server, person: Person, response: Response) -> Answer:
    """The id in the answer, empty when that is about somebody else."""
    read: AccountRead = yield from answer(response, read_account, server.host, token=server.token)
    return read.id if read.profile.account.keys & person.keys and is_id(read.id) else ""


def _related(
    server: Server, ids: Sequence[str]
) -> Generator[Fetch | Parse, Any, tuple[dict[str, bool], Coverage | None]]:
    """Whether those with these ids follow the account, as far as the server says so; why it stopped early."""
    answers: dict[str, bool] = {}
    for start in range(0, len(ids), BATCH):
        wanted = "&".join(f"id[]={quote(id, safe='')}" for id in ids[start : start + BATCH])
        try:
            response = yield server.get(server.api(f"/accounts/relationships?{wanted}"))
            answers |= yield from answer(response, read_relationships, token=server.token)
        except (FetchFailed, LookEnded) as error:
            return answers, interrupted(error)
    return answers, None
