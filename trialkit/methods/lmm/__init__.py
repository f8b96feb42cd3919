"""Linear mixed models with random effects of a subject: intercept, or intercept and slope.

from trialkit.methods.lmm import lmm

fit = lmm(frame, "change ~ base + arm * time", subject="id", random="1 + time")
fit.coefficients()
"""

from trialkit.methods.lmm.fit import LmmFit
from trialkit.methods.lmm.fitting import lmm

__all__ = ["LmmFit", "lmm"]
