"""The outcome of a check -> one self-contained HTML page on the quality of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trialkit.validate.outcome import Outcome

__all__ = ["as_page"]


def as_page(outcome: Outcome) -> str:
    """The page as the text of one HTML file that asks for nothing from anywhere."""
    from trialkit.report.quality.page import compose
    from trialkit.report.templating import environment

    return environment().get_template("quality.html.j2").render(page=compose(outcome)) + "\n"
