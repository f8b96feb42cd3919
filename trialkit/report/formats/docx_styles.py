"""The styles of a DOCX report: those a word processor knows, in plain type, and the report's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trialkit.report.formats.grid import room
from trialkit.report.formats.paper import twips

if TYPE_CHECKING:
    from docx.document import Document

FONT = "Arial"
INK, MUTED, WARN, LINK = "1B2127", "55606B", "6B3500", "0B5A94"
BUILT_IN: dict[str, tuple[float, bool, str, float, float]] = {
    "Normal": (9, False, INK, 0, 4),
    "Title": (18, True, INK, 0, 6),
    "Subtitle": (11, False, MUTED, 0, 4),
    "Heading 1": (13, True, INK, 0, 8),
    "Heading 2": (11, True, INK, 0, 4),
    "Caption": (8.5, True, INK, 8, 3),
}
"""Size in points, bold, color, space before and after in points."""
OWN: dict[str, tuple[float, bool, str, float, float]] = {
    "Report plain": (9, False, INK, 0, 4),
    "Report muted": (9, False, MUTED, 0, 4),
    "Report notice": (9, True, WARN, 4, 6),
    "Report reading": (9, False, INK, 4, 6),
    "Report note": (7, False, MUTED, 0, 2),
    "Report warning": (7, True, WARN, 0, 2),
    "Report running": (7, False, MUTED, 0, 0),
    "Report contents": (11, True, INK, 12, 4),
    "Report group": (8.5, True, INK, 3, 0),
    "Report entry": (8.5, False, LINK, 0, 0),
    "Report gap": (2, False, INK, 0, 0),
}
BOXES = {"Report notice": ("FFF4E3", "D98A1F"), "Report reading": ("F4F6F8", "0B5A94")}
"""Paper and line at the left."""
KEPT = ("Heading 1", "Heading 2", "Caption", "Report muted", "Report contents", "Report group")
"""Never last on a page."""


def styled(file: Document) -> None:
    """Give a new document the report's styles."""
    from docx.enum.style import WD_STYLE_TYPE

    for name in OWN:
        file.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = file.styles["Normal"]
    for name, look in (BUILT_IN | OWN).items():
        _set(file.styles[name], name, look)
    _led(file.styles["Report entry"].element.get_or_add_pPr())
    _modern(file)
    _counted(file)


def _modern(file: Document) -> None:
    """Laid out by the rules of Word 2013 and later: a table begins at the margin."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    settings = file.settings.element
    for old in settings.findall(f"{{{settings.nsmap['w']}}}compat"):
        settings.remove(old)
    uri = "http://schemas.microsoft.com/office/word"
    mode = f'<w:compatSetting w:name="compatibilityMode" w:uri="{uri}" w:val="15"/>'
    compat = parse_xml(f"<w:compat {nsdecls('w')}>{mode}</w:compat>")
    settings.insert_element_before(compat, "w:docVars", "w:rsids", "m:mathPr", "w:themeFontLang", "w:clrSchemeMapping")


def _counted(file: Document) -> None:
    """Fields are filled when the file is opened: the pages of the contents (the word processor asks first)."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    after = ("w:hdrShapeDefaults", "w:footnotePr", "w:endnotePr", "w:compat")
    file.settings.element.insert_element_before(parse_xml(f'<w:updateFields {nsdecls("w")} w:val="true"/>'), *after)


def _led(shape: Any) -> None:
    """Dots that lead to a number at the right margin; the text before it is set in."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    stop = f'<w:tab w:val="right" w:leader="dot" w:pos="{twips(room(False))}"/>'
    shape.insert_element_before(parse_xml(f"<w:tabs {nsdecls('w')}>{stop}</w:tabs>"), "w:spacing", "w:ind", "w:jc")


def _set(style: Any, name: str, look: tuple[float, bool, str, float, float]) -> None:
    from docx.enum.text import WD_LINE_SPACING
    from docx.shared import Pt, RGBColor

    size, bold, color, before, after = look
    style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
    style.font.color.rgb = RGBColor.from_string(color)
    _face(style.element.get_or_add_rPr())
    shape = style.paragraph_format
    shape.space_before, shape.space_after = Pt(before), Pt(after)
    shape.line_spacing_rule, shape.keep_with_next = WD_LINE_SPACING.SINGLE, name in KEPT
    _without(style.element.get_or_add_pPr(), "pBdr")
    if name in BOXES:
        shape.left_indent = shape.right_indent = Pt(7)
        _box(style.element.get_or_add_pPr(), *BOXES[name])


def _without(element: Any, *names: str) -> None:
    """Remove what the template says of these."""
    space = element.tag.partition("}")[0] + "}"
    for old in [child for child in element if child.tag in [space + name for name in names]]:
        element.remove(old)


def _face(words: Any) -> None:
    """The report's font, in place of the theme's."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    _without(words, "rFonts", "spacing")
    faces = " ".join(f'w:{kind}="{FONT}"' for kind in ("ascii", "hAnsi", "cs", "eastAsia"))
    words.insert(0, parse_xml(f"<w:rFonts {nsdecls('w')} {faces}/>"))


def _box(shape: Any, paper: str, line: str) -> None:
    """A colored paper, and a bar at the left."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    after = ("w:tabs", "w:spacing", "w:ind", "w:jc")
    bar = f'<w:left w:val="single" w:sz="18" w:space="6" w:color="{line}"/>'
    shape.insert_element_before(parse_xml(f"<w:pBdr {nsdecls('w')}>{bar}</w:pBdr>"), "w:shd", *after)
    fill = f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{paper}"/>'
    shape.insert_element_before(parse_xml(fill), *after)
