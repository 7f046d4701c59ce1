"""Whether a look at a profile proves that it is the person's."""

from typing import Any
from uuid import UUID

from plnapi.accounts import identities
from plnapi.accounts.models import Identity
from plnapi.errors import Conflict
from plnapi.harvest.sources import hasten_proof, sync_sources
from plnapi.platforms.types import Profile, Seen


def judge(identity: Identity, seen: Seen) -> None:
    """Record how the person is proven to be there, or why not; of a proven identity, which others it links to."""
    profile = next((item for item in seen.items if isinstance(item, Profile)), None)
    if identity.proven_at is not None:
        _look_for_links(identity, profile)
    elif profile is None:
        identities.record_no_proof(identity, _problem(seen))
    else:
        _judge_claim(identity, profile, seen)


def _look_for_links(identity: Identity, profile: Profile | None) -> None:
    """What a proven identity links to is looked at soon: it may be proven by that. Another account may be there by now."""
    if profile is not None and profile.account.uri == identity.uri:
        identities.note_links(identity, profile)
        for linked in identity.links_to:
            hasten_proof(UUID(linked))


def _judge_claim(identity: Identity, profile: Profile, seen: Seen) -> None:
    before = identity.links_to
    identities.note_links(identity, profile)
    proof = identities.proof_in(identity, profile)
    if proof:
        _prove(identity, profile, seen, proof)
        return
    identities.record_no_proof(identity, identities.problem_in(identity, profile))
    if identity.links_to != before:
        sync_sources([identity.person_id])  # whether those that it names link back is looked for


def memory_of(profile: Profile, seen: Seen) -> dict[str, Any]:
    """What later looks have to know of an account whose profile was seen: `data` of their Subject."""
    return {**seen.cursor, "feed": profile.feed} if profile.feed else dict(seen.cursor)


def _prove(identity: Identity, profile: Profile, seen: Seen, proof: str) -> None:
    try:
        identities.record_proof(identity, account=profile.account, data=memory_of(profile, seen), proof=proof)
    except Conflict as error:
        identities.record_no_proof(identity, error.code)


def _problem(seen: Seen) -> str:
    """A key of `identities.PROBLEMS` for a look that did not get to see the profile."""
    if seen.coverage.state == "hidden":
        return "hidden"
    return "account_not_found" if seen.coverage.reason in {"gone", "bad_address"} else "unreachable"
