"""What comes in from students, made fit for nbgrader: names as an LMS writes them, files of any kind.

`nbgrader_config.py` plugs these into `nbgrader zip_collect` and `nbgrader autograde`.
"""

import re
import shutil
import time
from pathlib import Path

from nbformat import from_dict
from nbgrader import utils
from nbgrader.plugins import ExtractorPlugin, FileNameCollectorPlugin
from nbgrader.preprocessors import NbGraderPreprocessor

from coursepkg.assignment import NotebookProblem, graded_cells, read_notebook
from coursepkg.grading.feedback import NOT_GRADED, rejection_page
from coursepkg.grading.folders import exchange_files
from coursepkg.grading.listing import Archive, IntakeLimits
from coursepkg.grading.outcome import Rejected
from coursepkg.grading.plain_text import printable
from coursepkg.grading.safe_cells import harmless_markdown, harmless_outputs
from coursepkg.grading.submitted_notebook import pictures_of
from coursepkg.grading.web_page import write_whole


def admit(assignment, student, notebooks):
    """Turns away submitted notebooks that cannot be graded, and leaves their owner a page that says why.

    nbgrader calls it before it grades a submission. A notebook that it cannot read would be left without a
    word to its owner, and one with unknown metadata would end the run for the whole class.

    Args:
        assignment: str, the assignment's name.
        student: str, the glob of the run; the student is known by the notebooks' folder.
        notebooks: list of paths, as nbgrader will grade them; those turned away are removed from it.
    """
    for path in map(Path, list(notebooks)):
        folder = path.parents[3] / "feedback" / path.parents[1].name / path.parent.name
        _forget_notice(folder)
        try:
            if path.is_symlink():
                raise NotebookProblem(f"{path.name} is a symbolic link; hand in the file itself.")
            release = path.parents[3] / "release" / path.parent.name / path.name
            if not release.exists():
                raise NotebookProblem(
                    f"{path.name} is not the name of a notebook of this assignment. "
                    "Hand it in under the name that it was released with."
                )
            _same_assignment(graded_cells(read_notebook(path)), graded_cells(read_notebook(release)))
        except NotebookProblem as problem:
            notebooks.remove(str(path))
            _write_notice(folder, path, str(problem))
            print(f"Not graded: {path.parents[1].name}, {path.name}. {problem}")


def _write_notice(folder, path, reason):
    """The page stands where feedback would, with what `nbgrader release_feedback` wants beside it."""
    write_whole(folder / f"{path.stem}.html", rejection_page(path.name, reason))
    now = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
    for name, content in ({"timestamp.txt": now.encode()} | exchange_files(path.parent)).items():
        write_whole(folder / name, content.decode("utf-8", errors="replace"))


def _forget_notice(folder):
    """Removes a folder that holds a notice, or nbgrader would think that feedback was given already."""
    if any(
        NOT_GRADED in page.read_text(encoding="utf-8", errors="replace") for page in folder.glob("*.html")
    ):
        shutil.rmtree(folder)


def _same_assignment(submitted, released):
    known = {cell.grade_id: cell.kind for cell in released}
    names = [cell.grade_id for cell in submitted]
    strangers = [name for name in names if name not in known]
    if strangers:
        raise NotebookProblem(
            f"It holds cells of another assignment ({', '.join(strangers[:3])}): a different notebook was "
            "handed in under this name."
        )
    for cell in submitted:
        if known[cell.grade_id] != cell.kind:
            raise NotebookProblem(
                f"The cell '{cell.grade_id}' was released as a {known[cell.grade_id]} cell and came back "
                f"as a {cell.kind} cell. Open the released notebook afresh and copy your answers into it."
            )


class DeduplicateIds(NbGraderPreprocessor):
    """Keeps the last of several cells with the same name and makes the others ordinary cells.

    nbgrader's own leaves empty metadata behind, on which its next step ends the run for the whole class.
    """

    def preprocess(self, nb, resources):
        """Drops the metadata of copied cells.

        Args:
            nb: the notebook, changed in place.
            resources: nbgrader's resources, passed on.

        Returns:
            Tuple of the notebook and the resources.
        """
        seen = set()
        for cell in reversed(nb.cells):
            if utils.is_grade(cell) or utils.is_solution(cell) or utils.is_locked(cell):
                name = cell.metadata.nbgrader["grade_id"]
                if name in seen:
                    self.log.warning("Cell '%s' is there more than once; the last one counts", name)
                    del cell.metadata["nbgrader"]
                seen.add(name)
        return nb, resources


class MakeHarmless(NbGraderPreprocessor):
    """Takes out of a graded notebook what would run in the browser of whoever opens it in formgrader."""

    def preprocess(self, nb, resources):
        """Writes outputs and texts anew.

        Args:
            nb: the notebook, changed in place.
            resources: nbgrader's resources, passed on.

        Returns:
            Tuple of the notebook and the resources.
        """
        for cell in nb.cells:
            if cell.cell_type == "markdown":
                if pictures := pictures_of(cell):
                    cell.attachments = pictures
                else:
                    cell.pop("attachments", None)
                cell.source = harmless_markdown(cell.source, pictures)
            elif cell.cell_type == "code":
                cell.outputs = [from_dict(output) for output in harmless_outputs(cell.outputs)]
        return nb, resources


