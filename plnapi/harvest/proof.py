"""Whether a look at a profile proves that it is the person's."""

from typing import Any

from plnapi.accounts import identities
from plnapi.accounts.models import Identity
from plnapi.errors import Conflict
from plnapi.platforms.types import Profile, Seen


def judge(identity: Identity, seen: Seen) -> None:
    """Record that the code was found there, or why it was not."""
    profile = next((item for item in seen.items if isinstance(item, Profile)), None)
    if profile is None:
        identities.record_no_proof(identity, _problem(seen))
    elif not identities.holds_code(identity, profile.text, profile.links):
        identities.record_no_proof(identity, "code_not_found")
    else:
        _prove(identity, profile, seen)


def memory_of(profile: Profile, seen: Seen) -> dict[str, Any]:
    """What later looks have to know of an account whose profile was seen: `data` of their Subject."""
    return {**seen.cursor, "feed": profile.feed} if profile.feed else dict(seen.cursor)


def _prove(identity: Identity, profile: Profile, seen: Seen) -> None:
    try:
        identities.record_proof(identity, account=profile.account, data=memory_of(profile, seen))
    except Conflict:
        identities.record_no_proof(identity, "identity_taken")


def _problem(seen: Seen) -> str:
    """A key of `identities.PROBLEMS` for a look that did not get to see the profile."""
    if seen.coverage.state == "hidden":
        return "hidden"
    return "account_not_found" if seen.coverage.reason in {"gone", "bad_address"} else "unreachable"
