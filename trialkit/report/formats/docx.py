"""The report as a DOCX file: headings that are headings, a section a display, headers of tables on every page.

By python-docx, not by a template (docxtpl): the tables have any number of columns and nested headings, which loops
inside a template's cells cannot lay out.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from trialkit.report.formats.archive import redated
from trialkit.report.formats.docx_styles import styled
from trialkit.report.formats.docx_table import SPACE, field, runs, table_xml
from trialkit.report.formats.edition import Edition
from trialkit.report.formats.grid import MARGIN, PAPER, grid, room
from trialkit.report.formats.paper import twips
from trialkit.report.formats.picture import Drawing, png
from trialkit.report.formats.printed import UNCOUNTED, Block, Leaf, Printed, Words, printed
from trialkit.report.table import TableModel

if TYPE_CHECKING:
    from docx.document import Document
    from docx.section import Section
    from docx.text.paragraph import Paragraph


def write(edition: Edition) -> bytes:
    """A DOCX file; the same edition gives the same bytes."""
    import docx

    made, file = printed(edition), docx.Document()
    styled(file)
    _properties(file, edition, made)
    _front(file, made)
    turned = [False, *(leaf.landscape for leaf in made.leaves)]
    for number, leaf in enumerate(made.leaves):
        _leaf(file, leaf, number, made, leaf.landscape != turned[number])
    out = BytesIO()
    file.save(out)
    return redated(out.getvalue(), edition.moment)


def _properties(file: Document, edition: Edition, made: Printed) -> None:
    told, moment = file.core_properties, edition.moment.replace(tzinfo=None)
    told.title, told.subject, told.author = made.title[:255], made.study[:255], edition.software
    told.last_modified_by, told.comments, told.keywords = edition.software, "", edition.snapshot.id
    told.language, told.revision, told.created, told.modified = "en", 1, moment, moment


def _front(file: Document, made: Printed) -> None:
    section = file.sections[0]
    _paper(section, False)
    _foot(section, made.running, False)
    _paragraph(file, "Title", runs(made.title))
    for text, style in ((made.subtitle, "Subtitle"), (made.study, "Report muted")):
        if text:
            _paragraph(file, style, runs(text))
    for words in made.front:
        _words(file, words)
    _paragraph(file, "Report contents", runs("Contents"))
    for number, leaf in enumerate(made.leaves):
        if leaf.section:
            _paragraph(file, "Report group", runs(leaf.section))
        _paragraph(file, "Report entry", _entry(leaf, f"leaf{number}"))


def _entry(leaf: Leaf, mark: str) -> str:
    """A line of the contents: a link, and a field that the word processor fills with the page."""
    page = field(f"PAGEREF {mark} \\h", UNCOUNTED)
    return f'<w:hyperlink w:anchor="{mark}">{runs(f"{leaf.name}  {leaf.title}")}<w:r><w:tab/></w:r>{page}</w:hyperlink>'


def _leaf(file: Document, leaf: Leaf, number: int, made: Printed, turned: bool) -> None:
    """A display in a section of its own. ``turned``: its paper lies the other way than that of the one before."""
    from docx.enum.section import WD_SECTION

    section = file.add_section(WD_SECTION.NEW_PAGE)
    _paper(section, leaf.landscape)
    _head(section, made.study, leaf)
    if turned:
        _foot(section, made.running, leaf.landscape)
    if leaf.section:
        _paragraph(file, "Heading 1", runs(leaf.section))
    mark = f'<w:bookmarkStart w:id="{number}" w:name="leaf{number}"/>'
    title = f'{mark}{runs(f"{leaf.name}  {leaf.title}")}<w:bookmarkEnd w:id="{number}"/>'
    _paragraph(file, "Heading 2", title)
    for block in leaf.blocks:
        _block(file, block, leaf)


def _block(file: Document, block: Block, leaf: Leaf) -> None:
    if isinstance(block, Words):
        _words(file, block)
        return
    if block.caption:
        _paragraph(file, "Caption", runs(block.caption))
    if isinstance(block, Drawing):
        _drawing(file, block)
    else:
        _table(file, block, leaf)


def _words(file: Document, words: Words) -> None:
    lead = runs(f"{words.lead} ", bold=True) if words.lead else ""
    _paragraph(file, f"Report {words.style}", lead + runs(words.text))


def _drawing(file: Document, made: Drawing) -> None:
    from docx.shared import Mm

    shape = file.add_picture(BytesIO(png(made)), width=Mm(made.width), height=Mm(made.height))
    shape._inline.docPr.set("descr", made.alt)


def _table(file: Document, table: TableModel, leaf: Leaf) -> None:
    title = table.caption or f"{leaf.name} {leaf.title}"
    _append(file, table_xml(table, grid(table, leaf.landscape), title))
    _paragraph(file, "Report gap", "")


def _paragraph(file: Document, style: str, body: str) -> None:
    """A paragraph of a style, by the id python-docx gives it: looking styles up takes seconds for a long report."""
    look = f'<w:pPr><w:pStyle w:val="{style.replace(" ", "")}"/></w:pPr>'
    _append(file, f"<w:p {SPACE}>{look}{body}</w:p>")


def _append(file: Document, xml: str) -> None:
    """The last element of the body so far, before what describes its last section."""
    from docx.oxml import parse_xml

    body: Any = file.element.body
    body[-1].addprevious(parse_xml(xml))


def _paper(section: Section, landscape: bool) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm

    wide, high = PAPER[landscape], PAPER[not landscape]
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(wide), Mm(high)
    section.left_margin = section.right_margin = Mm(MARGIN)
    section.top_margin, section.bottom_margin = Mm(20), Mm(18)
    section.header_distance = section.footer_distance = Mm(9)


def _head(section: Section, study: str, leaf: Leaf) -> None:
    section.header.is_linked_to_previous = False
    _running(section.header.paragraphs[0], runs(study), runs(leaf.name), leaf.landscape, "bottom")


def _foot(section: Section, running: str, landscape: bool) -> None:
    """The line at the foot of the section's pages, and of those that follow up to the next that has one."""
    section.footer.is_linked_to_previous = False
    pages = f"{runs('Page ')}{field('PAGE', '1')}{runs(' of ')}{field('NUMPAGES', '1')}"
    _running(section.footer.paragraphs[0], runs(running), pages, landscape, "top")


def _running(paragraph: Paragraph, left: str, right: str, landscape: bool, side: str) -> None:
    """A line at the head or foot of pages: one text left, one right, a hairline beside."""
    paragraph.style = "Report running"
    stop = f'<w:tabs><w:tab w:val="right" w:pos="{twips(room(landscape))}"/></w:tabs>'
    line = f'<w:pBdr><w:{side} w:val="single" w:sz="4" w:space="2" w:color="B8C0C8"/></w:pBdr>'
    for element in reversed(_parsed(line + stop)):
        paragraph._p.get_or_add_pPr().insert(1, element)
    paragraph._p.extend(_parsed(f"{left}<w:r><w:tab/></w:r>{right}"))


def _parsed(xml: str) -> list[Any]:
    from docx.oxml import parse_xml

    return list(parse_xml(f"<w:p {SPACE}>{xml}</w:p>"))
