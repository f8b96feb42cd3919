"""A rule's examples are its tests: one that must raise exactly this rule, one that must raise nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trialkit.errors import StudyError, TrialkitError
from trialkit.model import Example, Form, Rule, Study, Where
from trialkit.validate.bench import Bench
from trialkit.validate.bind import binding
from trialkit.validate.checklist import check_list
from trialkit.validate.schema import refuse_if_off


def check_rules(study: Study, examples: bool = True) -> list[StudyError]:
    """Everything wrong with the study's rules: content that does not fit, examples that do not behave.

    A form's examples are tried only once all rules of the study are well made, and if they are asked for. Raises
    AnalysisError if validation is switched off.
    """
    refuse_if_off()
    errors = [error for form in study.forms.values() for error in binding(form, study)]
    if errors:
        return errors
    tried = study.forms.values() if examples else ()
    return [*check_list(study), *(error for form in tried for error in _examples(form, study))]


def _examples(form: Form, study: Study) -> Iterator[StudyError]:
    tried = [(r, which, getattr(r.examples, which)) for r in form.rules.values() if r.examples for which in EXAMPLES]
    clean = [Example(place=form.place)] if form.example else []
    try:
        bench = Bench(form, study, [*clean, *(example for _, _, example in tried)])
    except StudyError as error:
        yield error
        return
    if clean:
        raised = _tried(bench, 0)
        if isinstance(raised, StudyError) or raised:
            yield raised if isinstance(raised, StudyError) else _unclean(form, raised)
            return
    for i, (rule, which, example) in enumerate(tried, start=len(clean)):
        yield from _behaves(rule, which, example, _tried(bench, i))


EXAMPLES = ("fires", "silent")


def _tried(bench: Bench, i: int) -> set[str] | StudyError:
    """The rules that example i raises; an error if it cannot be tried."""
    try:
        return bench.raised(i)
    except StudyError as error:
        return error
    except TrialkitError as error:
        return StudyError(error.message, str(bench.examples[i].place), error.hint)


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
