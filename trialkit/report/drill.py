"""The sets behind a page's numbers, packed once for its script."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trialkit.model.result import Results, Set
from trialkit.model.study import Study
from trialkit.model.table import SRC
from trialkit.report.standing import Standing, as_data
from trialkit.report.table import Cell

if TYPE_CHECKING:
    import pandas as pd

Opening = tuple[str, str, str]
"""A set's id, what of it the number counts ("subjects", "rows", "basis"), and the analysis that the number is of."""
UNKNOWN = -1
"""Position of a subject or word that there is not."""


@dataclass(frozen=True)
class Drill:
    """What numbers open to: the number of each opening, and the packed data that those numbers count."""

    openings: dict[Opening, int]
    data: str

    def opens(self, cell: Cell) -> int | None:
        """The number of a cell's opening; None if it does not open."""
        return self.openings.get((cell.set_id, cell.of, cell.analysis))


def drilled(results: Results, study: Study, cells: Iterable[Cell], analyses: Sequence[Standing]) -> Drill:
    """What the cells of a page open to, with the standing of its analyses."""
    openings: list[Opening] = sorted({(c.set_id, c.of, c.analysis) for c in cells if c.set_id in results.sets})
    numbers = {opening: i for i, opening in enumerate(openings)}
    return Drill(numbers, packed(results, study, openings, analyses))


def packed(results: Results, study: Study, openings: Sequence[Opening], analyses: Sequence[Standing]) -> str:
    """Subjects, source rows and sets for a page: JSON, deflated (zlib), as base64.

    A number's button carries the position of its opening. The JSON's parts: ``openings``, a list for each of set
    (position in ``sets``), what of it is counted, and analysis (position in ``analyses``, -1 for none); ``subjects``
    and ``words`` (texts); ``rows``, a list for each of form, file, row (its difference from the row before), numbering,
    upload and subject, texts as positions in ``words``, -1 for what is not known; ``sets``, the differences between
    neighboring positions of rows; ``people``, by set the same of its subjects, where they are not those of its rows;
    ``analyses``, their steps as positions in ``steps``.
    """
    sets = {name: i for i, name in enumerate(dict.fromkeys(name for name, _, _ in openings))}
    by = {one.id: i for i, one in enumerate(analyses)}
    wanted = [results.sets[name] for name in sets]
    subjects = sorted({s for made in wanted for s in made.subjects})
    sources = sorted({s for made in wanted for s in made.sources})
    at = {name: i for i, name in enumerate(subjects)}
    rows = _rows(results, study, sources, at)
    told = [as_data(study, one) for one in analyses]
    content = {
        "openings": [
            [sets[name] for name, _, _ in openings],
            [of for _, of, _ in openings],
            [by.get(analysis, UNKNOWN) for _, _, analysis in openings],
        ],
        "subjects": subjects,
        **rows,
        **_sets(wanted, at, sources, rows["rows"][-1]),
        **_once(told),
    }
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()


def _sets(wanted: Iterable[Set], at: dict[str, int], sources: list[int], owner: list[int]) -> dict[str, Any]:
    row_at = {name: i for i, name in enumerate(sources)}
    rows, people = [], {}
    for number, made in enumerate(wanted):
        mine, theirs = [row_at[s] for s in made.sources], [at[s] for s in made.subjects]
        rows.append(_steps(mine))
        if theirs != sorted({owner[i] for i in mine} - {UNKNOWN}):
            people[str(number)] = _steps(theirs)
    return {"sets": rows, "people": people}


def _once(analyses: list[dict[str, Any]]) -> dict[str, Any]:
    """The analyses with the steps that they share told once."""
    steps: dict[tuple[Any, ...], int] = {}
    made = [one | {"steps": [steps.setdefault(tuple(s), len(steps)) for s in one["steps"]]} for one in analyses]
    return {"analyses": made, "steps": list(steps)}


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
