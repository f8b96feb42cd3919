"""Gates: what identifies somebody, or tells the arm, is refused before a cell is read, and never repeated."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests import xlsx_parts as x
from tests.small_study import write_study, write_uploads
from trialkit import pipeline as tk
from trialkit.errors import StudyErrors
from trialkit.intake import cells_of
from trialkit.model import Allowance, Cells, Field, Form
from trialkit.store import Store
from trialkit.validate.gates.blinding import blinding
from trialkit.validate.gates.column_names import announced
from trialkit.validate.gates.identifiers import _PLAIN, identifiers, suspicious
from trialkit.validate.gates.value_patterns import has_day, kinds_in, looks_like

PLAIN = [
    "pain", "hepatitis C, treated", "Crohn Disease", "Hodgkin Lymphoma", "St. John's Wort", "S-101-0001",
    "2026-02-03",
    "2026-02-03T09:05", "12:30:45", "12:30", "400 mg 3 x 1", "10-20-30 mg", "1.25", "120/80", "L26A01", "5 mg/kg",
    "Back pain", "Johns Hopkins", "version 1.2.3", "I.V.", "Scott syndrome", "1,234,567", "0012345678",
    "99213", "COVID-19",
    "patient fell", "3 Dose Reductions", "sister ill", "89 years old", "http", "name of drug", "Dr visit",
    "plate count 12",
]  # fmt: skip
TELLING = {
    "write to a.b-c@mail.example.org": "e-mail address",
    "see https://example.org/x": "web address",
    "from 192.168.10.4": "network address",
    "fe80::1ff:fe23:4567:890a": "network address",
    "123-45-6789": "social security number",
    "(555) 123-4567": "telephone number",
    "555-123-4567": "telephone number",
    "+49 30 901820": "telephone number",
    "call 5551234567": "telephone number",
    "MRN: 1234567": "record number",
    "account no. DE12345": "account number",
    "serial number SN-12345": "vehicle or device number",
    "12 Main Street": "street address",
    "P.O. Box 12": "street address",
    "DOB 1980-02-03": "date of birth",
    "born on 3 May 1980": "date of birth",
    "a 91-year-old": "age over 89",
    "Mrs. Miller": "name",
    "John Smith": "name",
    "Smith, John": "name",
    "wife Mary called": "name",
}


@pytest.mark.parametrize("text", PLAIN)
def test_ordinary_text_passes(text: str) -> None:
    assert list(looks_like(text)) == []


@pytest.mark.parametrize(("text", "kind"), TELLING.items())
def test_text_that_identifies_is_seen(text: str, kind: str) -> None:
    assert list(looks_like(text)) == [kind]


@pytest.mark.parametrize("text", ["12", "-1.5", "2026-02", "2026-02-03", "2026-02-03T09:05:01", "9:05", "12:30:45"])
def test_plain_numbers_dates_and_times_look_like_nothing(text: str) -> None:
    """They are passed over unseen."""
    assert _PLAIN.fullmatch(text) and list(looks_like(text)) == []


def test_a_text_of_the_declared_pattern_or_codes_is_passed_over() -> None:
    form = simple(T=replace(TEXT, pattern=r"\d{3}-\d{2}-\d{4}"))
    assert identifiers(of({"T": ["123-45-6789"]}), form) == []
    assert len(identifiers(of({"T": ["x 123-45-6789"]}), form)) == 1
    assert identifiers(of({"T": ["John Smith"]}), simple(T=replace(TEXT, codes={"John Smith": "a device"}))) == []


def test_many_texts_at_once_are_seen_as_one_by_one() -> None:
    texts = [*PLAIN, *TELLING]
    one_by_one: dict[str, set[str]] = {}
    for text in texts:
        for kind in looks_like(text):
            one_by_one.setdefault(kind, set()).add(text)
    assert kinds_in(texts) == one_by_one


@pytest.mark.parametrize(
    "name",
    ["USUBJID", "SITENAME", "VISIT_NAME", "drugName", "IPDOSE", "IP_DOSE", "PLAT", "TELEMETRY", "AESTDTC", "CITYPE",
     "AGE", "ZIPRASIDONE", "MAILED"],
)  # fmt: skip
def test_ordinary_column_names_pass(name: str) -> None:
    assert list(announced(name)) == []


@pytest.mark.parametrize(
    ("name", "kind"),
    [("PATIENT_NAME", "name"), ("patientName", "name"), ("Name", "name"), ("Surname", "name"),
     ("HomePhone", "telephone number"), ("E-MAIL", "e-mail address"), ("IP", "network address"),
     ("SSN", "social security number"), ("MRN", "record number"),
     ("Zip Code", "postal code"), ("DOB", "date of birth"), ("BRTHDTC", "date of birth"),
     ("Street Address", "street address")],
)  # fmt: skip
def test_column_names_that_announce_an_identifier(name: str, kind: str) -> None:
    assert kind in list(announced(name))


def of(frame: dict[str, list[object]], native: bool = False) -> Cells:
    made = pd.DataFrame(frame) if native else pd.DataFrame(frame, dtype=object)
    return Cells("x.csv", "0", "csv", made, np.arange(2, len(made) + 2), native=native)


def simple(**fields: Field) -> Form:
    return Form("f", "A form", "1.0", fields, ("S",))


TEXT = Field("T", "Comment")


def test_a_telling_column_is_one_finding_by_its_first_line_and_holds_no_value() -> None:
    cells = of({"T": ["fine", "John Smith", "Mary Jones", "John Smith"]})
    (found,) = identifiers(cells, simple(T=TEXT))
    assert (found.line, found.field, found.finding_class, found.severity) == (3, "T", "stop", "critical")
    assert "and 2 more" in found.say and "name" in found.say
    assert "Smith" not in str(found) and "Jones" not in str(found)


def test_an_allowed_kind_passes_and_no_other() -> None:
    form = replace(simple(T=TEXT), identifiers={"T": Allowance(("name",), "names of syndromes")})
    assert identifiers(of({"T": ["Jordan Rules"]}), form) == []
    assert len(identifiers(of({"T": ["mail a@b.org"]}), form)) == 1


def test_a_column_is_refused_by_its_name_even_if_it_is_empty() -> None:
    (found,) = identifiers(of({"PHONE": [""]}), simple(T=TEXT))
    assert found.line == 1 and "PHONE" in found.say


@pytest.mark.parametrize(
    ("cell", "refused"), [("1980", False), ("1980-02", False), ("1980-02-03", True), ("03.02.1980", True)]
)
def test_of_a_birth_date_year_and_month_pass(cell: str, refused: bool) -> None:
    form = simple(BRTHDTC=Field("BRTHDTC", "Birth", "partial_date"))
    assert bool(identifiers(of({"BRTHDTC": [cell]}), form)) == refused


def test_native_birth_dates_are_whole_days() -> None:
    form = simple(BRTHDTC=Field("BRTHDTC", "Birth", "date"))
    found = identifiers(of({"BRTHDTC": [pd.Timestamp("1980-02-03"), pd.NaT]}, native=True), form)
    assert [f.say for f in found] == ["this cell of column 'BRTHDTC' looks like a date of birth"]


@pytest.mark.parametrize(("age", "refused"), [("89", False), ("90", True), ("999", False), ("", False), ("x", False)])
def test_ages_over_89_are_refused(age: str, refused: bool) -> None:
    assert bool(identifiers(of({"AGE": [age]}), simple(AGE=Field("AGE", "Age", "integer")))) == refused


def test_native_ages_are_looked_at_too() -> None:
    form = simple(AGE=Field("AGE", "Age", "integer"))
    assert [f.line for f in identifiers(of({"AGE": [33.0, 90.0]}, native=True), form)] == [3]


def test_a_date_in_free_text_is_a_query_and_only_there() -> None:
    form = replace(simple(S=Field("S", "Subject"), T=TEXT), subject="S")
    cells = of({"S": ["s1", "s2", "s3"], "T": ["fell on 3 May 2026", "fell", "since 2026-05-03"]})
    first, second = identifiers(cells, form)
    assert (first.finding_class, first.severity, first.subject, first.line) == ("query", "major", "s1", 2)
    assert (second.subject, second.line) == ("s3", 4) and first.key != second.key
    coded = replace(TEXT, codes={"fell on 3 May 2026": "x"})
    assert identifiers(of({"T": ["fell on 3 May 2026"]}), simple(T=coded)) == []
    assert not has_day("in May 2026") and has_day("on 03/04/26")
    assert not has_day("2026-05-03") and not has_day("2026-05-03T09:05")


def test_bytes_of_a_broken_file_are_looked_at_as_they_are() -> None:
    assert suspicious(b'a,b\n1,"John Smith\n')
    assert not suspicious(b"a,b\n1,2,3\n")


def test_a_blinded_transfer_has_no_column_that_tells_the_arm() -> None:
    arms = replace(simple(S=Field("S", "Subject"), ARM=Field("ARM", "Arm", blinded=True)), id="arms")
    form = simple(S=Field("S", "Subject"), T=TEXT)
    forms = {"arms": arms, "f": form}
    assert [f.field for f in blinding(of({"S": ["1"], "ARM": ["A"]}), arms, forms)] == ["ARM"]
    (found,) = blinding(of({"S": ["1"], "ARM": ["A"]}), form, forms)
    assert "of form 'arms'" in found.say and found.finding_class == "stop"
    assert blinding(of({"S": ["1"], "T": ["A"]}), form, forms) == []


# ---- through the pipeline -------------------------------------------------------------------------------------------


def all_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.mark.parametrize(
    "text",
    [
        "WHO,AGE\nP1,Wilhelmina@example.org\n",
        "WHO,AGE,PHONE\nP1,30,Wilhelmina\n",
        'WHO,AGE\nP1,"Wilhelmina@example.org\n',
    ],
)
def test_of_a_file_that_identifies_nothing_is_kept_or_told(tmp_path: Path, text: str) -> None:
    """The third file cannot be read as a table at all; its bytes are looked at as they are."""
    study = tk.load(write_study(tmp_path / "study"))
    uploads = write_uploads(tmp_path / "in", people=text)
    checked, done = tk.submit(study, [uploads], tmp_path / "store", "me", at="2026-01-01T00:00:00Z")
    assert done is None and checked.refused
    assert b"Wilhelmina" not in all_bytes(tmp_path / "store")
    assert not any("Wilhelmina" in str(finding) for finding in checked.findings)
    verified = Store.open(tmp_path / "store").verify()
    assert verified is not None
    (event,) = [event for event in Store.open(tmp_path / "store").events() if event.kind == "rejected"]
    assert json.loads(event.detail)["kept"] is False


def test_a_blinded_transfer_is_refused_for_a_blinded_column(tmp_path: Path) -> None:
    study = tk.load(write_study(tmp_path / "study"))
    people = study.forms["people"]
    fields = people.fields | {"AGE": replace(people.fields["AGE"], blinded=True)}
    study = replace(study, forms=study.forms | {"people": replace(people, fields=fields)})
    uploads = write_uploads(tmp_path / "in")
    assert not tk.validate(study, [uploads]).refused
    checked = tk.validate(study, [uploads], blinded=True)
    assert checked.refused and [f.rule for f in checked.findings if f.finding_class == "stop"] == [
        "people.file.blinding"
    ]


def test_an_allowance_needs_a_field_and_a_reason(tmp_path: Path) -> None:
    folder = write_study(tmp_path / "study")
    path = folder / "schemas/forms/people.yaml"
    path.write_text(path.read_text(encoding="utf-8") + 'identifiers: {AGEE: {allow: [name], reason: ""}}\n', "utf-8")
    with pytest.raises(StudyErrors) as told:
        tk.check(tk.load(folder))
    assert "there is no field 'AGEE'" in told.value.text and "needs a reason" in told.value.text


def test_a_sheet_that_is_kept_and_not_read_is_looked_at() -> None:
    shown, hidden = (
        x.sheet(x.texts(1, "T") + x.texts(2, "a")),
        x.sheet(x.texts(1, "Contact") + x.texts(2, "John Smith")),
    )
    cells = cells_of(x.packed(x.parts_of({"data": shown, "old": hidden}, hidden=("old",))), "f.xlsx")
    (found,) = identifiers(cells, simple(T=TEXT))
    assert (found.finding_class, found.rule) == ("stop", "f.file.identifiers")
    assert found.say == "the part 'old' of the file, which is not read, holds what looks like a name"
    assert "Smith" not in str(found)
    plain = x.sheet(x.texts(1, "Lists") + x.texts(2, "MILD"))
    cells = cells_of(x.packed(x.parts_of({"data": shown, "old": plain}, hidden=("old",))), "f.xlsx")
    assert identifiers(cells, simple(T=TEXT)) == []
