"""The confined Jupyter kernels, started as nbclient and nbgrader start any kernel."""

import logging
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbgrader.api import Gradebook
from traitlets.config import Config

from coursepkg.grading import kernelspecs, provisioner

ROOT = Path(__file__).resolve().parents[2]
KERNELS = ["coursepkg-confined", "coursepkg-warm"]
LIGHT = ["numpy", "matplotlib.pyplot"]  # what the warm parent imports here: the point is not Keras


@pytest.fixture(scope="module", autouse=True)
def findable():
    """The kernels are found without being installed, and no parent process outlives this module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", os.environ.get("JUPYTER_PATH", ""))
        kernelspecs.make_findable()
        yield
        provisioner._close_warm_parents()
    # Another test's database server may run on.
    assert {child.name() for child in psutil.Process().children(recursive=True)} <= {"postgres"}


def config(**traits):
    return Config({"ConfinedProvisioner": {"imports": LIGHT, **traits}})


def run(kernel, sources, folder=None, timeout=60, **traits):
    """Runs cells and returns, for each, what it printed, displayed or raised."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    NotebookClient(
        notebook,
        kernel_name=kernel,
        config=config(**traits),
        allow_errors=True,
        timeout=timeout,
        interrupt_on_timeout=True,
        resources={"metadata": {"path": str(folder)}} if folder else {},
    ).execute()
    return ["".join(map(shown, cell.outputs)) for cell in notebook.cells]


def shown(output):
    if output.output_type == "stream":
        return output.text
    if output.output_type == "error":
        return f"{output.ename}: {output.evalue}"
    return " ".join(f"[{kind}]" if kind.startswith("image") else text for kind, text in output.data.items())


PROBES = {
    "network": "import socket; socket.create_connection(('127.0.0.1', {port}), timeout=3)",
    "repository": "import os; os.path.exists({root!r} + '/assignments')",
    "shadow": "open('/etc/shadow').read()",
    "secret": "open({secret!r}).read()",
    "user": "import os; print(os.getuid() != 0, max(int(n) for n in os.listdir('/proc') if n.isdigit()))",
    "environment": "import os; sorted(name for name in os.environ if 'SECRET' in name)",
    "own folder": "import os; print(sorted(os.listdir('.')), open('data/series.csv').read())",
    "writing": "import pathlib; pathlib.Path(json.__file__).write_text('')",
    "own writing": "open('mine.txt', 'w').write('mine'); open('mine.txt').read()",
    "figure": "import matplotlib.pyplot as plt; plt.plot([1, 2]); None",
    "flood": "for _ in range(40_000): print('x' * 100)",
    "after the flood": "print('still here')",
    "magic": "%pwd",
}


@pytest.fixture(scope="module", params=KERNELS)
def probed(request, tmp_path_factory):
    """What a kernel of each kind finds when it looks around."""
    folder = tmp_path_factory.mktemp("submission")
    (folder / "data").mkdir()
    (folder / "data" / "series.csv").write_text("1,2,3")
    (folder / "hidden.ipynb").write_text("a hidden test")
    (folder / "link").symlink_to("/etc/hostname")
    secret = tmp_path_factory.mktemp("others") / "secret.txt"
    secret.write_text("the solution")
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SECRET_TOKEN", "1")
        values = {"port": server.getsockname()[1], "root": str(ROOT), "secret": str(secret)}
        # The probe works outside, so its failure inside says something.
        socket.create_connection(server.getsockname(), timeout=3).close()
        sources = ["import json", *(source.format(**values) for source in PROBES.values())]
        found = dict(zip(PROBES, run(request.param, sources, folder)[1:], strict=True))
    assert sorted(path.name for path in folder.iterdir()) == ["data", "hidden.ipynb", "link"]
    return found


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("probe", "expected"),
    [
        ("network", "OSError: [Errno 101]"),
        ("repository", "False"),
        ("shadow", "FileNotFoundError"),
        ("secret", "FileNotFoundError"),
        ("user", "True 2\n"),
        ("environment", "[]"),
        ("own folder", "['data'] 1,2,3\n"),
        ("writing", "OSError: [Errno 30]"),
        ("own writing", "'mine'"),
        ("figure", "[image/png]"),
        ("after the flood", "still here\n"),
        ("magic", "'/tmp/work'"),
    ],
)
def test_a_kernel_sees_its_own_folder_and_nothing_else(probed, probe, expected):
    assert expected in probed[probe]


