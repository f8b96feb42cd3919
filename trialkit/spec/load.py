"""A study folder -> Study: every file read strictly, every reference resolved, all mistakes told at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from trialkit.errors import StudyError, StudyErrors, UsageError, did_you_mean
from trialkit.model.analysis import AnalysisSpec, Dataset, Display, Estimand, ListingSpec, Population, ReportSpec
from trialkit.model.checklist import Check
from trialkit.model.form import Field, Form, Rule
from trialkit.model.mapping import Mapping
from trialkit.model.study import Protocol, Study, StudyHeader
from trialkit.model.tree import Tree
from trialkit.model.units import Quantity
from trialkit.spec.build import build, convert
from trialkit.spec.folder import content_digests, files_in, is_there, text_of
from trialkit.spec.heap import collector_paused
from trialkit.spec.references import problems
from trialkit.spec.shared import with_shared
from trialkit.spec.text import read_yaml
from trialkit.spec.units import measure_problems

T = TypeVar("T")
MOMENTS = ("datetime", "partial_datetime")


class Reader:
    """Reads the YAML files of one study folder, collecting mistakes instead of stopping at the first."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.errors: list[StudyError] = []

    def tree(self, path: Path) -> Tree:
        """A file's content."""
        return read_yaml(text_of(self.root, path), path.relative_to(self.root).as_posix())

    def one(self, name: str, cls: type[T]) -> T | None:
        """The object a file holds, which must be there; None if it could not be made."""
        if not is_there(self.root, name):
            self.errors.append(StudyError("this file is missing", name, "'trialkit init DIR' makes an example study."))
            return None
        return self.attempt(lambda: build(cls, self.tree(self.root / name)))

    def attempt(self, make: Callable[[], T]) -> T | None:
        """What a function makes; its mistakes are collected, and None stands for what was not made."""
        try:
            return make()
        except StudyErrors as several:
            self.errors += several.errors  # type: ignore[arg-type]
        except StudyError as error:
            self.errors.append(error)
        return None

    def trees(self, folder: str) -> Iterator[Tree]:
        """The content of every file of a folder, sorted by name."""
        for path in self.attempt(lambda: files_in(self.root, folder)) or ():
            tree = self.attempt(lambda path=path: self.tree(path))  # type: ignore[misc]
            if tree is not None:
                yield tree

    def many(self, folder: str, cls: type[T], identity: str = "id") -> dict[str, T]:
        """One object a file, by its own id; two files with the same id are an error."""
        found: dict[str, T] = {}
        for tree in self.trees(folder):
            item = self.attempt(lambda tree=tree: build(cls, tree))  # type: ignore[misc]
            if item is None:
                continue
            name = getattr(item, identity)
            if name in found:
                place = str(tree.place().at(identity))
                self.errors.append(StudyError(f"{identity} {name!r} is already used in this folder", place))
            found[name] = item
        return found

    def table(self, name: str, cls: type[T]) -> dict[str, T]:
        """A file that is one mapping of id to object; an absent file is empty."""
        if not self.attempt(lambda: is_there(self.root, name)):
            return {}
        made = self.attempt(lambda: convert(dict[str, cls], self.tree(self.root / name)))  # type: ignore[valid-type]
        return made or {}


@collector_paused()
def load_study(root: str | Path) -> Study:
    """Read and cross-check a study folder.

    Raises UsageError if the folder is no study, StudyErrors with every mistake found (place, what, what to do).
    """
    folder = Path(root)
    if not is_there(folder, "schemas/study.yaml"):
        raise UsageError(
            f"{folder} is not a study folder: it has no schemas/study.yaml",
            hint="Name the folder with --study DIR, or make one with 'trialkit init DIR'.",
        )
    reader = Reader(folder)
    header = reader.one("schemas/study.yaml", StudyHeader)
    study = Study(
        root=folder,
        header=header or StudyHeader("", ""),
        protocols=reader.many("schemas/protocols", Protocol, "version"),
        forms=_local(_forms(reader), header),
        datasets=reader.many("analysis/datasets", Dataset),
        estimands=reader.table("analysis/estimands.yaml", Estimand),
        populations=reader.table("analysis/populations.yaml", Population),
        analyses=reader.many("analysis/analyses", AnalysisSpec),
        listings=reader.many("analysis/listings", ListingSpec),
        displays=(displays := reader.many("analysis/displays", Display)),
        reports=_placed(reader.many("analysis/reports", ReportSpec), displays),
        mappings=reader.many("schemas/mappings", Mapping),
        checklist=reader.table("schemas/checklist.yaml", Check),
        scenarios={Path(t.where.file).stem: t for t in reader.trees("synthetic_data/scenarios")},
        digests=(digests := reader.attempt(lambda: content_digests(folder)) or {}),
        digest=hashlib.sha256("".join(f"{k}\0{v}\n" for k, v in digests.items()).encode()).hexdigest(),
    )
    errors = reader.errors or problems(study)
    if errors:
        raise StudyErrors(sorted(_once(errors), key=_by_place))
    return study


