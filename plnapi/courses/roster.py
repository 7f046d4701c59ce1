"""Reading a roster: CSV text in, lines and what is wrong with them out. Pure."""

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from plnapi.errors import N_, FieldError, Invalid, Message

MOST_ROWS = 10_000
LONGEST = {"email": 254, "name": 200, "role": 20, "section": 100}  # e-mail: RFC 5321, section 4.5.3.1.3
COLUMNS = {
    "email": "email", "e-mail": "email", "mail": "email", "email address": "email",
    "name": "name", "full name": "name", "role": "role", "section": "section",
}  # fmt: skip
ROLES = frozenset({"instructor", "assistant", "student"})
EMAIL = re.compile(r"[^\s@,;<>\"()]+@[^\s@,;<>\"()]+\.[^\s@,;<>\"().]+")
# A spreadsheet takes a cell that begins with one of these for a formula (OWASP, "CSV Injection"). No name begins so.
FORMULA = "=+-@'"


@dataclass(frozen=True, slots=True)
class Line:
    """One person of a roster. `number` counts lines as a spreadsheet does: the header is 1.

    `role` is "" and `section` None where the file says nothing, so that what is known stays.
    """

    number: int
    email: str
    name: str
    role: str
    section: str | None


@dataclass(frozen=True, slots=True)
class Roster:
    """`lines` are those without a fault; `ignored` names columns that mean nothing here."""

    lines: tuple[Line, ...]
    errors: tuple[FieldError, ...]
    ignored: tuple[str, ...]


def read(text: str) -> Roster:
    """A roster with a header of `email`, `name` and maybe `role` and `section`, divided by `,` or `;` or tabs.

    Faults of single lines are in `errors`, at `/lines/<number>/<column>`. Raises Invalid when it is no roster at all.
    """
    rows = _rows(text.removeprefix("\ufeff"))
    start, header = next(((n, row) for n, row in rows if any(row)), (1, []))
    columns = [COLUMNS.get(" ".join(cell.casefold().split()), "") for cell in header]
    _check_header(start, columns)
    below = [(n, row) for n, row in rows if n > start and any(row)]
    if len(below) > MOST_ROWS:
        raise Invalid.field("/lines", N_("More than 10,000 lines. Import the file in parts."), code="roster_too_long")
    lines, errors = _lines(columns, below)
    ignored = tuple(cell for cell, name in zip(header, columns, strict=True) if not name and cell)
    return Roster(lines, errors, ignored)


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """(line number, cells without white space around them)."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    try:
        return [(n, [cell.strip() for cell in row]) for n, row in enumerate(reader, start=1)]
    except csv.Error as error:
        raise Invalid.field(
            f"/lines/{reader.line_num}",
            N_("This cannot be read as CSV: %(why)s."),
            code="roster_not_csv",
            why=str(error),
        ) from error


def _check_header(number: int, columns: Sequence[str]) -> None:
    missing = [name for name in ("email", "name") if name not in columns]
    twice = [name for name in set(columns) if name and columns.count(name) > 1]
    sentences = [(name, N_("The first line must name this column.")) for name in missing]
    sentences += [(name, N_("The first line names this column twice.")) for name in sorted(twice)]
    if sentences:
        errors = [FieldError(f"/lines/{number}/{name}", said, "roster_header") for name, said in sentences]
        raise Invalid(
            N_("A roster begins with a line such as: email,name,role,section"), code="roster_header", errors=errors
        )


def _lines(
    columns: Sequence[str], rows: Sequence[tuple[int, list[str]]]
) -> tuple[tuple[Line, ...], tuple[FieldError, ...]]:
    lines, errors = [], []
    first: dict[str, int] = {}
    for number, row in rows:
        cells = {name: cell for name, cell in zip(columns, row, strict=False) if name}
        line = _line(number, cells)
        faults = [*_faults(line)]
        if line.email in first:
            said = Message.of(N_("This address stands on line %(line)s already."), line=first[line.email])
            faults.append(FieldError(f"/lines/{number}/email", said, "duplicate"))
        first.setdefault(line.email, number)
        errors += faults
        lines += [] if faults else [line]
    return tuple(lines), tuple(errors)


def _line(number: int, cells: dict[str, str]) -> Line:
    section = _harmless(cells["section"]) if "section" in cells else None
    role = cells.get("role", "").casefold()
    return Line(number, cells.get("email", "").casefold(), _harmless(cells.get("name", "")), role, section)


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet runs, in NFC."""
    return unicodedata.normalize("NFC", cell).lstrip(FORMULA + " ")


def _faults(line: Line) -> list[FieldError]:
    found = []
    if not EMAIL.fullmatch(line.email) or line.email[0] in FORMULA:
        found.append(("email", N_("Not an e-mail address.")))
    if not line.name:
        found.append(("name", N_("The name is missing.")))
    if line.role and line.role not in ROLES:
        found.append(("role", N_("Not one of instructor, assistant, student.")))
    for name, most in LONGEST.items():
        value = getattr(line, name) or ""
        if len(value) > most:
            found.append((name, Message.of(N_("At most %(count)s characters."), count=most)))
        if any(unicodedata.category(c) in {"Cc", "Cs"} for c in value):
            found.append((name, N_("A character that cannot be shown is in it.")))
    return [FieldError(f"/lines/{line.number}/{name}", said) for name, said in found]
