"""Which URLs and which addresses may be reached. Pure: no name is looked up here.

The host is read once, by yarl, and the same `URL` object goes to the connection, so that what is checked and what is
connected cannot be parsed differently. Sources: WHATWG URL, section 3.5 ("ends in a number"), the IANA special-purpose
address registries, RFC 6890.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from types import MappingProxyType

from yarl import URL

from plnapi.http.types import FetchFailed

# What `is_global` of the standard library lets through or has not always known, and must not be reached.
BLOCKED_V4 = tuple(
    ip_network(network)
    for network in (
        "100.64.0.0/10",  # shared address space, RFC 6598
        "192.0.0.0/24",  # IETF protocol assignments
        "192.88.99.0/24",  # 6to4 relay, deprecated
        "198.18.0.0/15",  # benchmarking
        "240.0.0.0/4",  # reserved, and the limited broadcast
    )
)
BLOCKED_V6 = tuple(
    ip_network(network)
    for network in (
        "::/96",  # IPv4-compatible, deprecated
        "64:ff9b::/96",  # NAT64: leads to any IPv4 address
        "64:ff9b:1::/48",  # local NAT64
        "100::/64",  # discard
        "2001::/23",  # IETF protocol assignments, Teredo among them
        "2002::/16",  # 6to4: leads to any IPv4 address
        "3fff::/20",  # documentation
        "5f00::/16",  # segment routing
        "fec0::/10",  # site-local, deprecated
    )
)
# The only IPv6 space from which IANA hands out global unicast addresses.
UNICAST_V6 = ip_network("2000::/3")

Address = IPv4Address | IPv6Address

_NAME = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def read_address(text: str) -> Address:
    """An address as a resolver writes it, without its scope id; an IPv4-mapped one as IPv4. Raises ValueError."""
    address = ip_address(text.partition("%")[0])
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def is_public(address: Address) -> bool:
    """Whether the address belongs to the public internet and to one machine."""
    if not address.is_global or address.is_multicast or address.is_reserved or address.is_link_local:
        return False
    if isinstance(address, IPv6Address):
        return address in UNICAST_V6 and not any(address in network for network in BLOCKED_V6)
    return not any(address in network for network in BLOCKED_V4)


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that may be asked for, as far as it can be told without looking up its name.

    `host` is the ASCII name or the address literal; `loopback` is true when its exact host:port pair was allowed.
    `stands_for` is the URL that was asked for, when `url` is on the stand-in of its origin.
    """

    url: URL
    host: str
    port: int
    loopback: bool
    stands_for: URL | None = None

    @property
    def asked(self) -> URL:
        """The URL that was asked for, which is also what the answer is told to come from."""
        return self.stands_for or self.url

    def asked_form(self, url: str) -> str:
        """`url` under the origin that was asked for, when it is on that of the stand-in: servers name themselves."""
        given = URL(url)
        if self.stands_for is None or not given.absolute or given.origin() != self.url.origin():
            return url
        return str(_moved(given, self.stands_for))

    @property
    def pair(self) -> str:
        """`host:port`, with brackets around an IPv6 literal."""
        return pair(self.host, self.port)

    @property
    def pace_key(self) -> str:
        """What pacing counts as one host: every port of a public name, each port of loopback for itself."""
        return self.pair if self.loopback else self.host.rstrip(".")

    @property
    def is_literal(self) -> bool:
        """Whether the host is an address rather than a name."""
        return ":" in self.host or _ends_in_number(self.host)

    @property
    def origin(self) -> tuple[str, str]:
        """What was asked for and what is asked, each as scheme, host and port: credentials stay inside (RFC 6454)."""
        return str(self.asked.origin()), str(self.url.origin())

    def allows(self, answer: str) -> bool:
        """Whether this address, an answer of the resolver or about to be connected, may be reached for this target."""
        try:
            address = read_address(answer)
        except ValueError:
            return False
        return is_public(address) or (self.loopback and address.is_loopback)


def pair(host: str, port: int) -> str:
    """The form in which loopback pairs are compared."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def read_pair(text: str) -> str:
    """A `host:port` of the settings in the form in which pairs are compared. Raises ValueError."""
    url = URL(f"http://{text.strip()}/")
    if not url.raw_host or url.explicit_port is None or str(url.relative()) != "/":
        raise ValueError(f"{text!r} is not of the form host:port")
    return pair(url.raw_host, url.explicit_port)


def read_stand_ins(pairs: Iterable[str]) -> dict[str, URL]:
    """Pairs `origin=origin` of the settings: what is asked for → what is asked instead. Raises ValueError."""
    read = [tuple(URL(text.strip()) for text in pair.split("=")) for pair in pairs]
    for origins in read:
        if len(origins) != 2 or any(not url.absolute or url != url.origin() for url in origins):
            raise ValueError(f"{'='.join(map(str, origins))!r} is not of the form https://host=http://host:port")
    return {str(asked.origin()): instead for asked, instead in read}


def read_url(
    text: str,
    *,
    ports: Iterable[int] = (80, 443),
    loopback: Iterable[str] = (),
    stand_ins: Mapping[str, URL] = MappingProxyType({}),
) -> Target:
    """Read what may be fetched; the fragment is dropped.

    `ports` are the allowed ones; `loopback` holds exact pairs as `read_pair` gives them; `stand_ins` are as
    `read_stand_ins` gives them, and it is the stand-in that has to be allowed. Raises FetchFailed
    `address_not_allowed` for anything but http and https, other ports, userinfo, hosts that are neither a name nor a
    canonical address, and address literals that are not public.
    """
    try:
        asked = URL(_without_controls(text)).with_fragment(None)
        _host(asked)
        instead = stand_ins.get(str(asked.origin()))
        url = _moved(asked, instead) if instead else asked
        host, port = _host(url), url.port or 0
    except (ValueError, IndexError) as error:  # yarl 1.25 answers `http://[]@` with IndexError
        raise refusal(text, str(error)) from error
    listed = pair(host, port) in frozenset(loopback)
    if port not in ports and not listed:
        raise refusal(text, f"port {port} is not allowed")
    target = Target(url, host, port, listed, asked if instead else None)
    if target.is_literal and not target.allows(host):
        raise refusal(text, f"{host} is a private or special address")
    return target


def _moved(url: URL, to: URL) -> URL:
    """The same path and query under another origin."""
    return url.with_scheme(to.scheme).with_host(to.raw_host or "").with_port(to.explicit_port)


def refusal(url: str, why: str) -> FetchFailed:
    """The error for an address that must not be reached."""
    return FetchFailed("address_not_allowed", url, f"This address cannot be fetched: {why}.")


def _without_controls(text: str) -> str:
    stripped = text.strip(" \t\r\n")
    if _CONTROL.search(stripped):
        raise ValueError("it contains control characters")
    return stripped


def _host(url: URL) -> str:
    if url.scheme not in ("http", "https"):
        raise ValueError("only http and https are allowed")
    if url.raw_user is not None or url.raw_password is not None:
        raise ValueError("it contains a user name or a password")
    host = url.raw_host or ""
    if "%" in host:
        raise ValueError("its host has a scope id or an escape")
    if ":" in host:
        return str(IPv6Address(host))
    if len(host) > 253 or not _NAME.fullmatch(host):
        raise ValueError("its host is not a name")
    if _ends_in_number(host):
        return str(IPv4Address(host))  # refuses 127.1, 0, 0x7f000001, 0177.0.0.1 and a trailing dot
    return host


def _ends_in_number(host: str) -> bool:
    return bool(_NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]))
