"""Analysis specification + data sets -> Result rows and listings."""

from trialkit.analyze.run import analyze, bind, check_analyses

__all__ = ["analyze", "bind", "check_analyses"]
