"""The queue on both databases: what is queued, who holds it, whose result counts, what kills leave behind."""

import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from tiny import run_nbgrader

from coursepkg.grading import database, work_queue
from coursepkg.grading.course import open_course
from coursepkg.grading.database import DatabaseProblem
from coursepkg.grading.outcome import CellResult, NotebookOutcome, Outcome
from coursepkg.grading.work_queue import LeaseLost, Queue, Task


@pytest.fixture
def queue(course):
    return Queue(course)


def outcome_of(student, message=""):
    cell = CellResult("test_answer", "failed", 2.0, 0.0, message)
    notebook = NotebookOutcome("first", [cell], {"cells": ["large"]}, ["answer"])
    return Outcome(student, "ps1", "graded", notebooks=[notebook], seconds=1.5, peak_memory=10**10)


def states(queue):
    return {row.student: row.state for row in queue.rows("ps1")}


def age(monkeypatch, seconds):
    """Lets time pass for the grader."""
    now = database.now
    monkeypatch.setattr(database, "now", lambda connection: now(connection) + seconds)


def test_what_is_new_or_changed_is_queued_and_nothing_else(queue):
    assert queue.add("ada", "ps1", "f1", "v1")
    assert queue.add("ada", "ps1", "f1", "v1"), "it still waits"
    queue.done(queue.lease("w", 60), outcome_of("ada"))
    assert not queue.add("ada", "ps1", "f1", "v1")
    assert queue.add("ada", "ps1", "f2", "v1"), "another submission"
    queue.done(queue.lease("w", 60), outcome_of("ada"))
    assert queue.add("ada", "ps1", "f2", "v2"), "another version of the assignment"
    queue.done(queue.lease("w", 60), outcome_of("ada"))
    assert not queue.add("ada", "ps1", "f2", "v2")
    assert queue.add("ada", "ps1", "f2", "v2", force=True)
    assert queue.lease("w", 60).fingerprint == "f2"
    assert not queue.add("ada", "ps1", "f2", "v2", force=True), "somebody is at it"
    assert queue.counts() == {"queued": 0, "leased": 1, "done": 0, "failed": 0}


def test_a_failed_one_is_tried_again_where_that_is_wanted(queue):
    queue.add("ada", "ps1", "f", "v")
    queue.failed(queue.lease("w", 60), "The machine \0 caught fire.")
    assert queue.rows("ps1")[0].reason == "The machine � caught fire."
    assert not queue.add("ada", "ps1", "f", "v", retry=False)
    assert queue.add("ada", "ps1", "f", "v")
    assert queue.rows("ps1")[0].reason == ""
    assert queue.lease("w", 60).attempts == 1


def test_courses_and_assignments_do_not_mix(queue, course):
    other = Queue(replace(course, course_id="another"))
    queue.add("ada", "ps1", "f", "v")
    assert other.lease("w", 60) is None and other.rows() == []
    assert queue.lease("w", 60, assignment="ps2") is None
    assert queue.lease("w", 60, students=["grace"]) is None
    assert queue.lease("w", 60, assignment="ps1", students=["ada"]).student == "ada"


def test_what_waits_longest_comes_first_and_what_was_tried_last(queue):
    for student in ("c", "a", "b"):
        queue.add(student, "ps1", "f", "v")
    first = queue.lease("first", 60)
    assert first.student == "c"
    assert queue.worker_died(first)
    assert [queue.lease("w", 60).student for _ in range(3)] == ["a", "b", "c"]
    assert queue.lease("w", 60) is None


def test_a_result_is_kept_with_everything_but_the_notebook(course, queue):
    queue.add("ada", "ps1", "f", "v")
    queue.done(queue.lease("w", 60), outcome_of("ada", "no\0thing \ud800" + "x" * 10_000))
    (row,) = queue.rows("ps1")
    assert (row.state, row.verdict, row.seconds, row.peak_memory) == ("done", "graded", 1.5, 10**10)
    outcome = work_queue.outcomes(course, "ps1")["ada"]
    assert outcome.notebooks[0].notebook == {}
    assert outcome.notebooks[0].cells[0].grade_id == "test_answer"
    assert len(outcome.notebooks[0].cells[0].message) < 5000


