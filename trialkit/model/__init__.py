"""Frozen dataclasses of study content, data and results. No I/O."""

from trialkit.model.allowance import Allowance
from trialkit.model.amount import Amount
from trialkit.model.analysis import (
    AnalysisSpec,
    Column,
    Dataset,
    Display,
    Estimand,
    Population,
    ReportSpec,
    Step,
)
from trialkit.model.checklist import Check
from trialkit.model.condition import Condition, Test
from trialkit.model.finding import Finding, finding_key
from trialkit.model.form import Example, Examples, Field, Form, Layout, Rule
from trialkit.model.record import Event, Snapshot, Upload
from trialkit.model.result import LEDGER_COLUMNS, RESULT_COLUMNS, Listing, Results, Set, set_of
from trialkit.model.study import (
    Approval,
    Arm,
    Medicine,
    Parameter,
    Protocol,
    Site,
    Stratum,
    Study,
    StudyHeader,
    Trigger,
    Visit,
)
from trialkit.model.table import SRC, Cells, Table, Tables
from trialkit.model.tree import Tree, Where, tree_of
from trialkit.model.units import Quantity, Unit

__all__ = [
    "LEDGER_COLUMNS", "RESULT_COLUMNS", "SRC",
    "Allowance", "Amount", "AnalysisSpec", "Approval", "Arm", "Cells", "Check", "Column", "Condition", "Dataset",
    "Display", "Estimand", "Event", "Example", "Examples", "Field", "Finding", "Form", "Layout", "Listing", "Parameter",
    "Population", "Protocol", "Medicine", "Quantity", "ReportSpec", "Results", "Rule", "Set", "Site", "Snapshot",
    "Step", "Stratum", "Study", "StudyHeader", "Table", "Tables", "Test", "Tree", "Trigger", "Unit", "Upload", "Visit",
    "Where", "finding_key", "set_of", "tree_of",
]  # fmt: skip
