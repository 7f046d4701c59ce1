"""`flask onboarding`: rebuild progress, explain one step, and foresee what another checklist would change."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from textwrap import fill
from typing import Any, TextIO
from uuid import UUID

import click
from flask.cli import AppGroup
from sqlalchemy import select

from onboarding import documents, drafting, explaining, foreseeing, pointers, progress, service, showing, words
from onboarding.foreseeing import Foresight, Someone
from onboarding.progress import Difference
from plnapi.accounts import service as accounts
from plnapi.courses.models import Course
from plnapi.db import db, unit_of_work
from plnapi.errors import Conflict, Invalid

group = AppGroup("onboarding", help="Steps and progress.")


@group.command("replay")
@click.option("--course", "code", help="Only the courses with this code; else all.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def replay(code: str | None, as_json: bool) -> None:
    """Derive progress again from what is stored, and report where it differs. Ends with 1 when it does."""
    with unit_of_work(write=False):
        courses = _courses(code)
        found = {course.id: progress.replay(course.id) for course in courses}
    differences = [_as_dict(one) for some in found.values() for one in some]
    if as_json:
        click.echo(json.dumps({"courses": len(courses), "differences": differences}, default=str))
    else:
        for one in differences:
            click.echo(f"course {one['course_id']} person {one['person_id']} step {one['step_key']}: "
                       f"kept {_verdict(one['kept'])}, derived {_verdict(one['derived'])}")  # fmt: skip
        click.echo(f"{len(courses)} course(s), {len(differences)} difference(s)")
    sys.exit(1 if differences else 0)


@group.command("explain")
@click.argument("course")
@click.argument("email")
@click.argument("step")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def explain(course: str, email: str, step: str, as_json: bool) -> None:
    """Say why a student's STEP (its title, or the beginning of it, or its key) of COURSE (its code) stands as it does."""
    with unit_of_work(write=False):
        person = accounts.find_by_email(email)
        courses = _courses(course)
        if person is None or len(courses) != 1:
            raise click.ClickException("No such person, or not exactly one course with this code.")
        shown = showing.explanation(explaining.explain(courses[0].id, person.id, _step_key(courses[0].id, step)))
    click.echo(json.dumps(shown, default=str) if as_json else _text(shown))


@group.command("foresee")
@click.argument("course")
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def foresee(course: str, file: TextIO, as_json: bool) -> None:
    """Say who would gain or lose what, were FILE the checklist of COURSE (its code). Saves nothing.

    FILE is YAML as `GET /courses/{id}/checklist.yaml` gives it, edited: there `step-3` is the third step as it stands.
    """
    with unit_of_work(write=False):
        found = _courses(course)
        if len(found) != 1:
            raise click.ClickException("There are several courses with this code.")
        shown = _foreseen(found[0], file.read())
    click.echo(json.dumps({"course": course, **asdict(shown)}, default=str) if as_json else _told(course, shown))


def _foreseen(course: Course, text: str) -> Foresight:
    """Raises ClickException with what is wrong with the file, where."""
    try:
        made = drafting.draft(course, text)
        at = service.view(course.id).version
        return foreseeing.foresee(course, made.steps, expected=at, fresh=made.fresh)
    except (Invalid, Conflict) as error:
        titles = documents.titles(text)
        where = [f"  {pointers.in_words(one.pointer, titles)}: {one.detail}" for one in error.errors]
        raise click.ClickException("\n".join([str(error), *where])) from error


def _told(code: str, found: Foresight) -> str:
    lines = [
        f"{code}: {found.students} student(s) judged, {len(found.steps)} step(s) change for somebody; nothing is saved."
    ]
    for step in found.steps:
        mark = "taken off" if step.removed else "" if step.step_key else "added"
        lines.append(f"“{step.title}”{f' ({mark})' if mark else ''}")
        for people, does in (
            (step.gains, "would have it done"),
            (step.loses, "would not have it done; credit is kept"),
        ):
            lines += [f"  {len(people)} {does}:", _names(people)] if people else []
    return "\n".join(lines)


def _names(people: Sequence[Someone]) -> str:
    """Set apart by commas, in lines that break no name."""
    text = ", ".join(one.name.replace(" ", "\N{NO-BREAK SPACE}") for one in people)
    lines = fill(text, 118, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False)
    return lines.replace("\N{NO-BREAK SPACE}", " ")


def _text(shown: dict[str, Any]) -> str:
    lines = [f"{words.ICONS[shown['verdict']]} {shown['title']}: {words.label(words.VERDICTS, shown['verdict'])}"]
    for way in shown["ways"]:
        lines.append(f"  {words.ICONS[way['verdict']]} {way['title']}")
        lines += [f"      {note['text']}" for note in way["explanation"]]
    lines += [f"  evidence: {one['verb']} {one['uri']} seen {one['seen_at']}" for one in shown["evidence"]]
    lines += [
        f"  looked at {look['handle']} ({look['look']}): {look['looked_at'] or 'not yet'}, {look['coverage'] or 'nothing seen'}"
        for look in shown["looks"]
    ]
    return "\n".join([*lines, *([f"  next: {shown['next']['text']}"] if shown["next"] else [])])


def _courses(code: str | None) -> Sequence[Course]:
    statement = select(Course).order_by(Course.id)
    courses = db.session.scalars(statement if code is None else statement.where(Course.code == code)).all()
    if code is not None and not courses:
        raise click.ClickException("There is no course with this code.")
    return courses


def _step_key(course_id: UUID, text: str) -> UUID:
    steps = [step for step in service.view(course_id).steps if step.kind == "step"]
    found = [s for s in steps if str(s.step_key) == text or s.title.casefold().startswith(text.casefold())]
    if len(found) != 1 or found[0].step_key is None:
        raise click.ClickException("Not exactly one step is meant. There are: " + "; ".join(s.title for s in steps))
    return found[0].step_key


def _as_dict(one: Difference) -> dict[str, Any]:
    return {
        "course_id": one.course_id, "person_id": one.person_id, "step_key": one.step_key,
        "kept": one.kept, "derived": one.derived,
    }  # fmt: skip


def _verdict(row: Any) -> str:
    return str(row["verdict"]) if row else "nothing"
