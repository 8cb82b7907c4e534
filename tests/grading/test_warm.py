"""The life of children: how they start, differ, and end, whatever they do."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from coursepkg.grading import warm
from coursepkg.grading.limits import MEBIBYTE, Limits
from coursepkg.grading.sandbox import CannotStart, WarmParent

sys.path.insert(0, str(Path(__file__).parent))

from inside import PROBE, Inside, Refused, still_there

LIMITS = Limits(address_space=1024 * MEBIBYTE, cpu_seconds=20, processes=24, disk_bytes=8 * MEBIBYTE)
both_ways = pytest.mark.parametrize(
    "confined",
    [pytest.param(True, marks=pytest.mark.sandbox, id="confined"), pytest.param(False, id="unconfined")],
)


@pytest.fixture(scope="module")
def parents():
    started = {}

    def get(confined):
        if confined not in started:
            started[confined] = WarmParent(LIMITS, imports=("numpy",), confined=confined)
        return started[confined]

    yield get
    for parent in started.values():
        parent.close()


@pytest.fixture
def parent(parents, confined):
    return parents(confined)


def wait_until(condition, seconds=20.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


# How they start


@both_ways
def test_its_files_are_in_its_working_folder(parent):
    files = {"data/series.csv": b"1,2", "empty": b"", "large": bytes(range(256)) * 4096}
    with Inside(parent, files) as child:
        source = "import os; result = [open(n, 'rb').read().hex() for n in names]"
        assert child.run(source, names=list(files)) == [content.hex() for content in files.values()]
        home, work = child.run("result = [os.path.expanduser('~'), os.getcwd()]")
        assert child.run("open('answer', 'w').write('x'); result = os.listdir('.')")
    if not parent.confined:
        assert home == work
        assert not Path(work).exists()


@both_ways
@pytest.mark.parametrize("path", ["../outside", "/etc/outside", "a/../../outside", "."])
def test_files_stay_in_the_working_folder(parent, path):
    with pytest.raises(ValueError, match="no path inside the child's working folder"):
        parent.spawn("probe:serve", {path: b"x"})


@both_ways
def test_files_that_fill_the_disk_are_refused(parent):
    with pytest.raises(ValueError, match="more than disk_bytes, which is 8388608"):
        parent.spawn("probe:serve", {"large": bytes(9 * MEBIBYTE)})


@both_ways
def test_children_draw_different_random_numbers(parent):
    source = """
        import random, secrets, uuid
        import numpy
        result = [random.random(), numpy.random.random(), numpy.random.default_rng().random()]
        result += [secrets.token_hex(4), str(uuid.uuid4())]
    """
    with Inside(parent) as one, Inside(parent) as other:
        drawn = [one.run(source), other.run(source)]
    assert not any(mine == yours for mine, yours in zip(*drawn, strict=True))


@both_ways
def test_imports_are_made_once_and_in_the_parent(parent):
    with Inside(parent) as child:
        assert child.run("import sys; result = 'numpy' in sys.modules") is True


@pytest.fixture(scope="module")
def with_figures():
    with WarmParent(LIMITS, imports=("matplotlib.pyplot", "coursepkg.plotting"), confined=False) as parent:
        yield parent


def test_the_figure_that_the_parent_drew_leaves_nothing_to_be_seen(with_figures):
    source = """
        import matplotlib, PIL
        from matplotlib import pyplot
        usual = matplotlib.rcParamsDefault
        changed = {name for name, value in matplotlib.rcParams.items() if value != usual[name]}
        result = [pyplot.get_fignums(), sorted(changed - {"backend", "backend_fallback"})]
    """
    with Inside(with_figures) as child:
        assert child.run(source) == [[], []]


def test_a_child_finds_fonts_and_writers_of_pictures_ready(with_figures):
    with Inside(with_figures) as child:
        assert child.run("import sys; result = 'PIL.PngImagePlugin' in sys.modules")


@pytest.mark.parametrize(("backend", "there"), [("tensorflow", False), ("jax", True)])
def test_jax_is_left_out_where_it_is_not_the_backend_and_can_be_imported_later(tmp_path, backend, there):
    (tmp_path / "jax.py").write_text("")
    (tmp_path / "asks_for_jax.py").write_text("try:\n    import jax\nexcept ImportError:\n    jax = None\n")
    settings = {"KERAS_BACKEND": backend, "PYTHONPATH": str(tmp_path)}
    program = """
        import os, sys
        sys.path.insert(0, os.environ["PYTHONPATH"])
        from coursepkg.grading import warm
        with warm._without_jax():
            import asks_for_jax
        import jax
        print(asks_for_jax.jax is not None)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        env=os.environ | settings, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == str(there)


