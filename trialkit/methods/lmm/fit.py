"""The fitted random-effects model."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from trialkit.methods.base import MethodError
from trialkit.methods.lmm.likelihood import Effect, Slopes
from trialkit.methods.mmrm.degrees import KENWARD_ROGER, SATTERTHWAITE, Rule
from trialkit.methods.mmrm.effects import Effects
from trialkit.methods.mmrm.inference import Pieces
from trialkit.methods.mmrm.likelihood import Value
from trialkit.methods.mmrm.newton import Optimum
from trialkit.methods.mmrm.rows import Rows
from trialkit.words import many

METHODS_DF = {
    "kenward-roger": "Kenward-Roger, expected information",
    "satterthwaite": "Satterthwaite",
}
"""Names of the df methods, with their words."""


@dataclass(frozen=True, eq=False)
class LmmFit(Effects):
    """A linear mixed model at its optimum.

    Attributes:
        rows, effect, value, slopes, run: the rows, their arrangement, the optimum, its derivatives, the Newton run.
        random: names of the random effects; g their covariance (k, k), in the unit of the response squared.
        reml: restricted maximum likelihood, else maximum likelihood.
        df: method of the degrees of freedom (a key of ``METHODS_DF``).
        confidence: level of all intervals.
    """

    rows: Rows = field(repr=False)
    effect: Effect = field(repr=False)
    value: Value = field(repr=False)
    slopes: Slopes = field(repr=False)
    run: Optimum = field(repr=False)
    random: tuple[str, ...]
    g: np.ndarray = field(repr=False)
    reml: bool
    df: str
    confidence: float = 0.95

    def using(self, df: str) -> LmmFit:
        """The same fit with another df method. Raises MethodError for Kenward-Roger without REML."""
        return replace(self, df=checked_df(df, self.reml))

    @property
    def keep(self) -> np.ndarray:
        """Which columns of the design are in the model."""
        return self.effect.data.keep

    @property
    def null(self) -> np.ndarray:
        """How the columns left out follow from those kept."""
        return self.effect.data.null

    @property
    def residual_variance(self) -> float:
        """s2."""
        return float(np.exp(self.run.theta[-1]))

    @property
    def covariance(self) -> pd.DataFrame:
        """G, by the names of the random effects."""
        return pd.DataFrame(self.g, index=list(self.random), columns=list(self.random))

    @cached_property
    def pieces(self) -> Pieces:
        """What inference needs. W is the inverse of the observed information, or of the expected one (eq:expected)."""
        data, phi, b = self.effect.data, self.value.phi, self.slopes.b
        beta = data.ols + data.basis @ self.value.gamma
        if self.df == "satterthwaite":
            return Pieces(beta, data.basis, phi, b, np.linalg.inv(self.slopes.hessian), phi)
        w = np.linalg.inv(self.slopes.information)
        inner = np.tensordot(w, self.slopes.q, 2) - np.einsum("hj,hab,bc,jcd->ad", w, b, phi, b)
        used = phi + 2 * phi @ inner @ phi
        return Pieces(beta, data.basis, phi, b, w, (used + used.T) / 2)

    @property
    def rule(self) -> Rule:
        """How df are found."""
        return SATTERTHWAITE if self.df == "satterthwaite" else KENWARD_ROGER

    @property
    def log_likelihood(self) -> float:
        """The (restricted) log likelihood; (N - p) log 2 pi under REML, without log |X'X|."""
        return -self.value.f

    @property
    def parameters(self) -> int:
        """Number of coefficients and covariance parameters."""
        return len(self.run.theta) + self.effect.data.p

    @property
    def aic(self) -> float:
        """-2 log likelihood + 2 parameters, coefficients among them (as lme4)."""
        return -2 * self.log_likelihood + 2 * self.parameters

    @property
    def bic(self) -> float:
        """-2 log likelihood + parameters times log of the number of rows (as lme4)."""
        return -2 * self.log_likelihood + self.parameters * float(np.log(len(self.rows.y)))

    @property
    def gradient_norm(self) -> float:
        """Largest absolute derivative of the log likelihood by a covariance parameter."""
        return self.run.gradient_norm

    @property
    def iterations(self) -> int:
        """Newton steps taken."""
        return self.run.steps

    @property
    def condition_number(self) -> float:
        """Largest over smallest eigenvalue of the Hessian in the covariance parameters."""
        return self.run.condition

    def summary(self) -> str:
        """The fit in words and numbers."""
        facts = [
            f"{self.rows.design.formula.text}, random {' + '.join(self.random)}",
            f"{many(len(self.rows.y), 'row')} of {many(len(self.rows.subjects), 'subject')}",
            f"log likelihood {self.log_likelihood:.6f} ({'REML' if self.reml else 'ML'}), AIC {self.aic:.3f}",
            f"gradient {self.gradient_norm:.1e}, {self.iterations} Newton steps; df {METHODS_DF[self.df]}",
            f"residual variance {self.residual_variance:.6g}, random effects:",
            self.covariance.to_string(float_format="{:.6g}".format),
        ]
        return "\n".join([*facts, "", self.coefficients().to_string(float_format="{:.6g}".format)])


def checked_df(df: str, reml: bool) -> str:
    """The df method, or the default for the likelihood. Raises MethodError for one there is not."""
    made = df or ("kenward-roger" if reml else "satterthwaite")
    if made not in METHODS_DF:
        raise MethodError(f"there is no df method {made!r}; there are: {', '.join(METHODS_DF)}")
    if made == "kenward-roger" and not reml:
        raise MethodError("Kenward-Roger needs REML; fit with reml or choose satterthwaite")
    return made