def _placed(reports: dict[str, ReportSpec], displays: dict[str, Display]) -> dict[str, ReportSpec]:
    """The reports with their displays, each under its section; a display that does not exist is told later."""
    return {
        name: replace(
            report,
            displays={
                one: replace(displays[one], section=section)
                for section, ids in report.sections.items()
                for one in ids
                if one in displays
            },
        )
        for name, report in reports.items()
    }


def _local(forms: dict[str, Form], header: StudyHeader | None) -> dict[str, Form]:
    """The forms; those with moments know that the sites have time zones."""
    if header is None or not any(site.timezone for site in header.sites.values()):
        return forms
    timed = {name for name, form in forms.items() if any(field.type in MOMENTS for field in form.fields.values())}
    return {name: replace(form, local=name in timed) for name, form in forms.items()}


def _once(errors: list[StudyError]) -> list[StudyError]:
    """Each error once: a file may have been asked for twice."""
    return list({error.text: error for error in errors}.values())


def _by_place(error: StudyError) -> tuple[str, int]:
    file, _, line = error.place.rpartition(":")
    return (file, int(line)) if line.isdigit() else (error.place, 0)


def _forms(reader: Reader) -> dict[str, Form]:
    codelists: dict[str, dict[str, str]] = reader.table("schemas/codelists.yaml", dict[str, str])
    quantities = reader.table("schemas/units.yaml", Quantity)
    forms = reader.many("schemas/forms", Form)
    for name, form in reader.many("schemas/instruments", Form).items():
        if name in forms:
            reader.errors.append(StudyError(f"form {name!r} is defined twice", str(form.place.at("id"))))
        forms[name] = form
    for tree in () if reader.errors else reader.trees("schemas/checks"):  # a form that failed is not "missing" too
        reader.attempt(lambda tree=tree: _add_checks(forms, tree))  # type: ignore[misc]
    for tree in () if reader.errors else reader.trees("schemas/shared"):
        forms = reader.attempt(lambda forms=forms, tree=tree: with_shared(forms, tree)) or forms  # type: ignore[misc]
    coded = {
        name: replace(form, fields={f: _coded(reader, field, codelists) for f, field in form.fields.items()})
        for name, form in forms.items()
    }
    return {
        name: replace(form, fields={f: _measured(reader, form, field, quantities) for f, field in form.fields.items()})
        for name, form in coded.items()
    }


def _coded(reader: Reader, field: Field, codelists: dict[str, dict[str, str]]) -> Field:
    if not field.codelist:
        return field
    if field.codelist not in codelists:
        hint = did_you_mean(field.codelist, codelists)
        reader.errors.append(
            StudyError(f"there is no code list {field.codelist!r}", str(field.place.at("codelist")), hint)
        )
        return field
    return replace(field, codes=codelists[field.codelist])


def _measured(reader: Reader, form: Form, field: Field, quantities: dict[str, Quantity]) -> Field:
    """The field with the quantities it may measure, and what is wrong with how it names them."""
    errors = list(measure_problems(form, field, quantities))
    reader.errors += errors
    if errors or not field.unit_in or field.quantities:
        return field
    names = form.fields[field.quantity_in].codes if field.quantity_in else (field.quantity,)
    return replace(field, quantities={name: quantities[name] for name in names})


def _add_checks(forms: dict[str, Form], tree: Tree) -> None:
    """``schemas/checks/*.yaml``: {form id: {rule id: rule}}, rules that look beyond their own form."""
    content: Any = tree.value if isinstance(tree.value, dict) else {}
    for name, rules in content.items():
        if name not in forms:
            raise StudyError(f"there is no form {name!r}", str(tree.keys[name]), did_you_mean(name, forms))
        added: dict[str, Rule] = convert(dict[str, Rule], rules)
        twice = added.keys() & forms[name].rules.keys()
        if twice:
            raise StudyError(f"rule {min(twice)!r} is defined twice", str(tree.keys[name]))
        forms[name] = replace(forms[name], rules=forms[name].rules | added)
