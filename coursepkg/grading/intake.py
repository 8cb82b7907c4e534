"""What a student handed in, made fit to be graded: which file is which, and what is left out.

Whatever cannot be graded ends in `Rejected`, with a sentence that its owner can act on.
"""

import hashlib
import os
import re
import sys
import sysconfig
import unicodedata
from dataclasses import dataclass, field
from importlib.machinery import PathFinder

from coursepkg.grading.listing import Archive, Entry, Folder, IntakeLimits
from coursepkg.grading.outcome import Rejected
from coursepkg.grading.plain_text import printable, several
from coursepkg.grading.planned_cells import kind_of
from coursepkg.grading.submitted_notebook import read_submitted

__all__ = ["Admitted", "IntakeLimits", "admit", "fingerprint"]

EXCHANGE_FILES = ("timestamp.txt", "submission_secret.txt")  # nbgrader's own, beside a submission
OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
MOST_NAMED = 10  # files that are left out and named one by one
MOST_MISNAMED = 5  # notebooks under a foreign name that are looked into
COPY_OF = re.compile(r"^(?:(?:copy|kopie|copie|copia)[ _-](?:of|von|de|di)[ _-])+")
NUMBERED = re.compile(r"(?:[ _-]*\(\d+\)|[ _-]+copy\d*|[ _-]\d{1,2})+$")
NEVER = ("sitecustomize", "usercustomize", "conftest")


@dataclass
class Admitted:
    """What is graded of a submission.

    Attributes:
        notebooks: dict from the name of a notebook of the assignment to what was handed in for it.
        files: dict from relative path to bytes, of the other files that the assignment asks for.
        notes: list of str, for the student: what is unusual, and what was left out.
    """

    notebooks: dict = field(default_factory=dict)
    files: dict = field(default_factory=dict)
    notes: list = field(default_factory=list)


def admit(folder, assignment, limits=None):
    """Reads a submission's folder.

    Args:
        folder: path of the folder; nothing in it is believed, and no link is followed.
        assignment: `plan.Assignment`.
        limits: `IntakeLimits`, or `None` for the defaults.

    Returns:
        `Admitted`, with at least one notebook.

    Raises:
        Rejected: if nothing can be graded; the message is for its owner.
    """
    limits = limits or IntakeLimits()
    with Folder(folder, limits) as listing:
        if _notebook_like(listing.entries) or not _zips(listing.entries):
            return _take(listing, assignment, limits)
        return _unpack(listing, assignment, limits)


def _notebook_like(entries):
    return [entry for entry in entries if ".ipynb" in _folded(entry.name)]


def _zips(entries):
    return [entry for entry in entries if entry.name.lower().rstrip().endswith(".zip")]


def _unpack(listing, assignment, limits):
    zips = _zips(listing.entries)
    if len(zips) > 1:
        raise Rejected(
            f"There is no notebook but {len(zips)} zip files ({several([entry.path for entry in zips])}), so "
            "it is not clear which counts. Hand in the notebook itself."
        )
    content = listing.read(zips[0])
    with Archive(zips[0].name, content, limits) as archive:
        archive.left_out += listing.left_out
        beside = [entry for entry in listing.entries if entry is not zips[0]]
        admitted = _take(archive, assignment, limits, beside=beside)
    admitted.notes.insert(0, f"The notebook was taken from {printable(zips[0].name)}.")
    return admitted


def _take(listing, assignment, limits, beside=()):
    """Finds the assignment's notebooks and files in a listing, and says what happens to everything else."""
    admitted, used = Admitted(), set()
    candidates = _notebook_like(listing.entries)
    for name in assignment.notebooks:
        chosen, others = _choose(name, candidates, assignment)
        if chosen is None:
            continue
        used |= {chosen.path, *(entry.path for entry in others)}
        admitted.notebooks[name] = _read(chosen, listing, name, assignment, limits, admitted.notes)
        if chosen.path != f"{name}.ipynb":
            admitted.notes.append(f"{printable(chosen.path)} was read as {name}.ipynb.")
        if others:
            admitted.notes.append(
                f"{printable(chosen.path)} counts; left out: {several([entry.path for entry in others])}."
            )
    _take_misnamed(listing, candidates, used, admitted, assignment, limits)
    if not admitted.notebooks:
        raise Rejected(_why_none(listing, assignment))
    _take_files(listing, used, admitted, assignment, beside)
    return admitted


