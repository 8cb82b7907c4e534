"""Where Chromium is missing, browser tests are left out by name; on CI that is an error."""

import subprocess
import sys

import pytest

from .conftest import ROOT


def run(path, **environment):
    options = ["-q", "-p", "no:cacheprovider", "tests/book/test_using_the_page.py", "-k", "menu_opens"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        cwd=ROOT,
        env={"PATH": str(path), **environment},
        capture_output=True,
        text=True,
    )


def test_the_summary_says_what_was_left_out_and_why(tmp_path):
    done = run(tmp_path)
    assert "1 browser tests of tests/book/test_using_the_page.py did not run" in done.stdout
    assert "Chromium and ChromeDriver not found" in done.stdout
    assert "passed" not in done.stdout
    assert done.returncode == pytest.ExitCode.NO_TESTS_COLLECTED


def test_on_ci_their_absence_is_an_error(tmp_path):
    done = run(tmp_path, CI="true")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "cannot run: Chromium and ChromeDriver not found. Run `make system` first." in done.stderr
