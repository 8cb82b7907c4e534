"""Runs over a queue: what is graded and why, workers that fail or are stopped, submissions as they arrive.

The session is a stand-in whose scores follow from names alone, so that every score in the gradebook is known.
"""

import errno
import io
import os
import shutil
import signal
import sqlite3
from dataclasses import replace
from types import SimpleNamespace

import psutil
import pytest
import stand_ins
from stand_ins import automatic_scores, begun, expected_scores, hand_in, signalled

from coursepkg.grading import pool, runner, sandbox
from coursepkg.grading.arrivals import QUIET_SECONDS, Arrivals
from coursepkg.grading.course import Submission
from coursepkg.grading.limits import Limits
from coursepkg.grading.order import Order, Trouble, trouble_in
from coursepkg.grading.progress import Display, duration, plain, print_table
from coursepkg.grading.runner import Run, Summary
from coursepkg.grading.worker import warm_parent


@pytest.fixture
def log(tmp_path, monkeypatch):
    monkeypatch.setenv("STAND_IN_LOG", str(tmp_path / "log"))
    return tmp_path / "log"


def processes():
    """This process's children that still run; another test's database server may be among them."""
    return {child.pid for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE}


@pytest.fixture(autouse=True)
def nothing_left_running():
    before = processes()
    yield
    assert processes() <= before


def order_for(course, **settings):
    settings = {"session": "stand_ins:grade_submission", "parent": "stand_ins:NoParent"} | settings
    return Order(str(course), "ps1", confined=False, **settings)


def grade(course, force=False, workers=2, **settings):
    run = Run(order_for(course, **settings), force=force, workers=workers)
    return run.grade(run.choose())


def states(course):
    with sqlite3.connect(course / "gradebook.db") as connection:
        return dict(connection.execute("SELECT student, state FROM coursepkg_queue"))


def judged(course):
    """The automatic scores of cells that a program judges."""
    return {key: points for key, points in automatic_scores(course).items() if key[1].startswith("test_")}


def test_everything_is_graded_once_and_lands_in_the_gradebook(tiny_course, log):
    names = [f"s{number}" for number in range(8)]
    for name in names:
        hand_in(tiny_course, name)
    summary = grade(tiny_course)
    assert [student for student, _ in summary.graded] == names
    assert (summary.code, summary.now, summary.rejected, summary.failed) == (0, 8, [], [])
    assert judged(tiny_course) == expected_scores(names)
    assert set(begun(log)[1].values()) == {1}
    for name in names:
        assert (tiny_course / "autograded" / name / "ps1" / "first.ipynb").is_file()
        assert (tiny_course / "feedback" / name / "ps1" / "first.html").is_file()

    again = grade(tiny_course)
    assert (again.now, len(again.graded), again.code) == (0, 8, 0)
    assert begun(log)[1].total() == 8


def test_why_a_submission_is_graded(tiny_course):
    for name in ("first", "second", "third"):
        hand_in(tiny_course, name)
    run = Run(order_for(tiny_course))
    assert [(one.student, one.grade, one.why) for one in run.choose()] == [
        ("first", True, "new"),
        ("second", True, "new"),
        ("third", True, "new"),
    ]
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        states(tiny_course)  # to ask is to change nothing
    run.grade(run.choose())
    hand_in(tiny_course, "second", answer="answer = 41")
    assert [(one.grade, one.why) for one in run.choose()] == [
        (False, "up to date (graded)"),
        (True, "handed in anew since it was queued or graded"),
        (False, "up to date (graded)"),
    ]
    assert all(one.grade for one in Run(order_for(tiny_course), force=True).choose())
    run.assignment = replace(run.assignment, version="another")
    assert [one.why for one in run.choose() if one.student != "second"] == [
        "the assignment has changed since"
    ] * 2


def test_only_the_students_who_were_asked_for(tiny_course):
    for name in ("ada", "bob", "eve"):
        hand_in(tiny_course, name)
    summary = grade(tiny_course, students=("bob",))
    assert summary.graded == [("bob", "")]
    assert states(tiny_course) == {"bob": "done"}
    with pytest.raises(Trouble, match=r"no submission of zoe for ps1.*submitted/zoe/ps1"):
        grade(tiny_course, students=("bob", "zoe"))


def test_what_another_run_left_in_the_queue_is_not_taken_along(tiny_course):
    for name in ("ada", "bob"):
        hand_in(tiny_course, name)
    run = Run(order_for(tiny_course))
    run._queue_up(run.choose())
    assert grade(tiny_course, students=("bob",)).now == 1
    assert states(tiny_course) == {"ada": "queued", "bob": "done"}
    assert grade(tiny_course).graded == [("ada", ""), ("bob", "")]