def _folded(name):
    """A name without what systems and browsers do to it: case, width, invisible marks, outer white space."""
    name = unicodedata.normalize("NFKC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(char for char in name if unicodedata.category(char) not in ("Cc", "Cf"))
    return name.strip().casefold()


def _keys(name):
    """What a file's name may stand for, the most literal first."""
    stem = _folded(name).partition(".ipynb")[0].strip()
    plain = NUMBERED.sub("", COPY_OF.sub("", stem)).strip(" ._-")
    return [re.sub(r"[\s_-]+", "-", key).strip("-") for key in (stem, plain)]


def _choose(name, candidates, assignment):
    """The file that counts as a notebook, or `None`, and the others that could be meant."""
    wanted = _keys(f"{name}.ipynb")[0]
    literal = {_keys(f"{other}.ipynb")[0] for other in assignment.notebooks}
    fitting = []
    for entry in candidates:
        stem, plain = _keys(entry.name)
        if stem == wanted or (plain == wanted and stem not in literal):
            fitting.append(entry)
    fitting.sort(key=lambda entry: (_rank(entry, name, wanted), _natural(entry.path)))
    if not fitting:
        return None, []
    best = [entry for entry in fitting if _rank(entry, name, wanted) == _rank(fitting[0], name, wanted)]
    chosen = best[-1]  # of `... (1)` and `... (2)` the later
    return chosen, [entry for entry in fitting if entry is not chosen]


def _rank(entry, name, wanted):
    return (entry.name != f"{name}.ipynb", _keys(entry.name)[0] != wanted, entry.depth)


def _natural(text):
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d{1,18})", text)]


def _read(entry, listing, name, assignment, limits, notes):
    if entry.links > 1:
        notes.append(f"{printable(entry.path)} is known under other names too (a hard link); it was read.")
    notebook = read_submitted(entry.path, listing.read(entry), limits, notes)
    names = _names(notebook)
    expected = _answers(assignment.notebooks[name])
    if not names & expected:
        stray = sorted(names - _all_names(assignment.notebooks[name]))
        if stray:
            raise Rejected(
                f"{printable(entry.path)} holds cells of another assignment ({several(stray, 3)}): a "
                "different notebook was handed in under this name."
            )
        raise Rejected(
            f"{printable(entry.path)} holds none of the assignment's cells. Either it is another notebook, "
            "or the program that saved it dropped the cells' metadata. Open the released notebook afresh and "
            "copy your answers into it."
        )
    return notebook


def _names(notebook):
    return {cell.metadata.nbgrader.grade_id for cell in notebook.cells if "nbgrader" in cell.metadata}


def _answers(source):
    """The names by which an assignment is known: not those of set-up cells, which others have too."""
    return {
        cell.metadata.nbgrader.grade_id
        for cell in source.cells
        if kind_of(cell) in ("test", "solution", "manual")
    }


def _all_names(source):
    return {cell.metadata.nbgrader.grade_id for cell in source.cells if kind_of(cell)}


def _take_misnamed(listing, candidates, used, admitted, assignment, limits):
    """A notebook under a foreign name counts if its cells say which it is, and no other claims the place."""
    missing = [name for name in assignment.notebooks if name not in admitted.notebooks]
    unknown = [entry for entry in candidates if entry.path not in used]
    if not missing or not unknown or len(unknown) > MOST_MISNAMED:
        return
    found, problems = {}, []
    for entry in unknown:
        remarks = []
        try:
            notebook = read_submitted(entry.path, listing.read(entry), limits, remarks)
        except Rejected as problem:
            problems.append(problem)
            continue
        for name in missing:
            if _names(notebook) & _answers(assignment.notebooks[name]):
                found.setdefault(name, []).append((entry, notebook, remarks))
    for name, claims in found.items():
        if len(claims) == 1:
            entry, notebook, remarks = claims[0]
            admitted.notebooks[name] = notebook
            used.add(entry.path)
            admitted.notes += remarks
            admitted.notes.append(
                f"{printable(entry.path)} was read as {name}.ipynb, whose cells it holds. "
                "Keep the released name next time."
            )
    if len(unknown) == 1 and problems and not admitted.notebooks:
        raise problems[0]


