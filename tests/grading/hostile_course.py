"""A course full of tokens that nobody may find, and submissions that try to, or to break what grades them.

An attack is a file of `attacks/`: a docstring that says what is tried; what must come out; then the cells.

- `LOSES`: dict from a test's name, `*` allowed, to a pattern of the message that its student gets. All other
  tests earn their points: the rest of the notebook is the course's own solution.
- `MAY_LOSE`: tests that may go either way, such as those whose answer stands in a cell that ends the process.
- `MANUAL`: like `LOSES`, for tests that wait for a person.
- `STATE`: `"graded"` unless it says otherwise. `SAYS`: a pattern of what the student is told in notes, reason
  or messages. `RENDERED`: the notebook that formgrader opens is rendered, too, and must run nothing.
- `WHOLE`: whether the whole assignment is graded; else it ends with the last test that the attack names.
- `LIMITS`: dict of fields of `Limits`, so that what hangs is stopped within seconds.
- `make(folder, write)`: lays out the submission's folder; `write(change)` writes the notebook, after
  `change(notebook)` where it is given.
- `# %% name` replaces an answer, `# %% after name` and `# %% before name` add a cell of the student's own.

In the cells `@COURSE@`, `@OUTSIDE@`, `@PORT@` and `@SOCKET@` stand for where the tokens really are, and
`@MARK@` for what the command of every process holds that an attack means to leave behind.
"""

import ast
import contextlib
import copy
import dataclasses
import fnmatch
import importlib.util
import json
import os
import re
import secrets
import shutil
import socket
import sys
import threading
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

TESTS = Path(__file__).resolve().parents[1]

import psutil  # noqa: E402
import pytest  # noqa: E402

ATTACKS = Path(__file__).parent / "attacks"
GUARD = "raise SystemExit(__doc__)"
MARK = f"left-behind-{secrets.token_hex(8)}"  # of this run alone: others may go on on the same machine
LEAK = "LEAKED"  # what an attack prints that got something
FIRST, SECOND = "01-sequence-data", "02-rnn-bptt"
LEAST = "test-decode-padding"  # so much of the assignment is graded at least


class Attack(SimpleNamespace):
    """What one file of `attacks/` says."""

    @classmethod
    def read(cls, path):
        """Reads a file of `attacks/`."""
        name = f"{path.parent.name}-{path.stem}".replace("_", "-")
        return cls.read_text(name, path.read_text(encoding="utf-8"))

    @classmethod
    def of(cls, name, summary, cells, slug=FIRST, loses=None):
        """A submission of the whole assignment with these cells."""
        content = {"summary": summary, "cells": cells, "slug": slug, "loses": loses or {}, "whole": True}
        nothing = {
            "may_lose": (),
            "manual": {},
            "state": "graded",
            "says": "",
            "rendered": False,
            "limits": {},
        }
        return cls(name=name, **content, **nothing, make=lambda folder, write: write())

    @classmethod
    def read_text(cls, name, text):
        """Reads the text of such a file; what stands behind its guard is never run here."""
        head, *blocks = re.split(r"^# %% *(?=\S)", text, flags=re.MULTILINE)
        if blocks and GUARD not in head:
            raise ValueError(f"{name} has cells and no guard: {GUARD}")
        head = head.partition(GUARD)[0]
        content = {"__name__": name}
        exec(compile(head, name, "exec"), content)
        cells = {}
        for block in blocks:
            place, _, source = block.partition("\n")
            cells[place.strip()] = source.strip("\n") + "\n"
        return cls(
            name=name,
            summary=ast.get_docstring(ast.parse(head)),
            cells=cells,
            slug=content.get("ASSIGNMENT", FIRST),
            loses=content.get("LOSES", {}),
            may_lose=content.get("MAY_LOSE", ()),
            manual=content.get("MANUAL", {}),
            state=content.get("STATE", "graded"),
            says=content.get("SAYS", ""),
            rendered=content.get("RENDERED", False),
            whole=content.get("WHOLE", False),
            limits=content.get("LIMITS", {}),
            make=content.get("make", lambda folder, write: write()),
        )


def attacks():
    """All attacks, in order of their names."""
    return [Attack.read(path) for path in sorted(ATTACKS.glob("*/*.py"))]


