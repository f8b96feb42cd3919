"""Values of a protocol in words."""

from __future__ import annotations

from typing import Any

from trialkit.model.condition import Condition


def words(value: Any) -> str:
    """A value of study content in words; "" for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Condition):
        return value.words() if value else ""
    if isinstance(value, tuple):
        return ", ".join(map(words, value))
    if isinstance(value, dict):
        return ", ".join(f"{key} = {words(item)}" for key, item in value.items())
    return format(value, ".15g") if isinstance(value, float) else str(value)