def _why_none(listing, assignment):
    wanted = " and ".join(f"{name}.ipynb" for name in assignment.notebooks)
    there = [entry.path for entry in listing.entries if entry.path not in EXCHANGE_FILES]
    others = [path for path in there if path.lower().endswith((*OTHER_ARCHIVES, ".zip"))]
    linked = [path for path, _ in listing.left_out]
    if others:
        return (
            f"There is no {wanted} in what you handed in, and {several(others, 2)} is not unpacked here. "
            "Hand in the notebook itself."
        )
    if linked and not there:
        return f"{several(linked, 2)} was left out: {listing.left_out[0][1]}. There is no {wanted} beside it."
    if not there:
        return f"Nothing was handed in: the folder is empty. Expected {wanted}."
    return (
        f"There is no {wanted} in what you handed in; there is {several(there)}. "
        "Hand in the notebook under the name that it was released with."
    )


def _take_files(listing, used, admitted, assignment, beside):
    left_out = [entry.path for entry in beside if entry.path not in EXCHANGE_FILES]
    for entry in listing.entries:
        path = entry.path.replace("\\", "/")
        if entry.path in used or path in EXCHANGE_FILES:
            continue
        if path in assignment.files:
            if entry.size != len(assignment.files[path]):
                admitted.notes.append(f"{printable(path)} was changed; the released file is used.")
        elif path in assignment.declared and not _shadows(path):
            admitted.files[path] = listing.read(entry)
        else:
            left_out.append(entry.path)
    if left_out:
        admitted.notes.append(
            f"Left out, for the assignment does not ask for it: {several(left_out)}. "
            "Only files that come with the assignment are there when your code runs."
        )
    strange = sorted(listing.left_out)
    for path, reason in strange[:MOST_NAMED]:
        admitted.notes.append(f"{printable(path)} was left out: {reason}.")
    if len(strange) > MOST_NAMED:
        admitted.notes.append(f"{len(strange) - MOST_NAMED} more were left out for such reasons.")


def _shadows(path):
    """Whether a file, though the assignment asks for it, would take a library's place or run by itself."""
    name = re.split(r"[/.]", path)[0]
    if path.endswith(".pth") or name in NEVER or name in sys.stdlib_module_names:
        return True
    if not name.isidentifier() or not re.search(r"\.(py|pyc|pyd|so)$|/", path):
        return False
    places = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    return name == "coursepkg" or PathFinder.find_spec(name, places) is not None


def fingerprint(folder, limits=None):
    """A short name for what was handed in, which changes when a file does.

    Args:
        folder: path of the submission.
        limits: `IntakeLimits`, or `None` for the defaults. Of files larger than allowed, and of folders with
            too many files, only size and time are looked at.

    Returns:
        str, hexadecimal.
    """
    limits = limits or IntakeLimits()
    digest = hashlib.sha256()

    def add(*parts):
        for part in parts:
            data = part if isinstance(part, bytes) else str(part).encode("utf-8", errors="surrogateescape")
            digest.update(len(data).to_bytes(8, "big") + data)

    try:
        with Folder(folder, limits) as listing:
            for path, reason in sorted(listing.left_out):
                add("left out", path, reason)
            for entry in listing.entries:
                add("file", entry.path, *_content(entry, listing, limits))
    except Rejected as problem:
        status = os.lstat(folder) if os.path.lexists(folder) else None
        add("rejected", str(problem), status.st_mtime_ns if status else "")
    return digest.hexdigest()


def _content(entry: Entry, listing, limits):
    if entry.size <= limits.file_bytes and listing.total + entry.size <= limits.total_bytes:
        try:
            return [hashlib.sha256(listing.read(entry)).digest()]
        except Rejected:  # changed since it was listed, or it may not be read
            pass
    return [entry.size, entry.modified]
