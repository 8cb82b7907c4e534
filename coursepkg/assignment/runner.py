"""Runs an assignment's notebook in a fresh kernel and reports what each test cell says."""

import logging
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from coursepkg.assignment.notebook import NotebookProblem, find_concerns, graded_cells, read_notebook
from coursepkg.assignment.wording import INTERRUPTED, word_failure

MAX_MESSAGE = 1500  # characters of an error message that the report shows
SET_UP_SECONDS = 300  # what a locked cell above the first answer may take at least
LANGUAGES = ("python", "ipython", "")
# TensorFlow's C++ lines, such as "I0000 00:00:17 cpu_feature_guard.cc:210] ...", are no news to a student.
LIBRARY_LOG = re.compile(
    r"WARNING: All log messages before absl|[IWEF]\d{4} \d|\d{4}-\d\d-\d\d .*\.cc:\d+\]|To enable"
)


@dataclass(frozen=True)
class TestResult:
    """What one test cell said.

    Attributes:
        grade_id: str, the test cell's name.
        heading: str, the heading that the cell stands under.
        status: `"passed"`, `"failed"`, `"not written"`, `"error"`, `"too slow"` or `"not run"`.
        points: float, what the cell is worth.
        message: str, what the test says to the student; empty for a passed one.
    """

    __test__ = False  # pytest is not to collect this class

    grade_id: str
    heading: str
    status: str
    points: float
    message: str = ""

    @property
    def earned(self):
        """float, the points that the cell earns here."""
        return self.points if self.status == "passed" else 0.0


@dataclass
class Report:
    """What a run of the visible tests found.

    Attributes:
        name: str, the notebook's file name.
        tests: list of `TestResult`, in the order of the notebook.
        concerns: list of str, what is unusual about the file itself.
        broken_cells: list of str, which other cells stopped with an error, and how.
        remarks: list of str, what is worth knowing and costs nothing, such as text on stderr.
    """

    name: str
    tests: list = field(default_factory=list)
    concerns: list = field(default_factory=list)
    broken_cells: list = field(default_factory=list)
    remarks: list = field(default_factory=list)

    @property
    def points(self):
        """float, what all test cells are worth together."""
        return sum(test.points for test in self.tests)

    @property
    def earned(self):
        """float, what the passed test cells are worth together."""
        return sum(test.earned for test in self.tests)

    @property
    def passed(self):
        """bool, whether every test cell passed and no cell of the release is missing or edited."""
        return not self.concerns and all(test.status == "passed" for test in self.tests)


def check_notebook(path, timeout=60, progress=None, release=None):
    """Runs a notebook from top to bottom in a fresh kernel of this Python, and collects its tests' verdicts.

    Args:
        path: path of the notebook.
        timeout: number of seconds that one cell may take.
        progress: `None` or a function, called as `progress(done, total, name, status)` after each cell;
            `status` is empty for cells that are no tests.
        release: `None` or the path of the released notebook, to compare cells with.

    Returns:
        A `Report`.

    Raises:
        NotebookProblem: if the file cannot be run at all; the message is for its owner.
    """
    notebook = read_notebook(path)
    cells = graded_cells(notebook)
    released = None if release is None else graded_cells(read_notebook(release))
    report = Report(Path(path).name, concerns=find_concerns(cells, released))
    _check_language(notebook, report)
    _run(notebook, cells, report, Path(path).resolve().parent, timeout, progress or (lambda *_: None))
    return report


def _check_language(notebook, report):
    kernel = notebook.metadata.get("kernelspec", {})
    language = kernel.get("language") or notebook.metadata.get("language_info", {}).get("name") or ""
    title = kernel.get("display_name") or kernel.get("name") or language
    if str(language).lower() not in LANGUAGES:
        raise NotebookProblem(
            f"This notebook asks for the kernel '{title}' ({language}); the course's assignments run on "
            "Python. Choose a Python kernel in the Kernel menu, save, and check again."
        )
    if kernel.get("name", "python3") != "python3":
        report.remarks.append(
            f"The notebook names the kernel '{title}'; it was run with this Python "
            f"({sys.version_info.major}.{sys.version_info.minor}), as the grader does."
        )


def _new_client(notebook, folder, timeout):
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient

    from coursepkg.assignment import local_kernel

    class ThisPython(KernelSpecManager):
        """Whatever kernels the machine knows, notebooks run on the Python that has coursepkg."""

        def get_kernel_spec(self, kernel_name):
            command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
            return KernelSpec(argv=command, display_name="Python 3", language="python")

    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow's greetings would bury the report
    local_kernel.use_by_default()
    log = logging.getLogger("coursepkg.assignment")  # what nbclient logs, the report says in its own words
    log.addHandler(logging.NullHandler())
    log.propagate = False
    return NotebookClient(
        notebook,
        km=AsyncKernelManager(kernel_name="python3", kernel_spec_manager=ThisPython(), log=log),
        log=log,
        timeout_func=_seconds_for_cells(notebook, timeout),
        startup_timeout=120,
        allow_errors=True,
        # A cell that takes too long is interrupted; one that does not stop even then raises CellTimeoutError.
        interrupt_on_timeout=True,
        error_on_timeout={"ename": INTERRUPTED, "evalue": "", "traceback": []},
        iopub_timeout=10,
        raise_on_iopub_timeout=True,
        extra_arguments=["--HistoryManager.enabled=False"],
        shutdown_kernel="immediate",  # there is nothing to save, and a cell may ignore a polite request
        resources={"metadata": {"path": str(folder)}},
    )


