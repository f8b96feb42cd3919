"""The report as an RTF file: a section a display, headers of tables on every page, "Page x of y".

By a writer of our own, not by rtflite: see docs/decisions.
"""

from __future__ import annotations

from collections.abc import Iterator

from trialkit.report.formats.edition import Edition
from trialkit.report.formats.grid import MARGIN, PAPER, grid, room
from trialkit.report.formats.paper import twips
from trialkit.report.formats.picture import Drawing, png
from trialkit.report.formats.printed import UNCOUNTED, Block, Leaf, Printed, Words, printed
from trialkit.report.formats.rtf_table import table_rtf
from trialkit.report.formats.rtf_text import escaped, runs

COLORS = ("1B2127", "55606B", "6B3500", "0B5A94", "FFF4E3", "F4F6F8", "D98A1F", "B8C0C8")
STYLES: dict[str, str] = {
    "title": "\\sb0\\sa120\\fs36\\b\\cf1",
    "subtitle": "\\sb0\\sa80\\fs22\\cf2",
    "section": "\\s1\\sb0\\sa160\\keepn\\outlinelevel0\\fs26\\b\\cf1",
    "heading": "\\s2\\sb0\\sa80\\keepn\\outlinelevel1\\fs22\\b\\cf1",
    "caption": "\\sb160\\sa60\\keepn\\fs17\\b\\cf1",
    "contents": "\\sb240\\sa80\\keepn\\fs22\\b\\cf1",
    "group": "\\sb60\\sa0\\keepn\\fs17\\b\\cf1",
    "entry": f"\\sb0\\sa0\\tldot\\tqr\\tx{twips(room(False))}\\fs17\\cf4",
    "plain": "\\sb0\\sa80\\fs18\\cf1",
    "muted": "\\sb0\\sa80\\keepn\\fs18\\cf2",
    "notice": "\\sb80\\sa120\\brdrl\\brdrs\\brdrw60\\brdrcf7\\brsp100\\cbpat5\\fs18\\b\\cf3",
    "reading": "\\sb80\\sa120\\brdrl\\brdrs\\brdrw40\\brdrcf4\\brsp100\\cbpat6\\fs18\\cf1",
    "note": "\\sb0\\sa40\\fs14\\cf2",
    "warning": "\\sb0\\sa40\\fs14\\b\\cf3",
}
"""What a paragraph looks like; \\s1 and \\s2 are the two headings of the style sheet."""
LINE = 160
"""Hexadecimal digits a line in a picture."""


def write(edition: Edition) -> bytes:
    """An RTF file in ASCII; the same edition gives the same bytes."""
    made = printed(edition)
    parts = [_top(edition, made), _section(False, made, ""), *_front(made)]
    for number, leaf in enumerate(made.leaves):
        parts += ["\\sect", _section(leaf.landscape, made, leaf.name), *_leaf(leaf, number)]
    return ("\n".join(parts) + "\n}\n").encode("ascii")


def _top(edition: Edition, made: Printed) -> str:
    colors = "".join(f"\\red{int(c[:2], 16)}\\green{int(c[2:4], 16)}\\blue{int(c[4:], 16)};" for c in COLORS)
    at = edition.moment
    when = f"\\creatim\\yr{at.year}\\mo{at.month}\\dy{at.day}\\hr{at.hour}\\min{at.minute}"
    told = f"{{\\info{{\\title {escaped(made.title)}}}{{\\author {escaped(edition.software)}}}{{{when}}}}}"
    return (
        "{\\rtf1\\ansi\\ansicpg1252\\uc1\\deff0{\\fonttbl{\\f0\\fswiss\\fprq2 Arial;}}"
        f"{{\\colortbl;{colors}}}\n"
        "{\\stylesheet{\\f0\\fs18 Normal;}{\\s1\\f0\\fs26\\b\\outlinelevel0 heading 1;}"
        f"{{\\s2\\f0\\fs22\\b\\outlinelevel1 heading 2;}}}}\n{told}\n"
        f"\\paperw{twips(PAPER[0])}\\paperh{twips(PAPER[1])}\\widowctrl\\viewkind1"
    )


