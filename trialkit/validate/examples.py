"""A rule's examples are its tests: one that must raise exactly this rule, one that must raise nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trialkit.errors import StudyError, TrialkitError, did_you_mean
from trialkit.model import Example, Form, Rule, Study, Where
from trialkit.validate.bench import Bench, Verdict
from trialkit.validate.bind import mistakes
from trialkit.validate.checklist import check_list
from trialkit.validate.laid import Shelf
from trialkit.validate.schema import refuse_if_off


def check_rules(study: Study, examples: bool = True) -> list[StudyError]:
    """Everything wrong with the study's rules: content that does not fit, examples that do not behave.

    A form's examples are tried only once all rules of the study are well made, and if they are asked for. Raises
    AnalysisError if validation is switched off.
    """
    refuse_if_off()
    if errors := mistakes(study):
        return errors
    return [*check_list(study), *(_examples(study) if examples else ())]


def _examples(study: Study) -> list[StudyError]:
    """The rows of all forms' examples are read together; a form whose examples name what there is not is not tried."""
    tried = {form.id: _of(form) for form in study.forms.values()}
    misnamed = {name: [*_misnamed(study.forms[name], study, many)][:1] for name, many in tried.items()}
    shelf = Shelf(study, {name: many for name, many in tried.items() if not misnamed[name]})
    return [
        error
        for form in study.forms.values()
        for error in misnamed[form.id] or _judged(form, Bench(form, study, tried[form.id], shelf).verdicts())
    ]


EXAMPLES = ("fires", "silent")


def _stated(form: Form) -> list[tuple[Rule, str, Example]]:
    return [(r, which, getattr(r.examples, which)) for r in form.rules.values() if r.examples for which in EXAMPLES]


def _of(form: Form) -> list[Example]:
    """The form's own clean row, if it has one, then the examples of its rules."""
    clean = [Example(place=form.place)] if form.example else []
    return [*clean, *(example for _, _, example in _stated(form))]


def _judged(form: Form, verdicts: list[Verdict]) -> Iterator[StudyError]:
    stated = _stated(form)
    told = [_told(verdict, example) for verdict, example in zip(verdicts, _of(form), strict=True)]
    if form.example and told[0]:
        yield told[0] if isinstance(told[0], StudyError) else _unclean(form, told[0])
        return
    for (rule, which, example), raised in zip(stated, told[len(told) - len(stated) :], strict=True):
        yield from _behaves(rule, which, example, raised)


def _told(verdict: Verdict, example: Example) -> set[str] | StudyError:
    if isinstance(verdict, TrialkitError) and not isinstance(verdict, StudyError):
        return StudyError(verdict.message, str(example.place), verdict.hint)
    return verdict


def _misnamed(form: Form, study: Study, examples: Iterable[Example]) -> Iterator[StudyError]:
    """A form or field of an example that does not exist."""
    for example in examples:
        place, given = example.place, [(form, row) for row in (example.row, *example.rows, *example.before)]
        for name in example.tables:
            if name not in study.forms:
                yield StudyError(f"there is no form {name!r}", str(place), did_you_mean(name, study.forms))
        given += [(study.forms[n], row) for n, rows in example.tables.items() if n in study.forms for row in rows]
        for of, name in ((of, name) for of, row in given for name in row if name not in of.fields):
            said = f"an example row has {name!r}, no field of form {of.id!r}"
            yield StudyError(said, str(place), did_you_mean(name, of.fields))


def _unclean(form: Form, raised: set[str]) -> StudyError:
    return StudyError(
        f"the example row of form {form.id!r} is not clean: it raises {_listed(raised)}",
        str(form.place),
        "Every rule example is laid over it; correct the row.",
    )


def _behaves(rule: Rule, which: str, example: Example, raised: set[str] | StudyError) -> Iterator[StudyError]:
    if isinstance(raised, StudyError):
        yield raised
        return
    wanted = {rule.id, *example.also} if which == "fires" else set()
    if raised != wanted:
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


def _listed(rules: Iterable[str]) -> str:
    return ", ".join(sorted(rules)) or "nothing"
