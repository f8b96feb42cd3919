"""Text as every printed format can hold it."""

from __future__ import annotations

import re
from collections.abc import Iterator

_UNHELD = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_SPACE = re.compile("[\t\n\x0b\x0c\r\u2028\u2029]+")
_RTL = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
_RUNS = re.compile(f"[{_RTL}]+(?:[\\s\u200c-\u200f]+[{_RTL}]+)*")
_LONG = re.compile(r"\S{31,}")
_PIECE = 12
_JOINED = re.compile("[\u0300-\u036f\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]")
"""Characters that belong to the one before them."""


def clean(text: str) -> str:
    """The text on one line; what ``held`` says of characters."""
    return held(_SPACE.sub(" ", text))


def held(text: str) -> str:
    """The text with each character that no XML or HTML file may hold shown as its escape (``\\x07``)."""
    return _UNHELD.sub(lambda found: found[0].encode("unicode_escape", "surrogatepass").decode(), text)


def breakable(text: str) -> str:
    """The text with places to break (zero-width spaces) inside words of more than 30 characters."""
    return _LONG.sub(lambda found: "\u200b".join(_pieces(found[0])), text)


def shredded(text: str) -> str:
    """The text with places to break between all its signs, for columns narrower than a number."""
    return " ".join("\u200b".join(_pieces(word, 1)) for word in text.split(" "))


def _pieces(word: str, size: int = _PIECE) -> Iterator[str]:
    start = 0
    while start < len(word):
        end = start + size
        while end < len(word) and (_JOINED.match(word[end]) or word[end - 1] == "\u200d"):
            end += 1
        yield word[start:end]
        start = end


def directed(text: str) -> Iterator[tuple[str, bool]]:
    """The text in runs, each with whether it is written from right to left."""
    at = 0
    for found in _RUNS.finditer(text):
        if found.start() > at:
            yield text[at : found.start()], False
        yield found[0], True
        at = found.end()
    if at < len(text):
        yield text[at:], False
