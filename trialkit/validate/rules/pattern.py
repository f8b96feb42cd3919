"""pattern: the whole text must match a regular expression."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trialkit.model import Form, Rule
from trialkit.model.texts import by_number
from trialkit.validate.kind import Kind, Problem, at_source
from trialkit.validate.rows import Rows

if TYPE_CHECKING:
    import numpy as np


_PIECE = re.compile(r"(?:(?P<kind>\\d|\[A-Z\])|(?P<plain>[A-Za-z0-9 _/-]))(?:\{(?P<times>\d+)\})?(?![*+?{])")
_SIGNS = {r"\d": "0", "[A-Z]": "X"}


@dataclass(frozen=True)
class Args:
    """``pattern``: a Python regular expression; the field's own when left out."""

    pattern: str = ""


def wanted(form: Form, rule: Rule, args: Args) -> str:
    """The expression this rule asks for."""
    return args.pattern or form.fields[rule.field].pattern


def mask(rows: Rows, rule: Rule, args: Args) -> np.ndarray:
    """True where the text does not match; each distinct text is tried once."""
    import numpy as np

    places, distinct = by_number(rows.frame[rule.field])
    match = re.compile(wanted(rows.form, rule, args)).fullmatch
    fits = np.fromiter(map(match, distinct.tolist()), dtype=bool, count=len(distinct))
    return ~np.append(fits, True)[places]


def say(rows: Rows, rule: Rule, args: Args) -> str:
    """The end of the sentence."""
    return f"is not written as {picture(wanted(rows.form, rule, args))}"


def picture(pattern: str) -> str:
    """A simple expression as a person would draw it: ``AB-00-X, where 0 is a digit, X a capital letter``.

    One that is not simple stays as it is.
    """
    drawn, at = "", 0
    while at < len(pattern):
        found = _PIECE.match(pattern, at)
        if found is None:
            return pattern
        drawn += (_SIGNS.get(found["kind"]) or found["plain"]) * int(found["times"] or 1)
        at = found.end()
    kinds = [words for piece, words in (("\\d", "0 is a digit"), ("[A-Z]", "X a capital letter")) if piece in pattern]
    return f"{drawn}, where {', '.join(kinds)}" if kinds else drawn


def problems(form: Form, forms: Mapping[str, Form], rule: Rule, args: Args) -> Iterator[Problem]:
    """What is wrong with the arguments."""
    field, text = form.fields[rule.field], wanted(form, rule, args)
    if not text:
        yield "the rule has no pattern", "Give it in args, or on the field."
    if field.type not in ("text", "time", "partial_date", "partial_datetime"):
        yield f"a pattern cannot be checked on the {field.type} field {field.name!r}", "Use kind range or codes."
    try:
        re.compile(text)
    except re.error as error:
        yield f"{text!r} is not a regular expression: {error}", ""


KIND = Kind("pattern", Args, mask, say, stage=2, fix=at_source, problems=problems, single=True, coded=True)
