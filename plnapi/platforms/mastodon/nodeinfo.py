"""Which software a server runs, as it says itself (NodeInfo, github.com/jhass/nodeinfo, PROTOCOL.md and schemas)."""

import re
from collections.abc import Generator
from dataclasses import replace
from typing import Any

from plnapi.http.types import Fetch, FetchFailed
from plnapi.platforms import addresses, jsonread
from plnapi.platforms.html import safe_url
from plnapi.platforms.looking import LookEnded
from plnapi.platforms.mastodon.server import ACCEPT, Server, answer
from plnapi.platforms.mastodon.software import software_of
from plnapi.platforms.types import Parse, ParseFailed

SCHEMA = "http://nodeinfo.diaspora.software/ns/schema/"
VERSIONS = ("2.1", "2.0", "1.1", "1.0")  # best first; `software.name` is in all of them

_NAME = re.compile(r"[a-z0-9-]{1,40}")  # as the schemas have it


def software_at(host: str) -> Generator[Fetch | Parse, Any, str]:
    """The name of the software that runs on `host`; empty when it does not say. A refusal costs the look nothing.

    The document is read only on the host itself: another one could not tell about this one.
    """
    base = addresses.base_url(host)
    try:
        found = yield Fetch(f"{base}/.well-known/nodeinfo", ACCEPT)
        document: str = yield from answer(found, read_links)
        if addresses.authority_of(document) != host:
            return ""
        told = yield Fetch(document, ACCEPT)
        name: str = yield from answer(told, read_software)
    except (FetchFailed, LookEnded):
        return ""  # it only decides what is worth asking and how a refusal is worded
    return name


def tells_none(server: Server) -> Generator[Fetch | Parse, Any, tuple[bool, Server]]:
    """Whether an empty list and a count of zero mean nothing there, and the server with its software, asked if need be.

    An account that was proven by signing in has had no proof look that would have learned it.
    """
    if not server.software:
        name = yield from software_at(server.host)
        server = replace(server, software=name)
    return software_of(server.software).tells_none, server


def read_links(body: bytes) -> str:
    """The address of the document of the highest version that is known here. Raises ParseFailed `bad_document`."""
    source = jsonread.document(body)
    links = jsonread.mappings(source, "links") if isinstance(source, dict) else []
    targets = {jsonread.text(link, "rel"): safe_url(jsonread.text(link, "href")) for link in links}
    document = next((targets[SCHEMA + version] for version in VERSIONS if targets.get(SCHEMA + version)), "")
    if not document:
        raise ParseFailed("The answer names no NodeInfo document.", code="bad_document")
    return document


def read_software(body: bytes) -> str:
    """`software.name`, empty when there is none or it is no name. Raises ParseFailed `bad_document`."""
    source = jsonread.document(body)
    software = jsonread.mapping(source, "software") if isinstance(source, dict) else {}
    name = jsonread.text(software, "name").lower()
    return name if _NAME.fullmatch(name) else ""
