"""The gradebook as tables that Canvas and Moodle import.

Canvas wants the columns Student, ID, SIS User ID, SIS Login ID and Section, then one for each assignment,
whose heading ends in Canvas's own number of it, and a row "Points Possible". It knows a student by the
first of ID, SIS User ID and SIS Login ID that it finds, else by the name.

Moodle's gradebook imports any columns and asks what they mean; a student is known by email address, ID number
or username. The worksheet of one Moodle assignment ("Download grading worksheet") comes back as it was, with
grades.

With a roster, the table that the platform itself exports, columns and students line up with it: of students
and assignments that are not in the gradebook the roster's own values stay, and nothing is matched by a name.
"""

import csv
import io
import re
from dataclasses import dataclass, field
from pathlib import Path

from coursepkg.grading import gradebook
from coursepkg.grading.web_page import harmless

BYTE_ORDER_MARK = "\ufeff"  # by which Excel knows UTF-8; both platforms pass over it
MOST_BYTES = 50_000_000
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?|-")  # a lone dash is Moodle's "no grade"
CANVAS_COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
CANVAS_STUDENT = (*CANVAS_COLUMNS, "LastName", "FirstName", "Integration ID", "Root Account")
CANVAS_KEYS = ("ID", "SIS User ID", "SIS Login ID")
MOODLE_COLUMNS = ("Username", "ID number", "First name", "Last name", "Email address")
MOODLE_KEYS = ("Identifier", "Username", "ID number", "Email address")
POINTS_POSSIBLE = "    Points Possible"


class RosterProblem(Exception):
    """A roster that cannot be used; the message is for the instructor."""


@dataclass(frozen=True)
class Export:
    """A table for a platform.

    Attributes:
        text: str, CSV, beginning with the byte-order mark; to be written as UTF-8.
        notes: list of str, for the instructor: who and what did not match, and what is still to be graded.
    """

    text: str
    notes: list = field(default_factory=list)


@dataclass(frozen=True)
class Roster:
    """A table that a platform exported.

    Attributes:
        name: str, the file's name.
        columns: list of str.
        rows: list of lists of str, each as long as `columns`.
    """

    name: str
    columns: list
    rows: list

    def index(self, name):
        """Finds a column.

        Args:
            name: str, its heading.

        Returns:
            int, its place, or `None`.
        """
        return self.columns.index(name) if name in self.columns else None


def as_canvas(course, assignments=None, roster=None):
    """Writes scores as Canvas imports them (Grades, Import).

    Args:
        course: `Course`.
        assignments: str or list of str, or `None` for all.
        roster: path of a table that Canvas exported (Grades, Export), or `None`.

    Returns:
        `Export`.

    Raises:
        GradebookProblem: if the gradebook does not know an assignment.
        RosterProblem: if the roster cannot be used.
    """
    scores = _Scores(course, assignments)
    if roster is None:
        rows = [
            [one.shown, one.lms_user_id or "", one.id, one.id, "", *scores.of(one.id)]
            for one in scores.students
        ]
        points = [POINTS_POSSIBLE, "", "", "", "", *scores.points()]
        return scores.export([*CANVAS_COLUMNS, *scores.names], [points, *rows])
    roster = read_roster(roster)
    if "ID" not in roster.columns or "Section" not in roster.columns:
        raise RosterProblem(
            f"{roster.name} is not a table that Canvas exported: it has no columns ID and Section. In Canvas "
            "choose Grades, Export, Export Entire Gradebook."
        )
    owners = _match(scores, roster, CANVAS_KEYS, _canvas_person)
    places = _places(scores, roster, lambda title: re.sub(r"\s\(\d+\)$", "", title))
    kept = [place for place, name in enumerate(roster.columns) if name in CANVAS_STUDENT]
    columns = [roster.columns[place] for place in kept] + _headings(scores, roster, places)
    rows = []
    for number, row in enumerate(roster.rows):
        student = [row[place] for place in kept]
        old = ["" if place is None else row[place] for place in places]
        if "Points Possible" in row[0]:
            rows.append([*student, *_filled(old, scores.points())])  # Canvas's own points, where it has any
        elif number in owners:
            rows.append([*student, *_filled(scores.of(owners[number]), old)])
        elif any(cell.strip() for cell in student):
            rows.append([*student, *old])
    return scores.export(columns, rows)


