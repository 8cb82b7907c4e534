"""A tiny course whose assignments cost no imports, and a PostgreSQL server of the tests' own."""

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from unittest import mock

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # so that the tests find `tiny` and its like

import tiny


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
    return tiny.make_course(tmp_path_factory.mktemp("released") / "course")


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
        while not self._listens():  # another process took the port before the server did
            pass

    def _listens(self):
        """Starts the server on a port that is free just now; returns whether it got it."""
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
                said = (self.folder / "log").read_text()
                if "Address already in use" in said:
                    return False
                raise RuntimeError(said)
            try:
                self.execute("SELECT 1")
                return True
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
    return tiny.copy_gradebook(tiny_course, request.getfixturevalue("postgresql").new_database())


@pytest.fixture
def course(tiny_course, database_url):
    """The tiny course with its gradebook on SQLite and on PostgreSQL."""
    from coursepkg.grading.course import open_course

    return open_course(tiny_course, database_url)


@pytest.fixture
def on_sqlite(tiny_course):
    """The tiny course with its own gradebook."""
    from coursepkg.grading.course import open_course

    return open_course(tiny_course)
