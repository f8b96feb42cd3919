"""Values in the base unit of what they measure, by the factors the study declares; nothing is converted by a guess."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialkit.model import Form
from trialkit.model.form import Field
from trialkit.validate.axis import numbers

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def unit_fields(form: Form, name: str) -> tuple[str, ...]:
    """The fields that tell the unit and the quantity of a field, if it has any."""
    field = form.fields.get(name)
    return tuple(filter(None, (field.unit_in, field.quantity_in))) if field and field.unit_in else ()


def measured(form: Form, frame: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, np.ndarray], pd.DataFrame]:
    """(the frame in base units, cells whose unit is not known, the columns as they were, of those that changed)."""
    changed, unclear = {}, {}
    for name, field in form.fields.items():
        if not field.unit_in or not len(frame):
            continue
        factor, offset = scales(field, frame)
        values = numbers(frame[name])
        lost = (factor != factor) & (values == values)
        if lost.any():
            unclear[name] = lost
        if ((factor != 1) | (offset != 0)).any():
            changed[name] = values * factor + offset
    return frame.assign(**changed) if changed else frame, unclear, frame[list(changed)]


def scales(field: Field, frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """(factor, offset) of each row's unit; NaN where the unit or what is measured is not known or not declared.

    Each distinct pair of quantity and unit is looked up once.
    """
    import numpy as np
    import pandas as pd

    unit, units = pd.factorize(frame[field.unit_in])
    what, names = pd.factorize(frame[field.quantity_in]) if field.quantity_in else (np.zeros(len(frame), int), None)
    table = np.full((len(names) + 1 if names is not None else 1, len(units) + 1, 2), np.nan)
    for i, name in enumerate(names if names is not None else [field.quantity]):
        quantity = field.quantities.get(str(name))
        for j, one in enumerate(units):
            found = quantity.unit(str(one)) if quantity else None
            if found:
                table[i, j] = found.factor, found.offset
    picked = table[what, unit]
    return picked[:, 0], picked[:, 1]
