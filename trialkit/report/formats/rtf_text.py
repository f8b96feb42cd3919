"""RTF text: seven-bit, so that no reader's code page matters."""

from __future__ import annotations

from trialkit.report.formats.text import directed


def escaped(text: str) -> str:
    """The text as RTF: its own signs escaped, the rest as UTF-16 numbers with ``?`` for readers without Unicode."""
    return "".join(map(_sign, text))


def _sign(sign: str) -> str:
    if sign in "\\{}":
        return f"\\{sign}"
    if sign == "\u00a0":
        return "\\~"
    if " " <= sign <= "~":
        return sign
    units = sign.encode("utf-16-le")
    numbers = (int.from_bytes(units[i : i + 2], "little", signed=True) for i in range(0, len(units), 2))
    return "".join(f"\\u{number}?" for number in numbers)


def runs(text: str) -> str:
    """The text as runs, those written from right to left marked as such."""
    return "".join(f"{{\\rtlch {escaped(part)}}}" if rtl else escaped(part) for part, rtl in directed(text))
