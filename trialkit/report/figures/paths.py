"""Paths as SVG writes them, as short as they can be: to a tenth of a point, each place by the way from the last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

Place = tuple[float, float]


def line(places: Sequence[Place]) -> str:
    """Straight lines from place to place."""
    tenths = [(round(10 * x), round(10 * y)) for x, y in places]
    made, last = f"M{_joined(tenths[0])}", ""
    for dx, dy in (step for step in _steps(tenths) if any(step)):
        command, numbers = ("h", (dx,)) if not dy else ("v", (dy,)) if not dx else ("l", (dx, dy))
        text = _joined(numbers)
        made += command + text if command != last else text if text[0] == "-" else f" {text}"
        last = command
    return made


def rectangle(x: float, y: float, width: float, height: float) -> str:
    """A closed box from its upper left corner."""
    return line([(x, y), (x + width, y), (x + width, y + height), (x, y + height)]) + "z"


def at(x: float, y: float) -> str:
    """A line of almost no length: with round or square ends a dot or a square."""
    return f"{line([(x, y)])}h.01"


def n(value: float) -> str:
    """A coordinate: one decimal, none where it is whole."""
    return _short(round(10 * value))


def _steps(tenths: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The way from each place to the next; ways along one axis in one direction are one."""
    last = (0, 0)
    for (x, y), (to_x, to_y) in pairwise(tenths):
        dx, dy = to_x - x, to_y - y
        if (dx == last[0] == 0 and dy * last[1] >= 0) or (dy == last[1] == 0 and dx * last[0] >= 0):
            last = (last[0] + dx, last[1] + dy)
        else:
            yield last
            last = (dx, dy)
    yield last


def _joined(tenths: Iterable[int]) -> str:
    """Numbers with as little between them as SVG needs."""
    return " ".join(map(_short, tenths)).replace(" -", "-")


@lru_cache(16384)
def _short(tenths: int) -> str:
    whole = f"{tenths / 10:g}"
    return whole.replace("0.", ".", 1) if whole.startswith(("0.", "-0.")) else whole


def whole(places: Iterable[Place]) -> list[Place]:
    """Places to a whole point: hundreds of them stay small, and the eye cannot tell."""
    return [(float(round(x)), float(round(y))) for x, y in places]