def test_the_summary_tells_ends_apart(tiny_course, tmp_path):
    hand_in(tiny_course, "fine")
    hand_in(tiny_course, "odd", state="needs a look", reason="Two clocks disagree.")
    hand_in(tiny_course, "empty", state="rejected", reason="There is no notebook.")
    (tiny_course / "submitted" / "linked").mkdir()
    (tiny_course / "submitted" / "linked" / "ps1").symlink_to(tiny_course / "source" / "ps1")
    summary = grade(tiny_course)
    assert summary.graded == [("fine", "")]
    assert summary.looks == [("odd", "Two clocks disagree.")]
    assert [student for student, _ in summary.rejected] == ["empty", "linked"]
    assert "symbolic link" in summary.rejected[1][1]
    assert summary.code == 1
    assert grade(tiny_course).code == 1  # all is not well, though nothing was to be done


def test_a_fault_of_the_grader_costs_one_submission_and_is_tried_again(tiny_course, log):
    hand_in(tiny_course, "fine")
    folder = hand_in(tiny_course, "unlucky", **{"raise": "no such luck"})
    summary = grade(tiny_course)
    ((student, reason),) = summary.failed
    assert student == "unlucky"
    assert reason.startswith("ValueError: no such luck (in stand_ins.py, line ")
    assert summary.graded == [("fine", "")]
    assert summary.code == 2
    assert begun(log)[0]["unlucky"] == 3
    (folder / "orders.json").unlink()
    assert grade(tiny_course).code == 0


def test_a_submission_that_ends_its_worker_every_time_is_set_aside(tiny_course, log):
    names = ["a", "b", "c", "d"]
    for name in names:
        hand_in(tiny_course, name)
    hand_in(tiny_course, "bomb", end=signal.SIGKILL)
    summary = grade(tiny_course)
    assert [student for student, _ in summary.graded] == names
    assert [student for student, _ in summary.failed] == ["bomb"]
    assert "ended 3 times" in summary.failed[0][1]
    assert begun(log)[0]["bomb"] == 3
    assert judged(tiny_course) == expected_scores(names)


def test_a_machine_that_cannot_start_children_ends_the_run_and_keeps_the_queue(tiny_course):
    for name in ("ada", "bob"):
        hand_in(tiny_course, name, spawn=True)
    with pytest.raises(Trouble, match="could not start: no such luck"):
        grade(tiny_course, parent="stand_ins:NeverStarts", workers=1)
    assert set(states(tiny_course).values()) == {"queued"}


def test_no_confinement_no_grading(tiny_course, monkeypatch):
    hand_in(tiny_course, "ada")
    monkeypatch.setattr(sandbox, "why_not_confined", lambda: "Not here. `--accept-risk` goes on.")
    run = Run(replace(order_for(tiny_course), confined=True))
    with pytest.raises(Trouble, match="--accept-risk"):
        run.grade(run.choose())


SEES = "import os\nanswer = 0 if os.path.exists({!r}) else 42"


@pytest.mark.sandbox
@pytest.mark.parametrize(("why_not", "points"), [("", 2), ("Not here.", 0)])
def test_an_accepted_risk_is_taken_only_where_a_machine_cannot_confine(
    tiny_course, monkeypatch, why_not, points
):
    if why_not:
        monkeypatch.setattr(sandbox, "why_not_confined", lambda: why_not)
    hand_in(tiny_course, "ada", answer=SEES.format(str(tiny_course / "gradebook.db")))
    order = Order(str(tiny_course), "ps1", accept_risk=True, imports=("IPython.core.interactiveshell",))
    stream = io.StringIO()
    run = Run(order, workers=1, display=Display(stream))
    assert run.grade(run.choose()).graded == [("ada", "")]
    assert automatic_scores(tiny_course)["ada", "test_answer"] == points
    assert ("unconfined" in stream.getvalue()) == bool(why_not)


