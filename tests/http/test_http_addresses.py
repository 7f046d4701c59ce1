"""T1 and T4: which URLs and addresses are refused before anything is connected."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plnapi.http.addresses import BLOCKED_V4, BLOCKED_V6, Address, is_public, read_address, read_pair, read_url
from plnapi.http.policy import Policy
from plnapi.http.types import FetchFailed
from tests.faultd import Canary, Faultd
from tests.http.kit import Audit, Door

PRIVATE_HOSTS = [
    "127.0.0.1", "127.1", "127.0.1", "0", "0.0.0.0", "2130706433", "0x7f000001",
    "0x7f.1", "0177.0.0.1", "017700000001", "127.0.0.1.", "0x",
    "①②⑦.⓪.⓪.①", "127。0。0。1", "１２７.0.0.1", "127%2e0%2e0%2e1",
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
    "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]",
    "[fec0::1]", "[fe80::1]", "[fe80::1%25eth0]", "[fc00::1]", "[ff02::1]", "[100::1]",
    "[2001::1]", "[2001:db8::1]", "[3fff::1]", "[5f00::1]",
    "169.254.169.254", "100.64.0.1", "198.18.0.1", "192.0.0.192", "192.88.99.1",
    "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "10.0.0.1", "172.16.0.1", "192.168.0.1",
]  # fmt: skip


@pytest.mark.parametrize("host", PRIVATE_HOSTS)
def test_no_form_of_a_private_address_is_connected(
    host: str, server: Faultd, canary: Canary, door: Door, audit: Audit
) -> None:
    assert door.fail(f"http://{host}:{server.port}/ok").code == "address_not_allowed"
    assert audit.sockets == []


def test_names_of_this_machine_are_refused(server: Faultd, canary: Canary, door: Door, audit: Audit) -> None:
    assert door.fail(f"http://localhost:{server.port}/ok").code == "address_not_allowed"
    assert door.fail(f"http://LOCALHOST:{server.port}/ok").code == "address_not_allowed"
    assert audit.sockets == []


@pytest.mark.parametrize("network", [*BLOCKED_V4, *BLOCKED_V6], ids=str)
def test_both_ends_of_every_blocked_network_are_refused(network: object) -> None:
    assert not is_public(network[0])  # type: ignore[index]
    assert not is_public(network[-1])  # type: ignore[index]


@pytest.mark.parametrize("address", ["1000::1", "4000::1", "8000::1", "e000::1", "::ffff:0:8.8.8.8"])
def test_ipv6_space_that_nobody_was_given_is_refused(address: str) -> None:
    assert not is_public(read_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "1.1.1.1", "192.0.1.1", "2606:4700::1111", "2a00:1450:4001::1"])
def test_public_addresses_are_allowed(address: str) -> None:
    assert is_public(read_address(address))


def test_a_scope_id_and_an_ipv4_mapping_do_not_hide_an_address() -> None:
    assert read_address("fe80::1%eth0") == IPv6Address("fe80::1")
    assert read_address("::ffff:10.0.0.1") == IPv4Address("10.0.0.1")


def _digits(style: str, number: int) -> str:
    text = str(number)
    if style == "wide":
        return "".join(chr(0xFF10 + int(digit)) for digit in text)
    if style == "circled":
        return "".join("⓪①②③④⑤⑥⑦⑧⑨"[int(digit)] for digit in text)
    return {"plain": text, "hex": hex(number), "HEX": hex(number).upper(), "octal": f"0{number:o}"}[style]


@st.composite
def _written(draw: st.DrawFn, addresses: st.SearchStrategy[Address]) -> tuple[Address, str]:
    """An address, and one of the ways in which `inet_aton` and IDNA let it be written."""
    address = draw(addresses)
    octets = list(address.packed)
    count = draw(st.integers(1, 4))
    parts = [*octets[: count - 1], int.from_bytes(bytes(octets[count - 1 :]), "big")]
    styles = st.sampled_from(["plain", "wide", "circled", "hex", "HEX", "octal"])
    dots = st.sampled_from([".", "。", "．", "｡"])
    text = "".join(_digits(draw(styles), part) + draw(dots) for part in parts)
    return address, text if draw(st.booleans()) else text[:-1]


_PRIVATE = st.sampled_from(["127.0.0.0/8", "10.0.0.0/8", "169.254.0.0/16", "0.0.0.0/8", "192.168.0.0/16"]).flatmap(
    lambda network: st.ip_addresses(v=4, network=network)
)


@given(_written(_PRIVATE))
def test_no_writing_of_a_private_ipv4_address_is_accepted(written: tuple[Address, str]) -> None:
    with pytest.raises(FetchFailed):
        read_url(f"http://{written[1]}/")


@given(_written(st.ip_addresses(v=4)))
def test_a_writing_of_an_ipv4_address_is_refused_or_read_as_that_address(written: tuple[Address, str]) -> None:
    address, text = written
    try:
        target = read_url(f"http://{text}/")
    except FetchFailed:
        return
    assert IPv4Address(target.host) == address
    assert is_public(address)


@given(_PRIVATE, st.sampled_from(["::ffff:0:0", "::", "64:ff9b::", "64:ff9b:1::", "::ffff:0:0:0"]))
def test_no_ipv6_address_that_carries_a_private_ipv4_address_is_accepted(inner: Address, prefix: str) -> None:
    carrier = IPv6Address(int(IPv6Address(prefix)) + int(inner))
    six_to_four = IPv6Address((0x2002 << 112) + (int(inner) << 80))
    for address in (carrier, six_to_four):
        with pytest.raises(FetchFailed):
            read_url(f"http://[{address}]/")


@given(st.one_of(st.text(max_size=40), st.text("0123456789abcdefx.:[]%@/\\?#。① ", max_size=30)))
def test_any_text_is_refused_or_becomes_a_name_or_a_public_address(text: str) -> None:
    for url in (text, f"http://{text}", f"https://{text}/path"):
        try:
            target = read_url(url)
        except FetchFailed as error:
            assert error.code == "address_not_allowed"
            continue
        assert target.port in (80, 443)
        assert "@" not in target.url.raw_authority
        if target.is_literal:
            assert is_public(read_address(target.host))
        else:
            with pytest.raises(ValueError, match="does not appear"):
                ip_address(target.host.rstrip("."))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/", "file:///etc/passwd", "gopher://example.org/", "//example.org/", "example.org", "",
        "http://example.org:22/", "http://example.org:8080/", "http://example.org:0/", "http://example.org:99999/",
        "http://user@example.org/", "http://user:secret@example.org/", "http://:@example.org/",
        "http://example.org\\@127.0.0.1/", "http://exam\tple.org/", "http://example.org/\r\nHost: x", "http:///path",
        "http://[::1", "http://[]@", "http://a..b/",
        f"http://{'a' * 64}.org/", f"http://{'a.' * 127}org/", "http://exam ple.org/",
    ],
)  # fmt: skip
def test_other_schemes_ports_userinfo_and_broken_hosts_are_refused(url: str) -> None:
    with pytest.raises(FetchFailed) as caught:
        read_url(url)
    assert caught.value.code == "address_not_allowed"


def test_names_are_read_as_idna_in_lower_case_and_the_fragment_is_dropped() -> None:
    target = read_url(" HTTP://Bücher.Example/a b?q=ü#part ")
    assert (target.host, target.port) == ("xn--bcher-kva.example", 80)
    assert str(target.url) == "http://xn--bcher-kva.example/a%20b?q=%C3%BC"


def test_a_further_port_can_be_allowed() -> None:
    assert read_url("https://example.org:8443/", ports=(443, 8443)).port == 8443


def test_only_the_exact_loopback_pair_is_allowed(door: Door, server: Faultd, canary: Canary) -> None:
    assert door.get("/ok").body == b"fine"
    other = Faultd()
    assert door.fail(other.url("/ok"), loopback={server.pair}).code == "address_not_allowed"
    assert door.fail(f"http://127.0.0.1:{server.port}/ok").code == "address_not_allowed"


def test_a_name_may_be_a_loopback_pair(server: Faultd, door: Door) -> None:
    with Faultd("127.0.0.1") as local:
        assert door.get(f"http://localhost:{local.port}/ok", loopback={f"LOCALHOST:{local.port}"}).status == 200


def test_a_loopback_pair_reaches_loopback_and_no_other_private_address() -> None:
    with pytest.raises(FetchFailed):
        read_url("http://10.0.0.1:8000/", loopback={"10.0.0.1:8000"})


@pytest.mark.parametrize("text", ["127.0.0.1", "localhost", ":80", "localhost:80/path", "::1:80", "a b"])
def test_what_is_no_pair_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_pair(text)


def test_pairs_are_compared_in_one_form() -> None:
    assert read_pair(" [::1]:8000 ") == "[::1]:8000"
    assert read_pair("LocalHost:8000") == "localhost:8000"


def test_a_policy_with_what_is_no_pair_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="host:port"):
        Policy(loopback=frozenset({"localhost"}))
