"""The main flow as plain functions: the command line and a notebook call the same ones.

from trialkit import pipeline as tk
study = tk.load("my-study")
tk.submit(study, [Path("uploads/2026-06-01")], Path("my-study/store"), by="me")
"""

from trialkit.pipeline.cell import explain_cell
from trialkit.pipeline.compare import compare
from trialkit.pipeline.explain import TOPICS, explain
from trialkit.pipeline.numbers import Written, analyze, compute, refusals, report, write_results, written
from trialkit.pipeline.row import explain_row
from trialkit.pipeline.stored import content_note, verify
from trialkit.pipeline.study import CheckReport, check, documents, init, load
from trialkit.pipeline.subject import explain_subject
from trialkit.pipeline.synthetic import DemoReport, demo, simulate
from trialkit.pipeline.told import FINDING_FORMATS, findings_as, outcome, write_findings
from trialkit.pipeline.uploads import Checked, freeze, submit, validate
from trialkit.pipeline.writing import folder_for

__all__ = [
    "CheckReport", "Checked", "DemoReport", "FINDING_FORMATS", "TOPICS", "Written",
    "analyze", "check", "compare", "compute", "content_note", "demo", "documents", "explain", "explain_cell",
    "explain_row", "explain_subject", "findings_as", "folder_for", "freeze", "init", "load", "outcome", "refusals",
    "report", "simulate", "submit", "validate", "verify", "write_findings", "write_results", "written",
]  # fmt: skip
