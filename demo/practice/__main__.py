"""Run the practice network alone, with its story played: `python -m demo.practice --port 8900`.

`--scenario demo/scenarios/outage.yaml` lets something go wrong on it from the start.
"""

import argparse
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from demo.practice.network import PracticeNetwork
from demo.practice.scenario import BadScenario, Scenario, read_scenario
from demo.practice.story import GROUP, PEOPLE, STUDENTS, Story
from demo.practice.world import World


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m demo.practice", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument("--scenario", type=Path, help="a file of demo/scenarios: what goes wrong")
    options = parser.parse_args()
    try:
        scenario = read_scenario(options.scenario) if options.scenario else None
    except (BadScenario, OSError) as error:
        parser.exit(1, f"{error}\n")
    try:
        _serve(options.port, scenario)
    except (OSError, OverflowError) as error:
        parser.exit(1, f"cannot serve on port {options.port}: {error}\n")


def _serve(port: int, scenario: Scenario | None) -> None:
    with PracticeNetwork(port).serving() as network:
        Story(datetime.now(UTC) - timedelta(days=14)).play(network.world)
        print("\n".join(summary(network.world)), flush=True)
        network.weather.play(scenario)
        if scenario:
            print(f"\n{scenario.title}. {scenario.look}", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print("stopped")


def summary(world: World) -> list[str]:
    """Lines that name the accounts with their tokens, and the blogs."""
    lines = [f"Practice network at {world.base_url}/ (Ctrl-C stops it)", ""]
    known = [*PEOPLE, GROUP, *(student.username for student in STUDENTS if student.username)]
    for username in known:
        lines.append(
            f"{world.handle(username):<36} {world.profile_url(username)}  token {world.account(username).token}"
        )
    lines += [f"{'blog':<36} {world.blog_url(name)}" for name in world.blogs]
    others = len(world.accounts) - len(known)
    return [*lines, f"and {others} former students.", "", *_examples(world)]


def _examples(world: World) -> list[str]:
    header = f"-H 'Authorization: Bearer {world.account('priya_n').token}'"
    return [
        "Act as somebody, for example:",
        f"  curl {header} -d 'status=Hello #SUB101' {world.base_url}/api/v1/statuses",
        f"  curl {header} -X POST {world.base_url}/api/v1/accounts/{world.account(GROUP).id}/follow",
    ]


if __name__ == "__main__":
    main()
