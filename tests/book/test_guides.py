"""The guides name commands, files and targets that exist, so that a reader can type what stands there."""

import re

import pytest

from coursepkg.cli import main

from .conftest import ROOT

GUIDES = sorted((ROOT / "book" / "guide").glob("*.md"))


def code_in(path):
    """Everything that a guide sets as code: the lines of its blocks and what stands between backticks."""
    text = path.read_text(encoding="utf-8")
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", text, re.M | re.S)
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    prose = re.sub(r"^ *```.*?^ *```", "", text, flags=re.M | re.S)
    return [code for code in [*lines, *re.findall(r"(?<!\})`([^`\n]+)`", prose)] if code]


def commands(program):
    """Pairs of a guide's name and the first word after a program's name."""
    pattern = re.compile(rf"(?:^|[/!]){program} ([a-z_-]+)")
    return sorted(
        {(path.stem, match[1]) for path in GUIDES for code in code_in(path) if (match := pattern.match(code))}
    )


@pytest.mark.parametrize(("guide", "target"), commands("make"))
def test_make_knows_the_target(guide, target):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", makefile, re.M)


@pytest.mark.parametrize(("guide", "command"), commands("nbgrader"))
def test_nbgrader_knows_the_command(guide, command):
    from nbgrader.apps import NbGraderApp  # slow to import

    assert command in NbGraderApp.subcommands or command.replace("_", "-") in NbGraderApp.subcommands


@pytest.mark.parametrize(("guide", "command"), commands(r"(?:\.venv/bin/)?coursepkg"))
def test_coursepkg_knows_the_command(guide, command, capsys):
    with pytest.raises(SystemExit, match="0"):
        main([command, "--help"])
    assert command in capsys.readouterr().out


# What exists only once somebody has worked with the course.
MADE_LATER = (".venv", "_build", "downloaded", "submitted", "feedback", "grades.csv", "gradebook.db", "path")
FILE = re.compile(r"(?<![\w/.])[\w.-]*(?:/[\w.-]+)+|(?<![\w/.])[\w-]+\.(?:md|py|yml|toml|lock)(?!\w)")


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.stem)
def test_the_files_that_a_guide_names_exist(path):
    missing = []
    for code in code_in(path):
        if "://" in code or "<" in code or '"' in code:
            continue
        for name in FILE.findall(code):
            name = name.removeprefix("../")
            if name.startswith((*MADE_LATER, "/", "ada/")):
                continue
            if name.startswith("source/"):  # nbgrader's notebook is written from the .md beside it
                name = re.sub(r"\.ipynb$", ".md", name)
            if not any((base / name).exists() for base in (ROOT, ROOT / "assignments")):
                missing.append(name)
    assert not missing
