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
def server() -> Iterator[Faultd]:
    with Faultd() as running:
        yield running


@pytest.fixture
def canary(server: Faultd) -> Iterator[Canary]:
    """On the server's port, at an address that must not be reached; fails the test when somebody came."""
    with Canary(port=server.port) as running:
        yield running
        assert running.hits == 0


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
