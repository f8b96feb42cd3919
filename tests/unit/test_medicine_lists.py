"""The medicines that rules name are those of the protocols, each with its washout."""

from __future__ import annotations

from tests.shipped import shipped
from trialkit.model import Rule


def named(rule: Rule) -> list[str]:
    """The coded names a rule is about."""
    return [name for test in rule.when.tests if test.column == "CMDECOD" for name in test.values]


def washout(rule: Rule) -> float:
    """The days before and after a dose that a rule looks at."""
    args = rule.args.value
    assert args["before"].value == args["after"].value
    days = float(args["before"].value)
    return days / 24 if args["unit"].value == "hours" else days


def test_rules_name_the_medicines_of_the_protocols() -> None:
    study = shipped()
    rules = study.forms["concomitant"].rules
    found = {name: washout(r) for key, r in rules.items() if key.startswith("cm.prohibited.") and r.kind == "overlap"
             for name in named(r)}  # fmt: skip
    watched = {name for key, r in rules.items() if key.startswith("cm.interaction.") for name in named(r)}
    for protocol in study.protocols.values():
        groups = protocol.medicines.values()
        assert found == {n: float(g.washout_days) for g in groups if g.level == "prohibited" for n in g.examples}
        assert watched == {n for g in groups if g.level == "monitor" for n in g.examples} - found.keys()
    assert set(named(rules["cm.prohibited.start"])) == found.keys()
