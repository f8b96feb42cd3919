"""A number in a rule: written there, or held by a parameter of the protocol."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Amount:
    """``text`` as written (a number or an ISO date), or the id of a protocol ``parameter``. Empty: no bound at all.

    A parameter's value is that of the protocol version in force for the row's site and date.
    """

    text: str = ""
    parameter: str = ""

    def __bool__(self) -> bool:
        return bool(self.text or self.parameter)
