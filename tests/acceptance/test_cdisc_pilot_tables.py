"""Three tables of the second study as its report prints them in HTML and RTF, cell by cell against the published ones.

``published/README.md`` says what stands in the files. All 254 lines of 14-5.01 are besides counted again here, and
tested by scipy.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from functools import cache
from html import unescape
from pathlib import Path

import pandas as pd
import pytest
from scipy.stats import fisher_exact

from tests.acceptance.conftest import Road
from tests.conftest import PILOT
from tests.report_readers import rtf_rows
from trialkit import pipeline
from trialkit.report.formats import FORMATS
from trialkit.report.formats.edition import edition_of
from trialkit.report.numbers import rounded

Lines = Callable[[str], list[list[str]]]
PUBLISHED = Path(__file__).parent / "published"
ARMS = {"Placebo": 86, "Xanomeline Low Dose": 84, "Xanomeline High Dose": 84}
TIES = {("Mean", "42.6"), ("Median", "40.2"), ("Median", "36.2"), ("Median", "60.5"), ("Median", "162.8")}
"""Printed numbers that lie half way between two: theirs is the lower one, ours go up."""


@pytest.fixture(scope="module")
def written(road: Road) -> dict[str, bytes]:
    """The report as files."""
    study = pipeline.load(PILOT)
    found, _ = pipeline.numbers.open_snapshot(road[1], "latest")
    edition = edition_of(road[0], study, study.reports["pilot"], found, "test")
    return {name: FORMATS[name].write(edition) for name in ("html", "rtf")}


@pytest.fixture(scope="module", params=["html", "rtf"])
def lines(request: pytest.FixtureRequest, written: dict[str, bytes]) -> Lines:
    """The lines that hold numbers, stub first, of the tables whose heading has this word."""
    read = {"html": html_lines, "rtf": rtf_lines}[request.param]
    return lambda head: read(written[request.param], head)


def text(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def html_lines(page: bytes, head: str) -> list[list[str]]:
    made = []
    for table in re.findall(r"<table.*?</table>", page.decode(), re.DOTALL):
        top = re.findall(r"<thead.*?</thead>", table, re.DOTALL)
        rows = re.findall(r"<tr.*?(?=<tr|</t)", table, re.DOTALL)
        if not top or head not in text(top[0]):
            continue
        cells = [re.findall(r"<t[hd][ >].*?(?=<t[hd]|$)", row, re.DOTALL) for row in rows if "<td" in row]
        made += [[text(cell) for cell in row] for row in cells if len(row) > 1]
    return made


def rtf_lines(page: bytes, head: str) -> list[list[str]]:
    made, top, before = [], "", False
    for header, cells in rtf_rows(page):
        if header:
            top = f"{top if before else ''} {' '.join(cells)}"
        elif head in top and len(cells) > 1:
            made.append([" ".join(cell.split()) for cell in cells])
        before = header
    return made


def published(name: str) -> list[list[str]]:
    return [line.split("|") for line in (PUBLISHED / f"{name}.txt").read_text(encoding="utf-8").splitlines()]


def test_14_2_01_in_full(lines: Lines, road: Road) -> None:
    """58 lines, 244 cells: all equal but five that lie on the edge of rounding."""
    ours = lines("Characteristic")
    theirs = published("14-2.01")
    assert [line[0] for line in ours] == [line[0] for line in theirs]
    pairs = zip(ours, theirs, strict=True)
    other = [(mine[0], a, b) for mine, line in pairs for a, b in zip(mine, line, strict=True) if a != b]
    assert {(stub, b) for stub, _, b in other} == TIES and len(other) == len(TIES)
    rows = road[0].rows[road[0].rows["analysis"] == "baseline_numbers"]
    for stub, a, b in other:
        values = rows[rows["stat"] == stub.lower()]["value"]
        half = (float(a) + float(b)) / 2
        assert any(abs(value - half) < 1e-9 for value in values)


def test_14_3_13_in_full(lines: Lines) -> None:
    """Counts by visit, and the test of row means stratified by pooled site."""
    ours = lines("Category")
    for mine, line in zip(ours, published("14-3.13"), strict=True):
        assert mine[0].lower() == line[0].lower()
        known = [(a, b) for a, b in zip(mine[1:], line[1:], strict=True) if b or line[0] != "n"]
        assert [a for a, _ in known] == [b for _, b in known]


def as_published(stub: str, *cells: str) -> list[str]:
    """Their print: no bracketed zero, ``>.99`` and ``0.000``."""
    counts = ["" if at % 2 and cell == "0" else cell for at, cell in enumerate(cells[:6])]
    p = [cell.replace(">0.99", ">.99").replace("<0.001", "0.000") for cell in cells[6:]]
    return [hashlib.sha256(stub.upper().encode()).hexdigest()[:8], *counts, *p]


def test_14_5_01_as_it_was_read(lines: Lines) -> None:
    """45 published lines in four stretches: each stretch stands in our table as it is, in its order."""
    ours = [as_published(*line) for line in lines("AEs")]
    stretches: list[list[list[str]]] = [[]]
    for line in published("14-5.01"):
        if line == [""]:
            stretches.append([])
        else:
            stretches[-1].append(line)
    assert [len(stretch) for stretch in stretches] == [15, 11, 10, 9]
    for stretch in stretches:
        first = ours.index(stretch[0])
        assert ours[first : first + len(stretch)] == stretch


def counted(adae: pd.DataFrame) -> Iterator[tuple[str, list[str]]]:
    """Every line of 14-5.01 from the events alone: SOC by name, terms by falling number in the high dose."""
    yield "Any body system", _cells(adae)
    for soc, inside in adae.groupby("AEBODSYS"):
        yield str(soc), _cells(inside)
        high = inside[inside["TRTA"] == "Xanomeline High Dose"].groupby("AEDECOD")["USUBJID"].nunique()
        terms = {str(term): one for term, one in inside.groupby("AEDECOD")}
        for term in sorted(terms, key=lambda t: (-high.get(t, 0), t)):
            yield term, _cells(terms[term])


def _cells(events: pd.DataFrame) -> list[str]:
    n = {arm: events[events["TRTA"] == arm]["USUBJID"].nunique() for arm in ARMS}
    made = []
    for arm, size in ARMS.items():
        share = f" ({rounded(100 * n[arm] / size, 1)}%)" if n[arm] else ""
        made += [f"{n[arm]}{share}", str(int((events["TRTA"] == arm).sum()))]
    return [*made, *(_p(n, arm) for arm in list(ARMS)[1:])]


@cache
def exact(a: int, b: int, of_a: int, of_b: int) -> float:
    return float(fisher_exact([[a, of_a - a], [b, of_b - b]])[1])


def _p(n: dict[str, int], arm: str) -> str:
    a, b = n["Placebo"], n[arm]
    if not a + b:
        return ""
    p = exact(a, b, ARMS["Placebo"], ARMS[arm])
    text = "<0.001" if p < 0.001 else ">0.99" if p > 0.99 else f"{rounded(p, 3)}"
    return text + ("*" if p < 0.15 else "")


def test_14_5_01_in_full(lines: Lines, pilot_files: list[Path]) -> None:
    """254 lines: subjects, percentages, events and both p-values, each counted and tested again."""
    (path,) = [path for path in pilot_files if path.stem == "adae"]
    adae = pd.read_parquet(path)
    wanted = [[term, *cells] for term, cells in counted(adae[adae["TRTEMFL"] == "Y"])]
    ours = lines("AEs")
    assert len(ours) == len(wanted) == 254
    assert ours == wanted


def test_every_display_is_on_the_page(written: dict[str, bytes]) -> None:
    said = text(written["html"].decode())
    numbers = ("14-1.01", "14-2.01", "14-3.01", "14-3.02", "14-3.03", "14-3.13", "14-5.01", "14-5.02")
    assert [number for number in numbers if number not in said] == []
    assert "not computed" not in said