def assignments_conftest():
    """The module in which the assignments' own tests lay a course out."""
    path = TESTS / "assignments" / "conftest.py"
    spec = importlib.util.spec_from_file_location("assignments_conftest", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Course:
    """The attacks' course, with a token in its source, gradebook, neighbours, environment and on loopback."""

    def __init__(self, folder, monkeypatch):
        self.token = f"canary-{secrets.token_hex(16)}"
        self.made = assignments_conftest().Course(folder)
        self.assignments = {}
        self.folder = self.made.folder
        monkeypatch.setenv("COURSEPKG_SECRET", self.token)
        monkeypatch.delenv("NBGRADER_DB_URL", raising=False)
        self.outside = folder / "outside"
        self.outside.mkdir()
        self.outside.chmod(0o777)
        for above in (
            folder,
            *folder.parents,
        ):  # what keeps a submission out must not be the rights of folders
            with contextlib.suppress(OSError):
                above.chmod(above.stat().st_mode | 0o055)
        (self.outside / "secret.txt").write_text(self.token)
        self.socket = f"coursepkg-{secrets.token_hex(6)}"
        self._listen()

    def plant(self, slug):
        """Puts the token behind every line of the hidden tests of an assignment."""
        path = self.folder / "source" / slug / f"{slug}.md"
        hidden, lines = False, []
        for line in path.read_text(encoding="utf-8").splitlines():
            hidden = hidden and "### END HIDDEN" not in line
            lines.append(f"{line}  # {self.token}" if hidden and line.strip() else line)
            hidden = hidden or "### BEGIN HIDDEN" in line
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def release(self, slug):
        """An assignment, which the gradebook comes to know when it is first asked for."""
        from coursepkg.grading.course import open_course
        from coursepkg.grading.plan import read_assignment

        if slug not in self.assignments:
            self.plant(slug)
            self.made.nbgrader("generate_assignment", slug)
            self.course = open_course(self.folder)
            self.assignments[slug] = read_assignment(self.course, slug)
        return self.assignments[slug]

    def _listen(self):
        """Servers that tell the token to whoever reaches them."""
        self.servers = [socket.create_server(("127.0.0.1", 0))]
        self.port = self.servers[0].getsockname()[1]
        for address in (f"\0{self.socket}", str(self.outside / "socket")):
            server = socket.socket(socket.AF_UNIX)
            server.bind(address)
            server.listen()
            self.servers.append(server)
        (self.outside / "socket").chmod(0o777)
        self.reached = []
        for server in self.servers:
            threading.Thread(target=self._tell, args=(server,), daemon=True).start()

    def _tell(self, server):
        with contextlib.suppress(OSError):
            while True:
                client, address = server.accept()
                self.reached.append(address)
                with client:
                    client.sendall(self.token.encode())

    def close(self):
        """Ends the servers."""
        for server in self.servers:
            server.close()

    def fill_in(self, text):
        """Puts the real places into an attack's cell."""
        places = {"COURSE": self.folder, "OUTSIDE": self.outside, "PORT": self.port, "SOCKET": self.socket}
        places["MARK"] = MARK
        for name, value in places.items():
            text = text.replace(f"@{name}@", str(value))
        return text

    def assignment(self, attack):
        """The attack's assignment, up to the last exercise that it has to do with."""
        whole = self.release(attack.slug)
        if attack.whole:
            return whole
        notebook = copy.deepcopy(whole.notebooks[attack.slug])
        del notebook.cells[self._end(attack, notebook.cells) :]
        return dataclasses.replace(whole, notebooks={attack.slug: notebook})

    def _end(self, attack, cells):
        """Where the part of the assignment ends that is graded: behind the tests of an exercise."""
        names = [cell["metadata"].get("nbgrader", {}).get("grade_id", "") for cell in cells]
        touched = [place.split(" ")[-1] for place in attack.cells] + [LEAST]
        last = max(
            index
            for index, name in enumerate(names)
            if name in touched
            or any(fits(name, pattern) for pattern in (*attack.loses, *attack.may_lose, *attack.manual))
        )
        following = (index for index in range(last + 1, len(names)) if not names[index].startswith("test-"))
        return next((index for index in following if names[index]), len(names))

    def submit(self, attack, student=None):
        """Lays an attack's submission out where submissions are expected, and returns its folder."""
        self.release(attack.slug)
        folder = self.folder / "submitted" / (student or attack.name) / attack.slug
        shutil.rmtree(folder.parent, ignore_errors=True)
        folder.mkdir(parents=True)
        attack.make(folder, lambda change=None: self._write(attack, folder, change))
        return folder

    def _write(self, attack, folder, change=None):
        notebook = self.notebook(attack)
        if change is not None:
            change(notebook)
        (folder / f"{attack.slug}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")

    def notebook(self, attack):
        """The released notebook with the course's answers, changed as an attack's cells say."""
        cells = {place: self.fill_in(source) for place, source in attack.cells.items()}
        answers = {place: source for place, source in cells.items() if " " not in place}
        notebook = json.loads(json.dumps(self.made.answered(attack.slug, answers)))
        if not attack.whole:
            del notebook["cells"][self._end(attack, notebook["cells"]) :]
        names = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in notebook["cells"]]
        added = []
        for place, source in cells.items():
            where, _, name = place.rpartition(" ")
            if name not in names:
                raise ValueError(f"{attack.slug} has no cell {name}")
            if where:
                cell = {"cell_type": "code", "metadata": {}, "source": source}
                added.append((names.index(name) + (where == "after"), cell))
        for index, cell in sorted(added, key=lambda pair: -pair[0]):
            notebook["cells"].insert(index, cell | {"outputs": [], "execution_count": None})
        return notebook


