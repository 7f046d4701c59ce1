"""What people type as an address, brought into one form. Pure: nobody is asked."""

import re
import unicodedata
from ipaddress import ip_address
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

import idna.uts46data  # idna loads its tables at first use, when the child that parses can open no file

MAX_TEXT = 2_000

# A web address without its scheme: a name with a dot, no `@` before the path. Each label is matched in one way only.
_BARE = re.compile(r"(?:[^\s/?#@:.\\]+\.)+(?:[^\W\d_]{2,63}|xn--[a-z0-9-]{1,59})\.?(?::\d{1,5})?(?:[/?#]\S*)?", re.I)
_FEED = re.compile(
    r"feed:(?:(?=https?://)|(?://)?(?=[^\s/]))", re.I
)  # the scheme of feed readers, before another or alone

_DROPPED = frozenset(
    {"Cc", "Cf", "Cs", "Co", "Cn"}
)  # controls, zero-width and bidi characters, and what is no character
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_PATH_SAFE = "/%:@!$&'()*+,;=~-._"
_PORTS = {"http": 80, "https": 443}


def cleaned(text: str) -> str:
    """`text` in NFKC, without zero-width, bidi and control characters, stripped; empty when it is too long to be one."""
    if len(text) > MAX_TEXT:
        return ""
    shown = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) not in _DROPPED)
    return unicodedata.normalize("NFKC", shown).strip()


def spelled_out(text: str) -> str:
    """`text` as a whole web address, when it is one of which people left out the scheme, or put `feed:` there; else itself.

    An e-mail address, a handle, a word and a number are none.
    """
    text = cleaned(text)
    bare = _FEED.sub("", text, count=1) if _FEED.match(text) else text
    return f"https://{bare}" if _BARE.fullmatch(bare) else (bare if "://" in bare else text)


def read_host(host: str) -> str | None:
    """A host name in lower-case ASCII (IDNA 2008, UTS 46), or an IP literal (version 6 in brackets); else None."""
    host = host.strip("[]").lower().rstrip(".")
    if ":" in host:
        return _ipv6(host)
    try:
        name = host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except (idna.IDNAError, ValueError):
        return None
    labels = name.split(".")
    return name if len(name) <= 253 and all(_LABEL.fullmatch(label) for label in labels) else None


def _ipv6(text: str) -> str | None:
    try:
        return f"[{ip_address(text.partition('%')[0]).compressed}]"
    except ValueError:
        return None


def read_authority(text: str) -> str | None:
    """`host` or `host:port` as in a handle, normalised; else None."""
    try:
        parts = urlsplit(f"//{text}")
        return None if parts.netloc != text or "@" in text else _authority(parts, default=443)
    except ValueError:
        return None


def _authority(parts: SplitResult, default: int) -> str | None:
    """Raises ValueError for a port that is none."""
    port = parts.port
    host = read_host(parts.hostname or "")
    return host if host is None or port in (None, default) else f"{host}:{port}"


def base_url(authority: str) -> str:
    """Where the server of a handle answers: https, but http for a loopback literal or `localhost` with a port."""
    host, _, port = authority.rpartition(":")
    return f"http://{authority}" if port.isdigit() and _is_loopback(host) else f"https://{authority}"


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def read_url(text: str) -> str | None:
    """An http or https URL, normalised: host as `read_host`, no default port, no fragment, a path; else None.

    One with a user name or password in it, white space or a backslash is refused.
    """
    text = cleaned(text)
    try:
        parts = urlsplit(text)
        scheme = parts.scheme
        if scheme not in _PORTS or parts.username is not None or re.search(r"[\s\\]", text):
            return None
        authority = _authority(parts, default=_PORTS[scheme])
    except ValueError:
        return None
    if authority is None:
        return None
    path = quote(parts.path or "/", safe=_PATH_SAFE)
    return urlunsplit((scheme, authority, path, quote(parts.query, safe=_PATH_SAFE + "?"), ""))


def authority_of(url: str) -> str:
    """`host` or `host:port` of a URL, in the form of `read_authority`; empty when it has none."""
    normal = read_url(url)
    return urlsplit(normal).netloc if normal else ""


def site_key(url: str) -> str:
    """A form in which http and https, `www.` and a closing slash make no difference; empty when `url` is no address."""
    normal = read_url(url)
    if normal is None:
        return ""
    parts = urlsplit(normal)
    query = f"?{parts.query}" if parts.query else ""
    return f"//{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}{query}"


def is_under(url: str, directory: str) -> bool:
    """Whether `url` is `directory` or lies below it, on the same site in the sense of `site_key`; queries do not count."""
    inner, outer = (site_key(address.partition("?")[0]) for address in (url, directory))
    return bool(outer) and (inner == outer or inner.startswith(outer + "/"))
