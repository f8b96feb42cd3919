"""How numbers are printed: rounding, signs, percentages, p-values and intervals, in this one place."""

from __future__ import annotations

import math
import re
from decimal import Context, Decimal
from typing import Literal

from trialkit.model.preset import Preset
from trialkit.model.rounding import DIGITS, rounded

MINUS = "\u2212"
NOT_ESTIMABLE = "NE"


PRESETS: dict[str, Preset] = {
    "csr": Preset("csr", percent=1, mean=1, sd=2, quantile=1),
    "journal": Preset("journal", percent=0, mean=1, sd=1, quantile=1),
}
"""The presets every study has; a report declares its own under ``presets``."""
HOUSE = PRESETS["csr"]

Role = Literal["count", "mean", "sd", "quantile", "extreme", "percent", "share", "points", "ratio", "p", "tiny", "test"]
ROLES: dict[str, Role] = {
    **dict.fromkeys(
        ("n", "N", "missing", "n_dropped", "events", "censored", "at_risk", "events_before", "censored_before",
         "events_at", "censored_at", "df", "df_residual", "f_df", "f_den_df", "dose_df", "observed",
         "observed_reference", "subjects", "boundary", "observations", "iterations", "covariance_parameters"), "count"
    ),
    **dict.fromkeys(("mean", "lsmean", "diff", "ci_low", "ci_high", "dose_ci_low", "dose_ci_high"), "mean"),
    **dict.fromkeys(("intercept", "line", "line_ci_low", "line_ci_high"), "mean"),
    **dict.fromkeys(("sd", "se", "dose_se", "dose_slope", "sigma", "residual_sd", "slope", "slope_diff", "slope_se",
                     "slope_ci_low", "slope_ci_high"), "sd"),
    **dict.fromkeys(("other_events_before", "competing_events", "n_excluded"), "count"),
    **dict.fromkeys(("cumulative", "planned", "day_first", "day_last"), "count"),
    **dict.fromkeys(("rmst", "rmst_ci_low", "rmst_ci_high", "rmtl", "rmtl_ci_low", "rmtl_ci_high"), "mean"),
    "per_month": "mean",
    **dict.fromkeys(("rmst_diff", "rmst_diff_ci_low", "rmst_diff_ci_high"), "mean"),
    **dict.fromkeys(("rmst_se", "rmst_diff_se"), "sd"),
    **dict.fromkeys(("median", "q1", "q3", "median_ci_low", "median_ci_high", "follow_up_median",
                     "follow_up_median_ci_low", "follow_up_median_ci_high"), "quantile"),
    **dict.fromkeys(("min", "max", "from", "to"), "extreme"),
    "pct": "percent",
    **dict.fromkeys(("survival", "survival_se", "survival_ci_low", "survival_ci_high", "incidence", "incidence_se",
                     "incidence_ci_low", "incidence_ci_high"), "share"),
    **dict.fromkeys(("hazard_ratio", "odds_ratio", "rate_ratio", "time_ratio", "rmst_ratio", "rmtl_ratio"), "ratio"),
    **dict.fromkeys(("p", "f_p", "dose_p", "p_adjusted", "p_one_sided", "log_rank_p", "interaction_p", "global_p",
                     "term_p", "lr_p", "score_p", "wald_p", "robust_score_p", "rmst_diff_p", "rmst_ratio_p",
                     "rmtl_ratio_p", "diff_p", "cloglog_p", "slope_p", "intercept_p"), "p"),
    **dict.fromkeys(("risk_difference", "risk_difference_ci_low", "risk_difference_ci_high"), "points"),
    **dict.fromkeys(("proportion", "posterior", "r_squared"), "share"),
    "gradient_norm": "tiny",
}  # fmt: skip
"""What kind of number a statistic is; one that is not listed is printed as a test statistic."""
RATIOS = (
    "cox", "cox_subgroups", "cause_specific", "fine_gray", "landmark", "andersen_gill", "negative_binomial",
    "accelerated_failure", "piecewise_exponential",
)  # fmt: skip
"""Methods whose estimates are ratios, and so are their limits."""
LIMITS: dict[str, Role] = {**dict.fromkeys(RATIOS, "ratio"), "proportions": "share", "rates": "test"}  # type: ignore[arg-type]
"""What the limits of a method's own estimate are, where they are no mean."""


def fixed(value: float | None, places: int) -> str:
    """A number with so many decimals and a true minus sign; NE for none, NaN or infinite."""
    if value is None or not math.isfinite(value):
        return NOT_ESTIMABLE
    return f"{rounded(value, places):f}".replace("-", MINUS)


