"""Derivations as small tables (tests/derivations/*.yaml): rows, steps, expected rows; and the page made of them.

``python -m tests.derivation_cases FILE`` writes the page.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.small_tables import dataset, run, shown

FOLDER = Path(__file__).parent / "derivations"
INTRODUCTION = """\
# Derivations by example

Generated from `tests/derivations/`; do not edit. Each example is a test: the rows that come in, the steps, the rows
that must come out. "." is a missing value. The steps' arguments are explained in
[derivation steps](derivation-steps.md).
"""


@dataclass(frozen=True)
class Case:
    """One example. ``gives`` may leave columns out; ``lost`` are the losses by reason; ``text`` names columns that are
    text though they look like numbers or dates."""

    title: str
    rows: str
    do: list[dict[str, Any]]
    gives: str
    others: dict[str, str] = field(default_factory=dict)
    lost: dict[str, str] = field(default_factory=dict)
    text: list[str] = field(default_factory=list)


def chapters() -> dict[str, list[Case]]:
    """The examples of every file, by its title."""
    found = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        found[content["title"]] = [Case(**case) for case in content["cases"]]
    return found


def made(case: Case) -> tuple[list[str], dict[str, str]]:
    """The rows that come out (columns of ``gives``), sorted, and the losses by reason."""
    columns = case.gives.split("\n", 1)[0].split()
    key = tuple(columns)
    derived = run({"a": case.rows, **case.others}, dataset(*case.do, key=key), plain=case.text)
    ledger = derived.ledger[derived.ledger["lost"] > 0]
    lost = ledger.groupby("reason")["lost"].sum()
    return sorted(shown(derived.datasets["d"], *columns).splitlines()), {str(k): str(v) for k, v in lost.items()}


def wanted(case: Case) -> list[str]:
    return sorted(" ".join(line.split()) for line in case.gives.strip().splitlines()[1:])


def page() -> str:
    """All examples as Markdown."""
    parts = [INTRODUCTION]
    for title, cases in chapters().items():
        parts.append(f"## {title}\n")
        for case in cases:
            parts.append(f"### {case.title}\n")
            parts.append(_drawn(case.rows))
            parts += [f"and `{name}`\n\n{_drawn(rows)}" for name, rows in case.others.items()]
            parts.append(
                "```yaml\n" + yaml.dump(case.do, sort_keys=False, default_flow_style=None, width=110) + "```\n"
            )
            parts.append("gives\n\n" + _drawn(case.gives))
            parts += [f"and loses {count}: {reason}\n" for reason, count in case.lost.items()]
    return "\n".join(parts)


def _drawn(rows: str) -> str:
    return f"```text\n{rows.rstrip()}\n```\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
