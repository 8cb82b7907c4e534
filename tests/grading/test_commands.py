"""`coursepkg grade`, `report`, `export` and `similarity` as an instructor types them."""

import functools
import os
import signal
import subprocess
import sys
import time

import pytest
import tiny
from stand_ins import automatic_scores, expected_scores, hand_in

from coursepkg import cli
from coursepkg.grading import commands, nursery, sandbox
from coursepkg.grading.order import Order

STAND_INS = {"session": "stand_ins:grade_submission", "parent": "stand_ins:NoParent"}


class NoNursery:
    """Stand-ins need no warm parent, and get none."""

    begun = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def begin(self):
        NoNursery.begun += 1

    def twin(self):
        return None


@pytest.fixture
def typed(tiny_course, monkeypatch, capsys):
    """Types a command in the course folder; gives the exit code and what was printed."""
    monkeypatch.chdir(tiny_course)
    monkeypatch.setattr(commands, "Order", functools.partial(Order, **STAND_INS))
    monkeypatch.setattr(sandbox, "why_not_confined", lambda: "")
    monkeypatch.setattr(nursery, "WarmParent", NoNursery)

    def type_in(line):
        code = cli.main(line.split())
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return type_in


def test_grade_says_how_it_ended(tiny_course, typed):
    for name in ("ada", "bob"):
        hand_in(tiny_course, name)
    code, out, err = typed("grade ps1 --workers 1")
    assert (code, out) == (0, "ps1: 2 graded.\n")
    assert "2 of 2 done" in err
    assert "Traceback" not in err
    expected = expected_scores(["ada", "bob"])
    assert {key: automatic_scores(tiny_course)[key] for key in expected} == expected

    hand_in(tiny_course, "eve", state="rejected", reason="There is no notebook.")
    code, out, err = typed("grade ps1 --workers 1")
    assert code == 1
    assert out == "ps1: 2 graded, 1 rejected.\nRejected:\n  eve: There is no notebook.\n"
    assert "1 of 1 done" in err
    assert "2 up to date; --force grades them anew." in err


def test_a_dry_run_says_what_would_be_done_and_does_nothing(tiny_course, typed):
    hand_in(tiny_course, "ada")
    begun = NoNursery.begun
    assert typed("grade ps1 --dry-run")[:2] == (0, "grade  ada: new\n1 of 1 would be graded.\n")
    assert not (tiny_course / "autograded").exists()
    assert not automatic_scores(tiny_course)
    assert NoNursery.begun == begun  # what grades nothing imports nothing
    typed("grade ps1 --workers 1")
    assert typed("grade ps1 --dry-run")[1] == "leave  ada: up to date (graded)\n0 of 1 would be graded.\n"
    forced = typed("grade ps1 --dry-run --force")[1]
    assert forced == "grade  ada: up to date, but --force\n1 of 1 would be graded.\n"


def test_names_that_are_no_ids_are_named(tiny_course, typed):
    hand_in(tiny_course, "ada")
    hand_in(tiny_course, "bad\nname")
    code, out, _ = typed("grade ps1 --workers 1")
    assert code == 1
    assert "Folders left out" in out
    assert "bad\\nname" in out
    assert "cannot be printed" in out


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("grade ps9", "There is no assignment 'ps9'"),
        ("grade ps1 --course nowhere", "nowhere is not a folder"),
        ("grade ps1 --student zoe", "There is no submission of zoe for ps1"),
        ("grade ps1 --db mysql://x/y", "SQLite and PostgreSQL"),
        ("grade ps1 --db postgresql+psycopg://127.0.0.1:1/x", "postgresql+psycopg://127.0.0.1:1/x"),
        ("report ps1 --course nowhere", "nowhere is not a folder"),
        ("report ps9", "no assignment ps9"),
        ("export ps9", "no assignment ps9"),
        ("similarity ps9", "There is no assignment 'ps9'"),
    ],
)
def test_what_cannot_be_done_takes_one_sentence(typed, line, said):
    code, out, err = typed(line)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1
    assert "Traceback" not in err


def test_a_scheduler_that_does_not_answer(tiny_course, typed, monkeypatch):
    from coursepkg.grading import cluster

    monkeypatch.setattr(cluster, "LEASE_SECONDS", 1.0)
    hand_in(tiny_course, "ada")
    began = time.monotonic()
    code, _, err = typed("grade ps1 --scheduler tcp://127.0.0.1:1")
    assert code == 2
    assert "No Dask scheduler answers at tcp://127.0.0.1:1" in err
    assert "dask scheduler" in err
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    "address",
    ["foo", "foo:8786", "nonsense://x:1", "tcp://foo", "tcp://:8786", "tcp://foo:port", "tcp://x:0"],
)
def test_what_is_no_scheduler_s_address_is_not_tried(tiny_course, typed, monkeypatch, address):
    import distributed

    monkeypatch.setattr(distributed, "Client", None)
    hand_in(tiny_course, "ada")
    code, out, err = typed(f"grade ps1 --scheduler {address}")
    assert (code, out) == (2, "")
    assert f"'{address}' is not the address of a Dask scheduler" in err
    assert "such as tcp://host:8786" in err
    assert err.count("\n") == 1