@pytest.mark.sandbox
def test_a_flood_of_output_is_cut_and_named(probed):
    assert probed["flood"].startswith("x" * 100)
    assert len(probed["flood"]) < 1.1 * 2**20
    assert probed["flood"].endswith("left out: it is more than 1,048,576 bytes.]\n")


@pytest.mark.sandbox
@pytest.mark.parametrize("kernel", KERNELS)
def test_a_cell_that_takes_too_long_is_interrupted(kernel):
    # The time is that of each cell, so it must be enough for a kernel that prints on a busy machine.
    slow, after = run(kernel, ["import time\ntime.sleep(600)", "print('alive')"], timeout=10)
    assert slow.startswith("KeyboardInterrupt")
    assert after == "alive\n"


@pytest.mark.sandbox
@pytest.mark.parametrize("kernel", KERNELS)
def test_a_kernel_that_ends_itself_is_noticed(kernel, caplog):
    with caplog.at_level(logging.WARNING), pytest.raises(DeadKernelError):
        run(kernel, ["import os; os._exit(3)", "print('alive')"])
    assert "The confined kernel has ended: it ended itself (exit code 3)." in caplog.text


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("limits", "source", "reason"),
    [
        ({"memory": 200 * 2**20}, "held = bytearray(300 * 2**20)", "it used more than 200 MiB of memory"),
        ({"submission_seconds": 2.0}, "pass", "it ran for more than 2 s"),
        ({"cpu_seconds": 2}, "while True: pass", "it used more than 2 s of processor time"),
    ],
)
def test_a_kernel_that_uses_too_much_is_stopped(limits, source, reason, caplog):
    waits = f"{source}\nimport time; time.sleep(60)"
    # On a slow machine the limit may be reached before the first cell: then it is nbclient's other error.
    with caplog.at_level(logging.WARNING), pytest.raises(RuntimeError, match=r"[Kk]ernel died"):
        run("coursepkg-warm", [waits], limits=limits)
    assert reason in caplog.text
    for parent in [one for one in provisioner._warm_parents if one[0] != provisioner.Limits()]:
        provisioner._warm_parents.pop(parent).close()


@pytest.fixture
def manager(request):
    manager = KernelManager(kernel_name=request.param, config=config())
    manager.start_kernel()
    yield manager
    if manager.has_kernel:
        manager.shutdown_kernel(now=True)
    manager.cleanup_resources()


def ask(manager, source):
    """What a kernel that runs already answers."""
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        reply = client.execute_interactive(source, timeout=60, output_hook=lambda _: None,
                                           user_expressions={"it": "value"})  # fmt: skip
        return reply["content"]["user_expressions"]["it"].get("data", {}).get("text/plain")
    finally:
        client.stop_channels()


@pytest.mark.sandbox
@pytest.mark.parametrize("manager", KERNELS, indirect=True)
def test_restart_gives_a_fresh_kernel_at_the_same_address(manager):
    assert ask(manager, "value = 17") == "17"
    address = manager.get_connection_info()
    manager.restart_kernel(now=True)
    assert ask(manager, "pass") is None  # `value` is gone
    assert manager.get_connection_info() == address
    assert manager.is_alive()


