"""What every adapter promises. A test file of an adapter inherits `PlatformContract` and says what it has to say."""

import json
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plnapi.http.types import FetchFailed, Response
from plnapi.platforms import PLATFORMS, get
from plnapi.platforms.types import Act, Coverage, Follow, Item, ParseFailed, Platform, Post, Profile, Seen, Subject
from tests.platforms.drive import Network, drive

# What a look may give. Boosts come in the same listing as posts on some networks.
ITEMS: dict[str, tuple[type[Item], ...]] = {
    "posts": (Post, Act),
    "follows": (Follow,),
    "reactions": (Act,),
    "received": (Act,),
    "proof": (Profile,),
}
JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, -1, 1e308, 10**60, "", "x", "javascript:alert(1)", "\x00\ud800", "http://[", [], {}, [[]], {"a": 1}]
) | st.text(max_size=8)
STATUSES = st.sampled_from([200, 204, 206, 301, 304, 400, 401, 403, 404, 410, 422, 429, 500, 503])
KINDS = st.sampled_from(["application/json", "text/html", "application/rss+xml", "", "\x00", "text/xml; charset=zip"])


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value inside a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, child in inner for place in places(child, (*path, key)))]


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


@st.composite
def mutated(draw: st.DrawFn, answer: Response) -> Response | FetchFailed:
    """`answer` with one thing changed: a field of its JSON, some of its bytes, its status, its type, its link."""
    what = draw(st.sampled_from(["field", "bytes", "status", "kind", "links", "failure"]))
    status, headers, body, links = answer.status, dict(answer.headers), answer.body, dict(answer.links)
    if what == "failure":
        return FetchFailed(draw(st.sampled_from(sorted(FetchFailed.CODES))), answer.url, "It failed.")
    if what == "status":
        status = draw(STATUSES)
    elif what == "kind":
        headers["content-type"] = draw(KINDS)
    elif what == "links":
        links = {"next": draw(st.sampled_from([answer.url, "http://elsewhere.example/", "", "/relative"]))}
    elif what == "field" and body[:1] in (b"{", b"["):
        value = json.loads(body)
        body = json.dumps(replaced(value, draw(st.sampled_from(places(value))), draw(JUNK))).encode()
    else:
        at = draw(st.integers(0, len(body)))
        body = body[:at] + draw(st.binary(max_size=6)) + body[at + draw(st.integers(0, 6)) :]
    return Response(status, answer.url, headers, body, links)


