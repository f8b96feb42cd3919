"""What a page's numbers and lines open to: the packed sets, told by the same way as the page's script reads them."""

from __future__ import annotations

import base64
import json
import re
import zlib
from dataclasses import replace
from itertools import accumulate

import pytest

from tests.unit.test_report_page import SNAPSHOT, frames, html_of, report_of, results_of, study_of
from trialkit.model import Results
from trialkit.report import page as pages
from trialkit.report.check import kind_of
from trialkit.report.numbers import PRESETS, fixed
from trialkit.report.page import Page, cells_of, compose
from trialkit.report.rows import read_rows
from trialkit.report.scene import Scene
from trialkit.report.sizes import with_sizes
from trialkit.report.table import Head, Picture, TableModel


@pytest.fixture(scope="module")
def html() -> str:
    return html_of(3)


@pytest.fixture(scope="module")
def results() -> Results:
    return results_of(study_of(3), frames(3))


@pytest.fixture(scope="module")
def page(results: Results) -> Page:
    return compose(results, study_of(3), report_of(), SNAPSHOT, "trialkit x")


def embedded(html: str) -> dict:
    """The packed data, unpacked as the page's script does it."""
    start = html.index('id="drill-data">') + len('id="drill-data">')
    data = json.loads(zlib.decompress(base64.b64decode(html[start : html.index("</script>", start)])))
    rows = [list(accumulate(steps)) for steps in data["sets"]]
    people = [sorted({data["rows"][5][at] for at in mine} - {-1}) for mine in rows]
    told = {int(at): list(accumulate(steps)) for at, steps in data["people"].items()}
    people = [told.get(i, their) for i, their in enumerate(people)]
    data["sets"] = list(zip(people, rows, strict=True))
    data["rows"][2] = list(accumulate(data["rows"][2]))
    for analysis in data["analyses"]:
        analysis["steps"] = [data["steps"][at] for at in analysis["steps"]]
    return data


OPENS = re.compile(r" data-o=(\d+)>([^<\n]+)")


def buttons_of(html: str) -> list[tuple[int, str, int, str]]:
    """Of each number or line that opens: its set, what it counts, its analysis, its text."""
    sets, of, by = embedded(html)["openings"]
    return [(sets[int(at)], of[int(at)], by[int(at)], text.strip()) for at, text in OPENS.findall(html)]


def test_every_drillable_count_is_the_size_of_its_set(html: str) -> None:
    data = embedded(html)
    buttons = buttons_of(html)
    assert len(buttons) == html.count(" data-o=") > 200
    assert {of for _, of, _, _ in buttons} == {"subjects", "rows", "basis"}
    for name, of, _, text in buttons:
        subjects, rows = data["sets"][name]
        assert of == "basis" or int(re.sub(r"[(N=)]", "", text)) == len(subjects if of == "subjects" else rows)
        assert len(set(subjects)) == len(subjects)
        assert all(data["rows"][5][at] in (*subjects, -1) for at in rows)


def test_a_model_result_opens_to_its_analysis_set_and_ledger(html: str, results: Results) -> None:
    data = embedded(html)
    (row,) = results.rows[(results.rows["analysis"] == "change") & (results.rows["stat"] == "diff")
                          & (results.rows["arm"] == "A")].to_dict("records")  # fmt: skip
    printed = fixed(row["value"], 1)
    at = html.index('id="display-estimates-table"')
    found = [b for b in buttons_of(html)[len(OPENS.findall(html[:at])) :] if b[3] == printed]
    subjects, _ = data["sets"][found[0][0]]
    assert [data["subjects"][i] for i in subjects] == list(results.sets[row["set_id"]].subjects)
    analysis = data["analyses"][found[0][2]]
    assert ["Analysis", "Title of change"] in analysis["facts"]
    assert ["Population", "Everybody assigned"] in analysis["facts"]
    assert analysis["steps"][0] == [
        "Data set people: Label of people", "keep rows where age is filled", 26, 24, 2, "no age",
    ]  # fmt: skip


