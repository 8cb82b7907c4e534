"""The folders `autograded` and `feedback`, as formgrader and nbgrader's other commands expect them.

A folder is written beside its place and put there in one step: whoever looks sees the old one or the new one.
"""

import contextlib
import ctypes
import errno
import glob
import json
import os
import secrets
import shutil
import socket
import stat
import time
from dataclasses import asdict

import psutil

from coursepkg.grading.feedback import Feedback, Grade, feedback_page, rejection_page
from coursepkg.grading.intake import EXCHANGE_FILES
from coursepkg.grading.listing import OPEN_FILE, OPEN_FOLDER
from coursepkg.grading.manual_grades import NOBODY, grades_by_hand, seconds_late
from coursepkg.grading.outcome import REJECTED
from coursepkg.grading.planned_cells import kind_of
from coursepkg.grading.safe_cells import error_output, harmless_markdown, harmless_outputs

EXCHANGE_BYTES = 1024
STALE_SECONDS = 3600  # after which what a killed grader left behind is removed
AT_WORKING_FOLDER, RENAME_EXCHANGE = -100, 2
ERRORS = {
    "failed": "CheckFailed",
    "not written": "NotImplementedError",
    "too slow": "TimeoutError",
    "manual": "NeedsALook",
}


def write_outcome(course, outcome, assignment):
    """Writes one submission's `autograded` and `feedback` folders.

    Args:
        course: `coursepkg.grading.course.Course`.
        outcome: `Outcome`.
        assignment: `plan.Assignment`.

    Raises:
        OSError: if a folder cannot be written, as on a full disk; both are then as they were, or one is new.
    """
    exchange = exchange_files(course.path("submitted", outcome.student, outcome.assignment))
    autograded = course.path("autograded", outcome.student, outcome.assignment)
    feedback = course.path("feedback", outcome.student, outcome.assignment)
    graded = outcome.state != REJECTED and outcome.notebooks
    notebooks = {
        notebook.name: autograded_notebook(notebook, assignment.notebooks[notebook.name], outcome)
        for notebook in outcome.notebooks
    }
    if graded:
        files = dict(assignment.files)
        for name, notebook in notebooks.items():
            files[f"{name}.ipynb"] = _as_json(notebook)
        replace_folder(autograded, {**files, **exchange}, course.groupshared, read_only=True)
    else:
        _remove_folder(autograded)
    pages = _pages(course, outcome, assignment, notebooks)
    # `nbgrader release_feedback` cannot do without a time, and reads it for its log alone.
    stamp = {"timestamp.txt": time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime()).encode()}
    replace_folder(feedback, {**pages, **stamp, **exchange}, course.groupshared)


# What formgrader and `generate_feedback` read.


def autograded_notebook(graded, source, outcome):
    """The notebook as nbgrader leaves it after grading, with nothing in it that a browser would run.

    Its outputs are such that `nbgrader.utils.determine_grade` finds the points of the outcome.

    Args:
        graded: `NotebookOutcome`.
        source: the notebook of the assignment.
        outcome: `Outcome`, whose notes are kept in the notebook's metadata for the feedback page.

    Returns:
        dict, a notebook of nbformat 4.
    """
    results = {result.grade_id: result for result in graded.cells}
    ours = {(cell.cell_type, cell.source) for cell in source.cells}
    points = {cell.metadata.nbgrader.grade_id: kind_of(cell) for cell in source.cells if kind_of(cell)}
    notebook = json.loads(json.dumps(graded.notebook))
    count = 0
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if cell["cell_type"] == "markdown":
            if (cell["cell_type"], cell["source"]) not in ours:
                cell["source"] = harmless_markdown(cell["source"], cell.get("attachments", {}))
        elif cell["cell_type"] == "code":
            count += 1
            cell["execution_count"] = count
            cell["outputs"] = harmless_outputs(cell.get("outputs", []))
            if points.get(name) == "test" and name in results:
                cell["outputs"] = _verdict(results[name], cell["outputs"])
    notebook["metadata"]["coursepkg"] = {
        "state": outcome.state,
        "reason": outcome.reason,
        "notes": list(outcome.notes),
        "unanswered": list(graded.unanswered),
        "cells": [asdict(result) for result in graded.cells],
    }
    return notebook


