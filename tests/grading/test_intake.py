"""What students hand in, of every kind: it is read, left out by name, or turned away with a reason."""

import contextlib
import copy
import importlib.util
import io
import json
import logging
import os
import socket
import stat
import struct
import tempfile
import threading
import zipfile
from pathlib import Path

import nbformat
import pytest

from coursepkg.grading import listing as listing_module
from coursepkg.grading.course import open_course
from coursepkg.grading.intake import IntakeLimits, admit, fingerprint
from coursepkg.grading.outcome import Rejected
from coursepkg.grading.plan import read_assignment, rebuild

MARKED = "answer = 4200 / 100  # é"


@pytest.fixture(scope="module")
def assignment(released_course):
    return read_assignment(open_course(released_course), "ps1")


@pytest.fixture
def only(assignment):
    """The assignment with its first notebook alone."""
    return copy.copy(assignment).__class__(
        assignment.name,
        assignment.version,
        {"first": assignment.notebooks["first"]},
        {"first": assignment.released["first"]},
        {"data.csv": b"1,2\n"},
        ("report.txt", "numpy.py", "helper.py"),
    )


@pytest.fixture
def answered(assignment):
    notebook = copy.deepcopy(assignment.released["first"])
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "answer":
            cell.source = MARKED
    return notebook


@pytest.fixture
def whole(answered):
    return json.dumps(answered, ensure_ascii=False).encode("utf-8")


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "ada"
    folder.mkdir()
    return folder


def put(folder, content, name="first.ipynb"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def answer(admitted, assignment):
    rebuilt = rebuild(assignment.notebooks["first"], admitted.notebooks["first"])
    return next(cell.source for cell in rebuilt.cells if cell.name == "answer")


def test_an_ordinary_submission_passes_without_a_word(folder, whole, only):
    put(folder, whole)
    put(folder, b"2026-02-01 10:00:00 UTC", "timestamp.txt")
    put(folder, b"1,2\n", "data.csv")
    put(folder, b"{}", ".ipynb_checkpoints/first-checkpoint.ipynb")
    admitted = admit(folder, only)
    assert admitted.notes == []
    assert admitted.files == {}
    assert answer(admitted, only) == MARKED


# Which file is which.

NAMES = [
    "first.IPYNB",
    "FIRST.ipynb",
    "Copy of first.ipynb",
    "Copy of Copy of first.ipynb",
    "Kopie von first.ipynb",
    "first (1).ipynb",
    "first (1) (2).ipynb",
    "first-Copy1.ipynb",
    "first-2.ipynb",
    "first.ipynb ",
    " first.ipynb",
    "first .ipynb",
    "first.ipynb.txt",
    "first.ipynb.json",
    "ada\\first.ipynb",
    "homework/first.ipynb",
    "\u202efirst.ipynb",
    "fi\nrst.ipynb",
    "ｆｉｒｓｔ.ipynb",
    "my solution.ipynb",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_known_under_the_names_that_systems_give_it(name, folder, whole, only):
    put(folder, whole, name)
    admitted = admit(folder, only)
    assert answer(admitted, only) == MARKED
    assert len(admitted.notes) == 1 and "was read as first.ipynb" in admitted.notes[0]
    assert admitted.notes[0].isprintable()


def test_the_plain_name_counts_before_copies_and_the_later_copy_before_the_earlier(folder, whole, only):
    other = whole.replace(MARKED.encode(), b"answer = 0")
    put(folder, other, "first (2).ipynb")
    put(folder, other, "old/first.ipynb")
    put(folder, whole)
    admitted = admit(folder, only)
    assert answer(admitted, only) == MARKED
    assert "left out: 'old/first.ipynb', 'first (2).ipynb'" in " ".join(admitted.notes)
    (folder / "first.ipynb").unlink()
    (folder / "old" / "first.ipynb").unlink()
    put(folder, whole, "first (10).ipynb")
    assert answer(admit(folder, only), only) == MARKED


def test_of_two_notebooks_one_may_be_missing_and_neither_takes_the_others_place(folder, whole, assignment):
    put(folder, whole, "second.ipynb")
    with pytest.raises(Rejected, match=r"second.ipynb holds cells of another assignment"):
        admit(folder, assignment)
    (folder / "second.ipynb").rename(folder / "first.ipynb")
    assert list(admit(folder, assignment).notebooks) == ["first"]


def test_names_that_end_in_a_number_are_not_copies_of_each_other(folder, whole, only):
    numbered = only.__class__(
        "ps", "v", {"first": only.notebooks["first"], "first-2": only.notebooks["first"]}
    )
    put(folder, whole)
    put(folder, whole.replace(MARKED.encode(), b"answer = 2"), "first-2.ipynb")
    admitted = admit(folder, numbered)
    assert answer(admitted, numbered) == MARKED
    assert any("answer = 2" in cell.source for cell in admitted.notebooks["first-2"].cells)


# What is in the notebook's file.


def utf16(text):
    return text.decode().encode("utf-16")


READABLE = {
    "byte order mark": (lambda whole: b"\xef\xbb\xbf" + whole, 0),
    "windows line ends": (lambda whole: whole.replace(b", ", b",\r\n"), 0),
    "utf-16": (utf16, 1),
    "utf-16 without a mark": (lambda whole: whole.decode().encode("utf-16-le"), 1),
    "utf-32": (lambda whole: whole.decode().encode("utf-32"), 1),
    "latin-1": (lambda whole: whole.decode().encode("latin-1"), 1),
    "duplicate keys": (lambda whole: whole.replace(b'"cells"', b'"cells": [], "cells"', 1), 0),
    "not a number": (lambda whole: whole.replace(b'"points": 2', b'"points": NaN', 1), 0),
    "infinity": (lambda whole: whole.replace(b'"points": 2', b'"points": -Infinity', 1), 0),
    "another schema": (lambda whole: whole.replace(b'"schema_version": 3', b'"schema_version": 99'), 0),
    "another minor format": (lambda whole: whole.replace(b'"nbformat_minor": 5', b'"nbformat_minor": 99'), 0),
    "no cell ids": (lambda whole: whole.replace(b'"id":', b'"identity":'), 0),
    "another kernel": (lambda whole: whole.replace(b'"language": "python"', b'"language": "R"'), 1),
}


@pytest.mark.parametrize("kind", READABLE)
def test_odd_files_are_read_all_the_same(kind, folder, whole, only):
    spoil, remarks = READABLE[kind]
    spoiled = spoil(whole)
    assert spoiled != whole
    put(folder, spoiled)
    admitted = admit(folder, only)
    assert answer(admitted, only) == MARKED
    assert len(admitted.notes) == remarks


def test_format_3_is_read(folder, answered, only):
    cells = [{"cell_type": "heading", "level": 2, "source": ["Title"], "metadata": {}}]
    for cell in answered.cells:
        text = "input" if cell.cell_type == "code" else "source"
        cells.append({"cell_type": cell.cell_type, text: [cell.source], "metadata": cell.metadata})
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells}, None, {}]}
    put(folder, json.dumps(old).encode())
    admitted = admit(folder, only)
    assert answer(admitted, only) == MARKED
    assert any(cell.source == "## Title" for cell in admitted.notebooks["first"].cells)


