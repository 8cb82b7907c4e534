"""What students and instructors open in a browser: it tells what it should, and runs nothing."""

import functools
import html
import http.server
import importlib.util
import json
import re
import shutil
import threading
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from selenium.common.exceptions import NoAlertPresentException

from coursepkg.grading import feedback as feedback_module
from coursepkg.grading.course import open_course
from coursepkg.grading.feedback import Feedback, Grade, feedback_page, markdown, rejection_page
from coursepkg.grading.folders import write_outcome
from coursepkg.grading.outcome import CELL_STATUSES, CellResult, NotebookOutcome, Outcome
from coursepkg.grading.plain_text import printed
from coursepkg.grading.plan import read_assignment, rebuild
from coursepkg.grading.safe_cells import harmless_markdown, harmless_outputs

ROOT = Path(__file__).resolve().parents[2]
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
RUN = "window.ran=(window.ran||0)+1"
EVIL = [
    f"<script>{RUN}</script>",
    f"<img src=x onerror='{RUN}'>",
    f'"><svg/onload="{RUN}">',
    f"</pre></code></textarea></style></title><script>{RUN}</script>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>",
    "<meta http-equiv=refresh content='0;url=/stolen/meta'>",
    "<link rel=stylesheet href=/stolen/link><style>@import '/stolen/style'; body{display:none}</style>",
    "<base href=/stolen/><form action=/stolen/form><button autofocus>Send</button></form>",
    f"<details open ontoggle='{RUN}'><summary>x</summary></details>",
    f"<a href='javascript:{RUN}'>click</a> <a href='/stolen/ping' ping=/stolen/ping>ping</a>",
    f"<!--[if IE]><script>{RUN}</script><![endif]--><?xml version='1.0'?><![CDATA[<script>{RUN}</script>]]>",
    f"<math><mtext><table><mglyph><style><img src=x onerror='{RUN}'>",
    f"<noscript><p title=\"</noscript><img src=x onerror='{RUN}'>\">",
]
EVIL_MARKDOWN = [
    *EVIL,
    f"[click](javascript:{RUN})  [click](  JaVaScRiPt&colon;{RUN} )  [click](<javascript:{RUN}>)",
    f"[ref][one] [two] ![c][three]\n\n[one]: javascript:{RUN}\n[two]: <javascript:{RUN}>\n[three]: /stolen/r",
    f"<javascript:{RUN}> <http://127.0.0.1/stolen/auto>",
    "[x](data:text/html;base64,PHNjcmlwdD4=) ![x](/stolen/image) ![x](attachment:nowhere)",
    f'```mermaid\n</pre><script>{RUN}</script>\n```\n\n```"><script>{RUN}</script>\nx\n```',
    f"$\\href{{javascript:{RUN}}}{{x}}$ $$\\style{{background:url(/stolen/tex)}}{{<script>{RUN}</script>}}$$",
    f"# <img src=x onerror='{RUN}'> \"onclick={RUN} x=\"\n\n| a |\n|---|\n| <script>{RUN}</script> |",
    f"&lt;script&gt;{RUN}&lt;/script&gt; &#60;script>{RUN}</script>",
    f"`<script>{RUN}</script>` and `` ` `` <scr<script>ipt>{RUN}</script>",
    f"    <script>{RUN}</script>\n\n> <div\n> onmouseover={RUN}>",
]
TERMINAL = (
    f"\x1b]8;;javascript:{RUN}\x07link\x1b]8;;\x07 \x1b[31m{EVIL[0]}\x1b[0m \x1b]0;title\x07 \x9b31m\x08\x08"
)


def hostile_outputs():
    """Outputs of every kind that a browser or Jupyter knows, each with something to run or to load."""
    text = "\n".join([*EVIL, TERMINAL])
    kinds = {
        "text/html": text,
        "text/markdown": "\n\n".join(EVIL_MARKDOWN),
        "text/latex": f"$\\href{{javascript:{RUN}}}{{x}}$ {text}",
        "image/svg+xml": f"<svg xmlns='http://www.w3.org/2000/svg' onload='{RUN}'>{EVIL[0]}</svg>",
        "application/javascript": RUN,
        "text/javascript": RUN,
        "application/vnd.jupyter.widget-view+json": {"model_id": text, "version_major": 2},
        "application/pdf": "JVBERi0xLjQ=",
        "application/json": {"a": text},
        "text/vnd.mermaid": f"</pre><script>{RUN}</script>",
        "application/vnd.plotly.v1+json": {"data": [text]},
        "image/png": f"{PIXEL}' onerror='{RUN}",
        "image/jpeg": '/9j/4AAQ"><script>',
        "text/plain": text,
        f"text/<script>{RUN}</script>": text,
    }
    wrong = {"image/png": {"width": f"1' onerror='{RUN}"}, "isolated": True, "needs_background": "light"}
    outputs = [
        {"output_type": kind, "data": {mime: content}, "metadata": wrong}
        for kind in ("display_data", "execute_result")
        for mime, content in kinds.items()
    ]
    outputs += [
        {"output_type": "stream", "name": name, "text": text} for name in ("stdout", "stderr", EVIL[0])
    ]
    outputs.append({"output_type": "error", "ename": EVIL[0], "evalue": text, "traceback": [text, TERMINAL]})
    outputs += [None, "x", {}, {"output_type": "stream"}, {"output_type": "display_data", "data": [text]}]
    outputs.append({"output_type": "error", "traceback": "text", "evalue": None})
    return outputs


