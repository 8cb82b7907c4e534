"""Connections to the gradebook's database: whole transactions, and errors that say what to do.

SQLite and PostgreSQL are served by the same code. The journal mode of an SQLite file stays what it is: a
write-ahead log corrupts a database on a network file system, and a copy of the file alone (which
`nbgrader db upgrade` makes) would lack what the log still holds.
"""

import os
import sys
import time
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import sqlalchemy
from sqlalchemy import event, exc

WAIT = 60  # seconds for another program's transaction to end
TRIES = 5  # of a transaction that another one got in the way of
GRADEBOOK_TABLES = {"student", "grade"}  # by which a database of nbgrader's is known


class DatabaseProblem(Exception):
    """The gradebook's database could not be used; nothing of the transaction was written."""


def shown(url):
    """Words a database's URL as a person may see it.

    Args:
        url: str, or an SQLAlchemy `URL`.

    Returns:
        str, the URL with asterisks for the password.
    """
    return sqlalchemy.make_url(url).render_as_string(hide_password=True)


def exists(url):
    """Whether there is a database; SQLite would make an empty file where it looks for one.

    Args:
        url: str, or an SQLAlchemy `URL`.

    Returns:
        bool; `True` for every database that is no file, and for one that may not be looked at.
    """
    parsed = sqlalchemy.make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return True
    try:
        return Path(parsed.database.removeprefix("file:")).exists()
    except OSError:  # opening it will say what is wrong
        return True


def expect_gradebook(url):
    """Sees that a database is there and is a gradebook, and writes nothing.

    Opening a mistyped address would make an empty file, and preparing it a gradebook without anybody in it.

    Args:
        url: str, the database's URL.

    Raises:
        DatabaseProblem: if there is no database, or it is no gradebook of nbgrader's.
    """
    with reading(url) as connection:
        tables = set(sqlalchemy.inspect(connection).get_table_names())
    if GRADEBOOK_TABLES - tables:
        raise DatabaseProblem(
            f"The database {shown(url)} holds no gradebook: expected nbgrader's tables. If the address is "
            "right, `nbgrader generate_assignment` with the assignment's name makes them."
        )


@contextmanager
def reading(url):
    """A connection that sees one state of the database.

    Args:
        url: str, the database's URL.

    Yields:
        A SQLAlchemy connection.

    Raises:
        DatabaseProblem: if there is no database, or it cannot be read.
    """
    if not exists(url):
        raise DatabaseProblem(
            f"There is no database at {sqlalchemy.make_url(url).database}: expected the course's gradebook. "
            "If the address is right, `nbgrader generate_assignment` with the assignment's name makes it."
        )
    with _explained(url), _engine(url).connect() as connection:
        yield connection


@contextmanager
def writing(url):
    """A transaction that is written as a whole or not at all.

    On SQLite it is the only writer from its first statement on (`BEGIN IMMEDIATE`).

    Args:
        url: str, the database's URL.

    Yields:
        A SQLAlchemy connection.

    Raises:
        DatabaseProblem: if the database cannot be written.
    """
    engine = _engine(url)
    with _explained(url), engine.execution_options(writing=True).begin() as connection:
        yield connection


def in_transaction(url, function):
    """Calls `function(connection)` in a transaction, anew where another transaction got in its way.

    Args:
        url: str, the database's URL.
        function: what to call; it may be called several times, each time on the database as it then is.

    Returns:
        What the function returned.

    Raises:
        DatabaseProblem: if the database cannot be written.
    """
    for attempt in range(TRIES):
        try:
            with writing(url) as connection:
                return function(connection)
        except _InTheWay as problem:
            if attempt == TRIES - 1:
                raise DatabaseProblem(str(problem)) from problem
            time.sleep(0.05 * 2**attempt)


def now(connection):
    """The time in seconds since 1970, by the one clock that all graders on this database share.

    Args:
        connection: a SQLAlchemy connection.

    Returns:
        Float.
    """
    if connection.dialect.name == "postgresql":
        return connection.scalar(sqlalchemy.text("SELECT extract(epoch FROM clock_timestamp())::float8"))
    return time.time()


