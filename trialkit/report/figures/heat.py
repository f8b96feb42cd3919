"""A map of forms by visits, a panel for each site: how much of what was expected is there, and what lacks."""

from __future__ import annotations

from dataclasses import dataclass

from trialkit.report.figures.shapes import (
    GRID,
    INK,
    MIDDLE,
    MUTED,
    NARROW,
    WIDE,
    Sheet,
    points_of,
    shortened,
    two_lines,
)

CELL, TWICE, HEAD, SIZE = 13.0, 17.0, 58.0, 8.0
"""Points: height of a row, and of one whose form's name is in two lines; room for the visits' names; type."""
SLACK = 1.06
"""A browser may set words of this size wider than the font says: it rounds to whole dots."""
STRENGTH = ((1.0, 0.7), (0.9, 0.4), (0.5, 0.2), (0.0, 0.07))
"""From which share received how strong a field is filled."""
FILL = "var(--arm-1)"


@dataclass(frozen=True)
class Field:
    """One form at one visit of a site: how many were expected, how many are there, how many lack."""

    expected: int
    received: int
    lacking: int

    @property
    def strength(self) -> float:
        """How strong it is filled, by the share that is there."""
        share = self.received / self.expected if self.expected else 0.0
        return next(strong for least, strong in STRENGTH if share >= least)


Panel = dict[tuple[str, str], Field]


@dataclass(frozen=True)
class HeatFigure:
    """What is drawn: forms from the top, visits (with their labels) from the left, and a panel for each site."""

    forms: tuple[str, ...]
    visits: dict[str, str]
    panels: dict[str, Panel]
    alt: str

    def svg(self, narrow: bool) -> str:
        """The figure for a page (panels side by side as they fit) or a phone (one below the other)."""
        sheet = Sheet(NARROW if narrow else WIDE)
        widest = max(points_of(form, SIZE) for form in self.forms) * SLACK + 6
        stub = min(widest, 118.0 if narrow else 180.0)
        tall = TWICE if widest > stub else CELL
        fits = 1 if narrow else max(int((sheet.width - stub) // (len(self.visits) * 9 + 10)), 1)
        columns = min(fits, len(self.panels)) or 1
        width = min((sheet.width - stub - 10 * columns) / (columns * len(self.visits)), 22.0)
        top = _key(sheet)
        names = list(self.panels)
        for start in range(0, len(names), columns):
            for place, name in enumerate(names[start : start + columns]):
                self._panel(sheet, name, (stub + place * (len(self.visits) * width + 10), top), (width, tall))
            for row, form in enumerate(self.forms):
                _form(sheet, form, stub - 5, top + HEAD + (row + 0.5) * tall)
            top += HEAD + tall * len(self.forms) + 12
        sheet.height = top
        return sheet.svg(self.alt)

    def _panel(self, sheet: Sheet, name: str, at: tuple[float, float], cell: tuple[float, float]) -> None:
        """The fields of a site, each *cell* wide and high, from a corner *at* on."""
        (left, top), (width, tall) = at, cell
        sheet.words(left, top + 9, name, 9, True)
        for place, label in enumerate(self.visits.values()):
            sheet.upright(left + (place + 0.5) * width + 2.5, top + HEAD - 3, shortened(label, 7, HEAD - 16), 7, MUTED)
        for row, form in enumerate(self.forms):
            for place, visit in enumerate(self.visits):
                field = self.panels[name].get((form, visit))
                if field is not None:
                    self._field(sheet, field, (left + place * width, top + HEAD + row * tall), cell)

    @staticmethod
    def _field(sheet: Sheet, field: Field, at: tuple[float, float], cell: tuple[float, float]) -> None:
        (x, y), (width, tall) = at, cell
        sheet.tile(x, y, width - 1, tall - 1, FILL, field.strength)
        if field.lacking:
            size = 7.5 if points_of(str(field.lacking), 7.5, True) < width - 1 else 5.5
            sheet.words(x + (width - 1) / 2, y + tall / 2 + 2.5, str(field.lacking), size, True, "middle", INK)


def _form(sheet: Sheet, name: str, right: float, middle: float) -> None:
    """The name of a form, ending at *right*: in two lines if it is too long for one, shortened only beyond these."""
    room = right / SLACK
    size = SIZE if points_of(name, SIZE) <= room else SIZE - 0.8
    lines = two_lines(name, size, room)
    for i, line in enumerate(lines):
        sheet.words(right, middle + MIDDLE * size + (i - (len(lines) - 1) / 2) * 8.4, line, size, anchor="end")


def _key(sheet: Sheet) -> float:
    """What the fields mean, above the panels; where the panels begin."""
    said = ("all there", "90% or more", "50% or more", "less")
    x, y = 1.0, 2.0
    for (_, strong), words in zip(STRENGTH, said, strict=True):
        sheet.tile(x, y, 10, 10, FILL, strong)
        sheet.path((x, y), (x + 10, y), (x + 10, y + 10), (x, y + 10), (x, y), color=GRID)
        sheet.words(x + 13, y + 8.5, words, SIZE)
        x += 21 + points_of(words, SIZE)
    if x + 150 > sheet.width:
        x, y = 1.0, y + 13
    sheet.words(x, y + 8.5, "3", 7.5, True, color=INK)
    sheet.words(x + 8, y + 8.5, "forms lack without a reason", SIZE, color=INK)
    sheet.path((0, y + 14), (sheet.width, y + 14), color=GRID)
    return y + 20
