"""A model formula as terms: ``y ~ base + base:visit + arm * visit``.

The language of Wilkinson and Rogers (1973) Appl Stat 22, 392: ``+`` adds terms, ``:`` crosses them, ``a * b`` is
``a + b + a:b``, ``(a + b)^2`` crosses up to pairs, ``-`` takes terms away, ``0 +`` or ``- 1`` leaves the intercept
out, ``C(a)`` makes a factor of a numeric column, and backquotes hold a name with blanks in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from trialkit.methods.base import MethodError

Term = tuple[str, ...]
"""The variables of a term, () for the intercept."""

_TOKEN = re.compile(r"\s*(?:(`[^`]+`)|([^\W\d][\w.]*)|(\d+)|(\*\*|[-+*:^()~]))")


@dataclass(frozen=True)
class Formula:
    """A response, the terms (main effects first) and the variables that ``C()`` makes factors."""

    text: str
    response: str
    terms: tuple[Term, ...]
    factors: frozenset[str]

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables at the right, in order of appearance."""
        return tuple(dict.fromkeys(name for term in self.terms for name in term))


@lru_cache(maxsize=256)
def parse(text: str) -> Formula:
    """A formula from its text. Raises MethodError with what was expected and where."""
    reader = _Reader(text)
    response = reader.name("the response")
    reader.take("~")
    terms = reader.sum()
    if reader.token is not None:
        reader.refuse("an operator (+ - * : ^)")
    terms = tuple(sorted(terms, key=len))
    if not terms:
        raise MethodError(f"the formula {text!r} has no terms")
    return Formula(text, response, terms, frozenset(reader.factors))


class _Reader:
    """Recursive descent over the tokens; every method reads one kind of expression and returns its terms."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.factors = text, 0, set[str]()
        self.token: str | None = None
        self.next()

    def next(self) -> None:
        if not self.text[self.at :].strip():
            self.token = None
            return
        found = _TOKEN.match(self.text, self.at)
        if found is None:
            raise MethodError(f"the formula {self.text!r} cannot be read at {self.text[self.at :].strip()!r}")
        self.token, self.at = found.group(0).strip(), found.end()

    def refuse(self, wanted: str) -> None:
        raise MethodError(f"the formula {self.text!r} needs {wanted} where it has {self.token or 'nothing more'!r}")

    def take(self, token: str) -> None:
        if self.token != token:
            self.refuse(repr(token))
        self.next()

    def name(self, what: str) -> str:
        token = self.token or ""
        if not re.match(r"`|[^\W\d]", token):
            self.refuse(what)
        self.next()
        return token.strip("`")

    def sum(self) -> tuple[Term, ...]:
        made: dict[frozenset[str], Term] = {frozenset(): ()}
        sign = "+"
        if self.token in ("+", "-"):
            sign = self.token
            self.next()
        while True:
            self.add(made, sign)
            if self.token not in ("+", "-"):
                return tuple(made.values())
            sign = self.token
            self.next()

    def add(self, made: dict[frozenset[str], Term], sign: str) -> None:
        if self.token in ("0", "1"):
            keep = (self.token == "1") == (sign == "+")
            self.next()
            made.update({frozenset(): ()}) if keep else made.pop(frozenset(), None)
            return
        for term in self.product():
            if sign == "+":
                made.setdefault(frozenset(term), term)
            else:
                made.pop(frozenset(term), None)

    def product(self) -> tuple[Term, ...]:
        left = self.crossing()
        while self.token == "*":
            self.next()
            right = self.crossing()
            left = _distinct((*left, *right, *_cross(left, right)))
        return left

    def crossing(self) -> tuple[Term, ...]:
        left = self.power()
        while self.token == ":":
            self.next()
            left = _cross(left, self.power())
        return left

    def power(self) -> tuple[Term, ...]:
        base = self.atom()
        if self.token not in ("^", "**"):
            return base
        self.next()
        if not (self.token or "").isdigit():
            self.refuse("a whole number")
        made, times = base, int(self.token or 0)
        for _ in range(times - 1):
            made = _distinct((*made, *_cross(made, base)))
        self.next()
        return made

    def atom(self) -> tuple[Term, ...]:
        if self.token == "(":
            self.next()
            inner = tuple(term for term in self.sum() if term)
            self.take(")")
            return inner
        name = self.name("a column")
        if self.token == "(":
            name = self.factor(name)
        return ((name,),)

    def factor(self, function: str) -> str:
        if function != "C":
            raise MethodError(f"the formula knows no function {function!r}, only C(); make a column of it first")
        self.next()
        name = self.name("a column")
        self.factors.add(name)
        self.take(")")
        return name


def _cross(left: tuple[Term, ...], right: tuple[Term, ...]) -> tuple[Term, ...]:
    return _distinct(tuple(tuple(dict.fromkeys((*a, *b))) for a in left for b in right))


def _distinct(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """Each term once, whatever the order of its variables."""
    made: dict[frozenset[str], Term] = {}
    for term in terms:
        made.setdefault(frozenset(term), term)
    return tuple(made.values())
