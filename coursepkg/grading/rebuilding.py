"""A submitted notebook put into the form of the release.

Of a submitted notebook nothing is believed but the text of its cells and the names (grade_ids) under which
answers stand. Tests, locked cells, points and order come from the assignment's source.
"""

import json
from dataclasses import dataclass

from coursepkg.assignment.notebook import HEADING
from coursepkg.grading.plain_text import keepable, printable
from coursepkg.grading.planned_cells import PlanCell, Rebuilt, kind_of, points_of, without_hidden_tests
from coursepkg.grading.submitted_notebook import pictures_of

MAX_NOTES = 40
NAMES = {"test": "test cell", "solution": "answer cell", "locked": "locked cell", "manual": "answer cell"}


def rebuild(source, submitted):
    """Puts a submitted notebook into the form of the release.

    Every named cell of the release is there once, in the release's order. Answers are the student's (of
    several copies the last), everything else is the source's. The student's own cells, and earlier copies of
    an answer, as a cell that was split leaves them, stay behind the named cell that they followed.

    Args:
        source: a notebook of `Assignment.notebooks`.
        submitted: a notebook, or `None` where none was handed in.

    Returns:
        `Rebuilt`.
    """
    ours = [cell for cell in source.cells if kind_of(cell)]
    theirs = _read_cells(submitted)
    notes = []
    answers, own = _sort_out(source, ours, theirs, notes)
    notebook, cells, unanswered = _assemble(source, answers, own, notes if submitted is not None else [])
    if len(notes) > MAX_NOTES:
        notes[MAX_NOTES:] = [f"There are {len(notes) - MAX_NOTES} more remarks of this kind."]
    return Rebuilt(notebook, cells, notes, unanswered)


@dataclass
class _Cell:
    """What is believed of a submitted cell."""

    type: str
    source: str
    name: str
    attachments: dict


def _read_cells(submitted):
    cells = (submitted or {}).get("cells")
    return [
        _Cell(_type_of(cell), _source_of(cell), _name_of(cell), pictures_of(cell))
        for cell in (cells if isinstance(cells, list) else [])
        if isinstance(cell, dict)
    ]


def _type_of(cell):
    kind = cell.get("cell_type")
    return kind if kind in ("code", "markdown") else "raw"


def _source_of(cell):
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return keepable(source) if isinstance(source, str) else ""


def _name_of(cell):
    metadata = cell.get("metadata")
    metadata = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = metadata.get("grade_id") if isinstance(metadata, dict) else None
    return name if isinstance(name, str) else ""


def _same(first, second):
    """Whether two sources are the same but for white space at the ends of lines and of the cell."""
    return [line.rstrip() for line in first.strip().splitlines()] == [
        line.rstrip() for line in second.strip().splitlines()
    ]


def _released_source(source, cell):
    """The cell as students received it."""
    released = source.metadata.get("coursepkg", {}).get("released", {})
    return released.get(cell.metadata.nbgrader.grade_id, without_hidden_tests(cell.source))


def _takes_answer(cell):
    """Whether the student's text counts: in answers, not in tests, tasks and locked cells."""
    return bool(cell.metadata.nbgrader.get("solution"))


def _sort_out(source, ours, theirs, notes):
    """Finds the cell that counts for every name, and behind which named cell every other one stands.

    Returns:
        Tuple of a dict from grade_id to the `_Cell` that was handed in under it, and a dict from grade_id
        (`""` for the beginning) to the list of the student's own `_Cell`s behind it.
    """
    known = {cell.metadata.nbgrader.grade_id: cell for cell in ours}
    released = {name: _released_source(source, cell) for name, cell in known.items()}
    places = {name: [] for name in known}
    strangers = {}
    for index, cell in enumerate(theirs):
        if cell.name in places:
            places[cell.name].append(index)
        elif cell.name:
            strangers[cell.name] = None
    chosen, dropped = {}, set()
    for name, indices in places.items():
        if not indices:
            continue
        fitting = [index for index in indices if _fits(known[name], theirs[index])] or indices
        if not _takes_answer(known[name]):
            dropped |= {index for index in indices if _same(theirs[index].source, released[name])}
            fitting = [index for index in fitting if index in dropped] or fitting
        chosen[fitting[-1]] = name
        if len(indices) > 1:
            notes.append(
                f"The cell '{name}' is there {len(indices)} times, so it was copied or split. "
                "The last copy counts as the answer; what stands in the others is run before it."
                if _takes_answer(known[name])
                else f"The cell '{name}' is there {len(indices)} times, so it was copied. It is graded once."
            )
    _say_unusual_order([name for _, name in sorted(chosen.items())], list(known), notes)
    if strangers:
        notes.append(
            f"{_count(len(strangers), 'cell')} with names that this assignment does not know "
            f"({', '.join(printable(name) for name in list(strangers)[:3])}) "
            f"{'is' if len(strangers) == 1 else 'are'} taken for your own and not graded."
        )
    answers = {name: theirs[index] for index, name in chosen.items()}
    own, place = {"": []}, ""
    for index, cell in enumerate(theirs):
        if index in chosen:
            place = chosen[index]
            if not _fits(known[place], cell) and _takes_answer(known[place]):
                own.setdefault(place, []).append(cell)  # an answer that became a note stays a note
        elif index not in dropped:
            own.setdefault(place, []).append(cell)
    return answers, own


def _count(number, noun):
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _fits(ours, theirs):
    """Code answers code. A written answer may come in any cell, for a person reads it."""
    return ours.cell_type != "code" or theirs.type == "code"


