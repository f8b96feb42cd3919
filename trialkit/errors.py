"""Errors a user can cause, each with its exit code, and the voice they are told in."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

EXIT_CLEAN = 0
EXIT_FINDINGS = 1
EXIT_STUDY = 2
EXIT_INPUT = 3
EXIT_ANALYSIS = 4
EXIT_SNAPSHOT = 5
EXIT_STORE = 6
EXIT_INTERNAL = 70


class TrialkitError(Exception):
    """A mistake a user can mend: place, what is wrong, and what to do.

    Args:
        message: what was found and what was allowed.
        place: file and line ("schemas/forms/x.yaml:12"), "" if there is none.
        hint: what to do, "" if the message says it.
    """

    exit_code = EXIT_STUDY

    def __init__(self, message: str, place: str = "", hint: str = "") -> None:
        self.message, self.place, self.hint = message, place, hint
        super().__init__(self.text)

    @property
    def text(self) -> str:
        """The error as a user reads it: one line, and the hint indented below."""
        head = f"{self.place}  {self.message}" if self.place else self.message
        return f"{head}\n    {self.hint}" if self.hint else head


class StudyError(TrialkitError):
    """The study content is wrong (exit 2)."""


class StudyErrors(StudyError):
    """Several mistakes in the study content, told together."""

    def __init__(self, errors: Iterable[StudyError]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(error.text for error in self.errors))


class UsageError(TrialkitError):
    """The command or function was asked for something that does not exist (exit 2)."""


class IntakeError(TrialkitError):
    """A file cannot be read, or was refused (exit 3)."""

    exit_code = EXIT_INPUT


class AnalysisError(TrialkitError):
    """An analysis, derivation or rule could not be run (exit 4)."""

    exit_code = EXIT_ANALYSIS


class SnapshotError(TrialkitError):
    """A snapshot, lock or hash does not match (exit 5)."""

    exit_code = EXIT_SNAPSHOT


class StoreError(TrialkitError):
    """The store cannot be read or written (exit 6)."""

    exit_code = EXIT_STORE


def did_you_mean(wrong: str, allowed: Iterable[str]) -> str:
    """A hint that names the nearest allowed word, or lists a few of them."""
    words = [str(word) for word in allowed]
    near = get_close_matches(wrong, words, n=1, cutoff=0.6) or get_close_matches(
        wrong.lower(), [w.lower() for w in words], n=1, cutoff=0.6
    )
    if near:
        exact = next(w for w in words if w.lower() == near[0].lower())
        return f"Did you mean {exact!r}?"
    return f"Allowed: {', '.join(words[:12])}{' ...' if len(words) > 12 else ''}." if words else "There is none."
