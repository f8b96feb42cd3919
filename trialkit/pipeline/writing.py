"""Writing results: what the disk refuses is the user's to mend, and is told as such."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trialkit.errors import UsageError


@contextmanager
def writing(out: Path) -> Iterator[None]:
    """For a block that only writes into ``out``. Raises UsageError (exit 2) for what the disk refuses."""
    try:
        yield
    except OSError as error:
        first = error.args[0] if error.args else ""
        said = error.strerror or (str(first[0][2]) if isinstance(first, list) and first else str(error))
        place = error.filename or out
        raise UsageError(f"{place} cannot be written to: {said}", hint="Name another folder.") from None


def write_whole(content: bytes, out: Path) -> Path:
    """Write a file whole or not at all, its folder made if need be; its path. Raises UsageError."""
    with writing(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        temporary = out.with_name(f".{out.name}.tmp")
        temporary.write_bytes(content)
        temporary.replace(out)
    return out


def folder_for(out: Path) -> Path:
    """A folder that is there and can be written to, made if need be; asked before a long computation.

    Raises UsageError.
    """
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
        probe = out / ".trialkit-probe"
        probe.touch()
        probe.unlink()
    return out
