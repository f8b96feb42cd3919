"""What a reader meets: no barrier, no request, numbers that open, a phone that need not scroll sideways, paper."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from tests import make_pictures
from tests.browser import in_page

Sights = dict[str, Any]
MOST_OPENED = 1_000
"""Of so many numbers the dialog is filled; all are compared with the rows that the page has for them."""
LARGE = 5_000
"""Cells of a page on which axe leaves the contrast to our own reckoning of every text, which is quicker."""
CONTRAST = "color-contrast"


def violations(page: Any, what: str = "document", options: str = "{}") -> list[Any]:
    """What axe-core finds in a part of the page: [rule, elements]; ``options`` are of its run."""
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    short = "(r) => r.violations.map((v) => [v.id, v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200))])"
    return page.evaluate(f"axe.run({what}, {options}).then({short})")


@pytest.mark.parametrize("look", ["light", "dark"])
def test_axe_finds_no_violation(browser: Any, report: Path, look: str) -> None:
    """In the light every rule, in the dark those on colors."""
    page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme=look)
    page.goto(report.as_uri())
    small = page.evaluate("document.querySelectorAll('td').length") < LARGE
    page.evaluate(in_page.UNFOLD)
    page.evaluate(in_page.CUT)
    colors = f"{{runOnly: {['link-in-text-block', *([CONTRAST] if small else [])]}}}"
    every = f"{{rules: {{'{CONTRAST}': {{enabled: {str(small).lower()}}}}}}}"
    assert violations(page, options=colors if look == "dark" else every) == []
    page.locator("[data-o] > button").first.click()
    page.wait_for_selector("#drill[open]")
    assert violations(page, "'#drill'") == []
    page.close()


def test_axe_finds_what_is_wrong(browser: Any) -> None:
    page = browser.new_page()
    page.set_content("<html lang=en><title>x</title><main><h1>x</h1><button></button></main>")
    assert [rule for rule, _ in violations(page)] == ["button-name"]
    page.close()


@pytest.mark.parametrize("look", ["light", "dark"])
def test_every_text_has_contrast(sights: Sights, look: str) -> None:
    checked, low = sights[look].page.evaluate(in_page.CONTRAST)
    assert low == []
    assert checked > 300


def test_the_contrast_of_a_faint_text_is_too_low(browser: Any) -> None:
    page = browser.new_page()
    page.set_content("<body style='background:#fff'><p style='color:#999'>faint</p><svg><text y=9 fill='#eee'>x</text>")
    assert [text for text, _ in page.evaluate(in_page.CONTRAST)[1]] == ["faint", "x"]
    page.close()


def test_every_number_opens_to_its_rows(sights: Sights) -> None:
    page = sights["light"].page
    visited, wrong = page.evaluate(in_page.COUNT_ALL)
    assert wrong == []
    assert visited == page.evaluate("document.querySelectorAll('[data-o] > button').length") > 200


def test_a_dialog_shows_the_rows_of_its_number(sights: Sights) -> None:
    """Of a page with few numbers all of them, of a demonstration's every so many a number."""
    page = sights["light"].page
    many = page.evaluate("document.querySelectorAll('[data-o] > button').length")
    visited, wrong = page.evaluate(in_page.OPEN, max(1, many // MOST_OPENED))
    assert wrong == []
    assert visited >= min(many, MOST_OPENED)


def test_every_number_opens_or_its_display_says_why_not(sights: Sights) -> None:
    assert sights["light"].page.evaluate(in_page.CLOSED) == []


def test_a_number_opens_by_keyboard_and_gives_the_focus_back(sights: Sights) -> None:
    page = sights["light"].page
    buttons = page.locator("section.display [data-o] > button")
    for at in (0, 7, buttons.count() - 1):
        buttons.nth(at).scroll_into_view_if_needed()
        buttons.nth(at).focus()
        page.keyboard.press("Enter")
        page.wait_for_selector("#drill[open]")
        assert page.evaluate("document.activeElement.id") == "drill-close"
        page.keyboard.press("Escape")
        assert page.evaluate("document.getElementById('drill').open") is False
        assert buttons.nth(at).evaluate("(button) => button === document.activeElement")


def test_a_real_click_opens_and_a_hash_is_shown_in_full(sights: Sights) -> None:
    page = sights["phone"].page
    page.locator("section.display [data-o] > button:visible").first.click()
    page.wait_for_selector("#drill[open]")
    first = page.locator("#drill-rows .hash").first
    assert re.fullmatch("[0-9a-f]{12}", first.text_content())
    first.click()
    assert re.fullmatch("[0-9a-f]{64}", first.text_content())
    page.locator("#drill-close").click()
    assert page.evaluate("document.getElementById('drill').open") is False


def test_the_search_finds_titles_terms_and_footnotes(sights: Sights) -> None:
    page = sights["light"].page
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "find"
    term = page.locator("section.display tbody th[scope=row]").last.text_content().strip()
    page.fill("#find", term.upper())
    assert page.locator("#found button").count() >= 1
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert term.lower() in page.evaluate("document.activeElement.textContent").lower()
    page.fill("#find", "no such words anywhere")
    assert page.locator("#found-count").text_content() == "No places found"
    page.fill("#find", "")
    assert page.locator("#contents-list").is_visible()


@pytest.mark.parametrize("look", ["phone", "light"])
def test_nothing_scrolls_sideways(sights: Sights, look: str) -> None:
    page = sights[look].page
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"]
    assert page.evaluate(in_page.WIDER) == []


def test_the_index_stays_beside_the_text_and_on_a_phone_above_it(sights: Sights) -> None:
    boxes = {look: sights[look].page.evaluate(in_page.INDEX) for look in ("light", "phone")}
    assert boxes["light"]["sticky"] and boxes["light"]["right"] <= boxes["light"]["text"]
    assert not boxes["phone"]["sticky"]


def test_only_regions_that_scroll_take_the_focus(sights: Sights) -> None:
    for look in ("light", "phone"):
        assert sights[look].page.evaluate(in_page.REGIONS) == []


def test_no_heading_is_stranded_on_paper(sights: Sights, tmp_path: Path) -> None:
    from pypdf import PdfReader

    page, path = sights["light"].page, tmp_path / "report.pdf"
    headings, contents = page.evaluate(in_page.HEADINGS), page.evaluate("document.querySelector('nav').textContent")
    page.pdf(path=str(path), prefer_css_page_size=True)
    sheets = [sheet.extract_text() for sheet in PdfReader(path).pages]
    assert stranded(sheets, headings, contents) == []
    groups = page.eval_on_selector_all("nav p.section", "all => all.map((each) => each.textContent)")
    assert groups and not {squeezed(last_line(sheet)) for sheet in sheets} & set(map(squeezed, groups))
    assert len(sheets) > 3 and len(headings) > 10


def test_nothing_is_wider_than_its_paper(browser: Any, report: Path) -> None:
    page = browser.new_page(viewport={"width": 688, "height": 1000})  # what the margins leave of upright A4
    page.emulate_media(media="print")
    page.goto(report.as_uri())
    assert page.evaluate(in_page.CLIPPED) == []
    page.add_style_tag(content="table { min-width: 300mm }")
    assert page.evaluate(in_page.CLIPPED)
    page.close()


def stranded(sheets: list[str], headings: list[str], contents: str) -> list[str]:
    """The headings with which a sheet ends, but for the last sheet's; the lines of the contents are no headings."""
    found, before = [], ""
    for sheet in sheets[:-1]:
        before += squeezed(sheet)
        line = last_line(sheet)
        listed = squeezed(contents).count(squeezed(line)) if line else 0
        if of_heading(line, headings) and before.count(squeezed(line)) > listed:
            found.append(line)
    return found


def test_a_stranded_heading_is_told_from_a_line_of_the_contents() -> None:
    headings, contents = ["Table 1 Ages", "Table 2 Sexes"], "Table 1 Ages Table 2 Sexes"
    assert stranded(["Table 1 Ages", "Table 2 Sexes\nTable 1 Ages\n40", "Table 2 Sexes"], headings, contents) == []
    assert stranded(["Table 1 Ages\nTable 2 Sexes\nTable 1 Ages", "40"], headings, contents) == ["Table 1 Ages"]


def of_heading(line: str, headings: list[str]) -> bool:
    """Whether a line is a heading, or the first of its lines."""
    asked = squeezed(line)
    return any(squeezed(h) == asked or (len(asked) > 8 and squeezed(h).startswith(asked)) for h in headings)


def test_a_heading_is_known_by_its_first_line() -> None:
    headings = ["Table 14.2.4 Change in score, differences by day", "Sex"]
    assert of_heading("Table 14.2.4 Change in score,", headings) and of_heading("S ex", headings)
    assert not of_heading("Table 14", headings) and not of_heading("Sexes", headings)


def last_line(text: str) -> str:
    """The last line of a sheet that says something."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")


def squeezed(text: str) -> str:
    """A text without its spaces, which a PDF does not keep."""
    return re.sub(r"\s+", "", text)


def test_nothing_was_asked_of_the_network_and_the_console_is_silent(sights: Sights, report: Path) -> None:
    policy = sights["light"].page.evaluate("document.querySelector('meta[http-equiv]').content")
    assert policy.startswith("default-src 'none'; ") and "unsafe-eval" not in policy
    for look, sight in sights.items():
        assert sight.requests == [report.as_uri()], look
        assert sight.said == [], json.dumps(sight.said)


def test_each_display_has_its_picture(browser: Any, sights: Sights) -> None:
    shown = sights["phone"].page.eval_on_selector_all("section.display", "all => all.map((each) => each.id)")
    page = browser.new_page(viewport={"width": 390, "height": 600}, bypass_csp=True)
    page.goto(sights["phone"].page.url)
    taken = dict(make_pictures.pictures(page, tallest=300))
    page.close()
    assert [f"display-{name}" for name in taken] == shown
    assert all(picture.width == 390 and 100 < picture.height <= 300 for picture in taken.values())
    assert len({picture.tobytes() for picture in taken.values()}) == len(shown)
    rows = -(-len(shown) // 4)
    assert make_pictures.sheet(list(taken.values()), 100, 4).size == (4 * 108, rows * 158)
