"""Words in braces inside a shared rule: ``{date}`` is the form's date field, ``{=date-1}`` the day before the one in
its clean row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from trialkit.model.form import ROLES, Form
from trialkit.model.tree import Tree

_BRACE = re.compile(r"\{(=?)(\w+)([+-]\d+)?\}")
_LIST = re.compile(r"\{(key|fields|values)\}\Z")
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
        return _BRACE.sub(lambda found: self._word(*found.groups()), text)

    def _word(self, cell: str, name: str, days: str | None) -> str:
        if cell:
            return self._cell(name, days)
        if name in ("form", "title", "label"):
            return {"form": self.form.id, "title": self.form.title, "label": self._label()}[name]
        return self._role(name)

    def _label(self) -> str:
        return self.form.fields[self.field].label if self.field else self.form.title

    def _role(self, name: str) -> str:
        """The field that plays a role in the form."""
        if name == "each" and self.field:
            return self.field
        if name not in ROLES:
            raise Absent(f"is asked for {{{name}}}, which no form has; allowed: each, form, title, {', '.join(ROLES)}")
        found: str = getattr(self.form, name)
        if not found:
            raise Absent(f"names no {name} field")
        return found

    def _cell(self, name: str, days: str | None) -> str:
        """The cell of the clean row, or the day so many days after it; an empty cell takes the form's date."""
        field = self.form.fields[self._role(name)]
        own = self.form.example.get(field.name, "")
        text = own or self.form.example.get(self.form.date, "")
        if not text:
            raise Absent(f"has neither {field.name} nor a date in its example row")
        if days is not None:
            day = date.fromisoformat(text[:10] + _LENGTHS.get(len(text), ""))
            return (day + timedelta(int(days))).isoformat()
        if own:
            return text
        return f"{text[:10]}T00:00" if field.type == "datetime" else text[:10]

    def _list(self, name: str, tree: Tree) -> tuple[Tree, ...]:
        """The form's key, all its fields, or those outside the key."""
        fields = [one for one in self.form.fields if name != "values" or one not in self.form.key]
        return tuple(Tree(one, tree.where) for one in (self.form.key if name == "key" else fields))
