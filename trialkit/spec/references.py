"""Cross-references inside a study: every name that is used must exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import combinations

from trialkit.errors import StudyError, did_you_mean
from trialkit.methods import METHODS
from trialkit.model.analysis import AnalysisSpec, Display, Estimand, ListingSpec, ReportSpec
from trialkit.model.condition import Condition
from trialkit.model.form import ROLES, Form
from trialkit.model.study import Protocol, Study, Trigger
from trialkit.model.tree import Where
from trialkit.spec.file_names import file_patterns, overlap
from trialkit.spec.layouts import layout_problems
from trialkit.spec.mappings import mapping_problems

SIZES = ("above", "at_least", "below", "at_most")
EFFICACY = ("primary", "secondary", "sensitivity")


def problems(study: Study) -> list[StudyError]:
    """Every reference of the study that leads nowhere, with the line it stands on and the nearest name; and every
    layout no file could be read by."""
    found: list[StudyError] = []
    for protocol in study.protocols.values():
        found += _protocol(study, protocol)
    for form in study.forms.values():
        found += layout_problems(form)
        found += _form(form)
    found += _files(study)
    found += mapping_problems(study)
    found += _sites(study)
    found += _datasets(study)
    for population in study.populations.values():
        found += _known(population.dataset, study.datasets, "data set", population.place.at("dataset"))
    for estimand in study.estimands.values():
        found += _estimand(study, estimand)
    for spec in study.analyses.values():
        found += _analysis(study, spec)
    for listing in study.listings.values():
        found += _listing(study, listing)
    for display in study.displays.values():
        found += _display(study, display)
    for report in study.reports.values():
        found += _report(study, report)
    return found


def _known(name: str, allowed: Iterable[str], what: str, place: Where) -> Iterator[StudyError]:
    allowed = list(allowed)
    if name not in allowed:
        yield StudyError(f"there is no {what} {name!r}", str(place), did_you_mean(name, allowed))


def _protocol(study: Study, protocol: Protocol) -> Iterator[StudyError]:
    if protocol.supersedes:
        place = protocol.place.at("supersedes")
        yield from _known(protocol.supersedes, study.protocols, "protocol version", place)
    if sum(arm.control for arm in protocol.arms.values()) > 1:
        yield StudyError("more than one arm is marked as control", str(protocol.place.at("arms")))
    for visit in protocol.visits.values():
        for form in visit.forms:
            if form not in study.forms:
                yield StudyError(
                    f"visit {visit.id!r} lists form {form!r}, which does not exist",
                    str(protocol.place.at("visits", visit.id, "forms")),
                    did_you_mean(form, study.forms),
                )
    for trigger in protocol.triggers.values():
        yield from _trigger(study, trigger, protocol.place.at("triggers", trigger.id))


def _trigger(study: Study, trigger: Trigger, place: Where) -> Iterator[StudyError]:
    if trigger.where and not trigger.form:
        yield StudyError(f"trigger {trigger.id!r} has a condition and names no form", str(place))
    if trigger.form:
        yield from _known(trigger.form, study.forms, "form", place.at("form"))
    if trigger.form in study.forms:
        yield from condition_problems(study.forms[trigger.form], trigger.where)


def _sites(study: Study) -> Iterator[StudyError]:
    for site in study.header.sites.values():
        for version in site.adopted:
            place = study.header.place.at("sites", site.id, "adopted", version)
            yield from _known(version, study.protocols, "protocol version", place)
        place = study.header.place.at("sites", site.id, "timezone")
        yield from _zone(site.timezone, place) if site.timezone else ()
    roster, place = study.header.roster, study.header.place
    if roster:
        yield from _known(roster, study.forms, "form", place)
    if roster in study.forms and not (study.forms[roster].subject and study.forms[roster].site):
        yield StudyError(f"form {roster!r} is the roster and does not say which field is subject and site", str(place))


def _zone(name: str, place: Where) -> Iterator[StudyError]:
    known = _time_zones()
    if name not in known:
        hint = did_you_mean(name, known) if known else "The computer has no list of time zones: install 'tzdata'."
        yield StudyError(f"there is no time zone {name!r}", str(place), hint)


@cache
def _time_zones() -> set[str]:
    """The time zones that the computer knows: finding them walks through its folders."""
    from zoneinfo import available_timezones

    return available_timezones()


def _form(form: Form) -> Iterator[StudyError]:
    what, place = f"field of form {form.id!r}:", form.place
    for name in form.key:
        yield from _known(name, form.fields, what, place.at("key"))
    for role in ROLES:
        name = getattr(form, role)
        yield from _known(name, form.fields, what, place.at(role)) if name else ()
    for name in form.example:
        yield from _known(name, form.fields, what, place.at("example", name))
    for rule in form.rules.values():
        if rule.field:
            yield from _known(rule.field, form.fields, what, rule.place.at("field"))
        yield from condition_problems(form, rule.when)


def condition_problems(form: Form, where: Condition) -> Iterator[StudyError]:
    """Every column of a condition that is no field of the form, and every text that is compared by size."""
    for test in where.tests:
        if test.column not in form.fields:
            yield from _known(test.column, form.fields, f"field of form {form.id!r}:", test.place)
        elif test.op in SIZES and form.fields[test.column].type == "text":
            yield StudyError(
                f"{test.column!r} is a text field of form {form.id!r}: {test.op!r} compares numbers and dates, "
                "text would be put in alphabetical order",
                str(test.place),
                "Give the field the type it holds (integer, decimal, date), or name the values with 'is'.",
            )


def _files(study: Study) -> Iterator[StudyError]:
    """Patterns of file names by which a file could belong to two forms."""
    patterns = [(pattern, form) for form in study.forms.values() for pattern in file_patterns(form)]
    for (pattern, form), (other, theirs) in combinations(patterns, 2):
        if form is not theirs and overlap(pattern, other):
            yield StudyError(
                f"a file could belong to form {form.id!r} ({pattern}) and to form {theirs.id!r} ({other})",
                str(theirs.place.at("files")),
                "Narrow 'files' of one of them, so that no name fits both.",
            )


def _datasets(study: Study) -> Iterator[StudyError]:
    both = study.forms.keys() & study.datasets.keys()
    for name in sorted(both):
        yield StudyError(f"data set {name!r} has the name of a form", str(study.datasets[name].place.at("id")))
    for dataset in study.datasets.values():
        yield from _known(dataset.source, [*study.forms, *study.datasets], "form or data set", dataset.place.at("from"))


def _analysis(study: Study, spec: AnalysisSpec) -> Iterator[StudyError]:
    yield from _known(spec.dataset, study.datasets, "data set", spec.place.at("dataset"))
    yield from _known(spec.population, study.populations, "population", spec.place.at("population"))
    yield from _known(spec.method, METHODS, "method", spec.place.at("method"))
    if spec.estimand:
        yield from _known(spec.estimand, study.estimands, "estimand", spec.place.at("estimand"))
    elif spec.role in EFFICACY:
        yield StudyError(
            f"analysis {spec.id!r} is {spec.role} and names no estimand",
            str(spec.place.at("role")),
            "Add 'estimand: ID' (analysis/estimands.yaml), or change the role.",
        )


def _estimand(study: Study, estimand: Estimand) -> Iterator[StudyError]:
    if estimand.events is not None:
        yield from _known(estimand.events.dataset, study.datasets, "data set", estimand.place.at("events"))


def _report(study: Study, report: ReportSpec) -> Iterator[StudyError]:
    seen: dict[str, str] = {}
    for section, names in report.sections.items():
        place = report.place.at("sections", section)
        for name in names:
            yield from _known(name, study.displays, "display", place)
            if name in seen:
                yield StudyError(f"display {name!r} stands under {seen[name]!r} and under {section!r}", str(place))
            seen.setdefault(name, section)
    if not seen:
        yield StudyError(
            f"report {report.id!r} has no display", str(report.place.at("sections")), "Add 'sections: {NAME: [...]}'."
        )


def _display(study: Study, display: Display) -> Iterator[StudyError]:
    for name in display.analyses:
        yield from _known(name, study.analyses, "analysis", display.place.at("analyses"))
    for name in display.listings:
        yield from _known(name, study.listings, "listing", display.place.at("listings"))


def _listing(study: Study, spec: ListingSpec) -> Iterator[StudyError]:
    yield from _known(spec.dataset, study.datasets, "data set", spec.place.at("dataset"))
    if spec.population:
        yield from _known(spec.population, study.populations, "population", spec.place.at("population"))
    if spec.id in study.analyses:
        yield StudyError(f"listing {spec.id!r} has the name of an analysis", str(spec.place.at("id")))
