"""Data sets drawn as small tables: text in, derivation steps, text out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from trialkit.derive import derive
from trialkit.derive.run import Derived
from trialkit.model import Dataset, Field, Form, Protocol, Study, StudyHeader, Tables, tree_of
from trialkit.spec import build


def study(*datasets: Dataset, **forms: list[str]) -> Study:
    """A study of data sets and forms {name: columns}, with nothing else."""
    made = {
        name: Form(name, name, "1", {c: Field(c, c) for c in columns}, ("S",), subject="S")
        for name, columns in forms.items()
    }
    empty: dict[str, Any] = {}
    return Study(
        None, StudyHeader("x", "x"), dict[str, Protocol](), made, {d.id: d for d in datasets}, {}, {}, {}, {}, empty, ""
    )  # type: ignore[arg-type]


def dataset(*steps: dict[str, Any], source: str = "a", key: tuple[str, ...] = ("S",), name: str = "d") -> Dataset:
    """A data set of subjects S made by steps from a form."""
    content = {"id": name, "label": "D", "from": source, "subject": "S", "key": list(key), "steps": list(steps)}
    return build(Dataset, tree_of(content))


def table(text: str, plain: Iterable[str] = ()) -> pd.DataFrame:
    """A table drawn as text: dates by their dashes, numbers as numbers, "." is missing; ``plain`` columns stay text."""
    head, *lines = (line.split() for line in text.strip().splitlines())
    frame = pd.DataFrame(
        [[None if cell == "." else cell.replace("_", " ") for cell in line] for line in lines], columns=head
    )
    for name in frame:
        known = frame[name].dropna()
        if name in plain:
            continue
        if known.str.fullmatch(r"\d{4}-\d\d-\d\d").all() and len(known):
            frame[name] = pd.to_datetime(frame[name]).astype("datetime64[ns]")
        elif known.str.fullmatch(r"-?\d+(\.\d+)?").all() and len(known):
            frame[name] = frame[name].astype(float)
    return frame


def run(data: dict[str, str], *datasets: Dataset, plain: Iterable[str] = ()) -> Derived:
    """The data sets derived from forms drawn as tables; the n-th form has the sources 100 n, 100 n + 1, ..."""
    frames, at = {}, 0
    for name, text in data.items():
        frames[name] = table(text, plain)
        frames[name]["_src"] = range(at, at + len(frames[name]))
        at += 100
    made = study(*datasets, **{name: [c for c in f if c != "_src"] for name, f in frames.items()})
    return derive(made, Tables(frames, pd.DataFrame()))


def shown(frame: pd.DataFrame, *columns: str) -> str:
    """A table as text again."""

    def cell(value: Any) -> str:
        if value is None or value != value:
            return "."
        if hasattr(value, "strftime"):
            return str(value.strftime("%Y-%m-%d"))
        return f"{value:g}" if isinstance(value, float) else str(value).replace(" ", "_")

    return "\n".join(" ".join(cell(v) for v in row) for row in frame[list(columns)].itertuples(index=False))
