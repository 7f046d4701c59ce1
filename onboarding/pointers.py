"""JSON Pointers into a checklist or a template, in words."""

from collections.abc import Iterator, Sequence

from flask_babel import gettext

from onboarding.checks import ALL
from plnapi.errors import N_

FIELDS = {
    "after": N_("what opens it"),
    "branches": N_("its ways"),
    "config": N_("settings"),
    "due_day": N_("the day until which it is due"),
    "due_on": N_("the day until which it is due"),
    "fallback": N_("what becomes of weaker evidence"),
    "instructions": N_("instructions"),
    "keeps_credit": N_("whether credit stays"),
    "key": N_("its key"),
    "kind": N_("the kind"),
    "least_level": N_("what is needed as evidence"),
    "points": N_("points"),
    "required": N_("whether it is required"),
    "steps": N_("the steps"),
    "summary": N_("the summary"),
    "title": N_("the title"),
    "why": N_("why it matters"),
}
SETTINGS = {param.name: param.label for check in ALL for param in check.params}


def in_words(pointer: str, titles: Sequence[str]) -> str:
    """Where `/steps/2/branches/0/config/count` is: “Step 3 “Post once”, way 1, how many”. `titles` are those of the steps."""
    parts = [part for part in pointer.split("/") if part]
    return ", ".join(_words(parts, titles)) or str(gettext("The document"))


def _words(parts: Sequence[str], titles: Sequence[str]) -> Iterator[str]:
    for before, part in zip(("", *parts), parts, strict=False):
        if part.isdigit():
            yield from _numbered(before, int(part), titles)
        elif part != parts[-1] and part in {"steps", "branches", "config", "after", "of", "lists"}:
            continue  # its number, or what is in it, says it
        else:
            yield _named(before, part)


def _numbered(of: str, n: int, titles: Sequence[str]) -> Iterator[str]:
    if of == "steps":
        title = titles[n] if n < len(titles) else ""
        yield (
            gettext("Step %(number)s “%(title)s”", number=n + 1, title=title)
            if title
            else gettext("Step %(n)s", n=n + 1)
        )
    elif of == "branches":
        yield gettext("way %(number)s", number=n + 1)
    elif of == "of":
        yield gettext("part %(number)s", number=n + 1)
    elif of == "after":
        yield gettext("what opens it")


def _named(before: str, part: str) -> str:
    if before == "config" and part in SETTINGS:
        return f"“{gettext(SETTINGS[part])}”"
    if before == "lists":
        return str(gettext("the list for “%(role)s”", role=part))
    return str(gettext(FIELDS[part])) if part in FIELDS else f"“{part}”"
