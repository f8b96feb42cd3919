"""Zip archives that do not remember when they were packed."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo


def redated(archive: bytes, moment: datetime) -> bytes:
    """The archive with the same members in the same order, all of that moment."""
    out = BytesIO()
    with ZipFile(BytesIO(archive)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            told = ZipInfo(name, moment.timetuple()[:6])
            told.compress_type, told.external_attr = ZIP_DEFLATED, 0o600 << 16
            new.writestr(told, old.read(name))
    return out.getvalue()
