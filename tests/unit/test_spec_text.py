"""Strict YAML: what stays text, what is refused, and with which place."""

from __future__ import annotations

import pytest

from trialkit.errors import StudyError
from trialkit.model import Form, Tree, tree_of
from trialkit.spec import build, read_yaml
from trialkit.spec.build import condition


@pytest.mark.parametrize("text", ["1.10", "NO", "0012", "12:30", "2026-03-01", "1_000", "0x1F", "true", "~", "1E5"])
def test_scalars_stay_text(text: str) -> None:
    assert read_yaml(f"x: {text}\n", "a.yaml").plain() == {"x": text}


def test_an_empty_value_is_none_and_an_empty_string_is_text() -> None:
    assert read_yaml("x:\ny: ''\n", "a.yaml").plain() == {"x": None, "y": ""}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "stands twice"),
        ("a: &x 1\nb: *x\n", 1, "anchors"),
        ("a: !!int 3\n", 1, "anchors, aliases and tags"),
        ('b: 1\na: {"x":*b}\n', 2, "anchors"),
        ("a:\n- [*b,&c 1]\n", 2, "anchors"),
        ("--- !a\nb: 1\n", 1, "tags"),
        ("\ufeff!a\n", 1, "tags"),
        ("a: [1, 2\nb: 3\n", 2, "not YAML"),
        ("? [a, b]\n: 3\n", 1, "plain text"),
        ("a:\n\t- 1\n", 2, "not YAML"),
    ],
)
def test_refused_with_place(text: str, line: int, words: str) -> None:
    with pytest.raises(StudyError, match=words) as caught:
        read_yaml(text, "forms/a.yaml")
    assert caught.value.place == f"forms/a.yaml:{line}"


FORM = "id: a\ntitle: A\nversion: 1.10\nkey: [X]\nfields:\n  X: {label: The X}\n"


def test_a_form_is_built_and_its_version_is_not_a_number() -> None:
    form = build(Form, read_yaml(FORM, "a.yaml"))
    assert form.version == "1.10"
    assert form.fields["X"].name == "X"
    assert (form.fields["X"].place.file, form.fields["X"].place.line) == ("a.yaml", 6)


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("title", "titel", 2, "Did you mean 'title'"),
        ("{label: The X}", "{label: The X, requird: true}", 6, "Did you mean 'required'"),
        ("{label: The X}", "{label: The X, type: integr}", 6, "Did you mean 'integer'"),
        ("{label: The X}", "{label: The X, min: small}", 6, "expected a number, found 'small'"),
        ("{label: The X}", "{label: The X, required: yes}", 6, "expected true or false, found 'yes'"),
        ("{label: The X}", "{type: text}", 6, "'label' is missing"),
        ("key: [X]", "key: {X: 1}", 4, "expected a list"),
        ("title: A\n", "", 1, "'title' is missing"),
    ],
)
def test_what_does_not_fit_is_told_with_place_and_help(old: str, new: str, line: int, words: str) -> None:
    with pytest.raises(StudyError) as caught:
        build(Form, read_yaml(FORM.replace(old, new), "a.yaml"))
    assert words in caught.value.text
    assert caught.value.place == f"a.yaml:{line}"


def test_conditions() -> None:
    made = condition(read_yaml("A: Y\nB: [1, 2]\nC: {above: 0, at_most: 9}\nD: {missing: true}\n", "c.yaml"))
    assert made.words() == "A is Y and B is 1 or 2 and C > 0 and C <= 9 and D is missing"


@pytest.mark.parametrize(
    "item", [{"C": {"abov": "1"}}, {"C": {"above": ["1", "2"]}}, {"C": {"missing": "yes"}}, {"C": []}]
)
def test_conditions_that_make_no_sense(item: dict[str, object]) -> None:
    with pytest.raises(StudyError):
        condition(tree_of(item))


def test_tree_of_keeps_content() -> None:
    assert tree_of({"a": [1, None, True], "b": Tree("x")}).plain() == {"a": ["1", None, "true"], "b": "x"}
