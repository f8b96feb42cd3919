"""What a shared rule says of single forms, laid into its examples: cells of the row, further rules that fire."""

from __future__ import annotations

from trialkit.model.tree import Tree


def laid(rule: Tree, cells: dict[str, str], also: tuple[str, ...]) -> Tree:
    """The rule with these cells in the row of both examples, unless the example says otherwise, and these further
    rules in the firing one."""
    examples = inside(rule).get("examples")
    if not (cells or also) or examples is None:
        return rule
    both = {name: _over(one, cells) if cells else one for name, one in inside(examples).items()}
    if also and "fires" in both:
        named = Tree(tuple(Tree(one, examples.where) for one in also), examples.where)
        both["fires"] = _with(both["fires"], "also", named)
    return _with(rule, "examples", Tree(both, examples.where, examples.keys))


def inside(tree: Tree) -> dict[str, Tree]:
    """The content of a mapping, empty for anything else."""
    return tree.value if isinstance(tree.value, dict) else {}


def _over(example: Tree, cells: dict[str, str]) -> Tree:
    row = inside(example).get("row", Tree({}, example.where))
    under = {name: Tree(cell, example.where) for name, cell in cells.items()}
    keys = dict.fromkeys(cells, example.where) | row.keys
    return _with(example, "row", Tree(under | inside(row), row.where, keys))


def _with(tree: Tree, key: str, value: Tree) -> Tree:
    """A mapping with one entry more, or another one."""
    return Tree(inside(tree) | {key: value}, tree.where, tree.keys | {key: tree.keys.get(key, value.where)})
