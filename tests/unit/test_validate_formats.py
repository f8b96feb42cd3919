"""Findings as a person, a program or a spreadsheet reads them."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace

import pytest

from tests.outcomes import STUDY, outcome
from trialkit.export.findings.csv_text import as_csv
from trialkit.export.findings.human import human
from trialkit.export.findings.json_text import as_json
from trialkit.model import Finding
from trialkit.pipeline import FINDING_FORMATS, findings_as
from trialkit.validate.outcome import Outcome, redacted

ONE = Finding(
    "scale", "scale.csv", 214, "TOT", "scale.sum", "query", "major", "the total is not the sum (expected 14)",
    "Correct it.", "41", "it drives the primary analysis", "S-0040", "103", "DAY 3", "line", "k",
)  # fmt: skip


def of(*findings: Finding, files: int = 1, rows: int = 1, note: str = "") -> Outcome:
    return Outcome(STUDY, tuple(sorted(findings)), files, rows, note=note)


def test_human_tells_place_value_why_and_fix() -> None:
    assert human(of(ONE, files=9, rows=2914, note="dry run")) == (
        "query[scale.sum] major: the total is not the sum\n"
        "  --> scale.csv:214  TOT  S-0040 · site 103 · DAY 3\n"
        "   |  value 41, expected 14\n"
        "   = why: it drives the primary analysis\n"
        "   = fix: Correct it.\n"
        "\n"
        "1 finding (0 stop, 1 query) in 1 file · 9 files, 2,914 rows checked · dry run\n"
    )


def test_human_names_fields_as_people_do() -> None:
    assert "events.csv:2  Severity (SEV)  s0\n" in human(outcome("S | SEV\ns0 | BAD"))


def test_human_tells_the_first_five_of_a_kind() -> None:
    text = human(of(*(replace(ONE, line=n) for n in range(1, 1301))))
    assert text.count("-->") == 5
    assert "... and 1,295 more of scale.sum" in text
    assert text.count("why:") == text.count("query[") == 1
    assert text.endswith("1,300 findings (0 stop, 1,300 query) in 1 file · 1 file, 1 row checked\n")


def test_human_puts_the_worst_first_and_counts_listings_only_if_there_are_some() -> None:
    stop = replace(ONE, finding_class="stop", rule="z", say="refused", line=0, field="", subject="", site="", visit="")
    text = human(of(replace(ONE, rule="a", severity="minor"), ONE, stop, replace(ONE, finding_class="listing")))
    heads = [line.split("]")[0] for line in text.splitlines() if line.startswith(("stop[", "query[", "listing["))]
    assert heads == ["stop[z", "query[scale.sum", "query[a", "listing[scale.sum"]
    assert "  --> scale.csv\n" in text
    assert "(1 stop, 2 query, 1 listing)" in text


def test_human_says_zero() -> None:
    assert human(of(files=3, rows=10)) == "0 findings · 3 files, 10 rows checked\n"


def test_human_tells_one_cause_once_with_its_lines() -> None:
    text = human(outcome("S\n" + "\n".join(["nobody"] * 40)))
    assert text.startswith(
        "query[events.people.exists] critical: the subject is not on record, in 40 records of the subject\n"
        "  --> events.csv  Subject (S)  nobody\n"
        "   |  40 findings, one cause; lines 2-41\n"
    )
    assert "40 findings of 1 cause (0 stop, 40 query) in 1 file · 3 files, 71 rows checked as of 2026-03-01" in text


def test_human_breaks_lines_at_the_width_and_nothing_else() -> None:
    made = of(replace(ONE, say="the total is not the sum of its parts " * 5, fix="Correct it, " * 12))
    text = human(made, width=60)
    assert max(map(len, text.splitlines())) <= 60
    assert text.split() == human(made).split()
    assert max(map(len, human(made, color=False).splitlines())) > 60


def test_human_color_is_only_color() -> None:
    made = of(replace(ONE, say="the total is not the sum of its parts " * 5))
    for width in (0, 60):
        assert re.sub(r"\x1b\[[0-9;]*m", "", human(made, True, width)) == human(made, False, width)
    assert "\x1b" in human(made, color=True)


def test_data_cannot_write_to_the_terminal() -> None:
    nasty = replace(ONE, value="\x1b[2J\nquery[x]", say="odd \x07", subject="S\x1b]0;x")
    for form in ("human", "junit"):
        text = findings_as(of(nasty), form).decode()
        assert "\x1b" not in text
        assert "\x07" not in text
    assert len(human(of(nasty)).splitlines()) == 7


def test_a_value_already_said_is_not_repeated_and_records_are_called_records() -> None:
    text = human(of(replace(ONE, say="Total 41 is outside 0 to 40", numbering="record")))
    assert "value" not in text
    assert "scale.csv:record 214" in text


def test_json_is_stable_and_whole() -> None:
    text = as_json(of(ONE, replace(ONE, line=3), files=9, rows=12))
    made = json.loads(text)
    assert made["schema"] == "trialkit.findings/1"
    assert made["counts"] == {"stop": 0, "query": 2, "listing": 0}
    assert [f["line"] for f in made["findings"]] == [3, 214]
    assert made["findings"][1]["class"] == "query"
    assert (made["files"], made["rows"], made["findings"][0]["key"]) == (9, 12, "k")
    assert as_json(of(replace(ONE, line=3), ONE, files=9, rows=12)) == text


def test_json_and_csv_keep_every_finding_of_a_cause() -> None:
    made = outcome("S\n" + "\n".join(["nobody"] * 4 + ["stray"]))
    told = json.loads(as_json(made))
    (cause,) = told["causes"]
    assert [finding["cause"] for finding in told["findings"]] == [cause["key"]] * 4 + [""]
    assert (cause["cause"], cause["findings"], told["as_of"]) == ("subject", 4, "2026-03-01")
    lines = list(csv.DictReader(io.StringIO(as_csv(made), newline="")))
    assert [line["cause"] for line in lines] == [cause["key"]] * 4 + [""]
    assert len({line["key"] for line in lines}) == 5


def test_csv_holds_no_formulas() -> None:
    nasty = ["=1+1", "+1", "-1", "@x", "\tx", "\rx"]
    text = as_csv(of(*(replace(ONE, value=v, line=n) for n, v in enumerate(nasty))))
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["value"] for row in rows] == [f"'{v}" for v in nasty]
    assert rows[0]["line"] == "0"
    assert rows[0]["class"] == "query"
    assert rows[0]["say"] == ONE.say


@pytest.mark.parametrize("form", FINDING_FORMATS)
def test_every_format_is_the_same_twice_and_takes_any_outcome(form: str) -> None:
    every = outcome("S | SEV | WT | ID\ns0 | BAD | 250 | 8\nnobody | MILD | 1 | 007")
    assert findings_as(every, form) == findings_as(every, form)
    for made in (of(), of(ONE), of(replace(ONE, form="", finding_class="stop", line=0, field=""))):
        assert findings_as(made, form)


WRONG = [f"s{n} | hush{n} | bad{n} | 3{n}1" for n in range(1, 4)]
SECRET = "\n".join(["S | ID | SEV | WT", *WRONG, "ghost | 007 | MILD | 70", "s5 | 007 | mild | 70"])


def text_of(made: Outcome, form: str) -> str:
    """All the text of a format, that in a workbook too."""
    content = findings_as(made, form)
    if form != "xlsx":
        return content.decode()
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return "".join(book.read(name).decode() for name in book.namelist())


@pytest.mark.parametrize("form", FINDING_FORMATS)
def test_no_format_tells_a_value_that_may_identify(form: str) -> None:
    text = text_of(outcome(SECRET), form)
    assert "Secret number" in text or form in ("json", "csv")
    assert "hush" not in text
    assert "bad1" in text


@pytest.mark.parametrize("form", FINDING_FORMATS)
def test_a_redacted_outcome_tells_no_value_and_no_subject(form: str) -> None:
    made = redacted(outcome(SECRET))
    text = text_of(made, form)
    assert "events.csv" in text
    assert form in ("human", "html") or all(finding.key in text for finding in made.findings)
    assert not any(word in text for word in ("hush", "bad1", "bad3", "311", ">s1<", '"s1"', " s1", "ghost"))


def test_a_redacted_sentence_still_says_what_is_wrong() -> None:
    whole = outcome(SECRET)
    made = redacted(whole)
    said = {finding.rule: (finding.say, finding.fix, finding.subject) for finding in made.findings}
    assert said["events.SEV.codes"] == (
        "Severity is not an allowed value; allowed: MILD, SEVERE",
        "Enter the allowed value that the source shows.",
        "subject 5",
    )
    assert said["events.WT.range"][0] == "Weight is outside 1 to 300 kg"
    assert said["events.people.exists"][0] == "the subject is not on record"
    assert {finding.key for finding in made.findings} == {finding.key for finding in whole.findings}


def test_redacting_a_stop_leaves_no_quoted_words() -> None:
    stop = replace(
        ONE, finding_class="stop", say="column 'Mr Smith' is \"odd\" (x)", fix="Did you mean 'NAME'?", rule="f"
    )
    (masked,) = redacted(of(stop)).findings
    assert (masked.say, masked.fix) == ("column [...] is [...] (x)", "Did you mean [...]?")


def test_a_cell_that_could_not_be_read_is_told_with_its_field() -> None:
    one = replace(ONE, form="events", field="DAY", rule="events.DAY.unread", say="'soon' is not a date", value="soon")
    assert "major: Day 'soon' is not a date\n" in human(of(one))
    assert "Day &#39;soon&#39; is not a date" in findings_as(of(one), "html").decode()
    assert json.loads(as_json(of(one)))["findings"][0]["say"] == one.say
