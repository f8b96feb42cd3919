"""What a protocol version fixes beside its visits, each part as a table: arms, strata, parameters, medicines ..."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from trialkit.export.markdown import NOTHING, code, heading, prose, table
from trialkit.model.study import Arm, Medicine, Parameter, Protocol, Stratum, Trigger


def contents(protocol: Protocol) -> Iterator[str]:
    """The parts that the version has, each as a heading and a table."""
    yield from _part("Arms", ("arm", "label", "role", "ratio", "description"), map(_arm, protocol.arms.values()))
    yield from _part(
        "Strata of the randomization", ("stratum", "label", "levels"), map(_stratum, protocol.strata.values())
    )
    head: Sequence[str] = ("parameter", "label", "value", "unit", "source")
    yield from _part("Parameters", head, map(_parameter, protocol.parameters.values()))
    head = ("medicine", "label", "management", "mechanism", "evidence", "examples", "washout in days", "source")
    yield from _part("Restricted medicines", head, map(_medicine, protocol.medicines.values()))
    head = ("trigger", "label", "action", "form", "where", "source")
    yield from _part("What holds a dose or stops", head, map(_trigger, protocol.triggers.values()))


def _part(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    rows = list(rows)
    if rows:
        yield heading(3, title)
        yield table(head, ([cell or NOTHING for cell in row] for row in rows))


def _arm(arm: Arm) -> tuple[str, ...]:
    role = "control" if arm.control else "treatment"
    return code(arm.id), prose(arm.label), role, str(arm.ratio), prose(arm.description)


def _stratum(stratum: Stratum) -> tuple[str, ...]:
    levels = [
        f"{code(level)} {prose(words)}" if words != level else code(level) for level, words in stratum.levels.items()
    ]
    return code(stratum.id), prose(stratum.label), ", ".join(levels)


def _parameter(p: Parameter) -> tuple[str, ...]:
    return code(p.id), prose(p.label), prose(p.value), prose(p.unit), prose(p.source)


def _medicine(m: Medicine) -> tuple[str, ...]:
    examples = prose(", ".join(m.examples))
    washout = format(m.washout_days, ".15g")
    return code(m.id), prose(m.label), m.level, prose(m.mechanism), m.evidence, examples, washout, prose(m.source)


def _trigger(t: Trigger) -> tuple[str, ...]:
    where = prose(t.where.words()) if t.where else ""
    return code(t.id), prose(t.label), t.action, code(t.form), where, prose(t.source)