@both_ways
def test_how_long_a_child_takes_to_start(parent, record_property):
    taken = []
    for _ in range(5):
        started = time.perf_counter()
        with Inside(parent) as child:
            child.run("pass")
            taken.append(time.perf_counter() - started)
    taken.sort()
    record_property("spawn_milliseconds", round(taken[2] * 1000, 1))
    print(f"spawn and first answer: {taken[2] * 1000:.1f} ms in the median of five")


@both_ways
def test_a_module_that_is_not_there_is_named(confined):
    with (
        WarmParent(LIMITS, imports=("no_such_module",), confined=confined) as parent,
        pytest.raises(CannotStart, match="No module named 'no_such_module'"),
    ):
        parent.spawn("student")


def test_with_too_many_threads_nothing_is_forked(monkeypatch):
    monkeypatch.setattr(warm, "_settled_threads", lambda: 3)
    monkeypatch.setattr(os, "fork", lambda: pytest.fail("it forked"))
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        warm._answer(theirs, {"number": 7, "role": "student"}, [])
        answer = json.loads(ours.recv(1000))
    assert answer["number"] == 7
    assert "runs 3 threads" in answer["refused"]


@pytest.mark.sandbox
def test_a_refusal_reaches_the_caller(parents, monkeypatch):
    parent = parents(True)
    monkeypatch.setattr(parent, "_answer", lambda number: {"number": number, "refused": "it runs 9 threads"})
    with pytest.raises(CannotStart, match="The child was not started: it runs 9 threads"):
        parent.spawn("probe:serve", {"probe.py": PROBE})


@both_ways
def test_an_interrupted_request_upsets_no_later_one(parent):
    channel, its_channel = socket.socketpair()
    status, its_status = socket.socketpair()
    with channel, its_channel, status, its_status:
        limits = {name: getattr(LIMITS, name) for name in LIMITS.__dataclass_fields__}
        request = {"number": -1, "role": "probe:serve", "limits": limits, "work": "/tmp"}
        ends = [its_channel.fileno(), its_status.fileno()]
        socket.send_fds(parent._control, [json.dumps(request).encode()], ends)
    with Inside(parent) as child:
        assert child.run("result = 5") == 5


# How they end


@both_ways
@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import os; os._exit(3)", "it ended itself (exit code 3)"),
        ("import os; os._exit(0)", "it ended itself (exit code 0)"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "it was ended by the signal SIGKILL"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "it crashed (signal SIGSEGV)"),
        ("import ctypes; ctypes.string_at(1)", "it crashed (signal SIGSEGV)"),
        ("import os; os.abort()", "it crashed (signal SIGABRT)"),
        ("import os, signal; os.kill(os.getpid(), 40)", "it was ended by the signal number 40"),
    ],
)
def test_it_says_why_it_ended(parent, source, reason):
    with Inside(parent) as child:
        assert child.child.ended_because() == ""
        child.send(source)
        with pytest.raises((EOFError, ConnectionResetError)):
            child.answer()
        child.child.kill()  # at once, as a worker does
        assert child.child.ended_because() == reason
        assert not child.child.alive()


@both_ways
def test_one_that_was_killed_gives_no_reason(parent):
    with Inside(parent) as child:
        child.run("pass")
    child.child.kill()
    assert child.child.ended_because() == ""


@both_ways
def test_a_role_that_does_not_exist_ends_by_itself(parent):
    child = parent.spawn("no_such_module:serve")
    wait_until(lambda: not child.alive())
    assert child.ended_because() == "it ended itself (exit code 1)"


@both_ways
def test_a_role_that_returns_ends(parent):
    child = parent.spawn("role:serve", {"role.py": b"def serve(channel): channel.recv(1)"})
    assert child.alive()
    child.channel.sendall(b"x")
    wait_until(lambda: not child.alive())
    assert child.ended_because() == "it ended itself (exit code 0)"


TRICKS = {
    "stopped": "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)",
    "swallowing signals": """
        import signal, time
        for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_IGN)
        result = 1
    """,
    "swallowing exceptions": """
        while True:
            try:
                import time
                while True:
                    time.sleep(0.01)
            except BaseException:
                pass
    """,
    "daemons": """
        import os, time
        for _ in range(5):
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    os.close(3)
                    while True:
                        time.sleep(60)
                os._exit(0)
        result = 1
    """,
    "daemons that outlive it": """
        import os, time
        for _ in range(5):
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    while True:
                        time.sleep(60)
                os._exit(0)
        time.sleep(0.2)
        os._exit(0)
    """,
    "zombies": """
        import os
        for _ in range(15):
            if os.fork() == 0:
                os._exit(0)
        result = 1
    """,
    "processes that fork again": """
        import os, time
        end = time.monotonic() + 20
        for _ in range(12):
            try:
                first = os.fork()
            except OSError:
                break
            if first == 0:
                while time.monotonic() < end:
                    try:
                        if os.fork() != 0:
                            os._exit(0)
                    except OSError:
                        pass
                    time.sleep(0.005)
                os._exit(0)
        result = 1
    """,
}


