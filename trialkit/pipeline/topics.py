"""``explain``: what a rule, form, analysis, method or exit code means, in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from trialkit.errors import UsageError, did_you_mean
from trialkit.methods import METHODS
from trialkit.model.study import Study
from trialkit.pipeline.in_force import in_force, parameter_words, until, visit_words

EXIT_CODES = {
    0: "clean",
    1: "there are findings at or above the threshold (--fail-on)",
    2: "the command or the study content is wrong",
    3: "the input cannot be read, or was refused",
    4: "an analysis or a rule could not be run",
    5: "a snapshot, lock or hash does not match",
    6: "the store cannot be read or written",
    70: "internal error: a fault of trialkit",
}


def explain(
    study: Study | None, topic: str, name: str = "", site: str | None = None, day: str | date | None = None
) -> str:
    """The words on a topic: exit-codes, method NAME; with a study also rule, form, analysis, dataset, population,
    estimand, protocol, parameter, visit. Without a name: the list of names.

    The topic protocol takes a site and a day (a date, or text YYYY-MM-DD) in place of a name: which version was in
    force there and then. Raises UsageError for an unknown topic, name or site, and for a day that is none.
    """
    if site is not None or day is not None:
        return _at(study, topic, name, site, day)
    if topic == "exit-codes":
        return "\n".join(f"{code:>3}  {words}" for code, words in EXIT_CODES.items())
    if topic not in TOPICS:
        raise UsageError(f"there is no topic {topic!r}", hint=did_you_mean(topic, ["exit-codes", *TOPICS]))
    if study is None and topic != "method":
        raise UsageError(f"'explain {topic}' needs a study", hint="Name its folder with --study DIR.")
    names, words = TOPICS[topic]
    known = names(study)
    if not name:
        return "\n".join(known)
    if name not in known:
        raise UsageError(f"there is no {topic} {name!r}", hint=did_you_mean(name, known))
    return words(study, name)


def _at(study: Study | None, topic: str, name: str, site: str | None, day: str | date | None) -> str:
    if topic != "protocol":
        raise UsageError(f"a site and a date go with the topic protocol, not with {topic!r}")
    if name:
        raise UsageError(f"a version ({name!r}), or a site and a date: one of the two", hint="Leave the version out.")
    if site is None or day is None:
        missing = "site" if site is None else "date"
        raise UsageError(
            f"the {missing} is missing: which version is in force depends on the site and the date",
            hint="trialkit explain protocol --site SITE --date YYYY-MM-DD",
        )
    if study is None:
        raise UsageError("'explain protocol' needs a study", hint="Name its folder with --study DIR.")
    return in_force(study, site, day)


def _rules(study: Study | None) -> dict[str, tuple[str, str]]:
    assert study is not None
    return {rule: (form.id, rule) for form in study.forms.values() for rule in form.rules}


def _rule(study: Study | None, name: str) -> str:
    assert study is not None
    rule = study.forms[_rules(study)[name][0]].rules[name]
    lines = [f"{name}  ({rule.finding_class}, {rule.severity})", f"  {rule.say or rule.kind}"]
    lines += [f"  why: {rule.why}"] if rule.why else []
    lines += [f"  fix: {rule.fix}"] if rule.fix else []
    lines += [f"  only when {rule.when.words()}"] if rule.when else []
    return "\n".join([*lines, f"  declared in {rule.place}"])


def _form(study: Study | None, name: str) -> str:
    assert study is not None
    form = study.forms[name]
    lines = [f"{form.title}, version {form.version} ({form.mode}); one record per {', '.join(form.key)}"]
    for f in form.fields.values():
        kind = f.type + (f", {f.unit}" if f.unit else "") + (", required" if f.required else "")
        codes = f"; {', '.join(f.codes)}" if f.codes else ""
        lines.append(f"  {f.name:<10} {f.label} ({kind}{codes})")
    return "\n".join(lines)


def _analysis(study: Study | None, name: str) -> str:
    assert study is not None
    spec = study.analyses[name]
    estimand = study.estimands[spec.estimand].title if spec.estimand else "none named"
    return "\n".join(
        (
            f"{spec.title}  ({spec.role}, {spec.status})",
            f"  estimand: {estimand}",
            f"  data set {spec.dataset}, rows where {spec.where.words()}; "
            f"population: {study.populations[spec.population].label}",
            f"  method {spec.method}: {METHODS[spec.method].title}",
            f"  declared in {spec.place}",
        )
    )


def _method(study: Study | None, name: str) -> str:
    from trialkit.report.provenance import GRADES

    method = METHODS[name]
    return "\n".join(
        (
            method.title,
            f"  needs {method.needs}",
            f"  source: {method.citation}",
            f"  compared with {GRADES[method.evidence]}; largest deviation: {method.deviation or 'not stated'}",
        )
    )


def _dataset(study: Study | None, name: str) -> str:
    from trialkit.derive import STEPS
    from trialkit.spec.build import build

    assert study is not None
    dataset = study.datasets[name]
    lines = [f"{dataset.label}; starts from {dataset.source}; one row per {', '.join(dataset.key)}"]
    for number, step in enumerate(dataset.steps, start=1):
        kind = STEPS[step.kind]
        lines.append(f"  {number}. {kind.words(build(kind.args, step.args))}")
    return "\n".join(lines)


def _population(study: Study | None, name: str) -> str:
    assert study is not None
    population = study.populations[name]
    return f"{population.label}: rows of {population.dataset} where {population.where.words()}"


def _estimand(study: Study | None, name: str) -> str:
    assert study is not None
    e = study.estimands[name]
    lines = [e.title, f"  population: {e.population}", f"  treatment: {e.treatment}", f"  variable: {e.variable}"]
    lines += [f"  {event}: {strategy}" for event, strategy in e.intercurrent.items()]
    return "\n".join([*lines, f"  summary: {e.summary}"])


def _protocol(study: Study | None, name: str) -> str:
    assert study is not None
    p = study.protocols[name]
    adopted = [f"{s.id} on {s.adopted[name]}" for s in study.header.sites.values() if name in s.adopted]
    lines = [p.title]
    lines += [f"  {p.summary}"] if p.summary else []
    lines += [f"  approval: {p.irb.board}, {p.irb.reference}, approved on {p.irb.approved_on}, {until(p.irb)}"]
    lines += [f"  consent form: version {p.consent}"] if p.consent else []
    lines += [f"  supersedes {p.supersedes}"] if p.supersedes else []
    lines += [f"  change: {change}" for change in p.changes]
    lines += [f"  arms: {', '.join(arm.label for arm in p.arms.values())}"]
    return "\n".join([*lines, f"  adopted by site {', '.join(adopted) or 'none yet'}"])


IN_PROTOCOL: dict[str, Callable[[Any], str]] = {"parameters": parameter_words, "visits": visit_words}
"""Parts of a protocol that are explained entry by entry, over all versions, and the words for one entry."""


def _entries(study: Study | None, part: str) -> dict[str, Any]:
    """The entries of all versions by id; of one that several have, the last version's."""
    assert study is not None
    return {name: entry for p in study.protocols.values() for name, entry in getattr(p, part).items()}