@pytest.mark.sandbox
@pytest.mark.parametrize("manager", KERNELS, indirect=True)
def test_shutdown_leaves_no_process_and_no_file(manager):
    sockets = Path(manager.ip).parent
    pid = manager.provisioner.child.pid
    assert len(list(sockets.iterdir())) == 5
    assert sockets.stat().st_mode & 0o077 == 0
    assert ask(manager, "value = 17") == "17"
    manager.shutdown_kernel()
    assert not manager.is_alive()
    assert not sockets.exists()
    assert not Path(manager.connection_file).exists()
    assert not psutil.pid_exists(pid)


@pytest.mark.sandbox
@pytest.mark.parametrize("manager", ["coursepkg-confined"], indirect=True)
def test_a_kernel_killed_from_outside_is_noticed(manager):
    psutil.Process(manager.provisioner.child.pid).kill()
    deadline = time.monotonic() + 20
    while manager.is_alive() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not manager.is_alive()


def test_a_machine_that_cannot_confine_refuses(monkeypatch):
    monkeypatch.setattr(provisioner, "why_not_confined", lambda: "`bwrap` was not found: install bubblewrap.")
    with pytest.raises(RuntimeError, match=r"`bwrap` was not found.*choose the kernel python3"):
        run("coursepkg-confined", ["1"])


def test_the_kernel_alone_does_not_start():
    command = [sys.executable, "-m", "coursepkg.grading.confined_kernel", "-f", "connection.json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "coursepkg-confined" in done.stderr


# --- What a kernel finds beside its notebook ----------------------------------------------------


def test_files_beside_leaves_out_what_is_not_the_students(tmp_path):
    folder = tmp_path / "submission"
    (folder / "data" / "deep").mkdir(parents=True)
    (folder / "data" / "deep" / "a.csv").write_bytes(b"1")
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_bytes(b"secret")
    (folder / ".env").write_bytes(b"secret")
    (folder / "graded.ipynb").write_bytes(b"hidden tests")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "b.csv").write_bytes(b"2")
    (folder / "file_link").symlink_to(tmp_path / "outside" / "b.csv")
    (folder / "folder_link").symlink_to(tmp_path / "outside")
    os.mkfifo(folder / "pipe")
    assert provisioner.files_beside(folder, 100) == ({"data/deep/a.csv": b"1"}, "")


def test_files_beside_takes_nothing_of_a_course_or_of_too_much(tmp_path):
    assert provisioner.files_beside(None, 100) == ({}, "")
    (tmp_path / "a.csv").write_bytes(b"1" * 101)
    files, reason = provisioner.files_beside(tmp_path, 100)
    assert files == {} and "more than" in reason
    (tmp_path / "gradebook.db").touch()
    files, reason = provisioner.files_beside(tmp_path, 1000)
    assert files == {} and "everybody's work" in reason


# --- The specs ----------------------------------------------------------------------------------


def test_the_specs_are_installed_and_found(tmp_path, monkeypatch):
    folders = kernelspecs.install(prefix=str(tmp_path))
    assert [Path(folder).name for folder in folders] == KERNELS
    manager = KernelSpecManager(kernel_dirs=[str(tmp_path / "share" / "jupyter" / "kernels")])
    for name in KERNELS:
        spec = manager.get_kernel_spec(name)
        assert spec.interrupt_mode == "message"
        assert spec.metadata["kernel_provisioner"]["provisioner_name"] == "coursepkg-confined"
    assert [manager.get_kernel_spec(name).metadata["kernel_provisioner"]["config"] for name in KERNELS] == [
        {"warm": False},
        {"warm": True},
    ]


# --- nbgrader -----------------------------------------------------------------------------------

SETTINGS = """
from coursepkg.grading import kernelspecs

kernelspecs.make_findable()
c = get_config()
c.CourseDirectory.course_id = "tiny"
c.ConfinedProvisioner.imports = ["numpy"]
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError"}
"""
ANSWERS = {
    "right": "def double(x):\n    return 2 * x",
    "wrong": "def double(x):\n    return x",
    "partly": "def double(x):\n    if x == 0:\n        raise ValueError('no zero')\n    return x + x",
}
SCORES = {"right": (1.0, 2.0, 2.0), "wrong": (0.0, 2.0, 0.5), "partly": (1.0, 0.0, 2.0)}
TESTS = {
    "test-three": (1, "assert double(3) == 6"),
    "test-zero": (2, "assert double(0) == 0"),
    "test-share": (2, "2 if double(1) == 2 else 0.5"),
}


