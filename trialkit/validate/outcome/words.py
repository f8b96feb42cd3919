"""Words that outputs share: labels, places, sentences without the row's own values."""

from __future__ import annotations

import re
from functools import lru_cache

from trialkit.model import Finding, Form, Rule, Study
from trialkit.validate.compiled import compile_rule, rules_of
from trialkit.validate.plan import Plan
from trialkit.validate.rows import Rows

_DETAIL = re.compile(r"(.+) \(([^()]+)\)\Z", re.DOTALL)
CELL_KINDS = ("present", "codes", "range", "pattern")
UNREAD = ".unread"


def parts(say: str) -> tuple[str, str]:
    """The sentence, and the last words in brackets, which tell of the one row."""
    found = _DETAIL.match(say)
    return (found[1], found[2]) if found else (say, "")


def form_title(study: Study, form: str) -> str:
    """A form as a person calls it."""
    return study.forms[form].title if form in study.forms else form


def field_label(study: Study, form: str, name: str) -> str:
    """A field as a person calls it."""
    known = study.forms[form].fields if form in study.forms else {}
    return known[name].label if name in known else name


def field_words(study: Study, form: str, name: str) -> str:
    """The label, with the column's name in brackets so that it can be found in the file."""
    label = field_label(study, form, name)
    return f"{label} ({name})" if label != name else name


def line_words(finding: Finding) -> str:
    """``line 214`` or ``record 214``; "" for the file as a whole."""
    return f"{finding.numbering} {finding.line}" if finding.line else ""


def rule_of(study: Study, finding: Finding) -> Rule | None:
    """The rule behind a finding; None for those of the intake."""
    form = study.forms.get(finding.form)
    return _rules(form).get(finding.rule) if form else None


def named(study: Study, finding: Finding) -> str:
    """The sentence of a finding; for a cell that could not be read with the field in front, which it does not name."""
    label = field_label(study, finding.form, finding.field)
    unnamed = finding.rule.endswith(UNREAD) and not finding.say.startswith(label)
    return f"{label} {finding.say}" if unnamed else finding.say


def judges_a_cell(study: Study, finding: Finding) -> bool:
    """Whether the finding is about one cell by itself: missing, unreadable, not allowed."""
    rule = rule_of(study, finding)
    return finding.rule.endswith(UNREAD) if rule is None else rule.kind in CELL_KINDS and not rule.when


def fault(study: Study, form: Form, rule: Rule) -> str:
    """What is wrong where the rule fires, in words that hold for every row: "is outside 0 to 48 points"."""
    import pandas as pd

    made = compile_rule(form, rule)
    rows = Rows(form, pd.DataFrame(columns=list(form.fields)), forms=study.forms, plan=Plan(study))
    return made.kind.say(rows, rule, made.args)


def sentence(study: Study, form: Form, rule: Rule) -> str:
    """The whole sentence, without the row's own values."""
    if rule.say:
        return rule.say
    label = form.fields[rule.field].label if rule.field else "the record"
    return f"{label} {fault(study, form, rule)}"


def plain_fix(form: Form, rule: Rule) -> str:
    """What to do, without a hint that depends on the value."""
    made = compile_rule(form, rule)
    return rule.fix or made.kind.fix(form, rule, made.args, "")


def listed(words: list[str], shown: int = 5) -> str:
    """``a, b, c and 4 more``."""
    more = len(words) - shown
    return ", ".join(words) if more <= 0 else f"{', '.join(words[:shown])} and {more:,} more"


class _ById:
    """A form as a key of the cache: forms are not hashable, and the same object is the same form."""

    def __init__(self, form: Form) -> None:
        self.form = form

    def __hash__(self) -> int:
        return id(self.form)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ById) and self.form is other.form


@lru_cache(maxsize=256)
def _rules_by_id(key: _ById) -> dict[str, Rule]:
    return rules_of(key.form)


def _rules(form: Form) -> dict[str, Rule]:
    return _rules_by_id(_ById(form))
