"""Is it clear in which units a field may be recorded?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trialkit.errors import StudyError, did_you_mean
from trialkit.model.form import Field, Form
from trialkit.model.units import Quantity

TABLE = "schemas/units.yaml"


def measure_problems(form: Form, field: Field, quantities: Mapping[str, Quantity]) -> Iterator[StudyError]:
    """What is wrong with the field that tells the unit, or with the quantity that is measured."""
    said = [name for name in ("unit_in", "quantity", "quantity_in") if getattr(field, name)]
    if not said:
        return
    place = str(field.place)
    if "unit_in" not in said or len(said) != 2:
        hint = "Give 'unit_in' and one of 'quantity' and 'quantity_in'."
        yield StudyError(f"field {field.name!r} does not say both what is measured and in which unit", place, hint)
        return
    if field.type not in ("integer", "decimal"):
        yield StudyError(f"field {field.name!r} is {field.type}: only numbers have units", place)
    for key in ("unit_in", "quantity_in"):
        name = getattr(field, key)
        if name and name not in form.fields:
            hint = did_you_mean(name, form.fields)
            yield StudyError(f"there is no field {name!r} in form {form.id!r}", str(field.place.at(key)), hint)
    known = field.quantities or quantities
    asked = form.fields[field.quantity_in].codes if field.quantity_in in form.fields else (field.quantity,)
    if field.quantity_in in form.fields and not asked:
        yield StudyError(f"field {field.quantity_in!r} has no codes: it cannot name quantities", place)
    for name in asked:
        if name and name not in known:
            yield StudyError(f"there is no quantity {name!r} in {TABLE}", place, did_you_mean(name, known))
