"""Copies are found whatever was done to hide them, independent answers are not, hostile text does no harm."""

import ast
import csv
import datetime
import io
import os
import re
import sys
from itertools import combinations
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from coursepkg.grading import winnowing
from coursepkg.grading.borrowed import find_borrowed, names_of, names_shown
from coursepkg.grading.course import Submission
from coursepkg.grading.plan import Assignment
from coursepkg.grading.similarity import (
    LEAST,
    Written,
    borrowed_table,
    pairs_table,
    read_written,
    similarity_page,
)

sys.path.insert(0, str(Path(__file__).parents[1] / "assignments"))  # so that the tests find `harness`

import harness

SLUGS = harness.slugs()
ANSWER = '''
def running_mean(values, weights):
    """The mean of what has been seen so far."""
    total = np.zeros(len(values))
    for step, value in enumerate(values):
        if weights[step] > 0.5:
            total[step] = total[step - 1] + value * weights[step]
        else:
            total[step] = total[step - 1]
    return total / np.maximum(np.cumsum(weights), 1e-9)
'''


def disguise(cells):
    """What hides a copy: other names, docstrings gone, another layout, a comment, another order."""
    hidden = {}
    for name, source in reversed(cells.items()):
        tree = ast.parse(source)
        own = {
            node.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        own |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)} - {"self"}
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id in own:
                node.id = f"my_{node.id[::-1]}"
            elif isinstance(node, ast.arg) and node.arg in own:
                node.arg = f"my_{node.arg[::-1]}"
            elif isinstance(node, ast.FunctionDef) and ast.get_docstring(node):
                node.body = node.body[1:] or [ast.Pass()]
        hidden[name] = f"# all my own work\n{ast.unparse(tree)}"
    return hidden


def read_class(slug):
    """An assignment's released code, its answers without their markers, and its variants."""
    cells = harness.read_cells(slug)
    known = winnowing.known_runs([cell.source for cell in harness.released(cells)])
    answers = {
        cell.name: re.sub(r"^\s*### (BEGIN|END) SOLUTION\n", "", cell.source, flags=re.MULTILINE)
        for cell in cells
        if cell.kind == "solution"
    }
    return known, answers, harness.read_variants(slug)


@pytest.mark.parametrize(
    "change",
    [
        lambda code: code.replace("total", "t").replace("weights", "omega").replace("running_mean", "f"),
        lambda code: code.replace('"""The mean of what has been seen so far."""', '"Something else."'),
        lambda code: code.replace("\n", "  # a comment (with brackets\n"),
        lambda code: code.replace("    ", "\t").replace(" = ", "=").replace("\n", "\r\n"),
        lambda code: code.replace("return total / np", "return (\n        total) / np"),
        lambda code: code.replace("0.5", "0.75").replace("1e-9", "1_000.0"),
    ],
    ids=["names", "docstring", "comments", "layout", "parentheses", "numbers"],
)
def test_a_disguise_leaves_the_tokens_as_they_are(change):
    assert change(ANSWER) != ANSWER
    assert winnowing.tokenise(change(ANSWER)).words == winnowing.tokenise(ANSWER).words


@pytest.mark.parametrize(
    ("old", "new"), [("np.cumsum", "np.cumprod"), ("value *", "value +"), ("else", "elif 1")]
)
def test_another_computation_gives_other_tokens(old, new):
    assert winnowing.tokenise(ANSWER.replace(old, new)).words != winnowing.tokenise(ANSWER).words


def test_tokens_know_their_place():
    code = "x = \"a # b\"  # c\n%matplotlib inline\ny = f(x[1:], '''d\n\"e\"''')\n"
    tokens = winnowing.tokenise(code)
    texts = [code[start:end] for start, end in zip(tokens.starts, tokens.ends, strict=True)]
    assert texts == ["x", "=", '"a # b"', "%", "matplotlib", "inline", "y", "=", "f", "x", "[", "1", ":", "]",
                     "'''d\n\"e\"'''"]  # fmt: skip