def test_without_confinement_the_flag_is_named_and_accepts_the_risk(tiny_course, typed, monkeypatch):
    hand_in(tiny_course, "ada")
    code, _, err = typed("grade ps1 --workers 1 --accept-risk")
    assert code == 0
    assert "unconfined" not in err
    monkeypatch.setattr(sandbox, "why_not_confined", lambda: "Not here. `--accept-risk` goes on.")
    code, _, err = typed("grade ps1 --force")
    assert (code, err) == (2, "Not here. `--accept-risk` goes on.\n")
    code, _, err = typed("grade ps1 --workers 1 --force --accept-risk")
    assert code == 0
    assert "Students' code runs unconfined and with your rights" in err
    assert "Not here." in err


def test_limits_reach_the_worker(typed, monkeypatch):
    orders = []
    monkeypatch.setattr(commands, "run", lambda order, options, nursery: orders.append(order) or 0)
    typed("grade ps1 --timeout 1000 --memory 4G --show-hidden --student a --student b --accept-risk")
    typed("grade ps1")
    special, plain = orders
    assert (special.limits.cell_seconds, special.limits.memory) == (1000, 4 * 2**30)
    assert special.limits.submission_seconds >= 1000
    assert special.limits.cpu_seconds >= 1000
    assert (special.show_hidden, special.accept_risk, special.students) == (True, True, ("a", "b"))
    assert (plain.show_hidden, plain.accept_risk, plain.students) == (False, False, None)
    assert special.confined and plain.confined  # the machine that grades decides what of the risk is taken


@pytest.mark.parametrize(
    ("text", "bytes_"), [("3G", 3 * 2**30), ("1.5g", 3 * 2**29), ("256M", 2**28), ("134217728", 2**27)]
)
def test_sizes(text, bytes_):
    assert cli._size(text) == bytes_


@pytest.mark.parametrize(
    "line",
    [
        "grade ps1 --memory lots",
        "grade ps1 --memory 1M",
        "grade ps1 --memory infG",
        "grade ps1 --memory -3G",
        "grade ps1 --workers 0",
        "grade ps1 --workers two",
        "grade ps1 --timeout nan",
        "export ps1 --layout excel",
        "grade",
    ],
)
def test_what_makes_no_sense_is_refused(line, capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(line.split())
    assert stop.value.code == 2
    assert "expected" in (said := capsys.readouterr().err) or "choose from" in said or "required" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["grade", "ps1", "--workers", "20000"], "'20000': expected a whole number from 1 to 10,000"),
        (["grade", "ps1", "--memory", "9999999G"], "from 128M to 1024G"),
        (["grade", "ps1", "--timeout", "0.5"], "'0.5': expected a number of seconds, at least 1"),
        (["grade", "ps1", "--watch", "--dry-run"], "not allowed with argument --watch"),
        (["grade", ""], "'': expected the name of an assignment"),
        (["report", " "], "' ': expected the name of an assignment"),
        (["export", ""], "'': expected the name of an assignment"),
        (["similarity", ""], "'': expected the name of an assignment"),
    ],
)
def test_a_refusal_says_what_was_expected(capsys, arguments, said):
    with pytest.raises(SystemExit) as stop:
        cli.main(arguments)
    assert stop.value.code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("line", ["grade ps1", "grade ps1 --dry-run"])
def test_where_nothing_was_handed_in_the_folder_is_named(tiny_course, typed, line):
    code, _, err = typed(line)
    assert code == 0
    assert "Nothing was handed in for ps1: expected folders" in err
    assert str(tiny_course / "submitted" / "<student>" / "ps1") in err


READERS = ["report ps1", "export ps1", "export", "similarity ps1", "grade ps1 --dry-run"]


@pytest.mark.parametrize("line", [*READERS, "grade ps1"])
def test_a_database_that_is_not_there_is_not_made(tiny_course, typed, tmp_path, line):
    hand_in(tiny_course, "ada")
    missing, empty = tmp_path / "typo.db", tmp_path / "empty.db"
    code, out, err = typed(f"{line} --db sqlite:///{missing}")
    assert (code, out) == (2, "")
    assert f"There is no database at {missing}: expected the course's gradebook." in err
    assert err.count("\n") == 1
    assert not missing.exists()
    empty.touch()
    code, out, err = typed(f"{line} --db sqlite:///{empty}")
    assert (code, out) == (2, "")
    assert "empty.db holds no gradebook: expected nbgrader's tables" in err
    assert empty.read_bytes() == b""


