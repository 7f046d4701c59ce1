"""What goes wrong on the practice network, written as a file that tests, demonstrations and teachers can play.

    title: The server is down for a minute
    look: Steps wait, and say why; nothing falls.
    faults:                     # answers that are bad for a while
      - kind: outage            # 503 with a web page
        paths: [/api/]          # beginnings of paths; default: all
        after: 0                # seconds after the scenario began; default 0
        lasts: 60               # seconds; default: to the end
    changes:                    # what people and servers do
      - kind: hide_lists
        who: maya_l
        after: 10

Kinds of faults: `outage`; `slow` (`seconds`, before the answer comes); `busy` (429, `seconds` to wait); `web_page` (200
with HTML in place of JSON); `sign_in` (401, as servers that show nothing to strangers); `cut` (the answer breaks off);
`huge` (10 MB of JSON); `nested` (JSON 100,000 levels deep); `nonsense` (JSON whose values have the wrong types); `redirect` (to
an address inside a private network); `circle` (good answers whose next page is themselves).
Kinds of changes: `hide_lists`, `close_account`, `delete_posts` (those with `tag`, else all), `move` (`to`), each with `who`;
`unpublish` (`blog`, its newest entry); `boosts_replace_posts` (see World).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from marshmallow import Schema, ValidationError, fields, post_load, validate

FAULTS = (
    "outage", "slow", "busy", "web_page", "sign_in", "cut", "huge", "nested", "nonsense", "redirect", "circle",
)  # fmt: skip
# The kind of a change → what it has to name.
CHANGES: Mapping[str, frozenset[str]] = {
    "hide_lists": frozenset({"who"}),
    "close_account": frozenset({"who"}),
    "delete_posts": frozenset({"who"}),
    "move": frozenset({"who", "to"}),
    "unpublish": frozenset({"blog"}),
    "boosts_replace_posts": frozenset(),
}
_MOST_BYTES = 64 * 1024


class BadScenario(ValueError):
    """The file cannot be read; the message names what is wrong where."""


@dataclass(frozen=True)
class Fault:
    """Answers to paths that begin with one of `paths` are bad from `after` on, for `lasts` seconds (None: to the end)."""

    kind: str
    paths: tuple[str, ...] = ("/",)
    after: float = 0
    lasts: float | None = None
    seconds: float = 30

    def rules(self, path: str, elapsed: float) -> bool:
        """Whether it holds for this path, so many seconds after the scenario began."""
        ends = float("inf") if self.lasts is None else self.after + self.lasts
        return self.after <= elapsed < ends and path.startswith(self.paths)


@dataclass(frozen=True)
class Change:
    """Something happens once, `after` so many seconds."""

    kind: str
    after: float = 0
    who: str = ""
    to: str = ""
    blog: str = ""
    tag: str = ""


@dataclass(frozen=True)
class Scenario:
    """`look` tells people what to look for."""

    title: str
    look: str = ""
    faults: tuple[Fault, ...] = ()
    changes: tuple[Change, ...] = ()


def read_scenario(path: Path) -> Scenario:
    """The scenario in a file. Raises BadScenario, OSError."""
    text = path.read_bytes()
    if len(text) > _MOST_BYTES:
        raise BadScenario(f"{path.name} is larger than a scenario can be.")
    try:
        scenario: Scenario = _ScenarioSchema().load(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise BadScenario(f"{path.name} is not YAML: {error}") from error
    except ValidationError as error:
        raise BadScenario(f"{path.name}: {error.messages}") from error
    return scenario


def _seconds(**more: Any) -> fields.Float:
    return fields.Float(validate=validate.Range(0, 86_400), **more)


class _FaultSchema(Schema):
    kind = fields.String(required=True, validate=validate.OneOf(FAULTS))
    paths = fields.List(fields.String(validate=validate.Regexp("^/")), validate=validate.Length(1))
    after = _seconds()
    lasts = _seconds(allow_none=True)
    seconds = _seconds()

    @post_load
    def made(self, data: dict[str, Any], **_: Any) -> Fault:
        return Fault(**{**data, "paths": tuple(data.get("paths", ("/",)))})


class _ChangeSchema(Schema):
    kind = fields.String(required=True, validate=validate.OneOf(list(CHANGES)))
    after = _seconds()
    who = fields.String()
    to = fields.String()
    blog = fields.String()
    tag = fields.String()

    @post_load
    def made(self, data: dict[str, Any], **_: Any) -> Change:
        missing = CHANGES[data["kind"]] - data.keys()
        if missing:
            raise ValidationError({name: ["Missing for this kind."] for name in sorted(missing)})
        return Change(**data)


class _ScenarioSchema(Schema):
    title = fields.String(required=True)
    look = fields.String()
    faults = fields.List(fields.Nested(_FaultSchema))
    changes = fields.List(fields.Nested(_ChangeSchema))

    @post_load
    def made(self, data: dict[str, Any], **_: Any) -> Scenario:
        lists = {name: tuple(data.get(name, ())) for name in ("faults", "changes")}
        return Scenario(**{**data, **lists})
