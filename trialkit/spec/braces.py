"""Words in braces inside a shared rule, and what they stand for in one form.

``{date}`` is the form's date field, ``{=date-1}`` the day before the one in its clean row, ``{date@2026-01-31}`` a
day as that field is written, ``{latest}`` the latest day in the clean row. ``{value}`` is the first field outside the
key that is filled there, ``{other}`` another value of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from trialkit.model.form import DATES, ROLES, Field, Form
from trialkit.model.tree import Tree

_BRACE = re.compile(r"\{(=?)(\w+)([+-]\d+)?(@\d{4}-\d{2}-\d{2})?\}")
_LIST = re.compile(r"\{(key|fields|values)\}\Z")
WORDS = ("each", "value", "other", "latest", "form", "title")
_LENGTHS = {4: "-01-01", 7: "-01"}


class Absent(Exception):
    """The form does not have what a brace asks for; the text says what, after "form X"."""


@dataclass(frozen=True)
class Braces:
    """What the words stand for in one form; ``field`` is the one that ``{each}`` means."""

    form: Form
    field: str = ""

    def tree(self, tree: Tree) -> Tree:
        """Content with every brace filled in. Raises Absent if the form lacks a part that is asked for."""
        if isinstance(tree.value, str):
            if "{" not in tree.value:
                return tree
            whole = _LIST.match(tree.value)
            return Tree(self._list(whole[1], tree) if whole else self.text(tree.value), tree.where, tree.keys)
        if isinstance(tree.value, tuple):
            return Tree(tuple(self.tree(item) for item in tree.value), tree.where, tree.keys)
        if isinstance(tree.value, dict):
            keys = {self.text(key): where for key, where in tree.keys.items()}
            return Tree({self.text(key): self.tree(item) for key, item in tree.value.items()}, tree.where, keys)
        return tree

    def text(self, text: str) -> str:
        """A text with every brace filled in. Raises Absent."""
        return _BRACE.sub(lambda found: self._word(*found.groups()), text) if "{" in text else text

    def _word(self, cell: str, name: str, days: str | None, day: str | None) -> str:
        if day:
            return self._written(self.form.fields[self._role(name)], date.fromisoformat(day[1:]))
        if cell:
            return self._cell(name, days)
        if name == "latest":
            return max(self._days()).isoformat()
        if name in ("form", "title"):
            return self.form.id if name == "form" else self.form.title
        return self._changed() if name == "other" else self._role(name)

    def _role(self, name: str) -> str:
        """The field that plays a role in the form."""
        if name == "each" and self.field:
            return self.field
        if name == "value":
            return self._value().name
        if name not in ROLES:
            raise Absent(f"is asked for {{{name}}}, which no form has; allowed: {', '.join((*WORDS, *ROLES))}")
        found: str = getattr(self.form, name)
        if not found:
            raise Absent(f"names no {name} field")
        return found

    def _value(self) -> Field:
        """The first field outside the key that is filled in the clean row."""
        for field in self.form.fields.values():
            if field.name not in self.form.key and self.form.example.get(field.name):
                return field
        raise Absent("has no filled field outside its key in its example row")

    def _changed(self) -> str:
        """Another value of that field."""
        field = self._value()
        cell = self.form.example[field.name]
        if field.type in ("integer", "decimal"):
            return str(float(cell) + 1).removesuffix(".0")
        if field.type in DATES:
            return self._written(field, self._day(cell) + timedelta(1))
        return f"{cell} X"

    def _days(self) -> list[date]:
        """The days of the clean row, a date known in part as its first day."""
        cells = [self.form.example.get(one.name, "") for one in self.form.fields.values() if one.type in DATES]
        if not any(cells):
            raise Absent("has no date in its example row")
        return [self._day(cell) for cell in cells if cell]

    def _day(self, text: str) -> date:
        return date.fromisoformat(text[:10] + _LENGTHS.get(len(text), ""))

    def _written(self, field: Field, day: date) -> str:
        return f"{day.isoformat()}T00:00" if field.type == "datetime" else day.isoformat()

    def _cell(self, name: str, days: str | None) -> str:
        """The cell of the clean row, or the day so many days after it; an empty cell takes the row's latest date."""
        field = self.form.fields[self._role(name)]
        own = self.form.example.get(field.name, "")
        if own and days is None:
            return own
        day = self._day(own) if own else max(self._days())
        return (day + timedelta(int(days))).isoformat() if days is not None else self._written(field, day)

    def _list(self, name: str, tree: Tree) -> tuple[Tree, ...]:
        """The form's key, all its fields, or those outside the key."""
        fields = [one for one in self.form.fields if name != "values" or one not in self.form.key]
        return tuple(Tree(one, tree.where) for one in (self.form.key if name == "key" else fields))
