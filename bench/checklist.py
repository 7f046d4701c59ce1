"""A student's own checklist: 12 steps, asked with a bearer token, on SQLite.

The bound is what Flask, the SQLite driver and orjson need for the same answer: one statement for the token and one for
the steps, written by hand, without limits, log lines, checks of scopes or headers. What it answers is compared
with plnapi's answer first; plnapi's may hold more.
"""

import hashlib
from typing import Any
from uuid import UUID

import orjson
from flask import Flask, Response, request
from pysqlite3 import dbapi2 as sqlite

from bench.kit import Row, Size, in_turn
from bench.world import MOST_REQUESTS, World, a_world, ask, environ, nobody_asked, statements

TOKEN = """
SELECT t.person_id FROM api_tokens t JOIN people p ON p.id = t.person_id JOIN enrolments e ON e.person_id = p.id
WHERE t.secret_hash = ? AND t.expires_at > datetime('now') AND t.revoked_at IS NULL AND p.disabled_at IS NULL
AND e.course_id = ? AND e.role = 'student' AND e.left_at IS NULL"""
STEPS = """
SELECT c.title, c.version, s.step_key, s.kind, s.title, s.instructions, s.why, s.required, s.branches,
       st.verdict, st.level, st.branch, st.evidence, st.explanation, st.done_at
FROM checklists c
JOIN checklist_versions v ON v.checklist_id = c.id AND v.number = c.version
LEFT JOIN steps s ON s.version_id = v.id
LEFT JOIN step_states st ON st.course_id = c.course_id AND st.person_id = ? AND st.step_key = s.step_key
WHERE c.course_id = ? ORDER BY s.position"""
NAMES = (
    "step_key", "kind", "title", "instructions", "why", "required", "ways", "verdict", "level", "way", "evidence",
    "explanation", "done_at",
)  # fmt: skip


def run(size: Size) -> tuple[str, list[Row]]:
    """CPU per request, and the ratio to the bound."""
    with a_world() as world:
        url, token = f"{world.url}/my/steps", world.tokens["student"]
        given, bound = environ(url, token), _bound(world)
        ask(world.app, given)  # the first use of a token is written down
        with statements(world.app) as seen:
            ours = orjson.loads(ask(world.app, given))
        _check_same(ours, orjson.loads(ask(bound, given)))
        sides = {"plnapi": lambda: ask(world.app, given), "bound": lambda: ask(bound, given)}
        alive = environ("/livez")
        took = in_turn(
            {**sides, "livez": lambda: ask(world.app, alive)}, size, size.of(MOST_REQUESTS - 5), nobody_asked
        )
    return "A student's own checklist (12 steps, bearer token, SQLite)", [
        Row("plnapi", took["plnapi"] * 1000, "µs CPU"),
        Row("Flask + raw sqlite3 + orjson, the same answer", took["bound"] * 1000, "µs CPU"),
        Row("ratio", took["plnapi"] / took["bound"], "times", 2.0),
        Row("statements, token and place included", len(seen), "", 3),
        Row("plnapi's /livez: what every request costs", took["livez"] * 1000, "µs CPU"),
    ]


def _check_same(ours: dict[str, Any], bound: dict[str, Any]) -> None:
    """Raises RuntimeError unless everything that the bound answers is in our answer."""
    steps = [{name: step[name] for name in NAMES} for step in ours["steps"]]
    if {**ours, "steps": steps} != bound:
        raise RuntimeError("the two sides answer differently")


def _bound(world: World) -> Flask:
    app = Flask("bound")
    connection = sqlite.connect(str(world.database), check_same_thread=False, isolation_level=None)

    @app.get("/api/v1/courses/<uuid:course_id>/my/steps")
    def my_steps(course_id: UUID) -> Response:
        secret = request.headers["Authorization"].removeprefix("Bearer ")
        here = course_id.hex
        (person_id,) = connection.execute(TOKEN, (hashlib.sha256(secret.encode()).hexdigest(), here)).fetchone()
        rows = connection.execute(STEPS, (person_id, here)).fetchall()
        return Response(orjson.dumps(_answer(course_id, rows)), mimetype="application/json")

    return app


def _answer(course_id: UUID, rows: list[Any]) -> dict[str, Any]:
    steps = [_step(row) for row in rows]
    upcoming = next(s["step_key"] for s in steps if s["required"] and s["verdict"] not in {"verified", "waiting"})
    title, version = rows[0][:2]
    return {"course_id": course_id, "title": title, "version": version, "next_step": upcoming, "steps": steps}


def _step(row: Any) -> dict[str, Any]:
    step = dict(zip(NAMES, row[2:], strict=True))
    step["step_key"] = str(UUID(step["step_key"]))
    step["required"] = bool(step["required"])
    for name in ("ways", "evidence", "explanation"):
        step[name] = orjson.loads(step[name])
    if step["done_at"]:
        step["done_at"] = step["done_at"].replace(" ", "T") + "Z"
    return step