def with_cells(cells):
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


UNREADABLE = {
    "empty": (b"", "is empty"),
    "white space": (b" \n ", "only white space"),
    "truncated": (lambda whole: whole[: len(whole) // 2], "stops in the middle"),
    "broken": (lambda whole: whole.replace(b'"cells":', b'"cells"', 1), "not a readable notebook"),
    "web page": (b"<!DOCTYPE html><html></html>", "is a web page"),
    "merge conflict": (b'{\n<<<<<<< HEAD\n"cells": []}', "merge conflict at line 2"),
    "picture": (b"\x89PNG\r\n\x1a\n\xff\xfe" * 9, "not UTF-8"),
    "zip": (b"PK\x03\x04 and so on", "is a zip file under a notebook's name"),
    "NUL bytes": (lambda whole: whole.replace(b"answer", b"ans\0wer", 1), "not a readable notebook"),
    "list": (b"[1, 2]", "no Jupyter notebook"),
    "number": (b"1", "no Jupyter notebook"),
    "other json": (b'{"name": "package"}', "no 'nbformat' field"),
    "deep": (b"[" * 100_000, "nested too deeply|stops in the middle"),
    "deep and closed": (b'{"nbformat": 4, "x": ' + b"[" * 9999 + b"]" * 9999 + b"}", "nested too deeply"),
    "huge number": (b'{"nbformat": ' + b"9" * 5000 + b"}", "a number of thousands of digits"),
    "too many values": (b'{"nbformat": 4, "cells": [' + b"[]," * 1_000_000 + b"[]]}", "holds too much"),
    "format 2": (b'{"nbformat": 2, "cells": []}', "notebook format 2; formats 3 and 4"),
    "format 5": (b'{"nbformat": 5, "cells": []}', "notebook format 5"),
    "format true": (b'{"nbformat": true, "cells": []}', "notebook format True"),
    "format list": (b'{"nbformat": [[4]], "cells": []}', "notebook format list"),
    "no cells": (b'{"nbformat": 4}', "no list of cells"),
    "cells of text": (b'{"nbformat": 4, "cells": "all"}', "no list of cells"),
    "a cell that is none": (with_cells([1]), "cell 1 is no cell"),
    "a source that is none": (with_cells([{"cell_type": "code", "source": {"a": 1}}]), "other than text"),
    "too many cells": (with_cells([{"cell_type": "raw", "source": ""}] * 2001), "has 2,001 cells"),
    "too much code": (with_cells([{"cell_type": "code", "source": "#" * 2_000_001}]), "characters of code"),
    "no cells of ours": (
        with_cells([{"cell_type": "code", "source": "1"}]),
        "none of the assignment's cells",
    ),
    "foreign": (
        with_cells([{"cell_type": "code", "source": "1", "metadata": {"nbgrader": {"grade_id": "hw9"}}}]),
        r"cells of another assignment \('hw9'\)",
    ),
    "set-up alone": (
        with_cells([{"cell_type": "code", "source": "1", "metadata": {"nbgrader": {"grade_id": "given"}}}]),
        "none of the assignment's cells",
    ),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_an_unreadable_notebook_is_explained_to_its_owner(kind, folder, whole, only):
    content, message = UNREADABLE[kind]
    put(folder, content(whole) if callable(content) else content)
    with pytest.raises(Rejected, match=message) as caught:
        admit(folder, only)
    assert "first.ipynb" in str(caught.value)
    assert str(caught.value).endswith((".", "?"))
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        1,
        [],
        {"nbgrader": [1]},
        {"nbgrader": {"grade_id": [1]}},
        {"nbgrader": {"grade_id": "x" * 10**6}},
    ],
    ids=range(6),
)
def test_metadata_of_any_kind_is_read(metadata, folder, answered, only):
    cells = [*answered.cells, {"cell_type": "code", "metadata": metadata, "source": ["a\r\n", "b"]}]
    put(folder, with_cells(cells).replace(b"\\u0000", b""))
    admitted = admit(folder, only)
    last = admitted.notebooks["first"].cells[-1]
    assert last.source == "a\nb"
    assert len(json.dumps(last)) < 1000
    nbformat.validate(admitted.notebooks["first"])


def test_outputs_are_not_kept(folder, answered, only):
    for cell in answered.cells:
        if cell.cell_type == "code":
            cell.outputs = [{"output_type": "stream", "name": "stdout", "text": "x" * 1000}]
    put(folder, json.dumps(answered).encode())
    assert "xxx" not in json.dumps(admit(folder, only).notebooks)


# Sizes and numbers.


def test_files_folders_and_bytes_are_bounded(folder, whole, only):
    put(folder, whole)
    size = len(whole)
    with pytest.raises(Rejected, match=r"first.ipynb has 0 MB; at most 0 are read. Clear all outputs"):
        admit(folder, only, IntakeLimits(file_bytes=size - 1))
    put(folder, b"x" * size, "report.txt")
    with pytest.raises(Rejected, match="more than 0 MB"):
        admit(folder, only, IntakeLimits(total_bytes=2 * size - 1))
    assert admit(folder, only, IntakeLimits(total_bytes=2 * size)).files["report.txt"] == b"x" * size
    for number in range(8):
        put(folder, b"", f"{number}.txt")
    with pytest.raises(Rejected, match="more than 9 files and folders"):
        admit(folder, only, IntakeLimits(files=9))
    admit(folder, only, IntakeLimits(files=10))


def test_a_file_that_is_larger_than_it_says_is_not_read_further(folder, whole, only):
    path = put(folder, whole)
    with path.open("r+b") as file:
        file.truncate(10**12)  # a sparse file takes no room
    with pytest.raises(Rejected, match="has 1000000 MB"):
        admit(folder, only)
    assert fingerprint(folder) != fingerprint(folder.parent)


def test_deep_folders_are_named(folder, whole, only):
    put(folder, whole)
    put(folder, b"", "/".join("abcdefghijkl") + "/x.txt")
    notes = " ".join(admit(folder, only).notes)
    assert "a/b/c/d/e/f/g/h/i was left out: it lies 9 folders deep" in notes


@pytest.mark.parametrize("value", [0, -1, 1.5, True, "9"])
def test_limits_are_whole_numbers(value):
    with pytest.raises(ValueError, match=r"depth is .*, expected a whole number from 1 up"):
        IntakeLimits(depth=value)


# What is no file of the assignment.


def test_other_files_are_left_out_and_named(folder, whole, only):
    put(folder, whole)
    for name in ("numpy.py", "sitecustomize.py", "my data.csv", "a\nb\u202ec.txt", "sub/data.csv", "x.pth"):
        put(folder, b"import os", name)
    put(folder, b"a report", "report.txt")
    put(folder, b"def help(): pass", "helper.py")
    put(folder, b"changed by the student", "data.csv")
    admitted = admit(folder, only)
    assert admitted.files == {"report.txt": b"a report", "helper.py": b"def help(): pass"}
    notes = " ".join(admitted.notes)
    assert (
        "'a\\nb\\u202ec.txt', 'my data.csv', 'numpy.py', 'sitecustomize.py', 'sub/data.csv' and 1 more"
        in notes
    )
    assert "data.csv was changed; the released file is used" in notes
    assert notes.isprintable()


def test_links_pipes_sockets_and_devices_are_left_out_and_never_opened(folder, whole, only, tmp_path):
    secret = put(tmp_path, whole, "secret.ipynb")
    put(folder, whole)
    (folder / "link.ipynb").symlink_to(secret)
    (folder / "linked folder").symlink_to(tmp_path)
    (folder / "report.txt").symlink_to(secret)
    os.mkfifo(folder / "pipe")
    if hasattr(os, "mknod") and os.getuid() == 0:
        os.mknod(folder / "device", stat.S_IFCHR | 0o666, os.makedev(1, 5))  # /dev/zero
    with socket.socket(socket.AF_UNIX) as server:
        here = os.getcwd()
        os.chdir(folder)
        try:
            server.bind("socket")
        finally:
            os.chdir(here)
        admitted = admit(folder, only)
    assert admitted.files == {}
    notes = " ".join(admitted.notes)
    for name in ("link.ipynb", "linked folder", "report.txt"):
        assert f"{name} was left out: it is a symbolic link" in notes
    assert "pipe was left out: it is a named pipe" in notes
    assert "socket was left out: it is a socket" in notes
    assert (folder / "device").exists() is ("device was left out: it is a device" in notes)


@pytest.mark.parametrize("target", ["/dev/zero", "/etc/passwd", "nowhere", "first.ipynb"])
def test_a_notebook_that_is_a_link_is_not_followed(target, folder, only):
    (folder / "first.ipynb").symlink_to(target)
    with pytest.raises(
        Rejected, match=r"'first.ipynb' was left out: it is a symbolic link; hand in the file"
    ):
        admit(folder, only)


def test_a_folder_that_is_a_link_is_not_followed(folder, whole, only, tmp_path):
    put(folder, whole)
    (tmp_path / "bob").symlink_to(folder)
    with pytest.raises(Rejected, match="bob is a link"):
        admit(tmp_path / "bob", only)
    (tmp_path / "eve").write_text("")
    with pytest.raises(Rejected, match="eve is a link or no folder"):
        admit(tmp_path / "eve", only)


def test_a_link_put_in_place_of_a_file_after_it_was_listed_is_not_followed(
    folder, whole, only, tmp_path, monkeypatch
):
    secret = put(tmp_path, whole, "secret.ipynb")
    put(folder, whole, "inner/first.ipynb")
    original = listing_module.Folder.read

    def swap_file(self, entry):
        (folder / "inner" / "first.ipynb").unlink()
        (folder / "inner" / "first.ipynb").symlink_to(secret)
        return original(self, entry)

    monkeypatch.setattr(listing_module.Folder, "read", swap_file)
    with pytest.raises(Rejected, match="was changed while it was read"):
        admit(folder, only)

    def swap_folder(self, entry):
        (folder / "inner").rename(tmp_path / "gone")
        (folder / "inner").symlink_to(tmp_path / "gone")
        return original(self, entry)

    (folder / "inner" / "first.ipynb").unlink()
    put(folder, whole, "inner/first.ipynb")
    monkeypatch.setattr(listing_module.Folder, "read", swap_folder)
    with pytest.raises(Rejected, match="was changed while it was read"):
        admit(folder, only)


def test_a_pipe_put_in_place_of_a_file_does_not_make_the_grader_wait(folder, whole, only, monkeypatch):
    put(folder, whole)
    original = listing_module.Folder.read

    def swap(self, entry):
        (folder / "first.ipynb").unlink()
        os.mkfifo(folder / "first.ipynb")
        return original(self, entry)

    monkeypatch.setattr(listing_module.Folder, "read", swap)
    problems = []

    def attempt():
        with pytest.raises(Rejected) as caught:
            admit(folder, only)
        problems.append(str(caught.value))

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(20)
    assert problems and "was changed while it was read" in problems[0]


def test_a_hard_link_is_read_and_named(folder, whole, only, tmp_path):
    os.link(put(tmp_path, whole, "other.ipynb"), folder / "first.ipynb")
    admitted = admit(folder, only)
    assert "first.ipynb is known under other names too" in admitted.notes[0]


def test_nothing_is_said_to_be_nothing(folder, only):
    with pytest.raises(Rejected, match=r"the folder is empty. Expected first.ipynb"):
        admit(folder, only)
    with pytest.raises(Rejected, match="Nothing was handed in: there is no such folder"):
        admit(folder / "nowhere", only)
    put(folder, b"", "answers.docx")
    with pytest.raises(Rejected, match=r"no first.ipynb in what you handed in; there is 'answers.docx'"):
        admit(folder, only)
    put(folder, b"", "all.rar")
    with pytest.raises(Rejected, match=r"'all.rar' is not unpacked here. Hand in the notebook itself"):
        admit(folder, only)


@contextlib.contextmanager
def without_rights():
    """Root may read everything, so for a while it is nobody."""
    root = os.geteuid() == 0
    try:
        os.seteuid(65534 if root else os.geteuid())
        yield
    finally:
        os.seteuid(0 if root else os.geteuid())


def test_a_file_that_may_not_be_read_is_named(whole, only):
    with tempfile.TemporaryDirectory() as there:  # the folder of pytest is closed to other users
        folder = Path(there)
        folder.chmod(0o755)
        put(folder, whole).chmod(0)
        with without_rights(), pytest.raises(Rejected, match=r"first.ipynb cannot be read"):
            admit(folder, only)


def test_trouble_of_this_machine_is_not_the_students(folder, whole, only, monkeypatch):
    put(folder, whole)

    def broken(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(listing_module, "_read_all", broken)
    with pytest.raises(OSError, match="Input/output"):
        admit(folder, only)


# Zip files.


def packed(*files, **options):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_zipped_submission_is_read_in_memory(folder, whole, only):
    put(folder, packed(("homework/first.ipynb", whole), ("__MACOSX/._first.ipynb", b"\0")), "all.zip")
    admitted = admit(folder, only)
    assert answer(admitted, only) == MARKED
    assert admitted.notes == [
        "The notebook was taken from all.zip.",
        "homework/first.ipynb was read as first.ipynb.",
    ]
    assert [path.name for path in folder.iterdir()] == ["all.zip"]


def test_a_zip_file_from_windows_is_read(folder, whole, only):
    entry = zipfile.ZipInfo("homework/first.ipynb")
    entry.filename = "homework\\first.ipynb"
    put(folder, packed((entry, whole)), "all.ZIP")
    assert answer(admit(folder, only), only) == MARKED


def link_to(target, name="link.ipynb"):
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry, target


def test_paths_that_lead_out_and_links_are_left_out_of_a_zip_file(folder, whole, only, tmp_path):
    bad = ["/etc/first.ipynb", "../first.ipynb", "a/../../first.ipynb", "C:/first.ipynb", "..\\..\\x.ipynb"]
    put(
        folder,
        packed(
            ("first.ipynb", whole),
            link_to("/etc/passwd"),
            *((name, b"evil") for name in bad[:3]),
            ("C:\\x.txt", b"evil"),
        ),
        "all.zip",
    )
    admitted = admit(folder, only)
    assert answer(admitted, only) == MARKED
    notes = " ".join(admitted.notes)
    assert notes.count("its path leads out of the archive") == 4
    assert "link.ipynb was left out: it is a symbolic link" in notes
    assert {path.name for path in tmp_path.iterdir()} == {"ada"}
    put(folder, packed(*((name, whole) for name in bad)), "all.zip")
    with pytest.raises(Rejected, match="was left out: its path leads out"):
        admit(folder, only)


def test_zip_bombs_are_not_unpacked(folder, whole, only):
    zeros = bytes(30_000_000)
    put(folder, packed(("first.ipynb", zeros)), "all.zip")
    with pytest.raises(Rejected, match="more than 200 times as large"):
        admit(folder, only)
    put(
        folder, packed(*((f"{number}.txt", b"") for number in range(1001)), ("first.ipynb", whole)), "all.zip"
    )
    with pytest.raises(Rejected, match=r"all.zip holds more than 1,000 files"):
        admit(folder, only)
    put(folder, packed(("first.ipynb", packed(("first.ipynb", whole)))), "all.zip")
    with pytest.raises(Rejected, match="is a zip file under a notebook's name"):
        admit(folder, only)
    put(folder, packed(("inner.zip", packed(("first.ipynb", whole)))), "all.zip")
    with pytest.raises(Rejected, match=r"'inner.zip' is not unpacked here"):
        admit(folder, only)


def test_a_zip_file_that_lies_about_sizes_is_not_believed(folder, whole, only):
    content = packed(("first.ipynb", whole + b" " * 900_000))
    true_size, small = struct.pack("<I", len(whole) + 900_000), struct.pack("<I", len(whole))
    assert content.count(true_size) == 2  # in the file's head and in the table of contents
    put(folder, content.replace(true_size, small), "all.zip")
    with pytest.raises(Rejected, match=r"first.ipynb in all.zip is damaged"):
        admit(folder, only)


def damaged(content):
    place = content.index(b"first.ipynb") + 40
    return content[:place] + bytes([content[place] ^ 0xFF]) * 9 + content[place + 9 :]


BAD_ZIPS = {
    "cut short": (lambda zip: zip[:-40], "is no readable zip file"),
    "no zip": (lambda _: b"PK\x03\x04 and no more", "is no readable zip file"),
    "empty": (lambda _: b"", "is no readable zip file"),
    "damaged": (damaged, "is damaged"),
    "of nothing": (lambda _: packed(), "Expected first.ipynb"),
    "protected": (
        # The first bit of the flags, in the file's head and in the table of contents.
        lambda zip: (
            zip[:6]
            + b"\x01"
            + zip[7:].replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")
        ),
        "it is protected by a password",
    ),
}


@pytest.mark.parametrize("kind", BAD_ZIPS)
def test_an_unreadable_zip_file_is_explained(kind, folder, whole, only):
    spoil, message = BAD_ZIPS[kind]
    put(folder, spoil(packed(("first.ipynb", whole))), "all.zip")
    with pytest.raises(Rejected, match=message):
        admit(folder, only)


def test_rare_ways_to_pack_are_refused(folder, whole, only):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("first.ipynb", whole)
    put(folder, buffer.getvalue(), "all.zip")
    with pytest.raises(Rejected, match=r"choose the ordinary way \(Deflate\)"):
        admit(folder, only)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_is_there_twice_is_not_guessed_at(folder, whole, only):
    put(folder, packed(("first.ipynb", whole), ("./first.ipynb", b"{}")), "all.zip")
    with pytest.raises(Rejected, match=r"holds first.ipynb twice"):
        admit(folder, only)


def test_two_zip_files_are_not_guessed_at_and_one_beside_a_notebook_is_left_out(folder, whole, only):
    put(folder, packed(("first.ipynb", b"{}")), "one.zip")
    put(folder, packed(("first.ipynb", whole)), "two.zip")
    with pytest.raises(Rejected, match=r"2 zip files \('one.zip', 'two.zip'\)"):
        admit(folder, only)
    put(folder, whole)
    admitted = admit(folder, only)
    assert answer(admitted, only) == MARKED
    assert "'one.zip', 'two.zip'" in admitted.notes[0]


# When a submission is another one.


def test_the_fingerprint_changes_with_the_submission_alone(folder, whole, tmp_path):
    put(folder, whole)
    first = fingerprint(folder)
    os.utime(folder / "first.ipynb", (1, 1))
    put(folder, b"", ".ipynb_checkpoints/first-checkpoint.ipynb")
    assert fingerprint(folder) == first
    changes = [first]
    put(folder, b"2026-02-01 10:00:00 UTC", "timestamp.txt")
    changes.append(fingerprint(folder))
    put(folder, whole + b" ")
    changes.append(fingerprint(folder))
    (folder / "first.ipynb").rename(folder / "other.ipynb")
    changes.append(fingerprint(folder))
    (folder / "link").symlink_to("nowhere")
    changes.append(fingerprint(folder))
    small = IntakeLimits(file_bytes=10)
    changes.append(fingerprint(folder, small))
    put(folder, b"x" * len(whole + b" "), "other.ipynb")
    changes.append(fingerprint(folder, small))
    few = IntakeLimits(files=1)
    changes.append(fingerprint(folder, few))
    put(folder, b"", "more.txt")
    changes.append(fingerprint(folder, few))
    changes.append(fingerprint(tmp_path / "nowhere"))
    (tmp_path / "bob").symlink_to(folder)
    changes.append(fingerprint(tmp_path / "bob"))
    assert len(set(changes)) == len(changes)


# The archives that a learning platform hands out.


@pytest.fixture(scope="module")
def extractor_class():
    path = Path(__file__).resolve().parents[2] / "assignments" / "intake.py"
    spec = importlib.util.spec_from_file_location("intake_plug_ins", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Extractor


@pytest.fixture
def extract(extractor_class, tmp_path, caplog):
    """Unpacks files of a folder `archive` into `extracted`; returns what is there and what was said."""

    def extract(**limits):
        extractor = extractor_class()
        if limits:
            extractor.limits = IntakeLimits(**limits)
        extractor.log = logging.getLogger("extractor")
        extractor.extract(str(tmp_path / "archive"), str(tmp_path / "extracted"))
        found = sorted((tmp_path / "extracted").rglob("*")) if (tmp_path / "extracted").exists() else []
        names = [path.relative_to(tmp_path / "extracted").as_posix() for path in found if path.is_file()]
        assert not any(path.is_symlink() for path in found)
        assert {path.name for path in tmp_path.iterdir()} <= {"archive", "extracted", "secret"}
        return names, caplog.text

    (tmp_path / "archive").mkdir()
    (tmp_path / "secret").write_text("secret")
    return extract


def test_archives_in_archives_are_unpacked_to_a_depth(extract, tmp_path):
    inner = packed(("first.ipynb", b"{}"))
    for _ in range(4):
        inner = packed(("in.zip", inner), ("beside.txt", b"x"))
    put(tmp_path / "archive", inner, "all.zip")
    names, said = extract()
    assert names.count("all/beside.txt") == 1 and "all/in/in/beside.txt" in names
    assert not any(name.endswith("first.ipynb") for name in names)
    assert "too many archives inside archives" in said


def test_an_archive_writes_nothing_outside_its_folder(extract, tmp_path):
    bad = ["/tmp/evil.txt", "../evil.txt", "a/../../../evil.txt", "C:\\evil.txt", "..\\..\\evil.txt"]
    content = packed(*((name, b"evil") for name in bad), link_to("../../secret"), ("good.txt", b"good"))
    put(tmp_path / "archive", content, "all.zip")
    (tmp_path / "archive" / "linked.ipynb").symlink_to(tmp_path / "secret")
    names, said = extract()
    assert names == ["all/good.txt"]
    assert said.count("its path leads out of the archive") == 5
    assert "it is a symbolic link" in said and "linked.ipynb is a symbolic link and is left out" in said
    assert not Path("/tmp/evil.txt").exists()


def test_an_archive_that_grows_is_left_out(extract, tmp_path):
    put(tmp_path / "archive", packed(("zeros.bin", bytes(10**7)), ("good.txt", b"good")), "all.zip")
    names, said = extract()
    assert names == ["all/good.txt"] and "more than 200 times as large" in said
    put(tmp_path / "archive", packed(*((f"{number}.txt", os.urandom(999)) for number in range(9))), "all.zip")
    names, said = extract(total_bytes=5000)
    assert len([name for name in names if name != "all/good.txt"]) == 5 and "has more than 0 MB" in said
    names, said = extract(files=8)
    assert "all.zip cannot be unpacked and is left out: all.zip holds more than 8 files" in said


def test_a_file_in_the_place_of_a_folder_does_not_end_the_run(extract, tmp_path):
    put(tmp_path / "archive", packed(("a", b"file"), ("a/b", b"inside"), ("n" * 300, b"long")), "all.zip")
    names, said = extract()
    assert names == ["all/a"]
    assert said.count("is left out") == 2
