"""Registers: what the protocol, or a form, says was valid on a day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from trialkit.model import Condition, Form, Protocol
from trialkit.validate.axis import stretch, stretches, violates
from trialkit.validate.plan import NONE, sites_of, versions_of
from trialkit.validate.rows import Rows
from trialkit.validate.rules.match import matching, pairs
from trialkit.validate.words import cell_said, cell_text

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Bounds = tuple[str, str]
_NOTES: dict[str, Callable[[Protocol], str]] = {
    "protocol": lambda protocol: protocol.version,
    "consent": lambda protocol: protocol.consent,
}


def by_protocol(rows: Rows, name: str, register: str, on: str, also: Sequence[str]) -> np.ndarray:
    """True where the cell does not hold by the version in force at the row's site on the day."""
    import numpy as np

    versions, wrong = versions_of(rows, on), np.zeros(len(rows), dtype=bool)
    if rows.plan is None:
        return wrong
    for number, protocol in enumerate(rows.plan.study.protocols.values()):
        at = (versions == number).nonzero()[0]
        wrong[at] = _against(rows.take(at), name, register, on, protocol, also)
    return wrong | ((versions == NONE) & (register != "visit"))


def _against(rows: Rows, name: str, register: str, on: str, protocol: Protocol, also: Sequence[str]) -> np.ndarray:
    import numpy as np

    if register == "approval":
        days, irb = stretch(rows.frame[on], rows.form.fields[on].type), protocol.irb
        first, last = np.datetime64(irb.approved_on, "D").astype(int), irb.expires_on
        after = np.datetime64(last + timedelta(1), "D").astype(int) if last else np.inf
        return (days.high < first) | (days.low >= after)
    allowed = [*protocol.visits, *also] if register == "visit" else [_NOTES[register](protocol)]
    if allowed == [""]:
        return np.zeros(len(rows), dtype=bool)
    return ~rows.frame[name].map(cell_text).isin(allowed).to_numpy()


NO, YES, UNSURE = 0, 1, 2


def is_current(rows: Rows, register: str, here: np.ndarray, cells: pd.Series[Any]) -> np.ndarray:
    """For each pair whether the other row's cell is what was in force for the own row: NO, YES or UNSURE."""
    import numpy as np

    versions = versions_of(rows)[here]
    protocols = list(rows.plan.study.protocols.values()) if rows.plan else []
    wanted = np.array([_NOTES[register](protocol) for protocol in protocols] + ["", ""], dtype=object)[versions]
    same = np.where(cells.map(cell_text).to_numpy(dtype=object) == wanted, YES, NO)
    return np.where((versions < 0) | (wanted == "") | cells.isna().to_numpy(), UNSURE, same)


def protocol_words(rows: Rows, register: str, on: str) -> list[str]:
    """What was in force for each row."""
    protocols = list(rows.plan.study.protocols.values()) if rows.plan else []
    return [
        _said(protocols[number], register) if number >= 0 else f"no protocol version was in force at site {site}"
        for number, site in zip(versions_of(rows, on).tolist(), sites_of(rows).tolist(), strict=True)
    ]


def _said(protocol: Protocol, register: str) -> str:
    if register == "approval":
        return f"protocol {protocol.version} is approved from {protocol.irb.approved_on} to {protocol.irb.expires_on}"
    return f"protocol {protocol.version}" if register == "visit" else f"in force: {_NOTES[register](protocol)}"


@dataclass(frozen=True)
class Entry:
    """What makes a row of the form ``name`` right for a row: matched, valid on the day, its values as they should be.

    ``within`` and ``equal`` as in the rule's arguments.
    """

    name: str
    match: Mapping[str, str]
    on: str
    bounds: Bounds
    where: Condition
    within: Mapping[str, Sequence[str]]
    equal: Mapping[str, str]

    def tests(self) -> Iterator[tuple[str, str, str]]:
        """(own field, operator, field of the register) of what picks the row of the register."""
        for op, bound in zip(("on_or_after", "on_or_before"), self.bounds, strict=True):
            if bound:
                yield self.on, op, bound
        for own, ends in self.within.items():
            yield from zip((own, own), ("at_least", "at_most"), ends, strict=True)


def by_form(rows: Rows, entry: Entry) -> tuple[np.ndarray, np.ndarray]:
    """(no row of the register may be right, the position of one that is or was nearest to it, -1 if there is none)."""
    import numpy as np

    found, shown = np.zeros(len(rows), dtype=bool), np.full(len(rows), -1)
    if entry.name not in rows.others:
        return found, shown
    form, other = rows.forms[entry.name], rows.others[entry.name].reset_index(drop=True)
    match = matching(rows.form, form, entry.match)
    here, there = pairs(rows, other, match)
    holds, unknown = entry.where.masks(other)
    may = (holds | unknown)[there]
    for own, op, its in entry.tests():
        may &= ~_fails(rows, other, form, (here, there), (own, op, its))
    for some in (np.ones(len(here), dtype=bool), may):
        shown[here[some][::-1]] = there[some][::-1]
    for own, its in entry.equal.items():
        may &= ~_fails(rows, other, form, (here, there), (own, "equal", its))
    found[here[may]] = True
    return ~found & ~rows.frame[list(match)].isna().any(axis=1).to_numpy(), shown


def _fails(
    rows: Rows, other: pd.DataFrame, form: Form, pair: tuple[np.ndarray, np.ndarray], test: tuple[str, str, str]
) -> np.ndarray:
    """For each pair of rows, whether the comparison certainly fails."""
    (here, there), (own, op, its) = pair, test
    left, right = rows.frame[own].iloc[here], other[its].iloc[there]
    return violates(op, *stretches(left, rows.form.fields[own].type, right, form.fields[its].type))


def form_words(rows: Rows, entry: Entry, names: Sequence[str]) -> list[str]:
    """What the register says of each row; nothing of fields that may identify or are blinded."""
    form, other = rows.forms[entry.name], rows.others[entry.name]
    open_names = [n for n in dict.fromkeys(names) if not (form.fields[n].identifying or form.fields[n].blinded)]
    columns = [(form.fields[one].label, other[one].to_list()) for one in open_names]
    return [
        ", ".join(_entered(label, cell_said(cells[at])) for label, cells in columns)
        if at >= 0
        else f"not in {form.title}"
        for at in by_form(rows, entry)[1].tolist()
    ]


def _entered(label: str, text: str) -> str:
    return f"{label} {text}" if text else f"{label} empty"
