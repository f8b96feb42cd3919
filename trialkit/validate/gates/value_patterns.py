"""Text that looks like an identifier. A pattern asks for a form that ordinary trial data do not take."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Sequence

from trialkit.model.allowance import Identifier
from trialkit.validate.gates.given_names import GIVEN

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_WEB = re.compile(r"(?i)\b(?:https?://|ftp://|www\.)\S+")
_NETWORK = re.compile(
    r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])|(?<![\w:])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:])"
)
_SOCIAL = re.compile(r"(?<![\w-])(?!000|666|9\d\d)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}(?![\w-])")
_PHONE = re.compile(
    r"(?<![\w+])(?:\+\d{1,3}[ .-]?(?:\(0?\d{1,4}\)[ .-]?)?\d(?:[ .-]?\d){6,12}"
    r"|\(\d{3}\) ?\d{3}[ .-]\d{4}|\d{3}([.-])\d{3}\1\d{4}|1-\d{3}-\d{3}-\d{4})(?![\w-])"
)
_DIALLED = re.compile(
    r"(?i)\b(?:phone|telephone|tel|mobile|cell|fax|call(?:ed)?)\b[^\d\n]{0,15}\d(?:[ .()-]?\d){5,13}\b"
)
_RECORD = re.compile(
    r"(?i)\b(?:MRN|medical record|chart|hospital|NHS)(?:\s*(?:no\.?|number|#|id))?\s*[:#]?\s*\d[\d -]{4,}\d\b"
)
_ACCOUNT = re.compile(
    r"(?i)\b(?:account|acct|policy|member|beneficiary|passport|licen[cs]e|insurance)\s*(?:no\.?|number|#|id)\s*[:#]?\s*"
    r"(?=[A-Z-]*\d)[A-Z0-9-]{5,}"
)
_DEVICE = re.compile(
    r"(?i)\b(?:serial|imei|vin|plate)\s*(?:no\.?|number|#|id)?\s*[:#]\s*(?=[A-Z-]*\d)[A-Z0-9-]{5,}"
    r"|\b(?:serial|plate)\s*(?:no\.?|number)\s+(?=[A-Z-]*\d)[A-Z0-9-]{5,}"
)
_STREET = re.compile(
    r"\b\d{1,5}[A-Za-z]?,? (?:[NSEW]\.? )?(?:[A-Z][\w'.-]+ ){1,3}"
    r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Place|Pl|Square|Sq|Terrace|Highway|Hwy)\b\.?"
    r"|(?i:\bP\.? ?O\.? box \d+)"
)
_BORN = re.compile(
    r"(?i)\b(?:DOB|born(?: on)?|birth(?:day| ?date)|date of birth)\b\W{0,3}"
    r"\d{1,4}[./ -](?:\d{1,2}|[a-z]{3,9})[./ -]\d{1,4}"
)
_OLD = re.compile(r"(?i)(?<!\d)(?:9\d|1[01]\d)[ -]?(?:years?|yrs?|y)[ -]?(?:old|o\b|of age)")
_TITLE = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof)\.? [A-Z][a-z'-]+(?: [A-Z][a-z'-]+)?")
_NAMED = re.compile(
    r"(?i:\b(?:patient|subject|wife|husband|mother|father|son|daughter|brother|sister|partner|named|name is)),? "
    r"([A-Z][a-z'-]+)\b"
)
_PAIR = re.compile(r"\b([A-Z][a-z'-]+),? (?:[A-Z]\. )?([A-Z][a-z'-]+)\b")
_BACK = re.compile(r"\b([A-Z][a-z'-]+), ([A-Z][a-z'-]+)\b")
_DAY = re.compile(
    r"(?<![\d-])(?:\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2})"
    r"|\d{1,2}[ -]?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*[ ,-]*\d{4})(?![\d-])",
    re.IGNORECASE,
)

_BETWEEN = "\0"


def looks_like(text: str) -> Iterator[Identifier]:
    """The kinds of identifiers that a cell's text looks like; each at most once."""
    for kind, test in LOOKS.items():
        if test(text):
            yield kind


def _network(text: str) -> bool:
    """An IPv4 or IPv6 address that exists; a time (12:30:45) is neither."""
    return any(_address(found) for found in _NETWORK.findall(text))


def _address(found: str) -> bool:
    try:
        ipaddress.ip_address(found)
    except ValueError:
        return False
    return found != "::"


def _name(text: str) -> bool:
    """A title with a name, a relation with a name, or a common given name beside another capitalized word."""
    if _TITLE.search(text):
        return True
    pairs = [found.groups() for found in _PAIR.finditer(text)]
    if any(first.lower() in GIVEN for first, _ in pairs):
        return True
    if any(second.lower() in GIVEN for _, second in (found.groups() for found in _BACK.finditer(text))):
        return True
    return any(found.lower() in GIVEN for found in _NAMED.findall(text))


LOOKS: dict[Identifier, Callable[[str], object]] = {
    "e-mail address": _EMAIL.search,
    "web address": _WEB.search,
    "network address": _network,
    "social security number": _SOCIAL.search,
    "telephone number": lambda text: _PHONE.search(text) or _DIALLED.search(text),
    "record number": _RECORD.search,
    "account number": _ACCOUNT.search,
    "vehicle or device number": _DEVICE.search,
    "street address": _STREET.search,
    "date of birth": _BORN.search,
    "age over 89": _OLD.search,
    "name": _name,
}
"""Kind of identifier -> test of a text."""


def kinds_in(texts: Sequence[str]) -> dict[Identifier, set[str]]:
    """Each kind of identifier that some text looks like, with those texts.

    All texts are first looked at as one, with a sign between them that no pattern takes: most columns hold nothing.
    """
    whole = _BETWEEN.join(texts)
    found = {kind: {text for text in texts if test(text)} for kind, test in LOOKS.items() if test(whole)}
    return {kind: told for kind, told in found.items() if told}


def has_day(text: str) -> bool:
    """Whether a text holds a whole date beside other words; a cell that is nothing but a date is none of free text."""
    found = _DAY.search(text)
    return bool(found) and any(sign.isalpha() for sign in _DAY.sub("", text).replace("T", ""))
