"""How a site's own files are called and laid out, and which of its columns is which field of a form."""

from __future__ import annotations

from dataclasses import dataclass, field

from trialkit.model.form import Layout
from trialkit.model.tree import NOWHERE, Where


@dataclass(frozen=True)
class Mapping:
    """Files whose names fit ``files`` are files of ``form``, with column names of their own.

    ``columns`` maps their name of a column to the form's field; a column that is not named in it keeps its name.
    ``constants`` fills text fields that the files do not have. ``layout`` stands in place of the form's.
    """

    id: str
    form: str
    files: tuple[str, ...]
    columns: dict[str, str]
    constants: dict[str, str] = field(default_factory=dict)
    layout: Layout | None = None
    place: Where = field(default=NOWHERE, compare=False, repr=False)
