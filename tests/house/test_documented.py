"""Every setting and every command is in the documentation, and nothing else is."""

import re

from plnapi.config import known_names
from tests.conftest import ROOT

THEIRS = {"db", "routes", "run", "shell"}  # commands of Flask and Flask-Migrate


def commands(group, prefix=()):
    for name, command in group.commands.items():
        path = (*prefix, name)
        if hasattr(command, "commands"):
            yield from commands(command, path)
        else:
            yield " ".join(path)


def test_every_setting_is_described():
    text = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    described = set(re.findall(r"^\| `([A-Z_]+)`", text, re.M))
    assert described == set(known_names())


def test_every_command_is_described(shared_app):
    text = (ROOT / "docs/commands.md").read_text(encoding="utf-8")
    described = set(re.findall(r"^\| `flask ([a-z-]+(?: [a-z-]+)*)", text, re.M))
    ours = {c for c in commands(shared_app.cli) if c.split()[0] not in THEIRS}
    assert described == ours


def test_every_make_target_of_the_readme_exists():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    assert set(re.findall(r"`make ([a-z-]+)", readme)) <= targets


def test_the_readme_has_a_line_for_every_room_and_for_nothing_else():
    inside = [path for path in (ROOT / "plnapi").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()]
    rooms = {f"plnapi.{path.stem}" for path in inside if path.stem != "__init__"}
    floors = (ROOT / "README.md").read_text(encoding="utf-8").partition("## The floors")[2]
    assert set(re.findall(r"`(plnapi\.\w+)`", floors)) == rooms
