"""pattern: the whole text must match a regular expression."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trialkit.model import Form, Rule
from trialkit.validate.kind import Kind, Problem, at_source
from trialkit.validate.rows import Rows

if TYPE_CHECKING:
    import numpy as np


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
    import pandas as pd

    places, distinct = pd.factorize(rows.frame[rule.field])
    match = re.compile(wanted(rows.form, rule, args)).fullmatch
    fails = np.array([match(str(text)) is None for text in distinct] + [False], dtype=bool)
    return fails[places]


def say(rows: Rows, rule: Rule, args: Args) -> str:
    """The end of the sentence."""
    return f"does not have the form {wanted(rows.form, rule, args)}"


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


KIND = Kind("pattern", Args, mask, say, stage=2, fix=at_source, problems=problems, single=True)
