"""What readers do on a page: change the mode, open answers by keyboard, use a telephone's menu, search."""

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from .conftest import SETTLED, contents
from .test_pages import notebooks

pytestmark = pytest.mark.browser

CHAPTERS = [page for page in notebooks() if not page.startswith("appendix/")]


def wait(browser, condition):
    return WebDriverWait(browser, 10).until(condition)


def press(browser, element, key=Keys.ENTER):
    """Presses a key while an element has the keyboard's focus, as a reader without a mouse does."""
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'}); arguments[0].focus();", element)
    assert browser.switch_to.active_element == element, "the keyboard cannot reach it"
    element.send_keys(key)


@pytest.mark.parametrize("width", [375, 1280])
def test_the_button_changes_the_mode_and_the_choice_is_kept(browser, open_page, width):
    open_page("index", width, "light")
    theme = "return document.documentElement.dataset.theme"
    assert browser.execute_script(theme) == "light"
    button = next(
        button
        for button in browser.find_elements(By.CSS_SELECTOR, ".theme-switch-button")
        if button.is_displayed()
    )
    for _ in range(3):  # the button goes through light, dark and the system's choice
        if browser.execute_script(theme) == "dark":
            break
        button.click()
    assert browser.execute_script(theme) == "dark"
    open_page(contents()[1], width, "light", first_visit=False)
    assert browser.execute_script(theme) == "dark"


@pytest.mark.parametrize("page", CHAPTERS)
def test_answers_and_folded_code_open_by_keyboard(browser, open_page, page):
    open_page(page, 1280, "light")
    folded = browser.find_elements(By.CSS_SELECTOR, ".bd-article details > summary")
    assert folded, "a chapter has self-check questions and folded cells"
    for summary in folded:
        details = summary.find_element(By.XPATH, "..")
        if not summary.is_displayed():
            continue  # inside another one that is still closed
        was_open = details.get_attribute("open") is not None
        press(browser, summary)
        assert (details.get_attribute("open") is not None) != was_open, summary.text
        press(browser, summary)


@pytest.mark.parametrize("page", CHAPTERS)
def test_solutions_are_closed_at_first_and_open_by_keyboard(browser, open_page, page):
    open_page(page, 1280, "light")
    solutions = browser.find_elements(By.CSS_SELECTOR, ".bd-article .solution.dropdown")
    assert len(solutions) >= 3
    for solution in solutions:
        assert "toggle-hidden" in solution.get_attribute("class")
        press(browser, solution.find_element(By.CSS_SELECTOR, "button.toggle-button"))
        wait(browser, lambda _, box=solution: "toggle-hidden" not in box.get_attribute("class"))


def test_the_menu_opens_on_a_telephone_and_leads_to_a_chapter(browser, open_page):
    open_page("index", 375, "light")
    link = browser.find_element(By.CSS_SELECTOR, f'.bd-sidebar-primary a[href$="{contents()[1]}.html"]')
    assert not link.is_displayed() or link.rect["x"] < 0
    toggles = browser.find_elements(By.CSS_SELECTOR, "button.primary-toggle")
    next(toggle for toggle in toggles if toggle.is_displayed()).click()
    wait(browser, lambda _: link.is_displayed() and link.rect["x"] >= 0)
    link.click()
    wait(browser, lambda _: browser.current_url.endswith(f"{contents()[1]}.html"))


def test_the_menu_folds_away_on_a_desk(browser, open_page):
    open_page("index", 1280, "light")
    sidebar = browser.find_element(By.CSS_SELECTOR, "#pst-primary-sidebar")
    assert sidebar.is_displayed()
    toggles = browser.find_elements(By.CSS_SELECTOR, "button.primary-toggle")
    next(toggle for toggle in toggles if toggle.is_displayed()).click()
    wait(browser, lambda _: not sidebar.is_displayed() or sidebar.rect["x"] < 0)


@pytest.mark.parametrize("width", [375, 1280])
def test_the_search_field_opens_and_takes_what_is_typed(browser, open_page, width):
    open_page("index", width, "light")
    buttons = browser.find_elements(By.CSS_SELECTOR, ".search-button, .search-button-field")
    next(button for button in buttons if button.is_displayed()).click()
    field = browser.find_element(By.CSS_SELECTOR, "#pst-search-dialog input[name=q]")
    wait(browser, lambda _: field.is_displayed())
    field.send_keys("backpropagation" + Keys.ENTER)
    wait(browser, lambda _: "search.html?q=backpropagation" in browser.current_url)


def test_search_finds_a_chapter(browser, open_page):
    open_page("search", 1280, "light")
    browser.get(browser.current_url + "?q=backpropagation")
    wait(browser, lambda _: browser.find_elements(By.CSS_SELECTOR, "#search-results li a"))
    found = [
        link.get_attribute("href") for link in browser.find_elements(By.CSS_SELECTOR, "#search-results li a")
    ]
    assert any("recurrent/backpropagation_through_time.html" in link for link in found)


@pytest.mark.parametrize("page", ["index", *notebooks()[:1]])
def test_the_pages_work_from_a_folder_without_a_server(browser, html, page):
    browser.get_log("browser")
    browser.get((html / f"{page}.html").as_uri())
    browser.execute_async_script(SETTLED)
    assert [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []
    formulas = browser.find_elements(By.CSS_SELECTOR, ".math mjx-container")
    assert len(formulas) == len(browser.find_elements(By.CSS_SELECTOR, ".math"))


def test_search_works_from_a_folder_without_a_server(browser, html):
    browser.get((html / "search.html").as_uri() + "?q=bibliography")
    wait(browser, lambda _: browser.find_elements(By.CSS_SELECTOR, "#search-results li a"))
