"""The flow of participants: boxes from those screened to those analyzed, a column of boxes for each arm."""

from __future__ import annotations

from dataclasses import dataclass

from trialkit.report.figures.shapes import INK, MUTED, NARROW, PANEL, WIDE, Sheet, wrapped

SIZE, LEADING, PAD, GAP = 8.5, 11.5, 6.0, 20.0
"""Points: type, distance of lines, room inside a box, distance between boxes."""


@dataclass(frozen=True)
class Box:
    """A heading with its number, lines that are part of it, and lines ``beside`` it, of those it does not count;
    ``side`` names the phase in the margin."""

    heading: str
    lines: tuple[str, ...] = ()
    side: str = ""
    beside: tuple[str, ...] = ()

    def text(self, width: float) -> list[tuple[str, bool, float]]:
        """Its lines as they fit, each with whether it is bold and how far it stands in."""
        made = [(line, True, 0.0) for line in wrapped(self.heading, SIZE, width - 2 * PAD, bold=True)]
        for inside, lines in ((8.0, self.lines), (0.0, self.beside)):
            for line in lines:
                made += [(part, False, inside) for part in wrapped(line, SIZE, width - 2 * PAD - inside)]
        return made

    def height(self, width: float) -> float:
        """Points."""
        return 2 * PAD + LEADING * len(self.text(width)) - 2


@dataclass(frozen=True)
class FlowFigure:
    """What is drawn: the first box, those who went no further, the next box, and for each arm a column of boxes."""

    first: Box
    out: Box
    next: Box
    columns: tuple[tuple[Box, ...], ...]
    alt: str

    def svg(self, narrow: bool) -> str:
        """The figure for a page (8 inches wide, arms side by side) or a phone (4.3 inches, one below the other)."""
        sheet = Sheet(NARROW if narrow else WIDE)
        if narrow:
            self._stacked(sheet)
        else:
            self._beside(sheet)
        return sheet.svg(self.alt)

    def _beside(self, sheet: Sheet) -> None:
        left, gap = 78.0, 12.0
        count = max(len(self.columns), 1)
        width = (sheet.width - left - gap * (count - 1) - 1) / count
        middle = left + (sheet.width - left - 1) / 2
        y = self._head(sheet, middle, sheet.width - left, left)
        centers = [left + i * (width + gap) + width / 2 for i in range(len(self.columns))]
        fork = y + GAP / 2
        for depth in range(max(map(len, self.columns), default=0)):
            boxes = [column[depth] for column in self.columns]
            tall = max(box.height(width) for box in boxes)
            top = y + GAP
            for center, box in zip(centers, boxes, strict=True):
                bend = ((middle, y), (middle, fork), (center, fork)) if not depth else ((center, y),)
                sheet.arrow(*bend, (center, top))
                _box(sheet, box, center - width / 2, top, width, tall)
            _side(sheet, boxes[0].side, top)
            y = top + tall
        sheet.height = y + 2

    def _stacked(self, sheet: Sheet) -> None:
        y = self._head(sheet, 110.0, sheet.width, 0.0)
        for column in self.columns:
            for depth, box in enumerate(column):
                x = 24.0
                top = y + GAP / (1 if depth == 0 else 1.6)
                if depth == 0:
                    sheet.arrow((8, self._spine), (8, top + 10), (x, top + 10))
                else:
                    sheet.arrow((x + 40, y), (x + 40, top))
                tall = box.height(sheet.width - x - 1)
                _box(sheet, box, x, top, sheet.width - x - 1, tall)
                y = top + tall
        sheet.height = y + 2

    @property
    def _spine(self) -> float:
        """Where the line to the arms leaves the last common box, on a phone."""
        return PAD / 6 + self.first.height(180) + 2 * GAP + self.out.height(NARROW - 131) + self.next.height(180)

    def _head(self, sheet: Sheet, middle: float, room: float, left: float) -> float:
        """The boxes before the arms; the lower end of the last."""
        narrow = not left
        width = 180.0
        x = 1.0 if narrow else middle - width / 2
        top = PAD / 6
        tall = self.first.height(width)
        _box(sheet, self.first, x, top, width, tall)
        _side(sheet, self.first.side if left else "", top)
        y = top + tall
        out_x = 130.0 if narrow else middle + 24
        out_width = sheet.width - out_x - 1
        out_tall = self.out.height(out_width)
        center = x + 40 if narrow else middle
        sheet.arrow((center, y + GAP + out_tall / 2), (out_x, y + GAP + out_tall / 2))
        _box(sheet, self.out, out_x, y + GAP, out_width, out_tall)
        end = y + 2 * GAP + out_tall
        sheet.arrow((center, y), (center, end))
        tall = self.next.height(width)
        _box(sheet, self.next, x, end, width, tall)
        return end + tall


def _box(sheet: Sheet, box: Box, x: float, y: float, width: float, height: float) -> None:
    sheet.box(x, y, width, height)
    at = y + PAD + SIZE - 1
    for text, bold, inside in box.text(width):
        sheet.words(x + PAD + inside, at, text, SIZE, bold)
        at += LEADING


def _side(sheet: Sheet, text: str, y: float) -> None:
    if text:
        sheet.box(0.5, y, 66, 18, PANEL, MUTED)
        sheet.words(33.5, y + 12, text, 8, True, "middle", INK)
