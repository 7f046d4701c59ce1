"""Addresses on a Discourse forum: `https://forum.example.org/u/ada`, `/users/ada`, groups at `/g/plants`. Pure."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from plnapi.platforms import addresses

# Usernames may hold letters of any script where a forum allows it (site setting `unicode_usernames`).
_NAME = r"[^\W_][\w.-]{0,59}|_[\w.-]{1,59}"
_PATH = re.compile(rf"/(u|users|g|groups)/({_NAME})(?:/(?:summary|activity|preferences|members)(?:/[\w-]*)*)?/?")


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody, or a group, on the forum at `base` (`https://host`, no slash at the end). `name` as written."""

    base: str
    name: str
    is_group: bool = False

    @property
    def url(self) -> str:
        """The page for people. Forums mind the case of names nowhere."""
        return f"{self.base}/{'g' if self.is_group else 'u'}/{self.name.lower()}"

    @property
    def key(self) -> str:
        """The one form of the address in which http, https and `www.` make no difference."""
        return addresses.site_key(self.url)


def read(text: str, *, old: bool = True) -> Place | None:
    """The person or group whose page `text` is; without `old`, only by the forms `/u/` and `/g/`. Else None."""
    url = addresses.read_url(addresses.spelled_out(text))
    parts = urlsplit(url) if url else None
    match = _PATH.fullmatch(unquote(parts.path)) if parts and not parts.query else None
    if parts is None or match is None or (not old and match[1] not in {"u", "g"}):
        return None
    return Place(f"{parts.scheme}://{parts.netloc}", match[2], match[1].startswith("g"))
