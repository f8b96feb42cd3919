"""A SAS data set (SAS7BDAT, 32 bit, little-endian, uncompressed) written byte by byte, for tests of its reader.

SAS alone writes this format; its layout is known from what others found out. Two readers that share no code
(ReadStat's and pandas') read what is written here.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from trialkit.intake.sas_file import MAGIC

PAGE, HEADER = 4096, 1024
Column = tuple[str, str, int]
"""Name, SAS format, and length of its text (0: a number)."""


def sas_file(columns: Sequence[Column], rows: Sequence[Sequence[object]], encoding: int = 20) -> bytes:
    """A data set of one page of metadata and as many of rows as it takes; ``encoding`` is SAS's number (20: UTF-8)."""
    widths = [length or 8 for _, _, length in columns]
    order = [i for i, c in enumerate(columns) if not c[2]] + [i for i, c in enumerate(columns) if c[2]]
    offsets, at = {}, 0
    for i in order:
        offsets[i], at = at, at + widths[i]
    width, per_page = at, (PAGE - 24) // max(at, 1)
    body = [b"".join(_cell(row[i], columns[i][2]) for i in order) for row in rows]
    pages = [body[i : i + per_page] for i in range(0, len(body), per_page)]
    meta = _meta(columns, offsets, width, len(rows), per_page)
    return _header(1 + len(pages), encoding) + meta + b"".join(_data_page(page) for page in pages)


def _cell(value: object, length: int) -> bytes:
    if length:
        text = value if isinstance(value, bytes) else str(value or "").encode()
        return text.ljust(length)
    if isinstance(value, str):  # a special missing value: ".", "_", or "A" to "Z"
        return b"\0" * 5 + bytes([{".": 0xFE, "_": 0xFF}.get(value, 0xFD - (ord(value) - ord("A")) & 0xFF), 0xFF, 0xFF])
    return struct.pack("<d", float("nan") if value is None else float(value))  # type: ignore[arg-type]


def _header(pages: int, encoding: int) -> bytes:
    head = bytearray(HEADER)
    head[0:32] = MAGIC
    head[32], head[35], head[37], head[39], head[70] = 0x22, 0x22, 1, ord("1"), encoding
    head[84:92], head[92:156], head[156:164] = b"SAS FILE", b"MADE".ljust(64), b"DATA    "
    struct.pack_into("<dd", head, 164, 0.0, 0.0)
    struct.pack_into("<III", head, 196, HEADER, PAGE, pages)
    head[216:224], head[224:240] = b"9.0401M1", b"Linux".ljust(16)
    return bytes(head)


def _meta(columns: Sequence[Column], offsets: dict[int, int], width: int, rows: int, per_page: int) -> bytes:
    """A page of subheaders: row size, column size, texts, names, attributes, and a format for each column."""
    words, places = bytearray(b"\0" * 28), {}
    for word in [word for name, form, _ in columns for word in (name, form)]:
        if word and word not in places:
            places[word] = (len(words), len(word))
            words += word.encode() + b"\0" * (-len(word) % 4)
    text = b"\xfd\xff\xff\xff" + struct.pack("<H", len(words)) + bytes(words[2:]) + b"\0" * 8
    size = bytearray(480)
    struct.pack_into("<I", size, 0, 0xF7F7F7F7)
    struct.pack_into("<II", size, 20, width, rows)
    struct.pack_into("<I", size, 36, len(columns))
    struct.pack_into("<II", size, 52, PAGE, 0)
    struct.pack_into("<I", size, 60, per_page)
    names = b"".join(struct.pack("<HHHH", 0, places[name][0], len(name), 0) for name, _, _ in columns)
    attributes = b"".join(
        struct.pack("<IIHBB", offsets[i], length or 8, 4, 2 if length else 1, 0)
        for i, (_, _, length) in enumerate(columns)
    )
    subheaders = [
        bytes(size),
        struct.pack("<III", 0xF6F6F6F6, len(columns), 0),
        text,
        b"\xff\xff\xff\xff" + struct.pack("<HHHH", 8 + len(names), 0, 0, 0)[:8] + names + b"\0" * 8,
        b"\xfc\xff\xff\xff" + struct.pack("<H", 8 + len(attributes)) + b"\0" * 6 + attributes + b"\0" * 8,
        *(_format(*places.get(form, (0, 0))) for _, form, _ in columns),
    ]
    return _page(0x0000, subheaders)


def _format(at: int, length: int) -> bytes:
    made = bytearray(52)
    made[0:4] = b"\xfe\xfb\xff\xff"
    struct.pack_into("<HHH", made, 34, 0, at, length)
    return bytes(made)


def _page(kind: int, subheaders: Sequence[bytes]) -> bytes:
    page = bytearray(PAGE)
    struct.pack_into("<HHHH", page, 16, kind, len(subheaders), len(subheaders), 0)
    end = PAGE
    for number, sub in enumerate(subheaders):
        end -= len(sub)
        page[end : end + len(sub)] = sub
        struct.pack_into("<IIBBH", page, 24 + 12 * number, end, len(sub), 0, 0, 0)
    return bytes(page)


def _data_page(rows: Sequence[bytes]) -> bytes:
    page = bytearray(PAGE)
    struct.pack_into("<HHHH", page, 16, 0x0100, len(rows), 0, 0)
    page[24 : 24 + sum(map(len, rows))] = b"".join(rows)
    return bytes(page)
