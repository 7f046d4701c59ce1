"""T2: the address that was checked is the one that is connected; certificates hold by name."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from plnapi.http import client as client_module
from plnapi.http.types import FetchFailed
from tests.faultd import Canary, Faultd
from tests.http.kit import Audit, Door, Names
from tests.http.tls import make_server_context


def test_a_name_that_changes_its_answer_is_looked_up_once_and_connected_where_it_was_checked(
    door: Door, server: Faultd, canary: Canary, audit: Audit
) -> None:
    names = Names(blog_example=[["127.0.0.2"], ["127.0.0.1"]])
    loopback = {f"blog.example:{server.port}"}
    response = door.through(names, f"http://blog.example:{server.port}/echo", loopback=loopback)
    assert json.loads(response.body)["host"] == f"blog.example:{server.port}"
    assert names.lookups == ["blog.example"]
    assert audit.connected == [("127.0.0.2", server.port)]


def test_a_retry_does_not_look_the_name_up_again(door: Door, server: Faultd, audit: Audit) -> None:
    names = Names(blog_example=[["127.0.0.2"], ["127.0.0.1"]])
    url = f"http://blog.example:{server.port}/reset-then-ok?n=1"
    assert door.through(names, url, loopback={f"blog.example:{server.port}"}).status == 200
    assert names.lookups == ["blog.example"]
    assert audit.connected == [("127.0.0.2", server.port)] * 2


def test_each_hop_of_a_redirect_is_looked_up_once(door: Door, server: Faultd, audit: Audit) -> None:
    names = Names(a_example=[["127.0.0.2"]], b_example=[["127.0.0.2"]])
    loopback = {f"a.example:{server.port}", f"b.example:{server.port}"}
    to = f"http://b.example:{server.port}/ok"
    assert door.through(names, f"http://a.example:{server.port}/redirect?to={to}", loopback=loopback).url == to
    assert names.lookups == ["a.example", "b.example"]


@pytest.mark.parametrize(
    "answers",
    [
        ["93.184.216.34", "127.0.0.1"], ["127.0.0.1", "93.184.216.34"], ["2606:4700::1111", "::1"], ["10.0.0.1"],
        ["93.184.216.34", "fe80::1%eth0"], ["93.184.216.34", "::ffff:127.0.0.1"], ["93.184.216.34", "not an address"],
    ],
)  # fmt: skip
def test_one_bad_answer_refuses_them_all(
    answers: list[str], door: Door, server: Faultd, canary: Canary, audit: Audit
) -> None:
    names = Names(mixed_example=[answers])
    with pytest.raises(FetchFailed) as caught:
        door.through(names, f"http://mixed.example:{server.port}/ok")
    assert caught.value.code == "address_not_allowed"
    assert (names.lookups, audit.sockets) == (["mixed.example"], [])


def test_a_second_lookup_that_turns_private_is_refused(door: Door, server: Faultd, canary: Canary) -> None:
    names = Names(blog_example=[["127.0.0.2"], ["10.0.0.1"]])
    url = f"http://blog.example:{server.port}/redirect?to=/ok"
    with pytest.raises(FetchFailed) as caught:
        door.through(names, url, loopback={f"blog.example:{server.port}"})
    assert caught.value.code == "address_not_allowed"


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["127.0.0.1", "127.0.0.3"]])
def test_the_socket_itself_refuses_an_address_that_nobody_checked(
    answers: list[str], door: Door, server: Faultd, canary: Canary, audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unchecked(*_: object) -> list[str]:
        return answers

    monkeypatch.setattr(client_module, "look_up", unchecked)
    assert door.fail(f"http://anything.example:{server.port}/ok").code == "address_not_allowed"
    assert audit.sockets == []


def test_a_server_whose_certificate_nobody_vouches_for_is_a_failed_connection(door: Door, tmp_path: Path) -> None:
    with Faultd(tls=make_server_context("127.0.0.2", tmp_path)) as server:
        assert door.fail(server.url("/ok"), loopback={server.pair}).code == "connection_failed"
        assert server.calls == []


def test_plain_http_where_tls_is_asked_for_is_a_failed_connection(door: Door, server: Faultd, tmp_path: Path) -> None:
    with Faultd(tls=make_server_context("127.0.0.2", tmp_path)) as tls:
        assert door.fail(tls.url("/ok", scheme="http"), loopback={tls.pair}).code in (
            "connection_failed",
            "bad_response",
        )


_TLS_SCRIPT = """
import asyncio, json, sys
from plnapi.http.client import Client, Policy
from plnapi.http.types import Fetch, FetchFailed

async def resolve(host, port):
    return ["127.0.0.2"]

async def run(port, plain):
    pairs = {f"good.example:{port}", f"other.example:{port}", plain}
    async with Client(Policy(deadline=5, host_interval=0, loopback=frozenset(pairs)), resolver=resolve) as client:
        for host, path in (("good", "/ok"), ("other", "/ok"), ("good", f"/redirect?to=http://{plain}/ok")):
            try:
                yield (await client.fetch(Fetch(f"https://{host}.example:{port}{path}"))).body.decode()
            except FetchFailed as error:
                yield error.code

async def main():
    print(json.dumps([outcome async for outcome in run(*sys.argv[1:])]))

asyncio.run(main())
"""


def test_certificates_hold_by_name_and_https_does_not_lead_to_http(server: Faultd, tmp_path: Path) -> None:
    context = make_server_context("good.example", tmp_path)
    with Faultd(tls=context) as tls:
        path = os.pathsep.join([os.environ["PYTHONPATH"], *sys.path])
        run = subprocess.run(
            [sys.executable, "-c", _TLS_SCRIPT, str(tls.port), server.pair],
            env={**os.environ, "SSL_CERT_FILE": str(tmp_path / "cert.pem"), "PYTHONPATH": path},
            capture_output=True, text=True, timeout=30, check=True,
        )  # fmt: skip
    assert json.loads(run.stdout) == ["fine", "connection_failed", "address_not_allowed"]
    assert server.calls == []
