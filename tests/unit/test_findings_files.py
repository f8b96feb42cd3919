"""SARIF, JUnit, the query list and the data-quality page, read back as their readers read them."""

from __future__ import annotations

import io
import json
import re
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import jsonschema
import pytest

from tests.outcomes import STUDY, outcome
from trialkit.export.findings.junit import as_junit
from trialkit.export.findings.query_list import COLUMNS, LONGEST, as_query_list, sheet_names
from trialkit.export.findings.sarif import FINGERPRINT, as_sarif
from trialkit.model import Finding
from trialkit.report.quality import as_page
from trialkit.report.quality.page import compose
from trialkit.report.templating import environment
from trialkit.validate.outcome import Outcome

TEXT = (
    "S | SEV | WT | DAY\ns0 | BAD | 250 | 2026-02-02\nnobody | MILD | 0 | ??\n" + "ghost | MILD | 70 | 2026-02-02\n" * 3
)
STOP = Finding(
    "events",
    "events.csv",
    0,
    "SEV",
    "events.file.columns",
    "stop",
    "critical",
    "column 'SEV' is odd",
    "Mend it.",
    key="s",
)

# ---- SARIF ---------------------------------------------------------------------------------------------------------

_WORDS = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}},
          "additionalProperties": False}  # fmt: skip
_LEVEL = {"enum": ["none", "note", "warning", "error"]}
_LOCATION = {
    "type": "object", "additionalProperties": False, "required": ["physicalLocation"],
    "properties": {
        "physicalLocation": {
            "type": "object", "additionalProperties": False, "required": ["artifactLocation"],
            "properties": {
                "artifactLocation": {"type": "object", "required": ["uri"], "additionalProperties": False,
                                     "properties": {"uri": {"type": "string", "pattern": "^[A-Za-z0-9._~%/-]+$"}}},
                "region": {"type": "object", "additionalProperties": False,
                           "properties": {"startLine": {"type": "integer", "minimum": 1}}},
            },
        },
        "logicalLocations": {"type": "array", "items": {"type": "object", "additionalProperties": False,
                             "properties": {"fullyQualifiedName": {"type": "string"}}}},
    },
}  # fmt: skip
SHAPE = {
    "type": "object", "required": ["version", "runs"], "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string"}, "version": {"const": "2.1.0"},
        "runs": {"type": "array", "items": {
            "type": "object", "required": ["tool", "results"], "additionalProperties": False,
            "properties": {
                "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                "tool": {"type": "object", "required": ["driver"], "properties": {"driver": {
                    "type": "object", "required": ["name"], "additionalProperties": False,
                    "properties": {"name": {"type": "string"}, "version": {"type": "string"}, "rules": {
                        "type": "array", "uniqueItems": True, "items": {
                            "type": "object", "required": ["id", "shortDescription", "help"],
                            "additionalProperties": False,
                            "properties": {"id": {"type": "string"}, "shortDescription": _WORDS, "help": _WORDS,
                                           "defaultConfiguration": {"properties": {"level": _LEVEL}}}}}}}}},
                "results": {"type": "array", "items": {
                    "type": "object", "required": ["message", "ruleId", "locations", "partialFingerprints"],
                    "additionalProperties": False,
                    "properties": {
                        "ruleId": {"type": "string"}, "ruleIndex": {"type": "integer", "minimum": 0}, "level": _LEVEL,
                        "message": _WORDS, "locations": {"type": "array", "items": _LOCATION},
                        "relatedLocations": {"type": "array", "items": _LOCATION},
                        "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
                        "properties": {"type": "object"}}}},
            },
        }},
    },
}  # fmt: skip
"""What SARIF 2.1.0 says of the parts that are written, no further part allowed."""


def sarif(made: Outcome) -> dict[str, object]:
    told = json.loads(as_sarif(made))
    jsonschema.validate(told, SHAPE)
    return told["runs"][0]  # type: ignore[no-any-return]


def test_sarif_has_a_result_for_each_cause_and_a_rule_behind_each() -> None:
    made = outcome(TEXT)
    run = sarif(made)
    rules, results = run["tool"]["driver"]["rules"], run["results"]  # type: ignore[index]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in results)
    assert [result["partialFingerprints"][FINGERPRINT] for result in results] == [fold.key for fold in made.folds]
    (cell,) = [result for result in results if result["ruleId"] == "events.SEV.codes"]
    assert cell["locations"] == [
        {
            "physicalLocation": {"artifactLocation": {"uri": "events.csv"}, "region": {"startLine": 2}},
            "logicalLocations": [{"fullyQualifiedName": "Events / Severity (SEV)"}],
        }
    ]
    assert cell["level"] == "warning"
    assert cell["message"]["text"].startswith("Severity 'BAD' is not an allowed value; allowed: MILD, SEVERE [s0].")
    (cause,) = [result for result in results if "relatedLocations" in result]
    lines = [place["physicalLocation"]["region"]["startLine"] for place in cause["relatedLocations"]]
    assert (lines, len(cause["properties"]["keys"]), cause["level"]) == ([5, 6], 3, "error")
    assert {rule["id"]: rule["defaultConfiguration"]["level"] for rule in rules}["events.weight.high"] == "note"