def _verdict(result, outputs):
    """A test cell's outputs, from which nbgrader reads points: an error is 0, a number itself, else all."""
    outputs = [
        output | {"name": "stdout"} if output["output_type"] == "stream" else output
        for output in outputs
        if output["output_type"] in ("stream", "display_data")
    ]
    message = result.message or "No points."
    if result.status == "passed" or (result.earned is not None and result.earned == result.points > 0):
        return outputs
    if not result.earned:
        name = ERRORS.get(result.status, "Error")
        return [*outputs, error_output(name, message, [f"{result.status}: {message}"])]
    if result.message:
        outputs.append({"output_type": "stream", "name": "stdout", "text": f"{result.message}\n"})
        outputs[-1] = harmless_outputs(outputs[-1:])[0]
    earned = {"text/plain": repr(float(result.earned))}
    return [
        *outputs,
        {"output_type": "execute_result", "data": earned, "metadata": {}, "execution_count": None},
    ]


def _as_json(notebook):
    import nbformat

    notebook = nbformat.from_dict(notebook)
    nbformat.validate(notebook)
    return (nbformat.writes(notebook) + "\n").encode("utf-8")


# What students read.


def _pages(course, outcome, assignment, notebooks):
    """Dict from file name to the page of each notebook of the assignment."""
    pages = {}
    if outcome.state == REJECTED:
        for name in assignment.notebooks:
            page = rejection_page(f"{name}.ipynb", outcome.reason, outcome.notes)
            pages[f"{name}.html"] = page.encode("utf-8")
        return pages
    people = grades_by_hand(course.db_url, outcome.student, outcome.assignment)
    late = _Lateness(course, outcome)
    for notebook in outcome.notebooks:
        feedback = _feedback(course, outcome, notebook, notebooks[notebook.name], people)
        feedback.penalty = late.penalty(sum(grade.earned or 0.0 for grade in feedback.grades.values()))
        page = feedback_page(feedback)
        pages[f"{notebook.name}.html"] = page.encode("utf-8")
    return pages


def _feedback(course, outcome, notebook, content, people):
    grades, comments = {}, {}
    for result in notebook.cells:
        person = people.get((notebook.name, result.grade_id), NOBODY)
        status, earned = result.status, result.earned
        if earned is None and result.grade_id in notebook.unanswered:
            status, earned = "not written", 0.0
        if person.counts(earned):
            status, earned = "by hand", person.score(earned)
        grades[result.grade_id] = Grade(
            result.grade_id, status, result.points, earned, result.message, person.comment
        )
    for (name, cell), person in people.items():
        if name == notebook.name and cell not in grades and person.comment:
            comments[cell] = person.comment
    settings = course.config.get("FeedbackExporter", {})
    return Feedback(
        title=notebook.name,
        student=outcome.student,
        assignment=outcome.assignment,
        notebook=content,
        grades=grades,
        comments=comments,
        unanswered=tuple(notebook.unanswered),
        notes=outcome.notes,
        state=outcome.state,
        reason=outcome.reason,
        show_hidden=settings.get("show_hidden", False) is True,
    )


class _Lateness:
    """What nbgrader's plugin takes off, as it will when the grades are recorded."""

    def __init__(self, course, outcome):
        submission = course.submission(outcome.student, outcome.assignment)
        timestamp = submission.timestamp if submission else None
        self.student = outcome.student
        self.seconds = seconds_late(course.db_url, outcome.student, outcome.assignment, timestamp)
        self.step = course.late_penalties() if self.seconds else None

    def penalty(self, score):
        if self.step is None:
            return 0.0
        penalty = self.step.plugin_inst.late_submission_penalty(self.student, score, self.seconds)
        return 0.0 if penalty is None else min(max(0.0, penalty), score)


# Folders that are whole at every moment.


