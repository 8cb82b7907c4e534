"""A course folder as nbgrader's settings describe it, and what students handed in there."""

import datetime
import os
import re
import stat
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy

MOST_ENTRIES = 100_000  # of one folder
LONGEST_ID = 128  # of a student, as the gradebook's columns have it
TIMESTAMP_BYTES = 256
MARK = "\0student\0"  # stands for the student in a path; no name holds it


class CourseProblem(Exception):
    """A folder in which nothing can be graded; the message is for the instructor."""


@dataclass(frozen=True)
class Submission:
    """What one student handed in.

    Attributes:
        student: str, the student's id.
        folder: `Path`, where it lies.
        timestamp: `datetime` without time zone, in UTC, or `None`.
        note: str, what is odd about the timestamp; empty where nothing is.
        problem: str, why this cannot be graded whatever it holds (a link in place of a folder); mostly empty.
    """

    student: str
    folder: Path
    timestamp: datetime.datetime | None = None
    note: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Course:
    """A course folder. `open_course` makes it; pickled, it is opened anew from its folder and database.

    Attributes:
        folder: `Path`, where the settings were read from.
        root: `Path`, under which the course's folders lie.
        course_id: str, the course's name in the gradebook; may be empty.
        db_url: str, the gradebook's database.
        directory_structure: str, nbgrader's pattern of a path.
        source_directory: str, name of the folder of the sources; likewise `release_directory`,
            `submitted_directory`, `autograded_directory` and `feedback_directory`.
        ignore: tuple of str, patterns of file names that nbgrader leaves out.
        max_file_size: int, kilobytes, of one file of a submission.
        max_dir_size: int, kilobytes, of a submission.
        groupshared: bool, whether instructors share the folders by group.
        config: all of nbgrader's settings, a traitlets `Config`.

    Raises:
        CourseProblem: by `assignments`, `submitted` and `left_out`, if a folder that they list may not be
            read or holds too much.
        ValueError: by `submission`, if that is no student's id.
    """

    folder: Path
    root: Path
    course_id: str
    db_url: str
    directory_structure: str
    source_directory: str
    release_directory: str
    submitted_directory: str
    autograded_directory: str
    feedback_directory: str
    ignore: tuple
    max_file_size: int
    max_dir_size: int
    groupshared: bool
    config: object = field(compare=False, repr=False)

    def __reduce__(self):
        return open_course, (str(self.folder), self.db_url)

    def path(self, step, student, assignment):
        """Where nbgrader keeps something.

        Args:
            step: str, one of `"source"`, `"release"`, `"submitted"`, `"autograded"`, `"feedback"`.
            student: str, the student's id; `"."` for source and release.
            assignment: str, the assignment's name.

        Returns:
            `Path` of the folder.
        """
        return self.root / self._structure(getattr(self, f"{step}_directory"), student, assignment)

    def assignments(self):
        """Returns the names of all assignments in the source folder, in order."""
        pattern = self._structure(self.source_directory, ".", MARK)
        return [name for name, folder in self._matches(pattern, follow=True) if folder.is_dir()]

    def submitted(self, assignment):
        """Lists what was handed in, following no link that a student could have left.

        Args:
            assignment: str, the assignment's name.

        Returns:
            List of `Submission`, in the order of the students' ids.
        """
        pattern = self._structure(self.submitted_directory, MARK, assignment)
        return [
            self._submission(student, folder)
            for student, folder in self._matches(pattern)
            if not _unfit(student)
        ]

    def submission(self, student, assignment):
        """One student's submission.

        Args:
            student: str, the student's id.
            assignment: str, the assignment's name.

        Returns:
            `Submission`, or `None` if this student handed in nothing.
        """
        if reason := _unfit(student):
            raise ValueError(f"{student!r} is no student's id: {reason}")
        folder = self.path("submitted", student, assignment)
        return self._submission(student, folder) if _is_there(folder) else None

    def left_out(self, assignment):
        """Names folders in `submitted` whose name is no student's id.

        Args:
            assignment: str, the assignment's name.

        Returns:
            List of tuples: the name as it can be printed, and why it is left out.
        """
        pattern = self._structure(self.submitted_directory, MARK, assignment)
        return [
            (ascii(student), reason) for student, _ in self._matches(pattern) if (reason := _unfit(student))
        ]

    def late_penalties(self):
        """nbgrader's step that takes off points for lateness, as this course's settings have it.

        Returns:
            `nbgrader.preprocessors.AssignLatePenalties` whose plugin is ready, or `None` if switched off.
        """
        from nbgrader.preprocessors import AssignLatePenalties

        with _importable(self.folder):
            step = AssignLatePenalties(config=self.config)
            step.init_plugin()
        return step if step.enabled else None

    def _structure(self, step, student, assignment):
        return self.directory_structure.format(
            nbgrader_step=step, student_id=student, assignment_id=assignment
        )

    def _submission(self, student, folder):
        folder = Path(folder)
        parts = self._structure(self.submitted_directory, MARK, "assignment").split(os.sep)
        depth = len(parts) - next(index for index, part in enumerate(parts) if MARK in part)
        try:
            for part in [folder, *folder.parents][:depth]:  # what is above them is the instructor's
                if part.is_symlink():
                    problem = f"{part.name} is a symbolic link; hand in the files themselves."
                    return Submission(student, folder, problem=problem)
            if not stat.S_ISDIR(folder.stat().st_mode):
                return Submission(student, folder, problem=f"{folder.name} is not a folder.")
            os.scandir(folder).close()
        except OSError as error:
            return Submission(student, folder, problem=f"{folder.name} cannot be read: {error.strerror}.")
        timestamp, note = read_timestamp(folder)
        return Submission(student, folder, timestamp, note)

    def _matches(self, pattern, follow=False):
        """Yields what stands for `MARK` in existing paths of this pattern, and the path, sorted."""
        parts = pattern.split(os.sep)
        place = next(index for index, part in enumerate(parts) if MARK in part)
        above = self.root / os.sep.join(parts[:place])
        wanted = re.compile(
            "(.+)".join(map(re.escape, parts[place].split(MARK, 1))).replace(MARK, ".+"), re.DOTALL
        )
        names = []
        try:
            with os.scandir(above) as entries:
                for entry in entries:
                    match = None if entry.name.startswith(".") else wanted.fullmatch(entry.name)
                    if match and (entry.is_symlink() or entry.is_dir(follow_symlinks=follow)):
                        names.append(match[1])
                    if len(names) > MOST_ENTRIES:
                        raise CourseProblem(f"{above} holds more than {MOST_ENTRIES:,} folders.")
        except (FileNotFoundError, NotADirectoryError):
            return
        except PermissionError:
            raise CourseProblem(f"{above} may not be read: see the folder's rights.") from None
        for name in sorted(names):
            path = self.root / pattern.replace(MARK, name)
            if _is_there(path):
                yield name, path


