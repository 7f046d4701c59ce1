"""An explanation as the API answers it and as pages show it: one function for both."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext

from onboarding import words
from onboarding.checks import ALL, ALL_OF, CHECKS, flat
from onboarding.checks.base import Context, Field, Look, Note
from onboarding.explaining import Explanation, Form
from onboarding.states import as_row


def explanation(found: Explanation) -> dict[str, Any]:
    """As `schemas.ExplanationOut`; `next` is the one thing to do."""
    judgement, step = found.judgement, found.step
    return {
        **as_row(judgement),
        "step_key": step.step_key,
        "title": step.title,
        "required": step.required,
        "way": judgement.branch,
        "locked": any(note.code == "step_locked" for note in judgement.explanation),
        "due_on": found.due.on,
        "extended": found.due.extended,
        "late": found.due.late,
        "paused_days": found.due.paused_days,
        "paused_by": found.due.paused_by,
        "gone": found.due.gone,
        "points": step.points,
        "explanation": notes(judgement.explanation),
        "next": words.of(found.next) if found.next else None,
        "ways": [_way(*pair) for pair in zip(step.branches, judgement.branches, strict=True)],
        "looks": [look(one) for one in found.looks],
        "keeps_credit": step.keeps_credit,
        "answers": [_answer(one) for one in found.forms],
        "gives": _gives(step.branches),
    }


def _gives(branches: Sequence[Any]) -> list[dict[str, str]]:
    """What the ways take beside answers, a word or a link, each once, with what is shown above its form."""
    found: dict[str, dict[str, str]] = {}
    for way in flat(branches):
        by = CHECKS[way["kind"]].takes(way["config"])
        if by in {"word", "link"}:
            found.setdefault(by, {"by": by, "prompt": way["config"].get("prompt") or ""})
    return list(found.values())


def _answer(form: Form) -> dict[str, Any]:
    return {
        "kind": form.kind,
        "title": gettext(CHECKS[form.kind].title),
        "answered_at": form.answered_at,
        "fields": [_answer_field(form, one) for one in form.fields],
        "earlier": form.earlier,
    }


def _answer_field(form: Form, one: Field) -> dict[str, Any]:
    before = form.earlier.data.get(one.name) if form.earlier else None
    return {**field(one), "value": form.data.get(one.name), "before": before}


def _way(branch: Any, judged: Any) -> dict[str, Any]:
    return {
        "kind": branch["kind"],
        "config": branch["config"],
        "title": way_title(branch),
        "verdict": judged.verdict,
        "level": judged.level,
        "explanation": notes(judged.explanation),
    }


def way_title(branch: Any) -> str:
    """What this way is, for people."""
    check = CHECKS[branch["kind"]]
    by = branch["config"].get("by")
    if check.kind == "attest":
        return str(gettext(words.BY[by]))
    if check.kind == ALL_OF:
        return str(gettext(" and also: ")).join(way_title(part) for part in branch["config"]["of"])
    return str(gettext(check.title))


def told(forms: Mapping[str, Sequence[Field]], data: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """An answer as it is stored, as pairs of what was asked and what was said; what no form asks for is left out."""
    shown = [(field(one), data[kind].get(one.name)) for kind, form in forms.items() if kind in data for one in form]
    lines = [(one, [value] if isinstance(value, str) else value) for one, value in shown if value]
    return [(one["label"], [dict(one["choices"]).get(line, line) for line in said]) for one, said in lines]


def notes(found: Sequence[Note]) -> list[dict[str, Any]]:
    """What is, without what to do."""
    return [words.of(note) for note in found if not words.is_action(note.code)]


def look(one: Look) -> dict[str, Any]:
    """As `schemas.StepLookOut`."""
    return {
        "network": one.network, "handle": one.handle, "look": one.look, "coverage": one.coverage, "reason": one.reason,
        "looked_at": one.looked_at, "seen_at": one.seen_at, "next_look_at": one.next_look_at,
    }  # fmt: skip


def kinds() -> list[dict[str, Any]]:
    """As `schemas.KindOut`, in the reader's language."""
    return [
        {
            "kind": check.kind,
            "title": gettext(check.title),
            "help": gettext(check.help),
            "icon": check.icon,
            "params": [_param(param) for param in check.params],
            "takes": check.takes({}),
            "form": [field(one) for one in check.form({}, Context())],
            "public_account": check.needs({}).public_account,
        }
        for check in ALL
    ]


def field(one: Field) -> dict[str, Any]:
    """As `schemas.FieldOut`, in the reader's language; what an instructor wrote stays as it is."""
    return {
        "name": one.name,
        "type": one.type,
        "label": gettext(one.label) if one.label else "",
        "hint": gettext(one.hint) if one.hint else "",
        "minimum": one.minimum,
        "maximum": one.maximum,
        "choices": [[value, gettext(label) if label else ""] for value, label in one.choices],
    }


def _param(param: Any) -> dict[str, Any]:
    return {
        "name": param.name,
        "type": param.type,
        "label": gettext(param.label),
        "hint": gettext(param.hint) if param.hint else "",
        "required": param.required,
        "default": param.default,
        "maximum": param.maximum,
        "choices": [[value, gettext(label)] for value, label in param.choices],
    }
