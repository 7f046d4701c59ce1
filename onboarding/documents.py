"""Templates as YAML: read with a schema, whole or not at all; written out of a checklist without its people and ids."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any
from uuid import UUID

import yaml
from marshmallow import ValidationError

from onboarding.checks import CHECKS
from onboarding.checks.base import Context
from onboarding.schemas.template import LONGEST, ROLES, DocumentIn, DocumentStepIn, DocumentWayIn
from onboarding.service import ChecklistView, StepData
from plnapi.errors import N_, FieldError, Invalid, Message

_OF_KIND = {kind: role for role, kind in ROLES.items()}
_ROLE_OF_CHECK = {"follow": "people", "join_group": "spaces", "subscribe": "feeds", "read_resource": "readings"}
_KEPT_OUT = frozenset({"items", "since_day"})  # item keys and days belong to one course


class _Loader(yaml.SafeLoader):
    """SafeLoader without aliases: a few of them can stand for more than fits into memory."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """As the base class."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not taken")
        return super().compose_node(parent, index)


def read(data: bytes | str) -> dict[str, Any]:
    """A template out of YAML. Raises Invalid with pointers such as `/steps/2/branches/0/kind`, with what may be meant."""
    raw = data.encode() if isinstance(data, str) else data
    if len(raw) > LONGEST:
        raise Invalid(N_("The document is too large: at most 256 kB."), code="template_too_large")
    try:
        given = yaml.load(raw, _Loader)  # noqa: S506  a SafeLoader
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        message = N_("This is no YAML that can be read: %(problem)s")
        raise Invalid(message, code="not_yaml", problem=str(error)[:300]) from error
    try:
        document: dict[str, Any] = DocumentIn().load(given)
    except ValidationError as error:
        raise _refused(given, error) from error
    errors = list(_repeated(document["steps"]))
    if errors:
        raise Invalid(REFUSED, code="bad_template", errors=errors)
    return document


REFUSED = N_("The template cannot be used; nothing was changed.")


def write(document: Mapping[str, Any]) -> str:
    """A template as YAML."""
    return yaml.safe_dump(dict(document), allow_unicode=True, sort_keys=False, width=110)


def of_checklist(view: ChecklistView, context: Context, *, key: str, title: str, summary: str = "") -> dict[str, Any]:
    """A checklist as a template: hashtag and lists by their roles, days from the first day of the course."""
    names = {str(step.step_key): f"step-{n}" for n, step in enumerate(view.steps, 1)}
    steps = [_step(step, names, context) for step in view.steps]
    return {"key": key, "title": title, "summary": summary, "steps": steps}


def role_of(list_id: str, kind: str, context: Context) -> str | None:
    """What a list is for: what the check takes from it, else what most of its items are."""
    if kind in _ROLE_OF_CHECK:
        return _ROLE_OF_CHECK[kind]
    list_ = context.lists.get(list_id)
    kinds = [target.kind for target in list_.targets] if list_ else []
    return _OF_KIND.get(max(kinds, key=kinds.count)) if kinds else None


def problems(error: ValidationError, prefix: str = "") -> Iterator[FieldError]:
    """What marshmallow says, with JSON Pointers."""
    said: Any = error.normalized_messages()  # type: ignore[no-untyped-call]
    return _pointed(said, prefix)


def _pointed(said: Any, pointer: str) -> Iterator[FieldError]:
    if isinstance(said, dict):
        for name, inner in said.items():
            yield from _pointed(inner, pointer if name == "_schema" else f"{pointer}/{name}")
    else:
        for text in said if isinstance(said, list) else [said]:
            yield FieldError(pointer or "/", str(text), "invalid")


def _refused(given: Any, error: ValidationError) -> Invalid:
    errors = [_suggested(one, given) for one in problems(error)]
    return Invalid(REFUSED, code="bad_template", errors=errors)


def _suggested(error: FieldError, given: Any) -> FieldError:
    """An unknown kind of way, or an unknown field, with the one that may be meant."""
    parts = error.pointer.strip("/").split("/")
    if error.detail == "Unknown field.":
        return _unknown_field(error.pointer, parts)
    if parts[-1] != "kind" or "branches" not in parts:
        return error
    value = str(_at(given, parts))
    close = get_close_matches(value, list(CHECKS), 1)
    if not close:
        message = N_("There is no kind “%(kind)s”. There are: %(kinds)s.")
        return FieldError(error.pointer, Message.of(message, kind=value, kinds=", ".join(CHECKS)), "unknown_kind")
    message = N_("There is no kind “%(kind)s”. Did you mean “%(suggestion)s”?")
    return FieldError(error.pointer, Message.of(message, kind=value, suggestion=close[0]), "unknown_kind")


def _unknown_field(pointer: str, parts: Sequence[str]) -> FieldError:
    schema = DocumentWayIn if "branches" in parts[:-1] else DocumentStepIn if len(parts) > 1 else DocumentIn
    names = list(schema().fields)
    close = get_close_matches(parts[-1], names, 1)
    if not close:
        message = N_("There is no field “%(field)s”. There are: %(fields)s.")
        return FieldError(pointer, Message.of(message, field=parts[-1], fields=", ".join(names)))
    message = N_("There is no field “%(field)s”. Did you mean “%(suggestion)s”?")
    return FieldError(pointer, Message.of(message, field=parts[-1], suggestion=close[0]))


