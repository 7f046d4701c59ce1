"""No Python process of the tests reaches beyond this machine, in whatever thread and by whatever library.

Python imports a module of this name when it starts: `conftest.py` puts this folder on the path of every process that a
test begins, and imports it for the tests themselves. An audit hook (PEP 578) hears of connections and look-ups that
C code of the standard library makes too, and cannot be taken off again.
"""

import ipaddress
import socket
import sys
from typing import Any

CONNECTS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
LOOKS_UP = frozenset({"socket.getaddrinfo", "socket.gethostbyname"})


class BeyondLoopback(RuntimeError):
    """A test, or what it started, wanted to speak to another machine."""


def watch(event: str, args: tuple[Any, ...]) -> None:
    """The hook: raises before a packet leaves. A name that is not ours is unknown, as on a machine without a network; a
    Unix socket's address is a path and stays here."""
    if event in CONNECTS:
        address = args[1]
        if isinstance(address, tuple) and not is_here(address[0]):
            raise BeyondLoopback(f"{event} {address}")
    elif event in LOOKS_UP and not is_here(args[0]):
        raise socket.gaierror(socket.EAI_NONAME, "no name is looked up beyond this machine")


def is_here(host: str | bytes | None) -> bool:
    """Whether a host is this machine, without asking anybody for its address."""
    name = host.decode() if isinstance(host, bytes) else host
    if not name or name == "localhost":
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


sys.addaudithook(watch)