@contextlib.contextmanager
def course_in(folder):
    """A `Course` for the length of a `with` block; afterwards the process is as it was."""
    with pytest.MonkeyPatch.context() as monkeypatch, mock.patch.dict(os.environ):
        monkeypatch.setattr(sys, "path", list(sys.path))  # the course's settings change both
        course = Course(folder, monkeypatch)
        try:
            yield course
        finally:
            course.close()


def parts_of(outcome):
    """Everything that an outcome says, by where it says it: to the student, and in the outputs of cells."""
    said = [outcome.reason, *outcome.notes]
    shown = []
    for notebook in outcome.notebooks:
        said += [cell.message for cell in notebook.cells]
        shown += [cell.get("outputs", []) for cell in notebook.notebook.get("cells", [])]
    return "\n".join(said), json.dumps(shown, ensure_ascii=False)


def fits(name, pattern):
    """Whether a test's name fits a pattern such as `test-encode-*`."""
    return fnmatch.fnmatchcase(name, pattern)


def expected_points(outcome, attack):
    """The points that every test must have earned, `None` where two results are fine or a person decides."""
    points = {}
    for notebook in outcome.notebooks:
        for cell in notebook.cells:
            lost = [pattern for pattern in attack.loses if fits(cell.grade_id, pattern)]
            free = [pattern for pattern in (*attack.may_lose, *attack.manual) if fits(cell.grade_id, pattern)]
            points[cell.grade_id] = None if free else 0.0 if lost else cell.points
    return points


def named(kind, name, source, points=None):
    """A code cell with nbgrader's metadata: a `solution`, a `test` or a `locked` cell."""
    import nbformat

    flags = {
        "grade": kind == "test",
        "solution": kind == "solution",
        "locked": kind != "solution",
        "task": False,
    }
    data = {"schema_version": 3, "grade_id": name, "cell_type": "code", **flags}
    if kind == "test":
        data["points"] = points
    return nbformat.v4.new_code_cell(source, metadata={"nbgrader": data})


class _Active(HTMLParser):
    """Collects what a browser would run, load or follow on a page."""

    TAGS = (
        "script",
        "iframe",
        "frame",
        "object",
        "embed",
        "applet",
        "form",
        "base",
        "portal",
        "animate",
        "set",
    )
    ADDRESSES = (
        "href",
        "src",
        "srcset",
        "action",
        "formaction",
        "data",
        "poster",
        "background",
        "xlink:href",
    )

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found = []
        self.inside = []

    def handle_starttag(self, tag, attributes):
        if tag in self.TAGS or (tag == "meta" and any(name == "http-equiv" for name, _ in attributes)):
            self.found.append((tag, *sorted((name, value or "") for name, value in attributes)))
        for name, value in attributes:
            address = re.sub(r"[\x00-\x20]", "", value or "").lower()
            harmless = address.startswith(("#", "data:image/png", "data:image/jpeg", "data:image/gif"))
            harmless = harmless or (
                tag == "a" and re.match("https?://", address)
            )  # a reader may follow a link
            if name.startswith("on") or (name in self.ADDRESSES and not harmless):
                self.found.append((tag, name, value))
            if name == "style" and re.search(r"url|expression|import|@", value or "", re.IGNORECASE):
                self.found.append((tag, name, value))
        self.inside.append(tag)

    def handle_data(self, data):
        if self.inside and self.inside[-1] in ("script", "style"):
            self.found.append((self.inside[-1], data))

    def handle_endtag(self, tag):
        if tag in self.inside:
            while self.inside.pop() != tag:
                pass


def active_parts(page):
    """All that a browser would run, load or follow on a page, as text to be compared with another page's."""
    parser = _Active()
    parser.feed(page)
    parser.close()
    return {str(part) for part in parser.found}


def rendered(notebook):
    """A notebook as nbconvert shows it, whose filters are those of formgrader."""
    import nbformat
    from nbconvert import HTMLExporter

    page, _ = HTMLExporter(template_name="basic").from_notebook_node(nbformat.reads(notebook, as_version=4))
    return page


def left_behind():
    """Processes that an attack left on the machine."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if any(MARK in part for part in process.cmdline()) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found
