"""What delays a step's day: hosts that do not answer, and ways for which nothing of their list is there any more."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import String, and_, bindparam, cast, func, select
from sqlalchemy.orm import aliased

from onboarding import rows
from onboarding.checks import CHECKS, flat
from onboarding.checks.base import Context, Target, TargetList
from plnapi.harvest.models import Health
from plnapi.harvest.service import Down
from plnapi.platforms import PLATFORMS
from plnapi.resources.models import ResourceItem, ResourceList, ResourceListVersion

PAUSE = timedelta(days=14)  # how long before its day something still delays a step, and the most that it does
DAY = timedelta(days=1)
NOTHING = Context()
_ROW, _FIELD = "\x1e", "\x1f"  # separators of records and of fields, as in ASCII


@dataclass(frozen=True, slots=True)
class Pause:
    """Since when, and until when (None: it still lasts), a step is held up: by a `host`, or because `items` are gone."""

    began_at: datetime
    ended_at: datetime | None
    host: str = ""
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delay:
    """So many days more, because of these hosts and of these items (titles)."""

    days: int = 0
    hosts: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


def of_step(branches: Sequence[Mapping[str, Any]], downs: Iterable[Down], around: Context) -> list[Pause]:
    """What holds up a step of these branches. `downs` are outages of the student's hosts, `around` see `around`."""
    return [*of_hosts(downs, shown_on(branches) if downs else frozenset()), *of_lists(branches, around)]


def of_hosts(downs: Iterable[Down], networks: frozenset[str]) -> list[Pause]:
    """The outages of the hosts of these networks."""
    return [Pause(down.began_at, down.ended_at, down.host) for down in downs if down.network in networks]


def of_lists(branches: Sequence[Mapping[str, Any]], around: Context) -> list[Pause]:
    """For each way that asks for items of which none is left: since the last of them went."""
    if not around.gone:
        return []
    asked = [CHECKS[way["kind"]].asks(way["config"], around) for way in flat(branches)]
    dead = [items for items in asked if items and all(one.item_key in around.gone for one in items)]
    return [Pause(max(around.gone[t.item_key] for t in one), None, "", tuple(t.title for t in one)) for one in dead]


def shown_on(branches: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """The networks on which some way of a step can be seen."""
    needs = [CHECKS[way["kind"]].needs(way["config"]) for way in flat(branches)]
    return frozenset(
        network
        for network, platform in PLATFORMS.items()
        for one in needs
        if one.verbs & platform.capabilities.verbs.keys() or one.looks & platform.capabilities.looks
        if not one.networks or network in one.networks
    )


def delay(on: date, zone: tzinfo, pauses: Sequence[Pause], at: datetime) -> Delay:
    """How much later than `on` a step is due: as many days as its pauses lasted within PAUSE before the day is over,
    rounded up, and as long as they go on then, at most PAUSE. Each moment counts once.
    """
    found, days = Delay(), 0
    for _ in range(PAUSE // DAY + 1):  # what lasts into the days that are given gives more, until the day stands still
        found = _within(end_of(on, zone) - PAUSE, end_of(on + timedelta(days=days), zone), pauses, at)
        if found.days <= days:
            break
        days = found.days
    return found


def _within(begin: datetime, end: datetime, pauses: Sequence[Pause], at: datetime) -> Delay:
    spans = [(max(one.began_at, begin), min(one.ended_at or at, end), one) for one in pauses]
    meant = [span for span in spans if span[0] < span[1]]
    total, reached = timedelta(), begin
    for since, until, _ in sorted(meant, key=lambda span: span[:2]):
        total += max(timedelta(), until - max(since, reached))
        reached = max(reached, until)
    hosts = {one.host for *_, one in meant} - {""}
    items = dict.fromkeys(title for *_, one in meant for title in one.items)
    return Delay(min(-(-total // DAY), PAUSE // DAY), tuple(sorted(hosts)), tuple(items))


def end_of(day: date, zone: tzinfo) -> datetime:
    """The first moment after the day."""
    return datetime.combine(day + timedelta(days=1), time(), zone)


# ---- what is gone, as one value of a statement about a course

_NEWEST = and_(ResourceListVersion.list_id == ResourceList.id, ResourceListVersion.number == ResourceList.version)
_SAME = and_(Health.network == ResourceItem.network, Health.address == ResourceItem.address)
_Item, _Health = aliased(ResourceItem), aliased(Health)
_COLUMNS = (
    cast(ResourceList.id, String), cast(ResourceItem.item_key, String), ResourceItem.kind, ResourceItem.network,
    ResourceItem.address, ResourceItem.title, func.coalesce(cast(Health.gone_since, String), ""),
)  # fmt: skip


class _Listed(NamedTuple):
    list_id: str
    item_key: UUID
    kind: str
    network: str
    address: str
    title: str


def _text() -> Any:
    """One item: its fields without the separators."""
    plain = [func.replace(func.replace(column, _ROW, " "), _FIELD, " ") for column in _COLUMNS]
    text: Any = plain[0]
    for one in plain[1:]:
        text = text + _FIELD + one
    return text


# All items of the lists of which something is gone; NULL when nothing is. Wants `course_id`.
GONE = (
    select(func.aggregate_strings(_text(), _ROW))
    .select_from(ResourceList)
    .join(ResourceListVersion, _NEWEST)
    .join(ResourceItem, ResourceItem.version_id == ResourceListVersion.id)
    .outerjoin(Health, _SAME)
    .where(ResourceList.course_id == bindparam("course_id"))
    .where(
        ResourceListVersion.id.in_(
            select(_Item.version_id)
            .join(ResourceListVersion, ResourceListVersion.id == _Item.version_id)
            .join(ResourceList, _NEWEST)
            .join(_Health, and_(_Health.network == _Item.network, _Health.address == _Item.address))
            .where(ResourceList.course_id == bindparam("course_id"), _Health.gone_since.is_not(None))
            .correlate(None)
        )
    )
    .correlate(None)
    .scalar_subquery()
)


def around(text: str | None) -> Context:
    """The lists of which something is gone, and what: out of GONE."""
    if not text:
        return NOTHING
    lists: dict[str, list[Target]] = {}
    gone: dict[str, datetime] = {}
    for line in text.split(_ROW):
        list_id, item_key, kind, network, address, title, since = line.split(_FIELD)
        item = _Listed(str(UUID(list_id)), UUID(item_key), kind, network, address, title)
        lists.setdefault(item.list_id, []).append(rows.target(item))
        if since:
            gone[str(item.item_key)] = moment(since)
    return Context(lists={list_id: TargetList.of("", targets) for list_id, targets in lists.items()}, gone=gone)


def moment(text: str) -> datetime:
    """A time as the database casts it to text. SQLite keeps UTC without saying so."""
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)
