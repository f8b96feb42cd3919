"""Study content as it was written: text, lists and mappings, each with the file and line it stands on."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Where:
    """A place in the study content: path relative to the study, line from 1; ``keys`` are the places inside it."""

    file: str = ""
    line: int = 0
    keys: dict[str, Where] = field(default_factory=dict, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file

    def at(self, *path: str) -> Where:
        """The place of a key inside (and of one inside that, and so on), as far as it is known."""
        inside = self.keys.get(path[0]) if path else None
        return inside.at(*path[1:]) if inside is not None else self


NOWHERE = Where()


@dataclass(frozen=True)
class Tree:
    """A YAML node read as text: None (empty), str, tuple of trees, or dict of trees.

    ``keys`` gives the place of each key of a mapping, with the places inside its value.
    """

    value: str | tuple[Tree, ...] | dict[str, Tree] | None
    where: Where = field(default=NOWHERE, compare=False)
    keys: dict[str, Where] = field(default_factory=dict, compare=False)

    def place(self) -> Where:
        """Where it stands, with the places of everything inside it."""
        return Where(self.where.file, self.where.line, self.keys)

    def plain(self) -> object:
        """The same content as plain str, list, dict and None."""
        if isinstance(self.value, dict):
            return {key: tree.plain() for key, tree in self.value.items()}
        if isinstance(self.value, tuple):
            return [tree.plain() for tree in self.value]
        return self.value


def tree_of(value: object, where: Where = NOWHERE) -> Tree:
    """Plain Python content as a Tree (for the Python API and tests)."""
    if isinstance(value, Tree):
        return value
    if isinstance(value, dict):
        inside = {str(k): tree_of(v, where) for k, v in value.items()}
        return Tree(inside, where, {k: Where(where.file, where.line, tree.keys) for k, tree in inside.items()})
    if isinstance(value, (list, tuple)):
        return Tree(tuple(tree_of(v, where) for v in value), where)
    if isinstance(value, bool):
        return Tree("true" if value else "false", where)
    return Tree(None if value is None else str(value), where)
