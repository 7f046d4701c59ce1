"""Bluesky and the rest of the AT Protocol, read anonymously: mostly on the person's own server, else in the index.

An account is known by its DID, which stays when the handle or the server changes. Sources: atproto.com/specs,
docs.bsky.app, lexicons `app.bsky.*` and `com.atproto.repo.listRecords`. There is no search: it needs a sign-in.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from plnapi.http.types import Fetch, FetchFailed
from plnapi.platforms import addresses
from plnapi.platforms.bluesky.address import keys_of, profile_url, read_actor, read_did, read_handle, shown, uri_of
from plnapi.platforms.bluesky.follows import follows, received
from plnapi.platforms.bluesky.json import (
    POST,
    PROFILE,
    ItemsRead,
    ProfileRead,
    read_posts,
    read_profile,
    read_profile_record,
)
from plnapi.platforms.bluesky.posts import posts, reactions
from plnapi.platforms.bluesky.services import (
    COMPLETE,
    NO_ACCOUNT,
    Answer,
    Home,
    Listing,
    Services,
    answer,
    failure,
    find,
    query,
)
from plnapi.platforms.html import plain_text
from plnapi.platforms.looking import LookEnded, begin
from plnapi.platforms.types import (
    Account,
    Address,
    Capabilities,
    Coverage,
    Look,
    Parse,
    Post,
    Profile,
    Seen,
    Steps,
    Subject,
)

NEWEST = 20  # posts that are searched for a code


class Bluesky:
    """The adapter. `data` of its subjects: `did`, and `pds`, the authority of the server that keeps its records."""

    name = "bluesky"
    title = "Bluesky"
    capabilities = Capabilities(
        looks=frozenset({"posts", "follows", "reactions", "received", "proof"}),
        verbs={"Create": "posts", "Follow": "follows", "Announce": "reactions", "Like": "reactions"},
        received=frozenset({"Follow"}),
        note="An account that is closed is known by its identifier alone, not by its name."
        " A hashtag counts where the app made it one, not where it is only typed.",
    )

    def __init__(self, services: Services | None = None) -> None:
        self._services = services or Services()

    def read_address(self, text: str) -> Address | None:
        """`@ada.bsky.social`, `did:plc:…`, `did:web:…`, `at://…` and `https://bsky.app/profile/…`.

        The sign is required but for names under `bsky.social`: `ada.example` alone is a site. Until it is proven the URI is
        that of the handle.
        """
        actor = read_actor(text)
        return Address(self.name, shown(actor), uri_of(actor), profile_url(actor)) if actor else None

    def address_keys(self, text: str) -> frozenset[str]:
        """The DID, or the handle as `at://` URI; a name without a sign is read as a handle here."""
        return keys_of(read_actor(text) or read_handle(addresses.cleaned(text)))

    def look(self, what: Look, subject: Subject, cursor: Mapping[str, Any]) -> Steps:
        """All cursors hold `did`, and but for `received` `pds`.

        `posts` adds `page`, the keys of the newest records, `next`, the service's cursor where the next look goes on,
        `older`, the key of the known post that was last asked for by name, and `looks`, their count; `reactions` adds
        `likes` and `reposts`, each with `page` and `next`. `follows` adds `next`, the cursors `records` and `index`, else
        `digest` of a list that was read whole and `nameless`, the accounts on it that have no handle. `received` adds
        `begin`, the person with whom the next look begins.
        """
        looks = {"posts": posts, "follows": follows, "reactions": reactions, "received": received, "proof": _proof}
        return begin({name: partial(steps, self._services) for name, steps in looks.items()}, what, subject, cursor)


BLUESKY = Bluesky()


# ---- proof


def _proof(services: Services, subject: Subject, cursor: Mapping[str, Any]) -> Steps:
    document = yield from find(services, subject)
    home = Home(document.did, document.pds)
    profile: ProfileRead = yield from _profile(services, home)
    # A handle counts when its way to the DID was gone here, or by the index; that the DID claims it is not enough.
    by_handle = not read_did(subject.uri)
    actor = document.handle if by_handle or document.handle == profile.handle else ""
    actor = actor or home.did
    account = Account(home.did, profile_url(actor), shown(actor), profile.name, keys_of(home.did, actor))
    words, coverage = yield from _words(home)
    memory = home.cursor | ({"opted_out": True} if profile.unindexed else {})
    return Seen((Profile(account, "\n".join([profile.text, *words]), profile.links),), coverage, memory)


def _words(home: Home) -> Generator[Fetch | Parse, Any, tuple[list[str], Coverage]]:
    """The texts of the newest posts: a code may stand in one of them."""
    try:
        read: ItemsRead = yield from _first(home.records(POST, NEWEST), read_posts, home.did)
    except (FetchFailed, LookEnded) as error:
        return [], replace(failure(error), state="partial")
    return [plain_text(post.html) for post in read.items if isinstance(post, Post)], COMPLETE


def _profile(services: Services, home: Home) -> Answer:
    """The profile as the index shows it; where that cannot be asked, the record on the account's own server."""
    try:
        response = yield query(services.appview, "app.bsky.actor.getProfile", actor=home.did)
        return (yield from answer(response, read_profile, home.did))
    except (FetchFailed, LookEnded) as error:
        if failure(error) == NO_ACCOUNT:
            raise
    return (yield from _first(home.records(PROFILE, 1), read_profile_record, home.did))


def _first(listing: Listing, read: Callable[..., Any], did: str) -> Answer:
    """The first page of a list."""
    response = yield listing.fetch()
    return (yield from answer(response, read, did))
