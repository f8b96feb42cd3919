"""A workbook's parts other than its sheets: which sheets there are, shared texts, number formats."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from trialkit.errors import IntakeError
from trialkit.intake.archive import Archive
from trialkit.intake.xlsx_values import BUILT_IN, Kind, kind_of
from trialkit.intake.xml_part import parse_part

WORKBOOK = "xl/workbook.xml"
LINKS = "xl/_rels/workbook.xml.rels"
_WRITTEN_OUT = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True)
class Sheet:
    """A worksheet: its name, the part that holds it, and whether it is hidden."""

    name: str
    part: str
    hidden: bool


@dataclass
class Workbook:
    """What a workbook says of itself: its sheets, where its days count from, whether its formulas wait."""

    sheets: list[Sheet] = field(default_factory=list)
    since_1904: bool = False
    uncomputed: bool = False
    """The formulas are to be computed when the file is opened: what stands beside them is no result."""


def workbook(archive: Archive) -> Workbook:
    """The workbook's sheets in order. Raises IntakeError if a sheet's part is missing, or there is no workbook."""
    made = Workbook()
    if WORKBOOK not in archive.members or LINKS not in archive.members:
        raise IntakeError("this is a zip archive, not an Excel workbook (.xlsx)", archive.name, "Save it as .xlsx.")
    links = _links(archive)

    def start(name: str, has: dict[str, str]) -> None:
        if name == "sheet":
            link = next((value for key, value in has.items() if key.endswith(":id")), "")
            kind, part = links.get(link, ("", ""))
            if kind in ("worksheet", ""):
                made.sheets.append(Sheet(has.get("name", ""), part, has.get("state", "visible") != "visible"))
        elif name == "workbookPr":
            made.since_1904 = has.get("date1904", "0") in ("1", "true")
        elif name == "calcPr":
            made.uncomputed = has.get("fullCalcOnLoad", "0") in ("1", "true")

    parse_part(archive.chunks(WORKBOOK), archive.name, start, lambda _: None)
    lost = [sheet.name for sheet in made.sheets if sheet.part not in archive.members]
    if lost or not made.sheets:
        said = f"sheet {lost[0]!r} is missing in the file" if lost else "the workbook has no sheet"
        raise IntakeError(said, archive.name, "Save it again with a spreadsheet program.")
    return made


def _links(archive: Archive) -> dict[str, tuple[str, str]]:
    """Link id -> (last word of its type, part)."""
    links: dict[str, tuple[str, str]] = {}

    def start(name: str, has: dict[str, str]) -> None:
        if name == "Relationship" and has.get("TargetMode") != "External":
            part = posixpath.normpath(posixpath.join("/xl", has.get("Target", ""))).lstrip("/")
            links[has.get("Id", "")] = (has.get("Type", "").rpartition("/")[2], part)

    parse_part(archive.chunks(LINKS), archive.name, start, lambda _: None)
    return links


def kinds(archive: Archive) -> list[Kind]:
    """What the numbers of each cell style are, by the style's position."""
    codes: dict[int, str] = {}
    styles: list[int] = []
    inside = [False]

    def start(name: str, has: dict[str, str]) -> None:
        if name == "numFmt":
            codes[_whole(has.get("numFmtId"), archive.name)] = has.get("formatCode", "")
        elif name == "cellXfs":
            inside[0] = True
        elif name == "xf" and inside[0]:
            styles.append(_whole(has.get("numFmtId", "0"), archive.name))

    def end(name: str) -> None:
        if name == "cellXfs":
            inside[0] = False

    if "xl/styles.xml" in archive.members:
        parse_part(archive.chunks("xl/styles.xml"), archive.name, start, end)
    return [kind_of(codes[n]) if n in codes else BUILT_IN.get(n, "number") for n in styles] or ["number"]


def _whole(text: str | None, name: str) -> int:
    if text is None or not (text.isascii() and text.isdigit() and len(text) < 10):
        raise IntakeError("the workbook's number formats are damaged", name, "Save it again.")
    return int(text)


def texts(archive: Archive) -> list[str]:
    """The shared texts, in order; how a text is pronounced is no part of it."""
    found: list[str] = []
    pieces: list[str] = []
    state = {"t": False, "rPh": False}

    def start(name: str, _: dict[str, str]) -> None:
        if name == "si":
            pieces.clear()
        elif name in state:
            state[name] = True

    def end(name: str) -> None:
        if name == "si":
            found.append(written(pieces))
        elif name in state:
            state[name] = False

    def text(data: str) -> None:
        if state["t"] and not state["rPh"]:
            pieces.append(data)

    if "xl/sharedStrings.xml" in archive.members:
        parse_part(archive.chunks("xl/sharedStrings.xml"), archive.name, start, end, text)
    return found


def written(pieces: Iterable[str]) -> str:
    """A stored text: what XML cannot hold stands in it as ``_x000D_``."""
    whole = "".join(pieces)
    return _WRITTEN_OUT.sub(_sign, whole) if "_x" in whole else whole


def _sign(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return found[0] if 0xD800 <= code < 0xE000 else chr(code)
