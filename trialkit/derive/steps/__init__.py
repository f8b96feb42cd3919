"""The kinds of derivation steps, by the name used in a data set's ``steps``."""

from __future__ import annotations

from trialkit.derive.base import StepKind
from trialkit.derive.steps.arithmetic import ARITHMETIC
from trialkit.derive.steps.baseline import BASELINE
from trialkit.derive.steps.columns import COLUMNS
from trialkit.derive.steps.combining import COMBINING
from trialkit.derive.steps.curves import CURVES
from trialkit.derive.steps.dates import DATES
from trialkit.derive.steps.endpoint import ENDPOINT
from trialkit.derive.steps.lookups import LOOKUPS
from trialkit.derive.steps.medicines import MEDICINES
from trialkit.derive.steps.moments import MOMENTS
from trialkit.derive.steps.naming import NAMING
from trialkit.derive.steps.recurrent import RECURRENT
from trialkit.derive.steps.registers import REGISTERS
from trialkit.derive.steps.rows import ROWS
from trialkit.derive.steps.shaping import SHAPING
from trialkit.derive.steps.stacking import STACKING
from trialkit.derive.steps.sustained import SUSTAINED
from trialkit.derive.steps.versions import VERSIONS
from trialkit.derive.steps.windows import WINDOWS

STEPS: dict[str, StepKind] = {
    **ROWS, **STACKING, **SHAPING, **LOOKUPS, **REGISTERS, **MEDICINES, **COLUMNS, **ARITHMETIC, **COMBINING,
    **MOMENTS, **CURVES, **DATES, **BASELINE, **WINDOWS, **SUSTAINED, **ENDPOINT, **RECURRENT, **NAMING, **VERSIONS,
}  # fmt: skip
