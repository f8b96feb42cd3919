"""The sets behind a page's numbers, packed once for its script."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from trialkit.model.result import Results, Set
from trialkit.model.study import Study
from trialkit.model.table import SRC

if TYPE_CHECKING:
    import pandas as pd

UNKNOWN = -1
"""Position of a subject or word that there is not."""


def packed(results: Results, study: Study, used: Iterable[str], analyses: Sequence[dict[str, Any]]) -> str:
    """Subjects, source rows and sets for a page: JSON, deflated (zlib), as base64.

    ``used`` are set ids; a number's button carries the position of its set in their sorted order (``positions``).
    The JSON's parts: ``subjects`` and ``words`` (texts); ``rows``, a list for each of form, file, row (its difference
    from the row before), numbering, upload and subject, texts as positions in ``words``, -1 for what is not known;
    ``sets``, pairs of differences between neighboring positions of subjects and of rows; ``analyses``.
    """
    wanted = [results.sets[name] for name in positions(results, used)]
    subjects = sorted({s for made in wanted for s in made.subjects})
    sources = sorted({s for made in wanted for s in made.sources})
    at = {name: i for i, name in enumerate(subjects)}
    content = {
        "subjects": subjects,
        **_rows(results, study, sources, at),
        "sets": _sets(wanted, at, sources),
        "analyses": list(analyses),
    }
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()


def positions(results: Results, used: Iterable[str]) -> dict[str, int]:
    """The number by which a page calls each set that it uses."""
    return {name: i for i, name in enumerate(sorted(name for name in set(used) if name in results.sets))}


def _sets(wanted: Iterable[Set], at: dict[str, int], sources: list[int]) -> list[list[list[int]]]:
    row_at = {name: i for i, name in enumerate(sources)}
    return [[_steps([at[s] for s in made.subjects]), _steps([row_at[s] for s in made.sources])] for made in wanted]


def _steps(numbers: list[int]) -> list[int]:
    """Each number as its difference from the one before, the first from 0."""
    return [after - before for before, after in zip([0, *numbers], numbers, strict=False)]


def _rows(results: Results, study: Study, sources: list[int], at: dict[str, int]) -> dict[str, Any]:
    """The source rows in order, column by column, and the words they use."""
    owner, told = owners(results, study), _described(results.sources)
    words: dict[str, int] = {}

    def word(text: str) -> int:
        return words.setdefault(text, len(words))

    columns: list[list[int]] = [[] for _ in range(6)]
    for source in sources:
        form, file, row, numbering, upload = told.get(source, ("", "", 0, "", ""))
        who = at.get(owner.get(source, ""), UNKNOWN)
        values = [word(form), word(file), row, word(numbering), word(upload)] if source in told else NOWHERE
        for column, value in zip(columns, (*values, who), strict=True):
            column.append(value)
    columns[2] = _steps(columns[2])
    return {"words": list(words), "rows": columns}


NOWHERE = [UNKNOWN, UNKNOWN, 0, UNKNOWN, UNKNOWN]
"""What is told of a source row that the results do not describe."""


def _described(sources: pd.DataFrame) -> dict[int, tuple[str, str, int, str, str]]:
    parts = [sources[name].tolist() for name in ("form", "file", "row", "numbering", "upload")]
    return {
        int(at): (str(form), str(file), int(row), str(numbering), str(upload))
        for at, form, file, row, numbering, upload in zip(sources.index.tolist(), *parts, strict=True)
    }


def owners(results: Results, study: Study) -> dict[int, str]:
    """The subject of each source row, as the data sets tell it."""
    made: dict[int, str] = {}
    for name, frame in results.datasets.items():
        subject = study.datasets[name].subject if name in study.datasets else ""
        if subject in frame.columns and SRC in frame.columns:
            made |= {int(s): str(who) for s, who in zip(frame[SRC], frame[subject], strict=True)}
    return made
