"""The reference of derivation steps, generated from the code: ``python -m trialkit.derive.reference FILE``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import MISSING, Field, is_dataclass
from inspect import cleandoc
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from trialkit.derive.base import StepKind
from trialkit.derive.steps import STEPS
from trialkit.model.condition import OPS, SEVERAL, Condition, Test
from trialkit.spec.build import content_fields

INTRODUCTION = """\
# Derivation steps

Generated from the code; do not edit.

An analysis data set (`analysis/datasets/*.yaml`) starts from a form or from another data set and is made by `steps`,
one after the other. A step is one line `kind: {arguments}`; the kinds are a closed set, and nothing written in YAML is
evaluated as an expression. Where a list is asked for, a single value may stand. Every step enters the ledger: rows in,
rows out, and each lost row under its reason. Under each kind stand its arguments and the sentence by which the ledger
and `trialkit explain dataset` name the step.
"""

CONDITIONS = """\
## Conditions

A condition is a mapping of columns to values or comparisons: `{FLAG: Y, DAY: {above: 0, at_most: 7}}`. All of its
tests must hold. A missing value makes every comparison but `missing` unknown, and unknown is not "no": where a test is
unknown and none fails, `filter` loses the row under a reason of its own; every other step counts it as not met. Values
are compared as numbers or dates where the column is one; a value that cannot be read as such is an error.

