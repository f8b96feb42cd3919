"""Numbers with their nouns in messages."""

from __future__ import annotations


def many(count: int, word: str, several: str = "") -> str:
    """``1 record``, ``1,204 records``; ``several`` is a plural that does not only add an s."""
    return f"{count:,} {word if count == 1 else several or word + 's'}"