def test_sarif_names_a_record_where_there_is_no_line() -> None:
    one = replace(outcome(TEXT).findings[0], numbering="record", file="a b.xpt", line=7)
    (result,) = sarif(Outcome(STUDY, (one,), 1, 1))["results"]  # type: ignore[misc]
    (place,) = result["locations"]  # type: ignore[index]
    assert place["physicalLocation"] == {"artifactLocation": {"uri": "a%20b.xpt"}}
    assert place["logicalLocations"][0]["fullyQualifiedName"].endswith("/ record 7")


# ---- JUnit ---------------------------------------------------------------------------------------------------------


def cases(made: Outcome) -> dict[str, ET.Element]:
    root = ET.fromstring(as_junit(made))
    for suite in root:
        found = {"tests": len(suite), "failures": len(suite.findall("*/failure")), "errors": 0}
        found["skipped"] = len(suite.findall("*/skipped"))
        assert {name: int(suite.attrib[name]) for name in found} == found
    assert int(root.attrib["failures"]) == len(root.findall("*/*/failure"))
    return {case.attrib["name"]: case for case in root.iter("testcase")}


def test_junit_has_a_case_for_each_rule_that_ran() -> None:
    made = outcome(TEXT)
    told = cases(made)
    failed = {name for name, case in told.items() if case.find("failure") is not None}
    assert failed == {finding.rule for finding in made.findings if finding.finding_class != "listing"}
    assert told["events.REL.codes"].find("*") is None
    assert "outside" in (told["events.WT.range"].findtext("failure") or "")
    assert told["events.people.exists"].find("failure").attrib["message"].endswith("(and 3 more)")  # type: ignore[union-attr]


def test_junit_only_tells_a_listing() -> None:
    case = cases(outcome(TEXT))["events.weight.high"]
    assert "250" in (case.findtext("system-out") or "")
    assert case.find("failure") is None


def test_junit_skips_what_could_not_be_asked() -> None:
    told = cases(outcome("S\ns0", people=""))
    assert told["events.people.exists"].find("skipped").attrib["message"] == "nothing was received of: People"  # type: ignore[union-attr]
    assert told["events.lot.exists"].find("skipped") is None


def test_junit_fails_for_a_file_of_no_form() -> None:
    told = cases(Outcome(STUDY, (replace(STOP, form="", rule="file", field=""),), 1, 0))
    assert told["file"].find("failure").attrib["message"] == STOP.say  # type: ignore[union-attr]


# ---- the query list ------------------------------------------------------------------------------------------------


def book(content: bytes) -> dict[str, list[list[str]]]:
    """Sheet name -> its cells as text, row by row; read without the library that wrote it."""
    name = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        shared = [
            "".join(t.text or "" for t in s.iter(f"{name}t")) for s in ET.fromstring(made.read("xl/sharedStrings.xml"))
        ]
        sheets = [sheet.attrib["name"] for sheet in ET.fromstring(made.read("xl/workbook.xml")).iter(f"{name}sheet")]
        found = {}
        for number, sheet in enumerate(sheets, 1):
            root = ET.fromstring(made.read(f"xl/worksheets/sheet{number}.xml"))
            assert not list(root.iter(f"{name}f")), "a formula"
            found[sheet] = [
                [
                    shared[int(c.findtext(f"{name}v") or 0)] if c.get("t") == "s" else c.findtext(f"{name}v") or ""
                    for c in row
                ]
                for row in root.iter(f"{name}row")
            ]
        return found


