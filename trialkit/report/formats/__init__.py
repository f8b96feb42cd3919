"""Every format a report is written in. A new one is a file here and a line in ``FORMATS``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from trialkit.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from trialkit.report.formats.edition import Edition


@dataclass(frozen=True)
class Format:
    """How a report is written: the module with its ``write``, the file's ending, what it is for.

    ``needs`` are pairs (module, package to install) of libraries that it cannot do without.
    """

    module: str
    ending: str
    what: str
    needs: tuple[tuple[str, str], ...] = ()

    @property
    def write(self) -> Callable[[Edition], bytes]:
        """The function that makes the file's bytes, imported when it is first needed."""
        function: Callable[[Edition], bytes] = import_module(f"trialkit.report.formats.{self.module}").write
        return function


TYPST, DOCX = ("typst", "typst"), ("docx", "python-docx")
FORMATS: dict[str, Format] = {
    "html": Format("html", ".html", "one page for a browser; the only one in which a number can be opened"),
    "pdf": Format("pdf", ".pdf", "for reading and printing", (TYPST,)),
    "docx": Format("docx", ".docx", "for a word processor", (TYPST, DOCX)),
    "rtf": Format("rtf", ".rtf", "for submissions and older word processors", (TYPST,)),
    "xlsx": Format("xlsx", ".xlsx", "a sheet a display, and the result rows as numbers", (TYPST,)),
    "csv": Format("ard_csv", ".csv", "the result rows, one number a line"),
    "parquet": Format("ard_parquet", ".parquet", "the same, with types"),
    "ars-json": Format("ars_json", ".ars.json", "the results in the structure of CDISC ARS 1.0"),
}
"""Every format by the name the command line has for it."""


def chosen(names: Iterable[str]) -> dict[str, Format]:
    """The formats of these names, each once.

    Raises UsageError for a name there is not, for none at all, and for a library that is not installed.
    """
    wanted = list(dict.fromkeys(names))
    if not wanted:
        raise UsageError("no format is named", hint=f"Allowed: {', '.join(FORMATS)}.")
    for name in wanted:
        if name not in FORMATS:
            raise UsageError(f"there is no format {name!r} of a report", hint=did_you_mean(name, FORMATS))
        for module, package in FORMATS[name].needs:
            if find_spec(module) is None:
                raise UsageError(
                    f"format {name!r} needs the package {package}, which is not installed",
                    hint=f"Install it: python -m pip install {package}",
                )
    return {name: FORMATS[name] for name in wanted}