def test_only_who_holds_the_lease_can_write(queue, monkeypatch):
    queue.add("ada", "ps1", "f", "v")
    slow = queue.lease("slow", 60)
    assert queue.heartbeat(slow, 60)
    age(monkeypatch, 61)
    quick = queue.lease("quick", 60)
    assert quick.student == "ada" and quick.token != slow.token
    assert not queue.heartbeat(slow, 60)
    with pytest.raises(LeaseLost, match="no longer with slow"):
        queue.done(slow, outcome_of("ada"))
    with pytest.raises(LeaseLost):
        queue.failed(slow, "a reason")
    assert states(queue) == {"ada": "leased"}
    queue.done(quick, outcome_of("ada"))
    with pytest.raises(LeaseLost):
        queue.done(quick, outcome_of("ada"))


def test_a_heartbeat_keeps_the_lease(queue, monkeypatch):
    queue.add("ada", "ps1", "f", "v")
    task = queue.lease("w", 60)
    age(monkeypatch, 50)
    assert queue.heartbeat(task, 60)
    age(monkeypatch, 50)
    assert queue.release_expired() == 0
    assert queue.lease("other", 60) is None
    age(monkeypatch, 20)
    assert queue.release_expired() == 1
    assert not queue.heartbeat(task, 60)


def test_a_submission_that_is_handed_in_again_while_it_is_graded_is_graded_again(queue):
    queue.add("ada", "ps1", "old", "v")
    task = queue.lease("w", 60)
    assert queue.add("ada", "ps1", "new", "v")
    with pytest.raises(LeaseLost):
        queue.done(task, outcome_of("ada"))
    assert queue.lease("w", 60).fingerprint == "new"


def test_what_ends_its_worker_three_times_fails_with_a_reason(queue, monkeypatch):
    queue.add("eve", "ps1", "f", "v")
    for attempt in (1, 2, 3):
        task = queue.lease(f"worker {attempt}", 60)
        assert task.attempts == attempt
        if attempt == 2:
            assert queue.worker_died(task)
            assert not queue.worker_died(task), "it is no longer this worker's"
        else:
            age(monkeypatch, 61)
    assert queue.lease("worker 4", 60) is None
    (row,) = queue.rows("ps1")
    assert row.state == "failed" and "ended 3 times" in row.reason
    assert queue.add("eve", "ps1", "f", "v") and queue.lease("worker 5", 60).attempts == 1


def test_what_is_given_back_counts_as_not_begun(queue):
    queue.add("ada", "ps1", "f", "v")
    for _ in range(5):
        task = queue.lease("w", 60)
        assert queue.release(task)
        assert not queue.release(task)
    assert queue.lease("w", 60).attempts == 1


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf")])
def test_a_lease_has_an_end(queue, seconds):
    queue.add("ada", "ps1", "f", "v")
    with pytest.raises(ValueError, match="expected a number above 0"):
        queue.lease("w", seconds)


def test_looking_writes_nothing(tiny_course):
    course = open_course(tiny_course, f"sqlite:///{tiny_course}/none.db")
    assert work_queue.rows(course) == []
    assert not (tiny_course / "none.db").exists()
    before = (tiny_course / "gradebook.db").read_bytes()
    assert work_queue.rows(open_course(tiny_course), "ps1") == []
    assert (tiny_course / "gradebook.db").read_bytes() == before


def _take_all(course, name, begin, results):
    begin.wait()
    queue, taken = Queue(course), []
    while task := queue.lease(name, 600):
        taken.append(task.student)
        queue.done(task, outcome_of(task.student))
    results.put((name, taken))


def test_many_processes_share_the_work_and_nobody_works_twice(course, queue):
    students = [f"student {number:03}" for number in range(60)]
    assert queue.add_all("ps1", dict.fromkeys(students, "f"), "v") == students
    fork = multiprocessing.get_context("fork")
    begin, results = fork.Event(), fork.Queue()
    workers = [
        fork.Process(target=_take_all, args=(course, f"w{number}", begin, results)) for number in range(6)
    ]
    for worker in workers:
        worker.start()
    begin.set()
    taken = [student for _ in workers for student in results.get(timeout=120)[1]]
    for worker in workers:
        worker.join(60)
    assert sorted(taken) == students
    assert queue.counts() == {"queued": 0, "leased": 0, "done": 60, "failed": 0}


def _add_the_same(course, begin, results):
    begin.wait()
    results.put(len(Queue(course).add_all("ps1", {f"s{number}": "f" for number in range(50)}, "v")))


def test_two_graders_that_queue_the_same_do_not_collide(course, queue):
    fork = multiprocessing.get_context("fork")
    begin, results = fork.Event(), fork.Queue()
    graders = [fork.Process(target=_add_the_same, args=(course, begin, results)) for _ in range(4)]
    for grader in graders:
        grader.start()
    begin.set()
    assert [results.get(timeout=120) for _ in graders] == [50] * 4
    for grader in graders:
        grader.join(60)
    assert queue.counts()["queued"] == 50


