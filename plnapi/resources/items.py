"""What an item of a list must be like. Pure."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from plnapi.errors import N_, FieldError, Invalid, Message
from plnapi.platforms import read_address, read_group

KINDS = ("person", "space", "tool", "feed", "reading")
MOST_ITEMS = 5000
DEEPEST = 20  # levels of outlines, the item's own among them
LONGEST = {"title": 300, "why": 5000, "language": 35, "address": 2000, "site_url": 2000, "group_path": 1000}
# RFC 5646, section 2.1, as a shape: a language, then subtags; whether they are registered is not asked.
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,6}")


@dataclass(frozen=True, slots=True)
class NewItem:
    """An item as it is given. `item_key` is given back for an item that stands already, None for another one.

    `network` is not here: it follows from kind and address.
    """

    kind: str
    title: str
    address: str
    why: str = ""
    language: str = ""
    site_url: str = ""
    group_path: str = ""
    item_key: UUID | None = None

    @property
    def network(self) -> str:
        """The key of the platform that reads the address; "" for what nobody is followed or read on."""
        if self.kind in {"tool", "reading"}:
            return ""
        if self.kind == "space":
            address = read_group(self.address)
        else:
            address = read_address(self.address, "blog" if self.kind == "feed" else None)
        return address.network if address else ""


def read(raw: Mapping[str, Any]) -> NewItem:
    """An item from a mapping of NewItem's fields: texts stripped, titles and folders on one line, as OPML keeps them.

    Raises TypeError for other fields.
    """
    given: dict[str, Any] = {name: v.strip() if isinstance(v, str) else v for name, v in raw.items()}
    item = NewItem(**given)
    path = joined([name for folder in folders(item.group_path) if (name := one_line(folder))])
    return replace(item, title=one_line(item.title), why=item.why.replace("\r\n", "\n"), group_path=path)


def one_line(text: str) -> str:
    """Every run of white space as one space."""
    return " ".join(text.split())


def folders(group_path: str) -> list[str]:
    """The names of the folders, outermost first; `/` within a name is kept as `~1` (RFC 6901, section 3)."""
    return [name.replace("~1", "/").replace("~0", "~") for name in group_path.split("/")] if group_path else []


def joined(names: Sequence[str]) -> str:
    """The `group_path` of these folders."""
    return "/".join(name.replace("~", "~0").replace("/", "~1") for name in names)


def read_all(raw: Sequence[Mapping[str, Any]]) -> list[NewItem]:
    """The items of a list. Raises Invalid naming everything that is wrong, at `/items/<index>/<field>`."""
    items = [read(one) for one in raw]
    errors = [error for n, item in enumerate(items) for error in problems(item, f"/items/{n}")]
    if len(items) > MOST_ITEMS:
        errors.insert(0, FieldError("/items", N_("A list holds at most 5,000 items."), "too_many"))
    times = Counter(item.item_key for item in items if item.item_key)
    errors += [
        FieldError(f"/items/{n}/item_key", N_("Two items have the same key."), "duplicate")
        for n, item in enumerate(items)
        if item.item_key and times[item.item_key] > 1
    ]
    if errors:
        raise Invalid(N_("Some items cannot be accepted; nothing was changed."), errors=errors)
    return items


def problems(item: NewItem, pointer: str) -> list[FieldError]:
    """Everything that is wrong with one item."""
    found = [FieldError(f"{pointer}/{name}", said) for name in LONGEST if (said := _text_problem(item, name))]
    if item.kind not in KINDS:
        found.append(FieldError(f"{pointer}/kind", N_("Not one of person, space, tool, feed, reading.")))
    if not item.title:
        found.append(FieldError(f"{pointer}/title", N_("Give it a title.")))
    if item.language and not LANGUAGE.fullmatch(item.language):
        found.append(FieldError(f"{pointer}/language", N_("Not a language tag such as en or pt-BR.")))
    if not is_address(item.address, item.kind):
        found.append(FieldError(f"{pointer}/address", _wanted(item.kind)))
    if len(folders(item.group_path)) >= DEEPEST:
        found.append(FieldError(f"{pointer}/group_path", N_("Deeper than 20.")))
    if item.site_url and not is_web(item.site_url):
        found.append(FieldError(f"{pointer}/site_url", _wanted("site")))
    return found


def is_web(text: str) -> bool:
    """Whether `text` is a web address that may be shown as a link."""
    try:
        parts = urlsplit(text)
        return parts.scheme.lower() in {"http", "https"} and bool(parts.hostname) and not re.search(r"\s", text)
    except ValueError:
        return False


def is_address(text: str, kind: str) -> bool:
    """Whether `text` is a web address or, for a person or a space, what one of the networks reads."""
    if is_web(text):
        return True
    named = ":" not in text.split("@")[0] or text.startswith(("did:plc:", "did:web:", "at://", "#", "!"))
    read = read_group if kind == "space" else read_address
    return kind in {"person", "space"} and named and read(text) is not None


def _wanted(kind: str) -> str:
    if kind in {"person", "space"}:
        return N_("Neither a web address nor a handle such as @ada@example.social.")
    return N_("Not a web address such as https://example.org/feed.")


def _text_problem(item: NewItem, name: str) -> str:
    text: str = getattr(item, name)
    if len(text) > LONGEST[name]:
        return Message.of(N_("At most %(count)s characters."), count=LONGEST[name])
    if any(_is_bad(char, name) for char in text):
        return N_("A character that cannot be shown is in it.")
    return ""


def _is_bad(char: str, name: str) -> bool:
    """Controls, lone surrogates and noncharacters: XML cannot hold them (XML 1.0, section 2.2), nor PostgreSQL NUL."""
    if char in "\n\t" and name == "why":
        return False
    return unicodedata.category(char) in {"Cc", "Cs"} or char in "\ufffe\uffff"
