"""``python -m tests.fuzz.run --seconds 600 [READER ...]``: mutated files through each reader until the time is over.

Wrong is: an exception other than IntakeError, more than ``--longest`` seconds for a file, memory beyond the cap, and
rows that another program reads otherwise. What goes wrong is written to ``tests/fuzz/found/`` and fails the run; a
file that taught something moves to ``tests/fuzz/seeds/`` and is tried by the test suite for ever.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.fuzz.mutate import mutated
from tests.fuzz.readers import READERS, Grid, Reader, frame_rows
from trialkit.errors import IntakeError
from trialkit.intake import cells_of, sources_in

HERE = Path(__file__).resolve().parent
MEMORY = 6 << 30
"""Bytes of address space for the whole run; a reader that asks for more gets a MemoryError, which is a failure."""


class TooLong(Exception):
    """A file took more than the time it may take."""


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Raises TooLong where the time is over (between two steps of Python; a C library is stopped by the job's own)."""

    def stop(*_: object) -> None:
        raise TooLong(f"more than {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def outcome(name: str, data: bytes, longest: int = 10) -> str:
    """ "" if the file is read as another program reads it, or refused in words; else what went wrong."""
    reader = READERS[name]
    try:
        with within(longest):
            rows = _rows(reader, data)
    except IntakeError as refused:
        return "" if refused.message else "refused without a word"
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return "".join(traceback.format_exception(error)[-4:])
    return _differs(reader, data, rows)


def _rows(reader: Reader, data: bytes) -> Grid:
    if reader.ending != ".zip":
        return frame_rows(cells_of(data, f"t{reader.ending}").frame)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "t.zip")
        path.write_bytes(data)
        for source in sources_in(path, (".csv",))[0]:
            if source.trouble is not None:
                raise source.trouble
            rows = frame_rows(cells_of(source.data(), source.name).frame)
            if source.member == "a.csv":
                return rows
    raise IntakeError("another member")


def _differs(reader: Reader, data: bytes, rows: Grid) -> str:
    """How another program reads the file, if it can, and otherwise than we do."""
    if reader.reference is None:
        return ""
    try:
        theirs = reader.reference(data)
    except Exception:
        return ""
    ours, theirs = _filled(rows), _filled(theirs)
    if reader.padded and len(ours) - len(theirs) < 80:
        ours = ours[: len(theirs)]
    pairs = list(zip(ours, theirs, strict=False))
    first = next((i for i, (one, other) in enumerate(pairs) if not _same(one, other)), -1)
    if first < 0 and len(ours) == len(theirs):
        return ""
    shown = f"row {first}: {ours[first]} and {theirs[first]}" if first >= 0 else f"{ours[-1:]} and {theirs[-1:]}"
    return f"wrong acceptance: {len(ours)} rows, the other program {len(theirs)}; {shown}"


def _same(one: list[Any], other: list[Any]) -> bool:
    """Whether rows are alike, numbers up to their last digit."""
    if len(one) != len(other):
        return False
    numbers = [isinstance(a, float) and isinstance(b, float) for a, b in zip(one, other, strict=True)]
    near = zip(one, other, numbers, strict=True)
    return all(math.isclose(a, b, rel_tol=1e-15) if number else a == b for a, b, number in near)


def _filled(rows: Grid) -> Grid:
    """The rows that are not blank: programs differ in what they call a row there."""
    return [row for row in rows if any(cell is not None and str(cell).strip() for cell in row)]


def fuzz(name: str, seconds: float, seed: int, longest: int = 10, files: int = 0) -> tuple[int, int, list[str]]:
    """(files tried, of these read, what went wrong) for a reader, until the time is over or ``files`` were tried."""
    rng = random.Random(f"{name} {seed}")
    pool, wrong, tried, read = READERS[name].starts(), [], 0, 0
    end = time.monotonic() + seconds
    while time.monotonic() < end and not (files and tried >= files):
        data = mutated(rng.choice(pool), rng)
        said = outcome(name, data, longest)
        tried += 1
        if said:
            wrong.append(_keep(name, data, said))
        elif len(pool) < 200 and _is_read(name, data):
            read += 1
            pool.append(data)
    return tried, read, wrong


def _is_read(name: str, data: bytes) -> bool:
    try:
        _rows(READERS[name], data)
    except IntakeError:
        return False
    return True


def _keep(name: str, data: bytes, said: str) -> str:
    path = HERE / "found" / f"{hashlib.sha256(data).hexdigest()[:12]}.{name}"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    return f"{path.name}: {said}"


def options_of(arguments: Sequence[str]) -> argparse.Namespace:
    """What was asked for: all readers if none is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("readers", nargs="*", metavar="READER", help=f"of {', '.join(READERS)}; all if none is named")
    parser.add_argument("--seconds", type=float, default=600.0, help="for each reader")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--longest", type=int, default=10, help="seconds a file may take")
    options = parser.parse_args(arguments)
    options.readers = options.readers or list(READERS)
    for name in options.readers:
        if name not in READERS:
            parser.error(f"there is no reader {name!r}; there are: {', '.join(READERS)}")
    return options


def main(arguments: Sequence[str]) -> int:
    """Fuzz the named readers, or all; 1 if anything went wrong."""
    options = options_of(arguments)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    failed = 0
    for name in options.readers:
        tried, read, wrong = fuzz(name, options.seconds, options.seed, options.longest)
        print(f"{name}: {tried:,} files tried, {read:,} of the first read, {len(wrong):,} wrong", flush=True)
        for said in wrong[:20]:
            print(said)
        failed += bool(wrong)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
