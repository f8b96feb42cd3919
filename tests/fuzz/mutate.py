"""Files changed by a seed: bytes flipped, cut, doubled, moved, words of the formats put in; archives also inside."""

from __future__ import annotations

import io
import random
import zipfile
import zlib

WORDS = (
    b"\0", b"\xff", b"\r", b"\n", b'"', b'""', b",", b";", b"\t", b"'", b"<", b"&amp;", b"<!DOCTYPE a>", b"]", b"{",
    b"null", b"NaN", b"-1", b"0", b"1e999", b"99999999999999999999", b"\xef\xbb\xbf", b"\xff\xfe",
    b"\x80\0\0\0", b"\x7f\xff\xff\xff",
    b"t='s'", b"<v>1</v>", b"<row r='9'/>", b"../", b"\xed\xa0\x80", b"true", b'"rows"', b"HEADER RECORD*******",
)  # fmt: skip


def mutated(data: bytes, rng: random.Random) -> bytes:
    """The bytes after one to eight changes; of a zip archive mostly those of one member, packed again."""
    if data.startswith(b"PK") and rng.random() < 0.8:
        return _inside(data, rng)
    return _outside(data, rng)


def _outside(data: bytes, rng: random.Random) -> bytes:
    made = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 4, 8))):
        rng.choice(CHANGES)(made, rng)
    return bytes(made)


def _inside(data: bytes, rng: random.Random) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as old:
            parts = {name: old.read(name) for name in old.namelist()}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError):
        return _outside(data, rng)
    name = rng.choice(sorted(parts))
    parts[name] = mutated(parts[name], rng)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for part, text in parts.items():
            made.writestr(zipfile.ZipInfo(part, (2026, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _flip(made: bytearray, rng: random.Random) -> None:
    if made:
        made[rng.randrange(len(made))] ^= 1 << rng.randrange(8)


def _put(made: bytearray, rng: random.Random) -> None:
    if made:
        made[rng.randrange(len(made))] = rng.randrange(256)


def _cut(made: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(made) + 1)
    del made[at : at + rng.choice((1, 2, 8, 80, 1 << 20))]


def _double(made: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(made) + 1)
    made[at:at] = made[at : at + rng.choice((1, 4, 12, 80, 400))]


def _word(made: bytearray, rng: random.Random) -> None:
    at, word = rng.randrange(len(made) + 1), rng.choice(WORDS)
    made[at : at + rng.choice((0, len(word)))] = word


def _swap(made: bytearray, rng: random.Random) -> None:
    size = rng.choice((1, 4, 8, 80))
    if len(made) > 2 * size:
        one, other = sorted(rng.sample(range(len(made) - size), 2))
        if other - one >= size:
            made[one : one + size], made[other : other + size] = made[other : other + size], made[one : one + size]


CHANGES = (_flip, _flip, _put, _cut, _double, _word, _word, _swap)
