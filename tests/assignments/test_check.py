"""`coursepkg check`: what a student reads when something is wrong with an answer, or with the file."""

import copy
import json
import os

import harness
import nbformat
import pytest
from nbgrader.utils import compute_checksum

from coursepkg.assignment import NotebookProblem, as_text, check_notebook, graded_cells, read_notebook
from coursepkg.assignment.notebook import checksum

SLUG = "01-sequence-data"
RELEASE = harness.ROOT / "assignments" / "release" / SLUG / f"{SLUG}.ipynb"


@pytest.fixture
def release():
    return nbformat.read(RELEASE, as_version=4)


def write(folder, notebook, name="homework.ipynb"):
    path = folder / name
    path.write_bytes(notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode())
    return path


WHOLE = RELEASE.read_bytes()
UNREADABLE = {
    "empty": (b"", "is empty"),
    "white space": (b" \n\n ", "only white space"),
    "truncated": (WHOLE[: len(WHOLE) // 2], "stops in the middle"),
    "cut in a word": (WHOLE[: WHOLE.index(b"build_vocabulary") + 5], "stops in the middle"),
    "broken": (WHOLE.replace(b'"cells":', b'"cells"', 1), "not a readable notebook: .* at line 2"),
    "web page": (b"<!DOCTYPE html>\n<html><body>GitHub</body></html>", "is a web page"),
    "merge conflict": (WHOLE.replace(b' "cells"', b'<<<<<<< HEAD\n "cells"', 1), "merge conflict at line 2"),
    "binary": (b"\x89PNG\r\n\x1a\n\xff\xfe", "not UTF-8"),
    "utf-16": (WHOLE.decode().encode("utf-16"), "not UTF-8"),
    "list": (b"[1, 2, 3]", "JSON, but no Jupyter notebook"),
    "other json": (b'{"name": "package"}', "JSON, but no Jupyter notebook"),
    "nested": (b"[" * 100_000, "nested too deeply|stops in the middle"),
    "no source": (
        b'{"cells": [{"cell_type": "raw"}], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}',
        "breaks the notebook format",
    ),
    "no cells": (
        b'{"metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
        "breaks the notebook format: 'cells'",
    ),
    "format 99": (
        b'{"cells": [], "metadata": {}, "nbformat": 99, "nbformat_minor": 0}',
        "breaks the notebook",
    ),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_an_unreadable_file_is_explained_to_its_owner(kind, tmp_path):
    content, message = UNREADABLE[kind]
    with pytest.raises(NotebookProblem, match=message):
        read_notebook(write(tmp_path, content))


def test_a_missing_file_a_folder_and_another_kind_of_file_are_explained(tmp_path):
    write(tmp_path, WHOLE, "01-sequence-data.ipynb")
    with pytest.raises(NotebookProblem, match=r"no file .*In that folder there is: 01-sequence-data\.ipynb"):
        read_notebook(tmp_path / "1-sequence-data.ipynb")
    with pytest.raises(NotebookProblem, match="is a folder"):
        read_notebook(tmp_path)
    with pytest.raises(NotebookProblem, match=r"expected a file that ends in \.ipynb"):
        read_notebook(write(tmp_path, b"print(1)", "answers.py"))


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path):
    path = write(tmp_path, b"\xef\xbb\xbf" + WHOLE.replace(b"\n", b"\r\n"))
    assert len(graded_cells(read_notebook(path))) == len(graded_cells(read_notebook(RELEASE)))


def spoil(notebook, **changes):
    cell = next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade"))
    cell.metadata.nbgrader.update(changes)
    return notebook


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schema_version": 4}, "metadata of version 4; expected 3"),
        ({"schema_version": None}, "metadata of version None"),
        ({"grade_id": ""}, "without a usable grade_id"),
        ({"grade_id": "a b"}, "without a usable grade_id"),
        ({"points": -1}, "claims -1 points"),
        ({"points": "ten"}, "claims 'ten' points"),
        ({"points": float("inf")}, "claims inf points"),
        ({"locked": "yes"}, "damaged nbgrader metadata"),
    ],
)
def test_damaged_metadata_is_explained(release, changes, message):
    with pytest.raises(NotebookProblem, match=message):
        graded_cells(spoil(release, **changes))


