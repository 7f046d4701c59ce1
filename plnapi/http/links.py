"""The `Link` header (RFC 8288, section 3). Pure; every regular expression here is linear."""

import re
from urllib.parse import urljoin

_PARAMETER = re.compile(r';\s*([^\s=;,<>"]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?\s*')


def parse_links(value: str, base: str) -> dict[str, str]:
    """Map each `rel` (lower case) of a `Link` header to its absolute target; the first of a rel wins.

    `value` may be several headers joined with commas; `base` is the address of the response. What cannot be read is
    skipped. A link whose `anchor` says that it is about something else is skipped (section 3.2).
    """
    links: dict[str, str] = {}
    position = value.find("<")
    while position >= 0:
        end = value.find(">", position)
        if end < 0:
            break
        parameters, after = _parameters(value, end + 1)
        if "anchor" not in parameters:
            for rel in parameters.get("rel", "").lower().split():
                _keep(links, rel, base, value[position + 1 : end].strip())
        position = value.find("<", after)
    return links


def _keep(links: dict[str, str], rel: str, base: str, target: str) -> None:
    try:
        links.setdefault(rel, urljoin(base, target))
    except ValueError:  # an unreadable target, such as `http://[`, is no link
        return


def _parameters(value: str, position: int) -> tuple[dict[str, str], int]:
    """The parameters that begin at `position`, the first of each name (section 3.3), and where they end."""
    found: dict[str, str] = {}
    while position < len(value) and value[position].isspace():
        position += 1
    while match := _PARAMETER.match(value, position):
        name, quoted, token = match.groups()
        text = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else token or ""
        found.setdefault(name.lower(), text)
        position = match.end()
    return found, position
