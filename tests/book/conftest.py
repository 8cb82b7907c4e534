"""The built book, a server for it, and one browser for all pages."""

import functools
import http.server
import json
import shutil
import threading
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
HTML = ROOT / "_build" / "html"

# As root in a container, with no way out: Chromium's own background requests would only fill the log.
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


def contents():
    """The pages of the book in the order of its table of contents, as paths without a suffix."""
    contents = yaml.safe_load((ROOT / "book" / "_toc.yml").read_text(encoding="utf-8"))
    pages = [contents["root"]]

    def walk(entries):
        for entry in entries:
            if "file" in entry:
                pages.append(entry["file"])
            for key in ("chapters", "sections", "parts"):
                walk(entry.get(key, []))

    walk(contents.get("parts", []) + contents.get("chapters", []))
    return pages


@pytest.fixture(scope="session")
def html():
    """The folder with the built pages."""
    if not (HTML / "index.html").is_file():
        pytest.fail("The book is not built: run `make book` first (`make test` does both).", pytrace=False)
    return HTML


class _Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        """Keeps the test's output free of one line a request."""


@pytest.fixture(scope="session")
def address(html):
    """Serves the built pages on this machine, as `make serve` does."""
    handler = functools.partial(_Handler, directory=html)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def _program(*names):
    return next(path for path in map(shutil.which, names) if path)


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """A headless Chromium that reaches this machine alone."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = _program("chromium", "chromium-browser", "google-chrome")
    for flag in [*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(_program("chromedriver")))
    driver.set_script_timeout(60)
    yield driver
    driver.quit()


@pytest.fixture(scope="session")
def open_page(browser, address):
    """Opens a page at a width and in a mode, waits until it is complete, and gives what the browser noted.

    The function returned takes the page's path, the width in CSS pixels and "light" or "dark"; on a
    first visit nothing is remembered. It gives a dict with `messages` (the console's) and `requests` (dicts
    with `url`, `status` and `error`).
    """

    def open_page(page, width, mode, first_visit=True):
        if first_visit:
            browser.execute_cdp_cmd(
                "Storage.clearDataForOrigin", {"origin": address, "storageTypes": "local_storage"}
            )
        browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False},
        )
        browser.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": mode}]}
        )
        for kind in ("browser", "performance"):
            browser.get_log(kind)  # what came before this page is not its own
        browser.get(f"{address}/{page}.html")
        browser.execute_async_script(SETTLED)
        messages = [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
        return {"messages": messages, "requests": _requests(browser.get_log("performance"))}

    return open_page


# Fonts loaded, formulas set, changes of colour at their end, two frames drawn.
SETTLED = """
const done = arguments[arguments.length - 1];
const formulas = window.MathJax && MathJax.startup ? MathJax.startup.promise : Promise.resolve();
Promise.all([document.fonts.ready, formulas])
  .then(() => Promise.allSettled(document.getAnimations().map(animation => animation.finished)))
  .then(() => requestAnimationFrame(() => requestAnimationFrame(() => done())));
"""


def _requests(entries):
    """Joins Chromium's network events to one dict a request."""
    requests = {}
    for entry in entries:
        event = json.loads(entry["message"])["message"]
        method, parameters = event["method"], event["params"]
        if method == "Network.requestWillBeSent":
            requests[parameters["requestId"]] = {
                "url": parameters["request"]["url"],
                "status": None,
                "error": None,
            }
        elif method == "Network.responseReceived" and parameters["requestId"] in requests:
            requests[parameters["requestId"]]["status"] = parameters["response"]["status"]
        elif method == "Network.loadingFailed" and parameters["requestId"] in requests:
            requests[parameters["requestId"]]["error"] = parameters["errorText"]
    return list(requests.values())
