"""A server of Matrix as looks meet it: found by the name in a user ID, asked, and its refusals understood.

Sources: Client-Server API v1.11, sections `.well-known/matrix/client` and errors.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from plnapi.http.types import Fetch, FetchFailed, Response
from plnapi.platforms import addresses
from plnapi.platforms.looking import LookEnded, refusal
from plnapi.platforms.matrix.address import read_user, server_of
from plnapi.platforms.matrix.json import read_base
from plnapi.platforms.types import Coverage, Parse, ParseFailed, Subject

COMPLETE = Coverage("complete")
BAD_ADDRESS = Coverage("failed", "bad_address", "This is not the address of an account.")
SIGN_IN = Coverage("hidden", "needs_sign_in", "The server shows this only to people who are signed in there.")
REFUSED = Coverage("hidden", "token_refused", "The server does not accept the permission that it was given any more.")
NOT_JSON = Coverage("failed", "bad_answer", "The server answered with something that is not JSON.")
ACCEPT = {"Accept": "application/json"}

Answer = Generator[Fetch | Parse, Any, Any]


@dataclass(frozen=True, slots=True)
class Server:
    """Where the server of `user` answers, and the token of that user's own; empty without one."""

    user: str
    base: str
    token: str = field(default="", repr=False)

    def fetch(self, *path: str, **asked: str) -> Fetch:
        """A question of the Client-Server API."""
        query = f"?{urlencode(asked, quote_via=quote)}" if asked else ""
        place = "/".join(quote(part, safe="") for part in path)
        headers = ACCEPT | ({"Authorization": f"Bearer {self.token}"} if self.token else {})
        return Fetch(f"{self.base}/_matrix/client/v3/{place}{query}", headers)


def find(subject: Subject) -> Generator[Fetch | Parse, Any, Server]:
    """The server of the account. Raises LookEnded when the subject is no user."""
    user = read_user(subject.uri) or read_user(subject.handle) or read_user(subject.url)
    if not user:
        raise LookEnded(BAD_ADDRESS)
    base = yield from _base(server_of(user))
    return Server(user, base, subject.token)


def _base(name: str) -> Generator[Fetch | Parse, Any, str]:
    """Where the server called `name` answers clients: as it says, else under its own name.

    The port in a name is that for other servers and is left out, but for loopback.
    """
    on_loopback = addresses.base_url(name).startswith("http://")
    own = addresses.base_url(name if on_loopback else _without_port(name))
    try:
        response: Response = yield Fetch(f"{own}/.well-known/matrix/client", ACCEPT)
        return str((yield Parse(read_base, (response.body,)))) if response.status == 200 else own
    except (FetchFailed, ParseFailed):
        return own  # whether it answers there shows in what is asked next


def _without_port(name: str) -> str:
    host, _, port = name.rpartition(":")
    return host if host and port.isdigit() else name


def ask(server: Server, read: Callable[[bytes], Any], *path: str, **asked: str) -> Answer:
    """An answer, read in the child. Raises LookEnded for one of no use, FetchFailed when there is none."""
    response: Response = yield server.fetch(*path, **asked)
    if response.status in {401, 403}:
        raise LookEnded(REFUSED if server.token and response.status == 401 else SIGN_IN)
    if response.status != 200:
        raise LookEnded(refusal(response, "bad_answer"))
    if not response.content_type.endswith(("/json", "+json")):
        raise LookEnded(NOT_JSON)
    try:
        return (yield Parse(read, (response.body,)))
    except ParseFailed as error:
        raise LookEnded(Coverage("failed", "bad_answer", str(error))) from error