def test_the_query_list_has_a_sheet_for_each_site_and_a_row_for_each_cause() -> None:
    made = outcome(TEXT, extra=(STOP,))
    told = book(as_query_list(made))
    assert list(told) == ["Overview", "Site 1", "No single site"]
    for rows in list(told.values())[1:]:
        assert rows[0] == [title for title, _ in COLUMNS]
        assert all(row[-2:] == ["", ""] for row in rows[1:])
    keys = [row[0] for name in ("Site 1", "No single site") for row in told[name][1:]]
    assert sorted(keys) == sorted(fold.key for fold in made.folds)
    (bad,) = [dict(zip(told["Site 1"][0], row, strict=True)) for row in told["Site 1"] if "BAD" in row]
    wanted = {"Severity": "major", "Subject": "s0", "Form": "Events", "Field": "Severity", "Column": "SEV"}
    wanted |= {"File": "events.csv", "Line or record": "2"}
    assert {name: bad[name] for name in wanted} == wanted
    assert bad["What is wrong"] == "Severity 'BAD' is not an allowed value"
    assert (bad["What is allowed"], bad["Findings"]) == ("MILD, SEVERE", "1")
    (unknown,) = [row for row in told["No single site"] if "ghost" in row]
    assert (unknown[9], unknown[10]) == ("4-6", "3")


@pytest.mark.parametrize("nasty", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_the_query_list_holds_no_formula(nasty: str) -> None:
    one = replace(outcome(TEXT).findings[0], value=nasty, say=f"{nasty} is odd", subject=nasty, site="=2", fix=nasty)
    told = book(as_query_list(Outcome(STUDY, (one,), 1, 1)))
    cells = [cell for rows in told.values() for row in rows for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert "Site =2" in told


def test_sheet_names_are_ones_a_workbook_takes() -> None:
    sites = ["a/b", "A/B", "x" * 60, "x" * 61, "'q'", "[1]:*?", "101"]
    names = list(sheet_names(sites).values())
    assert len({name.lower() for name in names}) == len(sites)
    assert all(len(name) <= LONGEST and not re.search(r"[\[\]:*?/\\]", name) and name[-1] != "'" for name in names)
    assert names[-1] == "Site 101"


# ---- the page ------------------------------------------------------------------------------------------------------


class Reader(HTMLParser):
    """Ids, links, requests and text of a page; tags that do not close are a failure."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.requests: list[str] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.links += [given["href"] or ""] if "href" in given else []
        self.requests += [name for name in given if name in ("src", "srcset", "action")]
        if tag not in ("meta", "br", "link", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_the_page_links_to_what_it_has_and_asks_for_nothing() -> None:
    text = as_page(outcome(TEXT))
    page = Reader(text)
    assert len(page.ids) == len(set(page.ids))
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert page.requests == []
    assert "default-src 'none'" in text and "<script" not in text and "url(" not in text
    assert "Made up." in text and 'lang="en"' in text


def test_the_page_counts_causes_by_severity_site_and_form() -> None:
    text = " ".join(" ".join(Reader(as_page(outcome(TEXT))).text).split())
    assert "2 critical 2 major 0 minor 1 to be looked at" in text
    assert "7 findings come from 5 mistakes" in text
    assert "Site 1 0 1 0 1 Site 2 0 0 0 0 No single site 2 1 0 0" in text
    assert "Events 5 2 2 0 1" in text
    assert "The upload can be stored. 4 queries to be answered." in text


def test_the_contents_count_queries_as_the_totals_do() -> None:
    made = outcome(TEXT)
    page = compose(made)
    assert sum(block.queries for *_, group in page.groups for block in group) == len(made.folds) == 5
    heading, severity, group = page.groups[0]
    more = replace(page, groups=((heading, severity, tuple(replace(block, queries=3) for block in group)),))
    for shown, said in ((page, "Critical queries (2)<"), (more, "Critical queries (6 of 2 kinds)<")):
        assert said in environment().get_template("quality.html.j2").render(page=shown)


def test_the_page_tells_completeness_and_the_version_in_force() -> None:
    text = " ".join(" ".join(Reader(as_page(outcome(TEXT.replace("0 | ??", " | ??")))).text).split())
    assert "Day DAY 80% 0 1 0" in text
    assert "Weight WT 80% 1 0 0" in text
    assert "1 One 1 2026-01-10 2026-06-30 1 from 2026-01-10" in text
    late = replace(outcome(TEXT), as_of=date(2026, 7, 1))
    assert "2026-06-30 (lapsed)" in as_page(late)


def test_the_page_escapes_what_data_hold() -> None:
    one = replace(outcome(TEXT).findings[0], value="<script>alert(1)</script>", subject="<b>", say="<i>odd</i>")
    text = as_page(Outcome(STUDY, (one,), 1, 1))
    assert "<script" not in text and "<i>" not in text
    assert "&lt;script&gt;" in text


def test_the_page_of_a_refused_upload_says_so() -> None:
    text = as_page(outcome(TEXT, extra=(STOP,)))
    assert "1 reason to refuse the upload" in text
    assert text.index("Why the upload is refused") < text.index("Critical queries")
