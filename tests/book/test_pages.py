"""What can be read off the built pages without a browser: links, launch buttons, image texts, leftovers."""

import json
import re
import urllib.parse
from html.parser import HTMLParser

import pytest
import yaml

from .conftest import ROOT, contents

PAGES = contents()

# Marks of MyST, TeX or Sphinx that a reader must never see. Code blocks are not searched.
LEFTOVERS = {
    "a role": r"\{[a-z]+(?::[a-z]+)?\}`",
    "a directive": r"(?:^|\s)(?:```|:::)\{?[a-z]*",
    "an option": r"(?:^|\s):(?:label|tags|name|class|alt|pyobject|language):",
    "TeX": r"\\(?:frac|sum|mathbf|tanh|partial|begin|end|left|right|text|cdot|delta|prod)\b",
    "display mathematics": r"\$\$",
    "inline mathematics": r"(?<![\w$])\$[^$\s][^$\n]{0,80}?[^$\s\\]?\$(?![\w$])",
    "a target": r"\([a-z]+:[a-z0-9-]+\)=",
    "an unresolved citation": r"\[\?\]",
    "a front matter": r"jupytext:",
    "a heading": r"(?:^|\s)#{2,} \w",
    "emphasis": r"\*\*\w",
}


# Elements that HTML never closes.
VOID = {"br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Page(HTMLParser):
    """The parts of a page that the tests ask about."""

    def __init__(self, text):
        super().__init__()
        self.anchors, self.links, self.images, self.meta = set(), [], [], {}
        self.resources = []  # what a browser fetches by itself
        self.title, self.headings, self.article = "", [], []
        self.stack = []
        self.feed(text)

    def in_article(self):
        return any("bd-article" in classes for _, classes in self.stack)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        classes = (attributes.get("class") or "").split()
        self.anchors.update(attributes[key] for key in ("id", "name") if attributes.get(key))
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])
        if tag in ("script", "img", "iframe", "source", "video", "audio", "embed"):
            self.resources.append(attributes.get("src") or "")
        if tag == "link" and attributes.get("rel") in ("stylesheet", "preload", "modulepreload", "icon"):
            self.resources.append(attributes.get("href") or "")
        if tag == "img":
            self.images.append({**attributes, "article": self.in_article()})
        if tag == "meta" and attributes.get("name"):
            self.meta[attributes["name"]] = attributes.get("content")
        if tag in ("h1", "h2", "h3") and self.in_article():
            self.headings.append(tag)
        if tag not in VOID:
            self.stack.append((tag, classes))

    def handle_endtag(self, tag):
        while self.stack and self.stack.pop()[0] != tag:
            pass

    def handle_data(self, data):
        tags = [tag for tag, _ in self.stack]
        classes = {name for _, names in self.stack for name in names}
        if tags[-1:] == ["title"] and "svg" not in tags:
            self.title += data
        hidden = {"script", "style", "pre", "code"} & set(tags) or "math" in classes
        if self.in_article() and not hidden:
            self.article.append(data)


@pytest.fixture(scope="session")
def read(html):
    """Reads a built page once, however many tests ask for it."""
    pages = {}

    def read(name):
        if name not in pages:
            pages[name] = Page((html / f"{name}.html").read_text(encoding="utf-8"))
        return pages[name]

    return read


def notebooks():
    """The pages of the book that are notebooks."""
    return [
        page
        for page in PAGES
        if "kernelspec:" in (ROOT / "book" / f"{page}.md").read_text(encoding="utf-8")[:1500]
    ]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_a_title_a_description_one_heading_and_text(read, page):
    built = read(page)
    assert len(built.title.strip()) > 3
    assert 40 <= len(built.meta.get("description") or "") <= 320, built.meta.get("description")
    assert built.headings.count("h1") == 1
    assert built.headings[0] == "h1"
    assert len(" ".join(built.article)) > 300


@pytest.mark.parametrize("page", PAGES)
def test_no_markup_is_left_in_the_text(read, page):
    text = "".join(read(page).article)
    found = {name: match[0] for name, pattern in LEFTOVERS.items() if (match := re.search(pattern, text))}
    assert not found


