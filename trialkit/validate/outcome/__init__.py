"""What came of a check, ready to be told: findings, folded by cause, with the words and figures that outputs share."""

from trialkit.validate.outcome.fold import Fold, folded
from trialkit.validate.outcome.outcome import Outcome
from trialkit.validate.outcome.redact import redacted

__all__ = ["Fold", "Outcome", "folded", "redacted"]
