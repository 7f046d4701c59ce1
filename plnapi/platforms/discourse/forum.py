"""A Discourse forum as looks meet it: any page is JSON with `.json` behind its address.

Sources: docs.discourse.org; in its code `UserActionsController` (30 rows a page, an offset). A forum that only members may
read answers 403 `not_logged_in`, or sends to its page for signing in.
"""

from collections.abc import Callable, Generator, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from plnapi.errors import N_
from plnapi.http.types import Fetch, FetchFailed, Response
from plnapi.platforms import addresses
from plnapi.platforms.discourse import address as discourse_address
from plnapi.platforms.discourse.address import Place
from plnapi.platforms.discourse.json import Row, UserRead, read_rows, read_user
from plnapi.platforms.looking import LookEnded, refusal
from plnapi.platforms.types import Coverage, Parse, ParseFailed, Subject

ACCEPT = {"Accept": "application/json"}
PER_PAGE = 30
MAX_PAGES = 10  # of one look: 300 actions
SIGN_IN = Coverage("hidden", "needs_sign_in", N_("The forum shows this only to people who are signed in there."))
HIDDEN = Coverage("hidden", "hidden_by_owner", N_("The person's page is hidden."))

Reading = Generator[Fetch | Parse, Any, Any]


def place_of(subject: Subject) -> Place:
    place = discourse_address.read(subject.url) or discourse_address.read(subject.handle)
    if place is None or place.is_group:
        raise LookEnded(Coverage("failed", "bad_address", N_("This is not the address of a person on a forum.")))
    return place


def user_of(subject: Subject) -> Reading:
    """The person's place, under the name that the forum writes, and page. Raises LookEnded."""
    place = place_of(subject)
    response = yield Fetch(f"{place.base}/u/{quote(place.name.lower())}.json", ACCEPT)
    user: UserRead = yield from answer(response, place, read_user)
    if user.hidden:
        raise LookEnded(HIDDEN)
    if user.name.lower() != place.name.lower():
        raise LookEnded(Coverage("failed", "bad_answer", N_("The forum answered with somebody else.")))
    return place, user


def rows_of(place: Place, kinds: str, offset: int) -> Reading:
    name = quote(place.name.lower())
    response = yield Fetch(f"{place.base}/user_actions.json?offset={offset}&username={name}&filter={kinds}", ACCEPT)
    return (yield from answer(response, place, read_rows))


def listed(
    subject: Subject, place: Place, kinds: str, enough: Callable[[Sequence[Row], Sequence[Row]], bool]
) -> Reading:
    """Rows, newest first; why they end there: "end" of the list, "limit" of a look, or "enough"; and what went wrong, if so.

    `enough` is asked after each page: of its rows, and of all. Raises LookEnded, also when the person's page is hidden: the
    list is not found then, as if nobody were there.
    """
    rows: list[Row] = []
    for page in range(MAX_PAGES):
        try:
            found, count = yield from rows_of(place, kinds, page * PER_PAGE)
        except (FetchFailed, LookEnded) as error:
            if not page and isinstance(error, LookEnded) and error.coverage.reason == "gone":
                yield from user_of(subject)
            if not page:
                raise
            return rows, "limit", interrupted(error)
        rows += found
        if count < PER_PAGE:
            return rows, "end", None
        if enough(found, rows):
            return rows, "enough", None
    return rows, "limit", None


def answer(response: Response, place: Place, function: Any, *args: Any) -> Reading:
    """What `function` makes of an answer of the forum in the child. Raises LookEnded."""
    if response.status in {401, 403} or urlsplit(response.url).path.rstrip("/") in {"/login", "/session/sso"}:
        raise LookEnded(SIGN_IN)
    if response.status != 200:
        raise LookEnded(refusal(response, "bad_answer"))
    if response.content_type != "application/json":
        raise LookEnded(Coverage("failed", "bad_answer", N_("The server answered with something that is not JSON.")))
    if addresses.authority_of(response.url) != addresses.authority_of(place.base):
        raise LookEnded(Coverage("failed", "bad_answer", N_("The forum has another address.")))
    try:
        return (yield Parse(function, (response.body, *args)))
    except ParseFailed as error:
        raise LookEnded(Coverage("failed", "bad_answer", str(error))) from error


def interrupted(error: FetchFailed | LookEnded) -> Coverage:
    if isinstance(error, LookEnded):
        return Coverage("partial", error.coverage.reason, error.coverage.detail, error.coverage.retry_at)
    return Coverage("partial", error.code, str(error), error.retry_at)
