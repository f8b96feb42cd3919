"""The sets behind a page's numbers, packed once for its script."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from trialkit.model.result import Results
from trialkit.model.study import Study
from trialkit.model.table import SRC

if TYPE_CHECKING:
    import pandas as pd

SHORT = 12
"""Characters of an upload's hash that are shown."""


def packed(results: Results, study: Study, used: Iterable[str]) -> str:
    """JSON for a ``<script>`` element: subjects, source rows and, per set, positions in both.

    A source row is [form, file, row, numbering, upload, subject], texts as positions in ``words``, -1 for an unknown
    subject. Only the sets that are used, and what they hold, are in it; ``<``, ``>`` and ``&`` are escaped.
    """
    wanted = {name: results.sets[name] for name in sorted(set(used)) if name in results.sets}
    subjects = sorted({s for made in wanted.values() for s in made.subjects})
    sources = sorted({s for made in wanted.values() for s in made.sources})
    at = {name: i for i, name in enumerate(subjects)}
    row_at = {name: i for i, name in enumerate(sources)}
    words: dict[str, int] = {}
    rows = _rows(results, study, sources, at, words)
    sets = {name: [[at[s] for s in made.subjects], [row_at[s] for s in made.sources]] for name, made in wanted.items()}
    content = {"subjects": subjects, "words": list(words), "rows": rows, "sets": sets}
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _rows(results: Results, study: Study, sources: list[int], at: dict[str, int], words: dict[str, int]) -> list[Any]:
    """The source rows in order; a source the results do not describe is [-1, -1, 0, -1, -1, subject]."""
    owner = _owners(results, study)
    told = _described(results.sources)

    def word(text: str) -> int:
        return words.setdefault(text, len(words))

    made: list[Any] = []
    for source in sources:
        subject = at.get(owner.get(source, ""), -1)
        if source not in told:
            made.append([-1, -1, 0, -1, -1, subject])
            continue
        form, file, row, numbering, upload = told[source]
        made.append([word(form), word(file), row, word(numbering), word(upload[:SHORT]), subject])
    return made


def _described(sources: pd.DataFrame) -> dict[int, tuple[str, str, int, str, str]]:
    return {
        int(at): (str(r["form"]), str(r["file"]), int(r["row"]), str(r["numbering"]), str(r["upload"]))  # type: ignore
        for at, r in sources.to_dict("index").items()
    }


def _owners(results: Results, study: Study) -> dict[int, str]:
    """The subject of each source row, as the data sets tell it."""
    made: dict[int, str] = {}
    for name, frame in results.datasets.items():
        subject = study.datasets[name].subject if name in study.datasets else ""
        if subject in frame.columns and SRC in frame.columns:
            made |= {int(s): str(who) for s, who in zip(frame[SRC], frame[subject], strict=True)}
    return made
