"""Findings as JUnit XML: one suite a form, one case a rule; what could not be asked is skipped, never passed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from trialkit.export.findings.human import place
from trialkit.export.findings.shared import printable
from trialkit.model import Finding, Form
from trialkit.validate.compiled import Compiled, compiled
from trialkit.validate.kind import EVERY
from trialkit.validate.outcome import Outcome
from trialkit.validate.outcome.words import form_title


def as_junit(outcome: Outcome) -> str:
    """Every rule of every form that was sent, and rules of other forms that found something.

    A stop or a query fails its case; a listing is only told. A rule that looks at a form of which nothing is there
    is skipped.
    """
    forms = list(dict.fromkeys([*outcome.tables, *(finding.form for finding in outcome.findings)]))
    suites = [_Suite(outcome, form) for form in forms]
    totals = sum((suite.counts for suite in suites), Counter[str]())
    head = f'<testsuites name="trialkit" {_numbers(totals)}>'
    body = [line for suite in suites for line in suite.lines()]
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *body, "</testsuites>"]) + "\n"


def _numbers(counts: Counter[str]) -> str:
    return " ".join(f'{name}="{counts[name]}"' for name in ("tests", "failures", "errors", "skipped"))


class _Suite:
    """The cases of one form."""

    def __init__(self, outcome: Outcome, form: str) -> None:
        self.outcome, self.form = outcome, form
        self.found: dict[str, list[Finding]] = {}
        for finding in outcome.findings:
            if finding.form == form:
                self.found.setdefault(finding.rule, []).append(finding)
        self.skipped = dict(self._skipped())
        asked = self._asked()
        self.cases = [*asked, *(rule for rule in self.found if rule not in asked)]
        failed = [rule for rule in self.cases if self._failures(rule)]
        self.counts = Counter(tests=len(self.cases), failures=len(failed), errors=0, skipped=len(self.skipped))

    def _items(self) -> list[Compiled]:
        study: dict[str, Form] = self.outcome.study.forms
        return compiled(study[self.form]) if self.form in self.outcome.tables else []

    def _asked(self) -> list[str]:
        return [item.rule.id for item in self._items()]

    def _skipped(self) -> Iterator[tuple[str, str]]:
        """Rules that could not be asked, with the reason."""
        for item in self._items():
            absent = [name for name in item.sees if name != EVERY and name not in self.outcome.known]
            if item.rule.id in self.found:
                continue
            if absent:
                titles = ", ".join(form_title(self.outcome.study, name) for name in absent)
                yield item.rule.id, f"nothing was received of: {titles}"
            elif item.kind.name == "previous" and self.form not in self.outcome.before:
                yield item.rule.id, "there is no earlier upload to compare with"

    def _failures(self, rule: str) -> list[Finding]:
        return [finding for finding in self.found.get(rule, []) if finding.finding_class != "listing"]

    def lines(self) -> Iterator[str]:
        title = form_title(self.outcome.study, self.form) or "files"
        yield f"  <testsuite name={_attribute(title)} {_numbers(self.counts)}>"
        for rule in self.cases:
            yield from self._case(rule, self.form or "files")
        yield "  </testsuite>"

    def _case(self, rule: str, group: str) -> Iterator[str]:
        head = f"    <testcase name={_attribute(rule)} classname={_attribute(group)}"
        failures, found = self._failures(rule), self.found.get(rule, [])
        if not found and rule not in self.skipped:
            yield f"{head}/>"
            return
        yield f"{head}>"
        if failures:
            first = failures[0]
            more = f" (and {len(failures) - 1:,} more)" if len(failures) > 1 else ""
            yield f"      <failure type={_attribute(first.severity)} message={_attribute(first.say + more)}>"
            yield from (_text(self._told(finding)) for finding in failures)
            yield "      </failure>"
        elif found:
            yield "      <system-out>"
            yield from (_text(self._told(finding)) for finding in found)
            yield "      </system-out>"
        else:
            yield f"      <skipped message={_attribute(self.skipped[rule])}/>"
        yield "    </testcase>"

    def _told(self, finding: Finding) -> str:
        return f"{place(finding, self.outcome.study)}: {finding.say}. {finding.fix} [{finding.key}]"


def _attribute(text: str) -> str:
    return quoteattr(printable(text))


def _text(text: str) -> str:
    return escape(printable(text))
