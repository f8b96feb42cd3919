"""What can be checked of data sets and analyses without data: the whole derivation, run on forms without rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from trialkit.errors import AnalysisError, StudyError, did_you_mean
from trialkit.model.analysis import AnalysisSpec, Dataset, ListingSpec
from trialkit.model.condition import Condition
from trialkit.model.study import Study
from trialkit.model.table import SRC, Tables
from trialkit.model.tree import Where

if TYPE_CHECKING:
    import pandas as pd

    from trialkit.derive.run import Derivation


def dry_run(study: Study) -> list[StudyError]:
    """Every form, data set and column that is named and is not there, each with its place.

    The steps run on the forms' columns without rows, so a data set's columns are those its steps make. A data set
    that cannot be made is told once, and what stands on it is not judged. The steps' own arguments must fit
    (``trialkit.derive.check_steps``), and so must the analyses' (``trialkit.analyze.check_analyses``).
    """
    unknown = unknown_tables(study)
    if unknown:
        return unknown
    frames, found = _made(study)
    found += _populations(study, frames)
    found += _events(study, frames)
    for spec in study.analyses.values():
        found += _analysis(study, spec, frames)
    for listing in study.listings.values():
        found += _listing(study, listing, frames)
    return list({error.text: error for error in found}.values())


def unknown_tables(study: Study) -> list[StudyError]:
    """Every step that fetches from a form or data set the study does not have."""
    known = [*study.forms, *study.datasets]
    found = []
    for dataset in study.datasets.values():
        for step in dataset.steps:
            for name, place in _sources(step.args):
                if name not in known:
                    hint = did_you_mean(name, known)
                    found.append(StudyError(f"there is no form or data set {name!r}", str(place), hint))
    return found


def _sources(args: Any) -> Iterator[tuple[str, Where]]:
    """The tables a step names: the text of its key ``from``, at any depth."""
    inside = args.value if isinstance(args.value, dict) else {}
    for key, tree in inside.items():
        if key == "from" and isinstance(tree.value, str):
            yield tree.value, args.keys.get(key, tree.where)
        elif isinstance(tree.value, dict):
            yield from _sources(tree)


def _made(study: Study) -> tuple[dict[str, pd.DataFrame], list[StudyError]]:
    """The data sets without rows, and what is wrong with those that cannot be made."""
    from trialkit.derive.run import Derivation

    frames: dict[str, pd.DataFrame] = {}
    found: list[StudyError] = []
    for dataset in study.datasets.values():
        derivation = Derivation(study, Tables({}, _no_sources()))
        derivation.datasets |= frames
        try:
            _derived(derivation, dataset)
            frames |= derivation.datasets  # what it stands on was made on the way
        except StudyError as error:
            found.append(error)
    return frames, found


def _derived(derivation: Derivation, dataset: Dataset) -> pd.DataFrame:
    try:
        return derivation.table(dataset.id)
    except AnalysisError as error:
        raise StudyError(error.message, error.place or str(dataset.place), error.hint) from None


def _no_sources() -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(columns=["form", "file", "row", "numbering", "upload"])


def _populations(study: Study, frames: dict[str, pd.DataFrame]) -> Iterator[StudyError]:
    for population in study.populations.values():
        if population.dataset not in frames:
            continue
        frame = frames[population.dataset]
        yield from _condition(population.where, frame, population.dataset)
        if population.arm:
            yield from _columns([population.arm], frame, population.dataset, population.place.at("arm"))


def _events(study: Study, frames: dict[str, pd.DataFrame]) -> Iterator[StudyError]:
    """The columns of each estimand's intercurrent events."""
    for estimand in study.estimands.values():
        if estimand.events is not None and estimand.events.dataset in frames:
            names = [estimand.events.event, estimand.events.date]
            yield from _columns(names, frames[estimand.events.dataset], estimand.events.dataset, estimand.place)


def _analysis(study: Study, spec: AnalysisSpec, frames: dict[str, pd.DataFrame]) -> Iterator[StudyError]:
    if spec.dataset in frames:
        frame = frames[spec.dataset]
        yield from _condition(spec.where, frame, spec.dataset)
        yield from _columns(spec.by, frame, spec.dataset, spec.place.at("by"))
        yield from _columns([spec.date] if spec.date else [], frame, spec.dataset, spec.place.at("date"))
        yield from _columns(spec.failure, frame, spec.dataset, spec.place.at("failure"))
        yield from _params(study, spec, frame)
    of = study.populations[spec.population].dataset
    if spec.arm and of in frames:
        yield from _columns([spec.arm], frames[of], of, spec.place.at("arm"))


def _listing(study: Study, spec: ListingSpec, frames: dict[str, pd.DataFrame]) -> Iterator[StudyError]:
    if spec.dataset not in frames:
        return
    frame = frames[spec.dataset]
    arm = spec.arm or (study.populations[spec.population].arm if spec.population else "")
    yield from _condition(spec.where, frame, spec.dataset)
    for key, names in (("columns", spec.columns), ("sort", spec.sort)):
        yield from _columns([name for name in names if name != arm], frame, spec.dataset, spec.place.at(key))


def _params(study: Study, spec: AnalysisSpec, frame: pd.DataFrame) -> Iterator[StudyError]:
    """The method's parameters that name columns."""
    from trialkit.analyze import bind
    from trialkit.analyze.check import COLUMN_PARAMS

    params: Any = bind(spec)
    arm = spec.arm or study.populations[spec.population].arm
    for attribute in fields(params):
        if attribute.name in COLUMN_PARAMS:
            value = getattr(params, attribute.name)
            names = [name for name in ([value] if isinstance(value, str) else value or ()) if name and name != arm]
            place = spec.params.place().at(str(attribute.metadata.get("key", attribute.name)))
            yield from _columns(names, frame, spec.dataset, place)


def _condition(where: Condition, frame: pd.DataFrame, dataset: str) -> Iterator[StudyError]:
    for test in where.tests:
        unknown = list(_columns([test.column], frame, dataset, test.place))
        yield from unknown
        if unknown:
            continue
        try:
            test.masks(frame)
        except AnalysisError as error:
            yield StudyError(error.message, error.place, error.hint)


def _columns(names: Iterable[str], frame: pd.DataFrame, dataset: str, place: Where) -> Iterator[StudyError]:
    for name in names:
        if name not in frame.columns:
            hint = did_you_mean(name, [str(column) for column in frame.columns if column != SRC])
            yield StudyError(f"data set {dataset!r} has no column {name!r}", str(place), hint)
