"""Pictures of every display of a report: ``python -m tests.make_pictures demo/main.html docs/images/displays``.

One picture of each display at desktop width in the light, and one contact sheet each of all displays in the dark and
at a phone's width. Needs chromium, playwright (the ``dev`` extra) and ImageMagick.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

LOOKS: dict[str, tuple[int, Any]] = {"light": (1280, "light"), "dark": (1280, "dark"), "phone": (390, "light")}
"""Width in CSS pixels and color scheme of each look."""
TALLEST = 1100
"""CSS pixels of a display that are shown: a listing goes on like its first lines."""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


SHOW = """name => {
  document.querySelectorAll(".alone").forEach((each) => each.classList.remove("alone"));
  document.getElementById(name).classList.add("alone");
  scrollTo(0, 0);
}"""
"""Shows one display."""
ALONE = """
.page.indexed { display: block; max-width: 62rem }
main > *, header, nav, footer { display: none !important }
main > section.alone { display: block !important }
"""
"""A page as long as one display: a picture of a page of all of them takes seconds each."""


def pictures(page: Any, into: Path, tallest: int = TALLEST) -> list[Path]:
    """A picture of each display of an opened page, in its order; a display is named by its anchor."""
    into.mkdir(parents=True, exist_ok=True)
    page.add_style_tag(content=ALONE)
    taken = []
    for at, name in enumerate(page.eval_on_selector_all("section.display", "all => all.map((each) => each.id)")):
        page.evaluate(SHOW, name)
        height = page.evaluate("name => document.getElementById(name).getBoundingClientRect().bottom", name)
        page.set_viewport_size({"width": page.viewport_size["width"], "height": min(int(height) + 16, tallest)})
        path = into / f"{at:03d}-{name.removeprefix('display-')}.png"
        page.screenshot(path=path)
        taken.append(path)
    return taken


def small(source: Path, target: Path, colors: int = 64) -> None:
    """The same picture with few colors and without its date."""
    run("convert", source, "-strip", "-colors", colors, "-define", "png:compression-level=9", target)


def sheet(taken: list[Path], target: Path, width: int, columns: int) -> None:
    """One picture of all of them, each *width* pixels wide and cut at one and a half times that."""
    size = f"{width}x{width * 3 // 2}"
    cut = ["-resize", f"{width}x", "-crop", f"{size}+0+0", "+repage"]
    whole = target.with_suffix(".whole.png")
    run(
        "montage",
        *taken,
        *cut,
        "-tile",
        f"{columns}x",
        "-geometry",
        f"{size}+4+4",
        "-gravity",
        "north",
        "-background",
        "#888",
        whole,
    )
    small(whole, target)
    whole.unlink()


def run(*command: object) -> None:
    """Run a program; raises ``CalledProcessError`` when it fails."""
    subprocess.run([str(word) for word in command], check=True)


def main(report: Path, out: Path) -> None:
    """Take all pictures of *report* into the folder *out*, in place of those that are there."""
    program = os.environ.get("TRIALKIT_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as work, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=FLAGS)
        for look, (width, scheme) in LOOKS.items():
            page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
            page.goto(report.resolve().as_uri())
            taken = pictures(page, Path(work) / look)
            page.close()
            if look == "light":
                for path in taken:
                    small(path, out / path.name[4:])
            else:
                sheet(taken, out / f"all-{look}.png", 200, 12)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