def exchange_files(folder):
    """Reads what nbgrader's exchange put beside a submission: when it came, and a secret for its feedback.

    Args:
        folder: path of the submission.

    Returns:
        Dict from file name to bytes, without links, long files, and times that are none.
    """
    found = {}
    with contextlib.ExitStack() as opened:
        try:
            here = os.open(folder, OPEN_FOLDER)
        except OSError:
            return found
        opened.callback(os.close, here)
        for name in EXCHANGE_FILES:
            try:
                handle = os.open(name, OPEN_FILE, dir_fd=here)
            except OSError:
                continue
            with os.fdopen(handle, "rb") as file:
                if stat.S_ISREG(os.fstat(handle).st_mode):
                    content = file.read(EXCHANGE_BYTES + 1)
                    if len(content) <= EXCHANGE_BYTES and (name != "timestamp.txt" or _is_time(content)):
                        found[name] = content
    return found


def _is_time(content):
    from nbgrader.utils import parse_utc

    try:
        return parse_utc(content.decode("utf-8").strip()) is not None
    except Exception:  # dateutil fails in many ways on what is no time
        return False


def replace_folder(folder, files, groupshared=False, read_only=False):
    """Puts a folder with these files in the place of whatever is there.

    Args:
        folder: `Path`.
        files: dict from relative path to bytes.
        groupshared: bool, whether the group may write.
        read_only: bool, whether the files are for reading alone, as nbgrader leaves what it graded.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    beside = _aside(folder)
    try:
        os.mkdir(beside)
        for name, content in files.items():
            path = beside / name
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, content, 0o664 if groupshared else 0o444 if read_only else 0o644)
        _set_rights(beside, groupshared)
        _sync(beside)
        _put(beside, folder)
    finally:
        _remove(beside)
    _sync(folder.parent)


def _remove_folder(folder):
    """Takes a folder away in one step; nothing happens where there is none."""
    _sweep(folder)
    aside = _aside(folder)
    with contextlib.suppress(FileNotFoundError):
        os.rename(folder, aside)
        _remove(aside)


def _write(path, content, mode):
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fchmod(handle, mode)
        os.fsync(handle)


def _set_rights(beside, groupshared):
    for path in [beside, *(path for path in beside.rglob("*") if path.is_dir())]:
        os.chmod(path, 0o2775 if groupshared else 0o755)


def _sync(folder):
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network file systems know no such thing
            raise
    finally:
        os.close(handle)


def _put(beside, folder):
    """Renames; where something is in the place the two change places, and what was there is removed after."""
    try:
        os.rename(beside, folder)
    except OSError as error:
        if error.errno not in (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR):
            raise
        if not _exchange(beside, folder):
            aside = beside.with_suffix(".old")
            os.rename(folder, aside)
            try:
                os.rename(beside, folder)
            except OSError:
                os.rename(aside, folder)
                raise
            _remove(aside)


def _exchange(first, second):
    """Lets two paths change places in one step, where the kernel and the file system can."""
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "renameat2"):
        return False
    done = libc.renameat2(
        AT_WORKING_FOLDER, os.fsencode(first), AT_WORKING_FOLDER, os.fsencode(second), RENAME_EXCHANGE
    )
    if done == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        return False
    raise OSError(number, os.strerror(number), str(second))


def _remove(path):
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)


def _aside(folder):
    """A name beside a folder that says which process uses it."""
    host = socket.gethostname().replace(".", "-")
    return folder.parent / f".{folder.name}.{host}-{os.getpid()}.{secrets.token_hex(4)}.new"


def _sweep(folder):
    """Removes what a grader that was killed left beside a folder."""
    for path in folder.parent.glob(f".{glob.escape(folder.name)}.*.*.*"):
        if path.suffix in (".new", ".old"):
            with contextlib.suppress(OSError):
                if _is_orphan(path) or time.time() - path.lstat().st_mtime > STALE_SECONDS:
                    _remove(path)


def _is_orphan(path):
    """Whether the process that used it was one of this machine and is no more."""
    host, _, pid = path.name.split(".")[-3].rpartition("-")
    here = host == socket.gethostname().replace(".", "-")
    return here and pid.isdigit() and not _runs(int(pid))


def _runs(pid):
    """Whether a process runs. One that was killed keeps its number until its parent has asked about it."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
