"""Mixed models for repeated measures: structured residual covariance, REML, small-sample inference.

from trialkit.methods.mmrm import mmrm

fit = mmrm(frame, "change ~ base * visit + arm * visit", subject="id", visit="visit")
fit.ls_means()
fit.differences("arm", by=["visit"])
"""

from trialkit.methods.mmrm.degrees import METHODS_DF
from trialkit.methods.mmrm.fit import MmrmFit, likelihood_ratio
from trialkit.methods.mmrm.fitting import MmrmWarning, mmrm
from trialkit.methods.mmrm.structures import STRUCTURES

__all__ = ["METHODS_DF", "STRUCTURES", "MmrmFit", "MmrmWarning", "likelihood_ratio", "mmrm"]
