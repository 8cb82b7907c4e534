"""A course whose assignment costs no imports: two notebooks with every kind of cell that nbgrader knows."""

import os
import subprocess
import sys

import nbformat
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
            graded_cell("test", "test_part", "4 if answer == 42 else 1", 4),
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


def run_nbgrader(folder, *arguments):
    """Runs one of nbgrader's commands in a course's folder."""
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=folder,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


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