@pytest.fixture(scope="module")
def hostile(released_course, tmp_path_factory, known_revision):
    """A course in which one submission holds all of that, graded and recorded."""
    from coursepkg.grading import gradebook

    folder = tmp_path_factory.mktemp("hostile") / "course"
    shutil.copytree(released_course, folder)
    settings = folder / "nbgrader_config.py"
    exporter = "coursepkg.grading.feedback_export.FeedbackExporter"
    settings.write_text(f"{settings.read_text()}\nc.GenerateFeedback.exporter_class = '{exporter}'\n")
    (folder / "submitted" / "ada" / "ps1").mkdir(parents=True)
    course = open_course(folder)
    assignment = read_assignment(course, "ps1")
    submitted = nbformat.from_dict(json.loads(json.dumps(assignment.released["first"])))
    for cell in submitted.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in ("answer", "program"):
            cell.source = f"# {' '.join(EVIL)}\nanswer = 1 < 2"
        if name == "essay":
            cell.source = "\n\n".join([*EVIL_MARKDOWN, "If a < b and b<c then a < c. ![p](attachment:p.png)"])
            cell["attachments"] = {"p.png": {"image/png": PIXEL}}
    place = 2
    for text in EVIL_MARKDOWN:
        submitted.cells.insert(place, new_markdown_cell(text))
        submitted.cells.insert(place, new_code_cell(f"'''{text}'''"))
    rebuilt = rebuild(assignment.notebooks["first"], submitted)
    cells = []
    for cell in rebuilt.cells:
        there = rebuilt.notebook.cells[cell.index]
        if there.cell_type == "code":
            there.outputs = hostile_outputs()
        if cell.kind in ("test", "manual"):
            failed = cell.name == "test_part"
            earned = None if cell.kind == "manual" else 0.0 if failed else 1.0
            status = "manual" if earned is None else "failed" if failed else "partial"
            message = "\n".join([*EVIL, TERMINAL])
            cells.append(CellResult(cell.name, status, cell.points, earned, message, cell.heading))
    notebook = NotebookOutcome("first", cells, json.loads(json.dumps(rebuilt.notebook)), [])
    outcome = Outcome("ada", "ps1", "needs a look", EVIL[0], [*EVIL, "\u202efile.ipynb"], [notebook])
    write_outcome(course, outcome, assignment)
    gradebook.record(course, outcome, assignment)
    return course, outcome, assignment