class PlatformContract:
    """Inherit, set `platform`, `addresses`, and `exchanges`: for each look its subject and a network that answers it."""

    platform: ClassVar[Platform]
    addresses: ClassVar[tuple[str, ...]]
    exchanges: ClassVar[dict[str, tuple[Subject, Network]]]

    def test_it_is_registered_under_its_name(self) -> None:
        assert PLATFORMS[self.platform.name] is self.platform is get(self.platform.name)
        assert self.platform.title

    def test_every_verb_is_shown_by_a_look_that_it_lists(self) -> None:
        can = self.platform.capabilities
        assert set(can.verbs.values()) <= can.looks and can.with_token <= can.looks
        assert bool(can.received) == ("received" in can.looks)

    def test_it_says_how_tokens_are_taken_where_one_proves_an_account(self) -> None:
        can = self.platform.capabilities
        assert ("token" in can.proofs) == (can.tokens is not None)
        assert can.tokens is None or (can.with_token and can.tokens.about)

    def test_its_own_addresses_are_read_and_reading_twice_changes_nothing(self) -> None:
        for text in self.addresses:
            address = self.platform.read_address(text)
            assert address is not None, text
            assert self.platform.read_address(address.handle) == address
            assert self.platform.read_address(f"  {text}\u200b\n") == address

    def test_all_forms_of_an_address_share_a_key(self) -> None:
        for text in self.addresses:
            address = self.platform.read_address(text)
            assert address is not None
            keys = [self.platform.address_keys(form) for form in (text, address.handle, address.url)]
            assert frozenset.intersection(*keys), text

    def test_no_text_breaks_the_reading_of_addresses(self) -> None:
        @given(st.text(max_size=60) | st.from_regex(r"(https?://|@|!|acct:)?[\w@./:\[\]%-]{0,30}"))
        def holds(text: str) -> None:
            address = self.platform.read_address(text)
            self.platform.address_keys(text)
            assert address is None or self.platform.read_address(address.handle) == address

        holds()

    def test_a_look_it_does_not_list_is_a_key_error_at_once(self) -> None:
        for what in ITEMS.keys() - self.platform.capabilities.looks:
            with pytest.raises(KeyError):
                self.platform.look(what, Subject("x", "x", "https://x.example/"), {})  # type: ignore[arg-type]

    def test_every_look_it_lists_gives_items_of_that_kind(self) -> None:
        assert self.exchanges.keys() == self.platform.capabilities.looks
        for what, (subject, network) in self.exchanges.items():
            seen = drive(self.platform.look(what, subject, {}), Network(dict(network.answers)))  # type: ignore[arg-type]
            assert seen.coverage.state == "complete", seen.coverage
            assert seen.items
            assert all(isinstance(item, ITEMS[what]) for item in seen.items)

    def test_a_network_that_does_not_answer_is_an_error_that_shows_and_takes_back_nothing(self) -> None:
        for what, (subject, network) in self.exchanges.items():
            silent = Network({url: FetchFailed("connection_failed", url, "It failed.") for url in network.answers})
            try:
                seen = drive(self.platform.look(what, subject, {}), silent)  # type: ignore[arg-type]
            except FetchFailed:
                continue
            assert seen.coverage.state in {"failed", "hidden"} and seen.coverage.reason, what
            assert not seen.items and not seen.removed

    def test_no_answer_breaks_a_look(self) -> None:
        @settings(max_examples=150)
        @given(st.data())
        def holds(data: st.DataObject) -> None:
            what = data.draw(st.sampled_from(sorted(self.exchanges)))
            subject, network = self.exchanges[what]
            url = data.draw(st.sampled_from(sorted(network.answers)))
            answer = network.answers[url]
            assert isinstance(answer, Response)
            answers = dict(network.answers) | {url: data.draw(mutated(answer))}
            try:
                seen = drive(self.platform.look(what, subject, {}), Network(answers))  # type: ignore[arg-type]
            except (FetchFailed, ParseFailed):
                return
            self.check(seen, what)

        if self.exchanges:
            holds()

    def check(self, seen: Seen, what: str = "") -> None:
        """What holds of every outcome, and of every outcome of the look `what`."""
        assert isinstance(seen.coverage, Coverage)
        assert seen.coverage.state == "complete" or seen.coverage.reason
        assert not (seen.unchanged and seen.items)
        assert not what or all(isinstance(item, ITEMS[what]) for item in seen.items)
        posts = [item for item in seen.items if isinstance(item, Post)]
        assert len({post.uri for post in posts}) == len(posts)
        for post in posts:
            assert post.uri
            assert post.url == "" or is_web(post.url)
            assert post.published_at is None or post.published_at.tzinfo is not None
            "".join((post.uri, post.title, post.html, *post.tags, *post.mentions, *post.answers)).encode()
        for act in seen.items:
            if what and isinstance(act, Act):
                self.check_act(act, what)

    def check_act(self, act: Act, what: str) -> None:
        """What holds of every act, whoever did it."""
        can = self.platform.capabilities
        assert act.verb in can.received if what == "received" else can.verbs.get(act.verb) == what
        assert bool(act.actor_keys) == (what == "received")
        assert act.uri and act.object_uri
        assert not (act.uri + act.object_uri).lower().startswith(("javascript:", "data:"))
        assert act.object_url == "" or is_web(act.object_url)
        assert act.happened_at is None or act.happened_at.tzinfo is not None
        "".join((act.uri, act.object_uri, act.text, *act.object_keys, *act.actor_keys, *act.tags)).encode()


def is_web(url: str) -> bool:
    """Whether `url` may be shown as a link."""
    return url.startswith(("http://", "https://"))