def as_moodle(course, assignments=None, roster=None):
    """Writes scores as Moodle imports them: for its gradebook, or for one assignment's grading worksheet.

    Args:
        course: `Course`.
        assignments: str or list of str, or `None` for all.
        roster: path of a table that Moodle exported, of its gradebook or the grading worksheet of an
            assignment, or `None`.

    Returns:
        `Export`.

    Raises:
        GradebookProblem: if the gradebook does not know an assignment.
        RosterProblem: if the roster cannot be used.
    """
    scores = _Scores(course, assignments)
    if roster is None:
        rows = [
            [one.id, "", one.first_name or "", one.last_name or "", one.email or "", *scores.of(one.id)]
            for one in scores.students
        ]
        return scores.export([*MOODLE_COLUMNS, *scores.names], rows)
    roster = read_roster(roster)
    if not any(key in roster.columns for key in MOODLE_KEYS):
        raise RosterProblem(
            f"{roster.name} is not a table that Moodle exported: it has none of the columns "
            f"{', '.join(MOODLE_KEYS)}. Choose Grades, Export, or an assignment's Download grading worksheet."
        )
    owners = _match(scores, roster, MOODLE_KEYS, _moodle_person)
    if "Identifier" in roster.columns and "Grade" in roster.columns:
        return _worksheet(scores, roster, owners)
    places = _places(scores, roster, _moodle_title)
    kept = [place for place, name in enumerate(roster.columns) if name in MOODLE_COLUMNS]
    columns = [roster.columns[place] for place in kept] + _headings(scores, roster, places)
    rows = []
    for number, row in enumerate(roster.rows):
        old = ["" if place is None else row[place] for place in places]
        new = _filled(scores.of(owners[number]), old) if number in owners else old
        rows.append([row[place] for place in kept] + new)
    return scores.export(columns, rows)


