"""The XML parts of a workbook, parsed piece by piece: no tree, no DTD, no entity but XML's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from xml.parsers import expat

from trialkit.errors import IntakeError

SPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://schemas.openxmlformats.org/package/2006/relationships",
)
"""The XML namespaces of a workbook's parts."""
Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]


def parse_part(pieces: Iterable[bytes], place: str, start: Start, end: End, text: Text | None = None) -> None:
    """Call ``start``, ``end`` and ``text`` for what stands in an XML part; names come without their namespace.

    Raises IntakeError for what is not well-formed XML in UTF-8, or declares a document type.
    """
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.buffer_size = 1 << 16

    def refuse(*_: object) -> None:
        raise IntakeError(
            "the workbook declares entities of its own", place, "Save it again with a spreadsheet program."
        )

    def first(name: str, attributes: dict[str, str]) -> None:
        _check_root(name, attributes, place)
        parser.StartElementHandler = opened
        opened(name, attributes)

    def opened(name: str, attributes: dict[str, str]) -> None:
        if ":" not in name:  # the usual case: names without a prefix can go straight on
            parser.StartElementHandler, parser.EndElementHandler = start, end
        start(name.rpartition(":")[2], attributes)

    def closed(name: str) -> None:
        end(name.rpartition(":")[2])

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = first
    parser.EndElementHandler = closed
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        said = f"a part of the workbook is damaged: {expat.errors.messages.get(error.code, 'not XML')}"
        raise IntakeError(said, place, "It may be cut off; send it again.") from None


def _check_root(name: str, attributes: dict[str, str], place: str) -> None:
    """Raises IntakeError for a part of another language than workbooks are written in."""
    prefix = name.rpartition(":")[0]
    if attributes.get(f"xmlns:{prefix}" if prefix else "xmlns") not in SPACES:
        said = f"a part of the workbook is damaged: {name[:24]!r} belongs to no workbook"
        raise IntakeError(said, place, "Save the file again with a spreadsheet program.")
