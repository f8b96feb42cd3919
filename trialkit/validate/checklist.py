"""Is every check of the study's list carried out, and does every rule stand for a check?"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from trialkit.errors import StudyError, did_you_mean
from trialkit.model import Check, Study
from trialkit.validate.compiled import rules_of
from trialkit.validate.gates import GATES

LIST = "schemas/checklist.yaml"


def check_list(study: Study) -> Iterator[StudyError]:
    """What is wrong with the list of checks; nothing if the study has none.

    A check is carried out by rules or gates that exist, or says why it is not. A rule that no check names is told.
    """
    if not study.checklist:
        return
    known = [name for form in study.forms.values() for name in rules_of(form)]
    for check in study.checklist.values():
        yield from _carried(check, known)
    patterns = [name for check in study.checklist.values() for name in check.rules]
    exact = {name for name in patterns if not _open(name)}
    loose = [name for name in patterns if _open(name)]
    for form in study.forms.values():
        for rule in rules_of(form).values():
            if rule.id not in exact and not any(fnmatchcase(rule.id, name) for name in loose):
                yield StudyError(
                    f"rule {rule.id!r} carries out no check of {LIST}",
                    str(rule.place),
                    "Name it under 'rules' of the check it carries out, or add a check of your own.",
                )


def rules_for(check: Check, known: list[str]) -> list[str]:
    """The ids of the rules a check names, patterns resolved, in the order they are named."""
    found = [name for pattern in check.rules for name in known if _means(pattern, name)]
    return list(dict.fromkeys(found))


def _carried(check: Check, known: list[str]) -> Iterator[StudyError]:
    if not (check.rules or check.gates or check.reason):
        yield StudyError(
            f"check {check.id!r} is carried out by nothing", str(check.place), "Name rules or gates, or give a reason."
        )
    if check.reason and (check.rules or check.gates):
        yield StudyError(
            f"check {check.id!r} is carried out and has a reason why it is not",
            str(check.place.at("reason")),
            "Keep one of them.",
        )
    for pattern in check.rules:
        if not any(_means(pattern, name) for name in known):
            hint = did_you_mean(pattern, known)
            yield StudyError(f"there is no rule {pattern!r}", str(check.place.at("rules")), hint)
    for gate in check.gates:
        if gate not in GATES:
            yield StudyError(f"there is no gate {gate!r}", str(check.place.at("gates")), did_you_mean(gate, GATES))


def _open(pattern: str) -> bool:
    return any(sign in pattern for sign in "*?[")


def _means(pattern: str, name: str) -> bool:
    return fnmatchcase(name, pattern) if _open(pattern) else name == pattern
