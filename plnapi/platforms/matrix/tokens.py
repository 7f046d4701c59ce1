"""Access tokens of Matrix: whose one is, and how it ends (Client-Server API v1.11, `/account/whoami` and `/logout`)."""

from collections.abc import Generator
from typing import Any

from plnapi.errors import N_
from plnapi.platforms.matrix.address import link
from plnapi.platforms.matrix.json import read_whoami
from plnapi.platforms.matrix.server import ACCEPT, ask, find
from plnapi.platforms.types import AccessTokens, Account, Fetch, Owner, Parse, Send, Subject


def account_of(user: str, name: str = "") -> Account:
    """The account with this user ID, which is all its names."""
    return Account(user, link(user), user, name, frozenset({user}))


def _whose(subject: Subject) -> Generator[Fetch | Parse, Any, Owner]:
    server = yield from find(subject)
    user: str = yield from ask(server, read_whoami, "account", "whoami")
    return Owner(account_of(user), server.base)


def _end(origin: str, token: str) -> Send:
    """`/logout` ends this token and its session; `/logout/all` would end those of other programs too."""
    headers = ACCEPT | {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return Send(f"{origin}/_matrix/client/v3/logout", b"{}", headers)


TOKENS = AccessTokens(
    whose=_whose,
    end=_end,
    about=N_(
        "Only for a bot that is in your course's rooms: whoever has a token of Matrix can do all that the account can. Sign"
        " the bot in once more for this alone; when you take the token back or unlink the account, we sign that session out."
    ),
)
