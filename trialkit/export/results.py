"""Results as files: long CSV, one number a row, with the ledger, the sets and where every source row came from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from trialkit.model.result import Results

if TYPE_CHECKING:
    import pandas as pd


def write_results(results: Results, out: Path) -> list[Path]:
    """Write results.csv, ledger.csv, sets.csv, sources.csv, datasets/<id>.csv and listings/<id>.csv into ``out``.

    Returns the paths written.
    Numbers are written with all their digits; a missing value is an empty cell; lines end with LF.
    """
    import pandas as pd

    for folder in ("datasets", *(["listings"] if results.listings else [])):
        (out / folder).mkdir(parents=True, exist_ok=True)
    members = [(set_id, "subject", s) for set_id, made in sorted(results.sets.items()) for s in made.subjects]
    members += [(set_id, "source", str(s)) for set_id, made in sorted(results.sets.items()) for s in made.sources]
    tables = {
        "results.csv": results.rows,
        "ledger.csv": results.ledger,
        "sets.csv": pd.DataFrame(members, columns=["set_id", "kind", "member"]),
        "sources.csv": results.sources.rename_axis("source").reset_index(),
        **{f"datasets/{name}.csv": frame for name, frame in results.datasets.items()},
        **{f"listings/{name}.csv": listing.frame for name, listing in results.listings.items()},
    }
    return [_write(frame, out / name) for name, frame in tables.items()]


def _write(frame: pd.DataFrame, path: Path) -> Path:
    path.write_text(frame.to_csv(index=False, lineterminator="\n"), encoding="utf-8", newline="")
    return path
