"""Encoding, delimiter and decimal mark: detected only where one reading is possible, told, and refused where not."""

from __future__ import annotations

import pytest

from trialkit.errors import IntakeError
from trialkit.intake import cells_of, decimal_of
from trialkit.model import Field, Form, Layout

FORM = Form("t", "T", "1", {"K": Field("K", "k"), "W": Field("W", "w", "decimal")}, ("K",))
ANY = Layout("detect", "detect", "detect")


def decimal(text: str, layout: Layout = ANY) -> tuple[str, str]:
    return decimal_of(cells_of(text.encode(), "t.csv", layout), FORM, layout)


@pytest.mark.parametrize(
    ("text", "sign"),
    [("A,B\n1,2\n", "comma"), ("A;B\n1,5;2\n", "semicolon"), ("A\tB\n1\t2\n", "tab"), ("A|B\n", "bar")],
)
def test_the_delimiter_that_cuts_evenly(text: str, sign: str) -> None:
    cells = cells_of(text.encode(), "t.csv", ANY)
    assert list(cells.frame.columns) == ["A", "B"]
    assert f"the cells were found to be separated by a {sign}" in cells.notes


@pytest.mark.parametrize("text", ["A;B,C\n1;2,3\n", "A,B\n1;2\n", 'A,B\n1,"2\n'])
def test_a_delimiter_that_cannot_be_told(text: str) -> None:
    with pytest.raises(IntakeError, match="what separates the cells cannot be told"):
        cells_of(text.encode(), "t.csv", ANY)


def test_one_column() -> None:
    assert cells_of(b"A\nx\n", "t.csv", ANY).frame["A"].tolist() == ["x"]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [("A\nü\n".encode(), "utf-8"), ("A\nü\n".encode("utf-8-sig"), "utf-8"), ("A\nü\n".encode("utf-16"), "utf-16")],
)
def test_the_encoding(data: bytes, encoding: str) -> None:
    cells = cells_of(data, "t.csv", ANY)
    assert cells.frame["A"].tolist() == ["ü"]
    assert f"the encoding was found to be {encoding}" in cells.notes


@pytest.mark.parametrize("data", ["A\nü\n".encode("latin-1"), "A\nü\n".encode("utf-16-le")])
def test_an_encoding_that_cannot_be_told(data: bytes) -> None:
    with pytest.raises(IntakeError, match=r"which older encoding|NUL character"):
        cells_of(data, "t.csv", ANY)


@pytest.mark.parametrize(
    ("texts", "mark"), [(["1.5", "2"], "."), (["1,5", "2"], ","), (["1", "2"], "."), (["1,234", "0,5"], ",")]
)
def test_the_decimal_mark(texts: list[str], mark: str) -> None:
    assert decimal("K;W\n" + "".join(f"a;{t}\n" for t in texts))[0] == mark


@pytest.mark.parametrize(("texts", "words"), [(["1,5", "2.5"], "with a point (2.5)"), (["1,234"], "may be thousands")])
def test_a_decimal_mark_that_cannot_be_told(texts: list[str], words: str) -> None:
    with pytest.raises(IntakeError) as refused:
        decimal("K;W\n" + "".join(f"a;{t}\n" for t in texts))
    assert words in refused.value.message


def test_another_mark_than_declared_is_refused() -> None:
    layout = Layout(";")
    with pytest.raises(IntakeError, match="writes decimals with a comma, the layout says point"):
        decimal("K;W\na;1,5\nb;2,5\n", layout)
    assert decimal("K;W\na;1,5\nb;2.5\n", layout) == (".", "")
    assert decimal("K;W\na;1,5\nb;2\n", layout) == (".", "")
