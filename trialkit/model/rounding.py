"""Rounding as people do it by hand: half away from zero."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from functools import cache, lru_cache

DIGITS = 12
"""Significant digits kept before rounding: what lies beyond is binary noise (14.499999999999998 is 14.5)."""
BY_HAND = Context(prec=400, rounding=ROUND_HALF_UP)
"""Wide enough for the digits of any float."""


@lru_cache(maxsize=8192)
def rounded(value: float, places: int) -> Decimal:
    """A finite number to so many decimals, half away from zero, never negative zero.

    The latest are remembered: most numbers of a report stand in it more than once.
    """
    exact = Decimal(repr(float(value)))
    digits = max(DIGITS, exact.adjusted() + places + 2)
    made = _keeping(digits).plus(exact).quantize(Decimal(1).scaleb(-places), context=BY_HAND)
    return made if made else abs(made)


@cache
def _keeping(digits: int) -> Context:
    return Context(prec=digits, rounding=ROUND_HALF_EVEN)