@pytest.mark.parametrize("line", READERS)
def test_what_only_reads_leaves_the_gradebook_as_it_was(tiny_course, typed, line):
    hand_in(tiny_course, "ada")
    before = (tiny_course / "gradebook.db").read_bytes()  # nothing was ever queued here
    assert typed(line)[0] == 0
    assert (tiny_course / "gradebook.db").read_bytes() == before


@pytest.mark.parametrize(
    ("command", "within"),
    [("report", "/report.html"), ("export", ""), ("similarity", "/similarity.html")],
)
def test_where_nothing_can_be_written_one_sentence_says_why(tiny_course, typed, tmp_path, command, within):
    file, folder = tmp_path / "file", tmp_path / "folder"
    file.write_text("kept")
    os.makedirs(f"{folder}{within}")
    for out, said in (
        (folder, f"{folder}{within} is a folder: expected the name of a file to write."),
        (file / "x", f"{file} is no folder. Expected a folder there, or nothing yet."),
        ("/proc/nowhere/x", "Expected a place where files can be written."),
    ):
        code, printed, err = typed(f"{command} ps1 --out {out}")
        assert (code, printed) == (2, "")
        assert f"{out}{within} " in err
        assert said in err
        assert err.count("\n") == 1
    assert file.read_text() == "kept"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["course", "file", "folder"]


def test_hidden_tests_are_shown_only_where_asked_for(tiny_course, typed):
    import nbformat
    from nbgrader.apps.api import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory

    path = tiny_course / "source" / "ps1" / "second.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.nbgrader.grade_id == "test_other":
            cell.source += "\n### BEGIN HIDDEN TESTS\nassert other != 918273\n### END HIDDEN TESTS"
    nbformat.write(notebook, path)
    config = tiny.read_config(tiny_course)
    api = NbGraderAPI(coursedir=CourseDirectory(config=config, root=str(tiny_course)), config=config)
    assert api.generate_assignment("ps1", force=True)["success"]
    hand_in(tiny_course, "ada")
    page = tiny_course / "feedback" / "ada" / "ps1" / "second.html"
    typed("grade ps1 --workers 1")
    assert "918273" not in page.read_text()
    typed("grade ps1 --workers 1 --force --show-hidden")
    assert "918273" in page.read_text()


def test_report_export_and_similarity_after_a_run(tiny_course, typed, tmp_path):
    for name in ("ada", "bob"):
        hand_in(tiny_course, name)
    typed("grade ps1 --workers 1")
    code, out, _ = typed("report ps1")
    assert code == 0
    for line in out.splitlines():
        assert (tiny_course / line).is_file() or os.path.isfile(line)
    code, out, _ = typed("similarity ps1 --out similar")
    assert code == 0
    assert any((tiny_course / "similar").iterdir())
    for layout in ("canvas", "moodle"):
        code, out, _ = typed(f"export ps1 --layout {layout}")
        assert code == 0
        assert "ada" in out
        assert typed(f"export --layout {layout} --out {layout}.csv")[0] == 0
        assert "bob" in (tiny_course / f"{layout}.csv").read_text()


def test_without_the_extra_one_sentence_names_it():
    code = (
        "import sys\n"
        "sys.modules.update(nbgrader=None, sqlalchemy=None, rich=None, psutil=None)\n"
        "from coursepkg.cli import main\n"
        "sys.exit(main(['grade', 'ps1']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stdout == ""
    assert 'pip install ".[data,grading]"' in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["grade", "report", "export", "similarity"])
def test_help_needs_no_extra(command):
    code = (
        "import sys; from coursepkg.cli import main\n"
        f"try: main(['{command}', '--help'])\n"
        "except SystemExit: pass\n"
        "print([name for name in ('nbgrader', 'sqlalchemy', 'rich', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    if command == "grade":
        words = " ".join(done.stdout.split())
        for part in ("Exit code: 0", "1 some submissions are rejected or need", "2 it could not be done"):
            assert part in words
        assert "folders whose name is no student's id were left out" in words
        assert "the whole submission has 900 seconds" in words


@pytest.mark.sandbox
def test_a_watch_grades_what_arrives_until_it_is_interrupted(tiny_course):
    command = [sys.executable, "-m", "coursepkg", "grade", "ps1", "--watch", "--workers", "1"]
    watch = subprocess.Popen(
        command, cwd=tiny_course, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        for name in ("ada", "bob"):
            hand_in(tiny_course, name)
            deadline = time.monotonic() + 120
            while automatic_scores(tiny_course).get((name, "test_answer")) != 2:
                assert watch.poll() is None, watch.communicate()
                assert time.monotonic() < deadline
                time.sleep(0.1)
        watch.send_signal(signal.SIGINT)
        out, err = watch.communicate(timeout=60)
    finally:
        watch.kill()
        watch.wait()
    assert watch.returncode == 0, err
    assert "Watching ps1; Ctrl-C ends it." in err
    assert out == "ps1: 2 graded.\n"
