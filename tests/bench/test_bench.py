"""Every benchmark runs, in its smallest size, and prints its rows. No figure is judged here."""

import re

import pytest

from bench.__main__ import ALL, GROUPS, main
from bench.feeds import FOLDER
from bench.kit import Row, Size, in_turn, show


@pytest.mark.parametrize("name", sorted(set(ALL) - {"feeds"}))
def test_a_benchmark_prints_figures_with_their_unit(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    main([name, "--smallest"])
    title, *rows = capsys.readouterr().out.strip().splitlines()
    assert title and len(rows) >= 3
    assert all(re.search(r"\d+\.\d{3}", row) for row in rows)


@pytest.mark.skipif(not FOLDER.is_dir(), reason="../shared is absent")
def test_feeds_are_harvested_beside_feedparser(capsys: pytest.CaptureFixture[str]) -> None:
    main(["feeds", "--smallest"])
    assert {"first visit", "nothing new (304)"} <= {line[2:66].strip() for line in capsys.readouterr().out.splitlines()}


def test_without_the_documents_feeds_are_skipped_with_a_message(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setattr("bench.feeds.FOLDER", tmp_path)
    main(["feeds", "--smallest"])
    assert "skipped" in capsys.readouterr().out


def test_a_group_names_benchmarks_and_an_unknown_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert set(GROUPS["progress"]) < set(ALL)
    with pytest.raises(SystemExit):
        main(["no-such-thing"])
    assert "no-such-thing" in capsys.readouterr().err


def test_sides_take_turns(capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[str] = []
    in_turn({"a": lambda: seen.append("a"), "b": lambda: seen.append("b")}, Size(rounds=2), 1)
    assert seen == ["a", "b", "a", "b", "a", "b"]


def test_a_missed_goal_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    show("Title", [Row("slow", 3.0, "ms", 2.0), Row("fast", 1.0, "ms", 2.0)])
    printed = capsys.readouterr().out
    assert "goal ≤ 2: MISSED" in printed and "goal ≤ 2: met" in printed
