"""Documents that no parser should be given: the child dies or refuses, the next document is served at once."""

import math
import os
import time
from collections.abc import Iterator
from tempfile import NamedTemporaryFile

import pytest

from plnapi.harvest.sandbox import ROOT, Sandbox
from plnapi.platforms.blog.rss import parse_feed
from plnapi.platforms.types import Parse, ParseFailed

NEXT = Parse(math.sqrt, (4,))
FEED = b"<rss version='2.0'><channel><title>T</title><item><guid>1</guid><title>%s</title></item></channel></rss>"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(size=1, wall_seconds=2.0) as made:
        made.parse_now(NEXT)
        yield made


def _failure(sandbox: Sandbox, parse: Parse) -> str:
    with pytest.raises(ParseFailed) as failed:
        sandbox.parse_now(parse)
    began = time.monotonic()
    assert sandbox.parse_now(NEXT) == 2.0
    assert time.monotonic() - began < 1.5, "the next document waited for the one that failed"
    return failed.value.code


@pytest.mark.parametrize(
    ("function", "args"),
    [
        (os._exit, (0,)),
        (time.sleep, (60,)),
        (eval, ("[0] * 10**9",)),
        (eval, ("sum(1 for _ in iter(int, 1))",)),
        (eval, ("(" * 500 + ")" * 500,)),
    ],
    ids=["dies", "hangs", "memory", "cpu", "nesting"],
)
def test_a_document_that_costs_too_much_costs_only_itself(sandbox: Sandbox, function: object, args: object) -> None:
    code = _failure(sandbox, Parse(function, args))  # type: ignore[arg-type]
    assert code == ("bad_document" if args == ("(" * 500 + ")" * 500,) else "feed_too_complex")


def test_five_seconds_of_cpu_end_a_child_though_time_is_left() -> None:
    with Sandbox(size=1, wall_seconds=60) as sandbox:
        began = time.process_time(), time.monotonic()
        with pytest.raises(ParseFailed) as failed:
            sandbox.parse_now(Parse(eval, ("sum(1 for _ in iter(int, 1))",)))
    assert failed.value.code == "feed_too_complex"
    assert time.monotonic() - began[1] < 50


@pytest.mark.parametrize(
    "code",
    [
        "open('/etc/hostname').read()",
        "open('/tmp/written', 'w')",
        "__import__('socket').socket()",
        "__import__('os').system('true') and 1/0",
        "__import__('os').pipe()",
    ],
)
def test_the_child_opens_neither_file_nor_socket(sandbox: Sandbox, code: str) -> None:
    assert _failure(sandbox, Parse(eval, (code,))) == "bad_document"


def test_the_child_knows_no_secrets(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "canary")
    with Sandbox(size=1) as fresh:
        assert "SECRET_KEY" not in fresh.parse_now(Parse(eval, ("dict(__import__('os').environ)",)))


def test_an_error_of_the_parser_keeps_its_code(sandbox: Sandbox) -> None:
    assert _failure(sandbox, Parse(parse_feed, (b"just text", "text/plain", "http://x.example/"))) == "not_a_feed"
    assert _failure(sandbox, Parse(math.sqrt, (-1,))) == "bad_document"


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE r [" + b"".join(b"<!ENTITY a%d '%s'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12)) + b"]>"
        + FEED % b"&a11;",
        b"<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>" + FEED % b"&x;",
        b"/etc/hostname",
        FEED % (b"<a>" * 100_000),
    ],
    ids=["entities", "external entity", "file name", "nesting"],
)  # fmt: skip
def test_hostile_documents_end_as_entries_or_as_one_error(sandbox: Sandbox, body: bytes) -> None:
    try:
        feed = sandbox.parse_now(Parse(parse_feed, (body, "text/xml", "http://x.example/")))
        assert all(len(entry.title) < 500_000 for entry in feed.entries)
        assert os.uname().nodename not in str(feed)
    except ParseFailed as error:
        assert error.code in {"not_a_feed", "feed_too_complex", "bad_document"}


def test_memory_limit_leaves_room_for_the_largest_document(sandbox: Sandbox) -> None:
    items = b"".join(b"<item><guid>%d</guid><title>Entry %d</title></item>" % (n, n) for n in range(2000))
    body = b"<rss version='2.0'><channel><title>T</title>" + items + b"</channel></rss>"
    feed = sandbox.parse_now(Parse(parse_feed, (body, "text/xml", "http://x.example/")))
    assert len(feed.entries) == 2000


def test_a_child_that_cannot_start_is_no_fault_of_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plnapi.harvest.sandbox.COMMAND", ["false"])
    with Sandbox(size=1) as broken, pytest.raises(RuntimeError, match="does not start"):
        broken.parse_now(NEXT)


def test_a_file_that_appears_beside_the_program_does_not_disturb_the_parser(sandbox: Sandbox) -> None:
    """feedparser looks for optional modules at each document; looking into a changed folder needs a descriptor."""
    feed = Parse(parse_feed, (FEED % b"x", "text/xml", "http://x.example/"))
    sandbox.parse_now(feed)
    with NamedTemporaryFile(dir=ROOT):
        assert len(sandbox.parse_now(feed).entries) == 1


def test_a_child_of_another_version_is_no_fault_of_the_document(sandbox: Sandbox) -> None:
    with pytest.raises(RuntimeError, match="does not understand"):
        sandbox.parse_now(Parse(pytest.raises, ()))
