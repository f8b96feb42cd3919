"""Which form a file belongs to, by its name."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from trialkit.errors import IntakeError
from trialkit.model import Form
from trialkit.spec.file_names import file_patterns


def assign(path: Path, forms: Mapping[str, Form]) -> Form | None:
    """The form whose file-name patterns match, letter case aside; None if none does.

    Raises IntakeError if several do.
    """
    name = Path(path).name.lower()
    found = [
        form for form in forms.values() if any(fnmatchcase(name, pattern.lower()) for pattern in file_patterns(form))
    ]
    if len(found) > 1:
        named = " and ".join(repr(form.id) for form in found)
        hint = "Rename the file, or narrow the forms' 'files' patterns."
        raise IntakeError(f"the file name fits the forms {named}", Path(path).name, hint)
    return found[0] if found else None