@pytest.mark.parametrize(
    ("confined", "accept_risk", "why_not", "expected"),
    [
        (True, False, "", True),
        (True, False, "Not here.", True),  # and then it does not start
        (True, True, "", True),
        (True, True, "Not here.", False),
        (False, True, "", False),
    ],
)
def test_each_machine_decides_whether_it_confines(
    monkeypatch, capsys, confined, accept_risk, why_not, expected
):
    monkeypatch.setattr(sandbox, "why_not_confined", lambda: why_not)
    order = Order("/course", "ps1", confined=confined, accept_risk=accept_risk, parent="stand_ins:NoParent")
    assert warm_parent(Order.from_json(order.to_json())).confined is expected
    said = capsys.readouterr().err
    assert ("unconfined" in said and "Not here." in said) == (confined and not expected)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_gives_back_what_is_in_hand(tiny_course, log, number):
    names = [f"s{index}" for index in range(6)]
    for name in names:
        hand_in(tiny_course, name, sleep=0.01 if name < "s2" else 30)

    before = signal.getsignal(number)
    # The two quick ones are done, two slow ones are in hand.
    with signalled(number, lambda: begun(log)[0].total() >= 4):
        summary = grade(tiny_course)
    assert signal.getsignal(number) == before
    assert summary.stopped
    assert summary.code == 2
    assert [student for student, _ in summary.graded] == ["s0", "s1"]
    assert len(summary.waiting) == 4
    assert states(tiny_course) == {name: "done" if name < "s2" else "queued" for name in names}
    for name in names[2:]:
        hand_in(tiny_course, name, sleep=0)
    assert grade(tiny_course).code == 0
    assert judged(tiny_course) == expected_scores(names)


def test_workers_know_their_own_end(tiny_course, log):
    """A worker alone, as a Dask worker starts it: an order on standard input, no answer where all is well."""
    import subprocess
    import sys

    hand_in(tiny_course, "ada")
    run = Run(order_for(tiny_course))
    run._queue_up(run.choose())
    environment = os.environ | {"PYTHONPATH": os.path.dirname(stand_ins.__file__)}
    for order, said in (
        (order_for(tiny_course), ""),
        (replace(order_for(tiny_course), course="/nowhere"), "/nowhere is not a folder"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "coursepkg.grading.worker", str(os.getpid())],
            input=order.to_json(),
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.startswith(said) if said else not done.stdout, done.stderr
    assert judged(tiny_course) == expected_scores(["ada"])


@pytest.mark.parametrize(("hosts", "warned"), [({"tcp://a"}, False), ({"tcp://a", "tcp://b"}, True)])
def test_sqlite_on_several_machines_is_warned_of(tiny_course, monkeypatch, hosts, warned):
    monkeypatch.setattr(runner, "ClusterPool", lambda *_: SimpleNamespace(hosts=lambda: hosts))
    stream = io.StringIO()
    order = order_for(tiny_course)
    Run(order, scheduler="tcp://x:1", display=Display(stream))._pool(order)
    assert ("PostgreSQL is the safe choice" in stream.getvalue()) == warned


@pytest.mark.parametrize("accept_risk", [True, False])
def test_a_risk_accepted_for_other_machines_is_named(tiny_course, monkeypatch, accept_risk):
    monkeypatch.setattr(runner, "ClusterPool", lambda *_: SimpleNamespace(hosts=lambda: {"tcp://a"}))
    stream = io.StringIO()
    order = replace(order_for(tiny_course), confined=True, accept_risk=accept_risk)
    Run(order, scheduler="tcp://x:1", display=Display(stream))._pool(order)
    assert ("that cannot confine run students' code unconfined" in stream.getvalue()) == accept_risk


def test_an_order_survives_its_journey():
    order = Order("/course", "ps1", "sqlite:////x.db", ("a", "b"), Limits(memory=2**30), imports=("numpy",))
    assert Order.from_json(order.to_json()) == order
    assert Order.from_json(Order("/c", "ps1").to_json()) == Order("/c", "ps1")


def test_what_stops_all_grading_is_told_from_what_concerns_one_submission():
    order = Order("/course", "ps1")
    full = RuntimeError("could not write")
    full.__cause__ = OSError(errno.ENOSPC, "No space left on device")
    assert "is full" in str(trouble_in(full, order))
    assert "cannot be written" in str(trouble_in(OSError(errno.EROFS, "Read-only file system"), order))
    assert trouble_in(OSError(errno.ENOENT, "No such file"), order) is None
    assert trouble_in(ValueError("x"), order) is None
    trouble = Trouble("so it is")
    assert trouble_in(trouble, order) is trouble


def test_a_machine_without_memory_still_has_one_worker(monkeypatch):
    memory = psutil.virtual_memory()
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory._replace(available=2**20))
    assert pool.default_workers() == 1
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory._replace(available=2**50))
    assert pool.default_workers() == len(os.sched_getaffinity(0))