HOSTILE = {
    "nothing": "",
    "unclosed triple quote": '"""' + "x" * 1000,
    "many quotes": "'" * 9999 + '"' * 9999,
    "backslashes": "'\\" * 9999,
    "brackets": "(" * 50_000,
    "closing brackets": ")" * 50_000 + "a = 1\n" * 20,
    "one long name": "a" * 150_000,
    "one long number": "1e+" * 50_000,
    "minus signs": "-" * 100_000 + "1",
    "attributes": "a" + ".b" * 30_000,
    "sums": "+".join("1" * 20_000),
    "assignments": "a=" * 20_000 + "1",
    "nul and controls": "x\0y\x1b\x07\ufeff = 1\n" * 100,
    "surrogates": "name = '\ud800'\n" * 10,
    "indentation": "".join(" " * depth + "if 1:\n" for depth in range(90)) + " " * 90 + "pass\n  x",
    "formatted strings": "f'" + "{" * 5000,
    "other scripts": "х = 数 + ١\n" * 100,
    "form feeds": "\f\v\x85\u2028a = 1\n" * 100,
    "names that grow": "\n".join(f"a{i} = a{max(i - 1, 0)}.{'b' * 50}" for i in range(500)),
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_hostile_code_is_read_within_bounds(source):
    tokens = winnowing.tokenise(source)
    assert len(tokens.words) <= winnowing.MOST_TOKENS
    answer = winnowing.read_answer({"cell": source, "again": source * 3})
    assert len(answer.fingerprints) <= 2 * winnowing.MOST_TOKENS
    assert all(
        0 <= start < end <= len(source) for start, end in winnowing.mark(source, set(answer.fingerprints))
    )
    assert find_borrowed({"cell": source}) == []


def test_what_is_too_long_is_cut_and_said_so():
    long = "a = b + c\n" * winnowing.MOST_TOKENS
    assert winnowing.read_answer({"cell": long}).cut
    assert not winnowing.read_answer({"cell": ANSWER}).cut


def test_every_shared_run_shares_a_fingerprint():
    random = np.random.default_rng(0)
    surely = winnowing.RUN + winnowing.WINDOW - 1
    for _ in range(200):
        shared = list(map(str, random.integers(0, 50, surely)))
        texts = [
            [*map(str, random.integers(0, 50, before)), *shared, *map(str, random.integers(0, 50, after))]
            for before, after in random.integers(0, 40, (2, 2))
        ]
        first, second = (set(hashes[winnowing.winnow(hashes)]) for hashes in map(winnowing.hash_runs, texts))
        assert first & second


@pytest.mark.parametrize("length", [0, 1, 3, 4, 5, 40])
def test_winnowing_as_the_paper_defines_it(length):
    """Of each window the smallest hash, the rightmost of several; a shorter text is one window."""
    hashes = np.random.default_rng(length).integers(0, 6, length).astype(np.uint64)
    window = min(winnowing.WINDOW, length)
    expected = {
        max(range(start, start + window), key=lambda place: (-int(hashes[place]), place))
        for start in range(length - window + 1)
        if window
    }
    assert winnowing.winnow(hashes).tolist() == sorted(expected)


def test_the_index_finds_what_comparing_each_pair_finds():
    random = np.random.default_rng(1)
    prints = {f"s{i}": np.unique(random.integers(0, 60, 25)).astype(np.uint64) for i in range(14)}
    holders = {value: sum(value in one for one in prints.values()) for value in range(60)}
    weights = {value: float(winnowing.weigh(count, 14)) for value, count in holders.items()}
    expected = {}
    for first, second in combinations(prints, 2):
        sums = [sum(weights[int(value)] for value in prints[name]) for name in (first, second)]
        amount = sum(weights[int(value)] for value in set(prints[first]) & set(prints[second]))
        expected[first, second] = (amount, amount / min(sums) if amount else 0.0)

    answers = {name: winnowing.Answer({}, one) for name, one in prints.items()}
    found = winnowing.compare(answers, least=1e-6, most=1000)
    for pair in found.pairs:
        np.testing.assert_allclose((pair.amount, pair.share), expected.pop((pair.first, pair.second)))
    assert all(amount == 0 for amount, _ in expected.values())
    assert [pair.score for pair in found.pairs] == sorted((pair.score for pair in found.pairs), reverse=True)
    assert found.count == 14 * 13 // 2
    half = np.sort([pair.score for pair in found.pairs] + [0] * (found.count - len(found.pairs)))[
        found.count // 2
    ]
    assert half <= found.typical[0.5] <= half + 1
    assert winnowing.compare(answers, least=1e-6, most=3).pairs == found.pairs[:3]


def test_what_a_shared_run_weighs():
    assert winnowing.weigh(2, 2) == winnowing.weigh(2, 1000) == 1
    assert winnowing.weigh(501, 1000) == winnowing.weigh(3, 4) == 0
    falling = winnowing.weigh(np.arange(2, 500), 1000)
    assert np.all(np.diff(falling) < 0)
    assert falling[-1] > 0


@pytest.mark.parametrize("slug", SLUGS)
def test_copies_stand_above_independent_answers(slug):
    known, _, variants = read_class(slug)
    # What a variant leaves out, it takes from the course's solution, as no independent student does.
    students = {v.name: v.answers for v in variants if v.name.startswith("right_")}
    originals = sorted(students, key=lambda name: -sum(map(len, variants_answers(variants, name).values())))[
        :4
    ]
    students |= {f"copy of {name}": disguise(students[name]) for name in originals}
    answers = {name: winnowing.read_answer(cells, known) for name, cells in students.items()}
    found = winnowing.compare(answers, least=0.0)
    copies = [pair for pair in found.pairs if f"copy of {pair.first}" == pair.second]
    one_hand = [
        pair for pair in found.pairs if pair.first.startswith("copy") and pair.second.startswith("copy")
    ]
    others = [pair for pair in found.pairs if pair not in copies + one_hand]
    assert {pair.first for pair in copies} == set(originals)
    assert found.pairs[: len(copies)] == copies
    assert min(pair.score for pair in copies) > LEAST
    assert max((pair.score for pair in others), default=0) < LEAST / 2
    assert min(pair.share for pair in copies) > 0.8


def variants_answers(variants, name):
    return next(variant.answers for variant in variants if variant.name == name)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_copy_in_a_class_of_mixed_answers(slug):
    """Each exercise is answered in one of the ways that the variants know; one student copies all.

    Two who chose the same rare ways share these, so their score may be high too, but not their whole work.
    """
    known, solution, variants = read_class(slug)
    ways = {
        name: [text] + [v.answers[name] for v in variants if name in v.answers]
        for name, text in solution.items()
    }
    random = np.random.default_rng(3)
    students = {
        f"s{i}": {name: texts[random.integers(len(texts))] for name, texts in ways.items()} for i in range(12)
    }
    students["copy"] = disguise(students["s5"])
    answers = {name: winnowing.read_answer(cells, known) for name, cells in students.items()}
    found = winnowing.compare(answers)
    assert (found.pairs[0].first, found.pairs[0].second) == ("s5", "copy")
    assert found.pairs[0].share > 0.95
    assert max(pair.share for pair in found.pairs[1:]) < 0.8


def test_a_few_who_share_in_a_larger_class_are_found():
    """Six of thirty hand in the same text, and one other has half of it."""
    random = np.random.default_rng(4)

    def own_answer():
        calls = random.integers(0, 60, (40, 2))
        return "\n".join(f"x = np.f{first}(x[1:] * np.f{second}(y))" for first, second in calls)

    shared = own_answer()
    students = {f"s{i:02d}": own_answer() for i in range(23)} | {f"t{i}": shared for i in range(6)}
    students["u0"] = own_answer() + "\n" + "\n".join(shared.splitlines()[:20])
    answers = {name: winnowing.read_answer({"cell": code}) for name, code in students.items()}
    pairs = winnowing.compare(answers).pairs
    found = [(pair.first, pair.second) for pair in pairs]
    assert set(found[:15]) == set(combinations([f"t{i}" for i in range(6)], 2))
    assert set(found[15:21]) == {(f"t{i}", "u0") for i in range(6)}
    assert pairs[14].score > LEAST > pairs[21].score


def test_what_most_of_the_class_shares_is_no_finding():
    answers = {f"s{i}": winnowing.read_answer({"cell": ANSWER}) for i in range(8)}
    answers |= {f"t{i}": winnowing.read_answer({"cell": f"x{i} = {i}"}) for i in range(4)}
    assert winnowing.compare(answers).pairs == []


@pytest.mark.parametrize("answers", [{}, {"ada": ANSWER}, {"ada": ANSWER, "bob": ""}, {"ada": "", "bob": ""}])
def test_too_few_answers_to_compare(answers):
    found = winnowing.compare({name: winnowing.read_answer({"cell": code}) for name, code in answers.items()})
    assert found.pairs == []
    html = similarity_page("hw", Written({name: {} for name in answers}), {}, found, [])
    assert "No pair of answers is remarkably alike" in html


def test_released_code_does_not_count():
    known = winnowing.known_runs([ANSWER])
    assert (
        len(winnowing.read_answer({"cell": ANSWER.replace("total", "sum_so_far")}, known).fingerprints) == 0
    )
    assert len(winnowing.read_answer({"cell": ANSWER}).fingerprints) > 10


def test_a_large_class():
    """Two thousand answers of some hundred tokens, one pair of copies among them."""
    random = np.random.default_rng(5)
    pool = np.unique(random.integers(0, 2**63, 5000).astype(np.uint64))
    popularity = 1 / np.arange(1, len(pool) + 1)  # some runs are in most answers, most in a few
    popularity /= popularity.sum()
    answers = {
        f"s{i}": winnowing.Answer({}, np.unique(random.choice(pool, 150, p=popularity))) for i in range(1999)
    }
    answers["copy"] = winnowing.Answer({}, answers["s7"].fingerprints[10:])
    found = winnowing.compare(answers, least=LEAST, most=20)
    assert (found.pairs[0].first, found.pairs[0].second) == ("s7", "copy")
    assert found.count == 2000 * 1999 // 2
    assert len(found.pairs) <= 20


GIVEN = {"keras": "keras", "np": "numpy", "scratch": "coursepkg.scratch"}


@pytest.mark.parametrize(
    ("code", "uses"),
    [
        ("rnn_forward = scratch.rnn_forward", "coursepkg.scratch.rnn_forward"),
        ("def f(x):\n    return scratch.rnn_forward(x)", "coursepkg.scratch.rnn_forward"),
        ("from coursepkg.scratch import rnn_step", "coursepkg.scratch.rnn_step"),
        ("from coursepkg.scratch import *", "coursepkg.scratch"),
        ("from coursepkg import scratch as s\ny = s.rnn_step(x)", "coursepkg.scratch"),
        ("import coursepkg.layers as ours", "coursepkg.layers"),
        ("class Cell(keras.layers.SimpleRNNCell):\n    pass", "keras.layers.SimpleRNNCell"),
        ("layers = keras.layers\nlayer = layers.GRU(3)", "keras.layers.GRU"),
        ("from tensorflow.keras.layers import LSTM", "keras.layers.LSTM"),
        ("import tensorflow as tf\nx = tf.keras.layers.SimpleRNN(1)", "keras.layers.SimpleRNN"),
        ("%time x = 1\nimportlib.import_module('coursepkg.scratch')", "coursepkg.scratch"),
    ],
)
def test_what_is_borrowed(code, uses):
    found = find_borrowed({"answer": code}, GIVEN)
    assert found[0].name == uses
    assert found[0].code == code.splitlines()[found[0].line - 1].strip()


@pytest.mark.parametrize(
    "code",
    [
        "layer = keras.layers.RNN(Cell(3))",
        "y = np.scratch(x)",
        "scratch = 1",
        "# scratch.rnn_forward",
        "x = (",
        "",
    ],
)
def test_what_is_not_borrowed(code):
    assert find_borrowed({"answer": code}, GIVEN) == []


def test_an_assignment_may_name_other_ready_made_things():
    assert (
        find_borrowed({"answer": "y = np.linalg.norm(x)"}, GIVEN, ("numpy.linalg",))[0].name
        == "numpy.linalg.norm"
    )
    assert find_borrowed({"answer": "y = scratch.rnn_step(x)"}, GIVEN, ("numpy.linalg",)) == []


def test_what_the_release_shows_may_be_used_and_nothing_below_it():
    shown = names_shown(["from coursepkg import scratch\nimport keras as k", "layer = k.layers.GRU(3)"])
    assert {"coursepkg.scratch", "keras.layers.GRU"} <= shown
    code = "x = keras.layers.GRU(2)\ny = scratch.gru_forward(x)\nz = keras.layers.GRUCell(2)"
    found = [use.name for use in find_borrowed({"answer": code}, GIVEN, shown=shown)]
    assert found == ["coursepkg.scratch.gru_forward", "keras.layers.GRUCell"]


@pytest.mark.parametrize("slug", SLUGS)
def test_no_right_or_wrong_variant_borrows(slug):
    cells = harness.read_cells(slug)
    known = names_of([cell.source for cell in cells if cell.kind != "solution"])
    shown = names_shown([cell.source for cell in cells if cell.kind == "code"])
    answers = {cell.name: cell.source for cell in cells if cell.kind == "solution"}
    assert find_borrowed(answers, known, shown=shown) == []
    for variant in harness.read_variants(slug):
        assert find_borrowed(answers | variant.answers, known, shown=shown) == [], variant.name


def cell(kind, name, source):
    metadata = {
        "grade_id": name,
        "grade": kind == "test",
        "solution": kind == "solution",
        "locked": kind != "solution",
    }
    return new_code_cell(source, metadata={"nbgrader": metadata | {"schema_version": 3, "points": 1}})


def released_notebook():
    return new_notebook(
        cells=[
            cell("locked", "set-up", "import numpy as np\nfrom coursepkg import scratch"),
            cell("solution", "mean", "def running_mean(values, weights):\n    raise NotImplementedError"),
            cell("test", "test-mean", "assert scratch.rnn_forward and running_mean([1], [1]) == 1"),
            new_markdown_cell("Have a look."),
            new_code_cell("print(scratch.rnn_forward)"),
        ]
    )


def hand_in(folder, student, change):
    notebook = released_notebook()
    change(notebook)
    path = folder / student / "hw" / "hw.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)
    return Submission(student, path.parent, datetime.datetime(2026, 11, 21))


def test_only_what_a_student_wrote_is_read(tmp_path):
    assignment = Assignment("hw", "1", {"hw": released_notebook()}, {"hw": released_notebook()})

    def answer(notebook):
        notebook.cells[1].source = ANSWER
        notebook.cells[2].source = "from coursepkg.scratch import *  # in a test, which is put back"
        notebook.cells[4].source = "print( scratch.rnn_forward )"
        notebook.cells.append(new_code_cell("mine = scratch.rnn_step"))
        notebook.cells.append(new_markdown_cell("scratch.rnn_step"))

    submissions = [hand_in(tmp_path, "ada", answer), hand_in(tmp_path, "bob", lambda notebook: None)]
    (tmp_path / "eve" / "hw").mkdir(parents=True)
    os.symlink(tmp_path / "ada" / "hw" / "hw.ipynb", tmp_path / "eve" / "hw" / "hw.ipynb")
    submissions.append(Submission("eve", tmp_path / "eve" / "hw", datetime.datetime(2026, 11, 21)))
    submissions.append(Submission("fay", tmp_path / "fay", problem="fay is a symbolic link."))
    written = read_written(submissions, assignment)
    assert written.students == {"ada": {"mean": ANSWER, "cell 6": "mine = scratch.rnn_step"}, "bob": {}}
    assert [student for student, _ in written.left_out] == ["eve", "fay"]
    assert written.order == ["mean"]
    uses = find_borrowed(written.students["ada"], names_of(written.given))
    assert [(use.cell, use.name) for use in uses] == [("cell 6", "coursepkg.scratch.rnn_step")]


def test_the_page_shows_hostile_text_as_text():
    script = "<script>alert(1)</script></pre><img src=x onerror=alert(2)>"
    code = f'{ANSWER}\nx = """{script}"""\n' + ANSWER.replace("+", "-")
    students = {f"<b>{script}": {f"cell {script}": code}, "=cmd|' /C calc'!A0": {"mean": code + "\x1b[31m\0"}}
    known = winnowing.known_runs([])
    answers = {name: winnowing.read_answer(cells, known) for name, cells in students.items()}
    found = winnowing.compare(answers)
    uses = [("-2+3", use) for use in find_borrowed({script: f"import coursepkg.scratch # {script}"})]
    html = similarity_page(
        f"hw {script}", Written(students, left_out=[(script, script)]), answers, found, uses
    )
    assert len(found.pairs) == len(uses) == 1
    assert not re.findall(
        r"<(script|img|iframe|object|embed|a|form|link|base)\b|\son\w+=", re.sub(r"&lt;.*", "", html)
    )
    assert "<mark>" in html
    assert "default-src 'none'" in html and "script-src" not in html and "unsafe" not in html
    assert "\0" not in html and "\x1b" not in html
    for text in (pairs_table(found), borrowed_table(uses)):
        for row in csv.reader(io.StringIO(text)):
            assert not any(value.startswith(("=", "+", "-", "@", "\t")) for value in row)


def test_marks_stand_where_the_texts_agree():
    added = "\nunrelated = [value ** 2 for value in range(100) if value % 3 == 1 and value not in seen]\n"
    first, second = winnowing.read_answer({"a": ANSWER}), winnowing.read_answer({"b": added + ANSWER})
    shared = set(first.fingerprints.tolist()) & set(second.fingerprints.tolist())
    marked = "".join((added + ANSWER)[start:end] for start, end in winnowing.mark(added + ANSWER, shared))
    assert "unrelated" not in marked
    assert "total[step - 1] + value * weights[step]" in marked


def test_the_command_writes_a_page_and_two_tables(tiny_course, capsys):
    from coursepkg.cli import main

    for student, code in (("ada", ANSWER), ("bob", ANSWER.replace("total", "t"))):
        folder = tiny_course / "submitted" / student / "ps1"
        folder.mkdir(parents=True)
        notebook = nbformat.read(tiny_course / "release" / "ps1" / "first.ipynb", as_version=4)
        answers = [one for one in notebook.cells if one.metadata.get("nbgrader", {}).get("solution")]
        answers[0].source = code + "norm = np.linalg.norm\n"
        notebook.cells.append(new_code_cell("import numpy as np"))
        nbformat.write(notebook, folder / "first.ipynb")
    options = ["--course", str(tiny_course), "--ready-made", "numpy.linalg", "--least", "5"]
    assert main(["similarity", "ps1", *options]) == 0
    paths = [Path(line) for line in capsys.readouterr().out.split()]
    assert [path.name for path in paths] == ["similarity.html", "similarity.csv", "borrowed.csv"]
    assert all(path.parent == tiny_course / "reports" / "ps1" for path in paths)
    (pair,) = csv.DictReader(io.StringIO(paths[1].read_text(encoding="utf-8")))
    assert (pair["first"], pair["second"], pair["share_percent"]) == ("ada", "bob", "100")
    uses = list(csv.DictReader(io.StringIO(paths[2].read_text(encoding="utf-8"))))
    assert [(use["student"], use["cell"], use["name"]) for use in uses] == [
        ("ada", "first/answer", "numpy.linalg.norm"),
        ("bob", "first/answer", "numpy.linalg.norm"),
    ]
    assert main(["similarity", "ps9", "--course", str(tiny_course)]) == 2
    assert "ps9" in capsys.readouterr().err
