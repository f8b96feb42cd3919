"""Findings as a person, a program or a spreadsheet reads them."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

from trialkit.export.findings import FINDING_FORMATS, as_csv, as_json, human
from trialkit.model import Finding

ONE = Finding(
    "scale", "scale.csv", 214, "TOT", "scale.sum", "query", "major", "the total is not the sum (expected 14)",
    "Correct it.", "41", "it drives the primary analysis", "S-0040", "103", "DAY 3", "line", "k",
)  # fmt: skip


def test_human_tells_place_value_why_and_fix() -> None:
    assert human([ONE], 9, 2914, note="dry run") == (
        "query[scale.sum] major: the total is not the sum\n"
        "  --> scale.csv:214  TOT  S-0040 · site 103 · DAY 3\n"
        "   |  value 41, expected 14\n"
        "   = why: it drives the primary analysis\n"
        "   = fix: Correct it.\n"
        "1 finding (0 stop, 1 query) in 1 file · 9 files, 2,914 rows checked · dry run\n"
    )


def test_human_tells_the_first_five_of_a_kind() -> None:
    text = human([replace(ONE, line=n) for n in range(1, 1301)], 1, 1)
    assert text.count("-->") == 5
    assert "... and 1,295 more of scale.sum" in text
    assert text.count("why:") == text.count("query[") == 1
    assert text.endswith("1,300 findings (0 stop, 1,300 query) in 1 file · 1 file, 1 row checked\n")


def test_human_puts_the_worst_first_and_counts_listings_only_if_there_are_some() -> None:
    stop = replace(ONE, finding_class="stop", rule="z", say="refused", line=0, field="", subject="", site="", visit="")
    text = human([replace(ONE, rule="a", severity="minor"), ONE, stop, replace(ONE, finding_class="listing")], 2, 5)
    heads = [line.split("]")[0] for line in text.splitlines() if line.startswith(("stop[", "query[", "listing["))]
    assert heads == ["stop[z", "query[scale.sum", "query[a", "listing[scale.sum"]
    assert "  --> scale.csv\n" in text
    assert "(1 stop, 2 query, 1 listing)" in text


def test_human_says_zero() -> None:
    assert human([], 3, 10) == "0 findings · 3 files, 10 rows checked\n"


def test_human_color_is_only_color() -> None:
    import re

    assert re.sub(r"\x1b\[[0-9;]*m", "", human([ONE], 1, 1, color=True)) == human([ONE], 1, 1)
    assert "\x1b" in human([ONE], 1, 1, color=True)


def test_data_cannot_write_to_the_terminal() -> None:
    nasty = replace(ONE, value="\x1b[2J\nquery[x]", say="odd \x07", subject="S\x1b]0;x")
    text = human([nasty], 1, 1)
    assert "\x1b" not in text
    assert "\x07" not in text
    assert len(text.splitlines()) == 6


def test_a_value_already_said_is_not_repeated_and_records_are_called_records() -> None:
    text = human([replace(ONE, say="Total 41 is outside 0 to 40", numbering="record")], 1, 1)
    assert "value" not in text
    assert "scale.csv:record 214" in text


def test_json_is_stable_and_whole() -> None:
    text = as_json([ONE, replace(ONE, line=3)], 9, 12)
    made = json.loads(text)
    assert made["schema"] == "trialkit.findings/1"
    assert made["counts"] == {"stop": 0, "query": 2, "listing": 0}
    assert [f["line"] for f in made["findings"]] == [3, 214]
    assert made["findings"][1]["class"] == "query"
    assert (made["files"], made["rows"], made["findings"][0]["key"]) == (9, 12, "k")
    assert as_json([replace(ONE, line=3), ONE], 9, 12) == text


def test_csv_holds_no_formulas() -> None:
    nasty = ["=1+1", "+1", "-1", "@x", "\tx", "\rx"]
    text = as_csv([replace(ONE, value=v, line=n) for n, v in enumerate(nasty)], 1, 1)
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["value"] for row in rows] == [f"'{v}" for v in nasty]
    assert rows[0]["line"] == "0"
    assert rows[0]["class"] == "query"
    assert rows[0]["say"] == ONE.say


def test_every_format_takes_the_same_arguments() -> None:
    for write in FINDING_FORMATS.values():
        assert "scale.sum" in write([ONE], 1, 1, color=False, note="x")
