"""A tiny course whose assignments cost no imports, and a PostgreSQL server of the tests' own."""

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from pathlib import Path
from unittest import mock

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

SETTINGS = '''
from nbgrader.plugins import LateSubmissionPlugin


class PointPerHour(LateSubmissionPlugin):
    """Takes off one point for each hour; more than there are, or less than nothing, for some students."""

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        hours = total_seconds_late / 3600
        return {"negative": -1.0, "none": None, "greedy": score + 100}.get(student_id, hours)


c = get_config()
c.CourseDirectory.course_id = "tiny"
c.AssignLatePenalties.plugin_class = PointPerHour
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError()"}
'''


def graded_cell(kind, name, source, points=None):
    """A cell with nbgrader's metadata: `solution`, `test`, `locked`, `essay` (markdown, graded by hand),
    `program` (code, graded by hand) or `task`."""
    new = new_markdown_cell if kind in ("essay", "task") else new_code_cell
    metadata = {
        "grade_id": name,
        "schema_version": 3,
        "grade": kind in ("test", "essay", "program"),
        "solution": kind in ("solution", "essay", "program"),
        "locked": kind in ("test", "locked", "task"),
        "task": kind == "task",
    }
    if points is not None:
        metadata["points"] = points
    return new(source, metadata={"nbgrader": metadata})


def hidden(answer):
    """An answer that students do not receive."""
    return f"### BEGIN SOLUTION\n{answer}\n### END SOLUTION"


def notebook_of(cells):
    """A notebook for the Python kernel."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})


def first_notebook():
    return notebook_of(
        [
            new_markdown_cell("# First"),
            graded_cell("solution", "answer", hidden("answer = 42")),
            graded_cell("locked", "given", "given = 1"),
            graded_cell("test", "test_answer", "assert answer == 42", 2),
            graded_cell("test", "test_part", "round(answer / 42, 1) if answer <= 42 else 0", 4),
            graded_cell("program", "program", hidden("print(answer)"), 3),
            graded_cell("essay", "essay", hidden("Because."), 5),
            graded_cell("task", "task", "Draw a diagram.", 1),
        ]
    )


def second_notebook():
    return notebook_of(
        [
            graded_cell("solution", "other", hidden("other = 1")),
            graded_cell("test", "test_other", "assert other == 1", 1),
        ]
    )


def make_course(folder):
    """Writes a course with the assignment `ps1` of two notebooks, and releases it."""
    from nbgrader.apps.api import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory

    source = folder / "source" / "ps1"
    source.mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text(SETTINGS)
    nbformat.write(first_notebook(), source / "first.ipynb")
    nbformat.write(second_notebook(), source / "second.ipynb")
    config = read_config(folder)
    api = NbGraderAPI(coursedir=CourseDirectory(config=config, root=str(folder)), config=config)
    with api.gradebook as gradebook:
        gradebook.add_assignment("ps1", duedate="2026-03-01 12:00:00")
    result = api.generate_assignment("ps1")
    assert result["success"], result
    return folder


def read_config(folder):
    """The settings, read by traitlets alone."""
    from traitlets.config import PyFileConfigLoader

    return PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()


@pytest.fixture(scope="session")
def known_revision():
    """Spares the seconds in which nbgrader asks another process for the newest revision of its tables."""
    from alembic.script import ScriptDirectory
    from nbgrader.dbutil import ALEMBIC_DIR

    head = ScriptDirectory(ALEMBIC_DIR).get_current_head()
    with mock.patch("nbgrader.api.get_alembic_version", lambda: head):
        yield


@pytest.fixture(scope="session")
def released_course(tmp_path_factory, known_revision):
    """A course that no test changes."""
    return make_course(tmp_path_factory.mktemp("released") / "course")


@pytest.fixture
def tiny_course(released_course, tmp_path):
    """The folder of a course of the test's own, with a gradebook that knows its assignment."""
    return Path(shutil.copytree(released_course, tmp_path / "course"))


class Server:
    """PostgreSQL on loopback, in a folder of its own, by a user without rights."""

    def __init__(self):
        programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        self.programs = programs[-1] if programs else Path(shutil.which("initdb")).parent
        names = {entry.pw_name for entry in pwd.getpwall()}
        # PostgreSQL refuses to run as root.
        self.user = None if os.getuid() else "postgres" if "postgres" in names else "nobody"
        self.folder = Path(tempfile.mkdtemp(prefix="coursepkg-postgresql-"))
        if self.user:
            shutil.chown(self.folder, self.user)
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self):
        self.process = None
        options = ["-U", "tests", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"]
        self._run("initdb", "-D", self.folder / "data", *options)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            self.port = taken.getsockname()[1]
        settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.log = (self.folder / "log").open("wb")
        self.process = subprocess.Popen(
            [self.programs / "postgres", "-D", self.folder / "data", "-p", str(self.port), *options],
            user=self.user,
            group=self._group(),
            extra_groups=[] if self.user else None,
            cwd=self.folder,
            stdout=self.log,
            stderr=self.log,
            preexec_fn=_end_with_the_tests,
        )
        for _ in range(300):
            if self.process.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text())
            try:
                self.execute("SELECT 1")
                return
            except Exception:
                time.sleep(0.1)
        raise RuntimeError((self.folder / "log").read_text())

    def _group(self):
        return pwd.getpwnam(self.user).pw_gid if self.user else None

    def _run(self, program, *arguments):
        done = subprocess.run(
            [self.programs / program, *arguments],
            user=self.user,
            group=self._group(),
            extra_groups=[] if self.user else None,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def execute(self, statement):
        import psycopg

        address = f"host=127.0.0.1 port={self.port} user=tests dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)

    def new_database(self):
        """Makes an empty database and returns its URL."""
        name = f"gradebook_{uuid.uuid4().hex[:12]}"
        self.execute(f"CREATE DATABASE {name}")
        return f"postgresql+psycopg://tests@127.0.0.1:{self.port}/{name}"

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # a fast shutdown
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)


def _end_with_the_tests():
    ctypes.CDLL(None).prctl(1, signal.SIGINT, 0, 0, 0)  # PR_SET_PDEATHSIG


@pytest.fixture(scope="session")
def postgresql():
    """A PostgreSQL server; `new_database()` makes an empty database and returns its URL."""
    server = Server()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request, tiny_course):
    """The URL of the tiny course's gradebook, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tiny_course / 'gradebook.db'}"
    return copy_gradebook(tiny_course, request.getfixturevalue("postgresql").new_database())


def copy_gradebook(folder, url):
    """Copies nbgrader's tables from a course's SQLite gradebook into an empty database."""
    import sqlalchemy
    from nbgrader.api import Base, Gradebook

    with Gradebook(url, "tiny"):
        pass
    source = sqlalchemy.create_engine(f"sqlite:///{folder / 'gradebook.db'}")
    target = sqlalchemy.create_engine(url)
    with source.connect() as old, target.begin() as new:
        for table in Base.metadata.sorted_tables:
            rows = [dict(row._mapping) for row in old.execute(table.select())]
            if table.name == "course":
                continue
            if rows:
                new.execute(table.insert(), rows)
    source.dispose()
    target.dispose()
    return url
