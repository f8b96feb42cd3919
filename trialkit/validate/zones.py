"""Time zones: a moment is written as the clock of its site showed it; time that has passed is counted in UTC."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialkit.validate.axis import Stretch
from trialkit.validate.plan import sites_of
from trialkit.validate.rows import Rows

if TYPE_CHECKING:
    import numpy as np


def zones_of(rows: Rows) -> np.ndarray | None:
    """The time zone of each row's site, None where it is not known; None at all if the study states no time zone."""
    if rows.plan is None or not any(site.timezone for site in rows.plan.study.header.sites.values()):
        return None
    named = {name: site.timezone or None for name, site in rows.plan.study.header.sites.items()}
    import numpy as np

    return np.array([named.get(site) for site in sites_of(rows)], dtype=object)


def in_utc(local: Stretch, zones: np.ndarray) -> Stretch:
    """Moments on the clocks of these time zones, in days, as days of UTC.

    Where the clock shows an hour twice, the moment is one of the two; an hour that it leaves out is taken as the
    moment at which it leaps. Moments of an unknown zone stay as they are written.
    """
    import numpy as np
    import pandas as pd

    low, high = local.low.copy(), local.high.copy()
    codes, names = pd.factorize(zones)
    for number, name in enumerate(names):
        at = (codes == number) & ~np.isnan(local.low)
        for end, first in ((low, True), (high, False)):
            end[at] = _utc(end[at], str(name), first)
    return Stretch(low, high)


def _utc(days: np.ndarray, zone: str, first: bool) -> np.ndarray:
    import numpy as np
    import pandas as pd

    clock = pd.DatetimeIndex(np.round(days * 86400).astype("int64").astype("datetime64[s]"))
    placed = clock.tz_localize(zone, ambiguous=np.full(len(clock), first), nonexistent="shift_forward")
    seconds = placed.tz_convert("UTC").tz_localize(None).to_numpy().astype("datetime64[s]").astype("int64")
    return np.asarray(seconds / 86400)
