"""One subject in words: its status, why it is in or out of each population, and what each analysis uses of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from trialkit.errors import UsageError, did_you_mean
from trialkit.model.analysis import AnalysisSpec
from trialkit.model.condition import Condition
from trialkit.model.study import Study
from trialkit.model.table import Tables
from trialkit.pipeline.membership import membership, value_of
from trialkit.pipeline.numbers import open_snapshot
from trialkit.words import many

if TYPE_CHECKING:
    import pandas as pd

    from trialkit.derive import Derived


def explain_subject(study: Study, store: Path, subject: str, snapshot: str = "latest") -> str:
    """One subject in words: status and arms, each population with what decides, each analysis with what it uses.

    Raises UsageError for no subject, or one of whom the snapshot holds nothing; AnalysisError, SnapshotError,
    StoreError.
    """
    if not subject:
        raise UsageError("the subject is missing", hint="Name one by its identifier, as it stands in the uploads.")
    _, tables = open_snapshot(store, snapshot)
    return subject_words(study, tables, subject)


def subject_words(study: Study, tables: Tables, subject: str) -> str:
    """The same from tables in memory."""
    from trialkit.derive import derive
    from trialkit.derive.trace import of_subject

    own = of_subject(study, tables, subject)
    forms = {name: frame for name, frame in own.frames.items() if study.forms[name].subject and len(frame)}
    if not forms:
        raise UsageError(f"there is no subject {subject!r} in the snapshot", hint=_near(study, tables, subject))
    derived = derive(study, own)
    lines = [
        f"Subject {subject}",
        f"  recorded in {many(len(forms), 'form')}, {many(sum(map(len, forms.values())), 'row')}",
    ]
    for title, said in (
        ("Status", _status(study, derived)),
        ("Populations", _populations(study, derived)),
        ("Data sets", _datasets(study, derived)),
        ("Analyses", _analyses(study, derived)),
    ):
        found = list(said)
        lines += ["", title, *found] if found else []
    return "\n".join(lines)


def _near(study: Study, tables: Tables, subject: str) -> str:
    known = {
        str(name)
        for form, frame in tables.frames.items()
        if study.forms[form].subject
        for name in frame[study.forms[form].subject].dropna()
    }
    return did_you_mean(subject, sorted(known))


def _status(study: Study, derived: Derived) -> Iterator[str]:
    """The subject's arms, and what its rows were classified as, in the data sets the populations are drawn from."""
    for name in dict.fromkeys(population.dataset for population in study.populations.values()):
        frame = derived.datasets[name]
        if not len(frame):
            continue
        arms = [p.arm for p in study.populations.values() if p.dataset == name and p.arm]
        named = [step.args.plain() for step in study.datasets[name].steps if step.kind == "classify"]
        shown = [*arms, *(str(args["into"]) for args in named if isinstance(args, dict))]
        for column in dict.fromkeys(shown):
            if column in frame.columns and frame[column].notna().iloc[0]:
                yield f"  {value_of(study, name, frame, column, ': ')}"


def _populations(study: Study, derived: Derived) -> Iterator[str]:
    for population in study.populations.values():
        frame = derived.datasets[population.dataset]
        if not len(frame):
            why = _lost(derived.ledger, f"dataset {population.dataset}")
            reason = f" ({'; '.join(why)})" if why else f" (no record in {_source(study, population.dataset)})"
            yield f"  {population.label}: out, no row in {population.dataset}{reason}"
            continue
        yield f"  {population.label}: {membership(study, population, frame)}"


def _source(study: Study, dataset: str) -> str:
    """The title of the form (or data set) that a data set starts from."""
    name = study.datasets[dataset].source
    return study.forms[name].title if name in study.forms else study.datasets[name].label


def _datasets(study: Study, derived: Derived) -> Iterator[str]:
    """Data sets that lost rows of the subject, a line each; the others together."""
    whole, nothing = [], []
    for name, frame in derived.datasets.items():
        source = study.forms.get(study.datasets[name].source)
        if source is not None and not source.subject:
            continue
        if lost := _lost(derived.ledger, f"dataset {name}"):
            yield f"  {study.datasets[name].label} ({name}): {_rows(len(frame))}; lost {'; '.join(lost)}"
        elif len(frame):
            whole.append(f"{name} {len(frame)}")
        else:
            nothing.append(name)
    yield from _together("No row lost on the way to", "data set", whole)
    yield from _together("Nothing for", "data set", nothing)


def _analyses(study: Study, derived: Derived) -> Iterator[str]:
    """Analyses that leave rows of the subject aside, a line each; the others together, by what they use of it."""
    whole: list[str] = []
    nothing: list[str] = []
    out: dict[str, list[str]] = {}
    for spec in study.analyses.values():
        said = _analysis(study, spec, derived)
        if said is None:
            out.setdefault(study.populations[spec.population].label, []).append(spec.id)
        elif said:
            yield f"  {spec.title} ({spec.id}): {said}"
        else:
            (whole if len(derived.datasets[spec.dataset]) else nothing).append(spec.id)
    yield from _together("All its rows used by", "analysis", whole, "analyses")
    yield from _together(
        "In the population, and nothing recorded that could be used by", "analysis", nothing, "analyses"
    )
    for label, ids in out.items():
        yield from _together(f"Not in the population {label!r}, so in none of", "analysis", ids, "analyses")


def _together(said: str, what: str, names: list[str], several: str = "") -> Iterator[str]:
    if names:
        yield f"  {said} {many(len(names), what, several)}: {', '.join(names)}"


def _analysis(study: Study, spec: AnalysisSpec, derived: Derived) -> str | None:
    """What an analysis leaves aside of the subject, "" if nothing; None if the subject is not in its population."""
    from trialkit.analyze.prepare import prepare
    from trialkit.derive.run import Ledger

    ledger = Ledger()
    prepared = prepare(study, spec, derived.datasets, ledger)
    if not len(prepared.universe):
        return None
    if len(prepared.frame) == len(derived.datasets[spec.dataset]):
        return ""
    frame = ledger.frame()
    lost = [(reason, count) for reason, count in zip(frame["reason"], frame["lost"], strict=True) if count]
    why = "; ".join(f"{count} {_reason(study, spec, reason)}" for reason, count in lost)
    return f"{_rows(len(prepared.frame))}; not used: {why}"


def _reason(study: Study, spec: AnalysisSpec, reason: str) -> str:
    """Why a row is not used; a condition of the analysis in the words of the data set."""
    if not spec.where:
        return reason
    asked = _condition(study, spec.dataset, spec.where)
    told = {"not": "that do not meet", "a value is missing in": "with a value missing for"}
    return next((f"{say}: {asked}" for word, say in told.items() if reason == f"{word}: {spec.where.words()}"), reason)


def _condition(study: Study, dataset: str, where: Condition) -> str:
    columns, said = study.datasets[dataset].columns, []
    for test in where.tests:
        column = columns.get(test.column)
        words = test.words()
        if column is not None:
            words = words.replace(test.column, column.label, 1)
            for value in test.values:
                words = words.replace(f" {value}", f" {column.levels.get(value, value)}")
        said.append(words)
    return " and ".join(said)


def _lost(ledger: pd.DataFrame, of: str) -> list[str]:
    rows = ledger[(ledger["of"] == of) & (ledger["lost"] > 0)]
    return [f"{count} at step {order}, {reason}" for order, count, reason in
            zip(rows["order"], rows["lost"], rows["reason"], strict=True)]  # fmt: skip


def _rows(count: int) -> str:
    return "no row" if not count else many(count, "row")