def _section(landscape: bool, made: Printed, name: str) -> str:
    """The paper of a section, with the line at the head (none on the front page) and at the foot of its pages."""
    wide, high, margin = twips(PAPER[landscape]), twips(PAPER[not landscape]), twips(MARGIN)
    stop = f"\\tqr\\tx{twips(room(landscape))}\\f0\\fs14\\cf2"
    side, above = "\\lndscpsxn" if landscape else "", "" if name else "\\pard\\par"
    pages = "Page {\\field{\\*\\fldinst PAGE}{\\fldrslt 1}} of {\\field{\\*\\fldinst NUMPAGES}{\\fldrslt 1}}"
    head = f"\\pard\\plain\\brdrb\\brdrs\\brdrw8\\brdrcf8\\brsp40{stop} {runs(made.study)}\\tab {runs(name)}\\par"
    foot = f"\\pard\\plain\\brdrt\\brdrs\\brdrw8\\brdrcf8\\brsp40{stop} {runs(made.running)}\\tab {pages}\\par"
    return (
        f"\\sectd\\sbkpage\\pgwsxn{wide}\\pghsxn{high}{side}"
        f"\\marglsxn{margin}\\margrsxn{margin}\\margtsxn{twips(20)}\\margbsxn{twips(18)}"
        f"\\headery{twips(9)}\\footery{twips(9)}\n"
        f"{{\\header {above or head}}}\n{{\\footer {foot}}}"
    )


def _front(made: Printed) -> Iterator[str]:
    yield _paragraph("title", made.title)
    for style, text in (("subtitle", made.subtitle), ("muted", made.study)):
        if text:
            yield _paragraph(style, text)
    for words in made.front:
        yield _paragraph(words.style, words.text, words.lead)
    yield _paragraph("contents", "Contents")
    for number, leaf in enumerate(made.leaves):
        if leaf.section:
            yield _paragraph("group", leaf.section)
        yield f"\\pard\\plain\\f0{STYLES['entry']} {_entry(leaf, f'leaf{number}')}\\par"


def _entry(leaf: Leaf, mark: str) -> str:
    """A line of the contents: a link, and a field that the word processor fills with the page."""
    link = f'{{\\field{{\\*\\fldinst HYPERLINK \\\\l "{mark}"}}{{\\fldrslt {runs(_title(leaf))}}}}}'
    return f"{link}\\tab {{\\field\\flddirty{{\\*\\fldinst PAGEREF {mark} \\\\h}}{{\\fldrslt {escaped(UNCOUNTED)}}}}}"


def _title(leaf: Leaf) -> str:
    return f"{leaf.name}  {leaf.title}"


def _leaf(leaf: Leaf, number: int) -> Iterator[str]:
    if leaf.section:
        yield _paragraph("section", leaf.section)
    mark = f"{{\\*\\bkmkstart leaf{number}}}{{\\*\\bkmkend leaf{number}}}"
    yield f"\\pard\\plain\\f0{STYLES['heading']} {mark}{runs(_title(leaf))}\\par"
    for block in leaf.blocks:
        yield from _block(block, leaf)


def _block(block: Block, leaf: Leaf) -> Iterator[str]:
    if isinstance(block, Words):
        yield _paragraph(block.style, block.text, block.lead)
        return
    if block.caption:
        yield _paragraph("caption", block.caption)
    if isinstance(block, Drawing):
        yield _picture(block)
    else:
        yield table_rtf(block, grid(block, leaf.landscape))


def _paragraph(style: str, text: str, lead: str = "") -> str:
    bold = f"{{\\b {runs(lead)} }}" if lead else ""
    return f"\\pard\\plain\\f0{STYLES[style]} {bold}{runs(text)}\\par"


def _picture(made: Drawing) -> str:
    """A figure as PNG, with its description for those who cannot see it."""
    told = f"{{\\*\\picprop{{\\sp{{\\sn wzDescription}}{{\\sv {escaped(made.alt)}}}}}}}"
    digits = png(made).hex()
    lines = "\n".join(digits[at : at + LINE] for at in range(0, len(digits), LINE))
    size = f"\\picwgoal{twips(made.width)}\\pichgoal{twips(made.height)}"
    return f"\\pard\\plain\\sa80\\ql{{\\pict{told}\\pngblip{size}\n{lines}}}\\par"
