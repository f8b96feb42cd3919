"""Which protocol version was in force at a site on a day, in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime

from trialkit.errors import UsageError, did_you_mean
from trialkit.export.schedule import window
from trialkit.model.study import Approval, Parameter, Protocol, Study, Visit
from trialkit.words import many

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


def in_force(study: Study, site: str, day: str | date) -> str:
    """The version in force at a site on a day: since when, its approval on that day, its consent form, what comes
    next there, and its parameters.

    Raises UsageError for a site the study does not have, a day that is no date (YYYY-MM-DD), and a day before the
    site adopted its first version.
    """
    when = _day(day)
    if site not in study.header.sites:
        raise UsageError(f"there is no site {site!r}", hint=did_you_mean(site, study.header.sites))
    protocol = study.in_force(site, when)
    if protocol is None:
        raise UsageError(f"site {site} had adopted no protocol by {when}", hint=_first(study, site))
    since = study.header.sites[site].adopted[protocol.version]
    head = f"At site {site} on {when} protocol {protocol.version} is in force, since {since}."
    lines = [protocol.title, _approval(protocol.irb, when), _consent(protocol), *_next(study, site, when)]
    lines += [f"not adopted at site {site}: {', '.join(waiting)}"] if (waiting := _waiting(study, site)) else []
    return "\n".join([head, *(f"  {line}" for line in lines), *_parameters(protocol)])


def _day(day: str | date) -> date:
    if isinstance(day, date):
        return day.date() if isinstance(day, datetime) else day
    try:
        if _ISO.match(day):
            return date.fromisoformat(day)
        said = f"{day!r} is not written as a date"
    except ValueError as error:
        said = f"{day!r} is not a day of the calendar: {error}"
    raise UsageError(said, hint="Write it as YYYY-MM-DD, for example 2026-03-01.")


def _first(study: Study, site: str) -> str:
    adopted = study.header.sites[site].adopted
    if not adopted:
        return "The study states no adoption for it (schemas/study.yaml, sites: adopted)."
    version = min(adopted, key=lambda name: adopted[name])
    return f"Its first, {version}, comes into force on {adopted[version]}."


def until(irb: Approval) -> str:
    """How long an approval holds, the last day included."""
    return f"valid to {irb.expires_on}" if irb.expires_on else "with no last day on record"


def _approval(irb: Approval, day: date) -> str:
    """The approval as it stood on the day: given, not yet given, or run out."""
    given = f"{irb.board}, {irb.reference}, approved on {irb.approved_on}, {until(irb)}"
    if day < irb.approved_on:
        return f"NOT YET APPROVED on {day}: {given}"
    if irb.expires_on and day > irb.expires_on:
        return f"APPROVAL HAD EXPIRED on {day}, {_days(irb.expires_on, day)} after its last day: {given}"
    return f"approval: {given}"


def _days(start: date, end: date) -> str:
    return many((end - start).days, "day")


def _consent(protocol: Protocol) -> str:
    return f"consent form: {f'version {protocol.consent}' if protocol.consent else 'the protocol names no version'}"


def _next(study: Study, site: str, day: date) -> Iterator[str]:
    """What comes into force at the site after the day, in the order of the days."""
    later = sorted((on, version) for version, on in study.header.sites[site].adopted.items() if on > day)
    for on, version in later:
        yield f"next: protocol {version} comes into force at site {site} on {on}"
    if not later:
        yield f"next: no later adoption at site {site} is on record"


def _waiting(study: Study, site: str) -> list[str]:
    adopted = study.header.sites[site].adopted
    return [f"protocol {version}" for version in study.protocols if version not in adopted]


def _parameters(protocol: Protocol) -> Iterator[str]:
    """One line a parameter, in columns."""
    if protocol.parameters:
        yield "  parameters:"
    wide = max(map(len, protocol.parameters), default=0)
    for name, parameter in protocol.parameters.items():
        yield f"    {name:<{wide}}  {_value(parameter)}" + (f"  ({parameter.label})" if parameter.label else "")


def _value(parameter: Parameter) -> str:
    return f"{parameter.value} {parameter.unit}".rstrip()


def parameter_words(parameter: Parameter) -> str:
    """A parameter's value with unit, and its source."""
    return _value(parameter) + (f" (source: {parameter.source})" if parameter.source else "")


def visit_words(visit: Visit) -> str:
    """A visit's day, window and forms."""
    day = "no planned day" if visit.day is None else f"day {visit.day}, window {window(visit)} days"
    return f"{day}; forms: {', '.join(visit.forms) or 'none'}"
