"""The data dictionary and the visit schedule: what a reader finds there, read back by a Markdown parser of others."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.shipped import shipped
from trialkit import pipeline as tk
from trialkit.errors import UsageError
from trialkit.export.amendment import Difference, differences
from trialkit.export.dictionary import FAULTS, data_dictionary, write_documents
from trialkit.export.fields import limits
from trialkit.export.markdown import code, paragraph, prose, table
from trialkit.export.schedule import newest_first, visit_schedule, window
from trialkit.model import (
    Approval,
    Arm,
    Condition,
    Field,
    Form,
    Medicine,
    Parameter,
    Protocol,
    Rule,
    Site,
    Stratum,
    Study,
    StudyHeader,
    Test,
    Trigger,
    Visit,
    tree_of,
)
from trialkit.model.form import RuleKind
from trialkit.spec import load_study
from trialkit.validate.compiled import rules_of

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"
PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


class Page(HTMLParser):
    """A page as a browser has it: tables as lists of rows of cell texts, under their headings, and the links."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.html = PARSER.render(markdown)
        self.path: dict[str, str] = {}
        self.tables: dict[tuple[str, ...], list[list[str]]] = {}
        self.places: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self._heading, self._cell = "", False
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.places += [value or "" for name, value in attrs if name == "id"]
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag in ("h1", "h2", "h3"):
            self._heading = tag
            self.path = {name: text for name, text in self.path.items() if name < tag} | {tag: ""}
        rows = self.tables.setdefault(tuple(self.path.values()), []) if tag in ("tr", "td", "th") else []
        if tag == "tr":
            rows.append([])
        if tag in ("td", "th"):
            rows[-1].append("")
            self._cell = True

    def handle_endtag(self, tag: str) -> None:
        self._heading = "" if tag == self._heading else self._heading
        self._cell = self._cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._heading:
            self.path[self._heading] += data
        elif self._cell:
            self.tables[tuple(self.path.values())][-1][-1] += data

    def under(self, *headings: str) -> list[list[str]]:
        """The rows under the last of these headings."""
        (found,) = [rows for path, rows in self.tables.items() if path[-len(headings) :] == headings]
        return found


