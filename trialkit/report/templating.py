"""Templates, style and environment of the HTML pages."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


def template_text(name: str) -> str:
    """A file of the templates folder."""
    return files("trialkit.report").joinpath("templates", name).read_text(encoding="utf-8")


def environment() -> Environment:
    """Templates that escape everything and know no undefined name."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    return Environment(
        loader=FunctionLoader(template_text), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
