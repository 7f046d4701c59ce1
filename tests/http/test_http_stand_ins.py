"""Stand-ins: what is fetched from one origin is asked of another, and looks as if it came from the first."""

import json
from dataclasses import replace

import pytest
from yarl import URL

from plnapi.http.addresses import read_stand_ins, read_url
from plnapi.http.client import Policy, send_one
from plnapi.http.types import FetchFailed, Send
from tests.faultd import Canary, Faultd
from tests.http.kit import Door

INDEX = "https://index.example"


@pytest.fixture
def stood(door: Door, server: Faultd) -> Door:
    """The door, behind which `server` stands in for an origin whose name does not exist."""
    return Door(server, replace(door.policy, stand_ins=(f"{INDEX}={server.url('')}",)))


def test_the_stand_in_answers_and_the_answer_bears_the_address_that_was_asked_for(stood: Door, server: Faultd) -> None:
    answer = stood.get(f"{INDEX}/ok?a=%26%20b")
    assert (answer.body, answer.url) == (b"fine", f"{INDEX}/ok?a=%26%20b")
    assert list(server.paths) == ["/ok?a=%26%20b"]


def test_other_origins_are_asked_themselves(stood: Door, server: Faultd) -> None:
    assert stood.get("/ok").url == server.url("/ok")
    for other in ("http://index.example/ok", "https://index.example:8443/ok", "https://www.index.example/ok"):
        assert stood.fail(other, extra_ports={8443}).code == "name_not_found"


def test_a_stand_in_gets_no_credentials(stood: Door) -> None:
    credentials = {"Authorization": "Bearer secret", "Cookie": "a=1", "Accept": "text/html"}
    for path in ("/echo", "/redirect?to=/echo"):
        echoed = json.loads(stood.get(f"{INDEX}{path}", credentials).body)
        assert {"authorization", "cookie"}.isdisjoint(echoed)
        assert echoed["accept"] == "text/html"


def test_credentials_do_not_follow_a_redirect_to_what_a_stand_in_answers(stood: Door) -> None:
    echoed = json.loads(stood.get(f"/redirect?to={INDEX}/echo", {"Authorization": "Bearer secret"}).body)
    assert "authorization" not in echoed


@pytest.mark.parametrize("to", ["/ok", "ok", f"{INDEX}/ok", "{own}/ok"])
def test_a_redirect_of_a_stand_in_stays_under_the_origin_that_was_asked_for(
    to: str, stood: Door, server: Faultd
) -> None:
    """A server names itself in redirects as it knows itself."""
    answer = stood.get(f"{INDEX}/redirect?status=301&to={to.format(own=server.url(''))}")
    assert (answer.url, answer.moved_to) == (f"{INDEX}/ok", f"{INDEX}/ok")


def test_links_of_a_stand_in_lead_to_the_origin_that_was_asked_for(stood: Door, server: Faultd) -> None:
    for target in ("/next", server.url("/next")):
        answer = stood.get(f"{INDEX}/status?link=<{target}>%3B%20rel%3Dnext")
        assert answer.links == {"next": f"{INDEX}/next"}
    assert stood.get(f"{INDEX}/status?link=<https://else.example/>%3B%20rel%3Dnext").links == {
        "next": "https://else.example/"
    }


def test_a_stand_in_on_this_machine_must_be_allowed_by_itself(stood: Door, canary: Canary) -> None:
    assert stood.fail(f"{INDEX}/ok", loopback=frozenset()).code == "address_not_allowed"
    assert (
        stood.fail(f"{INDEX}/ok", stand_ins=(f"{INDEX}=http://127.0.0.1:{canary.port}",)).code == "address_not_allowed"
    )


def test_a_stand_in_on_a_port_that_is_not_allowed_is_refused() -> None:
    with pytest.raises(FetchFailed) as refused:
        read_url(f"{INDEX}/", stand_ins=read_stand_ins([f"{INDEX}=https://mirror.example:8443"]))
    assert refused.value.code == "address_not_allowed"


def test_what_is_sent_goes_to_nobody_else(stood: Door, server: Faultd) -> None:
    with pytest.raises(FetchFailed) as failed:
        send_one(Send(f"{INDEX}/ok", b"secret"), stood.policy)
    assert failed.value.code == "name_not_found"
    assert server.calls == []


def test_pairs_are_read_in_any_case_and_only_origins_are_pairs() -> None:
    read = read_stand_ins([" HTTPS://Index.Example = http://localhost:2584 "])
    assert read == {INDEX: URL("http://localhost:2584")}
    for pair in ("", "=", INDEX, f"{INDEX}=", f"{INDEX}=x", f"{INDEX}=http://a/b", f"{INDEX}=http://a=http://b"):
        with pytest.raises(ValueError, match=r"is not of the form|URL"):
            read_stand_ins([pair])
    assert Policy().stand_ins == ()
