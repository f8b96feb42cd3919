"""Rounding as people do it by hand: half away from zero."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal

DIGITS = 12
"""Significant digits kept before rounding: what lies beyond is binary noise (14.499999999999998 is 14.5)."""


def rounded(value: float, places: int) -> Decimal:
    """A finite number to so many decimals, half away from zero, never negative zero."""
    exact = Decimal(repr(float(value)))
    digits = max(DIGITS, exact.adjusted() + places + 2)
    clean = Context(prec=digits, rounding=ROUND_HALF_EVEN).plus(exact)
    made = clean.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=Context(prec=400))
    return made if made else abs(made)
