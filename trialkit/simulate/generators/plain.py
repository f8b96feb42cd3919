"""Texts: constants, what is known of the row, choices, and one generator or another by an earlier cell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from dataclasses import field as attribute
from typing import TYPE_CHECKING

from trialkit.errors import StudyError, did_you_mean
from trialkit.model import Tree
from trialkit.simulate.generators.base import Cells, Generator, Making, objects, text_of

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray


@dataclass(frozen=True)
class Constant:
    """The same text in every row."""

    value: str


def constant(args: Constant, m: Making) -> Array:
    """The text, repeated."""
    return objects([args.value])[[0] * len(m.rows)]


@dataclass(frozen=True)
class Subject:
    """The subject's identifier: {site} and {number} (within site) in a format."""

    pattern: str


def subject(args: Subject, m: Making) -> Array:
    """The identifier of each row's subject."""
    traits = m.trial.traits
    names = [args.pattern.format(site=s, number=int(n)) for s, n in zip(traits["site"], traits["number"], strict=True)]
    return objects(names)[m.rows.subject]


@dataclass(frozen=True)
class Numbered:
    """A text with the subject's number over all sites, counted from 1, in a format: {number}."""

    pattern: str


def numbered(args: Numbered, m: Making) -> Array:
    """The text of each row's subject."""
    return objects([args.pattern.format(number=n + 1) for n in range(len(m.trial))])[m.rows.subject]


@dataclass(frozen=True)
class Attended:
    """Y if the subject came to the visit, else N."""

    visit: str


def attended(args: Attended, m: Making) -> Array:
    """The texts."""
    there = m.trial.there[:, m.design.at((args.visit,))[0]][m.rows.subject]
    return objects(["N", "Y"])[there.astype(int)]


@dataclass(frozen=True)
class Known:
    """What the trial, the subject or the row's entry is called by that name: site, arm, stratum, reason, lot, visit,
    a trait, an adverse event's term, system or wording, a key of an entry of ``each``."""

    what: str


def known(args: Known, m: Making) -> Cells:
    """The text of each row."""
    if args.what == "visit":
        return objects(m.design.visits)[m.rows.visit]
    try:
        return m.said(args.what)
    except KeyError:
        names = ["visit", *m.made, *m.rows.values, *m.trial.traits]
        raise StudyError(f"nothing is known as {args.what!r}", "", did_you_mean(args.what, names)) from None


@dataclass(frozen=True)
class Choice:
    """One of some values with their shares."""

    values: dict[str, float]


def choice(args: Choice, m: Making) -> Array:
    """The values drawn."""
    import numpy as np

    share = np.array(list(args.values.values()))
    return m.rng.choice(objects(list(args.values)), len(m.rows), p=share / share.sum())


@dataclass(frozen=True)
class ByArm:
    """A text per arm."""

    values: dict[str, str]


def by_arm(args: ByArm, m: Making) -> Array:
    """The text of each row's arm."""
    return objects([args.values[arm] for arm in m.trial.traits["arm"]])[m.rows.subject]


@dataclass(frozen=True)
class Look:
    """The text that belongs to an earlier cell of the row; ``other`` for a cell that is not listed."""

    of: str
    values: dict[str, str]
    other: str = ""


def look(args: Look, m: Making) -> Array:
    """The texts looked up."""
    cells = text_of(m.said(args.of))
    return objects([args.values.get(str(cell), args.other) for cell in cells])


@dataclass(frozen=True)
class Given:
    """One generator or another, by the text of an earlier cell; ``other`` for one that is not listed."""

    of: str
    values: dict[str, Tree]
    other: Tree = attribute(default_factory=lambda: Tree(None))


def given(args: Given, m: Making) -> Array:
    """The cells, each from the generator that its row asks for."""
    import numpy as np

    from trialkit.simulate.generators import generator_of

    cells = text_of(m.said(args.of)).astype(str)
    made = objects([""])[np.zeros(len(cells), dtype=int)]
    for word, tree in (*args.values.items(), ("", args.other)):
        at = np.flatnonzero(cells == word if word else ~np.isin(cells, list(args.values)))
        if len(at) and tree.value is not None:
            run, inner = generator_of(tree)
            part = replace(m, rows=m.rows.take(at), made={name: _part(c, at) for name, c in m.made.items()})
            made[at] = text_of(run(inner, part))
    return made


@dataclass(frozen=True)
class Since:
    """A generator for rows under a protocol version or a later one, empty for those under an earlier one."""

    version: str
    then: Tree


def since(args: Since, m: Making) -> Array:
    """The cells, by the version in force at the row's site on its day."""
    versions = m.design.versions
    if args.version not in versions:
        raise StudyError(f"there is no protocol version {args.version!r}", "", did_you_mean(args.version, versions))
    in_force = m.design.version_at(m.trial.traits["site"][m.rows.subject], m.rows.day)
    word = objects(["", "then"])[(in_force >= versions.index(args.version)).astype(int)]
    return given(Given("_in_force", {"then": args.then}), replace(m, made=m.made | {"_in_force": word}))


def _part(cells: Cells, at: Array) -> Array:
    found: Array = text_of(cells)[at]
    return found


@dataclass(frozen=True)
class Sequence:
    """1, 2, 3 ... within each subject."""


def sequence(args: Sequence, m: Making) -> Cells:
    """The numbers; rows of a subject stand together."""
    import numpy as np

    from trialkit.simulate.generators.base import Numbers

    first = np.searchsorted(m.rows.subject, m.rows.subject)
    return Numbers(np.arange(len(m.rows)) - first + 1.0)


GENERATORS: dict[str, Generator] = {
    "constant": (Constant, constant),
    "subject": (Subject, subject),
    "numbered": (Numbered, numbered),
    "attended": (Attended, attended),
    "known": (Known, known),
    "choice": (Choice, choice),
    "by_arm": (ByArm, by_arm),
    "look": (Look, look),
    "given": (Given, given),
    "since": (Since, since),
    "sequence": (Sequence, sequence),
}
