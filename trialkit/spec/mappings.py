"""Whether a study's mappings lead to forms and fields that exist, and every file to one form only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from trialkit.errors import StudyError, did_you_mean
from trialkit.model.form import Form
from trialkit.model.mapping import Mapping
from trialkit.model.study import Study
from trialkit.spec.file_names import file_patterns, overlap
from trialkit.spec.layouts import layout_problems


def mapping_problems(study: Study) -> Iterator[StudyError]:
    """Everything wrong in ``schemas/mappings``, each at its line, with the nearest name."""
    for mapping in study.mappings.values():
        place = mapping.place.at("form")
        if mapping.form not in study.forms:
            hint = did_you_mean(mapping.form, study.forms)
            yield StudyError(f"there is no form {mapping.form!r}", str(place), hint)
            continue
        yield from _one(mapping, study.forms[mapping.form])
        yield from _against_forms(mapping, study)
    for one, other in combinations(study.mappings.values(), 2):
        if any(overlap(a, b) for a in one.files for b in other.files):
            said = f"a file could belong to mapping {one.id!r} and to mapping {other.id!r}"
            yield StudyError(said, str(other.place.at("files")), "Narrow 'files' of one of them.")


def _one(mapping: Mapping, form: Form) -> Iterator[StudyError]:
    for theirs, ours in [*mapping.columns.items(), *((name, name) for name in mapping.constants)]:
        at = mapping.place.at("constants" if theirs in mapping.constants else "columns", theirs)
        if ours not in form.fields:
            hint = did_you_mean(ours, form.fields)
            yield StudyError(f"{ours!r} is not a field of form {form.id!r}", str(at), hint)
        elif theirs in mapping.constants and form.fields[ours].type != "text":
            hint = "Have the site send the column."
            yield StudyError(f"{ours!r} is no text field: a constant can fill only text", str(at), hint)
    counts = Counter([*mapping.columns.values(), *mapping.constants])
    for name in (name for name, count in counts.items() if count > 1):
        at = mapping.place.at("columns")
        yield StudyError(f"field {name!r} is filled twice", str(at), "Keep one column, or the constant.")
    if not mapping.files:
        yield StudyError(
            "the mapping names no file", str(mapping.place.at("files")), "Write for example 'site2_*.csv'."
        )
    if mapping.layout is not None:
        yield from layout_problems(replace(form, layout=mapping.layout, place=mapping.place, fields={}))


def _against_forms(mapping: Mapping, study: Study) -> Iterator[StudyError]:
    """A mapping goes before its own form's patterns; a file of another form it may not take."""
    for form in study.forms.values():
        for pattern in file_patterns(form) if form.id != mapping.form else ():
            if any(overlap(pattern, own) for own in mapping.files):
                said = f"a file could belong to mapping {mapping.id!r} and to form {form.id!r} ({pattern})"
                yield StudyError(said, str(mapping.place.at("files")), "Narrow 'files', so that no name fits both.")
