"""The page that holds every planned shell to the displays of the report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shipped import shipped
from trialkit.model import Display

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "displays.md"
SHELLS = 97
"""Tables, figures and listings of the plan."""
SHELL = re.compile(r"F?1[46]\.[\d.]+|F?DM\.\d")


def lines(text: str) -> list[list[str]]:
    """The cells of every line of a table, without heads and rules."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]
    return [row for row in rows if row[0] not in ("shell", "display") and not row[0].startswith("---")]


def wrong(text: str, displays: dict[str, Display]) -> Iterator[str]:
    """What the page says that the report does not, and the reverse."""
    named: set[str] = set()
    for row in lines(text):
        shell = row[0] if SHELL.fullmatch(row[0]) else ""
        found = re.findall(r"`(\w+)`", row[1] if shell else row[0])
        named |= set(found)
        yield from (f"{row[0]}: there is no display {name}" for name in found if name not in displays)
        if shell and not found and not (row[1] == "none" and row[3]):
            yield f"{shell}: no display and no reason"
        if shell and found and not row[2]:
            yield f"{shell}: not said what is there"
        numbered = shell[:1] == "1" and found and found[0] in displays
        if numbered and displays[found[0]].number != shell:
            yield f"{shell}: {found[0]} has number {displays[found[0]].number}"
    yield from (f"{name} is not named" for name in displays if name not in named)


def test_every_shell_has_a_display_or_a_reason() -> None:
    text, displays = PAGE.read_text(encoding="utf-8"), shipped().reports["main"].displays
    shells = [row[0] for row in lines(text) if SHELL.fullmatch(row[0])]
    assert len(shells) == len(set(shells)) == SHELLS
    assert list(wrong(text, displays)) == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("| 14.9.1 | `gone` | all | |", "14.9.1: there is no display gone"),
        ("| 14.9.1 | none | | |", "14.9.1: no display and no reason"),
        ("| F14.9.1 | `a` | | |", "F14.9.1: not said what is there"),
        ("| 16.2.9 | `a` | all | |", "16.2.9: a has number 14.1"),
        ("| DM.1 | `b` | all | |", "a is not named"),
    ],
)
def test_planted_mistakes_are_found(line: str, message: str) -> None:
    displays = {"a": Display("a", "results_table", "14.1", "A"), "b": Display("b", "results_table", "14.2", "B")}
    assert message in list(wrong(line, displays))


def test_a_reading_aid_stands_under_every_display() -> None:
    displays = shipped().reports["main"].displays.values()
    assert [one.id for one in displays if not one.reading] == []
    assert [one.id for one in displays if re.search(r"\b(recommend|should (be )?(give|take|use))", one.reading)] == []