class Site:
    """A server of files, and of nbgrader's own scripts and styles where formgrader's pages look for them."""

    def __init__(self, folder):
        from nbgrader.server_extensions.formgrader import handlers

        class Handler(http.server.SimpleHTTPRequestHandler):
            def translate_path(self, path):
                prefix = "/formgrader/static/"
                if path.startswith(prefix):
                    return str(Path(handlers.static_path) / path.partition("?")[0].removeprefix(prefix))
                return super().translate_path(path)

            def log_message(self, *arguments):
                pass

        self.folder = folder
        self.server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(Handler, directory=folder)
        )
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def put(self, name, page):
        (self.folder / name).write_text(page, encoding="utf-8")
        return f"{self.address}/{name}"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("site"))
    yield site
    site.server.shutdown()


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """A headless Chromium that reaches this machine alone."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    def program(*names):
        return next(path for path in map(shutil.which, names) if path)

    options = webdriver.ChromeOptions()
    options.binary_location = program("chromium", "chromium-browser", "google-chrome")
    for flag in (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        f"--user-data-dir={tmp_path_factory.mktemp('chromium')}",
    ):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    options.set_capability("unhandledPromptBehavior", "ignore")
    driver = webdriver.Chrome(options=options, service=Service(program("chromedriver")))
    yield driver
    driver.quit()


def visit(browser, url, width=1000, mode="light"):
    """Opens a page, pokes at everything in it, and returns the addresses that it asked for."""
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False},
    )
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": mode}]}
    )
    browser.get_log("performance")
    browser.get(url)
    browser.execute_script(
        """for (const one of document.querySelectorAll("main *, #notebook *")) {
             for (const kind of ["mouseover", "focus", "click", "toggle", "error", "load"])
               if (one.tagName !== "A" && one.tagName !== "BUTTON" && one.tagName !== "SUMMARY")
                 one.dispatchEvent(new Event(kind, {bubbles: false}));
           }"""
    )
    entries = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return [
        entry["params"]["request"]["url"]
        for entry in entries
        if entry["method"] == "Network.requestWillBeSent"
    ]


def assert_nothing_ran(browser, requests):
    assert browser.execute_script("return window.ran") is None
    with pytest.raises(NoAlertPresentException):
        browser.switch_to.alert.text  # noqa: B018
    assert [url for url in requests if "stolen" in url] == []
    assert (
        browser.execute_script(
            """return [...document.querySelectorAll("a, area, form, iframe, object, embed, base, meta")]
                 .map(one => one.href || one.action || one.src || one.data || one.content || "")
                 .map(String).filter(text => /^\\s*(javascript|data|vbscript):/i.test(text))"""
        )
        == []
    )
    inside = "main" if browser.execute_script("return !!document.querySelector('main')") else "#notebook"
    for tag in ("iframe", "object", "embed", "form", "script", "style", "link", "base", "meta"):
        assert browser.execute_script(f"return document.querySelectorAll('{inside} {tag}').length") == 0, tag
    assert (
        browser.execute_script(
            f"""return [...document.querySelectorAll("{inside} *")].flatMap(one => one.getAttributeNames())
                 .filter(name => name.startsWith("on"))"""
        )
        == []
    )


# In a browser.


@pytest.mark.browser
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_our_page_runs_nothing_loads_nothing_and_fits_a_telephone(browser, site, hostile, mode):
    course, _, _ = hostile
    page = (course.path("feedback", "ada", "ps1") / "first.html").read_text(encoding="utf-8")
    url = site.put("ours.html", page)
    requests = visit(browser, url, width=375, mode=mode)
    assert_nothing_ran(browser, requests)
    assert [one for one in requests if not one.startswith("data:")] in (
        [url],
        [url, f"{site.address}/favicon.ico"],
    )
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 375
    problems = [entry["message"] for entry in browser.get_log("browser") if "favicon" not in entry["message"]]
    assert problems == []  # the page's own style is not refused either
    assert browser.execute_script("return document.images.length && document.images[0].naturalWidth") == 1
    assert browser.execute_script("return getComputedStyle(document.body).maxWidth") == "896px"
    assert least_contrast(browser) >= 4.5


def least_contrast(browser):
    """The least contrast of any text on what it stands on, as WCAG 2 counts it."""
    return browser.execute_script(
        """const parse = text => text.match(/[\\d.]+/g).map(Number);
           const part = value => (value /= 255) <= .04045 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4;
           const light = color => .2126 * part(color[0]) + .7152 * part(color[1]) + .0722 * part(color[2]);
           const behind = one => { for (; one; one = one.parentElement) {
               const color = parse(getComputedStyle(one).backgroundColor);
               if (color.length === 3 || color[3] > 0) return color; } return [255, 255, 255]; };
           return Math.min(...[...document.querySelectorAll("main *")]
             .filter(one => [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
             .map(one => { const pair = [light(parse(getComputedStyle(one).color)), light(behind(one))];
               return (Math.max(...pair) + .05) / (Math.min(...pair) + .05); }));"""
    )


@pytest.mark.browser
def test_the_page_of_who_was_rejected_runs_nothing(browser, site):
    url = site.put("rejected.html", rejection_page(f"{EVIL[0]}.ipynb", "\n".join(EVIL), EVIL_MARKDOWN))
    assert_nothing_ran(browser, visit(browser, url, width=375))
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 375


@pytest.mark.browser
def test_what_generate_feedback_writes_runs_nothing(browser, site, hostile):
    course, _, _ = hostile
    pages = course.path("feedback", "ada", "ps1")
    before = (pages / "first.html").read_text(encoding="utf-8")
    generate_feedback(course)
    page = (pages / "first.html").read_text(encoding="utf-8")
    assert page == before
    url = site.put("generated.html", page)
    requests = visit(browser, url)
    assert_nothing_ran(browser, requests)


def generate_feedback(course):
    """Runs nbgrader's own converter, as its command does."""
    from nbgrader.converters import GenerateFeedback
    from nbgrader.coursedir import CourseDirectory

    config = course.config.copy()
    directory = CourseDirectory(config=config, root=str(course.root), assignment_id="ps1")
    GenerateFeedback(coursedir=directory, config=config, force=True).start()


def as_formgrader_shows(notebook, **config):
    """A graded notebook as formgrader renders it for the instructor."""
    from nbconvert.exporters import HTMLExporter
    from nbgrader.server_extensions.formgrader import handlers
    from traitlets.config import Config

    settings = Config()
    settings.HTMLExporter.template_name = "formgrade"
    settings.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    settings.HTMLExporter.update(config)
    resources = {
        "assignment_id": "ps1",
        "notebook_id": "first",
        "submission_id": "1",
        "index": 0,
        "total": 1,
        "base_url": "",
        "student": "ada",
        "last_name": None,
        "first_name": None,
        "notebook_path": "autograded/ada/ps1/first.ipynb",
    }
    return HTMLExporter(config=settings).from_notebook_node(notebook, resources=resources)[0]


@pytest.mark.browser
@pytest.mark.parametrize("clean", [False, True])
def test_formgrader_shows_what_we_graded_and_runs_nothing(browser, site, hostile, clean):
    course, _, _ = hostile
    notebook = nbformat.read(course.path("autograded", "ada", "ps1") / "first.ipynb", as_version=4)
    url = site.put("formgrader.html", as_formgrader_shows(notebook, sanitize_html=clean))
    requests = visit(browser, url)
    assert any("formgrade.js" in one for one in requests)  # formgrader's own scripts are at work
    assert_nothing_ran(browser, requests)
    text = browser.execute_script("return document.body.innerText").replace("\u200b", "")
    assert "If a < b and b<c then a < c." in text
    assert f"<script>{RUN}</script>" in text


@pytest.fixture(scope="module")
def plug_ins():
    spec = importlib.util.spec_from_file_location("intake_plug_ins", ROOT / "assignments" / "intake.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.browser
def test_what_stock_nbgrader_graded_runs_nothing_after_the_courses_last_step(browser, site, plug_ins):
    cells = [new_markdown_cell(text) for text in EVIL_MARKDOWN]
    code = new_code_cell("\n".join(EVIL))
    notebook = nbformat.v4.new_notebook(cells=[*cells, code])
    outputs = [one for one in hostile_outputs() if isinstance(one, dict)]
    code["outputs"] = [nbformat.from_dict(one) for one in outputs]
    notebook.cells[-1] = code
    notebook, _ = plug_ins.MakeHarmless().preprocess(notebook, {})
    nbformat.validate(notebook)
    url = site.put("stock.html", as_formgrader_shows(notebook))
    assert_nothing_ran(browser, visit(browser, url))


@pytest.mark.browser
def test_these_tests_notice_what_does_run(browser, site):
    cells = [new_markdown_cell(EVIL[1])]
    url = site.put("control.html", as_formgrader_shows(nbformat.v4.new_notebook(cells=cells)))
    visit(browser, url)
    assert browser.execute_script("return window.ran") >= 1


# What the page tells.


@pytest.fixture
def told(hostile):
    _, _, assignment = hostile
    notebook = json.loads(json.dumps(assignment.notebooks["first"]))
    hidden = "\n### BEGIN HIDDEN TESTS\nassert answer == 'SECRET'\n### END HIDDEN TESTS"
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "test_answer":
            cell["source"] += hidden
    grades = {
        "test_answer": Grade("test_answer", "failed", 2.0, 0.0, "Expected 42,\nfound 41."),
        "test_part": Grade("test_part", "passed", 4.0, 4.0),
    }
    return Feedback("first", "ada", "ps1", notebook, grades, notes=["A remark."])


def test_points_verdicts_messages_and_remarks_are_told(told):
    page = feedback_page(told)
    assert "4 of 6 points" in page and "A remark." in page
    assert "✗ Failed" in page and "✓ Passed" in page  # by word and sign, not by colour alone
    assert "Expected 42,\nfound 41." in page
    assert "1 of 2 right" in page and "4 / 6" in page


def test_hidden_tests_appear_by_name_and_message_alone(told):
    page = feedback_page(told)
    assert "SECRET" not in page and "BEGIN HIDDEN" not in page
    assert "test_answer" in page and "Parts of this test are not shown." in page
    told.show_hidden = True
    assert "SECRET" in feedback_page(told)


@pytest.mark.parametrize("mark", ["### END HIDDEN TESTS", "### BEGIN HIDDEN TESTS"])
def test_a_test_whose_marks_do_not_pair_is_not_shown_at_all(told, mark):
    for cell in told.notebook["cells"]:
        cell["source"] = cell["source"].replace(mark, "")
    assert "SECRET" not in feedback_page(told)


def test_every_verdict_has_its_words(told):
    for status in CELL_STATUSES:
        told.grades["test_part"] = Grade("test_part", status, 4.0, None if status == "manual" else 0.0)
        page = feedback_page(told)
        assert feedback_module.WORDS[status] in page
        assert "still waits" in page if status == "manual" else "still wait" not in page


def test_stock_nbgraders_verdicts_are_told_too(hostile):
    from coursepkg.grading.feedback_export import FeedbackExporter

    _, _, assignment = hostile
    notebook = nbformat.from_dict(json.loads(json.dumps(assignment.notebooks["first"])))
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "test_answer":
            lines = ["Traceback", "assert SECRET == 1"]
            cell.outputs = [
                nbformat.v4.new_output("error", ename="AssertionError", evalue="No.", traceback=lines)
            ]
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "test_part":
            cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "1.5"})]
    about = {"nbgrader": {"notebook": "first", "assignment": "ps1", "student": "ada", "late_penalty": 1}}
    page, _ = FeedbackExporter().from_notebook_node(notebook, about)
    assert "(Score: 0.5 / 15.0)" in page and "SECRET" not in page
    assert "◐ Passed in part" in page and "✗ Failed" in page and ">No.</p>" in page


