"""Pages run side by side before Sphinx comes, once each, and Sphinx finds what they said."""

import subprocess
import sys
from pathlib import Path

import pytest

from .tooling import ROOT, tool

CONFIG = """\
title: Tiny
only_build_toc_files: true
execute:
  execute_notebooks: cache
  timeout: 60
parse:
  myst_enable_extensions: [colon_fence, dollarmath]
"""
CONTENTS = """\
format: jb-book
root: index
parts:
  - caption: One
    chapters:
      - file: first
      - file: second
"""
HEAD = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

"""
PAGE = """\
# {name}

```{{code-cell}} ipython3
from pathlib import Path

with Path("log.txt").open("a") as log:
    log.write("{name}\\n")
print("said by", "{name}")
```

:::{{note}}
A note with a cell in it is none: `{{code-cell}}`.
:::

```{{code-cell}} ipython3
{last}
```
"""


@pytest.fixture
def book(tmp_path):
    """A book of a page without code and two with."""
    (tmp_path / "_config.yml").write_text(CONFIG, encoding="utf-8")
    folder = tmp_path / "book"
    folder.mkdir()
    (folder / "_toc.yml").write_text(CONTENTS, encoding="utf-8")
    (folder / "index.md").write_text("# Nothing to run\n", encoding="utf-8")
    for name in ("first", "second"):
        (folder / f"{name}.md").write_text(HEAD + PAGE.format(name=name, last="1 + 1"), encoding="utf-8")
    return tmp_path


@pytest.fixture
def execution(monkeypatch):
    """tools/execution.py, where the processes that it starts find it too."""
    module = tool("execution")
    monkeypatch.setitem(sys.modules, "execution", module)
    return module


def log(book):
    """The names of the pages that ran, sorted."""
    path = book / "book" / "log.txt"
    return sorted(path.read_text(encoding="utf-8").split()) if path.exists() else []


def test_sphinx_finds_the_results_and_runs_nothing_again(execution, book, capsys):
    cache = book / "_build" / ".jupyter_cache"
    assert execution.execute(book, cache) == []
    assert log(book) == ["first", "second"]
    assert "2 of 2" in capsys.readouterr().out
    command = [Path(sys.executable).parent / "jupyter-book", "build", "book", "--config", "_config.yml"]
    subprocess.run([*command, "--path-output", "."], cwd=book, check=True, capture_output=True)
    assert "said by second" in (book / "_build" / "html" / "second.html").read_text(encoding="utf-8")
    assert log(book) == ["first", "second"]


def test_only_what_changed_runs_again(execution, book):
    cache = book / "cache"
    execution.execute(book, cache, most=1)
    execution.execute(book, cache)
    assert log(book) == ["first", "second"]
    page = book / "book" / "second.md"
    page.write_text(page.read_text(encoding="utf-8").replace("# second", "# Second"), encoding="utf-8")
    execution.execute(book, cache)
    assert log(book) == ["first", "second"], "its text changed, its code did not"
    page.write_text(page.read_text(encoding="utf-8").replace("1 + 1", "1 + 2"), encoding="utf-8")
    execution.execute(book, cache)
    assert log(book) == ["first", "second", "second"]


def test_a_page_that_fails_keeps_no_result_and_stops_no_other(execution, book, capsys):
    page = book / "book" / "first.md"
    page.write_text(HEAD + PAGE.format(name="first", last="1 / 0"), encoding="utf-8")
    assert execution.execute(book, book / "cache") == [page]
    assert "first.md (failed: CellExecutionError)" in capsys.readouterr().out
    execution.execute(book, book / "cache")
    assert log(book) == ["first", "first", "second"]


def test_every_page_of_the_book_is_there(execution):
    assert all(page.is_file() for page in execution.pages(ROOT))
