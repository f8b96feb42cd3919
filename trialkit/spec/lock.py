"""The content lock: what a board approved never changes; an amendment is a new file."""

from __future__ import annotations

from pathlib import Path

from trialkit.errors import SnapshotError, StudyError
from trialkit.model.study import Study
from trialkit.spec.folder import is_there, text_of
from trialkit.spec.text import read_yaml

LOCK = "schemas/lock.yaml"
_HEAD = "# SHA-256 of each approved protocol file, written by 'trialkit check --lock'. Never edit by hand.\n"


def locked(root: Path) -> dict[str, str]:
    """The hashes on record, by file; empty if nothing was locked yet."""
    if not is_there(root, LOCK):
        return {}
    content = read_yaml(text_of(root, root / LOCK), LOCK).plain()
    return {str(k): str(v) for k, v in content.items()} if isinstance(content, dict) else {}


def protocol_files(study: Study) -> dict[str, str]:
    """Hashes of the study's protocol files as they are now."""
    return {name: sha for name, sha in study.digests.items() if name.startswith("schemas/protocols/")}


def verify(study: Study) -> tuple[str, ...]:
    """Protocol files that are not locked yet.

    Raises SnapshotError (exit 5) if a locked file changed or is gone.
    """
    now, on_record = protocol_files(study), locked(study.root)
    for name, sha in on_record.items():
        if now.get(name) != sha:
            what = "was changed after it was locked" if name in now else "was locked and is gone"
            raise SnapshotError(
                f"this approved protocol {what}",
                name,
                "Restore the file; write a change as an amendment: a new file with 'supersedes'.",
            )
    return tuple(sorted(now.keys() - on_record.keys()))


def lock(study: Study) -> tuple[str, ...]:
    """Lock the protocol files that are new; entries already there are never rewritten. Returns the new ones.

    Raises StudyError if the lock cannot be written.
    """
    new = verify(study)
    if not new:
        return ()
    entries = locked(study.root) | {name: protocol_files(study)[name] for name in new}
    text = _HEAD + "".join(f"{name}: {sha}\n" for name, sha in sorted(entries.items()))
    target = study.root / LOCK
    fresh = target.with_suffix(".tmp")
    try:
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(target)
    except OSError as error:
        hint = "Give yourself the right to write there."
        raise StudyError(f"the lock cannot be written: {error.strerror}", LOCK, hint) from None
    return new