def prepare(url, course_id, metadata=None):
    """Makes nbgrader's tables, if there are none, and then those of `metadata`.

    The order counts: nbgrader takes a database that has any table for one of its own, and would leave out the
    version that `nbgrader db upgrade` starts from.

    Args:
        url: str, the database's URL.
        course_id: str, the course's id.
        metadata: `sqlalchemy.MetaData` of further tables, or `None`.

    Raises:
        DatabaseProblem: if the database cannot be reached or written.
    """
    for attempt in range(TRIES):
        try:
            with _explained(url):
                _make_tables(url, course_id, metadata)
            return
        except _InTheWay as problem:
            if attempt == TRIES - 1:
                raise DatabaseProblem(str(problem)) from problem
            time.sleep(0.2 * 2**attempt)


def _make_tables(url, course_id, metadata):
    engine = _engine(url)
    with engine.connect() as connection:
        tables = set(sqlalchemy.inspect(connection).get_table_names())
    if GRADEBOOK_TABLES - tables:
        from nbgrader.api import Gradebook

        with _alembic_on_path(), Gradebook(url, course_id):
            pass
    if metadata is not None and not set(metadata.tables) <= tables:
        with engine.execution_options(writing=True).begin() as connection:
            metadata.create_all(connection)


@contextmanager
def _alembic_on_path():
    """nbgrader calls `alembic` by name, which stands beside this Python, its environment activated or not."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before


def _engine(url):
    return _engine_of_process(url, os.getpid())  # a connection must not cross a fork


@lru_cache(maxsize=8)
def _engine_of_process(url, process):
    parsed = sqlalchemy.make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return sqlalchemy.create_engine(parsed, pool_size=2, max_overflow=8, pool_pre_ping=True)
    # A connection to a file costs little, and a file that nobody holds open can be moved and copied.
    engine = sqlalchemy.create_engine(parsed, poolclass=sqlalchemy.NullPool, connect_args={"timeout": WAIT})
    event.listen(engine, "connect", _leave_transactions_to_us)
    event.listen(engine, "begin", _begin)
    return engine


def _leave_transactions_to_us(connection, record):
    connection.isolation_level = None  # or Python's module begins transactions when it thinks it should


def _begin(connection):
    writes = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class _InTheWay(DatabaseProblem):
    """Another transaction did the same thing at the same time; trying again helps."""


@contextmanager
def _explained(url):
    try:
        yield
    except exc.SQLAlchemyError as error:
        raise _explain(url, error) from error
    except ImportError as error:
        raise DatabaseProblem(
            f"The database {shown(url)} needs a driver that is not installed ({error}). For PostgreSQL: "
            'pip install "psycopg[binary]", and a URL that begins with postgresql+psycopg://.'
        ) from error


def _explain(url, error):
    said = str(getattr(error, "orig", None) or error).strip().splitlines()
    said = said[0] if said else type(error).__name__
    lowered = said.lower()
    nothing = "Nothing of this step was written."
    if isinstance(error, exc.IntegrityError) or "already exists" in lowered or "deadlock" in lowered:
        return _InTheWay(f"The database {shown(url)} refused: {said}. {nothing}")
    for words, advice in ADVICE:
        if any(word in lowered for word in words):
            return DatabaseProblem(f"{advice} (Database {shown(url)}: {said}.) {nothing}")
    return DatabaseProblem(f"The database {shown(url)} cannot be used: {said}. {nothing}")


ADVICE = (
    (
        ("database is locked", "lock timeout"),
        f"Another program has been writing to the gradebook for more than {WAIT} seconds. End it or wait for "
        "it, and run the command again.",
    ),
    (
        ("is full", "disk full", "no space left"),
        "The disk that holds the gradebook is full. Make room and run the command again; it goes on where it "
        "stopped.",
    ),
    (
        ("readonly", "read-only"),
        "The gradebook may not be written: see the rights of the file and its folder.",
    ),
    (
        ("unable to open",),
        "The gradebook's file cannot be opened: see that its folder exists and may be read.",
    ),
    (
        ("malformed", "not a database"),
        "The gradebook's file is damaged. Put a backup in its place.",
    ),
    (
        ("no such table", "no such column", "undefined", "does not exist"),
        "This is no gradebook of nbgrader's, or one of an older form. If its address is right, back it up, "
        "then run `nbgrader db upgrade`.",
    ),
    (
        ("refused", "could not connect", "connection failed", "timeout expired"),
        "The database does not answer.",
    ),
)
