"""A submission takes its share of the processors, and not that of others."""

import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from coursepkg.grading.limits import Limits
from coursepkg.grading.processor_meter import processors
from coursepkg.grading.sandbox import WarmParent

sys.path.insert(0, str(Path(__file__).parent))

from inside import Inside

pytestmark = pytest.mark.sandbox


@pytest.fixture
def limited():
    """Children of one parent with limits of their own."""
    with WarmParent(imports=()) as parent:

        def spawn(**changes):
            parent.limits = replace(Limits(), **changes)
            return Inside(parent)

        yield spawn


SPIN = """
    import os, time
    for _ in range(processes):
        if os.fork() == 0:
            if alone:
                os.setsid()
            while True:
                pass
    result = 0
"""


@pytest.mark.parametrize("alone", [False, True])
def test_many_that_compute_at_the_same_time_are_too_many(limited, alone):
    with limited(processes=80, busy_threads=4) as child:
        child.run(SPIN, processes=60, alone=alone)
        reasons = _look_until_it_ends(child.child, 100)
        assert re.fullmatch(r"more than \d+ of its threads and processes computed at the same time", reasons)


def test_a_few_that_compute_and_many_that_wait_are_not_too_many(limited):
    wait = """
        import threading, time
        for _ in range(40):
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        result = 0
    """
    with limited(processes=80, address_space=2**34) as child:
        child.run(wait)
        child.run(SPIN, processes=3, alone=False)
        assert _look_until_it_ends(child.child, 30) == ""


def test_processor_time_is_that_of_all_processes_together(limited):
    """Those that were waited for, those that nobody waited for, and those that still run."""
    source = """
        import os, time

        def use(seconds):
            while time.process_time() < seconds:
                pass
            os._exit(0)

        for number in range(6):
            if os.fork() == 0:
                if number % 2 and os.fork():
                    os._exit(0)  # its child is an orphan
                use(0.6)
            if not number % 2:
                os.wait()
        result = 0
    """
    with limited(cpu_seconds=2) as child:
        child.run(source)
        assert _look_until_it_ends(child.child, 200) == "it used more than 2 s of processor time"


def _look_until_it_ends(child, looks):
    for _ in range(looks):
        time.sleep(0.1)
        if reason := child.too_busy():
            return reason
    return ""


def test_an_honest_neighbour_keeps_its_share_of_the_processors(limited):
    work = """
        import time
        start, x = time.monotonic(), 0
        for i in range(4_000_000):
            x += i
        result = time.monotonic() - start
    """
    slower = []
    while len(slower) < 3 and min(slower, default=9) > 2.5:  # others use this machine, too
        with limited() as honest, limited(processes=80) as other:
            before = honest.run(work)
            other.run(SPIN, processes=60, alone=True)
            with ThreadPoolExecutor(1) as threads:
                working = threads.submit(honest.run, work)
                while not working.done():
                    time.sleep(0.2)
                    if other.child.too_busy():
                        other.child.kill()
            slower.append(2 * working.result() / (before + honest.run(work)))
    assert min(slower) < 4, slower  # with nobody who looks it is 30, or 7 on two processors that share better


@pytest.mark.parametrize(
    "quota, least, most", [("200000 100000", 1, 2), ("50000 100000", 1, 1), ("max 100000", 1, 999)]
)
def test_a_container_has_the_processors_of_its_quota(tmp_path, quota, least, most):
    (tmp_path / "cpu.max").write_text(quota)
    assert least <= processors(tmp_path / "cpu.max") <= min(most, processors(tmp_path / "missing"))
