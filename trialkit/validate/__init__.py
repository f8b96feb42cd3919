"""Forms -> rules -> findings. The only package that imports pandera."""

from trialkit.validate.collect import across, asked_for, check, judged
from trialkit.validate.compiled import rules_of
from trialkit.validate.examples import check_rules
from trialkit.validate.rows import rows_of
from trialkit.validate.rules import FORMULAS, RULE_KINDS
from trialkit.validate.schema import schema
from trialkit.validate.within import within_subject

__all__ = [
    "FORMULAS",
    "RULE_KINDS",
    "across",
    "asked_for",
    "check",
    "check_rules",
    "judged",
    "rows_of",
    "rules_of",
    "schema",
    "within_subject",
]
