"""Leaves browser tests out where there is no browser, and says so; in CI their absence is an error."""

import os
import shutil

import pytest
from hypothesis import settings

# The same examples every time, and no limit per example: a busy machine is not a failure.
settings.register_profile("course", deadline=None, derandomize=True)
settings.load_profile("course")

LEFT_OUT = pytest.StashKey[list]()


def missing_programs():
    """The programs that browser tests need and this machine lacks."""
    needed = {
        "Chromium": ("chromium", "chromium-browser", "google-chrome"),
        "ChromeDriver": ("chromedriver",),
    }
    return [name for name, programs in needed.items() if not any(map(shutil.which, programs))]


@pytest.hookimpl(trylast=True)  # after -k and -m have chosen
def pytest_collection_modifyitems(config, items):
    missing = missing_programs()
    left_out = [item for item in items if item.get_closest_marker("browser")] if missing else []
    config.stash[LEFT_OUT] = left_out
    if not left_out:
        return
    if os.environ.get("CI", "").lower() in ("1", "true"):
        raise pytest.UsageError(
            f"{len(left_out)} browser tests cannot run: {' and '.join(missing)} not found. "
            "Run `make system` first."
        )
    items[:] = [item for item in items if item not in set(left_out)]
    config.hook.pytest_deselected(items=left_out)


def pytest_terminal_summary(terminalreporter, config):
    left_out = config.stash.get(LEFT_OUT, [])
    if left_out:
        files = sorted({item.nodeid.split("::")[0] for item in left_out})
        terminalreporter.section("left out")
        terminalreporter.line(
            f"{len(left_out)} browser tests of {', '.join(files)} did not run: "
            f"{' and '.join(missing_programs())} not found. `make system` installs what is missing."
        )
