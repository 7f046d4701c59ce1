"""Nothing here reaches beyond loopback: not a test, not its threads, not the programs that it starts. (The processes that
parse open no socket at all: tests/harvest/test_sandbox.py.)"""

import asyncio
import socket
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from pytest_socket import SocketConnectBlockedError

OUTSIDE = ("192.0.2.1", 80)  # RFC 5737: in documentation only, so that a hole in this test would still reach nobody
REFUSALS = ("BeyondLoopback", SocketConnectBlockedError.__name__)
SCRIPT = f"""
import socket
with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as one:
    one.settimeout(1)
    one.connect({OUTSIDE!r})
"""


def connects() -> None:
    with socket.socket() as one:
        one.settimeout(1)
        one.connect(OUTSIDE)


def connects_without_raising() -> None:
    with socket.socket() as one:
        one.settimeout(1)
        one.connect_ex(OUTSIDE)


def sends_a_datagram() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.sendto(b"?", OUTSIDE)


def connects_in_a_loop() -> None:
    asyncio.run(asyncio.wait_for(asyncio.open_connection(*OUTSIDE), 1))


@pytest.mark.parametrize("reach", [connects, connects_without_raising, sends_a_datagram, connects_in_a_loop])
def test_another_machine_is_out_of_reach(reach: Callable[[], None]) -> None:
    with pytest.raises(RuntimeError) as refused:
        reach()
    assert type(refused.value).__name__ in REFUSALS


def test_nobody_is_asked_for_the_address_of_a_name() -> None:
    with pytest.raises(socket.gaierror, match="no name is looked up beyond this machine"):
        socket.getaddrinfo("name.invalid", 80)


def test_it_is_out_of_reach_of_threads() -> None:
    with ThreadPoolExecutor(1) as pool, pytest.raises(RuntimeError) as refused:
        pool.submit(connects).result()
    assert type(refused.value).__name__ in REFUSALS


def test_it_is_out_of_reach_of_programs_that_a_test_starts() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=20)
    assert "BeyondLoopback" in done.stderr


def test_this_machine_is_within_reach() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        script = f"import socket; socket.create_connection({server.getsockname()!r}, 5)"
        assert subprocess.run([sys.executable, "-c", script], timeout=20).returncode == 0
