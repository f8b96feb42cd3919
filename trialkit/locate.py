"""Where the study that ships with trialkit lies: the checkout's root, or the copy packed into the wheel."""

from __future__ import annotations

import os
from pathlib import Path

PACKED = "_study"
CONTENT = ("schemas", "analysis", "synthetic_data")


def shipped_study() -> Path:
    """The folder of the reference study.

    In a checkout (the package's parent holds pyproject.toml) it is the checkout's root, so that an editable
    install never reads a stale copy; else the packed study beside the package's files.
    """
    package = Path(__file__).resolve().parent
    if (package.parent / "pyproject.toml").is_file() and (package.parent / "schemas").is_dir():
        return package.parent
    return package / PACKED


def clock() -> str:
    """The time of an event, UTC, ISO 8601 to the second; SOURCE_DATE_EPOCH fixes it."""
    from datetime import datetime, timezone

    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    moment = datetime.fromtimestamp(int(epoch), timezone.utc) if epoch else datetime.now(timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
