"""Leaves out tests whose programs this machine lacks, and says so; in CI their absence is an error."""

import os
import shutil
import signal
import subprocess
import sys
from collections import defaultdict
from functools import cache
from pathlib import Path
from unittest import mock

import absl.logging
import matplotlib
import pytest
from hypothesis import settings

from coursepkg.assignment import local_kernel

# The same examples every time, and no limit per example: a busy machine is not a failure.
settings.register_profile("course", deadline=None, derandomize=True)
settings.load_profile("course")

# Keras's log keeps the standard error of the moment when it is imported, a file of pytest's, and closes it
# when nbgrader sets up its own log.
absl.logging.get_absl_handler().python_handler.stream = sys.__stderr__

# Tests start hundreds of kernels, whose ports would now and then be taken before they listen.
local_kernel.use_by_default()

LEFT_OUT = pytest.StashKey[dict]()
POSTGRESQL = "/usr/lib/postgresql"  # where Debian keeps the server's programs, which are not on the PATH


def missing_for_browser():
    """The programs that browser tests need and this machine lacks."""
    needed = {
        "Chromium": ("chromium", "chromium-browser", "google-chrome"),
        "ChromeDriver": ("chromedriver",),
    }
    return [name for name, programs in needed.items() if not any(map(shutil.which, programs))]


def missing_for_postgresql():
    """PostgreSQL's server, where it is neither on the PATH nor where Debian puts it."""
    there = shutil.which("initdb") or any(Path(POSTGRESQL).glob("*/bin/initdb"))
    return [] if there else ["PostgreSQL's server"]


def missing_for_sandbox():
    """bubblewrap, or the kernel's permission to use it."""
    if not shutil.which("bwrap"):
        return ["bubblewrap"]
    command = ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "true"]
    works = subprocess.run(command, capture_output=True, check=False).returncode == 0
    return [] if works else ["user namespaces (bubblewrap is there, but may not use them)"]


NEEDS = {
    "browser": cache(missing_for_browser),
    "postgresql": cache(missing_for_postgresql),
    "sandbox": cache(missing_for_sandbox),
}


@pytest.fixture(autouse=True)
def process_as_it_was():
    """Takes back what a test changes in this process, so that no other test depends on the order."""
    signals = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    path = list(sys.path)
    with mock.patch.dict(os.environ), matplotlib.rc_context():
        yield
    sys.path[:] = path
    # nbclient and Dask leave theirs behind, and nbclient's event loop would hear of every later signal.
    signal.set_wakeup_fd(-1)
    for number, handler in signals.items():
        signal.signal(number, handler)
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@pytest.hookimpl(trylast=True)  # after -k and -m have chosen
def pytest_collection_modifyitems(config, items):
    left_out = defaultdict(list)
    for item in items:
        kind = next((kind for kind in NEEDS if item.get_closest_marker(kind) and NEEDS[kind]()), None)
        if kind:
            left_out[kind].append(item)
    config.stash[LEFT_OUT] = left_out
    if not left_out:
        return
    if os.environ.get("CI", "").lower() in ("1", "true"):
        said = "; ".join(
            f"{len(tests)} {kind} tests cannot run: {' and '.join(NEEDS[kind]())} not found"
            for kind, tests in left_out.items()
        )
        raise pytest.UsageError(f"{said}. Run `make system` first.")
    gone = {item for tests in left_out.values() for item in tests}
    items[:] = [item for item in items if item not in gone]
    config.hook.pytest_deselected(items=list(gone))


def pytest_terminal_summary(terminalreporter, config):
    left_out = config.stash.get(LEFT_OUT, {})
    if left_out:
        terminalreporter.section("left out")
    for kind, tests in left_out.items():
        files = sorted({item.nodeid.split("::")[0] for item in tests})
        terminalreporter.line(
            f"{len(tests)} {kind} tests of {', '.join(files)} did not run: "
            f"{' and '.join(NEEDS[kind]())} not found. `make system` installs what is missing."
        )
