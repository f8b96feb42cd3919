"""Rules stated once for many forms: which forms get them, what the words in braces become, and what is refused."""

from __future__ import annotations

import pytest

from trialkit.errors import StudyError
from trialkit.model import Form
from trialkit.spec import read_yaml
from trialkit.spec.build import build
from trialkit.spec.shared import with_shared

VISITS = """
{id: visits, title: Visits, version: "1", key: [S, V], subject: S, visit: V, date: D,
 fields: {S: {label: Subject}, V: {label: Visit}, D: {label: Day, type: date}, N: {label: Number, type: decimal}},
 example: {S: s1, V: V1, D: 2026-02-28, N: 5}}
"""
DOSES = """
{id: doses, title: Doses, version: "1", key: [S, H], subject: S, date: H,
 fields: {S: {label: Subject}, H: {label: Moment, type: datetime}, E: {label: End, type: datetime}, T: {label: Text}},
 example: {S: s1, H: "2026-03-01T09:05", T: taken}}
"""
LOTS = """
{id: lots, title: Lots, version: "1", key: [L], fields: {L: {label: Lot}, P: {label: Made, type: partial_date}},
 example: {L: l1, P: "2025-12"}}
"""


def shared(text: str) -> dict[str, Form]:
    made = [build(Form, read_yaml(one, "form.yaml")) for one in (VISITS, DOSES, LOTS)]
    return with_shared({form.id: form for form in made}, read_yaml(text, "shared.yaml"))


def rules(forms: dict[str, Form]) -> dict[str, list[str]]:
    return {name: list(form.rules) for name, form in forms.items()}


def test_every_form_that_has_the_part_gets_the_rule() -> None:
    made = shared('"{form}.late": {kind: range, field: "{date}", args: {max: 2026-12-31}}')
    assert rules(made) == {"visits": ["visits.late"], "doses": ["doses.late"], "lots": []}
    assert made["doses"].rules["doses.late"].field == "H"
    assert str(made["doses"].rules["doses.late"].place) == "shared.yaml:1"


def test_the_named_forms_and_not_the_others() -> None:
    made = shared('"{form}.late": {kind: present, field: "{subject}", forms: [doses, visits], but: [visits]}')
    assert rules(made) == {"visits": [], "doses": ["doses.late"], "lots": []}


def test_a_rule_for_each_date() -> None:
    made = shared(
        '"{form}.{each}.late": {kind: range, field: "{each}", args: {max: today}, each: dates, but: [doses.E]}'
    )
    assert rules(made) == {"visits": ["visits.D.late"], "doses": ["doses.H.late"], "lots": ["lots.P.late"]}


def test_a_rule_for_each_named_field() -> None:
    made = shared('"{form}.{each}.there": {kind: present, field: "{each}", each: [N, T]}')
    assert rules(made) == {"visits": ["visits.N.there"], "doses": ["doses.T.there"], "lots": []}


def test_the_stated_rule_stays() -> None:
    own = VISITS.rstrip()[:-1] + ",\n rules: {visits.late: {kind: present, field: N}}}"
    forms = {"visits": build(Form, read_yaml(own, "form.yaml"))}
    text = '"{form}.late": {kind: range, field: "{date}", args: {max: 2026-12-31}}'
    assert with_shared(forms, read_yaml(text, "shared.yaml"))["visits"].rules["visits.late"].kind == "present"


CELLS = """
"{form}.r":
  kind: previous
  args: {fields: "{values}"}
  forms: [FORM]
  examples:
    fires:
      as_of: "{=date-1}"
      row: {"{date}": "{=date}", "{value}": "{other}"}
      tables: {lots: [{L: "{form}", P: "{latest}"}]}
    silent: {row: {"{date}": "{date@2026-12-31}"}}
"""


@pytest.mark.parametrize(
    ("form", "fires", "before", "silent", "values"),
    [
        ("visits", {"D": "2026-02-28", "N": "6"}, "2026-02-27", {"D": "2026-12-31"}, ["D", "N"]),
        ("doses", {"H": "2026-03-01T09:05", "T": "taken X"}, "2026-02-28", {"H": "2026-12-31T00:00"}, ["E", "T"]),
    ],
)
def test_words_become_cells(
    form: str, fires: dict[str, str], before: str, silent: dict[str, str], values: list[str]
) -> None:
    text = CELLS.replace("FORM", form).replace('"{value}"', "N" if form == "visits" else '"{value}"')
    rule = shared(text.replace('N: "{other}"', 'N: "6"'))[form].rules[f"{form}.r"]
    assert rule.examples is not None
    assert rule.examples.fires.row == fires
    assert rule.examples.silent.row == silent
    assert str(rule.examples.fires.as_of) == before
    assert rule.examples.fires.tables["lots"][0]["L"] == form
    assert rule.args.plain() == {"fields": values}


def test_another_value_is_of_the_type_of_its_field() -> None:
    text = '"{form}.r": {kind: present, field: T, forms: [FORM], say: "{value} was {other}"}'
    said = [shared(text.replace("FORM", name))[name].rules[f"{name}.r"].say for name in ("visits", "doses", "lots")]
    assert said == ["D was 2026-03-01", "T was taken X", "P was 2025-12-02"]


def test_cells_and_further_rules_by_form_and_by_field() -> None:
    text = """
"{form}.{each}.r":
  kind: present
  field: "{each}"
  each: [D, H, N]
  examples: {fires: {row: {N: 1}}, silent: {}}
  cells: {visits: {V: V2}, visits.N: {N: 9, S: s9}}
  also: {visits.D: [visits.other]}
"""
    made = shared(text)["visits"].rules
    day, number = made["visits.D.r"].examples, made["visits.N.r"].examples
    assert day is not None and number is not None
    assert (day.fires.row, day.silent.row, day.fires.also) == ({"V": "V2", "N": "1"}, {"V": "V2"}, ("visits.other",))
    assert (number.fires.row, number.fires.also) == ({"N": "1", "S": "s9", "V": "V2"}, ())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('"{form}.r": {kind: present, field: "{site}"}', "fits no form"),
        ('"{form}.r": {kind: present, field: "{visit}", forms: [doses]}', "form 'doses' names no visit field"),
        ('"{form}.r": {kind: present, field: "{vist}", forms: [doses]}', "which no form has"),
        ('"{form}.r": {kind: present, field: "{date}", forms: [dose]}', "there is no form 'dose'"),
        ('"{form}.r": {kind: present, field: "{date}", but: [doses.F]}', "form 'doses' has no field 'F'"),
        ('"{form}.r": {kind: present, field: "{each}", each: [NN]}', "none of its forms has a field 'NN'"),
        ('"{form}.r": {kind: present, field: "{date}", form: doses}', "unknown key 'form'"),
        ('"{form}.r": {kind: presnt, field: "{date}"}', "not one of the choices"),
        ('"{form}.r": {kind: present, field: "{=date-1}", forms: [lots]}', "form 'lots' names no date field"),
    ],
)
def test_what_does_not_fit_is_told_at_its_line(text: str, words: str) -> None:
    with pytest.raises(StudyError, match=words) as caught:
        shared(text)
    assert caught.value.place == "shared.yaml:1"