# Submissions as they arrive


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


def test_what_changed_a_moment_ago_waits(tmp_path):
    clock = Clock()
    arrivals = Arrivals(clock)
    folder = tmp_path / "ada"
    folder.mkdir()
    submissions = [Submission("ada", folder)]
    (folder / "a.ipynb").write_text("{")
    assert arrivals.settled(submissions) == []
    clock.now += QUIET_SECONDS - 0.5
    (folder / "a.ipynb").write_text("{}")
    assert arrivals.settled(submissions) == []
    clock.now += QUIET_SECONDS - 0.5
    assert arrivals.settled(submissions) == []
    clock.now += 0.5
    assert arrivals.settled(submissions) == submissions
    assert arrivals.settled(submissions) == []  # once
    os.utime(folder / "a.ipynb", (0, 0))  # an old time of change does not hide a new one
    assert arrivals.settled(submissions) == []
    clock.now += QUIET_SECONDS
    assert arrivals.settled(submissions) == submissions


def test_odd_folders_do_not_stop_a_watch(tmp_path):
    clock = Clock()
    arrivals = Arrivals(clock)
    many = tmp_path / "many"
    many.mkdir()
    for number in range(1500):
        (many / str(number)).touch()
    (tmp_path / "loop").symlink_to(tmp_path)
    submissions = [Submission(name, tmp_path / name) for name in ("many", "loop", "gone")]
    arrivals.settled(submissions)
    clock.now += QUIET_SECONDS
    assert {one.student for one in arrivals.settled(submissions)} >= {"many", "loop"}


def test_a_watch_grades_what_arrives_and_what_is_handed_in_again(tiny_course, log, monkeypatch):
    monkeypatch.setattr(runner, "WATCH_SECONDS", 0.1)
    monkeypatch.setattr("coursepkg.grading.arrivals.QUIET_SECONDS", 0.5)
    hand_in(tiny_course, "early")
    stage = iter(
        (
            lambda: hand_in(tiny_course, "late"),
            lambda: hand_in(tiny_course, "early", answer="answer = 7"),
            lambda: shutil.rmtree(tiny_course / "submitted" / "late"),
        )
    )
    finished = 0

    def ended():
        nonlocal finished
        done = begun(log)[1].total()
        if done > finished or done == 0 == finished:
            finished = max(done, finished)
            if done:
                next(stage)()
        return done >= 3 and not (tiny_course / "submitted" / "late").exists()

    summary = Run(order_for(tiny_course), workers=1).watch(ended)
    assert begun(log)[1] == {"early": 2, "late": 1}
    assert {student for student, _ in summary.graded} == {"early", "late"}
    assert summary.code == 0


# What is shown


def test_a_line_at_a_time_where_there_is_no_terminal():
    stream, clock = io.StringIO(), Clock()
    display = Display(stream, clock)
    display.update(0, 4, 0)
    clock.now += 30
    display.update(1, 4, 0)
    clock.now += 1
    display.update(2, 4, 1)  # too soon for another line
    clock.now += 29
    display.update(4, 4, 1)
    display.close()
    assert stream.getvalue().splitlines() == [
        "0 of 4 done, starting, no failures",
        "1 of 4 done, 120 an hour, 1 min 30 s left, no failures",
        "4 of 4 done, 240 an hour, 1 to look at",
    ]


def test_a_bar_where_there_is_one(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    stream, clock = io.StringIO(), Clock()
    display = Display(stream, clock)
    display.update(0, 3, 0)
    clock.now += 36
    display.update(1, 3, 1)
    display.say("[bold]hello[/bold]\x1b[2J")
    display.close()
    shown = stream.getvalue()
    assert "100 an hour" in shown
    assert "[bold]hello[/bold] [2J" in shown  # no mark-up, no control characters


def test_what_students_wrote_does_not_command_the_terminal():
    assert plain("a\x1b[31mb\nc\u202ed\x07") == "a [31mb c d "
    stream = io.StringIO()
    summary = Summary("ps1", graded=[("ada", "")], rejected=[("bob\x1b]0;x\x07", "no\nnotebook [red]")])
    print_table(stream, summary)
    assert stream.getvalue() == ("ps1: 1 graded, 1 rejected.\nRejected:\n  bob ]0;x : no notebook [red]\n")


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (59.9, "59 s"), (190, "3 min 10 s"), (7500, "2 h 05 min")]
)
def test_durations_as_people_say_them(seconds, text):
    assert duration(seconds) == text
