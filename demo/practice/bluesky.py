"""The state of a practice Bluesky, in memory: people with repositories of records, as the AT Protocol keeps them.

Its people are not those of the Mastodon side. Handles end in `.test`, which the protocol leaves to development.
"""

import base64
import hashlib
import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from demo.practice.entities import iso
from demo.practice.records import Invalid, NotFound
from demo.practice.rules import moment

POST, FOLLOW, REPOST, PROFILE = (
    "app.bsky.feed.post",
    "app.bsky.graph.follow",
    "app.bsky.feed.repost",
    "app.bsky.actor.profile",
)
MAX_CHARACTERS = 300

_HANDLE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.test")
_TAG = re.compile(r"(?<![\w#/&])#(\w*[^\W\d_]\w*)")
_SORTED_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"


@dataclass
class Person:
    """An account. `records` maps a collection to its records by key; `closed` ones are no longer shown by anybody."""

    did: str
    handle: str
    records: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    closed: bool = False

    def of(self, collection: str) -> dict[str, dict[str, Any]]:
        """The records of a collection by key."""
        return self.records.setdefault(collection, {})

    @property
    def profile(self) -> dict[str, Any]:
        """The profile record, empty before there is one."""
        return self.of(PROFILE).get("self", {})

    def uri(self, collection: str, key: str) -> str:
        return f"at://{self.did}/{collection}/{key}"


