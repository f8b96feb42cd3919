"""What a form may hold although it looks like an identifier, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from trialkit.model.tree import NOWHERE, Where

Identifier = Literal[
    "name", "telephone number", "e-mail address", "web address", "network address", "street address", "postal code",
    "social security number", "record number", "account number", "vehicle or device number", "date of birth",
    "age over 89", "date in free text", "photograph",
]  # fmt: skip
"""The kinds of identifiers that are looked for (the list of 45 CFR 164.514(b)(2), as far as text can show them)."""


@dataclass(frozen=True)
class Allowance:
    """Kinds of identifiers that are not looked for in a column; ``reason`` says why that is safe."""

    allow: tuple[Identifier, ...]
    reason: str
    place: Where = field(default=NOWHERE, compare=False, repr=False)
