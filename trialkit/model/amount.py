"""A number in a rule: written there, held by a parameter of the protocol, or the day the data are judged as of."""

from __future__ import annotations

from dataclasses import dataclass

TODAY = "today"


@dataclass(frozen=True)
class Amount:
    """``text`` as written (a number or an ISO date), or the id of a protocol ``parameter``. Empty: no bound at all.

    A parameter's value is that of the protocol version in force for the row's site and date. The text ``today`` is the
    day the data are judged as of.
    """

    text: str = ""
    parameter: str = ""

    def __bool__(self) -> bool:
        return bool(self.text or self.parameter)

    @property
    def today(self) -> bool:
        """Whether it is the day the data are judged as of."""
        return self.text == TODAY
