"""window: a visit's day within its window in the protocol, or a planned point's moment within its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import TYPE_CHECKING

from trialkit.errors import did_you_mean
from trialkit.model import Amount, Form, Protocol, Rule
from trialkit.validate.axis import Stretch
from trialkit.validate.groups import DUST, Unit, length_text, time_problems, time_text, times_of
from trialkit.validate.kind import Kind, Problem, a_number, unknown_fields
from trialkit.validate.plan import amounts, versions_of
from trialkit.validate.rows import Rows
from trialkit.validate.rules.reference import (
    Reference,
    measured_from,
    reference_label,
    reference_problems,
    reference_reads,
)
from trialkit.validate.words import cell_text

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, kw_only=True)
class Args(Reference):
    """``point`` is the field that names the visit or point (the form's visit when left out).

    Without ``planned`` the windows are those of the visits of the protocol version in force, in days; there is no
    day 0 unless the protocol numbers one. With ``planned`` (point: time after the reference) ``early`` and ``late``
    are how far before and after it the moment may be, in ``unit``.
    """

    point: str = ""
    planned: dict[str, float] = attribute(default_factory=dict)
    early: Amount = Amount("0")
    late: Amount = Amount("0")
    unit: Unit = "days"


def point_of(form: Form, args: Args) -> str:
    """The field that names the visit."""
    return args.point or form.visit


def reads(form: Form, rule: Rule, args: Args) -> tuple[str, ...]:
    """The fields of the row it looks at."""
    return (rule.field, point_of(form, args), *reference_reads(form, args))


def planned(form: Form, rule: Rule, args: Args) -> bool:
    """Whether the protocol is asked."""
    return not args.planned


def _off(rows: Rows, rule: Rule, args: Args) -> tuple[Stretch, Stretch]:
    """(time from the reference, time allowed); NaN where unknown."""
    own = times_of(rows, rule.field, args.unit)
    start = measured_from(rows, args, own, args.unit)
    return Stretch(own.low - start.high, own.high - start.low), _allowed(rows, args)


def _allowed(rows: Rows, args: Args) -> Stretch:
    import numpy as np

    names = rows.frame[point_of(rows.form, args)].map(cell_text)
    if args.planned:
        at = names.map(args.planned).to_numpy(dtype="float64")
        return Stretch(at - amounts(rows, args.early), at + amounts(rows, args.late))
    low, high = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    versions = versions_of(rows)
    for number, protocol in enumerate(rows.plan.study.protocols.values() if rows.plan else ()):
        at = versions == number
        windows = _windows(protocol)
        low[at] = names[at].map({name: ends[0] for name, ends in windows.items()}).to_numpy(dtype="float64")
        high[at] = names[at].map({name: ends[1] for name, ends in windows.items()}).to_numpy(dtype="float64")
    return Stretch(low, high)


def _windows(protocol: Protocol) -> dict[str, tuple[float, float]]:
    """Visit -> first and last day after the reference date."""
    days = {name: visit.day for name, visit in protocol.visits.items() if visit.day is not None}
    shift = 0 if 0 in days.values() else 1
    after = {name: day - shift * (day > 0) for name, day in days.items()}
    visits = protocol.visits
    return {name: (day - visits[name].early, day + visits[name].late) for name, day in after.items()}


def mask(rows: Rows, rule: Rule, args: Args) -> np.ndarray:
    """True where the moment is certainly outside the window."""
    off, allowed = _off(rows, rule, args)
    return (off.high < allowed.low - DUST) | (off.low > allowed.high + DUST)


def say(rows: Rows, rule: Rule, args: Args) -> str:
    """The end of the sentence."""
    return f"is outside the window of {rows.form.fields[point_of(rows.form, args)].label}"


def detail(rows: Rows, rule: Rule, args: Args, positions: np.ndarray) -> list[str]:
    """How long after the reference it is, and what is allowed."""
    some = rows.take(positions)
    off, allowed = _off(some, rule, args)
    names = some.frame[point_of(rows.form, args)].map(cell_text)
    return [
        f"{name}: {length_text(at, args.unit)} {'before' if at < 0 else 'after'} {reference_label(rows, args)}, "
        f"allowed {time_text(low)} to {time_text(high)} {args.unit}"
        for name, at, low, high in zip(names, off.low, allowed.low, allowed.high, strict=True)
    ]


def fix(form: Form, rule: Rule, args: Args, value: str) -> str:
    """What to do."""
    return "Check the date and the visit at source; record a deviation if both are right."


def problems(form: Form, forms: Mapping[str, Form], rule: Rule, args: Args) -> Iterator[Problem]:
    """What is wrong with the arguments."""
    yield from time_problems(form, rule.field, args.unit)
    yield from reference_problems(form, forms, args, args.unit)
    point = point_of(form, args)
    if not point:
        yield f"form {form.id!r} names no visit", "Say which field names the visit: 'point: FIELD'."
        return
    yield from unknown_fields(form, (point,))
    if not args.planned and args.unit != "days":
        yield "the windows of the protocol's visits are in days", "Leave out 'unit', or say what is 'planned'."
    if not args.planned and (args.early != Amount("0") or args.late != Amount("0")):
        yield "the protocol says how early and late a visit may be", "Leave out 'early' and 'late'."
    yield from a_number("early", args.early)
    yield from a_number("late", args.late)
    codes = form.fields[point].codes if point in form.fields else {}
    for name in args.planned:
        if codes and name not in codes:
            yield f"{name!r} is not a value of {point!r}", did_you_mean(name, codes)


KIND = Kind("window", Args, mask, say, stage=4, fix=fix, reads=reads, problems=problems, detail=detail, planned=planned)
