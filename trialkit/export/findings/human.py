"""Findings for a person at a terminal: grouped by rule, worst first, one cause told once."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from itertools import groupby

from trialkit.export.findings.shared import printable, summary
from trialkit.model import Finding, Study
from trialkit.validate.outcome import Fold, Outcome
from trialkit.validate.outcome.fold import by_rule
from trialkit.validate.outcome.words import field_words, listed, parts
from trialkit.words import many

SHOWN = 5
NARROWEST = 40
_COLORS = {"critical": "31;1", "major": "33;1", "minor": "36;1", "dim": "2", "bold": "1"}


def human(outcome: Outcome, color: bool = False, width: int = 0, shown: int = SHOWN) -> str:
    """Each rule with its places, values and what to do; then one line of totals.

    Of more than ``shown`` places of a rule the first are told and the others counted. Lines are broken at ``width``
    (0: never).
    """
    printer = _Printer(outcome.study, color, width, shown)
    blocks = ["\n".join([*printer.block(group), ""]) for group in by_rule(outcome.folds)]
    return "\n".join([*blocks, *printer.wrapped("", summary(outcome))]) + "\n"


class _Printer:
    def __init__(self, study: Study, color: bool, width: int, shown: int) -> None:
        self.study, self.color, self.shown = study, color, shown
        self.width = max(width, NARROWEST) if width else 0

    def block(self, group: list[Fold]) -> Iterator[str]:
        """One rule: what is said once for all, each place, why and fix once for all that share them."""
        told = group[: self.shown]
        for (why, fix), alike in groupby(told, key=lambda fold: (fold.lead.why, fold.fix)):
            for stem, same in groupby(alike, key=_stem):
                yield from self._head(group[0], stem)
                for fold in same:
                    yield from self._several(fold) if fold.cause else self._one(fold.lead)
            for name, text in (("why", why), ("fix", fix)):
                yield from self.wrapped(f"   = {name}: ", text) if text else ()
        if len(group) > len(told):
            yield f"   ... and {len(group) - len(told):,} more of {group[0].lead.rule}"

    def _head(self, fold: Fold, stem: str) -> Iterator[str]:
        name = "several rules" if len({member.rule for member in fold.members}) > 1 else fold.lead.rule
        head = f"{fold.finding_class}[{name}] {fold.severity}"
        first, *more = self.wrapped(f"{head}: ", stem, "   ")
        yield self._painted(head, fold.severity) + ": " + self._painted(first[len(head) + 2 :], "bold")
        yield from (self._painted(line, "bold") for line in more)

    def _one(self, finding: Finding) -> Iterator[str]:
        """A place, and what was found there beyond the sentence."""
        yield from self.wrapped("  --> ", place(finding, self.study), "      ")
        stem, detail = parts(finding.say)
        said = f" {finding.value} " in f" {stem} " or repr(finding.value) in stem or finding.value == finding.subject
        value = f"value {finding.value}" if finding.value and not said else ""
        if more := ", ".join(filter(None, [value, detail])):
            yield from self.wrapped("   |  ", more)

    def _several(self, fold: Fold) -> Iterator[str]:
        """Where the findings of one cause are."""
        lead = fold.lead
        fields = listed([field_words(self.study, lead.form, name) for name in fields_of(fold, self.study)], 3)
        yield from self.wrapped("  --> ", f"{lead.file}  {fields}  {_who(fold)}".rstrip(), "      ")
        runs = lines_of(fold)
        lines = f"{lead.numbering}{'s' if runs != [str(lead.line)] else ''} {listed(runs, 2 * self.shown)}"
        yield from self.wrapped("   |  ", f"{many(len(fold.members), 'finding')}, one cause; {lines}")

    def wrapped(self, start: str, text: str, indent: str = "") -> list[str]:
        """``start`` and text, further lines indented."""
        text = printable(text)
        if not self.width:
            return [start + text]
        after = indent or " " * len(start)
        made = textwrap.wrap(
            text, self.width, initial_indent=start, subsequent_indent=after, break_long_words=False,
            break_on_hyphens=False, drop_whitespace=True,
        )  # fmt: skip
        return made or [start]

    def _painted(self, text: str, how: str) -> str:
        return f"\x1b[{_COLORS[how]}m{text}\x1b[0m" if self.color else text


def _stem(fold: Fold) -> str:
    return fold.say if fold.cause else parts(fold.say)[0]


def _who(fold: Fold) -> str:
    """Subject and site, as far as all members share them."""
    subjects, sites = ({getattr(m, name) for m in fold.members} for name in ("subject", "site"))
    who = [next(iter(subjects))] if len(subjects) == 1 else [many(len(subjects), "subject")]
    who += [f"site {next(iter(sites))}"] if len(sites) == 1 and "" not in sites else []
    return " · ".join(filter(None, who))


def fields_of(fold: Fold, study: Study) -> list[str]:
    """The fields its findings point at, in the order of the form."""
    known = list(study.forms[fold.lead.form].fields) if fold.lead.form in study.forms else []
    names = {member.field for member in fold.members if member.field}
    return sorted(names, key=lambda name: (known.index(name) if name in known else len(known), name))


def lines_of(fold: Fold) -> list[str]:
    """The lines of a fold, each once, runs joined: ``4``, ``9-12``."""
    numbers, runs = sorted({member.line for member in fold.members}), []
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        ends = [number for _, number in run]
        runs.append(str(ends[0]) if len(ends) == 1 else f"{ends[0]}-{ends[-1]}")
    return runs


def place(finding: Finding, study: Study) -> str:
    """Where: ``file:line  Label (FIELD)  subject · site · visit``, as far as each is known."""
    number = finding.line if finding.numbering == "line" else f"record {finding.line}"
    file = f"{finding.file}:{number}" if finding.line else finding.file
    who = [finding.subject, f"site {finding.site}" if finding.site else "", finding.visit]
    field = field_words(study, finding.form, finding.field) if finding.field else ""
    return "  ".join(filter(None, [file, field, " · ".join(filter(None, who))]))
