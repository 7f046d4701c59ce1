"""A server that misbehaves, a canary that nobody may reach, and a policy under which both can be tried quickly."""

from collections.abc import Iterator

import pytest

from plnapi.http.client import Policy
from tests.faultd import Canary, Faultd
from tests.http.kit import Audit, Door

_AUDIT = Audit()  # hooks cannot be removed, so there is one for the whole run


@pytest.fixture
def audit() -> Iterator[Audit]:
    _AUDIT.sockets, _AUDIT.connected, _AUDIT.opened, _AUDIT.listening = [], [], [], True
    yield _AUDIT
    _AUDIT.listening = False


@pytest.fixture
def listeners() -> Iterator[tuple[Faultd, Canary]]:
    """A server, and a canary on the same port of an address that must not be reached."""
    server, canary = _on_one_port()
    with server, canary:
        yield server, canary


def _on_one_port() -> tuple[Faultd, Canary]:
    """A port that the system gives for one address may be taken on the other: then the next one."""
    for _ in range(20):
        server = Faultd()
        try:
            return server, Canary(port=server.port)
        except OSError:
            server.close()
    raise RuntimeError("no port is free on both addresses")


@pytest.fixture
def server(listeners: tuple[Faultd, Canary]) -> Faultd:
    return listeners[0]


@pytest.fixture
def canary(listeners: tuple[Faultd, Canary]) -> Iterator[Canary]:
    """Fails the test when somebody came."""
    yield listeners[1]
    assert listeners[1].hits == 0


@pytest.fixture
def policy(server: Faultd) -> Policy:
    """Every port that the tests use is allowed, so that only the address can be the reason for a refusal."""
    return Policy(
        deadline=10.0,
        loopback=frozenset({server.pair}),
        extra_ports=frozenset({server.port}),
        host_interval=0.0,
    )


@pytest.fixture
def door(server: Faultd, policy: Policy) -> Door:
    return Door(server, policy)