def _lease_and_report(course, sender):
    queue = Queue(course)
    while task := queue.lease("victim", 600):
        sender.send(task.student)
        queue.done(task, outcome_of(task.student))


def test_a_kill_at_any_moment_loses_nothing(course, queue, monkeypatch):
    students = [f"s{number}" for number in range(40)]
    queue.add_all("ps1", dict.fromkeys(students, "f"), "v")
    fork = multiprocessing.get_context("fork")
    for kill in range(8):
        receiver, sender = fork.Pipe(duplex=False)
        victim = fork.Process(target=_lease_and_report, args=(course, sender))
        victim.start()
        assert receiver.recv()
        time.sleep(0.003 * kill)
        os.kill(victim.pid, signal.SIGKILL)
        victim.join()
        for row in queue.rows("ps1"):
            if row.state == "leased":
                queue.worker_died(Task(**{name: getattr(row, name) for name in Task.__dataclass_fields__}))
    while task := queue.lease("heir", 600):
        queue.done(task, outcome_of(task.student))
    assert states(queue) == dict.fromkeys(students, "done")


def test_nbgrader_can_still_upgrade_the_database(on_sqlite):
    Queue(on_sqlite).add("ada", "ps1", "f", "v")
    run_nbgrader(on_sqlite.root, "db", "upgrade")
    assert states(Queue(on_sqlite)) == {"ada": "queued"}


def test_a_locked_database_is_named_and_nothing_is_written(on_sqlite, monkeypatch):
    monkeypatch.setattr(database, "WAIT", 0.2)
    database._engine_of_process.cache_clear()
    queue = Queue(on_sqlite)
    other = sqlite3.connect(on_sqlite.root / "gradebook.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(DatabaseProblem, match="Another program has been writing"):
        queue.add("ada", "ps1", "f", "v")
    other.execute("ROLLBACK")
    other.close()
    assert queue.rows() == []
    database._engine_of_process.cache_clear()


@pytest.mark.parametrize(
    ("content", "word"), [(b"no database at all" * 100, "damaged"), (None, "cannot be opened")]
)
def test_a_file_that_is_no_database_is_named(tiny_course, content, word):
    path = tiny_course / "folder" / "gradebook.db"
    if content is not None:
        path.parent.mkdir()
        path.write_bytes(content)
    with pytest.raises(DatabaseProblem, match=word):
        Queue(open_course(tiny_course, f"sqlite:///{path}"))


def test_a_server_that_does_not_answer_is_named_without_the_password(tiny_course):
    url = "postgresql+psycopg://me:secret@127.0.0.1:1/grades?connect_timeout=2"
    with pytest.raises(DatabaseProblem, match="does not answer") as caught:
        Queue(open_course(tiny_course, url))
    assert "secret" not in str(caught.value)


@pytest.mark.sandbox
def test_on_a_full_disk_nothing_half_is_written_and_a_rerun_goes_on(on_sqlite, tmp_path):
    Queue(on_sqlite)
    script = """
import os, shutil, sys
from coursepkg.grading.course import open_course
from coursepkg.grading.database import DatabaseProblem
from coursepkg.grading.work_queue import Queue

small = sys.argv[2]
shutil.copy(sys.argv[1] + "/gradebook.db", small + "/gradebook.db")
queue = Queue(open_course(sys.argv[1], f"sqlite:///{small}/gradebook.db"))
assert queue.add("ada", "ps1", "f", "v")
free = os.statvfs(small).f_bavail * os.statvfs(small).f_frsize
with open(small + "/ballast", "wb") as file:
    file.write(bytes(max(0, free - 8192)))
try:
    queue.add_all("ps1", {f"student {number}": "f" * 100 for number in range(2000)}, "v")
except DatabaseProblem as problem:
    assert "disk" in str(problem) and "is full" in str(problem), problem
else:
    raise SystemExit("the disk was not full")
assert [row.student for row in queue.rows()] == ["ada"]
os.remove(small + "/ballast")
assert queue.add_all("ps1", {"grace": "f"}, "v") == ["grace"]
assert queue.counts()["queued"] == 2
print("well")
"""
    here = os.path.dirname(os.path.dirname(work_queue.__file__))
    small = tmp_path / "small"
    small.mkdir()
    command = ["bwrap", "--dev-bind", "/", "/", "--size", str(2**20), "--tmpfs", small, "--die-with-parent"]
    command += [sys.executable, "-c", script, on_sqlite.root, small]
    environment = os.environ | {"PYTHONPATH": os.path.dirname(here)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stdout == "well\n", done.stderr
