"""Strict YAML: every scalar is text, every node knows its line; duplicate keys, tags and aliases are errors."""

from __future__ import annotations

import re
from typing import Any

import yaml

from trialkit.errors import StudyError
from trialkit.model.tree import Tree, Where

_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MARKS = re.compile("(?<![^\\s\\[{,:?\ufeff])[&*!]")
"""Where an anchor, alias or tag can begin: after a blank or what opens a node. Without one no token needs a look."""


class _Loader(_Safe):
    """Parses and does not look for numbers, dates and the like: every scalar is text."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:
        """The same tag for everything."""
        return ""

    def descend_resolver(self, parent: Any, index: Any) -> None:
        """Nothing depends on where a node stands."""

    def ascend_resolver(self) -> None:
        """Nothing depends on where a node stands."""


def read_yaml(text: str, file: str) -> Tree:
    """YAML text as a Tree.

    Raises StudyError, with file and line, for text that is not YAML, a duplicate key, a tag, an alias or anchor,
    a key that is not plain text, or more than one document.
    """
    try:
        for token in yaml.scan(text, Loader=_Loader) if _MARKS.search(text) else ():
            if isinstance(token, (yaml.AliasToken, yaml.AnchorToken, yaml.TagToken)):
                place = Where(file, token.start_mark.line + 1)
                raise StudyError("anchors, aliases and tags (& * !) are not read", str(place), "Write the value out.")
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        said = error.problem or error.context or "unreadable"
        raise StudyError(
            f"this is not YAML: {said}", f"{file}:{line}", "Check the indentation and the quotes on this line."
        ) from None
    except yaml.YAMLError as error:
        raise StudyError(f"this is not YAML: {error}", file, "Save the file as UTF-8 text.") from None
    return _tree(node, file) if node is not None else Tree({}, Where(file, 1))


def _tree(node: yaml.Node, file: str) -> Tree:
    where = Where(file, node.start_mark.line + 1, {})
    if isinstance(node, yaml.ScalarNode):
        empty = node.value == "" and not node.style
        return Tree(None if empty else node.value, where, where.keys)
    if isinstance(node, yaml.SequenceNode):
        return Tree(tuple([_tree(item, file) for item in node.value]), where, where.keys)
    return _mapping(node, file, where)


def _mapping(node: Any, file: str, where: Where) -> Tree:
    content: dict[str, Tree] = {}
    keys: dict[str, Where] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise StudyError("a key must be plain text", str(Where(file, line)))
        name = key.value
        if name in content:
            raise StudyError(
                f"{name!r} stands twice in this mapping (first on line {keys[name].line})",
                str(Where(file, line)),
                "Remove or rename one of them.",
            )
        content[name] = tree = _tree(value, file)
        keys[name] = tree.where if line == tree.where.line and not tree.keys else Where(file, line, tree.keys)
    return Tree(content, where, keys)
