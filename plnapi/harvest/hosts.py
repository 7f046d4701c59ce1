"""Which host a look asks, and which looks at it wait for their first turn."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from plnapi.accounts.models import Identity
from plnapi.db import db
from plnapi.harvest.models import Source
from plnapi.platforms import addresses
from plnapi.platforms.mastodon.address import read_handle

# So many looks that have yet to see something are due at once; the others stand in a queue, so far apart: a look takes one
# or two requests, and Mastodon answers 300 in five minutes (docs.joinmastodon.org/api/rate-limits).
AT_ONCE = 20
APART = timedelta(seconds=2)


def host_of(identity: Identity) -> str:
    """The authority (`host`, or `host:port`) that looks at this identity are expected to ask; empty when it has none.

    What its adapter remembers comes first: the server that answers for the account, or that keeps its records. Then the
    host that a handle names, then that of its page. The requests that are really made correct this (`trail.py`).
    """
    data, handle = identity.data or {}, read_handle(identity.handle)
    known = addresses.read_authority(str(data.get("host") or data.get("pds") or ""))
    return known or (handle.authority if handle else "") or addresses.authority_of(identity.url)


class Queue:
    """When looks that have yet to see something are due: a class of 1,000 does not ask its host all at once.

    Counts those that wait at each host when the first is added, and then its own.
    """

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._waiting: dict[str, int] = {}

    def turn(self, host: str) -> datetime:
        """The moment for one more look at this host: at once, or behind those that wait."""
        if host not in self._waiting:
            self._waiting[host] = _waiting(host)
        ahead = self._waiting[host]
        self._waiting[host] = ahead + 1
        return self._at + max(0, ahead + 1 - AT_ONCE) * APART


def _waiting(host: str) -> int:
    blind = select(func.count()).where(Source.host == host, Source.coverage.is_(None))
    return db.session.scalar(blind) or 0