def read_roster(path):
    """Reads a table that a platform exported.

    Args:
        path: path of the file: CSV, with commas, semicolons or tabs.

    Returns:
        `Roster`.

    Raises:
        RosterProblem: if it cannot be read, or holds no table.
    """
    path = Path(path)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise RosterProblem(f"{path} has more than {MOST_BYTES / 1e6:.0f} MB, too much for a roster.")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise RosterProblem(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise RosterProblem(
            f"{path} is not UTF-8 text. Give the file as the platform exported it; Excel saves such files as "
            '"CSV UTF-8".'
        ) from None
    first = text.splitlines()[0] if text.strip() else ""
    separator = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise RosterProblem(f"{path} is not a table: {error}.") from None
    columns = [name.strip() for name in rows[0]] if rows else []
    if len(columns) < 2:
        raise RosterProblem(f"{path} is not a table: its first line should name the columns.")
    width = len(columns)
    return Roster(path.name, columns, [(row + [""] * width)[:width] for row in rows[1:] if any(row)])


class _Scores:
    """What the gradebook knows of some assignments, and the notes that come up on the way."""

    def __init__(self, course, assignments):
        wanted = [assignments] if isinstance(assignments, str) else assignments
        totals = gradebook.totals(course, wanted)
        self.students = gradebook.students(course)
        known = gradebook.assignments(course)
        self.most = {name: most for name, most in known.items() if wanted is None or name in wanted}
        self.names = list(self.most)
        self.totals = {(one.student, one.assignment): one for one in totals}
        waiting = sorted({one.student for one in totals if one.needs_manual})
        self.notes = []
        if waiting:
            self.notes.append(
                f"Of {len(waiting)} students something is still to be graded by hand, which counts 0 so far: "
                f"{_few(waiting)}."
            )

    def of(self, student):
        """A student's scores as text; empty where nothing was handed in, so that nothing is overwritten."""
        found = [self.totals[student, name] for name in self.names]
        return [_number(one.score) if one.submitted else "" for one in found]

    def points(self):
        return [_number(self.most[name]) for name in self.names]

    def export(self, columns, rows):
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\r\n")
        writer.writerows([_cell(value) for value in row] for row in [columns, *rows])
        return Export(BYTE_ORDER_MARK + buffer.getvalue(), self.notes)


def _match(scores, roster, keys, is_person):
    """Dict from the number of a row of the roster to the id of the student whom it belongs to.

    A student is known by id, by the platform's own id in the gradebook, or by email address, compared without
    regard to case; never by name. One whom two rows fit, or whose row fits another too, is named instead.
    """
    indices = [_index_by(roster, key, is_person) for key in keys if key in roster.columns]
    fitting = {}
    for student in scores.students:
        names = [name.strip().lower() for name in (student.lms_user_id, student.id, student.email) if name]
        fitting[student.id] = next((index[name] for name in names for index in indices if name in index), [])
    fits = {}
    for student, rows in fitting.items():
        if len(rows) == 1:
            fits.setdefault(rows[0], []).append(student)
    owners = {row: students[0] for row, students in fits.items() if len(students) == 1}
    graded = {student for (student, _), total in scores.totals.items() if total.submitted}
    lost = sorted(graded - set(owners.values()))
    if lost:
        looked = ", ".join(key for key in keys if key in roster.columns)
        scores.notes.append(
            f"{len(lost)} students with scores are not in {roster.name}, or not beyond doubt, and are left "
            f"out: {_few(lost)}. Looked for in: {looked}."
        )
    people = [number for number, row in enumerate(roster.rows) if is_person(roster, row)]
    without = sum(number not in owners or owners[number] not in graded for number in people)
    if without:
        scores.notes.append(f"{without} of {len(people)} students of {roster.name} have no score here.")
    return owners


def _index_by(roster, key, is_person):
    place, index = roster.index(key), {}
    for number, row in enumerate(roster.rows):
        value = row[place].strip().lower()
        if key == "Identifier":  # "Participant 123456", in the site's language
            value = "".join(re.findall(r"\d+$", value))
        if value and is_person(roster, row):
            index.setdefault(value, []).append(number)
    return index


def _canvas_person(roster, row):
    """Canvas's table has rows that are no student's: points possible, and how assignments are posted."""
    return "Points Possible" not in row[0] and any(
        row[roster.index(key)].strip() for key in CANVAS_KEYS if key in roster.columns
    )


def _moodle_person(roster, row):
    return True


def _places(scores, roster, title):
    """For each assignment the place of its column in the roster, or `None`."""
    titles = {}
    for place, name in enumerate(roster.columns):
        if name not in (*CANVAS_STUDENT, *MOODLE_COLUMNS):
            titles.setdefault(_plain(title(name)), []).append(place)
    places = []
    for name in scores.names:
        found = titles.get(_plain(name), [])
        if len(found) != 1:
            why = "no column" if not found else f"{len(found)} columns"
            scores.notes.append(
                f"{roster.name} has {why} of the name {name}: it is written as a column of that name, which "
                "the platform takes for a new assignment."
            )
        places.append(found[0] if len(found) == 1 else None)
    return places


def _headings(scores, roster, places):
    return [
        name if place is None else roster.columns[place]
        for name, place in zip(scores.names, places, strict=True)
    ]


def _moodle_title(heading):
    """`Assignment: Name (Real)` without what Moodle adds; percentages and letters are other columns."""
    match = re.fullmatch(r"(?:[^:]+:\s*)?(.*?)(?:\s*\(([^()]*)\))?", heading)
    return match[1] if match and match[2] in (None, "Real") else heading


def _worksheet(scores, roster, owners):
    if len(scores.names) != 1:
        raise RosterProblem(
            f"{roster.name} is the grading worksheet of one assignment: name that assignment. The gradebook "
            f"knows {', '.join(scores.names) or 'none'}."
        )
    grade, most = roster.index("Grade"), roster.index("Maximum Grade")
    rows = [list(row) for row in roster.rows]
    for number, student in owners.items():
        rows[number][grade] = _filled(scores.of(student), [rows[number][grade]])[0]
    (name,) = scores.names
    theirs = {_as_float(row[most]) for row in roster.rows} if most is not None else set()
    if theirs and theirs != {scores.most[name]}:
        scores.notes.append(
            f"Moodle's maximum grade is not the {_number(scores.most[name])} points that {name} is worth. "
            "Moodle refuses grades above its maximum: change it in the assignment's settings."
        )
    return scores.export(roster.columns, rows)


def _filled(new, old):
    return [value if value != "" else was for value, was in zip(new, old, strict=True)]


def _cell(value):
    """A text for a spreadsheet that calculates nothing; numbers stay as they are."""
    text = str(value)
    return text if NUMBER.fullmatch(text) else harmless(text)


def _number(value):
    return f"{round(value, 5):.5f}".rstrip("0").rstrip(".")


def _as_float(text):
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _plain(text):
    return " ".join(text.split()).lower()


def _few(names):
    shown = ", ".join(str(harmless(name)) for name in names[:10])
    return shown if len(names) <= 10 else f"{shown} and {len(names) - 10} more"