def _seconds_for_cells(notebook, timeout):
    """Locked cells above the first answer are the course's own: they may import TensorFlow on a busy machine.

    Those below may call answers, which may never end.
    """
    patient = set()
    for cell in notebook.cells:
        metadata = cell.metadata.get("nbgrader", {})
        if metadata.get("solution"):
            break
        if metadata.get("locked") and not metadata.get("grade"):
            patient.add(id(cell))
    return lambda cell: max(timeout, SET_UP_SECONDS) if id(cell) in patient else timeout


def _run(notebook, cells, report, folder, timeout, progress):
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    last = {cell.grade_id: cell.index for cell in cells}  # of a copied cell the last one counts
    graded = {cell.index: cell for cell in cells if last[cell.grade_id] == cell.index}
    code = [index for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    client, reason = _new_client(notebook, folder, timeout), ""
    # The kernel's own log is no news to a student; what cells write to stderr arrives as messages.
    with client.setup_kernel(cleanup_kc=True, stderr=subprocess.DEVNULL):
        for done, index in enumerate(code, 1):
            cell, source = graded.get(index), notebook.cells[index]
            source.outputs = []
            if not reason:
                try:
                    client.execute_cell(source, index)
                except (DeadKernelError, CellTimeoutError) as error:
                    reason = _why_it_ended(error, cell, index, timeout)
            failure = _error_of(source)
            status = ""
            if cell is not None and cell.kind == "test":
                result = _verdict(cell, failure, reason, report, timeout)
                report.tests.append(result)
                status = result.status
            elif failure is not None and failure.ename != "NotImplementedError":
                report.broken_cells.append(_describe_broken(cell, index, source, failure, timeout))
            if not reason:
                _remark_stderr(source, cell, index, report)
            progress(done, len(code), cell.grade_id if cell else f"cell {index + 1}", status)
    if reason:
        report.broken_cells.append(reason)


def _why_it_ended(error, cell, index, timeout):
    name = f"'{cell.grade_id}'" if cell else f"{index + 1}"
    if type(error).__name__ == "DeadKernelError":
        return (
            f"Python itself ended while cell {name} ran: out of memory, or a call that ends the process. "
            "Nothing below that cell was run."
        )
    return (
        f"Cell {name} took longer than {timeout:g} s and could not be interrupted. "
        "Nothing below that cell was run."
    )


def _error_of(cell):
    return next((output for output in cell.get("outputs", []) if output.output_type == "error"), None)


def _verdict(cell, failure, reason, report, timeout):
    def result(status, message):
        return TestResult(cell.grade_id, cell.heading, status, cell.points, message)

    if reason:
        return result("not run", reason)
    if failure is None:
        return result("passed", "")
    broken = report.broken_cells[-1] if report.broken_cells else ""
    text, where = _clean(failure.evalue), _raised_in(failure)
    return result(*word_failure(failure.ename, text, where, broken, timeout))


def _clean(text):
    text = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text).strip()
    return text if len(text) <= MAX_MESSAGE else text[:MAX_MESSAGE] + " [...]"


def _raised_in(failure):
    """The function of the notebook that an error came from, as `name (line 3 of its cell)`."""
    trace = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", "\n".join(failure.traceback))
    frames = re.findall(r"^Cell In\[\d+\], line (\d+), in ([\w.]+)\(", trace, re.MULTILINE)
    frames += re.findall(r"^(?:File|Input) .*?In \[\d+\].*?, in ([\w.]+)\(", trace, re.MULTILINE)
    if not frames:
        return ""
    frame = frames[-1]
    return f"{frame[1]} (line {frame[0]} of its cell)" if isinstance(frame, tuple) else frame


def _describe_broken(cell, index, source, failure, timeout):
    name = f"'{cell.grade_id}'" if cell else f"{index + 1}"
    if failure.ename == INTERRUPTED:
        return f"Cell {name} was stopped after {timeout:g} s."
    first = next((line.strip() for line in source.source.splitlines() if line.strip()), "")
    return f"Cell {name} stopped with {failure.ename}: {_clean(failure.evalue)}\nIt begins: {first[:80]}"


def _remark_stderr(source, cell, index, report):
    text = "".join(
        output.text for output in source.outputs if output.output_type == "stream" and output.name == "stderr"
    )
    lines = [line for line in _clean(text).splitlines() if line.strip() and not LIBRARY_LOG.match(line)]
    if lines:
        name = f"'{cell.grade_id}'" if cell else f"{index + 1}"
        report.remarks.append(f"Cell {name} wrote a warning, which costs nothing: {lines[-1].strip()[:160]}")
