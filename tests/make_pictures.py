"""Pictures of every display of a report: ``python -m tests.make_pictures demo/main.html docs/images/displays``.

One picture of each display at desktop width in the light, and contact sheets of all displays in the dark and at a
phone's width. Needs chromium, playwright and Pillow (the ``dev`` extra).
"""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

LOOKS: dict[str, tuple[int, Any]] = {"light": (1280, "light"), "dark": (1280, "dark"), "phone": (390, "light")}
"""Width in CSS pixels and color scheme of each look."""
TALLEST = 1100
"""CSS pixels of a display that are shown: a listing goes on like its first lines."""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
GRAY = "#888888"
ALONE = "main { margin: 0 auto } .display { margin: 1rem 0 } .back { display: none }"
SECTIONS = """() => {
  const main = getComputedStyle(document.querySelector("main"));
  return {
    width: main.width,
    style: document.querySelector("style").outerHTML,
    shown: [...document.querySelectorAll("section.display")].map((each) => [each.id, each.outerHTML]),
  };
}"""
"""The displays of a page, its style, and the room it gives a display."""
PUT = """html => {
  document.querySelector("main").innerHTML = html;
  scrollTo(0, 0);
  return document.querySelector("main").getBoundingClientRect().height;
}"""
"""Shows one display, says how tall it is."""


def pictures(page: Any, tallest: int = TALLEST) -> Iterator[tuple[str, Image.Image]]:
    """Each display of an opened page by the name of its anchor, in its order.

    Each stands alone on a page of the same style and width: a picture of a page of all of them takes seconds.
    """
    found, wide = page.evaluate(SECTIONS), page.viewport_size["width"]
    style = f"{found['style']}<style>main {{ width: {found['width']} }}{ALONE}</style>"
    page.set_content(f"<html lang=en>{style}<body><main></main>")
    left = max(0, int((wide - float(found["width"].removesuffix("px"))) / 2) - 14)
    for name, html in found["shown"]:
        height = min(int(page.evaluate(PUT, html)) + 32, tallest)
        clip = {"x": left, "y": 0, "width": wide - 2 * left, "height": height}
        data = page.screenshot(clip=clip, full_page=True)
        yield name.removeprefix("display-"), Image.open(io.BytesIO(data)).convert("RGB")


def save(picture: Image.Image, target: Path, colors: int = 64) -> None:
    """The picture with few colors, as a small PNG without a date."""
    picture.quantize(colors, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(target, optimize=True)


def sheet(taken: list[Image.Image], width: int, columns: int) -> Image.Image:
    """One picture of all of them, each *width* pixels wide and cut at one and a half times that."""
    tall, step = width * 3 // 2, width + 8
    rows = -(-len(taken) // columns)
    made = Image.new("RGB", (columns * step, rows * (tall + 8)), GRAY)
    for i, picture in enumerate(taken):
        scaled = picture.resize(
            (width, max(1, round(picture.height * width / picture.width))), Image.Resampling.LANCZOS
        )
        shown = scaled.crop((0, 0, width, min(tall, scaled.height)))
        made.paste(shown, (i % columns * step + 4, i // columns * (tall + 8) + 4))
    return made


def program() -> str | None:
    """The browser that is installed, or the one that TRIALKIT_CHROMIUM names."""
    return os.environ.get("TRIALKIT_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def main(report: Path, out: Path) -> None:
    """Take all pictures of *report* into the folder *out*, in place of those that are there."""
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*.png"):
        old.unlink()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program(), args=FLAGS)
        for look, (width, scheme) in LOOKS.items():
            page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
            page.goto(report.resolve().as_uri())
            taken = dict(pictures(page))
            page.close()
            if look == "light":
                for name, picture in taken.items():
                    save(picture, out / f"{name}.png")
            else:
                save(sheet(list(taken.values()), 200, 12), out / f"all-{look}.png")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
