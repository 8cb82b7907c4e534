"""A copy of the assignments' folder in which nbgrader may write, and students who hand in."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

sys.path.insert(0, str(Path(__file__).parent))  # so that the tests find `harness`

import harness


class Course:
    """A course folder with nbgrader's commands."""

    def __init__(self, repository):
        self.folder = repository / "assignments"
        shutil.copytree(
            harness.ROOT / "assignments",
            self.folder,
            ignore=shutil.ignore_patterns(
                "*.db", "*.csv", "submitted", "autograded", "feedback", "downloaded", "variants"
            ),
        )
        for notebook in self.folder.glob("source/*/*.ipynb"):
            notebook.unlink()  # as in a fresh clone, where git ignores them
        for name in ("tools", "_config.yml", "book/references"):
            source, target = harness.ROOT / name, repository / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)

    def nbgrader(self, command, *arguments, expect=0):
        """Runs one of nbgrader's own commands and returns what it printed."""
        environment = os.environ | {"OMP_NUM_THREADS": "1", "JUPYTER_PLATFORM_DIRS": "1"}
        environment.pop("NBGRADER_DB_URL", None)
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", command, *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        printed = done.stdout + done.stderr
        assert done.returncode == expect, printed
        return printed

    def released(self, slug):
        """The notebook that students receive."""
        return nbformat.read(self.folder / "release" / slug / f"{slug}.ipynb", as_version=4)

    def answered(self, slug, answers=None, only=None):
        """The released notebook, filled in with the course's answers or others.

        Args:
            slug: str, the assignment.
            answers: dict from grade_id to source, instead of the course's own.
            only: list of grade_ids to fill in; the others stay unwritten. `None` fills in all.
        """
        sources = {cell.name: cell.source for cell in harness.read_cells(slug) if cell.kind == "solution"}
        sources |= answers or {}
        notebook = self.released(slug)
        for cell in notebook.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            if name in sources and (only is None or name in only):
                cell.source = sources[name]
        return notebook

    def submit(self, student, slug, content):
        """Puts a notebook, or any bytes, where a student's submission is expected."""
        path = self.folder / "submitted" / student / slug / f"{slug}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not isinstance(content, bytes):
            content = json.dumps(content).encode()
        path.write_bytes(content)
        return path


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return Course(tmp_path_factory.mktemp("course"))
