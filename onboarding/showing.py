"""An explanation as the API answers it and as pages show it: one function for both."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext

from onboarding import words
from onboarding.checks import ALL, CHECKS
from onboarding.checks.base import Look, Note
from onboarding.explaining import Explanation
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
        "points": step.points,
        "explanation": notes(judgement.explanation),
        "next": words.of(found.next) if found.next else None,
        "ways": [_way(*pair) for pair in zip(step.branches, judgement.branches, strict=True)],
        "looks": [look(one) for one in found.looks],
    }


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
    return str(gettext(check.title))


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
        }
        for check in ALL
    ]


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
