"""``explain``: what a rule, form, analysis, method or exit code means, in words."""

from __future__ import annotations

from collections.abc import Callable

from trialkit.errors import UsageError, did_you_mean
from trialkit.methods import METHODS
from trialkit.model.study import Study

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


def explain(study: Study | None, topic: str, name: str = "") -> str:
    """The words on a topic: exit-codes, method NAME; with a study also rule, form, analysis, dataset, population,
    estimand, protocol. Without a name: the list of names.

    Raises UsageError for an unknown topic or name.
    """
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
    method = METHODS[name]
    return "\n".join(
        (
            method.title,
            f"  needs {method.needs}",
            f"  source: {method.citation}",
            f"  evidence: {method.evidence}" + (f" ({method.deviation})" if method.deviation else ""),
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
    lines = [f"{p.title} ({p.irb.board}, {p.irb.reference}, approved {p.irb.approved_on})", f"  {p.summary}"]
    lines += [f"  arms: {', '.join(arm.label for arm in p.arms.values())}"]
    return "\n".join([*lines, f"  adopted by site {', '.join(adopted) or 'none yet'}"])


Names = Callable[[Study | None], "dict[str, object]"]
TOPICS: dict[str, tuple[Callable[[Study | None], dict], Callable[[Study | None, str], str]]] = {  # type: ignore[type-arg]
    "rule": (_rules, _rule),
    "form": (lambda s: s.forms if s else {}, _form),
    "dataset": (lambda s: s.datasets if s else {}, _dataset),
    "population": (lambda s: s.populations if s else {}, _population),
    "estimand": (lambda s: s.estimands if s else {}, _estimand),
    "analysis": (lambda s: s.analyses if s else {}, _analysis),
    "protocol": (lambda s: s.protocols if s else {}, _protocol),
    "method": (lambda s: METHODS, _method),
}
