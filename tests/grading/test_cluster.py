"""Grading on a Dask cluster: a scheduler and two workers, real processes on loopback."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest
import stand_ins
from stand_ins import automatic_scores, begun, expected_scores, hand_in, signalled

from coursepkg.grading.order import Order, Trouble
from coursepkg.grading.runner import Run


class Cluster:
    """`dask scheduler` and `dask worker`, as an instructor starts them."""

    def __init__(self, folder, log):
        self.folder = folder
        self.environment = os.environ | {
            "PYTHONPATH": os.path.dirname(stand_ins.__file__),
            "DASK_DISTRIBUTED__COMM__RETRY__COUNT": "0",
            "STAND_IN_LOG": str(log),
        }
        self.processes = []
        self.file = folder / "scheduler.json"
        self.start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-jupyter")
        self.wait(self.file.exists)
        self.address = json.loads(self.file.read_text())["address"]

    def start(self, *arguments):
        with open(self.folder / "dask.log", "ab") as log:
            command = [sys.executable, "-m", "dask", *arguments, "--scheduler-file", str(self.file)]
            process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log, cwd=self.folder)
        self.processes.append(process)
        return process

    def start_worker(self, name):
        options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--memory-limit", "0"]
        return self.start("worker", *options, "--host", "127.0.0.1", "--name", name)

    def wait(self, condition):
        deadline = time.monotonic() + 90
        while not condition():
            assert time.monotonic() < deadline, (self.folder / "dask.log").read_text()
            time.sleep(0.05)

    def stop(self):
        for process in reversed(self.processes):
            if process.poll() is None:
                process.terminate()
        for process in self.processes:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture
def cluster(tmp_path):
    folder = tmp_path / "dask"
    folder.mkdir()
    cluster = Cluster(folder, tmp_path / "log")
    yield cluster
    cluster.stop()


def order_for(course):
    return Order(
        str(course), "ps1", confined=False, session="stand_ins:grade_submission", parent="stand_ins:NoParent"
    )


def recorded(course):
    """How often the gradebook holds each student's submission."""
    with sqlite3.connect(course / "gradebook.db") as connection:
        query = "SELECT student_id, COUNT(*) FROM submitted_assignment GROUP BY student_id"
        return dict(connection.execute(query).fetchall())


def graders_of(process):
    """The grading processes beside a Dask worker, as pairs that stay valid when they end."""
    return psutil.Process(process.pid).children()


def test_a_cluster_grades_each_submission_once_though_a_worker_is_killed(tiny_course, cluster, tmp_path):
    names = [f"s{number:02d}" for number in range(30)]
    for name in names:
        hand_in(tiny_course, name, sleep=0.2)
    first, second = cluster.start_worker("first"), cluster.start_worker("second")
    log = tmp_path / "log"

    def kill_the_first():
        # Both have begun, and the one that is killed has something in hand.
        cluster.wait(lambda: begun(log)[1].total() >= 4 and graders_of(first) and graders_of(second))
        beside.extend(graders_of(first))
        first.kill()

    beside = []
    killer = threading.Thread(target=kill_the_first, daemon=True)
    killer.start()
    run = Run(order_for(tiny_course), scheduler=cluster.address)
    summary = run.grade(run.choose())
    killer.join()
    assert first.wait() == -signal.SIGKILL
    assert [student for student, _ in summary.graded] == names
    assert summary.code == 0
    scores = automatic_scores(tiny_course)
    expected = expected_scores(names)
    assert {key: scores[key] for key in expected} == expected
    # What the killed worker's grader had finished and not yet recorded was graded again, and recorded once.
    assert set(begun(log)[1]) == set(names)
    rows = run.queue.rows("ps1")
    assert [(row.student, row.state) for row in rows] == [(name, "done") for name in names]
    assert recorded(tiny_course) == dict.fromkeys(names, 1)
    lines = [line.split() for line in log.read_text().splitlines()]
    grading = {pid for pid, *_ in lines}
    assert len(grading) >= 2
    # No student's code, and nothing that grades, runs in a Dask worker's own process.
    assert not grading & {str(process.pid) for process in cluster.processes}
    psutil.wait_procs(beside, timeout=20)
    assert not [one for one in beside if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]

    # Ctrl-C gives back what the cluster holds.
    for name in names[:4]:
        hand_in(tiny_course, name, sleep=30)

    before = begun(log)[0].total()

    run = Run(order_for(tiny_course), scheduler=cluster.address)
    with signalled(signal.SIGINT, lambda: begun(log)[0].total() > before):
        stopped = run.grade(run.choose())
    assert stopped.stopped
    assert len(stopped.waiting) == 4
    assert {row.state for row in run.queue.rows("ps1") if row.student in names[:4]} == {"queued"}
    cluster.wait(lambda: not graders_of(second))


@pytest.mark.sandbox
def test_a_cluster_runs_students_code_in_the_confinement(tiny_course, cluster):
    hand_in(tiny_course, "ada")
    hand_in(tiny_course, "bob", answer="import os\nos._exit(1)")
    cluster.start_worker("first")
    cluster.start_worker("second")
    order = Order(str(tiny_course), "ps1", imports=("IPython.core.interactiveshell",))
    run = Run(order, scheduler=cluster.address)
    summary = run.grade(run.choose())
    assert [student for student, _ in summary.graded] == ["ada", "bob"]
    points = {student: sum(all_) for student in ("ada", "bob") for all_ in [_of(tiny_course, student)]}
    assert points["ada"] > points["bob"] == 0


def _of(course, student):
    scores = automatic_scores(course).items()
    return [points for (name, cell), points in scores if name == student and cell.startswith("test_")]


def test_a_cluster_without_the_course_says_so(tiny_course, cluster):
    """A worker that does not see the course folder is trouble, not a grade."""
    hand_in(tiny_course, "ada")
    cluster.start_worker("only")
    run = Run(order_for(tiny_course), scheduler=cluster.address, workers=1)
    run.order = Order(**{**vars(run.order), "course": str(Path(tiny_course).with_name("elsewhere"))})
    with pytest.raises(Trouble, match=r"elsewhere is not a folder"):
        run.grade(run.choose())
    assert [row.state for row in run.queue.rows("ps1")] == ["queued"]

    run = Run(order_for(tiny_course), scheduler=cluster.address, workers=1)
    (tiny_course / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'tiny'\n"
        "c.CourseDirectory.db_url = 'sqlite:///elsewhere.db'\n"
    )
    with pytest.raises(Trouble, match=r"worker lead to the gradebook .*elsewhere.db, .*gradebook.db.*--db"):
        run.grade(run.choose())
