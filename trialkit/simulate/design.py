"""A scenario bound to its study: the visits, arms, sites and protocol versions that it draws from, checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from trialkit.errors import StudyError, StudyErrors, did_you_mean
from trialkit.model import Protocol, Study, Tree, Visit
from trialkit.simulate.scenario import FormPlan, RowPlan, Scenario
from trialkit.spec import build

if TYPE_CHECKING:
    import numpy as np

BASED_ON = "based_on"
"""Key by which a scenario names the one it changes."""
HELPER = "_"
"""How the name of a field begins that is made for other fields and not written."""
EPOCH = date(1970, 1, 1).toordinal()


def day_number(day: date) -> int:
    """Whole days since 1970-01-01."""
    return day.toordinal() - EPOCH


@dataclass(frozen=True)
class Design:
    """A study and one of its scenarios. Visits are those of the newest protocol, in its order."""

    study: Study
    plan: Scenario

    @property
    def protocol(self) -> Protocol:
        """The newest protocol, whose visits and arms are drawn."""
        return self.study.protocol

    @cached_property
    def visits(self) -> tuple[str, ...]:
        """Ids of the visits that have a day."""
        return tuple(v.id for v in self.protocol.visits.values() if v.day is not None)

    @cached_property
    def offsets(self) -> np.ndarray:
        """(v,) days of each visit from the first dose: day 1 is 0, day -1 (there is no day 0) is -1."""
        import numpy as np

        days = [self.visit(name).day or 0 for name in self.visits]
        return np.array([day - 1 if day >= 1 else day for day in days])

    def visit(self, name: str) -> Visit:
        """A visit of the newest protocol."""
        return self.protocol.visits[name]

    def at(self, names: Iterable[str]) -> list[int]:
        """Positions of visits."""
        return [self.visits.index(name) for name in names]

    @cached_property
    def versions(self) -> tuple[str, ...]:
        """Protocol versions, oldest first."""
        return tuple(p.version for p in sorted(self.study.protocols.values(), key=lambda p: p.irb.approved_on))

    @cached_property
    def adopted(self) -> dict[str, np.ndarray]:
        """For each site, the day (since 1970) it adopted each version; far in the future if it has not."""
        import numpy as np

        sites = self.study.header.sites
        far = day_number(date.max)
        return {
            name: np.array([day_number(d) if (d := sites[name].adopted.get(v)) else far for v in self.versions])
            for name in self.plan.sites
        }

    def version_at(self, site: np.ndarray, day: np.ndarray) -> np.ndarray:
        """(r,) position in ``versions`` of the one in force at each site on each day (-1: none yet)."""
        import numpy as np

        made = np.full(len(site), -1)
        for name, days in self.adopted.items():
            here = site == name
            made[here] = np.searchsorted(days, day[here], side="right") - 1
        return made

    def due(self, form: str, rows: RowPlan) -> tuple[str, ...]:
        """The visits at which a form has rows."""
        if rows.visits:
            return rows.visits
        return tuple(name for name in self.visits if form in self.visit(name).forms)

    @property
    def driver(self) -> FormPlan:
        """The form whose field measures severity."""
        return self.plan.forms[self.plan.entry.form]


def scenario_tree(study: Study, name: str) -> Tree:
    """A scenario's content; with ``based_on`` it is the other scenario's, in which this one's entries replace or are
    added to those of the same name, at any depth. Raises StudyError for one based on itself or on none there is."""
    return _based(study, name, ())


def _based(study: Study, name: str, seen: tuple[str, ...]) -> Tree:
    tree = study.scenarios[name]
    if not isinstance(tree.value, dict) or BASED_ON not in tree.value:
        return tree
    base = str(tree.value[BASED_ON].value)
    if base not in study.scenarios:
        raise StudyError(
            f"there is no scenario {base!r}", str(tree.keys[BASED_ON]), did_you_mean(base, study.scenarios)
        )
    if base in (*seen, name):
        raise StudyError(f"scenario {name!r} is based on itself", str(tree.keys[BASED_ON]))
    own = replace(tree, value={k: v for k, v in tree.value.items() if k != BASED_ON})
    return _laid_over(_based(study, base, (*seen, name)), own)


def _laid_over(below: Tree, above: Tree) -> Tree:
    if not (isinstance(below.value, dict) and isinstance(above.value, dict)):
        return above
    both = below.value | {
        key: _laid_over(below.value[key], tree) if key in below.value else tree for key, tree in above.value.items()
    }
    return Tree(both, above.where, below.keys | above.keys)


def design_of(study: Study, name: str) -> Design:
    """The scenario of that name, checked against the study.

    Raises StudyErrors (file, line) for content that does not fit: a form, field, arm, visit, site or estimand that
    does not exist, a list of the wrong length, a form without a field.
    """
    tree = scenario_tree(study, name)
    made = Design(study, build(Scenario, tree))
    errors = [StudyError(said, str(tree.where), hint) for said, hint in _problems(made)] or _generators(made)
    if errors:
        raise StudyErrors(errors)
    return made


def _generators(design: Design) -> list[StudyError]:
    """What is wrong with the generators of fields and traits."""
    from trialkit.simulate.generators import generator_of

    errors: list[StudyError] = []
    trees = [tree for form in design.plan.forms.values() for tree in form.fields.values()]
    for tree in (*design.plan.traits.values(), *trees):
        try:
            generator_of(tree)
        except StudyError as error:
            errors.append(error)
    return errors


Problem = tuple[str, str]


def _problems(design: Design) -> Iterator[Problem]:
    study, plan = design.study, design.plan
    for name, form in plan.forms.items():
        yield from _form(study, design, name, form)
    entry = plan.entry
    if not [*_known(entry.form, plan.forms, "form of the scenario")]:
        yield from _known(entry.field, plan.forms[entry.form].fields, f"field of form {entry.form!r}:")
    if len(entry.strata) != len(entry.cuts) + 1:
        yield f"strata need one name more than cuts, found {len(entry.strata)} and {len(entry.cuts)}", ""
    yield from _visits(design)
    yield from _arms(design)
    for site in plan.sites:
        yield from _known(site, study.header.sites, "site")
        if site in study.header.sites and not study.header.sites[site].adopted:
            yield f"site {site!r} has adopted no protocol version", "Give it a date in schemas/study.yaml."
    for estimand, truth in plan.truth.items():
        yield from _known(estimand, study.estimands, "estimand")
        yield from _all(truth.visits, design.visits, "visit")
    for term in plan.events.terms.values():
        if term.case:
            yield from _known(term.case, plan.cases, "case")


def _form(study: Study, design: Design, name: str, form: FormPlan) -> Iterator[Problem]:
    if wrong := [*_known(name, study.forms, "form")]:
        yield from wrong
        return
    fields = study.forms[name].fields
    written = [column for column in form.fields if not column.startswith(HELPER)]
    yield from _all(written, fields, f"field of form {name!r}:")
    yield from _all((*form.rows.visits, *form.rows.share.keys() - {"*"}), design.visits, "visit")
    yield from _all(form.missing_cells, fields, f"field of form {name!r}:")
    yield from _all(form.rows.only, design.plan.traits, "trait")
    made = form.fields if form.rows.per != "table" else dict.fromkeys(c for row in form.rows.rows for c in row)
    lost = [f for f in fields if f not in made]
    if lost:
        yield f"the scenario makes no {lost[0]!r} for form {name!r}", ""
    yield from _rows_like(design, name, form)
    if form.rows.per == "day" and len(form.rows.span) != 2:
        yield f"rows per day of form {name!r} need a span: [first, last]", ""


def _rows_like(design: Design, name: str, form: FormPlan) -> Iterator[Problem]:
    if (form.rows.per == "form") != bool(form.rows.of):
        yield f"rows of form {name!r}: 'per: form' and 'of' go together", "Say of which form: 'of: FORM'."
    elif form.rows.of:
        above = list(design.plan.forms)[: list(design.plan.forms).index(name)]
        if wrong := [*_known(form.rows.of, above, f"form above {name!r}:")]:
            yield from wrong
            return
        its = design.plan.forms[form.rows.of]
        yield from _all(form.rows.where, its.fields, f"field of form {form.rows.of!r}:")


def _visits(design: Design) -> Iterator[Problem]:
    plan = design.plan
    yield from _all(plan.latent.mean, design.visits, "visit")
    if missing := [v for v in design.visits if v not in plan.latent.mean]:
        yield f"latent.mean has no value for visit {missing[0]!r}", ""
    for effect in plan.latent.effect.values():
        yield from _all(effect, design.visits, "visit")
    yield from _all((*plan.dosing, *plan.follow_up, plan.entry.visit), design.visits, "visit")
    if len(plan.screening_days) != 2:
        yield "screening_days are two numbers: [fewest, most] days before enrollment", ""


def _arms(design: Design) -> Iterator[Problem]:
    plan, arms = design.plan, design.study.arms
    named = (plan.latent.effect, plan.dropout.hazard, plan.dropout.reasons)
    for arm in {name: None for group in named for name in group}:
        yield from _known(arm, arms, "arm")
    for arm in arms:
        for what, group in (("hazard", plan.dropout.hazard), ("reasons", plan.dropout.reasons)):
            if arm not in group:
                yield f"dropout.{what} has no arm {arm!r}", ""
    for arm, hazard in plan.dropout.hazard.items():
        if len(hazard) != len(plan.dosing):
            yield f"hazard of {arm} has {len(hazard)} values; it needs {len(plan.dosing)}", ""
    for lot in plan.product.lots.values() if plan.product else ():
        yield from _known(lot.arm, arms, "arm")


def _all(names: Iterable[str], allowed: Iterable[str], what: str) -> Iterator[Problem]:
    for name in names:
        yield from _known(name, allowed, what)


def _known(name: str, allowed: Iterable[str], what: str) -> Iterator[Problem]:
    names = list(allowed)
    if name not in names:
        yield f"there is no {what} {name!r}", did_you_mean(name, names)
