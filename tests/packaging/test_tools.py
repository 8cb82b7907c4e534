"""What the Makefile calls: it installs only where it may, and rebuilds only what changed."""

import re
import subprocess

import pytest

from .tooling import ROOT, tool


@pytest.fixture
def system(monkeypatch):
    module = tool("system")
    monkeypatch.setattr(module, "missing", lambda: ["chromium", "chromium-driver"])
    return module


def test_where_installing_is_not_allowed_the_tests_left_out_are_named(system, monkeypatch, capsys):
    monkeypatch.setattr(system, "root_command", lambda: None)
    assert system.main(["--if-allowed"]) == 0
    said = capsys.readouterr().out
    assert "Some tests are left out: chromium, chromium-driver not installed" in said
    assert "apt-get install chromium chromium-driver" in said


def test_asked_for_directly_it_fails_where_it_may_not_install(system, monkeypatch, capsys):
    monkeypatch.setattr(system, "root_command", lambda: None)
    monkeypatch.setattr(system.sys.stdin, "isatty", lambda: False, raising=False)
    assert system.main([]) == 1
    assert "cannot be installed by this user" in capsys.readouterr().err


def test_where_it_may_it_installs_exactly_what_is_missing(system, monkeypatch):
    commands = []
    monkeypatch.setattr(system, "root_command", list)
    monkeypatch.setattr(
        system.subprocess,
        "run",
        lambda command, **_: commands.append(command) or subprocess.CompletedProcess(command, 0),
    )
    assert system.main([]) == 0
    assert commands[-1][-2:] == ["chromium", "chromium-driver"]


def test_nothing_is_run_when_nothing_is_missing(system, monkeypatch):
    monkeypatch.setattr(system, "missing", list)
    monkeypatch.setattr(system.subprocess, "run", lambda *_, **__: pytest.fail("nothing was to be installed"))
    assert system.main([]) == 0


@pytest.fixture
def book(tmp_path, monkeypatch):
    """tools/book.py on a small tree of its own."""
    module = tool("book")
    for name in ("data/a.py", "grading/b.py", "plotting/course.mplstyle"):
        path = tmp_path / "coursepkg" / name
        path.parent.mkdir(parents=True)
        path.write_text("1", encoding="utf-8")
    (tmp_path / "requirements.lock").write_text("numpy==2", encoding="utf-8")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "BUILD", tmp_path / "_build")
    return module


@pytest.mark.parametrize(
    ("changed", "runs_again"),
    [
        ("coursepkg/data/a.py", True),
        ("coursepkg/plotting/course.mplstyle", True),
        ("requirements.lock", True),
        ("coursepkg/grading/b.py", False),
    ],
)
def test_results_are_forgotten_only_when_what_they_ran_with_changed(book, changed, runs_again):
    cache = book.BUILD / ".jupyter_cache"
    book.forget_stale_results()
    cache.mkdir()
    book.forget_stale_results()
    assert cache.exists(), "nothing changed, so the results stay"
    (book.ROOT / changed).write_text("2", encoding="utf-8")
    book.forget_stale_results()
    assert cache.exists() is not runs_again


def test_chapters_run_quietly_and_without_an_accelerator(book):
    variables = book.environment()
    assert variables["TF_CPP_MIN_LOG_LEVEL"] == "3"
    assert variables["CUDA_VISIBLE_DEVICES"] == ""


def test_values_are_glued_also_where_a_page_runs_before_sphinx_comes(book):
    assert "COURSEPKG_BOOK" in book.environment()


def test_help_lists_every_target_that_the_issue_of_this_course_promises():
    printed = subprocess.run(
        ["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    targets = set(re.findall(r"^  make (\S+)", printed, re.M))
    assert {"book", "serve", "test", "system", "assignments", "lint", "lock", "clean", "help"} <= targets


def test_ci_runs_the_command_that_the_readme_names():
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert re.search(r"^make test\b", (ROOT / "README.md").read_text(encoding="utf-8"), re.M)
    for workflow, command in (("test.yml", "make test"), ("pages.yml", "make book")):
        assert f"- run: {command}" in (ROOT / ".github" / "workflows" / workflow).read_text(encoding="utf-8")
