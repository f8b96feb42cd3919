"""The sets behind a page's numbers, packed once for its script."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain
from typing import Any

from trialkit.model.result import Results, Set, set_of
from trialkit.model.study import Study
from trialkit.model.table import SRC
from trialkit.report.among import events_among
from trialkit.report.rows import Rows
from trialkit.report.scene import NOBODY
from trialkit.report.standing import Standing, as_data
from trialkit.report.table import Cell

Opening = tuple[str, str, str]
"""A set's id, what of it the number counts ("subjects", "rows", "basis", "shown"), and the analysis or listing that
the number is of."""
UNKNOWN = -1
"""Position of a subject or word that there is not."""


@dataclass(frozen=True)
class Drill:
    """What numbers open to: the number of each opening, and the packed data that those numbers count.

    ``shown`` are the ids of the sets of what a listing shows, by their source rows.
    """

    openings: dict[Opening, int]
    shown: dict[tuple[int, ...], str]
    data: str

    def opens(self, cell: Cell) -> int | None:
        """The number of a cell's opening; None if it does not open."""
        return self.openings.get((cell.set_id or self.shown.get(cell.sources, ""), cell.of, cell.analysis))


def drilled(results: Results, study: Study, cells: Iterable[Cell], analyses: Sequence[Standing], rows: Rows) -> Drill:
    """What the cells of a page open to, with the standing of its analyses and listings; ``rows`` are the results'."""
    cells = list(cells)
    shown = _shown(results, study, cells)
    sets = results.sets | dict([NOBODY]) | dict(shown.values())
    ids = {sources: name for sources, (name, _) in shown.items()}
    asked = dict.fromkeys((cell.set_id or ids.get(cell.sources, ""), cell.of, cell.analysis) for cell in cells)
    openings: list[Opening] = [opening for opening in asked if opening[0] in sets]
    among = events_among(rows, sets, dict.fromkeys((by, name) for name, of, by in openings if of == "basis"))
    numbers = {opening: i for i, opening in enumerate(openings)}
    return Drill(numbers, ids, packed(replace(results, sets=sets), study, openings, analyses, among))


def _shown(results: Results, study: Study, cells: Iterable[Cell]) -> dict[tuple[int, ...], tuple[str, Set]]:
    """The id and set of what listings show, by its source rows."""
    wanted = list(dict.fromkeys(cell.sources for cell in cells if cell.sources))
    every = sorted({source for sources in wanted for source in sources})
    whose = dict(zip(every, owners(results, study, every), strict=True))
    return {sources: set_of((who for s in sources if (who := whose[s])), sources) for sources in wanted}


def packed(
    results: Results,
    study: Study,
    openings: Sequence[Opening],
    analyses: Sequence[Standing],
    among: Mapping[tuple[str, str], tuple[str, ...]],
) -> str:
    """Subjects, source rows and sets for a page: JSON, deflated (zlib), as base64.

    A number's cell carries the position of its opening. The JSON's parts: ``openings``, a list for each of set
    (position in ``sets``), what of it is counted, and analysis (position in ``analyses``, -1 for none); ``events``, by
    opening the sets of the events within its set; ``subjects``
    and ``words`` (texts); ``rows``, a list for each of form, file, row (its difference from the row before), numbering,
    upload and subject, texts as positions in ``words``, -1 for what is not known; ``sets``, the differences between
    neighboring positions of rows; ``people``, by set the same of its subjects, where they are not those of its rows;
    ``analyses``, their steps as positions in ``steps``.
    """
    events = {
        str(i): among[by, name] for i, (name, of, by) in enumerate(openings) if of == "basis" and (by, name) in among
    }
    named = [name for name, _, _ in openings] + [name for within in events.values() for name in within]
    sets = {name: i for i, name in enumerate(dict.fromkeys(named))}
    by = {one.id: i for i, one in enumerate(analyses)}
    wanted = [results.sets[name] for name in sets]
    subjects = sorted(set().union(*(made.subjects for made in wanted)))
    sources = sorted(set().union(*(made.sources for made in wanted)))
    at = {name: i for i, name in enumerate(subjects)}
    rows = _rows(results, study, sources, at)
    told = [as_data(study, one) for one in analyses]
    content = {
        "openings": [
            [sets[name] for name, _, _ in openings],
            [of for _, of, _ in openings],
            [by.get(analysis, UNKNOWN) for _, _, analysis in openings],
        ],
        "events": {i: [sets[name] for name in within] for i, within in events.items()},
        "subjects": subjects,
        **rows,
        **_sets(wanted, at, sources, rows["rows"][-1]),
        **_once(told),
    }
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    return base64.b64encode(zlib.compress(text.encode(), 6)).decode()


def _sets(wanted: Sequence[Set], at: dict[str, int], sources: list[int], owner: list[int]) -> dict[str, Any]:
    import numpy as np

    places, owners = np.array(sources, dtype="int64"), np.array(owner, dtype="int64")
    sizes = [len(made.sources) for made in wanted]
    every = np.fromiter(chain.from_iterable(made.sources for made in wanted), "int64", sum(sizes))
    found = np.searchsorted(places, every)
    steps = np.diff(found, prepend=0)
    first = [end - size for size, end in zip(sizes, accumulate(sizes), strict=True) if size]
    steps[first] = found[first]
    mine, whose = steps.tolist(), owners[found].tolist()
    rows, people = [], {}
    for number, (made, size, end) in enumerate(zip(wanted, sizes, accumulate(sizes), strict=True)):
        theirs = [at[s] for s in made.subjects]
        rows.append(mine[end - size : end])
        if theirs != sorted(set(whose[end - size : end]) - {UNKNOWN}):
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
    """The source rows in order, column by column, and the words they use; what the results do not describe is -1."""
    import numpy as np
    import pandas as pd

    told = results.sources[results.sources.index.isin(sources)].reindex(sources)
    words: dict[str, int] = {}
    columns = {"row": _steps(told["row"].fillna(0).astype("int64").tolist())}
    for name in ("form", "file", "numbering", "upload"):
        codes, found = pd.factorize(told[name].astype(object))
        numbers = [words.setdefault(str(word), len(words)) for word in found]
        columns[name] = np.array([*numbers, UNKNOWN])[codes].tolist()  # the code of what is not known is -1: the last
    columns["subject"] = [at.get(who, UNKNOWN) for who in owners(results, study, sources)]
    order = ("form", "file", "row", "numbering", "upload", "subject")
    return {"words": list(words), "rows": [columns[name] for name in order]}


def owners(results: Results, study: Study, sources: Sequence[int]) -> list[str]:
    """The subject of each of these rows, as the last of the data sets that have it tells it; "" for nobody."""
    import numpy as np
    import pandas as pd

    made, places = np.full(len(sources), "", dtype=object), pd.Index(list(sources), dtype="int64")
    for name, frame in results.datasets.items():
        subject = study.datasets[name].subject if name in study.datasets else ""
        if subject in frame.columns and SRC in frame.columns:
            row = places.get_indexer(pd.Index(frame[SRC]))
            told = row >= 0
            made[row[told]] = frame[subject].array[told].astype(str)
    found: list[str] = made.tolist()
    return found
