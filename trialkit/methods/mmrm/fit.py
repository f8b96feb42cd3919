"""The fitted model: numbers of the fit, its covariance, and the choice of inference."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from trialkit.methods.base import MethodError
from trialkit.methods.mmrm.degrees import (
    KENWARD_ROGER,
    METHODS_DF,
    SATTERTHWAITE,
    Rule,
    between_within,
    fixed,
    residual,
)
from trialkit.methods.mmrm.effects import Effects
from trialkit.methods.mmrm.inference import Pieces, fai_cornelius
from trialkit.methods.mmrm.optimum import Found
from trialkit.methods.mmrm.rows import Rows
from trialkit.methods.mmrm.sandwich import Sandwich, sandwich
from trialkit.methods.mmrm.small_sample import adjusted, by_parameter
from trialkit.methods.mmrm.stack import Stack
from trialkit.methods.mmrm.structures import STRUCTURES
from trialkit.words import many


@dataclass(frozen=True, eq=False)
class MmrmFit(Effects):
    """A mixed model for repeated measures at its optimum.

    Attributes:
        rows, data, found: the rows, their stack and the optimum.
        reml: restricted maximum likelihood, else maximum likelihood.
        df: method of the degrees of freedom (a key of ``METHODS_DF``).
        robust: "" or the sandwich (CR0, CR2, CR3) that standard errors come from.
        ladder: (structure, why it was left) for each structure tried before the one fitted.
        warnings: what a reader must know, in words.
        confidence: level of all intervals.
    """

    rows: Rows = field(repr=False)
    data: Stack = field(repr=False)
    found: Found = field(repr=False)
    reml: bool
    df: str
    robust: str = ""
    ladder: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    confidence: float = 0.95

    def using(self, df: str = "", robust: str = "") -> MmrmFit:
        """The same fit with another df method or sandwich. Raises MethodError for a pair that does not go together."""
        return replace(self, df=checked_df(df, self.reml, robust), robust=robust)

    @property
    def structure(self) -> str:
        """Name of the covariance structure that was fitted."""
        return self.found.structure

    @property
    def keep(self) -> np.ndarray:
        """Which columns of the design are in the model."""
        return self.data.keep

    @property
    def null(self) -> np.ndarray:
        """How the columns left out follow from those kept."""
        return self.data.null

    @cached_property
    def pieces(self) -> Pieces:
        """What inference needs, with the covariance that the df method and sandwich ask for."""
        w, p_h, phi = np.linalg.inv(self.found.run.hessian), by_parameter(self.found), self.found.value.phi
        used = phi
        if self.robust:
            used = self._sandwich.v
        elif self.df.startswith("kenward-roger"):
            used = adjusted(self.data, self.found, p_h, w, linear=self.df.endswith("linear"))
        beta = self.data.ols + self.data.basis @ self.found.value.gamma
        return Pieces(beta, self.data.basis, phi, p_h, w, used)

    @cached_property
    def rule(self) -> Rule:
        """How df are found."""
        if self.df == "residual":
            return fixed(residual(self.rows, self.data.p))
        if self.df == "between-within":
            return fixed(between_within(self.rows, self.keep))
        if self.robust:
            return Rule(self._robust_df, lambda pieces, L: fai_cornelius(pieces, L, self._robust_df))
        return KENWARD_ROGER if self.df.startswith("kenward-roger") else SATTERTHWAITE

    @cached_property
    def _sandwich(self) -> Sandwich:
        return sandwich(self.rows, self.data, self.found.value, self.robust)

    def _robust_df(self, pieces: Pieces, L: np.ndarray) -> np.ndarray:
        return self._sandwich.df(L @ pieces.basis)

    @property
    def covariance(self) -> pd.DataFrame | dict[str, pd.DataFrame]:
        """Sigma over the visits; one per group if there are groups."""
        visits = list(self.rows.visits)
        made = {
            group: pd.DataFrame(sigma, index=visits, columns=visits)
            for group, sigma in zip(self.rows.groups, self.found.value.sigma, strict=True)
        }
        return made if self.rows.group is not None else made[""]

    @property
    def log_likelihood(self) -> float:
        """The (restricted) log likelihood; (N - p) log 2 pi under REML, without log |X'X|."""
        return -self.found.value.f

    @property
    def parameters(self) -> int:
        """Number of covariance parameters."""
        return len(self.found.run.theta)

    @property
    def aic(self) -> float:
        """-2 log likelihood + 2 covariance parameters."""
        return -2 * self.log_likelihood + 2 * self.parameters

    @property
    def aicc(self) -> float:
        """AIC with Hurvich and Tsai's correction for N - p (REML and ML alike)."""
        q = self.parameters
        n = max(q + 2, len(self.rows.y) - self.data.p)
        return -2 * self.log_likelihood + 2 * q * n / (n - q - 1)

    @property
    def bic(self) -> float:
        """-2 log likelihood + covariance parameters times log of the number of subjects."""
        return -2 * self.log_likelihood + self.parameters * float(np.log(len(self.rows.subjects)))

    @property
    def gradient_norm(self) -> float:
        """Largest absolute derivative of the log likelihood by a covariance parameter."""
        return self.found.run.gradient_norm

    @property
    def iterations(self) -> int:
        """Newton steps taken."""
        return self.found.run.steps

    @property
    def condition_number(self) -> float:
        """Largest over smallest eigenvalue of the Hessian in the covariance parameters."""
        return self.found.run.condition

    def summary(self) -> str:
        """The fit in words and numbers, a fact a line."""
        likelihood = "REML" if self.reml else "ML"
        facts = {
            "formula": self.rows.design.formula.text,
            "rows": f"{len(self.rows.y):,} of {many(len(self.rows.subjects), 'subject')} "
            f"at {many(len(self.rows.visits), 'visit')}, {len(self.rows.dropped)} left out for missing values",
            "covariance": f"{STRUCTURES[self.structure].words} ({self.structure}), {self.parameters} parameters",
            "standard errors": self.robust or ("model" if not self.df.startswith("k") else METHODS_DF[self.df]),
            "degrees of freedom": METHODS_DF[self.df],
            "log likelihood": f"{self.log_likelihood:.6f} ({likelihood}), AIC {self.aic:.3f}, AICc {self.aicc:.3f}, "
            f"BIC {self.bic:.3f}",
            "optimum": f"gradient {self.gradient_norm:.1e}, {self.iterations} Newton steps, condition number "
            f"{self.condition_number:.3g}",
        }
        lines = [f"{name:<20}{fact}" for name, fact in facts.items()]
        lines += [f"{'left':<20}{structure}: {why}" for structure, why in self.ladder]
        lines += [f"{'warning':<20}{text}" for text in self.warnings]
        return "\n".join([*lines, "", self.coefficients().to_string(float_format="{:.6g}".format)])


