"""The list of checks a study promises, and what keeps each promise."""

from __future__ import annotations

from dataclasses import dataclass, field

from trialkit.model.form import Severity
from trialkit.model.tree import NOWHERE, Where


@dataclass(frozen=True)
class Check:
    """One check of the validation plan, in words, and what carries it out.

    ``rules`` are rule ids, or patterns of them (``*.present``); ``gates`` are named gates of the package; ``reason``
    says why neither does. ``domain`` is the kind of data it is about.
    """

    id: str
    words: str
    domain: str = ""
    severity: Severity = "major"
    rules: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()
    reason: str = ""
    place: Where = field(default=NOWHERE, compare=False, repr=False)
