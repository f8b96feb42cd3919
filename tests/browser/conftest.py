"""A report in headless Chromium: one browser, and the page opened in the light, the dark and a phone's width.

The page is one of the made-up study with every kind of display and hostile terms; ``TRIALKIT_PAGE`` names another
file (a demonstration's report). Without a browser the tests
are skipped; where ``TRIALKIT_NEED_BROWSER=1`` (as in ``.ci/run``) they fail.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tests.browser.in_page import UNFOLD
from tests.unit.test_report_hostile import HOSTILE
from tests.unit.test_report_page import SNAPSHOT, frames, report_of, results_of, study_of
from trialkit.model import ReportSpec
from trialkit.report import render

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


def refuse(why: str) -> None:
    """Skip, or fail where a browser is needed."""
    if os.environ.get("TRIALKIT_NEED_BROWSER") == "1":
        pytest.fail(f"{why}, and TRIALKIT_NEED_BROWSER=1 does not allow a skip")
    pytest.skip(f"{why}; the report is not tested in a browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium: ``TRIALKIT_CHROMIUM``, or the first of its usual names on the path."""
    program = os.environ.get("TRIALKIT_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not program:
        refuse("there is no chromium on the path, and TRIALKIT_CHROMIUM does not name one")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        refuse("playwright is not installed (pip install 'trialkit[dev]')")
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=program, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that is looked at."""
    named = os.environ.get("TRIALKIT_PAGE")
    if named:
        return Path(named).resolve()
    path = tmp_path_factory.mktemp("page") / "report.html"
    study, data = study_of(3), frames(3)
    terms = data["events"]["term"]
    data["events"]["term"] = terms.replace({"Zest": HOSTILE["long"], "Apathy": HOSTILE["right to left"]})
    path.write_text(
        render(results_of(study, data), study, in_groups(report_of()), SNAPSHOT, "trialkit x"), encoding="utf-8"
    )
    return path


def in_groups(report: ReportSpec) -> ReportSpec:
    """The report with its displays in groups of three, each with a heading, as a study's report has them."""
    displays = {
        name: replace(display, section=f"Group {at // 3 + 1}")
        for at, (name, display) in enumerate(report.displays.items())
    }
    return replace(report, displays=displays)


@dataclass
class Sight:
    """A page, what it asked the network for, and what its console said."""

    page: Any
    requests: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def sights(browser: Any, report: Path) -> Iterator[dict[str, Sight]]:
    """The report in the light and the dark on a desktop, and on a phone."""
    looks = {"light": (1280, 900, "light"), "dark": (1280, 900, "dark"), "phone": (390, 844, "light")}
    made = {}
    for name, (width, height, scheme) in looks.items():
        page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
        sight = made[name] = Sight(page)
        page.on("request", lambda request, into=sight.requests: into.append(request.url))
        page.on("console", lambda message, into=sight.said: into.append(message.text))
        page.on("pageerror", lambda error, into=sight.said: into.append(str(error)))
        page.goto(report.as_uri())
        if name != "phone":
            page.evaluate(UNFOLD)
    yield made
    for sight in made.values():
        sight.page.close()
