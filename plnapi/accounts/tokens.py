"""Access tokens that people give by hand: whose they are, on the word of the account's server."""

from collections.abc import Generator
from typing import Any
from uuid import UUID

from plnapi.accounts import grants, identities
from plnapi.accounts.models import Identity
from plnapi.accounts.oauth_server import Talk
from plnapi.errors import N_, PlnapiError
from plnapi.http.types import Fetch, FetchFailed
from plnapi.platforms import PLATFORMS
from plnapi.platforms.looking import LookEnded
from plnapi.platforms.types import Account, Owner, Parse, ParseFailed, Subject

# What a person reads when nothing was stored; `handle` is the account's, `owner` whose the token is.
PROBLEMS = {
    "none_taken": N_("Accounts on this network are not proven by an access token."),
    "wrong_token": N_(
        "The server of %(handle)s does not know this token, so nothing was kept. Copy it again, whole; if it still does not"
        " work, sign the bot in again for another one."
    ),
    "other_account": N_(
        "This token is of %(owner)s, not of %(handle)s, so nothing was kept. Give a token of this account, or link the"
        " other one."
    ),
    "no_server": N_(
        "The server of %(handle)s cannot be reached, so nothing was kept. Is the name written right? If so, try again later."
    ),
    "not_allowed": N_(
        "The server of %(handle)s is at an address that is not open to the public, where we send nothing. Nothing was kept."
        " Use an account on a public server."
    ),
    "slow": N_("The server of %(handle)s did not answer in time, so nothing was kept. Try again later."),
    "bad_answer": N_(
        "Where the server of %(handle)s should answer, something else does, so nothing was kept. Is the name written right?"
    ),
}
_OF_REASONS = {"token_refused": "wrong_token", "needs_sign_in": "wrong_token", "host_busy": "slow"}
_OF_FAILURES = {
    "deadline_exceeded": "slow", "host_busy": "slow", "address_not_allowed": "not_allowed",
    "name_not_found": "no_server", "connection_failed": "no_server",
}  # fmt: skip


class TokenRefused(PlnapiError):
    """A token proves nothing; `code` is a key of PROBLEMS. Says nothing of the token."""

    def __init__(self, code: str, handle: str = "", owner: str = "") -> None:
        super().__init__(PROBLEMS[code], code=code, handle=handle, owner=owner)


def subject_of(identity: Identity, token: str) -> Subject:
    """Whom to ask about: plain values, so that it can be used after the unit of work."""
    return Subject(identity.handle, identity.uri, identity.url, dict(identity.data), token)


def whose(talk: Talk, network: str, subject: Subject) -> Owner:
    """Ask the account's server to whom the subject's token belongs. Outside of a transaction. Raises TokenRefused."""
    tokens = PLATFORMS[network].capabilities.tokens if network in PLATFORMS else None
    if tokens is None:
        raise TokenRefused("none_taken")
    try:
        return _answered(talk, tokens.whose(subject))
    except LookEnded as end:
        raise TokenRefused(_OF_REASONS.get(end.coverage.reason, "bad_answer"), subject.handle) from end
    except (FetchFailed, ParseFailed) as error:
        raise TokenRefused(_OF_FAILURES.get(error.code or "", "bad_answer"), subject.handle) from error


def keep(person_id: UUID, identity_id: UUID, owner: Owner, token: str) -> Identity:
    """The account is the person's and the token is kept, for it and no other. An earlier proof stays what it was.

    Raises NotFound, TokenRefused `other_account`, Conflict `identity_taken`; then nothing is stored.
    """
    identity = identities.get(person_id, identity_id)
    if not _is(identity, owner.account):
        raise TokenRefused("other_account", identity.handle, owner.account.handle)
    if identity.proven_at is None:
        identities.record_proof(identity, account=owner.account, data=owner.data, proof="token")
    grants.keep(identity, owner.origin, token, "")
    return identity


def _is(identity: Identity, account: Account) -> bool:
    """A proven identity is known by its URI; one that is not yet, by what its owner typed."""
    if identity.proven_at is not None:
        return identity.uri == account.uri
    return bool(PLATFORMS[identity.network].address_keys(identity.handle) & account.keys)


def _answered(talk: Talk, steps: Generator[Fetch | Parse, Any, Owner]) -> Owner:
    """What the generator returns when each question is answered. Its documents are JSON, and small by Talk's cap."""
    answer: Any = None
    failure: FetchFailed | ParseFailed | None = None
    while True:
        try:
            step = steps.throw(failure) if failure else steps.send(answer)
        except StopIteration as end:
            owner: Owner = end.value
            return owner
        try:
            answer, failure = _done(talk, step), None
        except (FetchFailed, ParseFailed) as error:
            failure = error


def _done(talk: Talk, step: Fetch | Parse) -> Any:
    return talk.fetch(step) if isinstance(step, Fetch) else step.function(*step.args)