def test_the_policy_allows_nothing_but_the_pages_own_style(told):
    page = feedback_page(told)
    policy = html.unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1])
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert parts.pop("style-src").startswith("'sha256-")
    assert parts == {
        "default-src": "'none'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert "<script" not in page.lower() and " style=" not in page


def test_a_page_of_a_flood_is_bounded(told):
    told.notebook["cells"] += [
        {"cell_type": "code", "id": f"added-{n}", "metadata": {}, "source": "x" * 10**6, "outputs": []}
        for n in range(5)
    ]
    flood = [{"output_type": "stream", "name": "stdout", "text": "y" * 10**6}] * 500
    told.notebook["cells"][-1]["outputs"] = flood
    assert len(feedback_page(told)) < 25_000_000


# Texts.


@pytest.mark.parametrize("text", EVIL_MARKDOWN, ids=range(len(EVIL_MARKDOWN)))
def test_markdown_is_readable_after_it_was_made_harmless(text):
    harmless = harmless_markdown(text)
    assert harmless.replace("\u200b", "") == text
    assert not re.search(r"<[A-Za-z/!?]|\]\(|\]:|\]\[", harmless)


def test_attached_pictures_stay_pictures():
    text = "![a plot](attachment:p.png) ![x](attachment:other.png) a < b"
    harmless = harmless_markdown(text, {"p.png": {}})
    assert harmless.startswith("![a plot](attachment:p.png)")
    assert "](attachment:other" not in harmless and harmless.endswith("a < b")
    assert f'src="data:image/png;base64,{PIXEL}"' in markdown(text, {"p.png": {"image/png": PIXEL}})


def test_a_text_made_to_break_the_reader_is_shown_as_it_is():
    for text in (">" * 19_000, "[" * 19_000, "`" * 19_000, "*a " * 6_000, "- " * 9_000, "x" * 30_000):
        assert len(markdown(text)) < 200_000


def test_terminals_commands_are_no_text():
    assert printed("\x1b[31mred\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x07\x08\x00") == "red link\ufffd"
    assert printed("10%\r50%\r100%\nnext\r\n") == "100%\nnext\n"
    assert printed("a\u202eb") == "a[U+202E]b"
    assert "characters left out" in printed("x" * 300, 100) and len(printed("x" * 10**6, 100)) < 200


def test_outputs_are_written_anew():
    outputs = harmless_outputs(hostile_outputs())
    notebook = nbformat.v4.new_notebook(cells=[new_code_cell("x")])
    notebook.cells[0]["outputs"] = [nbformat.from_dict(one) for one in outputs]
    nbformat.validate(notebook)
    kinds = {kind for one in outputs for kind in one.get("data", {})}
    assert kinds == {"text/plain"}
    assert len(harmless_outputs([{"output_type": "stream", "text": "x"}] * 1000)) == 101
    assert harmless_outputs("x") == []
    picture = {"output_type": "display_data", "data": {"image/png": [PIXEL[:20] + "\n", PIXEL[20:]]}}
    assert harmless_outputs([picture])[0]["data"] == {"image/png": PIXEL}
