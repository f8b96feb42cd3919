"""What the protocol says of a row: the version in force for its site and date, and the parameters of that version.

The pipeline hands a ``Plan`` in with the rows. Nothing here knows the name of a form or a field: the site is the
form's own site field, or the site that the study's roster gives the subject.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from trialkit.model import Amount, Study
from trialkit.validate.axis import Stretch, constant, family, stretch, whole_day
from trialkit.validate.words import number_text

if TYPE_CHECKING:
    import numpy as np

    from trialkit.validate.rows import Rows

NONE, UNKNOWN = -1, -2
"""In place of a version's number: none was in force; it cannot be known."""
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Plan:
    """The study's protocols and sites. ``as_of`` is the day by which open time limits are judged, if there is one."""

    study: Study
    as_of: date | None = None

    def versions(self, sites: np.ndarray, days: Stretch) -> np.ndarray:
        """The number of the version in force for each site (text) and day (since 1970), NONE or UNKNOWN.

        Each distinct pair is looked up once. A day known in part has a version if all its days have the same.
        """
        import numpy as np

        first, last = self._at(sites, np.floor(days.low)), self._at(sites, np.floor(days.high))
        return np.where(first == last, first, UNKNOWN)

    def _at(self, sites: np.ndarray, days: np.ndarray) -> np.ndarray:
        import numpy as np
        import pandas as pd

        codes, names = pd.factorize(sites)
        found = np.full(len(sites), UNKNOWN)
        known = (codes >= 0) & ~np.isnan(days)
        if known.any():
            pairs = codes[known] * 10_000_000 + days[known].astype("int64") + 5_000_000
            distinct, back = np.unique(pairs, return_inverse=True)
            looked = [self._version(str(names[pair // 10_000_000]), int(pair % 10_000_000)) for pair in distinct]
            found[known] = np.array(looked)[back]
        return found

    def _version(self, site: str, day: int) -> int:
        if site not in self.study.header.sites:
            return UNKNOWN
        protocol = self.study.in_force(site, _EPOCH + timedelta(day - 5_000_000))
        return NONE if protocol is None else list(self.study.protocols).index(protocol.version)

    def values(self, parameter: str, versions: np.ndarray, kind: str = "decimal") -> np.ndarray:
        """A parameter in these versions, on the axis of the field type ``kind``; NaN where there is none."""
        import numpy as np

        held = [protocol.parameters.get(parameter) for protocol in self.study.protocols.values()]
        known = [float("nan") if one is None else float(constant(one.value, kind).low[0]) for one in held]
        return np.array([*known, float("nan"), float("nan")])[versions]


def sites_of(rows: Rows) -> np.ndarray:
    """Each row's site as text, None where it is not known."""
    import numpy as np

    if rows.form.site:
        return rows.frame[rows.form.site].to_numpy(dtype=object)
    roster = rows.plan.study.header.roster if rows.plan else ""
    if roster not in rows.others or not rows.form.subject:
        return np.full(len(rows), None, dtype=object)
    form, frame = rows.forms[roster], rows.others[roster]
    pairs = frame[[form.subject, form.site]].dropna().drop_duplicates()
    single = pairs[~pairs[form.subject].duplicated(keep=False)].set_index(form.subject)[form.site]
    return rows.frame[rows.form.subject].map(single).to_numpy(dtype=object)


def versions_of(rows: Rows, on: str = "") -> np.ndarray:
    """The number of the version in force for each row; ``on`` is the field of the date (the form's own date)."""
    import numpy as np

    name = on or rows.form.date
    if rows.plan is None or not name:
        return np.full(len(rows), UNKNOWN)
    return rows.plan.versions(sites_of(rows), stretch(rows.frame[name], rows.form.fields[name].type))


def amounts(rows: Rows, amount: Amount, kind: str = "decimal") -> np.ndarray:
    """An amount for each row on the axis of the field type ``kind``; NaN where no version is in force."""
    import numpy as np

    if not amount.parameter:
        one = float(constant(amount.text, kind).low[0]) if amount.text else float("nan")
        return np.broadcast_to(one, len(rows))
    if rows.plan is None:
        return np.full(len(rows), float("nan"))
    return rows.plan.values(amount.parameter, versions_of(rows), kind)


def bound(rows: Rows, amount: Amount, kind: str) -> Stretch:
    """What each row's value is compared with, on the axis of the field type ``kind``; NaN where it is unknown.

    The day the data are judged as of is the whole day for a moment, and unknown if none was named.
    """
    import numpy as np

    if not amount.today:
        ends = amounts(rows, amount, kind)
        return Stretch(ends, ends)
    nothing = np.full(len(rows), np.nan)
    if rows.plan is None or rows.plan.as_of is None:
        return Stretch(nothing, nothing)
    day = whole_day(rows.plan.as_of, kind)
    return Stretch(np.full(len(rows), day.low[0]), np.full(len(rows), day.high[0]))


def amount_text(value: float, kind: str) -> str:
    """A value on the axis of a field type as text: days as a date."""
    if family(kind) == "date":
        return (_EPOCH + timedelta(int(value))).isoformat()
    return number_text(value)


def amount_words(rows: Rows, amount: Amount, unit: str = "") -> str:
    """The amount as a person would say it: the number, the day, or what the protocol calls it."""
    if amount.today:
        return "the day the data were checked"
    if not amount.parameter:
        return f"{amount.text} {unit}".strip()
    protocols: Any = rows.plan.study.protocols.values() if rows.plan else ()
    named = [p.parameters[amount.parameter].label for p in protocols if amount.parameter in p.parameters]
    return f"the protocol's limit ({named[-1] if named and named[-1] else amount.parameter})"
