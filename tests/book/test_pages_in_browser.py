"""Every page as readers see it: on a telephone and on a desk, light and dark, with no other host in reach."""

import itertools
import re
from pathlib import Path

import pytest

from .conftest import contents

pytestmark = pytest.mark.browser

PAGES = [*contents(), "search", "genindex"]
VIEWS = [(page, width, mode) for page in PAGES for mode in ("light", "dark") for width in (375, 1280)]
INSPECT = (Path(__file__).parent / "inspect.js").read_text(encoding="utf-8")
FIGURE_TEXTS = (Path(__file__).parent / "figure_texts.js").read_text(encoding="utf-8")
TRANSPARENT = "rgba(0, 0, 0, 0)"


@pytest.fixture(scope="module", params=VIEWS, ids=lambda view: f"{view[0]}-{view[1]}-{view[2]}")
def view(request, browser, open_page):
    """One page opened once at one width in one mode, and everything that was noticed there."""
    page, width, mode = request.param
    noted = open_page(page, width, mode)
    return {**noted, **browser.execute_script(INSPECT, width), "width": width, "mode": mode}


def test_the_page_is_shown_in_the_mode_that_the_system_asks_for(view):
    assert view["theme"] == view["mode"]


def test_the_console_reports_no_error(view):
    assert view["messages"] == []


def test_every_request_goes_to_the_book_and_succeeds(view, address):
    for request in view["requests"]:
        if request["url"].startswith(("data:", "blob:")):
            continue
        assert request["url"].startswith(f"{address}/"), f"asks another host: {request['url']}"
        assert request["error"] is None, request
        assert request["status"] in (200, 304), request


def test_nothing_makes_the_page_scroll_sideways(view):
    assert view["tooWide"] == []
    assert view["pageWidth"] <= view["width"]


def test_images_are_there_and_fit(view):
    for image in view["images"]:
        assert image["loaded"] or not image["shown"], image
        assert image["right"] <= view["width"] + 1, image


def test_figures_follow_the_mode(view):
    figures = [image for image in view["images"] if image["article"] and image["source"].endswith(".svg")]
    for image in figures:
        assert image["background"] == TRANSPARENT
        assert image["filter"] == ("invert(1) hue-rotate(180deg)" if view["mode"] == "dark" else "none")


def test_formulas_are_set(view):
    assert view["formulasSet"] == view["formulas"]
    assert view["formulaErrors"] == []
    assert not re.search(r"\\[(\[]|\\(?:frac|sum|mathbf|tanh|partial|begin)\b", view["text"])


def test_text_stands_out_from_its_background(view):
    assert view["faintText"] == []


def overlap(first, second):
    """The share of the smaller text's box that lies under the other's."""
    width = min(first["right"], second["right"]) - max(first["left"], second["left"])
    height = min(first["bottom"], second["bottom"]) - max(first["top"], second["top"])
    areas = [(box["right"] - box["left"]) * (box["bottom"] - box["top"]) for box in (first, second)]
    return max(width, 0) * max(height, 0) / min(areas)


@pytest.mark.parametrize("page", contents())
def test_no_text_of_a_figure_is_cut_off_or_covered(browser, open_page, page):
    open_page(page, 1280, "light")
    for figure in browser.execute_async_script(FIGURE_TEXTS):
        for text in figure["texts"]:
            assert text["left"] > -1 and text["right"] < figure["width"] + 1, f"cut off: {text['words']}"
            assert text["top"] > -1 and text["bottom"] < figure["height"] + 1, f"cut off: {text['words']}"
        for first, second in itertools.combinations(figure["texts"], 2):
            assert overlap(first, second) < 0.1, f"{first['words']!r} lies on {second['words']!r}"


def test_text_in_figures_is_readable(view, html):
    for image in view["images"]:
        if not image["source"].endswith(".svg") or not image["shown"] or not image["article"]:
            continue
        drawing = (html / "_images" / Path(image["source"]).name).read_text(encoding="utf-8")
        units = float(re.search(r'viewBox="[\d.-]+ [\d.-]+ ([\d.]+)', drawing)[1])
        # Matplotlib writes text as outlines 100 units high, scaled down to the size of the font.
        scales = [float(scale) for scale in re.findall(r"scale\(([\d.]+) -[\d.]+\)", drawing)]
        smallest = min((100 * scale for scale in scales), default=100) * image["width"] / units
        assert smallest >= 10, f"{image['alt']!r} has text of {smallest:.1f} px"