| comparison | means |
|---|---|
"""

ARGUMENTS = {
    "into": "the column to make; one of that name is replaced",
    "from": "the form or data set to look into",
    "match": "own column: column of the other table, which must be equal; the two subject columns when left out. "
    "A missing value equals nothing",
    "where": "which rows of the other table count; all when left out",
    "columns": "new column: column of the other table, or a list of names that stay",
    "yes": "the text where it holds",
    "no": "the text where it does not hold, or a value is missing; `''` leaves it missing",
    "take.columns": "new name: old name, in the order wanted, or a list of names that stay; all other columns go",
    "filter.where": "the rows to keep",
    "filter.reason": "the reason in the ledger for rows that do not meet it; the condition itself when left out",
    "append.columns": "column here: column there; a column that is not named is missing in the added rows",
    "append.constant": "column: its text in the added rows",
    "collapse.by": "the columns that make a group",
    "collapse.totals": "the numbers to make of each group",
    "collapse.order": "the columns to sort by, smallest first, for `first` and `last`",
    "total.how": "what is made of the group's values; missing values do not count",
    "total.column": "the column it is made of; not needed for `count`",
    "unpivot.names": "the column for the name of the column each row was made of",
    "unpivot.values": "the column for its value",
    "unpivot.columns": "column: its name in the rows; they hold values of one kind",
    "unpivot.missing": "whether rows without a value are lost or kept",
    "in_force.match": "own column: column of the register, which must be equal",
    "in_force.date": "the date on which the register's row must be valid",
    "in_force.since": "the register's column for the first day a row is valid",
    "in_force.until": "the register's column for the last day; a missing one has no end",
    "in_force.between": "own column of numbers: the register's columns for its lower and upper limit, both included",
    "convert.value": "a column of numbers",
    "convert.unit": "the column for its unit",
    "convert.form": "the form whose field says which units there are",
    "convert.field": "that field",
    "convert.quantity": "the column for what is measured; not needed where the field measures one thing",
    "convert.base": "a column for the unit it is then in",
    "grade.value": "a column of numbers",
    "grade.lower": "the column for the lower limit of normal, in the same unit",
    "grade.upper": "the column for the upper limit",
    "grade.by": "the column for the analyte",
    "grade.grades": "the tables of cuts, one for each analyte",
    "table.of": "the analyte, a value of the column `by`",
    "table.high": "grade: the cut above which it is reached",
    "table.low": "grade: the cut below which it is reached",
    "restricted.name": "the column of coded names, as the protocol's examples have them",
    "restricted.level": "a column for prohibited, monitor or rescue: the study's decision",
    "restricted.evidence": "a column for how well the interaction is known",
    "restricted.mechanism": "a column for what it does",
    "recurrent.start": "the column for the start of an interval",
    "recurrent.stop": "the column for its end",
    "recurrent.event": "the column for 1 (an event at the end) or 0",
    "recurrent.time": "the other table's column of numbers: when each event happened, counted from the start at risk",
    "recurrent.until": "the column of the time at risk",
    "time_between.start": "the first moment",
    "time_between.end": "the last moment",
    "time_between.unit": "the unit of the time",
    "days_later.of": "the date from which is counted",
    "days_later.days": "the column for the number of calendar days",
    "across.of": "the columns, all of one kind; in their order for `first`",
    "across.how": "which value of the row is taken",
    "band.column": "a column of numbers",
    "band.cuts": "the cut points, from small to large",
    "band.labels": "the names of the bands, one more than there are cuts",
    "band.closed": "whether each band holds its lower end (`below`) or its upper end (`above`)",
    "classify.cases": "the cases, the first that holds counts",
    "classify.otherwise": "the text where none holds; missing when left out",
    "case.says": "the name",
    "case.where": "the rows it is given to",
    "version_in_force.site": "the column of the site",
    "version_in_force.date": "the column of the day",
    "version_in_force.of": "of what the version is wanted: the protocol, or the consent form that goes with it",
    "quotient.times": "what the quotient is multiplied by",
    "quotient.value": "the number divided",
    "quotient.divisor": "the number it is divided by",
    "area.value": "a column of numbers",
    "area.time": "a column of numbers: when each value was measured",
    "area.needed": "the times, two or more; rows at other times are left out",
    "area.bridge": "how many values in a row may be missing between two that are there",
    "area.by": "further columns that, with the subject, have an area of their own",
    "area.where": "which rows count; all when left out",
    "area.per": "whether the area is divided by the time it spans, which gives an average in units of the value",
    "impute_date.flag": "the column for what was imputed: D, M or Y, missing where nothing was",
    "impute_date.of": "a column of dates known in part, as text",
    "impute_date.rule": "which of the possible days; `middle` is the 15th of a month, 1 July of a year",
    "impute_date.most": "the most that may be imputed: with `day` a date of which no month is known stays missing",
    "impute_date.toward": "a date to be as near to as the known part allows",
    "impute_date.not_before": "dates that the day may not precede, if the known part allows it",
    "impute_date.not_after": "dates that the day may not follow, if the known part allows it",
    "impute_date.whole": "whether a date of which nothing is known takes the date of `toward`",
    "emergent.start": "when the event began: a date, or text known in part",
    "emergent.first": "the first dose",
    "emergent.last": "the last dose; without it, or where it is missing, the time at risk has no end",
    "emergent.days_after": "how many days after the last dose still count",
    "emergent.end": "when the event ended; looked at only where its start is not known at all",
    "emergent.why": "a column for the reason in words",
    "visit_window.number": "the column for the visit's number",
    "visit_window.day": "a column of study days (there is no day 0)",
    "visit_window.windows": "the visits; they may not overlap",
    "visit_window.distance": "a column for the days between the record and the target day of its visit",
    "window.visit": "the visit's name",
    "window.number": "its number",
    "window.target": "its target day",
    "window.from": "the first day that belongs to it; open if left out",
    "window.to": "the last day that belongs to it; open if left out",
    "choose.by": "further columns that, with the subject, make a group",
    "choose.order": "column: up (smallest first) or down (largest first)",
    "choose.where": "which rows may be chosen; all when left out",
    "one_per.by": "the columns that make a group; rows with missing values there make one too",
    "one_per.order": "the columns to sort by, smallest first; a row with a missing value there stays only if the group "
    "has no other",
    "one_per.rule": "which row of the sorted group stays",
    "one_per.where": "which rows may stay; the others are lost, those for which it is unknown under a reason of their "
    "own; all when left out",
    "join.required": "whether rows without a match are lost; if not, they have missing values",
    "pick.order": "the columns to sort by, smallest first; a row with a missing value there is never picked",
    "pick.rule": "which of the sorted rows is picked; on a tie the order of the rows decides",
    "aggregate.how": "the summary; `count` counts rows, the others leave missing values out and are missing where "
    "there is no value",
    "aggregate.column": "the column to summarize: numbers, or dates for `min` and `max`; not needed for `count`",
    "exists.no": "the text where there is no such row; `''` leaves it missing",
    "constant.columns": "column: its text",
    "map.column": "the column to recode",
    "map.values": "value: new value, each value that occurs; compared as numbers or dates where the column is one",
    "map.type": "what the new values are; of type `number` each must be one",
    "flag.where": "the condition",
    "compare.left": "a column of dates, numbers or text",
    "compare.op": "how `left` stands to `right`; text by its characters",
    "compare.right": "the column to compare with, of the same kind",
    "product.of": "the number columns to multiply",
    "date.of": "the column of dates and times",
    "sum.of": "column: the number it is multiplied by before it is added",
    "sum.plus": "a number added to the sum",
    "sum.divisor": "what the sum is divided by, last",
    "round.of": "a column of numbers",
    "round.decimals": "how many decimals stay",
    "first_filled.of": "two columns or more of one kind (dates, numbers or text), the preferred one first",
    "study_day.date": "the date whose day is wanted",
    "study_day.start": "the date that is day 1",
    "days_between.start": "the first date",
    "days_between.end": "the last date",
    "days_between.plus": "added to `end` - `start`",
    "baseline.value": "the column whose baseline is wanted",
    "baseline.date": "the date by which the last row is found; a row without one is never the baseline; on a tie the "
    "order of the rows decides",
    "baseline.start": "the date before (or on) which a baseline must be",
    "baseline.rule": "whether a row dated `start` itself may be the baseline",
    "baseline.where": "which rows may be the baseline",
    "baseline.by": "further columns that, with the subject, have a baseline of their own; a row in which one is "
    "missing has none",
    "baseline.flag": "a column that is Y in the row the baseline was taken from, else missing",
    "change.value": "the value, a column of numbers",
    "change.baseline": "the value it is compared with, a column of numbers",
    "change.where": "which rows have a change; all when left out",
    "change.percent": "a column for 100 x change / baseline, missing where the baseline is 0",
    "sustained.into": "the column for Y on the marked row, missing elsewhere; one of that name is replaced",
    "sustained.order": "a column of dates or numbers by which rows follow each other",
    "sustained.where": "the state that must last",
    "sustained.length": "how many rows one after the other must meet it",
    "sustained.mark": "whether the first row of the run is marked (onset) or the one that completes it (confirmation)",
    "sustained.unknown": "what a row does for which `where` is unknown (a missing value): it breaks the run, is passed "
    "over, or counts as meeting it",
    "sustained.gap": "the largest distance from a row to the next in a run, in days for dates; any if 0",
    "sustained.among": "which rows take part (from when on a subject is at risk, say); all when left out",
    "sustained.by": "further columns that, with the subject, have a run of their own",
    "time_to_event.time": "the column for the time in days",
    "time_to_event.censor": "the column for 0 (event) or 1 (censored)",
    "time_to_event.date": "the column for the date of the event or censoring",
    "time_to_event.start": "the column of the date that is day 1",
    "time_to_event.events": "sources of events, at least one; the earliest counts, on a tie the source listed first",
    "time_to_event.censors": "sources of censorings, at least one, for subjects without an event",
    "time_to_event.description": "a column for the words (`says`) of the source that counted",
    "time_to_event.source": "a column for the table (`from`) of the source that counted",
    "time_to_event.censor_rule": "which censoring date counts",
    "origin.date": "the column of the date; rows where it is missing do not count",
    "origin.says": "the event or censoring in words",
    "origin.where": "which rows count; all when left out",
    "origin.from": "the form or data set to look into; the row itself when left out",
}
"""What each argument means: under its step and name, or under its name where it means the same in all steps."""


def reference() -> str:
    """All steps with their arguments and the comparisons of a condition, as Markdown."""
    return "\n".join([INTRODUCTION, *(_step(kind) for kind in STEPS.values()), CONDITIONS + _comparisons()])


def meaning(owner: str, key: str) -> str:
    """What an argument of a step means. Raises KeyError if nobody has said it."""
    return ARGUMENTS.get(f"{owner}.{key}") or ARGUMENTS[key]


def _step(kind: StepKind) -> str:
    parts = [f"## {kind.name}\n", cleandoc(kind.args.__doc__ or "") + "\n", _table(kind.name, kind.args)]
    for cls, keys in _nested(kind.args).items():
        said = cleandoc(cls.__doc__ or "")
        parts += [f"Each of {' and '.join(f'`{key}`' for key in keys)}: {said}\n", _table(cls.__name__.lower(), cls)]
    result = " ".join(cleandoc(kind.run.__doc__ or "").split())
    return "\n".join([*parts, f"Gives: {result}\n", f"In the ledger: `{kind.words(_sample(kind.args))}`\n"])


def _nested(cls: type) -> dict[type, list[str]]:
    """Classes of arguments that are lists of mappings, with the keys they stand under."""
    found: dict[type, list[str]] = {}
    for key, (_, hint) in content_fields(cls).items():
        inner = (get_args(hint) or (None,))[0]
        if get_origin(hint) is tuple and isinstance(inner, type) and is_dataclass(inner):
            found.setdefault(inner, []).append(key)
    return found


def _table(owner: str, cls: type) -> str:
    rows = [
        f"| `{key}` | {_type(hint)} | {_default(attribute)} | {meaning(owner, key)} |\n"
        for key, (attribute, hint) in content_fields(cls).items()
    ]
    return "| argument | type | default | meaning |\n|---|---|---|---|\n" + "".join(rows)


def _type(hint: Any) -> str:
    """An annotation in words. Raises KeyError for one that has none yet."""
    args = [a for a in get_args(hint) if a is not NoneType and a is not Ellipsis]
    if get_origin(hint) is Literal:
        return "one of " + ", ".join(f"`{choice}`" for choice in args)
    if get_origin(hint) is dict:
        return f"mapping to {_type(args[1])}"
    if get_origin(hint) is tuple:
        return "list of mappings" if is_dataclass(args[0]) else f"list of {_type(args[0])}s"
    if get_origin(hint) in (Union, UnionType):
        return _type(args[0])
    return {str: "text", int: "whole number", float: "number", bool: "true or false", Condition: "condition"}[hint]


def _default(attribute: Field[Any]) -> str:
    if attribute.default_factory is not MISSING:
        return "none"
    if attribute.default is MISSING:
        return "required"
    value = attribute.default
    return "none" if value in ("", (), None) else f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _sample(cls: type) -> Any:
    """Arguments in which every value is its key in angle brackets, every choice the default or the first."""
    return cls(
        **{attribute.name: _value(key, attribute, hint) for key, (attribute, hint) in content_fields(cls).items()}
    )


def _value(key: str, attribute: Field[Any], hint: Any) -> Any:
    args, word = get_args(hint), f"<{key}>"
    if get_origin(hint) is Literal:
        return args[0] if attribute.default is MISSING else attribute.default
    if get_origin(hint) is tuple:
        return (_sample(args[0]),) if is_dataclass(args[0]) and isinstance(args[0], type) else (word,)
    if get_origin(hint) is dict:
        return {word: word}
    if hint is Condition:
        return Condition((Test("<column>", "is", ("<value>",)),))
    return word if hint is str else attribute.default


def _comparisons() -> str:
    return "".join(_comparison(op) for op in OPS)


def _comparison(op: Any) -> str:
    if op == "missing":
        said = {value: Test("X", op, (value,)).words() for value in ("true", "false")}
        return f"| `{{X: {{missing: true}}}}` | {said['true']}; with `false`, {said['false']} |\n"
    several = op in SEVERAL
    values = ("A", "B") if several else ("5",)
    written = f"{{{op}: [A, B]}}" if several else f"{{{op}: 5}}"
    short = "; `{X: A}` is short for `{X: {is: A}}`" if op == "is" else ""
    return f"| `{{X: {written}}}` | {Test('X', op, values).words()}{short} |\n"


def arguments() -> Iterator[tuple[str, str]]:
    """Every (step or nested class, argument) there is."""
    for kind in STEPS.values():
        for owner, cls in ((kind.name, kind.args), *((c.__name__.lower(), c) for c in _nested(kind.args))):
            yield from ((owner, key) for key in content_fields(cls))


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(reference(), encoding="utf-8")