def titles(data: str) -> Sequence[str]:
    """The titles of the steps of a document as far as it can be read: to name in words what is wrong with it."""
    try:
        steps = yaml.load(data.encode(), _Loader)["steps"]  # noqa: S506  a SafeLoader
        return [str(step.get("title", "")) for step in steps]
    except (yaml.YAMLError, RecursionError, ValueError, TypeError, KeyError, AttributeError):
        return ()


def _at(given: Any, parts: Sequence[str]) -> Any:
    for part in parts:
        given = given[int(part)] if isinstance(given, list) else given.get(part)
    return given


def _repeated(steps: Sequence[Mapping[str, Any]]) -> Iterator[FieldError]:
    seen = set[str]()
    for n, step in enumerate(steps):
        if step["key"] in seen:
            yield FieldError(f"/steps/{n}/key", N_("Another step has this key."), "duplicate")
        seen.add(step["key"])


def unknown_names(pointer: str, step: Mapping[str, Any], keys: Sequence[str]) -> Iterator[FieldError]:
    """Roles of lists and keys of steps that there are not, with those that may be meant."""
    yield from _unknown_roles(pointer, step)
    yield from _unknown_keys(pointer, step, keys)


def _unknown_roles(pointer: str, step: Mapping[str, Any]) -> Iterator[FieldError]:
    for n, way in enumerate(step["branches"]):
        parts = way.get("config", {}).get("of")
        where = f"{pointer}/branches/{n}/config"
        yield from _unknown_role(where, way)
        for k, part in enumerate(parts if isinstance(parts, list) else ()):
            yield from _unknown_role(f"{where}/of/{k}/config", part)


def _unknown_role(pointer: str, way: Any) -> Iterator[FieldError]:
    config = way.get("config") if isinstance(way, Mapping) else None
    value = config.get("list") if isinstance(config, Mapping) else None
    role = str(value).strip("{}")
    if value is None or role in ROLES:
        return
    close = get_close_matches(role, list(ROLES), 1)
    message = N_("There is no role “%(role)s” for a list. Did you mean “{%(suggestion)s}”? There are: %(roles)s.")
    detail = Message.of(message, role=role, suggestion=close[0] if close else "people", roles=", ".join(ROLES))
    yield FieldError(f"{pointer}/list", detail, "unknown_role")


def _unknown_keys(pointer: str, step: Mapping[str, Any], keys: Sequence[str]) -> Iterator[FieldError]:
    for g, group in enumerate(step["after"]):
        for k, key in enumerate(group):
            if key not in keys:
                close = get_close_matches(key, keys, 1)
                message = N_("No step of the template has the key “%(key)s”. Did you mean “%(suggestion)s”?")
                detail = Message.of(message, key=key, suggestion=close[0] if close else keys[0])
                yield FieldError(f"{pointer}/after/{g}/{k}", detail, "unknown")


def _step(step: StepData, names: Mapping[str, str], context: Context) -> dict[str, Any]:
    made: dict[str, Any] = {
        "key": names[str(step.step_key)],
        "kind": step.kind,
        "title": _general(step.title, context),
        "instructions": _general(step.instructions, context),
        "why": _general(step.why, context),
    }
    if step.kind == "heading":
        return made
    made |= {"required": step.required, "branches": [_way(way, context) for way in step.branches]}
    made |= {"after": [[names[key] for key in group if key in names] for group in step.after]} if step.after else {}
    made |= {"due_day": (step.due_on - context.starts_on).days + 1} if step.due_on else {}
    made |= {"points": step.points} if step.points else {}
    made |= {"least_level": step.least_level} if step.least_level else {}
    made |= {"fallback": step.fallback} if step.fallback != "review" else {}
    made |= {} if step.keeps_credit else {"keeps_credit": False}
    return made


def _general(text: str, context: Context) -> str:
    hashtag = next(iter(context.hashtags.values()), None)
    return text.replace(f"#{hashtag}", "{hashtag}") if hashtag else text


def _way(way: Mapping[str, Any], context: Context) -> dict[str, Any]:
    return {"kind": way["kind"], "config": _config(way["kind"], way["config"], context)}


def _config(kind: str, config: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Without what names something of this course; ways within a way alike."""
    made: dict[str, Any] = {}
    for name, value in config.items():
        if name in _KEPT_OUT or value in (None, ""):
            continue
        if name == "list":
            role = role_of(str(value), kind, context)
            made |= {"list": f"{{{role}}}"} if role else {}
        elif name == "hashtag":
            made |= {"hashtag": "{hashtag}"} if value == next(iter(context.hashtags), None) else {}
        else:
            made[name] = _value(value, context)
    return made


def _value(value: Any, context: Context) -> Any:
    """Texts without the course's hashtag, ways as ways, in lists too."""
    if isinstance(value, list):
        return [_value(one, context) for one in value]
    if isinstance(value, Mapping) and "kind" in value:
        return _way(value, context)
    return _general(value, context) if isinstance(value, str) else value


def key_for(course_id: UUID) -> str:
    """The key of a template that is made of a course's checklist."""
    return f"course-{course_id.hex[:8]}"
