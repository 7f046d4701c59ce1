"""`python -m demo --once`: from nothing to who is checked off, by what evidence."""

import subprocess
import sys

from demo.course import EXPECTED
from demo.practice.story import STUDENTS
from demo.table import Tick, render
from tests.conftest import ROOT


def test_the_demo_ends_with_every_expected_tick_and_its_evidence():
    done = subprocess.run(
        [sys.executable, "-m", "demo", "--once"], cwd=ROOT, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "Every expected tick is there, and no other." in done.stdout
    assert all(student.name in done.stdout for student in STUDENTS)
    assert "/@sub101_circle" in done.stdout and "/blogs/tomas/" in done.stdout


def test_the_expectations_cover_every_student_and_every_kind_of_answer():
    assert set(EXPECTED) == {student.key for student in STUDENTS}
    assert {verdict for row in EXPECTED.values() for verdict in row} >= {"verified", "waiting", "not_yet", "unknown"}


def test_the_table_says_why_a_tick_is_missing():
    ticks = [Tick("Ada", "Post", "verified", "machine", ("Create: https://x.example/1",), "seen")]
    ticks += [Tick("Ada", "Join", "not_yet", None, (), "0 of 1 groups joined.")]
    text = render(ticks)
    assert "✓ Post (machine)\n      Create: https://x.example/1" in text
    assert "· Join\n      0 of 1 groups joined." in text