def test_a_notebook_without_tests_is_foreign():
    with pytest.raises(NotebookProblem, match="no test cells"):
        graded_cells(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")]))


def test_the_fingerprint_of_a_cell_is_the_one_that_nbgrader_keeps(release):
    marked = [cell for cell in release.cells if "nbgrader" in cell.metadata]
    assert marked
    for cell in marked:
        assert checksum(cell) == compute_checksum(cell) == cell.metadata.nbgrader.checksum


def solved(release, answers=None):
    sources = {cell.name: cell.source for cell in harness.read_cells(SLUG) if cell.kind == "solution"}
    sources |= answers or {}
    notebook = copy.deepcopy(release)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = sources.get(name, cell.source)
    return notebook


def test_the_release_is_still_to_be_written(tmp_path):
    report = check_notebook(RELEASE, release=RELEASE)
    assert {test.status for test in report.tests} == {"not written"}
    assert report.earned == 0
    assert not report.passed
    assert report.concerns == report.broken_cells == report.remarks == []
    text = as_text(report)
    assert "pad_batch is still to be written." in text
    assert max(map(len, text.splitlines())) <= 100


def test_a_method_that_is_still_to_be_written_is_named_with_its_class(release, tmp_path):
    answer = """
class Mean:
    def of(self, values, mask):
        raise NotImplementedError()

def masked_mean(values, mask):
    return Mean().of(values, mask)
"""
    report = check_notebook(write(tmp_path, solved(release, {"masked-mean": answer})))
    tests = {test.grade_id: test for test in report.tests}
    assert tests["test-masked-mean-real-steps"].status == "not written"
    assert tests["test-masked-mean-real-steps"].message == "Mean.of is still to be written."


def test_a_locked_cell_that_calls_an_answer_is_stopped_as_soon_as_a_test(release, tmp_path):
    answers = {"encode": "def encode(text, symbols):\n    while True:\n        pass"}
    report = check_notebook(write(tmp_path, solved(release, answers)), timeout=1)
    assert "Cell 'experiment-text' was stopped after 1 s." in report.broken_cells


def test_everything_that_can_go_wrong_in_one_notebook_is_told(release, tmp_path):
    notebook = solved(
        release,
        {
            "build-vocabulary": "def build_vocabulary(text, max_size=None):\n    return ['[PAD]', '[UNK]'",
            "encode": "def encode(text, symbols):\n    while True:\n        pass",
            "decode": "def decode(ids, symbols):\n    return ''.join(symbols[i] for i in ids)",
            "pad-batch": "def pad_batch(sequences, side='post'):\n    lengths = None\n    return lengths[0]",
            "masked-mean": (
                "import warnings\n\ndef masked_mean(values, mask):\n    warnings.warn('old habit')\n"
                "    return np.where(mask, values, 0.0).sum(axis=1) / np.maximum(mask.sum(axis=1), 1)"
            ),
        },
    )
    names = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]
    notebook.cells[names.index("test-make-windows-shapes")].source = "pass"
    place = names.index("test-make-windows-values")
    notebook.cells.insert(place, copy.deepcopy(notebook.cells[place]))
    notebook.cells[place].id = "copied"
    notebook.cells = [
        cell
        for cell in notebook.cells
        if not cell.metadata.get("nbgrader", {}).get("grade_id", "").startswith("test-sample-ids")
        and cell.metadata.get("nbgrader", {}).get("grade_id") != "perplexity"
    ]
    notebook.metadata.kernelspec = {"name": "conda-study", "display_name": "study", "language": "python"}

    progress = []
    report = check_notebook(
        write(tmp_path, notebook), timeout=3, progress=lambda *what: progress.append(what)
    )
    tests = {test.grade_id: test for test in report.tests}

    assert tests["test-build-vocabulary-order"].status == "error"
    assert "'build-vocabulary' stopped with SyntaxError" in tests["test-build-vocabulary-order"].message
    assert tests["test-encode-known"].status == "too slow"
    assert "loop that never ends" in tests["test-encode-known"].message
    assert tests["test-decode-padding"].status == "failed"
    assert tests["test-decode-order"].status == "passed"
    assert "TypeError" in tests["test-pad-batch-ids"].message
    assert "pad_batch (line 3 of its cell)" in tests["test-pad-batch-ids"].message
    assert tests["test-masked-mean-real-steps"].status == "passed"
    assert any("old habit" in remark for remark in report.remarks)
    assert any("the kernel 'study'" in remark for remark in report.remarks)
    concerns = " ".join(report.concerns)
    assert "'test-make-windows-values' is there 2 times" in concerns
    assert "'test-make-windows-shapes' was edited" in concerns
    assert "The tests of 'sample-ids' are missing" in concerns
    assert "The answer cell to which 'test-perplexity-uniform', 'test-perplexity-pairs'" in concerns
    assert len([name for name in tests if name == "test-make-windows-values"]) == 1
    assert tests["test-perplexity-uniform"].status == "error"
    assert tests["test-count-bigrams-rows"].status == "passed"
    assert progress[-1][0] == progress[-1][1] == len([c for c in notebook.cells if c.cell_type == "code"])
    text = as_text(report)
    assert "Start with 'test-build-vocabulary-symbols'" in text
    assert "\x1b" not in text


