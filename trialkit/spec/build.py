"""Tree -> frozen dataclass, by the dataclass's own annotations; what does not fit is an error with its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from functools import cache, partial
from math import isfinite
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from trialkit.errors import StudyError, did_you_mean
from trialkit.model.amount import Amount
from trialkit.model.analysis import Step
from trialkit.model.condition import OPS, SEVERAL, Condition, Test
from trialkit.model.tree import Tree, Where
from trialkit.spec.names import id_problem

T = TypeVar("T")
_INTEGER = re.compile(r"[+-]?\d+\Z")
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\Z")


def build(cls: type[T], tree: Tree, key: str | None = None) -> T:
    """A dataclass from a mapping; ``key`` is the mapping's own key and fills a field called id or name.

    Raises StudyError (place, what was allowed) for an unknown or missing key or a value of the wrong type.
    """
    if not isinstance(tree.value, dict):
        raise StudyError(f"expected a mapping for {cls.__name__.lower()}, found {_said(tree)}", str(tree.where))
    known = content_fields(cls)  # type: ignore[arg-type]
    for name in tree.value:
        if name not in known:
            raise StudyError(f"unknown key {name!r}", str(tree.keys.get(name, tree.where)), did_you_mean(name, known))
    values: dict[str, Any] = {}
    for name, (attribute, hint) in known.items():
        if name in tree.value:
            values[attribute.name] = convert(hint, tree.value[name])
        elif key is not None and attribute.name in ("id", "name") and attribute.name == _identity(cls):  # type: ignore[arg-type]
            values[attribute.name] = key
        elif attribute.default is MISSING and attribute.default_factory is MISSING:
            raise StudyError(f"{name!r} is missing", str(tree.where), f"Add a line '{name}: ...' here.")
    if "place" in _hints(cls):  # type: ignore[arg-type]
        values["place"] = tree.place()
    check_id(cls, values, tree)
    return cls(**values)


@cache
def content_fields(cls: type) -> dict[str, tuple[Field[Any], Any]]:
    """The keys a dataclass may hold in YAML, each with its field and type."""
    hints = _hints(cls)
    return {
        str(attribute.metadata.get("key", attribute.name)): (attribute, hints[attribute.name])
        for attribute in fields(cls)
        if attribute.name != "place" and attribute.metadata.get("content", True)
    }


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


@cache
def _identity(cls: type) -> str:
    names = [attribute.name for attribute in fields(cls)]
    return next((name for name in ("id", "name", "version") if name in names), "")


def check_id(cls: type, values: dict[str, Any], tree: Tree) -> None:
    """Raises StudyError, at its line, for an id that cannot be one (see ``trialkit.spec.names``)."""
    name = _identity(cls) if cls.__module__.startswith("trialkit.model.") else ""
    problem = id_problem(cls, str(values[name])) if name in values else None
    if problem:
        raise StudyError(problem[0], str(tree.keys.get(name, tree.where)), problem[1])


def convert(hint: Any, tree: Tree) -> Any:
    """A tree as a value of the annotated type. Raises StudyError with the place."""
    return _reader(hint)(tree)


@cache
def _reader(hint: Any) -> Callable[[Tree], Any]:
    """What reads values of an annotated type: the annotation is looked into once, not for each value."""
    if hint is Tree:
        return _itself
    if hint in _READERS:
        return _READERS[hint]
    origin, args = get_origin(hint), get_args(hint)
    if origin is Literal:
        return partial(_choice, args)
    if origin in (Union, UnionType):
        read = _reader(next(a for a in args if a is not NoneType))
        return partial(_unless_empty, read) if NoneType in args else read
    if origin is tuple:
        return partial(_items, args[0])
    if origin is dict:
        return partial(_entries, args[1])
    if is_dataclass(hint) and isinstance(hint, type):
        return partial(build, hint)
    raise TypeError(f"no reader for {hint}")


def _itself(tree: Tree) -> Tree:
    return tree


def _unless_empty(read: Callable[[Tree], Any], tree: Tree) -> Any:
    return None if tree.value is None else read(tree)


def _items(hint: Any, tree: Tree) -> tuple[Any, ...]:
    if tree.value is None:
        return ()
    if isinstance(tree.value, tuple):
        read = _reader(hint)
        return tuple([read(item) for item in tree.value])
    if isinstance(tree.value, str) and hint in (str, int, float):
        return (convert(hint, tree),)
    raise StudyError(f"expected a list, found {_said(tree)}", str(tree.where))


def _entries(hint: Any, tree: Tree) -> dict[str, Any]:
    if tree.value is None:
        return {}
    if isinstance(tree.value, tuple) and hint is str:
        return {text: text for text in _items(str, tree)}
    if not isinstance(tree.value, dict):
        raise StudyError(f"expected a mapping, found {_said(tree)}", str(tree.where))
    if is_dataclass(hint) and isinstance(hint, type) and hint is not Tree and hint not in _READERS:
        return {name: _named(hint, item, name, tree.keys.get(name, item.where)) for name, item in tree.value.items()}
    read = _reader(hint)
    return {name: read(item) for name, item in tree.value.items()}


def _named(cls: type[T], tree: Tree, name: str, place: Where) -> T:
    """An entry of a keyed mapping, placed at its key; an entry that is just text fills the label."""
    if isinstance(tree.value, str) and "label" in content_fields(cls):  # type: ignore[arg-type]
        tree = Tree({"label": tree}, tree.where, {"label": tree.where})
    return build(cls, Tree(tree.value, place, tree.keys), name)


def _said(tree: Tree) -> str:
    if tree.value is None:
        return "nothing"
    if isinstance(tree.value, str):
        return f"the text {tree.value!r}"
    return "a list" if isinstance(tree.value, tuple) else "a mapping"


def _text(tree: Tree) -> str:
    if tree.value is None:
        return ""
    if not isinstance(tree.value, str):
        raise StudyError(f"expected text, found {_said(tree)}", str(tree.where), "Put quotes around a value with ':'.")
    return tree.value


def _scalar(pattern: re.Pattern[str], make: Callable[[str], T], what: str) -> Callable[[Tree], T]:
    def read(tree: Tree) -> T:
        text = _text(tree)
        if not pattern.match(text):
            raise StudyError(f"expected {what}, found {text!r}", str(tree.where))
        return make(text)

    return read


def _float(tree: Tree) -> float:
    number: float = _scalar(_DECIMAL, float, "a number")(tree)
    if not isfinite(number):
        raise StudyError(f"{_text(tree)!r} is too large a number", str(tree.where))
    return number


def _bool(tree: Tree) -> bool:
    text = _text(tree)
    if text not in ("true", "false"):
        raise StudyError(f"expected true or false, found {text!r}", str(tree.where))
    return text == "true"


def _date(tree: Tree) -> date:
    text = _text(tree)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise StudyError(f"expected a date like 2026-03-01, found {text!r}", str(tree.where)) from None


def _choice(allowed: tuple[Any, ...], tree: Tree) -> str:
    text = _text(tree)
    if text not in allowed:
        raise StudyError(f"{text!r} is not one of the choices here", str(tree.where), did_you_mean(text, allowed))
    return text


def _step(tree: Tree) -> Step:
    if not isinstance(tree.value, dict) or len(tree.value) != 1:
        raise StudyError("a step is one line 'kind: {...}'", str(tree.where))
    ((kind, args),) = tree.value.items()
    return Step(kind, args, tree.where)


def condition(tree: Tree) -> Condition:
    """``{FLAG: Y, DAYNUM: {above: 0}, KIND: {not: [A, B]}, NOTE: {missing: true}}`` as a Condition."""
    if tree.value is None:
        return Condition()
    if not isinstance(tree.value, dict):
        raise StudyError(f"expected conditions like {{COLUMN: value}}, found {_said(tree)}", str(tree.where))
    tests: list[Test] = []
    for column, item in tree.value.items():
        place = tree.keys.get(column, tree.where)
        if isinstance(item.value, dict):
            tests += [_test(column, op, value, place) for op, value in item.value.items()]
        else:
            tests.append(_test(column, "is", item, place))
    return Condition(tuple(tests))


def _test(column: str, op: str, item: Tree, place: Where) -> Test:
    if op not in OPS:
        raise StudyError(f"unknown comparison {op!r}", str(place), did_you_mean(op, OPS))
    values = _items(str, item)
    if not values or (op not in SEVERAL and len(values) != 1):
        raise StudyError(f"{op!r} needs {'a value' if not values else 'one value'}", str(place))
    if op == "missing" and values[0] not in ("true", "false"):
        raise StudyError(f"'missing' is true or false, found {values[0]!r}", str(place))
    return Test(column, op, values, place)  # type: ignore[arg-type]


def amount(tree: Tree) -> Amount:
    """``10``, ``2026-01-31`` or ``{parameter: name}`` as an Amount."""
    if not isinstance(tree.value, dict):
        return Amount(_text(tree))
    if set(tree.value) != {"parameter"}:
        wrong = next((name for name in tree.value if name != "parameter"), "")
        raise StudyError(
            f"expected a number or {{parameter: name}}, found the key {wrong!r}",
            str(tree.keys.get(wrong, tree.where)),
            "Write the number, or 'parameter' with the name of a parameter of the protocol.",
        )
    return Amount(parameter=_text(tree.value["parameter"]))


_READERS: dict[Any, Callable[[Tree], Any]] = {
    str: _text,
    int: _scalar(_INTEGER, int, "a whole number"),
    float: _float,
    bool: _bool,
    date: _date,
    Amount: amount,
    Condition: condition,
    Step: _step,
}
