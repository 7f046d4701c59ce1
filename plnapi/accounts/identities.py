"""Who a person is on their networks, and how that was proven."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from plnapi import platforms, signals
from plnapi.accounts import grants, secrets
from plnapi.accounts.models import Identity
from plnapi.clock import now
from plnapi.db import db
from plnapi.errors import N_, Conflict, Invalid, NotFound
from plnapi.platforms.addresses import site_key
from plnapi.platforms.types import Account, Profile

CODE_LASTS = timedelta(days=7)
LINKS_LAST = timedelta(days=1)  # so long what was seen of the other side of a link counts
# How an identity was proven, as its owner reads it before the moment of it.
PROOFS = {
    "code": N_("The code was found on its page on"),
    "rel_me": N_("It links with rel=me to an account that you proved with a code, and that links back; seen on"),
    "verified_field": N_("Its server has verified its link to a site that you proved with a code; seen on"),
    "oauth": N_("You signed in on its server on"),
    "token": N_("Its server said that the access token you gave is its own, on"),
}
# How it can be proven without a code.
WAYS = {
    "rel_me": N_(
        "Link with rel=me to one of your accounts that you proved with a code, and from the profile there to this very "
        "address."
    ),
    "verified_field": N_(
        "Have a profile field whose link the server has verified, to a site that you proved with a code."
    ),
    "oauth": N_("Sign in on its server."),
}
# Why an identity is not proven yet: a stable code, and the sentence that a person reads.
PROBLEMS = {
    "code_not_found": N_("We read the page, but the code is not on it yet."),
    "no_link_back": N_(
        "The code is not on the page. It links to an account that you proved, but we have not seen that one link back."
    ),
    "account_not_found": N_("The network does not know this account. Is the handle written right?"),
    "hidden": N_("This server shows the profile only to people who are signed in there."),
    "unreachable": N_("The server did not answer in a way that we understand. We will try again."),
    "identity_taken": N_("Somebody else here has proven that this account is theirs. Ask your instructor."),
    "linked_already": N_(
        "You have proven this account already, in another form of its address. You can remove this one."
    ),
    "code_expired": N_("The code is too old. Ask for another one."),
}


def link(person_id: UUID, text: str, network: str | None = None) -> Identity:
    """Begin to link the account that `text` names (a handle or URL, as people type it): makes the code to be proven.

    Linking it again gives the same identity, with a fresh code if the old one ended. Raises Invalid at `/address`:
    `address_unknown`, `address_of_a_room`, `network_unreadable`.
    """
    address = platforms.read_address(text, network)
    if address is None or "proof" not in platforms.PLATFORMS[address.network].capabilities.looks:
        raise _not_an_account(text)
    mine = Identity.person_id == person_id, Identity.uri == address.uri
    identity = db.session.scalar(select(Identity).where(*mine))
    if identity is None:
        identity = Identity(
            person_id=person_id,
            network=address.network,
            handle=address.handle,
            uri=address.uri,
            url=address.url,
            code=secrets.new_code(),
            code_expires_at=now() + CODE_LASTS,
        )
        db.session.add(identity)
    elif identity.proven_at is None:  # written otherwise this time, and some servers mind the case
        identity.handle, identity.url = address.handle, address.url
    renew(identity)
    return identity


def _not_an_account(text: str) -> Invalid:
    """Why `text` cannot be linked: its network cannot be read, it is a room, or it is no address of any."""
    if platforms.read_room(text) is not None:
        message = N_("This is a room, and nobody's own account. Give your name on Matrix, such as @ada:example.org.")
        return Invalid.field("/address", message, code="address_of_a_room")
    network = platforms.unreadable(text)
    if network is None:
        message = N_(
            "This is no account that we can read. Give a handle such as @ada@example.social or ada.bsky.social, "
            "or a blog's address."
        )
        return Invalid.field("/address", message, code="address_unknown")
    message = N_("%(why_not)s You need not link it: where a step asks for something there, give a link for review.")
    return Invalid.field("/address", message, code="network_unreadable", why_not=network.capabilities.why_not)


def renew(identity: Identity) -> None:
    """Look for the proof again soon, with another code when the old one ended."""
    if identity.proven_at is None and identity.code_expires_at <= now():
        identity.code, identity.code_expires_at = secrets.new_code(), now() + CODE_LASTS
        identity.problem = None
    db.session.flush()
    _tell(identity)


def get(person_id: UUID, identity_id: UUID) -> Identity:
    """An identity of this person. Raises NotFound."""
    identity = db.session.get(Identity, identity_id)
    if identity is None or identity.person_id != person_id:
        raise NotFound(N_("account"), identity_id)
    return identity


def unlink(identity: Identity) -> None:
    """Forget it and what we know of it at once, the token too."""
    person_id, identity_id = identity.person_id, identity.id
    grants.forget(identity_id)
    db.session.delete(identity)
    db.session.flush()
    signals.tell(signals.identity_changed, person_id=person_id, identity_id=identity_id)


def of_person(person_id: UUID) -> Sequence[Identity]:
    """All identities, proven or not, oldest first."""
    return db.session.scalars(select(Identity).where(Identity.person_id == person_id).order_by(Identity.id)).all()


def proven(person_id: UUID) -> Sequence[Identity]:
    """The proven ones, oldest first."""
    return [identity for identity in of_person(person_id) if identity.proven_at is not None]


def holds_code(identity: Identity, text: str, links: Sequence[str] = ()) -> bool:
    """Whether the code stands in what the network showed, as a word of its own."""
    word = re.compile(rf"(?<![\w-]){re.escape(identity.code)}(?![\w-])", re.I)
    return any(word.search(shown) for shown in (text, *links))


def proof_in(identity: Identity, profile: Profile) -> str | None:
    """How this profile proves that the account is the person's: a key of PROOFS, or None.

    Without the code, it and another identity of the same person that is proven by a code have to name each other, each
    by the very address of the other: what vouches for another account was never itself only vouched for. The claimed
    side must say "this is me" (a plain link in somebody's profile may lead to anybody); the proven side must link back.
    """
    if holds_code(identity, profile.text, profile.links):
        return "code"
    vouchers = _vouchers(identity)
    if any(_names(profile.verified, voucher) for voucher in vouchers):
        return "verified_field"  # the server has seen the link back: docs.joinmastodon.org, user/profile, verification
    here = _names([profile.account.url], identity)  # a redirect could lead to somebody else's page
    mutual = (voucher for voucher in vouchers if _names(profile.me, voucher) and _links_back(voucher, identity))
    return "rel_me" if here and any(mutual) else None


def problem_in(identity: Identity, profile: Profile) -> str:
    """Why a profile that was read is no proof: a key of PROBLEMS."""
    half = any(_names(profile.me, voucher) for voucher in _vouchers(identity))
    return "no_link_back" if half else "code_not_found"


def note_links(identity: Identity, profile: Profile) -> None:
    """Keep which other identities of the same person the profile links to; of its other links nothing is kept."""
    others = [other for other in of_person(identity.person_id) if other.id != identity.id]
    identity.links_to = [str(other.id) for other in others if _names((*profile.links, *profile.me), other)]
    identity.checked_at = now()
    db.session.flush()


def _vouchers(identity: Identity) -> list[Identity]:
    """The person's other identities that are proven by a code."""
    return [one for one in proven(identity.person_id) if one.proof == "code" and one.id != identity.id]


def _names(links: Iterable[str], identity: Identity) -> bool:
    """Whether one of these links is an address of the identity, exactly after normalisation (`site_key`)."""
    addresses = {site_key(identity.url), site_key(identity.uri)} - {""}
    return any(site_key(link) in addresses for link in links)


def _links_back(voucher: Identity, identity: Identity) -> bool:
    fresh = voucher.checked_at is not None and voucher.checked_at > now() - LINKS_LAST
    return fresh and str(identity.id) in voucher.links_to


def record_proof(identity: Identity, *, account: Account, data: Mapping[str, Any], proof: str = "code") -> None:
    """The identity is this person's; `proof` is a key of PROOFS. `data` is the adapter's memory of the account.

    An account is the same in every form of its address, see `_forms`; what the person claimed of it in another form goes.
    Raises Conflict when it is proven already: `identity_taken` by somebody else, `linked_already` by the same person.
    """
    owner = _owner(identity, account.uri, data)
    if owner is not None:
        problem = "linked_already" if owner == identity.person_id else "identity_taken"
        raise Conflict(PROBLEMS[problem], code=problem)
    twin = Identity.person_id == identity.person_id, Identity.uri == account.uri, Identity.id != identity.id
    for claimed in db.session.scalars(select(Identity).where(*twin)).all():
        unlink(claimed)
    identity.uri, identity.url, identity.handle = account.uri, account.url, account.handle
    identity.data, identity.proof, identity.problem = dict(data), proof, None
    identity.proven_at = identity.checked_at = now()
    db.session.flush()
    _tell(identity)


def move(identity: Identity, account: Account, data: Mapping[str, Any]) -> bool:
    """The owner moved to `account`, on the word of its server so far; returns whether that is followed.

    A server may say so of anybody's account. So it has to be proven there again. It is told until the person has read it,
    and no further move is followed before that, so no chain or circle is. The token of the old server goes. Not followed,
    with the problem `identity_taken`, when somebody else has proven the account; nor when the person has linked it otherwise.
    """
    others = {one.uri for one in of_person(identity.person_id)}  # itself too: a move to where it is, is none
    if identity.moved_at is not None or account.uri in others:
        return False
    if _owner(identity, account.uri, data) is not None:
        identity.problem = "identity_taken"
        db.session.flush()
        return False
    grants.forget(identity.id)
    identity.moved_from, identity.moved_at = identity.handle, now()
    identity.uri, identity.url, identity.handle = account.uri, account.url, account.handle
    identity.data, identity.links_to, identity.problem, identity.checked_at = dict(data), [], None, None
    identity.proven_at = identity.proof = None
    identity.code, identity.code_expires_at = secrets.new_code(), now() + CODE_LASTS
    db.session.flush()
    _tell(identity)
    return True


def accept_move(identity: Identity) -> None:
    """The person has read that the account moved, and lets it stand."""
    identity.moved_from = identity.moved_at = None
    db.session.flush()


def rename(identity: Identity, handle: str, url: str = "") -> None:
    """The same account has another handle (Bluesky: the DID stays). That is its owner's doing, so nobody is told."""
    identity.handle, identity.url = handle, url or identity.url
    db.session.flush()


def _owner(identity: Identity, uri: str, data: Mapping[str, Any]) -> UUID | None:
    """The id of the person who has proven the account at `uri`, other than by this identity; None when nobody has."""
    feed = data.get("feed")
    same = [Identity.uri.in_(_forms(uri))]
    if isinstance(feed, str):
        same.append(Identity.data["feed"].as_string().in_(_forms(feed)))
    others = (
        Identity.network == identity.network,
        or_(*same),
        Identity.proven_at.is_not(None),
        Identity.id != identity.id,
    )
    return db.session.scalar(select(Identity.person_id).where(*others).limit(1))


def _forms(uri: str) -> list[str]:
    """All addresses with the `site_key` of `uri`: a site is one with http and https, `www.` and a closing slash or not."""
    key = site_key(uri).removeprefix("//")
    path, mark, query = key.partition("?")
    ends = (path, f"{path}/")
    return [
        uri,
        *(f"{s}://{w}{end}{mark}{query}" for s in ("https", "http") for w in ("", "www.") for end in ends if key),
    ]


def record_no_proof(identity: Identity, problem: str) -> None:
    """The look for a proof ended without one; `problem` is a key of PROBLEMS."""
    assert problem in PROBLEMS, problem
    identity.problem, identity.checked_at = problem, now()
    db.session.flush()


def _tell(identity: Identity) -> None:
    signals.tell(signals.identity_changed, person_id=identity.person_id, identity_id=identity.id)