def test_only_used_sets_are_embedded_once(html: str, page: Page, results: Results) -> None:
    data = embedded(html)
    asked = {cell.set_id for cell in cells_of(page)} & set(results.sets)
    within = {at for inside in data["events"].values() for at in inside}
    assert len(asked) <= len(data["sets"]) <= len(asked) + len(within) < len(results.sets)
    assert len(data["subjects"]) == len(set(data["subjects"]))
    form, file, row, numbering, upload, subject = (column[0] for column in data["rows"])
    assert [data["words"][i] for i in (form, file, numbering, upload)] == ["form", "file.csv", "line", "ab" * 32]
    assert (row, data["subjects"][subject]) == (2, "S000")


def test_without_drill_no_subject_is_in_the_file() -> None:
    html = html_of(2, drill=False)
    assert not re.search(r"S0\d\d|data-o=|drill-data|<dialog|file\.csv", html)


def facts_of(data: dict, by: int) -> dict[str, str]:
    return dict(data["analyses"][by]["facts"])


def test_a_point_of_a_curve_opens_to_its_arm_and_the_events_among_it(html: str, results: Results) -> None:
    data, rows = embedded(html), results.rows
    mine = rows[(rows["analysis"] == "km") & (rows["arm"] == "A")]
    (behind,) = {results.sets[name] for name in mine.loc[mine["stat"].isin(["survival", "median"]), "set_id"]}
    events = mine.loc[mine["stat"] == "events", "value"].iloc[0]
    found = {
        (tuple(data["subjects"][i] for i in data["sets"][one][0]), len({*_rows(data, within)}))
        for at, within in data["events"].items()
        for one, by in [(data["openings"][0][int(at)], data["openings"][2][int(at)])]
        if facts_of(data, by)["Analysis"] == "Title of km"
    }
    assert (behind.subjects, events) in found and len(found) == 3
    assert 0 < events < len(behind.subjects)


def _rows(data: dict, sets: list[int]) -> list[int]:
    return [at for one in sets for at in data["sets"][one][1]]


def test_words_with_numbers_of_all_arms_open_to_all_of_them(html: str) -> None:
    data = embedded(html)
    (span,) = [b for b in buttons_of(html) if b[3].startswith("Log-rank test of all arms")]
    assert (span[1], len(data["sets"][span[0]][0])) == ("basis", 24)
    assert facts_of(data, span[2])["Analysis"] == "Title of test"


def test_the_size_of_an_arm_in_a_heading_opens_to_its_subjects(html: str) -> None:
    data = embedded(html)
    heads = [b for b in buttons_of(html) if b[3].startswith("(N=")]
    assert {(text, of, len(data["sets"][at][0])) for at, of, _, text in heads} == {
        ("(N=8)", "subjects", 8), ("(N=24)", "subjects", 24),
    }  # fmt: skip


def test_a_size_that_two_populations_share_by_chance_does_not_open(results: Results) -> None:
    study = study_of(3)
    display = report_of().displays["characteristics_table"]
    rows = results.rows.copy()
    mine = (rows["analysis"] == "sexes") & (rows["method"] == "population") & (rows["arm"] == "P")
    rows.loc[mine, "set_id"] = rows.loc[(rows["method"] == "population") & (rows["arm"] == "A"), "set_id"].iloc[0]
    scene = Scene(study, display, read_rows(rows), results.sets, PRESETS["csr"])
    heads = {"P": Head("Control", "N=8"), "A": Head("Drug & more", "N=8")}
    (table,) = with_sizes(scene, (TableModel(tuple(heads.values()), ()),))
    assert [head.opens.set_id != "" for head in table.heads] == [False, True]


def test_every_number_of_a_page_opens_or_stands_in_a_line_that_does(page: Page) -> None:
    drill, closed = page.drill, []
    assert drill is not None
    for shown in page.shown:
        tables = [part.table if isinstance(part, Picture) else part for part in shown.parts]
        for line in (line for table in tables if isinstance(table, TableModel) for line in table.lines):
            cells = line.cells or (line.opens,)
            closed += [
                (shown.name, line.stub, cell.full)
                for cell in cells
                if re.search("[0-9]", cell.full) and drill.opens(cell) is None and drill.opens(line.opens) is None
            ]
    assert closed == []


def test_why_numbers_do_not_open_is_said_only_where_numbers_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "kind_of", lambda display: replace(kind_of(display), closed="of a plan."))
    assert "Numbers that do not open: of a plan." in html_of(2)
    assert "Numbers that do not open" not in html_of(2, drill=False)