@both_ways
@pytest.mark.parametrize("trick", TRICKS)
def test_nothing_is_left_of_it(parent, trick):
    with Inside(parent) as child:
        child.run("pass")
        child.send(TRICKS[trick])
        if "result" in TRICKS[trick]:
            child.answer()
        else:
            time.sleep(0.1)
        processes = list(child.processes())
        child.child.kill()
        assert not child.child.alive()
    wait_until(lambda: not still_there(processes))
    with Inside(parent) as child:
        assert child.run("result = 1") == 1


@pytest.mark.sandbox
def test_as_many_processes_as_there_may_be_are_ended(parents):
    source = """
        import os, time
        result = 0
        for _ in range(60):
            try:
                if os.fork() == 0:
                    while True:
                        time.sleep(60)
                result += 1
            except OSError:
                pass
    """
    with Inside(parents(True)) as child:
        assert child.run(source) == LIMITS.processes - 1
        processes = child.processes()
        assert len(processes) == LIMITS.processes + 1  # and its init
        child.child.kill()
        wait_until(lambda: not still_there(processes))


@pytest.mark.sandbox
def test_a_thousand_threads_are_ended(parents):
    parent = parents(True)
    parent.limits = replace(LIMITS, processes=1100, address_space=8192 * MEBIBYTE)
    source = """
        import threading
        threading.stack_size(65536)
        for _ in range(1000):
            threading.Thread(target=threading.Event().wait, daemon=True).start()
        result = threading.active_count()
    """
    try:
        with Inside(parent) as child:
            assert child.run(source) == 1001
            assert child.child.usage() > 0
            processes = child.processes()
            child.child.kill()
            assert still_there(processes) == []
    finally:
        parent.limits = LIMITS


@both_ways
def test_one_that_nobody_holds_ends(parent):
    child = Inside(parent)
    child.run("pass")
    processes = child.processes()
    child.stream.close()
    del child
    wait_until(lambda: not still_there(processes))


# How the warm parent ends


@both_ways
def test_a_killed_parent_starts_again(confined):
    with WarmParent(LIMITS, imports=(), confined=confined) as parent:
        first = Inside(parent)
        first.run("pass")
        processes = first.processes() + psutil.Process(parent._process.pid).children(recursive=True)
        os.kill(parent._process.pid, signal.SIGKILL)
        if confined:
            wait_until(lambda: not first.child.alive())
            assert "ended from outside" in first.child.ended_because()
        with Inside(parent) as second:
            assert second.run("result = 1") == 1
        first.child.kill()
        wait_until(lambda: not still_there(processes))


@pytest.mark.sandbox
def test_a_parent_killed_inside_starts_again():
    with WarmParent(LIMITS, imports=()) as parent:
        with Inside(parent) as first:
            first.run("pass")
        inner = psutil.Process(parent._process.pid).children(recursive=True)
        inner[-1].kill()
        with Inside(parent) as second:
            assert second.run("result = 1") == 1


@both_ways
def test_closing_leaves_nothing(confined):
    with WarmParent(LIMITS, imports=(), confined=confined) as parent:
        children = [Inside(parent) for _ in range(3)]
        processes = [psutil.Process(parent._process.pid)]
        processes += processes[0].children(recursive=True)
        for child in children:
            child.run("pass")
            processes += child.processes()
    wait_until(lambda: not still_there(processes))
    parent.close()


@both_ways
def test_a_killed_worker_leaves_nothing(confined, tmp_path):
    source = f"""
import sys, time
sys.path.insert(0, {str(Path(__file__).parent)!r})
from inside import Inside
from coursepkg.grading.limits import Limits
from coursepkg.grading.sandbox import WarmParent
parent = WarmParent(Limits(), imports=(), confined={confined})
child = Inside(parent)
child.run("import os, time\\nif os.fork() == 0:\\n    os.setsid(); time.sleep(600)")
print("ready", flush=True)
time.sleep(600)
"""
    worker = subprocess.Popen(
        [sys.executable, "-c", source], cwd=Path(warm.__file__).parents[2], stdout=subprocess.PIPE, text=True
    )
    try:
        assert worker.stdout.readline() == "ready\n"
        processes = psutil.Process(worker.pid).children(recursive=True)
        assert len(processes) >= 4
    finally:
        worker.kill()
        worker.wait()
        worker.stdout.close()
    wait_until(lambda: not still_there(processes))


