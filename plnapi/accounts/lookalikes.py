"""Handles that look like somebody else's: `@ada@example.social`, `@a.da@examp1e.social`, or with a Cyrillic letter in it.

Only staff are told, who may ask: a student who were told would learn the handle of another.

The idea is that of Unicode Technical Standard 39, section 4: two texts look alike when their skeletons are the same. The
table is small and our own: what handles are made of, in the scripts whose letters are taken for Latin ones. The libraries
that carry the whole table are not kept up with Unicode.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

import idna
from sqlalchemy import select

from plnapi.accounts.models import Identity
from plnapi.db import db
from plnapi.platforms.addresses import cleaned

MAX_HANDLE = 500  # characters that are compared
# Greek, Cyrillic, Armenian and Hebrew letters, and digits, by the Latin letter that they are taken for.
_LIKE = {
    "o": "0\u03bf\u043e\u0585\u05e1", "l": "1i|\u03b9\u0456\u04cf\u0131\u217c", "a": "\u03b1\u0430\u0251",
    "b": "\u0432\u044c\u03b2", "c": "\u0441\u03f2", "d": "\u0501", "e": "\u0435\u0454\u04bd", "g": "\u0261",
    "h": "\u04bb\u043d", "j": "\u0458\u03f3", "k": "\u043a\u03ba", "m": "\u043c", "n": "\u043f\u03b7\u0578",
    "p": "\u0440\u03c1", "q": "\u051b", "s": "\u04555", "t": "\u0442\u03c4", "u": "\u03c5\u057d", "v": "\u03bd\u0475",
    "w": "\u051d\u03c9", "x": "\u0445\u03c7", "y": "\u0443\u03b3\u04af", "z": "2\u1d22",
}  # fmt: skip
_TABLE = {ord(letter): like for like, letters in _LIKE.items() for letter in letters}
_DROPPED = dict.fromkeys(map(ord, ".-_·•~"))
_PAIRS = (("rn", "m"), ("vv", "w"))


def skeleton(handle: str) -> str:
    """What a handle or address looks like at a glance: two that give the same text can be taken for each other."""
    text = cleaned(handle[:MAX_HANDLE]).lower()
    for start in ("https://", "http://", "www."):
        text = text.removeprefix(start)
    text = ".".join(_decoded(label) for label in text.rstrip("/").replace("@", ".@").split("."))
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    shown = bare.translate(_TABLE).translate(_DROPPED)
    for pair, like in _PAIRS:
        shown = shown.replace(pair, like)
    return "".join(shown.replace("@", "").split())


def of_people(person_ids: Iterable[UUID]) -> dict[UUID, tuple[str, ...]]:
    """Identity → handles of others among these people that look like its own; in one statement.

    The same account claimed twice is no look-alike: it belongs to the first who proves it.
    """
    among = Identity.person_id.in_(list(person_ids))
    rows = db.session.execute(select(Identity.id, Identity.person_id, Identity.handle).where(among)).all()
    alike: dict[str, list[tuple[UUID, UUID, str]]] = defaultdict(list)
    for identity_id, person_id, handle in rows:
        alike[skeleton(handle)].append((identity_id, person_id, handle))
    found = {one[0]: _others(one, group) for group in alike.values() if len(group) > 1 for one in group}
    return {identity_id: handles for identity_id, handles in found.items() if handles}


def _others(one: tuple[UUID, UUID, str], group: list[tuple[UUID, UUID, str]]) -> tuple[str, ...]:
    _, mine, handle = one
    theirs = {h for _, person, h in group if person != mine and h.lower() != handle.lower()}
    return tuple(sorted(theirs))


def _decoded(label: str) -> str:
    """An internationalised label as it is shown (RFC 5891); as it stands when it is none."""
    sign = "@" if label.startswith("@") else ""
    try:
        return sign + idna.decode(label.removeprefix("@")) if label.removeprefix("@").startswith("xn--") else label
    except idna.IDNAError:
        return label
