"""The styles of a DOCX report: those a word processor knows, in plain type, and the report's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.document import Document

FONT = "Arial"
INK, MUTED, WARN = "1B2127", "55606B", "6B3500"
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
    "Report entry": (8.5, False, INK, 0, 2),
    "Report gap": (2, False, INK, 0, 0),
}
BOXES = {"Report notice": ("FFF4E3", "D98A1F"), "Report reading": ("F4F6F8", "0B5A94")}
"""Paper and line at the left."""
KEPT = ("Heading 1", "Heading 2", "Caption", "Report muted")
"""Never last on a page."""


def styled(file: Document) -> None:
    """Give a new document the report's styles."""
    from docx.enum.style import WD_STYLE_TYPE

    for name in OWN:
        file.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = file.styles["Normal"]
    for name, look in (BUILT_IN | OWN).items():
        _set(file.styles[name], name, look)
    _modern(file)


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


def _set(style: Any, name: str, look: tuple[float, bool, str, float, float]) -> None:
    from docx.enum.text import WD_LINE_SPACING
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls
    from docx.shared import Pt, RGBColor

    size, bold, color, before, after = look
    style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
    style.font.color.rgb = RGBColor.from_string(color)
    words = style.element.get_or_add_rPr()
    for name_of_old in ("rFonts", "spacing"):
        for old in words.findall(words.tag.replace("rPr", name_of_old)):
            words.remove(old)
    faces = " ".join(f'w:{kind}="{FONT}"' for kind in ("ascii", "hAnsi", "cs", "eastAsia"))
    words.insert(0, parse_xml(f"<w:rFonts {nsdecls('w')} {faces}/>"))
    shape = style.paragraph_format
    shape.space_before, shape.space_after = Pt(before), Pt(after)
    shape.line_spacing_rule, shape.keep_with_next = WD_LINE_SPACING.SINGLE, name in KEPT
    inner = style.element.get_or_add_pPr()
    for old in inner.findall(inner.tag.replace("pPr", "pBdr")):
        inner.remove(old)
    if name in BOXES:
        shape.left_indent = shape.right_indent = Pt(7)
        paper, line = BOXES[name]
        inner.insert_element_before(
            parse_xml(f'<w:pBdr {nsdecls("w")}><w:left w:val="single" w:sz="18" w:space="6" w:color="{line}"/></w:pBdr>'),
            "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc",
        )  # fmt: skip
        inner.insert_element_before(
            parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{paper}"/>'),
            "w:tabs", "w:spacing", "w:ind", "w:jc",
        )  # fmt: skip
