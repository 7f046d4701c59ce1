"""The grid of a course: 1,000 students by 12 steps, asked by the instructor with a bearer token."""

from bench.kit import Row, Size, in_turn
from bench.world import a_world, ask, environ, nobody_asked, statements


def run(size: Size) -> tuple[str, list[Row]]:
    """CPU per request and statements, those for the token and the place included."""
    students = size.of(1000)
    with a_world(students) as world:
        given = environ(f"{world.url}/grid", world.tokens["instructor"])
        ask(world.app, given)  # the first use of a token is written down
        with statements(world.app) as seen:
            body = ask(world.app, given)
        took = in_turn({"grid": lambda: ask(world.app, given)}, size, size.of(5), nobody_asked)
    return f"The grid: {students} students by 12 steps", [
        Row("plnapi", took["grid"], "ms CPU", 60),
        Row("statements of the grid", len(seen) - 2, "", 4),
        Row("and for the token and the place", 2, ""),
        Row("size of the answer", len(body) / 1000, "kB"),
    ]