class Bluesky:
    """Everybody on one server, which keeps the records, resolves names and is the index too. `lock` guards it all."""

    def __init__(self, base_url: str, lock: threading.RLock) -> None:
        self.base_url = base_url
        self.lock = lock
        self.people: dict[str, Person] = {}
        self._last = 0

    # Finding

    def find(self, actor: str) -> Person | None:
        """The person with this DID or handle, closed or not, or None."""
        known = self.people.get(actor)
        return known or next((each for each in self.people.values() if each.handle == actor.lower()), None)

    def person(self, actor: str) -> Person:
        """Raises NotFound."""
        found = self.find(actor)
        if found is None:
            raise NotFound(f"no account {actor!r}")
        return found

    def follow_of(self, who: Person, whom: Person) -> str | None:
        """The URI of the record by which the one follows the other, or None."""
        mine = who.of(FOLLOW).items()
        return next((who.uri(FOLLOW, key) for key, value in mine if value["subject"] == whom.did), None)

    # Acting

    def open_account(self, handle: str, display_name: str = "", *, description: str = "") -> Person:
        """Raises Invalid where the handle is taken or does not end in `.test`."""
        with self.lock:
            self._check_handle(handle)
            digest = base64.b32encode(hashlib.sha256(f"{handle}{len(self.people)}".encode()).digest())
            person = Person(f"did:plc:{digest[:24].decode().lower()}", handle)
            self.people[person.did] = person
            person.of(PROFILE)["self"] = {"$type": PROFILE, "displayName": display_name, "description": description}
            return person

    def set_description(self, actor: str, text: str) -> None:
        """Replace the text of the profile. Raises NotFound."""
        with self.lock:
            self.person(actor).profile["description"] = text

    def change_handle(self, actor: str, handle: str) -> None:
        """The DID stays. Raises NotFound, and Invalid where the handle is taken or none."""
        with self.lock:
            person = self.person(actor)
            self._check_handle(handle)
            person.handle = handle

    def close_account(self, actor: str) -> None:
        """Raises NotFound."""
        with self.lock:
            self.person(actor).closed = True

    def post(
        self,
        actor: str,
        text: str,
        *,
        tags: Iterable[str] = (),
        linked: bool = True,
        reply_to: str | None = None,
        at: datetime | None = None,
    ) -> str:
        """Write a post and answer its URI. `tags` stand beside the text; hashtags in it are facets unless not `linked`.

        Raises NotFound for the account or the post replied to, and Invalid for an empty or too long text.
        """
        with self.lock:
            person, at = self.person(actor), moment(at)
            if not text.strip() or len(text) > MAX_CHARACTERS:
                raise Invalid("Invalid app.bsky.feed.post record")
            value: dict[str, Any] = {"$type": POST, "text": text, "createdAt": iso(at)}
            value |= {"facets": facets} if linked and (facets := _facets(text)) else {}
            value |= {"tags": list(tags)} if tags else {}
            value |= {"reply": self._reply(reply_to)} if reply_to else {}
            return self._put(person, POST, value, at)

    def delete_post(self, uri: str) -> None:
        """Raises NotFound."""
        with self.lock:
            person, key = self._post(uri)
            del person.of(POST)[key]

    def repost(self, actor: str, uri: str, *, at: datetime | None = None) -> None:
        """Raises NotFound."""
        with self.lock:
            self._post(uri)
            value = {"$type": REPOST, "subject": _reference(uri), "createdAt": iso(moment(at))}
            self._put(self.person(actor), REPOST, value, moment(at))

    def follow(self, follower: str, target: str, *, at: datetime | None = None) -> None:
        """Following twice is following once. Raises NotFound."""
        with self.lock:
            who, whom, at = self.person(follower), self.person(target), moment(at)
            if not self.follow_of(who, whom):
                self._put(who, FOLLOW, {"$type": FOLLOW, "subject": whom.did, "createdAt": iso(at)}, at)

    def unfollow(self, follower: str, target: str) -> None:
        """Raises NotFound."""
        with self.lock:
            who, whom = self.person(follower), self.person(target)
            kept = {key: value for key, value in who.of(FOLLOW).items() if value["subject"] != whom.did}
            who.records[FOLLOW] = kept

    # Inside

    def _check_handle(self, handle: str) -> None:
        if not _HANDLE.fullmatch(handle):
            raise Invalid("Input/handle must be a valid handle")
        if self.find(handle):
            raise Invalid(f"Handle already taken: {handle}")

    def _put(self, person: Person, collection: str, value: dict[str, Any], at: datetime) -> str:
        key = self._key(at)
        person.of(collection)[key] = value
        return person.uri(collection, key)

    def _key(self, at: datetime) -> str:
        """A TID (atproto.com/specs/tid) of that moment: thirteen digits that sort as their times do, each once."""
        microseconds = int(at.timestamp() * 1_000_000)
        self._last += 1
        number = (microseconds << 10) | (self._last % 1024)
        return "".join(_SORTED_DIGITS[number >> shift & 31] for shift in range(60, -1, -5))

    def _post(self, uri: str) -> tuple[Person, str]:
        did, _, rest = uri.removeprefix("at://").partition("/")
        person, key = self.person(did), rest.removeprefix(f"{POST}/")
        if key not in person.of(POST):
            raise NotFound(f"no post {uri!r}")
        return person, key

    def _reply(self, uri: str) -> dict[str, Any]:
        person, key = self._post(uri)
        above = person.of(POST)[key].get("reply")
        return {"root": above["root"] if above else _reference(uri), "parent": _reference(uri)}


def _reference(uri: str) -> dict[str, str]:
    """A strong reference; the CID is a hash of the URI here, not of the record."""
    return {"uri": uri, "cid": cid(uri)}


def cid(uri: str) -> str:
    """What stands for the content identifier of the record at `uri`."""
    return "bafyrei" + base64.b32encode(hashlib.sha256(uri.encode()).digest()).decode().lower().rstrip("=")


def _facets(text: str) -> list[dict[str, Any]]:
    """The hashtags of a text as facets: offsets count bytes of UTF-8 (lexicon app.bsky.richtext.facet)."""
    return [
        {
            "index": {"byteStart": len(text[: tag.start()].encode()), "byteEnd": len(text[: tag.end()].encode())},
            "features": [{"$type": "app.bsky.richtext.facet#tag", "tag": tag[1]}],
        }
        for tag in _TAG.finditer(text)
    ]
