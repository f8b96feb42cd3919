"""The main flow as plain functions: the command line and a notebook call the same ones.

from trialkit import pipeline as tk
study = tk.load("my-study")
tk.submit(study, [Path("uploads/2026-06-01")], Path("my-study/store"), by="me")

A function's module is loaded when it is used: a report needs no uploads, and an upload no report.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trialkit.pipeline.cell import explain_cell
    from trialkit.pipeline.comparing import compare
    from trialkit.pipeline.numbers import Written, analyze, compute, refusals, report, write_results, written
    from trialkit.pipeline.row import explain_row
    from trialkit.pipeline.stored import content_note, verify
    from trialkit.pipeline.study import CheckReport, check, documents, init, load
    from trialkit.pipeline.subject import explain_subject
    from trialkit.pipeline.synthetic import DemoReport, demo, simulate
    from trialkit.pipeline.told import FINDING_FORMATS, findings_as, outcome, write_findings
    from trialkit.pipeline.topics import TOPICS, explain
    from trialkit.pipeline.uploads import Checked, freeze, submit, validate
    from trialkit.pipeline.writing import folder_for

__all__ = [
    "CheckReport", "Checked", "DemoReport", "FINDING_FORMATS", "TOPICS", "Written",
    "analyze", "check", "compare", "compute", "content_note", "demo", "documents", "explain", "explain_cell",
    "explain_row", "explain_subject", "findings_as", "folder_for", "freeze", "init", "load", "outcome", "refusals",
    "report", "simulate", "submit", "validate", "verify", "write_findings", "write_results", "written",
]  # fmt: skip

HOMES = {
    "cell": ("explain_cell",),
    "comparing": ("compare",),
    "numbers": ("Written", "analyze", "compute", "refusals", "report", "write_results", "written"),
    "row": ("explain_row",),
    "stored": ("content_note", "verify"),
    "study": ("CheckReport", "check", "documents", "init", "load"),
    "subject": ("explain_subject",),
    "synthetic": ("DemoReport", "demo", "simulate"),
    "told": ("FINDING_FORMATS", "findings_as", "outcome", "write_findings"),
    "topics": ("TOPICS", "explain"),
    "uploads": ("Checked", "freeze", "submit", "validate"),
    "writing": ("folder_for",),
}
"""What each module gives. None is called as something it gives: loading a module puts it here under its own name."""


def __getattr__(name: str) -> Any:
    """A function of the flow, out of its module."""
    for home, names in HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
