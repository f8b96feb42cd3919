"""Analysis specification + data sets -> Result rows and listings."""

from trialkit.analyze.check import bind, check_analyses
from trialkit.analyze.run import analyze

__all__ = ["analyze", "bind", "check_analyses"]
