"""The findings of a check, written in any of the formats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from trialkit.errors import UsageError, did_you_mean
from trialkit.pipeline.writing import write_whole

if TYPE_CHECKING:
    from trialkit.model.study import Study
    from trialkit.pipeline.uploads import Checked
    from trialkit.validate.outcome import Outcome


@dataclass(frozen=True)
class Format:
    """How findings are written: the function (module:name) of an Outcome, the file's ending, and what it is for.

    A format that is not ``shown`` is for a file, not for a terminal.
    """

    made_by: str
    ending: str
    what: str
    shown: bool = True

    @property
    def write(self) -> Callable[..., str | bytes]:
        """The function, imported when it is first needed."""
        module, _, name = self.made_by.partition(":")
        function: Callable[..., str | bytes] = getattr(import_module(module), name)
        return function


FINDING_FORMATS: dict[str, Format] = {
    "human": Format("trialkit.export.findings.human:human", ".txt", "for reading in a terminal"),
    "json": Format("trialkit.export.findings.json_text:as_json", ".json", "for programs"),
    "csv": Format("trialkit.export.findings.csv_text:as_csv", ".csv", "one line a finding"),
    "sarif": Format("trialkit.export.findings.sarif:as_sarif", ".sarif", "for code hosts and editors"),
    "junit": Format("trialkit.export.findings.junit:as_junit", ".xml", "for test reports of CI"),
    "xlsx": Format(
        "trialkit.export.findings.query_list:as_query_list", ".xlsx", "the query list, a sheet a site", False
    ),
    "html": Format("trialkit.report.quality:as_page", ".html", "the data-quality page", False),
}
"""Every format findings can be written in."""


def outcome(study: Study, checked: Checked, note: str = "", redact: bool = False) -> Outcome:
    """What every format is made from; with ``redact`` no value is in it, and subjects are numbers."""
    from trialkit.validate.outcome import Outcome, redacted

    made = Outcome(
        study=study,
        findings=tuple(checked.findings),
        files=checked.files,
        rows=checked.rows,
        as_of=checked.as_of,
        tables=checked.tables,
        known=frozenset(checked.known),
        before=frozenset(checked.before),
        note=note,
    )
    return redacted(made) if redact else made


def findings_as(made: Outcome, form: str, **how: object) -> bytes:
    """The findings in a format, as the bytes of its file. Raises UsageError for a format there is not."""
    if form not in FINDING_FORMATS:
        raise UsageError(f"there is no format {form!r}", hint=did_you_mean(form, FINDING_FORMATS))
    content = FINDING_FORMATS[form].write(made, **how)
    return content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content


def write_findings(made: Outcome, form: str, out: Path) -> Path:
    """Write the findings into a file, whole or not at all; its path.

    Raises UsageError if the file cannot be written.
    """
    return write_whole(findings_as(made, form), out)