def checked_df(df: str, reml: bool, robust: str) -> str:
    """The df method, or the default for the likelihood and sandwich.

    Raises MethodError for what does not go together.
    """
    made = df or ("kenward-roger-linear" if reml and not robust else "satterthwaite")
    if made not in METHODS_DF:
        raise MethodError(f"there is no df method {made!r}; there are: {', '.join(METHODS_DF)}")
    if made.startswith("kenward-roger") and not reml:
        raise MethodError("Kenward-Roger needs REML; fit with reml or choose satterthwaite")
    if made.startswith("kenward-roger") and robust:
        raise MethodError(
            f"Kenward-Roger adjusts the model's standard errors, not those of {robust}; choose satterthwaite"
        )
    return made


def likelihood_ratio(smaller: MmrmFit, larger: MmrmFit) -> pd.DataFrame:
    """Likelihood-ratio test of a covariance structure inside another: chisq, df, p, one row.

    Raises MethodError if the fits are not of the same rows, fixed effects and likelihood, or not nested.
    """
    a, b = smaller.rows, larger.rows
    same = a.design.names == b.design.names and np.array_equal(a.at, b.at) and np.array_equal(a.x, b.x)
    if not same or smaller.reml != larger.reml or not np.array_equal(a.y, b.y):
        raise MethodError("a likelihood-ratio test of covariances needs the same rows, fixed effects and likelihood")
    df = larger.parameters - smaller.parameters
    chisq = 2 * (larger.log_likelihood - smaller.log_likelihood)
    if df <= 0 or chisq < -1e-6:
        raise MethodError(f"{smaller.structure} is not nested in {larger.structure}: {df} more parameters, {chisq:.3g}")
    chisq = max(chisq, 0.0)
    return pd.DataFrame([{"chisq": chisq, "df": df, "p": float(chdtrc(df, chisq))}])