def test_cells_of_the_release_that_are_missing_or_foreign_are_named(release, tmp_path):
    from coursepkg.assignment import find_concerns

    submitted = copy.deepcopy(release)
    names = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in submitted.cells]
    submitted.cells[names.index("decode")].metadata.nbgrader.grade_id = "decipher"
    del submitted.cells[names.index("test-encode-known")]
    concerns = " ".join(find_concerns(graded_cells(submitted), graded_cells(release)))
    assert "The test cell 'test-encode-known' of the released notebook is missing" in concerns
    assert "The answer cell 'decode' of the released notebook is missing" in concerns
    assert "The cell 'decipher' does not belong to this assignment" in concerns


def tiny(*sources, kernelspec=None):
    """A notebook with one answer `f` and one test for each source."""
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": kernelspec} if kernelspec else {})
    for number, source in enumerate(sources):
        metadata = {"schema_version": 3, "locked": number > 0, "solution": number == 0, "grade": number > 0}
        metadata["grade_id"] = f"test-f-{number}" if number else "f"
        if number:
            metadata["points"] = 1
        notebook.cells.append(nbformat.v4.new_code_cell(source, metadata={"nbgrader": metadata}))
    return notebook


def test_python_that_ends_is_reported_and_later_tests_are_not_run(tmp_path):
    notebook = tiny("import os\ndef f():\n    os._exit(3)", "assert True, 'fine'", "f()", "assert 1 == 1")
    report = check_notebook(write(tmp_path, notebook))
    assert [test.status for test in report.tests] == ["passed", "not run", "not run"]
    assert "Python itself ended while cell 'test-f-2' ran" in report.tests[1].message


def test_a_loop_that_swallows_interrupts_ends_the_check(tmp_path):
    endless = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    report = check_notebook(write(tmp_path, tiny("x = 1", endless, "assert x == 1")), timeout=2)
    assert [test.status for test in report.tests] == ["not run", "not run"]
    assert "could not be interrupted" in report.tests[0].message


@pytest.mark.parametrize("ignore", ["signal.SIGINT", "signal.SIGTERM"])
def test_no_process_outlives_the_check(tmp_path, ignore):
    """The notebook says where its kernel is; afterwards nothing is there, however rude the notebook was."""
    say = f"import os, pathlib\npathlib.Path(r'{tmp_path / 'pid'}').write_text(str(os.getpid()))"
    rude = f"import signal\nfor name in (signal.SIGINT, {ignore}):\n    signal.signal(name, signal.SIG_IGN)"
    check_notebook(write(tmp_path, tiny(say, rude, "while True: pass")), timeout=2)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_kernel_of_another_language_is_refused(tmp_path):
    notebook = tiny(
        "f <- 1", "stopifnot(f == 1)", kernelspec={"name": "ir", "display_name": "R", "language": "R"}
    )
    with pytest.raises(NotebookProblem, match=r"asks for the kernel 'R' \(R\)"):
        check_notebook(write(tmp_path, notebook))


def test_messages_have_no_colours_and_a_limit(tmp_path):
    notebook = tiny("x = 1", "assert False, '\\x1b[31m' + 'long ' * 1000", "1 / 0")
    report = check_notebook(write(tmp_path, notebook))
    assert "\x1b" not in report.tests[0].message
    assert len(report.tests[0].message) < 1600
    assert report.tests[1].message == "ZeroDivisionError: division by zero."
