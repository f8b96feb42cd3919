"""matplotlib's SVG with nothing in it that is not seen: a tenth of the bytes, the same picture.

Coordinates keep one decimal (a twentieth of a point is less than a pixel of a screen), styles become attributes that
are said once for a group, ids that nothing refers to go, and marks of one kind are one path.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from xml.etree import ElementTree

Element = ElementTree.Element
NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
INHERITED = (
    "font-size", "font-weight", "text-anchor", "fill", "fill-opacity", "stroke", "stroke-width", "stroke-linecap",
    "stroke-dasharray", "clip-path",
)  # fmt: skip
"""Attributes that a group may say for its children."""


def compact(text: str, name: str) -> Element:
    """The SVG file's root element, cleaned. ``name`` makes its ids unlike those of any other figure in a page."""
    root = ElementTree.fromstring(re.sub(r"<metadata>.*?</metadata>|<!DOCTYPE[^>]*>", "", text, flags=re.DOTALL))
    for element in root.iter():
        _plain(element)
    parts = [part for child in root for part in _flat(child, {})]
    _short_ids(parts, name)
    made = Element("svg")
    made.extend(_grouped(_merged(parts)))
    return made


def _plain(element: Element) -> None:
    """An element without name spaces, its style as attributes, its numbers short."""
    element.tag = element.tag.rpartition("}")[2]
    found = {key.rpartition("}")[2]: value for key, value in element.attrib.items()}
    for part in found.pop("style", "").split(";"):
        key, _, value = part.partition(":")
        if value and key.strip() != "font-family":  # one family, said once for the whole figure
            found[key.strip()] = value.strip()
    places = 2 if element.tag == "path" and "id" in found else 1  # a marker is small, and is drawn many times
    element.attrib = {
        key: NUMBER.sub(lambda m: _short(m[0], places), " ".join(value.split()))
        if key in ("d", "x", "y", "width", "height", "transform") else value
        for key, value in found.items()
    }  # fmt: skip
    if element.get("transform", "").startswith("rotate(-0 "):
        del element.attrib["transform"]
    if "d" in element.attrib:
        element.set("d", re.sub(r" ?([A-Za-z]) ?", r"\1", element.get("d", "")))
    element.tail = None
    element.text = element.text if element.tag == "text" else None


def _short(number: str, places: int) -> str:
    made = f"{float(number):.{places}f}".rstrip("0").rstrip(".")
    return "0" if made == "-0" else made


def _flat(element: Element, above: dict[str, str]) -> Iterator[Element]:
    """What is drawn, in order, each with the attributes of the groups around it; definitions stay as they are."""
    own = above | {key: value for key, value in element.attrib.items() if key in INHERITED or key == "opacity"}
    if element.tag == "style":
        return
    if element.tag == "g":
        inside = (part for child in element for part in _flat(child, own))
        yield from sorted(inside, key=_layer) if ".axis_" in element.get("id", "") else inside
    elif element.tag == "defs":
        if len(element) and any(child.tag != "style" for child in element):
            yield element
    elif own.get("opacity") != "0":
        element.attrib = {k: v for k, v in element.attrib.items() if k != "id"} | own
        yield element


def _layer(part: Element) -> int:
    """Of an axis: definitions, the grid, the ticks, the words, so that those of one look are neighbors."""
    return {"defs": 0, "path": 1, "use": 2}.get(part.tag, 3)


def _short_ids(parts: list[Element], name: str) -> None:
    """Ids of definitions of four signs and a number, in order of appearance."""
    begin = "f" + hashlib.sha256(name.encode()).hexdigest()[:6] + "-"
    defined = [e for part in parts if part.tag == "defs" for e in part.iter() if "id" in e.attrib]
    new = {element.get("id", ""): f"{begin}{i}" for i, element in enumerate(defined)}
    for part in parts:
        for element in part.iter():
            for key in ("id", "href", "clip-path"):
                value = element.get(key, "")
                old = value.removeprefix("url(").rstrip(")").lstrip("#")
                if old in new:
                    element.set(key, value.replace(old, new[old]))


def _merged(parts: list[Element]) -> Iterator[Element]:
    """Neighboring lines of one look as one path. Areas stay apart: where two overlap, both must be seen."""
    last: Element | None = None
    for part in parts:
        line = part.tag == "path" and part.get("fill") == "none" and "stroke-dasharray" not in part.attrib
        if line and last is not None and _look(last) == _look(part):
            last.set("d", last.get("d", "") + part.get("d", ""))
            continue
        yield part
        last = part if line else None


def _look(element: Element) -> dict[str, str]:
    return {key: value for key, value in element.attrib.items() if key != "d"}


def _grouped(parts: Iterator[Element]) -> Iterator[Element]:
    """Neighbors that share attributes under one group that says them."""
    group: Element | None = None
    for part in parts:
        shared = {key: value for key, value in part.attrib.items() if key in INHERITED}
        if part.tag == "defs" or not shared:
            group = None
            yield part
            continue
        if group is None or group.attrib != shared:
            group = Element("g", shared)
            yield group
        for key in shared:
            del part.attrib[key]
        group.append(part)
