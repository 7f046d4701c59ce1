"""Software that speaks the Mastodon client API, and where each differs from Mastodon. Data, no branches.

The keys are `software.name` of NodeInfo. Found by running these servers and in their source (GoToSocial 0.19, snac 2.94,
Takahe 0.11, Pixelfed 0.11); what is not listed is taken to be as docs.joinmastodon.org says. The parameter `tagged` is not
in this table: GoToSocial and snac ignore it and Takahe knows it in lower case only, so it is sent to no server.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from plnapi.errors import N_
from plnapi.platforms.looking import LookEnded
from plnapi.platforms.types import Coverage, Look

SIGN_IN = Coverage("hidden", "needs_sign_in", N_("The server shows this only to people who are signed in there."))


@dataclass(frozen=True, slots=True)
class Software:
    """How the servers of one software answer.

    `signed_in`: looks at which strangers are shown nothing, so that they are asked for with the account's own token only;
    `sentence` tells people so. `tells_none`: an empty list together with a count of zero means that there is nothing.
    `by_ids`: statuses can be asked for by several ids at once (`GET /api/v1/statuses?id[]=`, Mastodon 4.3).
    """

    signed_in: frozenset[Look] = frozenset()
    sentence: str = SIGN_IN.detail
    tells_none: bool = True
    by_ids: bool = True


USUAL = Software()
_EVERYTHING: frozenset[Look] = frozenset({"posts", "follows", "reactions", "received", "proof"})

SOFTWARE: Mapping[str, Software] = {
    "mastodon": USUAL,
    "gotosocial": Software(
        signed_in=_EVERYTHING,
        sentence=N_("The server runs GoToSocial, which shows this only to people who are signed in there."),
        by_ids=False,
    ),
    "pixelfed": Software(
        signed_in=_EVERYTHING,
        sentence=N_("The server runs Pixelfed, which shows this only to people who are signed in there."),
        by_ids=False,
    ),
    "snac": Software(
        signed_in=frozenset({"posts", "follows", "reactions", "received"}),
        sentence=N_("The server runs snac, which shows this only to people who are signed in there."),
        tells_none=False,
        by_ids=False,
    ),
    "takahe": Software(
        signed_in=frozenset({"posts", "reactions"}),
        sentence=N_("The server runs Takahe, which shows this only to people who are signed in there."),
        by_ids=False,
    ),
    "akkoma": USUAL,
    "pleroma": USUAL,
}


def software_of(name: str) -> Software:
    """How servers of the software `name` answer; as Mastodon does when it is not known."""
    return SOFTWARE.get(name, USUAL)


def sign_in(name: str) -> Coverage:
    """The coverage of a look for which a server of the software `name` wants its visitor to be signed in."""
    return replace(SIGN_IN, detail=software_of(name).sentence)


def only_with_token(what: Look, name: str, token: str) -> None:
    """Raises LookEnded `needs_sign_in` for a look that a server of the software `name` is known to show to no stranger."""
    if not token and what in software_of(name).signed_in:
        raise LookEnded(sign_in(name))


__all__ = ["SIGN_IN", "SOFTWARE", "USUAL", "Software", "only_with_token", "sign_in", "software_of"]
