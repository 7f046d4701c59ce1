"""Matrix: whether an account is somebody's, and who is in a course's rooms and writes there, as a bot in them sees it.

Source: Client-Server API v1.11 (`/profile`, `/joined_rooms`, `/rooms/{id}/joined_members`, `/messages`). Rooms show
nothing to strangers; without the token of somebody who is in them there is nothing to be seen.
"""

from collections.abc import Mapping
from typing import Any

from plnapi.errors import N_
from plnapi.platforms.looking import begin
from plnapi.platforms.matrix.address import link, read_room, read_user
from plnapi.platforms.matrix.json import read_displayname
from plnapi.platforms.matrix.rooms import received
from plnapi.platforms.matrix.server import COMPLETE, ask, find
from plnapi.platforms.matrix.tokens import TOKENS, account_of
from plnapi.platforms.types import Address, Capabilities, Look, Profile, Seen, Steps, Subject


class Matrix:
    """The adapter. Identities and rooms are known by their Matrix identifiers, which stay as they are."""

    name = "matrix"
    title = "Matrix"
    capabilities = Capabilities(
        looks=frozenset({"proof", "received"}),
        verbs={},
        received=frozenset({"Follow", "Create"}),
        groups=True,
        with_token=frozenset({"received"}),
        proofs=("code", "token"),
        code_goes=N_("Put this code into its display name, for as long as it takes:"),
        tokens=TOKENS,
        note="Rooms are seen as a bot of the course sees them that is a member there; messages that are encrypted cannot"
        " be read. A hashtag counts where it is written in the text.",
    )

    def read_address(self, text: str) -> Address | None:
        """`@ada:example.org`, `https://matrix.to/#/@ada:example.org` and `matrix:u/ada:example.org`."""
        user = read_user(text)
        return Address(self.name, user, user, link(user)) if user else None

    def read_group(self, text: str) -> Address | None:
        """The same of a room: `#room:example.org`, `!id:example.org` and links to them."""
        room = read_room(text)
        return Address(self.name, room, room, link(room)) if room else None

    def address_keys(self, text: str) -> frozenset[str]:
        """The user ID, the room alias or the room ID that `text` means."""
        name = read_user(text) or read_room(text) or read_user(f"@{text}")
        return frozenset({name} if name else ())

    def look(self, what: Look, subject: Subject, cursor: Mapping[str, Any]) -> Steps:
        """The cursor of `received` holds `rooms`: the ID of a room → `newest`, its newest event, `next`, where its
        history goes on, and `encrypted`; and `begin`, the room with which the next look begins."""
        return begin({"proof": _proof, "received": received}, what, subject, cursor)


MATRIX = Matrix()


def _proof(subject: Subject, cursor: Mapping[str, Any]) -> Steps:
    server = yield from find(subject)
    name: str = yield from ask(server, read_displayname, "profile", server.user)
    return Seen((Profile(account_of(server.user, name[:200]), name),), COMPLETE, {})
