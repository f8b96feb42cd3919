"""A rule's examples are its tests: one that must raise exactly this rule, one that must raise nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from trialkit.errors import StudyError, TrialkitError, did_you_mean
from trialkit.model import Cells, Example, Form, Rule, Study, Where
from trialkit.validate.bind import binding
from trialkit.validate.collect import beside_others, check
from trialkit.validate.kept import gone
from trialkit.validate.plan import Plan
from trialkit.validate.rows import rows_of


def check_rules(study: Study) -> list[StudyError]:
    """Everything wrong with the study's rules: content that does not fit, examples that do not behave.

    A form's examples are tried only once all rules of the study are well made.
    """
    errors = [error for form in study.forms.values() for error in binding(form, study)]
    if errors:
        return errors
    return [error for form in study.forms.values() for error in _examples(form, study)]


def _examples(form: Form, study: Study) -> Iterator[StudyError]:
    if form.example:
        raised = _raised(form, study, Example(place=form.place))
        if isinstance(raised, StudyError):
            yield raised
            return
        if raised:
            yield StudyError(
                f"the example row of form {form.id!r} is not clean: it raises {_listed(raised)}",
                str(form.place),
                "Every rule example is laid over it; correct the row.",
            )
            return
    for rule in form.rules.values():
        if rule.examples:
            yield from _behaves(form, study, rule, "fires", rule.examples.fires)
            yield from _behaves(form, study, rule, "silent", rule.examples.silent)


def _behaves(form: Form, study: Study, rule: Rule, which: str, example: Example) -> Iterator[StudyError]:
    raised = _raised(form, study, example)
    if isinstance(raised, StudyError):
        yield raised
        return
    wanted = {rule.id, *example.also} if which == "fires" else set()
    if set(raised) != wanted:
        told = f"must raise {_listed(wanted)}" if wanted else "must raise nothing"
        yield StudyError(
            f"example '{which}' of rule {rule.id!r} {told}; it raises {_listed(raised)}",
            str(_place(example, rule)),
            "Correct the example or the rule; 'also' names further rules that fire by design."
            if which == "fires"
            else "Correct the example or the rule.",
        )


def _place(example: Example, rule: Rule) -> Where:
    return example.place if example.place.file else rule.place


def _listed(rules: Mapping[str, str] | set[str]) -> str:
    return ", ".join(sorted(rules)) or "nothing"


def _raised(form: Form, study: Study, example: Example) -> dict[str, str] | StudyError:
    """Rule id -> what it says, for all the example raises; an error if it cannot be tried."""
    from trialkit.intake import parse

    forms, before = study.forms, None
    try:
        if example.before:
            before = parse(_cells(form, example.before, example.place), form)[0].frame
        table, found = parse(_cells(form, (example.row, *example.rows), example.place), form)
        others = {
            name: parse(_cells(_form(forms, name, example.place), rows, example.place), forms[name])[0].frame
            for name, rows in example.tables.items()
        }
        lost = gone(table, before) if before is not None and form.mode == "cumulative" else ()
        beside = beside_others(rows_of(table), {form.id: table.frame} | others, forms, Plan(study), before)
        return {finding.rule: finding.say for finding in (*found, *check(table), *beside, *lost)}
    except TrialkitError as error:
        return error if isinstance(error, StudyError) else StudyError(error.message, str(example.place), error.hint)


def _form(forms: Mapping[str, Form], name: str, place: Where) -> Form:
    if name not in forms:
        raise StudyError(f"there is no form {name!r}", str(place), did_you_mean(name, forms))
    return forms[name]


def _cells(form: Form, rows: Sequence[Mapping[str, str]], place: Where) -> Cells:
    """Rows laid over the form's example, as a file would hold them: header on line 1."""
    import numpy as np
    import pandas as pd

    for name in {name for row in rows for name in row}:
        if name not in form.fields:
            hint = did_you_mean(name, form.fields)
            raise StudyError(f"an example row has {name!r}, no field of form {form.id!r}", str(place), hint)
    full = [form.example | dict(row) for row in rows]
    frame = pd.DataFrame({name: [row.get(name, "") for row in full] for name in form.fields}, dtype="object")
    return Cells(f"{form.id}.csv", "", "csv", frame, np.arange(2, len(full) + 2))
