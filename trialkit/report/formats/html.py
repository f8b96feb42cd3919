"""The report as one HTML page."""

from __future__ import annotations

from trialkit.report.formats.edition import Edition
from trialkit.report.page import html_text


def write(edition: Edition) -> bytes:
    """An HTML file in UTF-8."""
    return html_text(edition.page).encode()