@pytest.mark.parametrize("page", PAGES)
def test_nothing_of_the_machine_that_built_it_is_on_a_page(html, page):
    text = (html / f"{page}.html").read_text(encoding="utf-8")
    marks = r"absl::InitializeLog|cudart_stub|oneDNN custom|/root/|/tmp/|/home/\w+/|site-packages"
    assert re.findall(marks, text) == []


@pytest.mark.parametrize("page", PAGES)
def test_every_image_says_what_it_shows(read, page):
    for image in read(page).images:
        alternative = (image.get("alt") or "").strip()
        assert alternative, f"{image.get('src')} has no alternative text"
        if image["article"]:
            assert len(alternative) > 15, f"{image.get('src')} has the alternative text {alternative!r}"
        assert not re.search(r"\.(svg|png)$|_images/", alternative), "a file's name is no alternative text"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_no_other_host_for_anything(read, page):
    fetched = [resource for resource in read(page).resources if not resource.startswith("data:")]
    assert [resource for resource in fetched if "//" in resource] == []


@pytest.mark.parametrize("page", PAGES)
def test_links_inside_the_book_lead_somewhere(html, read, page):
    broken = []
    for link in read(page).links:
        parts = urllib.parse.urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        path = urllib.parse.unquote(parts.path)
        target = (html / f"{page}.html").parent / path if path else html / f"{page}.html"
        target = target.resolve()
        if target.is_dir():
            target = target / "index.html"
        if not target.is_file():
            broken.append(link)
        elif parts.fragment and target.suffix == ".html":
            name = target.relative_to(html.resolve()).with_suffix("").as_posix()
            if urllib.parse.unquote(parts.fragment) not in read(name).anchors:
                broken.append(link)
    assert not broken


def launch_targets(links):
    """The repository's files that launch links name, by service."""
    targets = {"colab": [], "binder": []}
    for link in links:
        if "/github/" in link and "/blob/" in link:
            targets["colab"].append(link.split("/blob/", 1)[1].split("/", 1)[1])
        elif "urlpath=" in link:
            targets["binder"].append(urllib.parse.unquote(link.split("urlpath=", 1)[1]).split("tree/", 1)[1])
    return targets


@pytest.mark.parametrize("page", notebooks())
def test_a_notebook_page_opens_on_colab_on_binder_and_by_download(html, read, page):
    links = read(page).links
    targets = launch_targets(links)
    expected = f"book/{page}.ipynb"
    assert expected in targets["colab"]
    assert expected in targets["binder"]
    downloads = [link for link in links if link.endswith(".ipynb") and "://" not in link]
    assert downloads, "no link downloads the notebook"
    for link in downloads:
        notebook = json.loads(((html / f"{page}.html").parent / link).read_text(encoding="utf-8"))
        assert notebook["nbformat"] == 4
        assert notebook["cells"]


@pytest.mark.parametrize("page", PAGES)
def test_launch_links_name_files_of_the_repository(read, page):
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["repository"]
    slug = "/".join(settings["url"].removesuffix(".git").rstrip("/").split("/")[-2:])
    for link in read(page).links:
        if "colab" in link or "/v2/gh/" in link:
            assert f"/{slug}/" in link
            assert settings["branch"] in link
    for files in launch_targets(read(page).links).values():
        for file in files:
            assert file.endswith(".ipynb"), f"{file} is no notebook"
            assert (ROOT / file).is_file(), f"{file} does not exist"


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_reached_from_every_other(html, read, page):
    reached = {
        ((html / f"{page}.html").parent / urllib.parse.urlsplit(link).path).resolve()
        for link in read(page).links
        if "://" not in link
    }
    missing = [name for name in PAGES if name != page and (html / f"{name}.html").resolve() not in reached]
    assert not missing


def test_no_page_exists_outside_the_contents(html):
    made_by_sphinx = {"genindex", "search", "py-modindex"}
    built = {path.relative_to(html).with_suffix("").as_posix() for path in html.rglob("*.html")}
    built = {name for name in built if not name.startswith(("_static/", "_sources/"))}
    assert built - made_by_sphinx == set(PAGES)
