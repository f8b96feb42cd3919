"""A large file checked some subjects at a time: the same findings as in one piece, in bounded memory.

The subject is the shard key. A first pass reads the column of subjects and deals them out to shards in the order in
which they appear; a second reads all columns part by part and checks a shard as soon as its last row has come. Where
the rows of a subject stand together, as in an export, at most two shards are waiting; a stray row keeps its own
shard waiting, no other.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from trialkit.errors import IntakeError
from trialkit.intake.parts import NotInParts, is_large, parts
from trialkit.model import Finding, Form, Study, Table
from trialkit.pipeline.gates import at_the_gates

if TYPE_CHECKING:
    import numpy as np

SHARD = 500_000
"""Rows of the subjects of a shard, about."""


def shardable(study: Study, path: Path) -> Form | None:
    """The form of a large file, if no rule looks at more than the rows of one of its subjects; else None."""
    from trialkit.intake import assign
    from trialkit.validate import asked_for, within_subject
    from trialkit.validate.bind import mistakes

    try:
        form = assign(path, study.forms) if is_large(path) else None
    except IntakeError:
        return None
    if form is None or mistakes(study):
        return None
    return form if within_subject(form) and not asked_for(study, [form.id]) else None


def in_shards(study: Study, path: Path, form: Form, blinded: bool) -> tuple[Table, list[Finding], int] | None:
    """(the file's table without its rows, what reading and checking it finds, how many rows it has).

    The findings are those of ``parse`` and ``check`` in one piece. Every rule must work within a subject. None if
    the file has to be read whole.
    """
    try:
        return _checked(study, path, form, blinded)
    except NotInParts:
        return None


def _checked(study: Study, path: Path, form: Form, blinded: bool) -> tuple[Table, list[Finding], int]:
    import numpy as np

    from trialkit.intake import parse
    from trialkit.validate import check

    shard, done = _dealt(path, form), 0
    found: list[Finding] = []
    last = _last(shard)
    waiting: dict[int, list[Table]] = {}
    for cells in parts(path, form.layout):
        if at_the_gates(study, cells, form, blinded):
            raise NotInParts
        table, unread = parse(cells, form)
        if any(finding.finding_class == "stop" for finding in unread):
            raise NotInParts
        found += unread
        of = shard[done : done + len(table.frame)]
        done += len(of)
        for number in set(of.tolist()):
            waiting.setdefault(number, []).append(_taken(table, of == number))
        for number in [number for number in waiting if last[number] < done]:
            found += check(_joined(waiting.pop(number)))
    return _taken(table, np.zeros(len(table.frame), dtype=bool)), found, done


def _dealt(path: Path, form: Form) -> np.ndarray:
    """The shard of each row; those without a known subject are shard 0."""
    import numpy as np
    import pandas as pd

    from trialkit.intake import parse

    alone = replace(form, fields={form.subject: form.fields[form.subject]})
    known: dict[str, int] = {}
    dealt, done = [], 0
    for cells in parts(path, form.layout, form.subject):
        table, found = parse(cells, alone)
        if any(finding.finding_class == "stop" for finding in found):
            raise NotInParts
        codes, subjects = pd.factorize(table.frame[form.subject])
        first = np.unique(codes[codes >= 0], return_index=True)[1]
        places = np.flatnonzero(codes >= 0)[first] + done
        own = [known.setdefault(s, 1 + int(p) // SHARD) for s, p in zip(subjects, places, strict=True)]
        dealt.append(np.array([*own, 0], dtype=np.int32)[codes])
        done += len(codes)
    if not dealt:
        raise NotInParts
    return np.concatenate(dealt)


def _last(shard: np.ndarray) -> np.ndarray:
    """The position of the last row of each shard."""
    import numpy as np

    last = np.zeros(shard.max() + 1, dtype=np.int64)
    last[shard] = np.arange(len(shard))
    return last


def _taken(table: Table, mask: np.ndarray) -> Table:
    if mask.all():
        return table
    unread = {name: bad[mask] for name, bad in table.unread.items()}
    raw = None if table.raw is None else table.raw[mask].reset_index(drop=True)
    frame = table.frame[mask].reset_index(drop=True)
    coded = {name: column[mask].reset_index(drop=True) for name, column in table.coded.items()}
    return replace(table, frame=frame, rows=table.rows[mask], unread=unread, raw=raw, coded=coded)


def _joined(tables: list[Table]) -> Table:
    import numpy as np
    import pandas as pd

    if len(tables) == 1:
        return tables[0]
    names = {name for table in tables for name in table.unread}
    nothing = [np.zeros(len(table.frame), dtype=bool) for table in tables]
    unread = {
        name: np.concatenate([table.unread.get(name, none) for table, none in zip(tables, nothing, strict=True)])
        for name in sorted(names)
    }
    raws = [table.raw for table in tables if table.raw is not None]
    return replace(
        tables[0],
        frame=pd.concat([table.frame for table in tables], ignore_index=True),
        rows=np.concatenate([table.rows for table in tables]),
        unread=unread,
        raw=pd.concat(raws, ignore_index=True) if raws else None,
        coded={},
    )