# A warm parent that several workers share


@pytest.fixture
def first():
    with WarmParent(LIMITS, imports=("wave",)) as parent:
        parent.begin()
        yield parent


@pytest.mark.sandbox
def test_a_twin_has_imported_what_the_first_has_and_forks_children_of_its_own(first):
    with WarmParent(LIMITS, imports=(), twin=first.twin()) as twin, Inside(twin) as child:
        assert child.run("import sys; result = 'wave' in sys.modules")
        assert twin._process.pid in {
            one.pid for one in psutil.Process(first._process.pid).children(recursive=True)
        }
        assert twin.deaths == 0


@pytest.mark.sandbox
def test_twins_know_nothing_of_each_other(first):
    one, other = (WarmParent(LIMITS, twin=first.twin()) for _ in range(2))
    with one, other, Inside(one) as child, Inside(other) as sibling:
        one.close()
        assert not child.child.alive()
        assert sibling.run("result = 1") == 1
        with WarmParent(LIMITS, twin=first.twin()) as third, Inside(third) as later:
            assert later.run("result = 2") == 2


@pytest.mark.sandbox
def test_a_killed_twin_is_replaced_by_a_warm_parent_of_the_worker_s_own(first):
    with WarmParent(LIMITS, imports=(), twin=first.twin()) as twin:
        with Inside(twin) as child:
            child.run("pass")
        twin._process.kill()
        wait_until(lambda: twin._process.poll() is not None)
        with Inside(twin) as child:
            assert not child.run("import sys; result = 'wave' in sys.modules")
        assert twin.deaths == 1


@pytest.mark.sandbox
def test_with_the_first_all_twins_end_and_nobody_gets_another(first):
    with WarmParent(LIMITS, imports=(), twin=first.twin()) as twin:
        with Inside(twin) as child:
            processes = [psutil.Process(twin._process.pid), *child.processes()]
            first.close()
            wait_until(lambda: not still_there(processes))
        assert first.twin() is None
        with Inside(twin) as child:
            assert child.run("result = 1") == 1


@pytest.mark.sandbox
def test_a_first_that_dies_before_its_imports_are_done_costs_nobody_a_child():
    with WarmParent(LIMITS, imports=("numpy",)) as first:
        first.begin()
        offered = first.twin()
        first.close()
        with WarmParent(LIMITS, imports=(), twin=offered) as parent, Inside(parent) as child:
            assert child.run("result = 1") == 1
            assert parent.deaths == 0


@pytest.mark.sandbox
@pytest.mark.parametrize("milliseconds", range(0, 24, 2))
def test_a_parent_that_is_stopped_while_it_starts_leaves_nobody_behind(milliseconds):
    """Bubblewrap's own child learns only after its first moments that it is to die with bubblewrap."""
    parent = WarmParent(LIMITS, imports=("numpy",))
    parent.begin()
    with parent._control.dup() as control:
        time.sleep(milliseconds / 1000)
        parent.close()
        control.settimeout(20)
        with contextlib.suppress(ConnectionError):
            while control.recv(4096):  # a TimeoutError if somebody still holds the other end
                pass


# With the libraries that it is for


@pytest.mark.sandbox
def test_children_of_a_parent_with_keras_train():
    role = b"""
import json, sys
before = "keras" in sys.modules
def serve(channel):
    import keras
    import numpy as np
    inputs = np.random.normal(size=(16, 5, 3))
    model = keras.Sequential([keras.layers.Input((5, 3)), keras.layers.LSTM(4), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    losses = model.fit(inputs, inputs[:, -1, :1], epochs=2, verbose=0).history["loss"]
    drawn = keras.random.normal((3,)).numpy().tolist()
    channel.sendall(json.dumps([before, losses, drawn]).encode())
    channel.recv(1)
"""
    with WarmParent(Limits()) as parent:
        children = [parent.spawn("role:serve", {"role.py": role}) for _ in range(2)]
        for child in children:
            child.channel.settimeout(300)
        answers = [json.loads(child.channel.recv(10000)) for child in children]
        used = [child.usage() for child in children]
    assert [answer[0] for answer in answers] == [True, True]
    assert all(0 < loss < 100 for answer in answers for loss in answer[1])
    assert answers[0][1:] != answers[1][1:]
    assert answers[0][2] != answers[1][2]
    assert all(50 * MEBIBYTE < one < 1500 * MEBIBYTE for one in used)


@both_ways
def test_an_error_inside_is_reported(parent):
    with Inside(parent) as child, pytest.raises(Refused, match="ZeroDivisionError"):
        child.run("1 / 0")
