"""Column names that announce an identifier."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from trialkit.model.allowance import Identifier

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
WHOSE = ("first", "last", "given", "family", "middle", "maiden", "full", "patient", "subject", "participant", "legal",
         "person", "mother", "mothers", "father", "fathers", "spouse", "contact", "nick", "real")  # fmt: skip
"""Words that make the word "name" a person's."""
ANNOUNCED: dict[Identifier, tuple[str, ...]] = {
    "name": ("surname", "forename", "firstname", "lastname", "givenname", "familyname", "middlename", "fullname",
             "patientname", "subjectname", "patname", "ptname", "subjname", "initials", "subjinit", "patinit", "fname",
             "lname", "maidenname", "nickname"),
    "telephone number": ("phone", "telephone", "=tel", "=mobile", "cell phone", "cellphone", "fax", "phoneno",
                         "whatsapp"),
    "e-mail address": ("email", "e mail", "=mail", "emailaddress"),
    "web address": ("url", "website", "homepage", "web page", "facebook", "instagram"),
    "network address": ("=ip", "ip address", "ipaddress", "ipaddr", "mac address", "macaddress"),
    "street address": ("address", "=street", "=addr", "homeaddress", "streetaddress", "house number", "=city",
                       "=town", "home city"),
    "postal code": ("zip", "zipcode", "postcode", "postalcode", "postal code", "zip code", "zip5"),
    "social security number": ("ssn", "social security", "socialsecurity", "nationalid", "national id", "nino",
                               "tax id", "taxid"),
    "record number": ("mrn", "medical record", "medicalrecord", "hospital number", "hospno", "chart number",
                      "nhs number", "nhsno", "patient number"),
    "account number": ("=account", "account number", "accountno", "acct", "iban", "=insurance", "insurance number",
                       "policy number", "beneficiary", "passport", "=license", "=licence", "driver license",
                       "license number", "member id", "credit card"),
    "vehicle or device number": ("=plate", "license plate", "licence plate", "=vin", "=vehicle", "vehicle number",
                                 "device serial", "deviceserial", "serial number", "serialno", "imei", "udi"),
    "date of birth": ("dob", "birthdate", "dateofbirth", "date of birth", "birthday", "birth date", "brthdtc", "brthdt",
                      "brthdat"),
    "photograph": ("photo", "photograph", "=picture", "portrait", "fingerprint", "face image", "voice recording"),
}  # fmt: skip
"""Words (or runs of words) of a column name that announce each kind of identifier; with "=" they are the whole name."""


def words(name: str) -> list[str]:
    """The words of a column name in lower case: PATIENT_NAME, patientName and "Patient name" all have two."""
    return [word.lower() for word in _WORD.findall(name)]


def announced(name: str) -> Iterator[Identifier]:
    """The kinds of identifiers that a column name announces."""
    said = words(name)
    spaced = f" {' '.join(said)} "
    for kind, marks in ANNOUNCED.items():
        if any(_has(spaced, mark) for mark in marks) or (kind == "name" and _person(said)):
            yield kind


def _has(spaced: str, mark: str) -> bool:
    whole = mark.startswith("=")
    return spaced == f" {mark[1:]} " if whole else f" {mark} " in spaced


def _person(said: list[str]) -> bool:
    """NAME alone, or the name of somebody; not that of a site, a visit or a medicine."""
    return said == ["name"] or any(one in WHOSE and other == "name" for one, other in pairwise(said))
