"""Two protocol versions compared, as a person at a terminal or a program reads them."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from itertools import groupby

from trialkit.queries.protocols import Amended, Side
from trialkit.queries.protocols.declared import Judged
from trialkit.queries.protocols.told import reasons, total

SCHEMA = "trialkit.diff/1"
ABSENT = "(none)"


def as_json(found: Amended, width: int = 0) -> str:
    """One object: ``schema``, and the fields of ``Amended``. ``width`` changes nothing."""
    return json.dumps({"schema": SCHEMA, **asdict(found)}, ensure_ascii=False, indent=1) + "\n"


def human(found: Amended, width: int = 0) -> str:
    """Versions, differences by part with their reasons, what does not match, sites and re-consent.

    Lines are broken at ``width`` characters; 0 breaks none.
    """
    lines = [f"Protocol {found.old.version} compared with {found.new.version}", ""]
    lines += [*_side(found.old), *_side(found.new), ""]
    for part, group in groupby(found.found, key=lambda one: one.difference.part):
        lines += [part, *(line for one in group for line in _one(found, one)), ""]
    lines += _unmatched(found)
    lines += ["Sites", *_sites(found), ""]
    lines += ["Who signs again", *(f"  {line}" for line in found.reconsent), ""] if found.reconsent else []
    return "\n".join(part for line in [*lines, total(found)] for part in _wrapped(line, width)) + "\n"


def _side(side: Side) -> Iterator[str]:
    yield f"{side.version}: {side.title}"
    until = f"valid to {side.expires_on}" if side.expires_on else "with no last day on record"
    yield f"  approval: {side.board}, {side.reference}, approved on {side.approved_on}, {until}"
    yield f"  consent form: {side.consent or ABSENT}"
    yield f"  lock (SHA-256): {side.lock}"


def _one(found: Amended, one: Judged) -> Iterator[str]:
    d = one.difference
    place = ", ".join(word for word in (f"{d.item} ({d.id})" if d.id else "", d.what) if word)
    yield f"  {d.kind}: {place}"
    yield f"    - {d.old or ABSENT}"
    yield f"    + {d.new or ABSENT}"
    if found.declared:
        yield from (f"    {line}" for line in reasons(one))


def _unmatched(found: Amended) -> list[str]:
    if not found.unmatched:
        return []
    head = "Declared, but no difference of content (text only, or a form or check outside the protocol)"
    return [head, *(f"  {change}" for change in found.unmatched), ""]


def _sites(found: Amended) -> Iterator[str]:
    for site, first in found.old.adopted.items():
        then = found.new.adopted[site]
        yield f"  {site}: {found.old.version} {_from(first)}, {found.new.version} {_from(then)}"


def _from(day: str) -> str:
    return f"from {day}" if day else "not adopted"


def _wrapped(line: str, width: int) -> list[str]:
    if not width or len(line) <= width:
        return [line]
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    return textwrap.wrap(line, width, subsequent_indent=indent, break_on_hyphens=False)
