"""The quick reader of text without quotes gives what the careful one gives, or leaves the file to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialkit.errors import IntakeError
from trialkit.intake import csv_file, read
from trialkit.model import Layout
from trialkit.model.texts import plainly

CELL = st.text(alphabet="a1 ä.\u2028\x0b", max_size=3)
LINE = st.one_of(st.lists(CELL, min_size=2, max_size=2), st.lists(CELL, max_size=4)).map(",".join)
FILE = st.tuples(
    st.sampled_from(["A,B", '"A","B"', "A,A", "A"]), st.lists(LINE, max_size=6), st.sampled_from(["\n", "\r\n"])
)


def carefully(data: bytes, name: str, layout: Layout) -> object:
    """As ``csv_file.content`` with the quick reader taken away."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_file, "plain_rows", lambda *given: None)
        return told(data, name, layout)


def told(data: bytes, name: str, layout: Layout) -> object:
    try:
        found = csv_file.content(data, name, layout)
    except IntakeError as error:
        return error.place, error.message
    frame = plainly(found.frame)
    return list(frame.columns), frame.to_numpy().tolist(), found.rows.tolist(), frame.dtypes.tolist()


@settings(max_examples=150, deadline=None)
@given(FILE, st.booleans(), st.sampled_from(["utf-8", "latin-1"]))
def test_the_two_readers_agree(parts: tuple[str, list[str], str], ended: bool, encoding: str) -> None:
    header, lines, end = parts
    text = end.join([header, *lines]) + (end if ended else "")
    data, layout = text.encode("utf-8" if encoding == "utf-8" else "latin-1", "replace"), Layout(encoding=encoding)
    assert told(data, "t.csv", layout) == carefully(data, "t.csv", layout)


@pytest.mark.parametrize("text", ["A,B\n1,2\n", "A,B\r\n1,2\r\n3,", '"A","B"\n x ,NA\n', "A,B\n,\n", "A;B,C\n1,2\n"])
def test_a_plain_file_is_read_quickly(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = carefully(text.encode(), "t.csv", Layout())
    monkeypatch.setattr(csv_file, "_records", None)
    assert told(text.encode(), "t.csv", Layout()) == wanted


def test_a_cell_over_the_cap_is_left_to_the_careful_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_file, "LONGEST_CELL", 10)
    (tmp_path / "t.csv").write_text("A,B\n1,2\n" + "x" * 11 + ",2\n")
    with pytest.raises(IntakeError, match="a cell is longer than 10 characters") as caught:
        read(tmp_path / "t.csv")
    assert caught.value.place == "t.csv:3"