def _by_version(study: Study | None, part: str, name: str) -> str:
    assert study is not None
    lines = [f"{name}: {_entries(study, part)[name].label}".removesuffix(": ")]
    for protocol in study.protocols.values():
        entries = getattr(protocol, part)
        said = IN_PROTOCOL[part](entries[name]) if name in entries else "not there"
        lines.append(f"  protocol {protocol.version}: {said}")
    return "\n".join(lines)


Names = Callable[[Study | None], "dict[str, object]"]
TOPICS: dict[str, tuple[Callable[[Study | None], dict], Callable[[Study | None, str], str]]] = {  # type: ignore[type-arg]
    "rule": (_rules, _rule),
    "form": (lambda s: s.forms if s else {}, _form),
    "dataset": (lambda s: s.datasets if s else {}, _dataset),
    "population": (lambda s: s.populations if s else {}, _population),
    "estimand": (lambda s: s.estimands if s else {}, _estimand),
    "analysis": (lambda s: s.analyses if s else {}, _analysis),
    "protocol": (lambda s: s.protocols if s else {}, _protocol),
    "parameter": (lambda s: _entries(s, "parameters"), lambda s, name: _by_version(s, "parameters", name)),
    "visit": (lambda s: _entries(s, "visits"), lambda s, name: _by_version(s, "visits", name)),
    "method": (lambda s: METHODS, _method),
}