def open_course(folder=".", db_url=None):
    """Reads a course folder's settings as nbgrader's own commands do when they run there.

    Args:
        folder: path of the course folder.
        db_url: str, a database in place of the one in the settings, or `None`.

    Returns:
        `Course`.

    Raises:
        CourseProblem: if this is no course folder, or its settings cannot be read.
    """
    folder = Path(os.path.abspath(folder))
    if not folder.is_dir():
        raise CourseProblem(f"{folder} is not a folder. Give the course folder, where nbgrader_config.py is.")
    config, directory = _read_settings(folder)
    root = Path(directory.root)
    if not (folder / "nbgrader_config.py").is_file() and not (root / directory.source_directory).is_dir():
        near = sorted(path.parent.name for path in folder.glob("*/nbgrader_config.py"))
        hint = f" There is one in {', '.join(near)}/." if near else ""
        raise CourseProblem(
            f"{folder} is no nbgrader course folder: it holds neither nbgrader_config.py nor "
            f"{directory.source_directory}/. Run the command where nbgrader's commands run.{hint}"
        )
    return Course(
        folder=folder,
        root=root,
        course_id=directory.course_id,
        db_url=_absolute(db_url or directory.db_url, root),
        directory_structure=directory.directory_structure,
        source_directory=directory.source_directory,
        release_directory=directory.release_directory,
        submitted_directory=directory.submitted_directory,
        autograded_directory=directory.autograded_directory,
        feedback_directory=directory.feedback_directory,
        ignore=tuple(directory.ignore),
        max_file_size=directory.max_file_size,
        max_dir_size=directory.max_dir_size,
        groupshared=directory.groupshared,
        config=config,
    )


