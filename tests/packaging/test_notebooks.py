"""The notebooks that launch buttons open: in step with their pages, and readable without Sphinx."""

import json
import re

import nbformat
import pytest

from .tooling import ROOT, tool

notebooks = tool("notebooks")
plain = tool("plain_markdown")
PAGES = list(notebooks.pages_with_code())


def to_plain(text, page=ROOT / "book" / "data" / "page.md"):
    return plain.to_plain_markdown(text, page, plain.Book(ROOT))


def test_there_are_chapters():
    assert len(PAGES) >= 5


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_pair_is_in_step_and_has_no_outputs(page):
    pair = page.with_suffix(".ipynb")
    assert pair.exists(), f"{pair.name} is missing: run `make notebooks`"
    text = pair.read_text(encoding="utf-8")
    assert text == notebooks.render(page), f"{pair.name} is out of date: run `make notebooks`"
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    assert not any(cell.get("outputs") for cell in notebook.cells)
    assert len({cell["id"] for cell in notebook.cells}) == len(notebook.cells)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_first_cell_installs_the_package_and_is_hidden_on_the_page(page):
    first = json.loads(page.with_suffix(".ipynb").read_text(encoding="utf-8"))["cells"][0]
    source = "".join(first["source"])
    assert 'find_spec("coursepkg") is None' in source
    assert notebooks.read_repository().requirement in source
    assert "remove-cell" in first["metadata"]["tags"]
    assert source.split("\n")[0] not in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_sphinx_syntax_is_left_in_the_notebook(page):
    for cell in nbformat.read(page.with_suffix(".ipynb"), as_version=4).cells:
        if cell.cell_type == "markdown":
            outside_code = re.sub(r"```.*?```|`[^`\n]*`", "", cell.source, flags=re.S)
            for pattern in (r"\{[a-z:]+\}`", r"^(:::|```)\{", r"^:[a-z-]+: ", r"^\([\w:-]+\)=$"):
                assert not re.search(pattern, outside_code + cell.source, re.M), cell.source


@pytest.mark.parametrize("page", sorted((ROOT / "book").rglob("*.md")), ids=lambda page: page.stem)
def test_no_line_of_text_is_taken_for_a_comment(page):
    outside_code = re.sub(r"^(`{3,}).*?^\1$", "", page.read_text(encoding="utf-8"), flags=re.S | re.M)
    lost = re.findall(r"^ {0,3}%.*", outside_code, re.M)
    assert not lost, f"MyST leaves out lines that begin with %: {lost}"


@pytest.mark.parametrize(
    ("myst", "expected"),
    [
        (":::{note}\nMind the gap.\n:::", "> **Note**\n>\n> Mind the gap."),
        ("```{admonition} Before you run this\nGuess.\n```", "> **Before you run this**\n>\n> Guess."),
        ("(sec:here)=\n# Title", "# Title"),
        ("{math}`x_t`", "$x_t$"),
        ("loss {glue:text}`loss:.2f` nats", "loss `loss` nats"),
        ("{term}`mask <masking>`", "mask"),
        ("```python\n{ref}`kept`\n```", "```python\n{ref}`kept`\n```"),
        ("% a comment", ""),
    ],
)
def test_directives_and_roles_become_plain_markdown(myst, expected):
    assert to_plain(myst) == expected


def test_nested_directives_keep_their_content():
    text = "::::{grid} 2\n:::{dropdown} Yes\nBecause {math}`T = 3`.\n:::\n::::"
    assert to_plain(text) == "> **Yes**\n>\n> Because $T = 3$."


def test_included_source_is_the_source(tmp_path):
    (tmp_path / "layer.py").write_text(
        "import os\n\nclass A:\n    def call(self):\n        return 1\n\nx = 2\n"
    )
    text = to_plain("```{literalinclude} layer.py\n:pyobject: A.call\n```", tmp_path / "page.md")
    assert text == "```python\ndef call(self):\n    return 1\n```"
    with pytest.raises(ValueError, match=r"layer\.py has no 'A\.build'"):
        to_plain("```{literalinclude} layer.py\n:pyobject: A.build\n```", tmp_path / "page.md")


@pytest.mark.parametrize(
    ("lines", "expected"), [("2", "b"), ("2-3", "b c"), ("1,3-", "a c d"), ("-2, 4", "a b d"), ("3-", "c d")]
)
def test_chosen_lines_are_those_that_sphinx_shows(tmp_path, lines, expected):
    from sphinx.util import parselinenos

    (tmp_path / "letters.py").write_text("a\nb\nc\nd\n")
    text = to_plain(f"```{{literalinclude}} letters.py\n:lines: {lines}\n```", tmp_path / "page.md")
    assert text.split("\n")[1:-1] == expected.split() == ["abcd"[i] for i in parselinenos(lines, 4)]


def test_citations_give_author_and_year():
    assert to_plain("{cite:t}`elman1990finding` found it") == "Elman (1990) found it"
    assert to_plain("{cite:p}`elman1990finding`") == "(Elman, 1990)"


def test_rendering_is_deterministic():
    assert notebooks.render(PAGES[0]) == notebooks.render(PAGES[0])
