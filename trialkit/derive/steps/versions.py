"""A step that asks the study which version of the protocol was in force at a site on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from trialkit.derive.base import At, Outcome, StepKind, kind_of
from trialkit.derive.frames import with_columns
from trialkit.errors import did_you_mean

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class VersionInForce:
    """The version of the protocol, or of the consent form that goes with it, in force at the row's site on its day."""

    into: str
    site: str
    date: str
    of: Literal["protocol", "consent"] = "protocol"


def version_in_force(frame: pd.DataFrame, args: VersionInForce, at: At) -> Outcome:
    """Rows with the version; missing before the site's first adoption, and where site or date is.

    Raises AnalysisError for a site that the study does not have, or a column that holds no dates.
    """
    import numpy as np
    import pandas as pd

    at.need(frame, [args.site, args.date])
    if kind_of(frame[args.date]) not in ("dates", ""):
        raise at.fail(f"{args.date} is not a date column", "Declare the field as 'type: date' in its form.")
    known: dict[tuple[str, date], str] = {}
    made = np.full(len(frame), None, dtype=object)
    for i, (site, day) in enumerate(zip(frame[args.site], frame[args.date], strict=True)):
        if not pd.isna(site) and not pd.isna(day):
            key = (str(site), pd.Timestamp(day).date())
            if key not in known:
                known[key] = _version(*key, args, at)
            made[i] = known[key] or None
    return Outcome(with_columns(frame, {args.into: made}))


def _version(site: str, day: date, args: VersionInForce, at: At) -> str:
    sites: dict[str, Any] = at.lookup.study.header.sites
    if site not in sites:
        raise at.fail(f"{args.site} holds {site!r}, which is no site of the study", did_you_mean(site, sites))
    protocol = at.lookup.study.in_force(site, day)
    return "" if protocol is None else protocol.version if args.of == "protocol" else protocol.consent


def _words(args: VersionInForce) -> str:
    return f"{args.into}: version of the {args.of} in force at {args.site} on {args.date}"


VERSIONS: dict[str, StepKind] = {
    "version_in_force": StepKind(
        "version_in_force", VersionInForce, _words, version_in_force,
    ),
}  # fmt: skip