class Extractor(ExtractorPlugin):
    """Unpacks the zip files of an LMS, those inside them included; a damaged one is named and left out."""

    limits = IntakeLimits(file_bytes=200_000_000, total_bytes=2_000_000_000, files=100_000, depth=12)
    depth = 3  # archives inside archives

    def extract(self, archive_path, extracted_path):
        """Unpacks or copies every file of a folder.

        Args:
            archive_path: str, the folder with what the LMS gave.
            extracted_path: str, where files go.
        """
        self._left = self.limits.total_bytes
        for path in sorted(Path(archive_path).rglob("*")):
            target = Path(extracted_path) / path.relative_to(archive_path)
            if path.is_symlink():
                self.log.error("%s is a symbolic link and is left out", path)
            elif path.suffix.lower() == ".zip":
                self._unpack(path, target.with_suffix(""), self.depth)
            elif path.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)

    def _unpack(self, path, folder, depth):
        try:
            if depth == 0:
                raise Rejected("there are too many archives inside archives")
            with path.open("rb") as file, Archive(path.name, file, self.limits) as archive:
                for left_out, reason in archive.left_out:
                    self.log.error("%s: %s is left out: %s", path, printable(left_out), reason)
                inner = [self._write(archive, entry, folder) for entry in archive.entries]
        except Rejected as problem:
            self.log.error("%s cannot be unpacked and is left out: %s", path, problem)
            return
        for nested in inner:
            if nested is not None and nested.suffix.lower() == ".zip":
                self._unpack(nested, nested.with_suffix(""), depth - 1)

    def _write(self, archive, entry, folder):
        """Writes one file of an archive; one that cannot be is named and left out."""
        try:
            content = archive.read(entry)
            if len(content) > self._left:
                raise Rejected(f"more than {self.limits.total_bytes / 1e9:g} GB unpacked")
            self._left -= len(content)
            target = folder / entry.path  # which leads nowhere else: Archive has seen to it
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        except (Rejected, OSError) as problem:  # a name too long, or a file where a folder is
            self.log.error("%s in %s is left out: %s", printable(entry.path), archive.name, problem)
            return None
        return target


class Collector(FileNameCollectorPlugin):
    """Finds student and notebook in a file's path as Moodle, Canvas and Blackboard write it.

    - Moodle, in folders: `Ada Lovelace_123456_assignsubmission_file_/01-sequence-data.ipynb`, or flat:
      `Ada Lovelace_123456_assignsubmission_file_01-sequence-data.ipynb`. Student: `123456`.
    - Canvas: `lovelaceada_123456_7890123_01-sequence-data-1.ipynb`, a late one with `_LATE` behind the name.
      Student: `123456`.
    - Blackboard: `Essay_ada_attempt_2026-11-21-15-00-00_01-sequence-data.ipynb`. Student: `ada`.
    - By hand: `ada/01-sequence-data.ipynb`. Student: `ada`.

    What browsers and Colab add to a name (`Copy of ...`, ` (1)`) is dropped. Where a student handed in the
    same notebook twice, the file with the plain name is taken, else the last by name.
    """

    notebook = r"(?:[Cc]opy[ _]of[ _])?(?P<file_id>\d\d(?:-[a-z]+)+)(?:[ _-]?\(?\d+\)?)?\.ipynb$"
    layouts = (
        r"(?:.*/[^/]*_(?P<moodle>\d+)_assignsubmission_file_(?:/(?:.*/)?)?"  # first: students zip folders
        r"|.*/(?:"
        r"[^/_]+_(?:LATE_)?(?P<canvas>\d+)_\d+_"
        r"|[^/]*_(?P<blackboard>[\w.-]+)_attempt_(?P<when>\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d)_"
        r"|(?P<folder>[\w.@-]+)/"
        r"))" + notebook
    )

    def collect(self, submitted_file):
        """Reads student and notebook from a path.

        Args:
            submitted_file: str, the path of a file that was unpacked.

        Returns:
            Dict with `student_id`, `file_id` and perhaps `timestamp`, or `None` if the file is left out.
        """
        found = self._read(submitted_file)
        if found is None:
            return super().collect(submitted_file)  # which says why in nbgrader's log
        rivals = [path for path in self._all_files() if self._same(self._read(str(path)), found)]
        plain = [
            path for path in rivals if re.search(rf"(^|[/_]){found['file_id']}\.ipynb$", path.as_posix())
        ]
        chosen = (plain or rivals or [Path(submitted_file)])[-1]
        if chosen != Path(submitted_file):
            self.log.warning("%s: %s is collected instead", submitted_file, chosen.name)
            return None
        return found

    def _read(self, path):
        match = re.match(self.named_regexp, Path(path).as_posix())
        if match is None:
            return None
        parts = match.groupdict()
        student = parts["moodle"] or parts["canvas"] or parts["blackboard"] or parts["folder"]
        found = {"student_id": student, "file_id": parts["file_id"]}
        if parts["when"]:
            date, time = parts["when"][:10], parts["when"][11:].replace("-", ":")
            found["timestamp"] = f"{date} {time} UTC"
        return found

    def _all_files(self):
        folder = Path(self.parent._format_collect_path(self.parent.extracted_directory))
        return sorted(path for path in folder.rglob("*.ipynb") if path.is_file())

    @staticmethod
    def _same(first, second):
        keys = ("student_id", "file_id", "timestamp")
        return first is not None and all(first.get(key) == second.get(key) for key in keys)
