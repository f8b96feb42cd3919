"""The one place that calls typst: with its own fonts only, so that every machine makes the same file."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Literal

from trialkit.report.figures.font import fonts

if TYPE_CHECKING:
    from typst import Fonts


def typeset(
    source: str, data: str, into: Literal["pdf", "png"], moment: datetime | None = None, dots: int = 0
) -> bytes:
    """A typst program run on JSON data (``sys.inputs.data``). Data are never part of the program.

    Raises typst.TypstError for a program that is wrong, RuntimeError if typst itself breaks down.
    """
    import typst

    try:
        compiler = typst.Compiler(source.encode(), font_paths=_fonts(), sys_inputs={"data": data})
        made = compiler.compile(format=into, timestamp=moment, ppi=dots or None)
    except BaseException as error:  # a breakdown inside typst is no Exception, and would end the program unheard
        if type(error).__name__ != "PanicException":
            raise
        raise RuntimeError(f"typst broke down: {error}") from None
    if not isinstance(made, bytes):
        raise TypeError(f"one file was to be made, not {type(made).__name__}")
    return made


@cache
def _fonts() -> Fonts:
    """The fonts that come with matplotlib and with typst, none of the machine's."""
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[fonts()])
