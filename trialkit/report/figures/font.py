"""The width of words, read from the font files that come with matplotlib: the same on every machine.

The tables (head, hhea, hmtx, cmap) are those of the OpenType specification 1.9. Reading them takes a hundredth of the
time that it takes to load matplotlib.
"""

from __future__ import annotations

import struct
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

MISSING = 0
"""The glyph for a sign that the font does not have."""


@lru_cache(65536)
def ems(text: str, bold: bool = False) -> float:
    """Width of a line of text as a multiple of the size of type."""
    widths, missing = _font(bold)
    return sum([widths.get(sign, missing) for sign in text])


def fonts() -> Path:
    """The folder of the fonts."""
    found = find_spec("matplotlib")
    if found is None or found.origin is None:
        raise ImportError("matplotlib, whose fonts measure the words of a figure, is not installed")
    return Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"


@cache
def _font(bold: bool) -> tuple[dict[str, float], float]:
    """The advance of each sign in ems, and that of a sign the font does not have."""
    data = (fonts() / f"DejaVuSans{'-Bold' if bold else ''}.ttf").read_bytes()
    tables = {}
    for i in range(struct.unpack_from(">H", data, 4)[0]):
        name, _, start, length = struct.unpack_from(">4sLLL", data, 12 + 16 * i)
        tables[name.decode()] = data[start : start + length]
    units = struct.unpack_from(">H", tables["head"], 18)[0]
    count = struct.unpack_from(">H", tables["hhea"], 34)[0]
    metrics = struct.unpack_from(f">{2 * count}H", tables["hmtx"])
    advances = [advance / units for advance in metrics[::2]]
    glyphs = _glyphs(tables["cmap"]).items()
    return {chr(sign): advances[min(glyph, count - 1)] for sign, glyph in glyphs}, advances[MISSING]


def _glyphs(table: bytes) -> dict[int, int]:
    """The glyphs of the subtable for all of Unicode (platform 3, encoding 10, format 12)."""
    for i in range(struct.unpack_from(">H", table, 2)[0]):
        platform, encoding, start = struct.unpack_from(">HHL", table, 4 + 8 * i)
        if (platform, encoding) == (3, 10):
            groups = struct.unpack_from(">L", table, start + 12)[0]
            made: dict[int, int] = {}
            for first, last, glyph in struct.iter_unpack(">LLL", table[start + 16 : start + 16 + 12 * groups]):
                made |= {sign: glyph + sign - first for sign in range(first, last + 1)}
            return made
    raise ValueError("the font has no table of all signs")
