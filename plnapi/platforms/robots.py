"""What a page asks of programs that index: the robots directives of its head and of its answer. Pure.

`<meta name="robots" content="noindex">` and the header `X-Robots-Tag` say the same (developers.google.com/search/docs/
crawling-indexing/robots-meta-tag); either may name one program, and what is said to that one counts before what is said to all.
"""

import re
from collections.abc import Iterable

US = "plnapi"  # how requests name themselves, see Settings.user_agent
_NAMED = re.compile(r"\s*([a-z0-9_-]+)\s*:\s*(?!\d)(.*)", re.DOTALL)
_WITH_VALUE = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})
_NOT = frozenset({"noindex", "none"})


def asks_not_to_be_indexed(metas: Iterable[tuple[str, str]], header: str) -> bool:
    """Whether a page does. `metas` are name and content of its `meta` elements, `header` is its `X-Robots-Tag` or empty."""
    told: dict[str, set[str]] = {}
    for name, content in (*metas, _of_header(header.lower())):
        told.setdefault(name.strip().lower(), set()).update(re.split(r"[\s,]+", content.lower()))
    return bool(told.get(US, told.get("robots", set())) & _NOT)


def _of_header(header: str) -> tuple[str, str]:
    named = _NAMED.fullmatch(header)
    return (named[1], named[2]) if named and named[1] not in _WITH_VALUE else ("robots", header)