def _say_unusual_order(names, order, notes):
    if names != sorted(names, key=order.index):
        notes.append("The cells stand in another order than released; they are graded in the released order.")


def _assemble(source, answers, own, notes):
    """Writes the notebook: the source's cells, with the student's answers and own cells."""
    from nbformat.v4 import new_notebook

    notebook = new_notebook(metadata=_copy_of(source.metadata, ("kernelspec", "language_info")))
    writer = _Writer(notebook, {cell.get("id") for cell in source.cells})
    unanswered, heading = [], ""
    segments = _segments(source)
    for named, texts in segments:
        name = ""
        if named is not None:
            name = named.metadata.nbgrader.grade_id
            heading = _heading_of(named, heading)
            _add_named(writer, source, named, answers.get(name), heading, notes, unanswered)
        for text, before in _merge(texts, own.get(name, [])):
            for cell in before:
                writer.add_own(cell, heading)
            if text is not None:
                heading = _heading_of(text, heading)
                writer.add_text(text)
    return notebook, writer.cells, unanswered


def _segments(source):
    """The named cells of the source, each with the nameless text cells behind it."""
    segments = [(None, [])]
    for cell in source.cells:
        if kind_of(cell):
            segments.append((cell, []))
        elif cell.cell_type == "markdown":
            segments[-1][1].append(cell)
        # Nameless code of the release is the student's to change: what was handed in counts.
    return segments


def _merge(texts, own):
    """The source's text cells in order, each with the student's own cells that go before it.

    A text of the release among the student's cells says where the cells around it belong.

    Returns:
        List of pairs of a text cell and a list of `_Cell`; the last text is `None`.
    """
    waiting, place = {0: []}, 0
    for cell in own:
        match = next(
            (
                number
                for number, text in enumerate(texts)
                if number >= place and cell.type == "markdown" and _same(text.source, cell.source)
            ),
            None,
        )
        if match is None:
            waiting.setdefault(place, []).append(cell)
        else:
            place = match + 1
    return [(text, waiting.get(number, [])) for number, text in enumerate([*texts, None])]


def _heading_of(cell, heading):
    titles = HEADING.findall(cell.source) if cell.cell_type == "markdown" else []
    return titles[-1] if titles else heading


def _add_named(writer, source, cell, theirs, heading, notes, unanswered):
    name, kind = cell.metadata.nbgrader.grade_id, kind_of(cell)
    what = NAMES[kind]
    text, attachments = cell.source, {}
    if theirs is None:
        lost = "it counts as not answered" if _takes_answer(cell) else "it was put back"
        notes.append(f"The {what} '{name}' is missing; {lost}.")
    elif _takes_answer(cell):
        if _fits(cell, theirs):
            text, attachments = theirs.source, theirs.attachments
        else:
            notes.append(
                f"The answer cell '{name}' came back as a text cell. Nothing in it runs, so it counts as not "
                "answered. Turn it into a code cell and hand in again."
            )
    elif theirs.type != cell.cell_type or not _same(theirs.source, _released_source(source, cell)):
        notes.append(f"The {what} '{name}' was edited; the original was put back and is what counts.")
    if _takes_answer(cell) and _same(text, cell.source):
        unanswered.append(name)
        text = cell.source  # to the letter, by which nbgrader knows it for unanswered
    writer.add_named(cell, text, attachments, kind, heading)


def _copy_of(metadata, keys):
    return json.loads(json.dumps({key: metadata[key] for key in keys if key in metadata}))


class _Writer:
    """Appends cells to the rebuilt notebook and to the list of what runs."""

    def __init__(self, notebook, taken):
        self.notebook = notebook
        self.taken = taken
        self.cells = []
        self.own = 0

    def add_named(self, cell, source, attachments, kind, heading):
        """A cell of the release, with the text that counts."""
        metadata = _copy_of(cell.metadata, ("nbgrader", "deletable", "editable", "tags"))
        new = self._append(cell.cell_type, source, metadata, cell.get("id"))
        if attachments and cell.cell_type == "markdown":
            new["attachments"] = attachments
        runs = cell.cell_type == "code"
        if runs or kind == "manual":
            points = points_of(cell) if kind in ("test", "manual") else 0.0
            self._plan(kind, cell.metadata.nbgrader.grade_id, source, points, heading, runs)

    def add_text(self, cell):
        """A text of the release."""
        new = self._append("markdown", cell.source, {}, cell.get("id"))
        if cell.get("attachments"):
            new["attachments"] = json.loads(json.dumps(cell.attachments))

    def add_own(self, cell, heading):
        """A cell that the student added."""
        self.own += 1
        name = f"added-{self.own}"
        while name in self.taken:
            name += "-"
        new = self._append(cell.type, cell.source, {}, name)
        if cell.type == "markdown" and cell.attachments:
            new["attachments"] = cell.attachments
        if cell.type == "code":
            self._plan("code", f"cell {len(self.notebook.cells)}", cell.source, 0.0, heading, True)

    def _append(self, cell_type, source, metadata, name):
        from nbformat import from_dict
        from nbformat.v4.nbbase import random_cell_id

        # Not `new_code_cell`, which validates: the notebook is validated as a whole when it is written.
        cell = {
            "id": name or random_cell_id(),
            "cell_type": cell_type,
            "source": source,
            "metadata": metadata,
        }
        if cell_type == "code":
            cell |= {"execution_count": None, "outputs": []}
        self.notebook.cells.append(from_dict(cell))
        return self.notebook.cells[-1]

    def _plan(self, kind, name, source, points, heading, runs):
        self.cells.append(PlanCell(kind, name, source, points, heading, len(self.notebook.cells) - 1, runs))
