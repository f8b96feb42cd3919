"""Cross-references inside a study: every name that is used must exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trialkit.errors import StudyError, did_you_mean
from trialkit.methods import METHODS
from trialkit.model.analysis import AnalysisSpec, ReportSpec
from trialkit.model.form import Form
from trialkit.model.study import Protocol, Study, Trigger
from trialkit.model.tree import Where

EFFICACY = ("primary", "secondary", "sensitivity")


def problems(study: Study) -> list[StudyError]:
    """Every reference of the study that leads nowhere, with place and the nearest name."""
    found: list[StudyError] = []
    for protocol in study.protocols.values():
        found += _protocol(study, protocol)
    for form in study.forms.values():
        found += _form(form)
    found += _sites(study)
    found += _datasets(study)
    for population in study.populations.values():
        found += _known(population.dataset, study.datasets, "data set", population.place)
    for spec in study.analyses.values():
        found += _analysis(study, spec)
    for report in study.reports.values():
        found += _report(study, report)
    return found


def _known(name: str, allowed: Iterable[str], what: str, place: Where) -> Iterator[StudyError]:
    allowed = list(allowed)
    if name not in allowed:
        yield StudyError(f"there is no {what} {name!r}", str(place), did_you_mean(name, allowed))


def _protocol(study: Study, protocol: Protocol) -> Iterator[StudyError]:
    if protocol.supersedes:
        yield from _known(protocol.supersedes, study.protocols, "protocol version", protocol.place)
    if sum(arm.control for arm in protocol.arms.values()) > 1:
        yield StudyError("more than one arm is marked as control", str(protocol.place))
    for visit in protocol.visits.values():
        for form in visit.forms:
            if form not in study.forms:
                yield StudyError(
                    f"visit {visit.id!r} lists form {form!r}, which does not exist",
                    str(protocol.place),
                    did_you_mean(form, study.forms),
                )
    for trigger in protocol.triggers.values():
        yield from _trigger(study, trigger, protocol.place)


def _trigger(study: Study, trigger: Trigger, place: Where) -> Iterator[StudyError]:
    if trigger.where and not trigger.form:
        yield StudyError(f"trigger {trigger.id!r} has a condition and names no form", str(place))
    if trigger.form:
        yield from _known(trigger.form, study.forms, "form", place)
    for name in trigger.where.columns if trigger.form in study.forms else ():
        yield from _known(name, study.forms[trigger.form].fields, f"field of form {trigger.form!r}:", place)


def _sites(study: Study) -> Iterator[StudyError]:
    for site in study.header.sites.values():
        for version in site.adopted:
            yield from _known(version, study.protocols, "protocol version", study.header.place)
    roster, place = study.header.roster, study.header.place
    if roster:
        yield from _known(roster, study.forms, "form", place)
    if roster in study.forms and not (study.forms[roster].subject and study.forms[roster].site):
        yield StudyError(f"form {roster!r} is the roster and does not say which field is subject and site", str(place))


def _form(form: Form) -> Iterator[StudyError]:
    roles = [name for name in (form.subject, form.visit, form.site, form.date) if name]
    for name in (*form.key, *roles, *form.example):
        yield from _known(name, form.fields, f"field of form {form.id!r}:", form.place)
    for rule in form.rules.values():
        names = ((rule.field,) if rule.field else ()) + rule.when.columns
        for name in names:
            yield from _known(name, form.fields, f"field of form {form.id!r}:", rule.place)


def _datasets(study: Study) -> Iterator[StudyError]:
    both = study.forms.keys() & study.datasets.keys()
    for name in sorted(both):
        yield StudyError(f"data set {name!r} has the name of a form", str(study.datasets[name].place))
    for dataset in study.datasets.values():
        yield from _known(dataset.source, [*study.forms, *study.datasets], "form or data set", dataset.place)


def _analysis(study: Study, spec: AnalysisSpec) -> Iterator[StudyError]:
    yield from _known(spec.dataset, study.datasets, "data set", spec.place)
    yield from _known(spec.population, study.populations, "population", spec.place)
    yield from _known(spec.method, METHODS, "method", spec.place)
    if spec.estimand:
        yield from _known(spec.estimand, study.estimands, "estimand", spec.place)
    elif spec.role in EFFICACY:
        yield StudyError(
            f"analysis {spec.id!r} is {spec.role} and names no estimand",
            str(spec.place),
            "Add 'estimand: ID' (analysis/estimands.yaml), or change the role.",
        )


def _report(study: Study, report: ReportSpec) -> Iterator[StudyError]:
    for display in report.displays.values():
        for name in display.analyses:
            yield from _known(name, study.analyses, "analysis", display.place)
