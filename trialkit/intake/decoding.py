"""Bytes -> text in the declared encoding; never a guessed one."""

from __future__ import annotations

import codecs

from trialkit.errors import IntakeError, StudyError

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte order marks and the encoding each stands for; UTF-32 before UTF-16, whose mark begins like it."""


def line_at(text: str, position: int) -> int:
    """The line (from 1) of a position; lines end at LF."""
    return text.count("\n", 0, position) + 1


def encoding_name(declared: str) -> str:
    """Python's own name of an encoding. Raises StudyError if there is none."""
    try:
        "".encode(declared)  # not every codec Python knows is one of text
        return codecs.lookup(declared).name
    except (LookupError, ValueError):
        hint = "Write for example utf-8, latin-1 or windows-1252."
        raise StudyError(f"there is no text encoding {declared!r}", "", hint) from None


def decode(data: bytes, name: str, declared: str) -> str:
    """The text, without a byte order mark.

    Raises IntakeError if the mark speaks of another encoding, or at the first byte that does not fit.
    """
    encoding = encoding_name(declared)
    mark, marked = next(((mark, word) for mark, word in MARKS if data.startswith(mark)), (b"", ""))
    family = encoding.replace("-sig", "").removesuffix("-le").removesuffix("-be")
    if marked and marked != family:
        raise IntakeError(
            f"the file says it is {marked.upper()}, the form says {declared}",
            f"{name}:1",
            "Save the file in the declared encoding, or declare this one as 'encoding' in the form's layout.",
        )
    try:
        return data[len(mark) :].decode(_plain(family, mark))
    except UnicodeDecodeError as error:
        raise _unfit(data[len(mark) :], error, name, declared, family) from None


def _plain(family: str, mark: bytes) -> str:
    """The codec for the bytes after the mark."""
    if family not in ("utf-16", "utf-32"):
        return family
    return f"{family}-{'be' if mark in (codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE) else 'le'}"


def _unfit(rest: bytes, error: UnicodeDecodeError, name: str, declared: str, family: str) -> IntakeError:
    wide = family in ("utf-16", "utf-32")
    line = rest.count(b"\n", 0, error.start) + 1
    place = name if wide else f"{name}:{line}"
    found = f"byte 0x{rest[error.start]:02X}"
    hint = "Save the file in the declared encoding, or declare its own as 'encoding' in the form's layout."
    return IntakeError(f"{found} is not {declared} text", place, hint)