SCALE = Form(
    id="scale",
    title="Scale | of *things*",
    version="1.1",
    description="# not a heading",
    kind="instrument",
    mode="incremental",
    key=("S", "V"),
    subject="S",
    visit="V",
    date="D",
    files=("scale_*.csv",),
    source="Someone 1999",
    fields={
        "S": Field("S", "Subject", pattern=r"(a|b)-\d{3}", identifying=True),
        "V": Field("V", "Visit", codelist="WHEN", codes={"V1": "First", "V2": "Second | last"}),
        "D": Field("D", "Day", "date", required=True, format="%d%b%Y", missing=("UNK", ".")),
        "N": Field("N", "Sum <points>", "integer", unit="points", codes={"0": "none", "1": "1", "3": "severe"}),
        "X": Field("X", "Weight", "decimal", unit="kg", min=35.5, max=200, blinded=True),
    },
    rules={
        "scale.n": Rule(
            "scale.n",
            "compare",
            "N",
            args=tree_of({"op": "at_most", "value": "3", "match": ["S", "V"]}),
            when=Condition((Test("X", "above", ("50",)), Test("V", "is", ("V1", "V2")))),
            finding_class="stop",
            severity="critical",
            say="the sum is too large",
            why="it decides",
        ),
        "scale.x": Rule("scale.x", "present", "X", severity="minor"),
    },
)
LOG = Form("log", "Log", "1", {"S": Field("S", "Subject")}, key=(), mode="cumulative")
FIRST = Protocol(
    version="1.0",
    title="First",
    irb=Approval("Board", "B-1", date(2026, 1, 1), date(2026, 12, 31)),
    arms={"P": Arm("P", "Sham", control=True), "T": Arm("T", "Active", ratio=2, description="the real one")},
    visits={
        "V1": Visit("V1", "First", 1, forms=("scale",)),
        "V2": Visit("V2", "Second", 8, early=1, late=2),
        "V9": Visit("V9", "Early exit", forms=("scale",)),
    },
    consent="A",
    strata={"sex": Stratum("sex", "Sex", {"F": "Female", "M": "M"})},
    parameters={
        "cap": Parameter("cap", "10", "mL", "Largest dose", "Label"),
        "gone": Parameter("gone", "1"),
    },
)
SECOND = replace(
    FIRST,
    version="2.0",
    title="Second",
    irb=Approval("Board", "B-2", date(2026, 6, 1)),
    supersedes="1.0",
    consent="B",
    changes=("- the cap is smaller",),
    visits={
        "V1": Visit("V1", "First", 1, forms=("scale", "log")),
        "V2": Visit("V2", "Second", 8, early=1, late=3),
        "V3": Visit("V3", "Third", 15, forms=("log",)),
    },
    parameters={"cap": Parameter("cap", "8", "mL", "Largest dose", "Label")},
    medicines={
        "m": Medicine("m", "Inhibitors", "prohibited", "slower clearance", "in vitro", ("a", "b"), 14.0, "Ref 3"),
    },
    triggers={
        "t": Trigger("t", "Too high", "hold the dose", "scale", Condition((Test("N", "at_least", ("3",)),)), "Ref 4"),
        "u": Trigger("u", "Two deaths", "stop the study"),
    },
)
STUDY = Study(
    root=Path(),
    header=StudyHeader(
        "S_1",
        "A study",
        "1. made up",
        sites={
            "7": Site("7", "Seventh", {"1.0": date(2026, 2, 1), "2.0": date(2026, 7, 1)}),
            "8": Site("8", adopted={"1.0": date(2026, 3, 1)}),
        },
    ),
    protocols={"1.0": FIRST, "2.0": SECOND},
    forms={"scale": SCALE, "log": LOG},
    datasets={},
    estimands={},
    populations={},
    analyses={},
    reports={},
    scenarios={},
    digest="",
)
TITLE = SCALE.title


# ---- text cannot become markup ------------------------------------------------------------------------------------

TEXTS = st.text(st.sampled_from("\\`*_#[]<>~$|&!ab1.)( -+=:;/\n\"'{}é\t"), max_size=12) | st.text(max_size=8)


