"""What a fitted mixed model says about its fixed effects, as tables: coefficients, means, contrasts, tests of terms."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from trialkit.methods.base import MethodError
from trialkit.methods.mmrm.degrees import Rule
from trialkit.methods.mmrm.inference import Estimates, Pieces, estimates
from trialkit.methods.mmrm.means import At, Means, means
from trialkit.methods.mmrm.rows import Rows
from trialkit.methods.mmrm.terms import hypotheses


class Effects(ABC):
    """Tables of a fit. A subclass holds ``rows``, ``keep``, ``null``, ``pieces``, ``rule`` and ``confidence``.

    Tables have a row a combination with estimate, se, df, t, p, ci_low, ci_high in the unit of the response.
    """

    rows: Rows
    confidence: float

    @property
    @abstractmethod
    def keep(self) -> np.ndarray:
        """Which columns of the design are in the model."""

    @property
    @abstractmethod
    def null(self) -> np.ndarray:
        """How the columns left out follow from those kept, (p, left out)."""

    @property
    @abstractmethod
    def pieces(self) -> Pieces:
        """What inference needs."""

    @property
    @abstractmethod
    def rule(self) -> Rule:
        """How df are found."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the coefficients."""
        return tuple(name for name, k in zip(self.rows.design.names, self.keep, strict=True) if k)

    def coefficients(self) -> pd.DataFrame:
        """One row a coefficient, indexed by its name."""
        made = self.table(self.combined(np.eye(len(self.names))))
        return made.set_axis(pd.Index(self.names, name="coefficient"))

    def combined(self, L: np.ndarray) -> Estimates:
        """Estimates of the rows of L over the kept columns."""
        return estimates(self.pieces, L, self.rule.single(self.pieces, L))

    def table(self, found: Estimates, labels: Mapping[str, Sequence[str]] | None = None) -> pd.DataFrame:
        """Estimates as a table with limits, labels in its first columns."""
        return pd.DataFrame({**(labels or {}), **self.told(found)})

    def told(self, found: Estimates) -> dict[str, np.ndarray]:
        """Estimates with their limits by name, (c,) each."""
        half = stdtrit(found.df, (1 + self.confidence) / 2) * found.se
        return {
            "estimate": found.estimate, "se": found.se, "df": found.df, "t": found.t, "p": found.p,
            "ci_low": found.estimate - half, "ci_high": found.estimate + half,
        }  # fmt: skip

    def kept(self, L: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """L (c, all columns) over the kept columns, and which of its rows are estimable."""
        good = np.ones(len(L), bool)
        if not self.keep.all():
            off = L[:, ~self.keep] - L[:, self.keep] @ self.null
            good = np.abs(off).max(axis=1) <= 1e-7 * np.abs(L).max(axis=1)
        return L[:, self.keep], good

    def ls_means(self, by: Sequence[str] | None = None, margins: str = "equal", at: At | None = None) -> pd.DataFrame:
        """Least-squares means, a row a cell of the ``by`` factors (see ``means``).

        Args:
            by: factors; the visit and the factors it interacts with, if not said.
            margins: equal, observed or counterfactual.
            at: numbers to hold numeric variables at, a level or levels (averaged over) for other factors.

        Raises MethodError for a cell that the rows do not determine.
        """
        made = self.means(by, margins, at)
        return self.table(self.combined(self.estimable(made, made.L)), made.labels(range(len(made.cells))))

    def means(self, by: Sequence[str] | None = None, margins: str = "equal", at: At | None = None) -> Means:
        """The combinations of ``ls_means``."""
        return means(self.rows, self._by(by) if by is None else tuple(by), margins, at or {})

    def differences(
        self,
        of: str,
        by: Sequence[str] = (),
        reference: str | None = None,
        margins: str = "equal",
        at: At | None = None,
    ) -> pd.DataFrame:
        """Differences of least-squares means of a factor's levels, within each cell of the ``by`` factors.

        Args:
            of: the factor; by, margins, at: as in ``ls_means``.
            reference: the level subtracted; the factor's first level if not said.
        """
        made = self.means((*by, of), margins, at)
        levels = self.rows.design.variables[of].levels
        base = reference or levels[0]
        if base not in levels:
            raise MethodError(f"{of!r} has no level {base!r}; it has: {', '.join(levels)}")
        k = len(levels)
        other = [i for i in range(len(made.cells)) if levels[i % k] != base]
        against = [i - i % k + levels.index(base) for i in other]
        found = self.combined(self.estimable(made, made.L[other] - made.L[against], other))
        return self.table(found, {**made.labels(other), "reference": [base] * len(other)})

    def contrast(self, combination: Mapping[str, float] | Sequence[Mapping[str, float]] | np.ndarray) -> pd.DataFrame:
        """A combination of coefficients, or the joint F test of several.

        Args:
            combination: weights by coefficient name, or a list of such; or an array over all columns of the design,
                as of ``means(...).L``: (columns,) for one combination, (c, columns) for a joint test.

        One combination gives a row as in ``coefficients``, several one row with f, num_df, den_df, p.
        """
        if isinstance(combination, np.ndarray):
            L, good = self.kept(np.atleast_2d(combination))
            if not good.all():
                raise MethodError(
                    "the combination is not estimable: no rows tell it, once aliased columns are left out"
                )
            several = combination.ndim > 1
        else:
            several = not isinstance(combination, Mapping)
            L = self._weights(combination if several else [combination])  # type: ignore[arg-type, list-item]
        return pd.DataFrame([self._joint(L)]) if several else self.table(self.combined(L))

    def _weights(self, combinations: Sequence[Mapping[str, float]]) -> np.ndarray:
        made = np.zeros((len(combinations), len(self.names)))
        for i, row in enumerate(combinations):
            for name, weight in row.items():
                if name not in self.names:
                    raise MethodError(f"there is no coefficient {name!r}; there are: {', '.join(self.names)}")
                made[i, self.names.index(name)] = weight
        return made

    def test(self, type: int = 3) -> pd.DataFrame:
        """F tests of the terms, type 2 or 3, indexed by term: f, num_df, den_df, p."""
        made = {term: self._joint(L) for term, L in hypotheses(self.rows, self.keep, type).items()}
        return pd.DataFrame(made.values(), index=pd.Index(made, name="term"))

    def _joint(self, L: np.ndarray) -> dict[str, float]:
        found = self.rule.joint(self.pieces, L)
        return {"f": found.f, "num_df": found.num_df, "den_df": found.den_df, "p": found.p}

    def estimable(self, made: Means, L: np.ndarray, which: Sequence[int] | None = None) -> np.ndarray:
        """L over the kept columns. Raises MethodError naming the first cell that the rows do not determine."""
        kept, good = self.kept(L)
        if not good.all():
            i = int(np.flatnonzero(~good)[0])
            cell = ", ".join(made.cells[which[i] if which is not None else i])
            raise MethodError(
                f"the mean of {cell} is not estimable: no rows tell it, once aliased columns are left out"
            )
        return kept

    def _by(self, by: Sequence[str] | None) -> tuple[str, ...]:
        visit = self.rows.visit.name if self.rows.visit is not None else ""
        variables = self.rows.design.variables
        near = {name for term in self.rows.design.formula.terms if visit in term for name in term} - {visit}
        made = [name for name in variables if name in near and variables[name].codes is not None]
        made += [visit] if visit in variables else []
        if not made:
            made = [name for name, found in variables.items() if found.codes is not None][:1]
        return tuple(made)