def scientific(value: float | None) -> str:
    """A size close to zero: one digit and a power of ten; what lies below 1e-10 is rounding and not told apart."""
    if value is None or not math.isfinite(value):
        return NOT_ESTIMABLE
    return ("<1e-10" if value < 1e-10 else f"{value:.0e}").replace("-", MINUS)


def count(value: float | None) -> str:
    """A count; one decimal if it is not whole (expected events, fractional degrees of freedom)."""
    return fixed(value, 0 if value is None or not math.isfinite(value) or float(value).is_integer() else 1)


def collected(value: float | None, decimals: int | None) -> str:
    """A value as it was collected: the column's decimals, else those the number has."""
    if decimals is not None or value is None or not math.isfinite(value):
        return fixed(value, decimals or 0)
    clean = Context(prec=DIGITS).plus(Decimal(repr(float(value))))
    text = f"{clean:f}".rstrip("0").rstrip(".") if "." in f"{clean:f}" else f"{clean:f}"
    return (text if clean else "0").replace("-", MINUS)


def thousands(text: str) -> str:
    """A printed number with commas between its thousands, from five digits on."""
    whole, point, decimals = text.partition(".")
    return re.sub(r"\d{5,}", lambda digits: f"{int(digits[0]):,}", whole) + point + decimals


def percent(value: float | None, preset: Preset) -> str:
    """``22.0%``, ``0%``, ``100%``; a share that only rounds to none or all is ``<0.1%`` or ``>99.9%``."""
    if value is None or not math.isfinite(value):
        return NOT_ESTIMABLE
    clean = rounded(value, DIGITS - 3)
    if clean in (0, 100):
        return f"{int(clean)}%"
    made, least = rounded(value, preset.percent), Decimal(1).scaleb(-preset.percent)
    if made == 0:
        return f"<{least:f}%"
    return f">{100 - least:f}%" if made == 100 else f"{made:f}%".replace("-", MINUS)


def count_percent(n: float | None, pct: float | None, preset: Preset) -> tuple[str, str]:
    """``("33", "(22.0%)")``; a bare ``0`` and a count without denominator have no second part."""
    if n is None:
        return "", ""
    return count(n), "" if not n or pct is None else f"({percent(pct, preset)})"


def p_value(p: float | None, preset: Preset = HOUSE) -> str:
    """Two decimals from 0.01, three from 0.001, then ``<0.001``; ``>0.99``. Or the preset's decimals and mark."""
    if p is None or not math.isfinite(p):
        return NOT_ESTIMABLE
    clean = rounded(p, DIGITS)
    places = (3 if clean < Decimal("0.01") else 2) if preset.p is None else preset.p
    least = Decimal(1).scaleb(-places)
    text = f"<{least:f}" if clean < least else ">0.99" if clean > Decimal("0.99") else fixed(p, places)
    return text + ("*" if p < preset.mark else "")


def p_words(p: float | None) -> str:
    """``p = 0.03`` or ``p < 0.001``, for a sentence."""
    text = p_value(p)
    return f"p {text[0]} {text[1:]}" if text[0] in "<>" else f"p = {text}"


def interval(first: str, second: str) -> str:
    """``(−2.4, −0.6)`` from two printed limits."""
    return f"({first}, {second})"


def role(stat: str, method: str = "") -> Role:
    """What kind of number a statistic is; the limits of a ratio or of a share are as it is."""
    if method in LIMITS and stat in ("ci_low", "ci_high"):
        return LIMITS[method]
    if stat.startswith("quantile_"):
        return "quantile"
    return ROLES.get(stat, "test")


def statistic(stat: str, value: float | None, preset: Preset, decimals: int | None = None, method: str = "") -> str:
    """Any statistic as it is printed; ``decimals`` are those of the data it was computed from."""
    kind, base = role(stat, method), (decimals or 0) if preset.relative else 0
    if kind == "count":
        return count(value)
    if kind == "p":
        return p_value(value, preset)
    if kind == "percent":
        return percent(value, preset)
    if kind == "share":
        return NOT_ESTIMABLE if value is None else percent(100 * value, preset)
    if kind == "points":
        return fixed(None if value is None else 100 * value, preset.percent)
    if kind == "tiny":
        return scientific(value)
    if kind == "extreme":
        return collected(value, decimals) if preset.extreme is None else fixed(value, base + preset.extreme)
    places = {"mean": base + preset.mean, "sd": base + preset.sd, "quantile": base + preset.quantile}
    return fixed(value, places.get(kind, preset.ratio))