def shown(text: str) -> str:
    """What a reader can be shown of a text."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


@given(TEXTS, TEXTS)
def test_a_cell_reads_as_what_was_written(words: str, value: str) -> None:
    page = Page(table(("words", "value"), [("x" + prose(words) + "x", code(value))]))
    assert page.under() == [["words", "value"], ["x" + shown(" ".join(words.split())) + "x", shown(value)]]
    assert page.tags <= {"table", "thead", "tbody", "tr", "th", "td", "code"}


@example("__0__")
@given(TEXTS.filter(str.strip))
def test_a_paragraph_stays_a_paragraph(words: str) -> None:
    assert Page(paragraph(words)).tags <= {"p"}


@pytest.mark.parametrize(
    "text", ["# a", "- a", "+ a", "1. a", "2) a", "---", "> a", "| a | b |", "~~a~~", "a #", "__0__"]
)
def test_a_paragraph_is_not_taken_for_something_else(text: str) -> None:
    assert Page(paragraph(text)).html == f"<p>{text.replace('>', '&gt;')}</p>\n"


def test_a_row_must_fit_its_head() -> None:
    with pytest.raises(ValueError, match="3 cells under a head of 2"):
        table(("a", "b"), [("1", "2", "3")])


# ---- the data dictionary ------------------------------------------------------------------------------------------


def test_a_form_says_what_it_is() -> None:
    facts = dict(Page(data_dictionary(STUDY)).under("Data dictionary", TITLE)[1:])
    assert facts == {
        "id": "scale, version 1.1, instrument",
        "one record for each": "S, V",
        "roles": "subject S, visit V, date D",
        "due at": "First (protocol 2.0)",
        "uploads": "incremental: an upload holds new or changed records and is laid over those before",
        "files": "scale_*.csv",
        "text files": ", between cells, decimal mark ., utf-8",
        "source": "Someone 1999",
    }


def test_a_form_without_key_visit_or_files() -> None:
    facts = dict(Page(data_dictionary(replace(STUDY, protocols={"1.0": FIRST}))).under("Data dictionary", "Log")[1:])
    assert facts["one record for each"] == facts["roles"] == "-"
    assert facts["due at"] == "no visit, as it occurs (protocol 1.0)"
    assert facts["files"] == "log.*"


def test_every_field_has_a_row() -> None:
    assert Page(data_dictionary(STUDY)).under(TITLE, "Fields") == [
        ["field", "label", "type", "unit", "required", "allowed", "marks"],
        ["S", "Subject", "text", "-", "key", r"matches (a|b)-\d{3}", "identifying"],
        ["V", "Visit", "text", "-", "key", "code list WHEN", "-"],
        ["D", "Day", "date", "-", "yes", "written as %d%b%Y in text files; no value: UNK, .", "-"],
        ["N", "Sum <points>", "integer", "points", "no", "0 none, 1, 3 severe", "-"],
        ["X", "Weight", "decimal", "kg", "no", "35.5 to 200", "blinded"],
    ]


def test_limits_in_words() -> None:
    assert [limits(*pair) for pair in ((0, None), (None, 1e6), (-0.25, 0.1))] == [
        "at least 0", "at most 1000000", "-0.25 to 0.1",
    ]  # fmt: skip


def test_every_rule_has_a_row() -> None:
    assert Page(data_dictionary(STUDY)).under(TITLE, "Rules")[1:] == [
        [
            "scale.n",
            "critical stop",
            "N",
            "the sum is too large (why: it decides)",
            "X > 50 and V is V1 or V2",
            "compare {op: at_most, value: 3, match: [S, V]}",
        ],
        ["scale.x", "minor query", "X", "the value is missing", "always", "present"],
    ]


def test_every_rule_kind_has_words_of_its_own() -> None:
    assert set(FAULTS) == set(get_args(RuleKind))


def test_code_lists_stand_in_full() -> None:
    text = data_dictionary(STUDY)
    assert Page(text).under("Code lists", "WHEN") == [["code", "meaning"], ["V1", "First"], ["V2", "Second | last"]]
    assert "Used by `scale.V`." in text
    assert "Code lists" not in data_dictionary(replace(STUDY, forms={"log": LOG}))


@pytest.mark.parametrize("study", [STUDY, shipped()], ids=["made", "shipped"])
def test_every_link_of_a_page_has_its_place(study: Study) -> None:
    for text in (data_dictionary(study), visit_schedule(study)):
        page = Page(text)
        assert page.links
        assert {link.removeprefix("#") for link in page.links} <= set(page.places)
        assert len(set(page.places)) == len(page.places)


def test_the_introduction_names_the_rules_that_follow_from_fields() -> None:
    """What the page says of the checks nobody writes is what the validator makes of the form."""
    bare = replace(SCALE, rules={})
    made = {rule.id: (rule.severity, rule.finding_class) for rule in rules_of(bare).values()}
    assert made == {
        "scale.S.present": ("critical", "query"),
        "scale.S.pattern": ("major", "query"),
        "scale.V.present": ("critical", "query"),
        "scale.V.codes": ("major", "query"),
        "scale.D.present": ("major", "query"),
        "scale.N.codes": ("major", "query"),
        "scale.X.range": ("major", "query"),
        "scale.key.unique": ("major", "query"),
    }
    endings = {name.rpartition(".")[2] for name in made} - {"unique"}
    assert all(f"`FORM.FIELD.{ending}`" in data_dictionary(STUDY) for ending in endings)
    assert "`FORM.key.unique`" in data_dictionary(STUDY)


# ---- the visit schedule -------------------------------------------------------------------------------------------


def test_approvals_and_adoptions_newest_first() -> None:
    page = Page(visit_schedule(STUDY))
    assert page.under("Approvals")[1:] == [
        ["2.0", "1.0", "Board", "B-2", "2026-06-01", "no date", "B"],
        ["1.0", "-", "Board", "B-1", "2026-01-01", "2026-12-31", "A"],
    ]
    assert page.under("Adoption by the sites") == [
        ["site", "name", "version 1.0", "version 2.0"],
        ["7", "Seventh", "2026-02-01", "2026-07-01"],
        ["8", "-", "2026-03-01", "-"],
    ]


def test_newest_first_keeps_versions_outside_the_line() -> None:
    lone = replace(FIRST, version="0.9")
    study = replace(STUDY, protocols={"0.9": lone, "1.0": FIRST, "2.0": SECOND})
    assert [p.version for p in newest_first(study)] == ["2.0", "1.0", "0.9"]


def test_visits_stand_across_and_forms_down() -> None:
    text = visit_schedule(STUDY)
    assert Page(text).under("Protocol 2.0", "Visits and forms") == [
        ["", "First", "Second", "Third"],
        ["id", "V1", "V2", "V3"],
        ["day", "1", "8", "15"],
        ["window in days", "0", "-1 to +3", "0"],
        [TITLE, "✓", "", ""],
        ["Log", "✓", "", "✓"],
    ]
    old = Page(text).under("Protocol 1.0", "Visits and forms")
    assert old[2] == ["day", "1", "8", "-"]
    assert [row[0] for row in old[4:]] == [TITLE]
    assert text.count("At no visit of this version, as they occur: Log.") == 1


@pytest.mark.parametrize(
    ("early", "late", "said"), [(0, 0, "0"), (14, 5, "-14 to +5"), (0, 2, "0 to +2"), (3, 0, "-3 to 0")]
)
def test_a_window_in_words(early: int, late: int, said: str) -> None:
    assert window(Visit("V", "V", 1, early, late)) == said


def test_what_else_a_protocol_fixes() -> None:
    page = Page(visit_schedule(STUDY))
    here = "Protocol 2.0"
    assert page.under(here, "Arms")[1:] == [
        ["P", "Sham", "control", "1", "-"],
        ["T", "Active", "treatment", "2", "the real one"],
    ]
    assert page.under(here, "Strata of the randomization")[1:] == [["sex", "Sex", "F Female, M"]]
    assert page.under(here, "Parameters")[1:] == [["cap", "Largest dose", "8", "mL", "Label"]]
    assert page.under(here, "Restricted medicines")[1:] == [
        ["m", "Inhibitors", "prohibited", "slower clearance", "in vitro", "a, b", "14", "Ref 3"],
    ]
    assert page.under(here, "What holds a dose or stops")[1:] == [
        ["t", "Too high", "hold the dose", "scale", "N >= 3", "Ref 4"],
        ["u", "Two deaths", "stop the study", "-", "-", "-"],
    ]
    assert ("Visit schedule", "Protocol 1.0", "Restricted medicines") not in page.tables


# ---- what an amendment changed ------------------------------------------------------------------------------------


def test_differences_of_two_versions() -> None:
    assert differences(FIRST, SECOND) == [
        Difference("consent form", "", "version from A to B"),
        Difference("visit", "V1", "forms added: log"),
        Difference("visit", "V2", "late from 2 to 3"),
        Difference("visit", "V9", "dropped; it was: label Early exit, forms scale"),
        Difference("visit", "V3", "added: label Third, day 15, forms log"),
        Difference("parameter", "cap", "value from 10 to 8"),
        Difference("parameter", "gone", "dropped; it was: value 1"),
        Difference(
            "medicine",
            "m",
            "added: label Inhibitors, level prohibited, mechanism slower clearance, evidence in vitro, "
            "examples a, b, washout days 14, source Ref 3",
        ),
        Difference(
            "trigger", "t", "added: label Too high, action hold the dose, form scale, where N >= 3, source Ref 4"
        ),
        Difference("trigger", "u", "added: label Two deaths, action stop the study"),
    ]
    assert differences(FIRST, FIRST) == []


@pytest.mark.parametrize(
    ("entry", "change"),
    [
        ({"arms": {**FIRST.arms, "P": Arm("P", "Sham")}}, "control from yes to no"),
        ({"arms": {**FIRST.arms, "T": Arm("T", "Active", ratio=2)}}, "description from the real one to none"),
        ({"strata": {"sex": Stratum("sex", "Sex", {"F": "Female"})}}, "levels from F = Female, M = M to F = Female"),
        ({"visits": {**FIRST.visits, "V1": Visit("V1", "First", 1)}}, "forms dropped: scale"),
        ({"visits": {**FIRST.visits, "V9": Visit("V9", "Early exit", 0, forms=("scale",))}}, "day from none to 0"),
    ],
)
def test_one_difference(entry: dict[str, object], change: str) -> None:
    assert [d.change for d in differences(FIRST, replace(FIRST, **entry))] == [change]


def test_an_amendment_shows_what_it_says_and_what_it_does() -> None:
    text = visit_schedule(STUDY)
    assert "### Changes, as stated\n\n- \\- the cap is smaller\n" in text
    rows = Page(text).under("Protocol 2.0", "Changes, compared with version 1.0")
    assert rows[:2] == [["what", "id", "change"], ["consent form", "-", "version from A to B"]]
    assert len(rows) == 1 + len(differences(FIRST, SECOND))
    same = replace(STUDY, protocols={"1.0": FIRST, "2.0": replace(FIRST, version="2.0", supersedes="1.0")})
    assert "No visit, parameter or other entry is different." in visit_schedule(same)


# ---- files --------------------------------------------------------------------------------------------------------


def test_documents_are_written_and_come_out_the_same(tmp_path: Path) -> None:
    paths = tk.documents(STUDY, tmp_path / "new" / "folder")
    assert [path.name for path in paths] == ["data-dictionary.md", "visit-schedule.md"]
    before = [path.read_bytes() for path in paths]
    assert before == [data_dictionary(STUDY).encode(), visit_schedule(STUDY).encode()]
    assert [path.read_bytes() for path in write_documents(STUDY, tmp_path / "new" / "folder")] == before


def test_a_file_is_no_folder_to_write_into(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x")
    with pytest.raises(UsageError, match="cannot be written to"):
        tk.documents(STUDY, tmp_path / "taken")


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """The module as a command."""
    command = [sys.executable, "-m", "trialkit.export.dictionary", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True)


def test_the_module_writes_any_study(tmp_path: Path) -> None:
    other = ROOT / "tests" / "acceptance" / "cdisc_pilot"
    done = run(tmp_path, "--study", other)
    assert (done.returncode, done.stderr) == (0, "")
    study = load_study(other)
    assert (tmp_path / "data-dictionary.md").read_text(encoding="utf-8") == data_dictionary(study)
    page = Page((tmp_path / "data-dictionary.md").read_text(encoding="utf-8"))
    for form in study.forms.values():
        assert [row[0] for row in page.under(form.title, "Fields")[1:]] == list(form.fields)


def test_the_module_tells_what_is_no_study(tmp_path: Path) -> None:
    done = run(tmp_path / "out", "--study", tmp_path)
    assert done.returncode == 2
    assert "is not a study folder" in done.stderr
    assert not (tmp_path / "out").exists()


def test_the_committed_documents_are_the_generated_ones() -> None:
    study = shipped()
    assert (REFERENCE / "data-dictionary.md").read_text(encoding="utf-8") == data_dictionary(study)
    assert (REFERENCE / "visit-schedule.md").read_text(encoding="utf-8") == visit_schedule(study)
