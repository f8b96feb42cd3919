"""Where a function of one variable changes its sign.

Inverse quadratic interpolation through the last three points where that is safe, else the middle. Written here because
loading ``scipy.optimize`` takes longer than finding all the roots of a report.

Source: Chandrupatla (1997) Advances in Engineering Software 28, 145-149.
"""

from __future__ import annotations

from collections.abc import Callable


def root(
    f: Callable[[float], float], low: float, high: float, xtol: float = 2e-12, rtol: float = 1e-15, most: int = 500
) -> float:
    """A root of a continuous f between two points at which its signs differ, to within ``xtol`` + 2 ``rtol`` |x|.

    Raises ValueError where the signs do not differ or f is not a number, RuntimeError after ``most`` steps.
    """
    b, a = float(low), float(high)
    fb, fa = float(f(b)), float(f(a))
    if not min(fa, fb) <= 0 <= max(fa, fb):
        raise ValueError("the function has the same sign at both ends, or no value")
    c, fc, share = a, fa, 0.5
    for _ in range(most):
        best, value = (a, fa) if abs(fa) < abs(fb) else (b, fb)
        width = abs(b - a)
        near = xtol + 2 * rtol * abs(best)
        if value == 0 or width <= 2 * near:
            return best
        x = a + min(max(share, near / width), 1 - near / width) * (b - a)
        fx = float(f(x))
        if fx != fx:
            raise ValueError("the function has no value between the ends")
        c, fc, b, fb = (a, fa, b, fb) if (fx > 0) == (fa > 0) else (b, fb, a, fa)
        a, fa = x, fx
        share = _next(a, b, c, fa, fb, fc)
    raise RuntimeError(f"no root after {most} steps")


def _next(a: float, b: float, c: float, fa: float, fb: float, fc: float) -> float:
    """The next point as a share of the way from a to b."""
    place, rise = (a - b) / (c - b), (fa - fb) / (fc - fb)
    if not (rise**2 < place and (1 - rise) ** 2 < 1 - place):
        return 0.5
    return fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
