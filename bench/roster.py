"""A page of the roster: 51 people with all fields, beside a page of the same course with one person."""

from bench.kit import Row, Size, in_turn
from bench.world import MOST_REQUESTS, a_world, ask, environ, nobody_asked, statements


def run(size: Size) -> tuple[str, list[Row]]:
    """CPU per request, and what the 50 further people of a page cost."""
    with a_world(60) as world:
        pages = {n: environ(f"{world.url}/people?per_page={n}", world.tokens["instructor"]) for n in (1, 51)}
        ask(world.app, pages[51])  # the first use of a token is written down
        with statements(world.app) as seen:
            ask(world.app, pages[51])
        sides = {str(n): lambda given=given: ask(world.app, given) for n, given in pages.items()}
        took = in_turn(sides, size, size.of(MOST_REQUESTS - 5), nobody_asked)
    return "The roster (bearer token, SQLite)", [
        Row("a page of 51 people", took["51"] * 1000, "µs CPU"),
        Row("a page of one", took["1"] * 1000, "µs CPU"),
        Row("each further person", (took["51"] - took["1"]) * 1000 / 50, "µs CPU"),
        Row("requests a second of CPU, 51 people", 1000 / took["51"], "req", None),
        Row("statements, token and place included", len(seen), "", 3),
    ]
