"""The tests' own PostgreSQL server, and that an empty database there becomes a gradebook of nbgrader's."""

import os

import psycopg
import pytest
import sqlalchemy
from alembic.script import ScriptDirectory
from nbgrader.dbutil import ALEMBIC_DIR

from coursepkg.grading.course import open_course
from coursepkg.grading.work_queue import Queue

pytestmark = pytest.mark.postgresql


def test_the_server_listens_on_loopback_only_and_is_no_root(postgresql):
    with psycopg.connect(f"host=127.0.0.1 port={postgresql.port} user=tests dbname=postgres") as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
    assert os.stat(f"/proc/{postgresql.process.pid}").st_uid != 0


def test_each_database_is_empty_and_its_own(postgresql):
    first, second = postgresql.new_database(), postgresql.new_database()
    assert first != second
    engine = sqlalchemy.create_engine(first)
    assert sqlalchemy.inspect(engine).get_table_names() == []
    engine.dispose()


def test_an_empty_database_becomes_a_gradebook_that_nbgrader_need_not_upgrade(
    tiny_course, postgresql, known_revision
):
    url = postgresql.new_database()
    Queue(open_course(tiny_course, url))
    engine = sqlalchemy.create_engine(url)
    with engine.connect() as connection:
        assert {"coursepkg_queue", "grade"} <= set(sqlalchemy.inspect(connection).get_table_names())
        revision = connection.scalar(sqlalchemy.text("SELECT version_num FROM alembic_version"))
    engine.dispose()
    assert revision == ScriptDirectory(ALEMBIC_DIR).get_current_head()
