"""The report as one HTML page."""

from __future__ import annotations

from trialkit.report.formats.edition import Edition
from trialkit.report.page import html_text


def write(edition: Edition) -> bytes:
    """An HTML file in UTF-8; what UTF-8 cannot hold (half a surrogate pair) is shown as its escape."""
    return html_text(edition.page).encode("utf-8", "backslashreplace")
