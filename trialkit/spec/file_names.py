"""File-name patterns of forms: which they are, and whether one name could fit two of them."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache

from trialkit.model.form import Form

ENDINGS = (".csv", ".xpt", ".parquet", ".xlsx", ".sas7bdat", ".json", ".ndjson")
"""The endings of files that can be read."""


def file_patterns(form: Form) -> tuple[str, ...]:
    """The form's file-name patterns: its own, else its id with each ending that can be read."""
    return form.files or tuple(form.id + ending for ending in ENDINGS)


def overlap(one: str, other: str) -> bool:
    """Whether some file name fits both patterns, letter case aside.

    Exact for ``*`` and ``?``. A pattern with ``[`` is held to fit another only if that one, or it, is plain text.
    """
    one, other = one.lower(), other.lower()
    if "[" in one + other:
        return one == other or fnmatchcase(one, other) or fnmatchcase(other, one)
    return _meet(one, other)


@cache
def _meet(one: str, other: str) -> bool:
    """Whether some text fits both: either begins with a star that takes nothing or one sign, or both begin alike."""
    if not one or not other:
        return not (one + other).strip("*")
    if one[0] == "*":
        return _meet(one[1:], other) or _meet(one, other[1:])
    if other[0] == "*":
        return _meet(other, one)
    return (one[0] == other[0] or "?" in (one[0], other[0])) and _meet(one[1:], other[1:])
