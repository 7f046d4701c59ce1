"""Staff's look at a checklist, or at a template before it is copied, as a student would see it. Nothing is stored."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from onboarding import explaining, foreseeing, loading, pages, pointing, service
from onboarding.checks.base import Context
from onboarding.routes_staff import STAFF
from onboarding.service import StepData
from plnapi.courses.access import Place, in_course
from plnapi.errors import N_, NotFound

blp = Blueprint("preview_pages", __name__, template_folder="templates")
Page = ResponseReturnValue
HERE = "/courses/<uuid:course_id>/checklist/preview"


@blp.get(HERE)
@in_course(*STAFF, scope="courses:read")
def steps(place: Place) -> Page:
    """The checklist."""
    here = f"/courses/{place.course.id}/checklist"
    return render_list(place, *_standing(place), at=f"{here}/preview", back=here, label=gettext("Back to the steps"))


@blp.get(f"{HERE}/<uuid:step_key>")
@in_course(*STAFF, scope="courses:read")
def one_step(place: Place, step_key: UUID) -> Page:
    """One step."""
    here = f"/courses/{place.course.id}/checklist"
    label = gettext("Back to the steps")
    return render_step(place, *_standing(place), step_key, at=f"{here}/preview", back=here, label=label)


def _standing(place: Place) -> tuple[str, Sequence[StepData], Context]:
    view = service.view(place.course.id)
    return view.title, view.steps, loading.contexts([place.course.id])[place.course.id]


def render_list(
    place: Place, title: str, steps: Sequence[StepData], context: Context, *, at: str, back: str, label: str
) -> str:
    """The student's page with these steps. `at`: where the pages of single steps are, `back`: where the preview ends."""
    shown = _as_shown(place, steps, context)
    return render_template(
        "onboarding/steps.html", course=place.course, view={"title": title}, steps=shown, upcoming=pages.upcoming(shown),
        done=0, required=sum(one["kind"] == "step" and one["required"] for one in shown), form=None, links=(), at=at,
        missing=pointing.missing(place.course.id, shown), preview={"back": back, "label": label},
    )  # fmt: skip


def render_step(
    place: Place,
    _title: str,
    steps: Sequence[StepData],
    context: Context,
    step_key: UUID,
    *,
    at: str,
    back: str,
    label: str,
) -> str:
    """The student's page of one of them. Raises NotFound."""
    shown = [one for one in _as_shown(place, steps, context) if one.get("step_key") == step_key]
    if not shown:
        raise NotFound(N_("step"), step_key)
    return render_template(
        "onboarding/step.html", course=place.course, step=shown[0], form=None, failed="", own=True, person=None, talk=(),
        at=at, missing=pointing.missing(place.course.id, shown), preview={"back": back, "label": label},
    )  # fmt: skip


def _as_shown(place: Place, steps: Sequence[StepData], context: Context) -> list[dict[str, Any]]:
    rows = [foreseeing.row_of(one) for one in steps if one.kind == "step"]
    known = explaining.for_a_newcomer(place.course.id, rows, context)
    return [pages.as_shown(one, known) for one in steps]