def graded_cell(name, source, **flags):
    metadata = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    return nbformat.v4.new_code_cell(source, metadata={"nbgrader": {**metadata, "grade_id": name, **flags}})


@pytest.fixture(scope="module")
def tiny_course(tmp_path_factory):
    """A course folder with one released assignment and one submission of each answer."""
    folder = tmp_path_factory.mktemp("tiny") / "course"
    body = "    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
    notebook = nbformat.v4.new_notebook(
        cells=[
            graded_cell("double", f"def double(x):\n{body}", solution=True),
            *(
                graded_cell(name, source, grade=True, locked=True, points=points)
                for name, (points, source) in TESTS.items()
            ),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    path = folder / "source" / "tiny" / "tiny.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)
    (folder / "nbgrader_config.py").write_text(SETTINGS)
    nbgrader(folder, "generate_assignment", "tiny")
    for student, answer in ANSWERS.items():
        submitted = nbformat.read(folder / "release" / "tiny" / "tiny.ipynb", as_version=4)
        submitted.cells[0].source = answer
        path = folder / "submitted" / student / "tiny" / "tiny.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(submitted, path)
    return folder


def nbgrader(folder, *arguments):
    """Runs one of nbgrader's commands; afterwards nothing that it started is left."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    process = subprocess.Popen(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=folder,
        env=os.environ | {"PATH": path, "JUPYTER_PLATFORM_DIRS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    seen = set()
    with open(folder / "printed.txt", "w+", encoding="utf-8") as printed:
        while process.poll() is None:
            for one in psutil.Process(process.pid).children(recursive=True):
                seen.add(one)
            try:
                printed.write(process.communicate(timeout=0.5)[0])
            except subprocess.TimeoutExpired:
                continue
        printed.seek(0)
        text = printed.read()
    assert process.returncode == 0, text
    _, alive = psutil.wait_procs(seen, timeout=10)
    assert not alive, alive
    return text


def points_of(folder, student):
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "tiny") as gradebook:
        grades = gradebook.find_submission_notebook("tiny", "tiny", student).grades
        scores = {grade.name: grade.score for grade in grades}
    return tuple(scores[name] for name in TESTS)


@pytest.mark.sandbox
@pytest.mark.parametrize("kernel", ["python3", *KERNELS])
def test_nbgrader_gives_the_same_points_with_every_kernel(tiny_course, tmp_path, kernel):
    folder = shutil.copytree(tiny_course, tmp_path / "course")
    nbgrader(folder, "autograde", "tiny", f"--Execute.kernel_name={kernel}")
    assert {student: points_of(folder, student) for student in ANSWERS} == SCORES


@pytest.mark.sandbox
def test_nbgrader_validates_in_the_confinement(tiny_course):
    notebook = "source/tiny/tiny.ipynb"
    printed = nbgrader(tiny_course, "validate", notebook, "--Execute.kernel_name=coursepkg-confined")
    assert "Success! Your notebook passes all the tests." in printed


def test_the_courses_own_settings_find_the_kernels():
    """As nbgrader loads them, without anything installed."""
    code = (
        "from jupyter_client.kernelspec import KernelSpecManager\n"
        "from traitlets.config.loader import PyFileConfigLoader\n"
        "PyFileConfigLoader('nbgrader_config.py').load_config()\n"
        "print(sorted(KernelSpecManager().find_kernel_specs()))"
    )
    environment = {name: value for name, value in os.environ.items() if name != "JUPYTER_PATH"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT / "assignments",
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(KERNELS) <= set(eval(done.stdout.splitlines()[-1]))