def read_timestamp(folder):
    """Reads when something was handed in, from the `timestamp.txt` that nbgrader leaves beside it.

    Args:
        folder: path of the submission.

    Returns:
        Tuple of a `datetime` in UTC without time zone, or `None`, and a note, empty where nothing is odd.
    """
    from nbgrader.utils import parse_utc

    path = Path(folder) / "timestamp.txt"
    try:
        # No link is followed, and opening a named pipe does not wait for a writer.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None, ""
    except OSError:
        return None, "timestamp.txt is not an ordinary file, so the time of submission is not known."
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None, "timestamp.txt is not an ordinary file, so the time of submission is not known."
        text = os.read(handle, TIMESTAMP_BYTES).decode("utf-8", errors="replace").strip()
    finally:
        os.close(handle)
    if not text:
        return None, "timestamp.txt is empty, so the time of submission is not known."
    try:
        timestamp = parse_utc(text)
    except Exception:  # dateutil fails in many ways on what is no time
        return None, f"timestamp.txt holds {text[:40]!r}, which is no time, so the submission's is not known."
    ahead = timestamp - datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    if timestamp.year < 2000:
        return timestamp, f"timestamp.txt says {timestamp:%Y-%m-%d}, long before there was such a course."
    if ahead > datetime.timedelta(days=1):
        return timestamp, f"timestamp.txt says {timestamp:%Y-%m-%d %H:%M}, which is still to come."
    return timestamp, ""


def _read_settings(folder):
    """The settings that hold in a folder, and nbgrader's `CourseDirectory` made of them."""
    from nbgrader.apps.baseapp import NbGrader
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Application

    app = NbGrader(raise_config_file_errors=True, log_level="ERROR")
    try:
        with _importable(folder):
            for name, path in (
                ("jupyter_config", app.config_file_paths),
                ("nbgrader_config", app.config_file_paths),
                ("nbgrader_config", str(folder)),
            ):
                Application.load_config_file(app, name, path=path)
            directory = _course_directory(CourseDirectory, app.config, folder)
            if Path(directory.root) != folder:  # the settings may lie elsewhere than the course
                Application.load_config_file(app, "nbgrader_config", path=directory.root)
                directory = _course_directory(CourseDirectory, app.config, folder)
    except (Exception, SystemExit) as error:  # the file is Python: anything may happen in it
        raise CourseProblem(
            f"nbgrader_config.py in {folder} cannot be read: {type(error).__name__}: {error}"
        ) from error
    return app.config, directory


def _course_directory(kind, config, folder):
    directory = kind(config=config)
    if "root" not in config.CourseDirectory:
        directory = kind(config=config, root=str(folder))
    elif not os.path.isabs(config.CourseDirectory.root):
        directory.root = os.path.normpath(folder / config.CourseDirectory.root)
    return directory


def _absolute(url, root):
    """nbgrader's commands run in the course folder, where a relative path of a database means itself."""
    try:
        parsed = sqlalchemy.make_url(url)
    except sqlalchemy.exc.ArgumentError:
        raise CourseProblem(
            f"{url!r} is not a database's URL. Expected one like sqlite:////home/me/course/gradebook.db or "
            "postgresql+psycopg://user@host/gradebook."
        ) from None
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise CourseProblem(f"{parsed.get_backend_name()} is not supported; SQLite and PostgreSQL are.")
    if parsed.get_backend_name() == "sqlite":
        if parsed.database in (None, "", ":memory:"):
            raise CourseProblem(f"{url!r} lives in one process's memory; the graders need a file they share.")
        if not os.path.isabs(parsed.database) and not parsed.database.startswith("file:"):
            parsed = parsed.set(database=os.path.normpath(root / parsed.database))
    return parsed.render_as_string(hide_password=False)


def _unfit(student):
    """Why a name cannot be a student's id in the gradebook, or an empty string."""
    if not student or len(student) > LONGEST_ID:
        return f"it has {len(student)} characters; expected 1 to {LONGEST_ID}."
    if not student.isprintable() or student.startswith(".") or "/" in student:
        return "it begins with a dot, or holds a slash or characters that cannot be printed."
    if re.search('[<>&"]', student):
        return "it holds one of < > & and the quotation mark, which formgrader's pages would take for markup."
    return ""


def _is_there(path):
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True  # it is named as one that cannot be read
    return True


@contextmanager
def _importable(folder):
    """nbgrader's settings may import modules that lie beside them."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        if str(folder) in sys.path:
            sys.path.remove(str(folder))
