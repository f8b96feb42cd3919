"""The uploads a command names: files, zip archives, and folders with all that is in them."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trialkit.errors import IntakeError, UsageError

if TYPE_CHECKING:
    from trialkit.intake import Source


def upload_files(paths: Sequence[Path]) -> tuple[list[Source], list[str]]:
    """The uploads to read (files, and the members of zip archives), and the names of files that are none.

    Raises UsageError for a path that does not exist or holds no file to read, IntakeError for a folder that cannot
    be listed: files in it would be passed over.
    """
    from trialkit.intake import FORMATS, ZIP, Source, sources_in

    found: list[Source] = []
    ignored: list[str] = []
    for path in paths:
        if not _mode(path):
            raise UsageError(f"{path} does not exist", hint="Name an upload file, or the folder that holds them.")
        folder = stat.S_ISDIR(_mode(path))
        for file in _inside(path) if folder else [path]:
            ending = file.suffix.lower()
            if folder and (ending not in (*FORMATS, ZIP) or file.name.startswith(".") or _other_json(file)):
                ignored.append(file.name)
            elif ending == ZIP:
                inside, others = sources_in(file, tuple(FORMATS))
                found += inside
                ignored += others
            else:
                found.append(Source(file.name, file))
    if not found:
        raise UsageError(
            f"there is no file to read in {', '.join(str(p) for p in paths)}",
            hint=f"Files end with {', '.join((*FORMATS, ZIP))}.",
        )
    return found, ignored


def _other_json(file: Path) -> bool:
    """Whether a file found in a folder is JSON of another kind than data sets are."""
    from trialkit.intake import Source

    if file.suffix.lower() != ".json":
        return False
    try:
        return b"datasetJSONVersion" not in Source(file.name, file).data()
    except IntakeError:  # it is read, and refused then
        return False


def _mode(path: Path) -> int:
    """What the path is, 0 if it does not exist."""
    try:
        return path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return 0
    except OSError as error:
        raise _closed(path, error) from None


def _inside(folder: Path) -> list[Path]:
    def fail(error: OSError) -> None:
        raise _closed(Path(error.filename), error) from None

    found = (Path(name) / file for name, _, files in os.walk(folder, onerror=fail) for file in files)
    return sorted(path for path in found if path.is_symlink() or _plain(path))


def _plain(path: Path) -> bool:
    """Whether it is a file; one that does not tell is read, and refused then."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return True


def _closed(path: Path, error: OSError) -> IntakeError:
    hint = "Give yourself the right to read it, or name the files one by one."
    return IntakeError(f"cannot be opened: {error.strerror}", str(path), hint)
