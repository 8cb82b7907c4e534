"""The script that compares ways of grading: its measurements, its refusals and its tables."""

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(Path(__file__).parent))

import tiny  # noqa: E402

SLUG = "double"
SETTINGS = 'c = get_config()\nc.CourseDirectory.course_id = "tiny"\n'
VARIANT = '"""Right: adds."""\n\nLOSES = {}\n\n\n# %% answer\ndef double(x):\n    return x + x\n'


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("benchmarks_grading", ROOT / "benchmarks" / "grading.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """A course folder with one light assignment and one variant that is right in another way."""
    folder = tmp_path_factory.mktemp("base") / "course"
    answer = tiny.hidden("def double(x):\n    return 2 * x")
    cells = [
        tiny.graded_cell("solution", "answer", answer),
        tiny.graded_cell("test", "test-answer", "assert double(3) == 6", 2),
        tiny.graded_cell("test", "test-share", "1.5 if double(0) == 0 else 0", 1.5),
    ]
    (folder / "source" / SLUG).mkdir(parents=True)
    (folder / "variants" / SLUG).mkdir(parents=True)
    nbformat.write(tiny.notebook_of(cells), folder / "source" / SLUG / f"{SLUG}.ipynb")
    (folder / "variants" / SLUG / "right_adds.py").write_text(VARIANT)
    (folder / "variants" / SLUG / "wrong_nothing.py").write_text(VARIANT.replace("x + x", "x"))
    (folder / "nbgrader_config.py").write_text(SETTINGS)
    (folder / "gradebook.db").write_text("the course's own, which is not copied")
    return folder


def test_students_hand_in_every_right_answer_with_an_edit_of_their_own(benchmark, base, tmp_path):
    course = tmp_path / "course"
    benchmark.prepare(course, base, SLUG, 3)
    handed_in = [
        nbformat.read(path, as_version=4) for path in sorted(course.glob(f"submitted/*/{SLUG}/{SLUG}.ipynb"))
    ]
    answers = [notebook.cells[0].source for notebook in handed_in]
    assert ["2 * x" in answer for answer in answers] == [True, False, True]
    assert len(set(answers)) == 3
    assert all("SOLUTION" not in answer for answer in answers)
    released = nbformat.read(course / "release" / SLUG / f"{SLUG}.ipynb", as_version=4)
    for notebook in handed_in:
        assert [cell.source for cell in notebook.cells[1:]] == [cell.source for cell in released.cells[1:]]


@pytest.mark.sandbox
def test_two_submissions_side_by_side(benchmark, base, tmp_path):
    said = []
    results, page = tmp_path / "results", tmp_path / "README.md"
    names = ["stock", "grade-1"]
    found = benchmark.run_columns(base, SLUG, 2, names, results, show=said.append)
    # another test's database server may run on, and its workers come and go
    assert {child.name() for child in psutil.Process().children(recursive=True)} <= {"postgres"}
    assert (base / "gradebook.db").read_text().startswith("the course's own")

    stock, ours = found["columns"]["stock"], found["columns"]["grade-1"]
    assert stock["points"] == ours["points"] == [(3.5, 2)]
    assert stock["digest"] == ours["digest"]
    for column in (stock, ours):
        assert column["per_hour"] == pytest.approx(2 * 3600 / column["seconds"], rel=0.01)
        assert 0 < column["before_the_first"] <= column["seconds"] + 0.1
        assert column["peak_memory"] > 20 * 2**20

    said.clear()
    again = benchmark.run_columns(base, SLUG, 2, names, results, show=said.append)
    assert json.loads(json.dumps(again)) == json.loads(json.dumps(found))
    assert "measured already" in said[0]

    begin, end = benchmark.tables.mark("grading.py"), benchmark.tables.END
    page.write_text(f"before\n{begin}\nold\n{end}\nafter\n")
    benchmark.write_page(results, page)
    text = page.read_text()
    assert text.startswith("before\n") and text.endswith("\nafter\n") and "old" not in text
    assert f"{SLUG}, 2 honest submissions" in text
    assert f"| {stock['per_hour']:,.0f} | 1.0 |" in text
    assert "Everybody has 3.5 points in every row" in text
    assert str(ROOT) not in text


def test_a_failing_command_is_a_problem_with_what_it_said(benchmark, base, tmp_path):
    shutil.copytree(base, tmp_path / "template")
    broken = benchmark.Column("broken", [sys.executable, "-c", "import sys; sys.exit('no {slug} today')"])
    with pytest.raises(benchmark.Problem, match="no double today"):
        benchmark.measure(broken, tmp_path / "template", SLUG, 1, lambda *_: None)
    silent = benchmark.Column("silent", [sys.executable, "-c", "pass"])
    with pytest.raises(benchmark.Problem, match="0 of 1 submissions"):
        benchmark.measure(silent, tmp_path / "template", SLUG, 1, lambda *_: None)


def test_other_points_for_one_student_are_a_problem(benchmark):
    points = {"ada": {"a": 1.0, "b": 2.0}, "bob": {"a": 1.0, "b": 2.0}}
    other = {**points, "bob": {"a": 1.0, "b": 1.5}}
    columns = {"stock": {"digest": "1"}, "warm": {"digest": "1"}}
    benchmark.check_points(columns, {"stock": points, "warm": points})
    with pytest.raises(benchmark.Problem, match="bob has other points with warm than with stock: b"):
        benchmark.check_points(columns, {"stock": points, "warm": other})
    with pytest.raises(benchmark.Problem, match="bob has other points"):
        benchmark.check_points(columns, {"stock": points, "warm": {"ada": points["ada"]}})
    with pytest.raises(benchmark.Problem, match="differ from those of an earlier run"):
        benchmark.check_points({"stock": {"digest": "1"}, "warm": {"digest": "2"}}, {"warm": points})


def column(seconds, count, tenths=()):
    return {
        "seconds": seconds,
        "per_submission": seconds / count,
        "per_hour": 3600 * count / seconds,
        "before_the_first": 5.0,
        "pace_by_tenth": list(tenths),
        "peak_memory": 1200 * 2**20,
        "load_before": 0.1,
        "date": "2026-11-21",
        "commit": "0123456789",
        "points": [[59.0, count]],
        "digest": "1",
    }


def one_class(count, columns):
    machine = {
        "cores": 2,
        "processor": "a processor",
        "memory": 2**33,
        "system": "Linux",
        "python": "3.12",
        "packages": {"keras": "3"},
    }
    return {"assignment": "02", "submissions": count, "columns": columns, "machine": machine}


def test_the_tables_show_ratios_memory_per_worker_and_cost_by_size(benchmark):
    small = one_class(40, {"stock": column(400, 40), "grade-2": column(40, 40, [0.9] * 10)})
    counted = column(2000, 2000, [1.0] + [1.0] * 8 + [1.1]) | {"processor_by_tenth": [9.0] + [0.8] * 9}
    large = one_class(2000, {"grade-2": counted})
    text = benchmark.as_tables([large, small])
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert rows[2] == "| `nbgrader autograde` | 360 | 1.0 | 10.00 | 5.0 s | 1,200 MiB | 1,200 MiB |"
    assert rows[3] == "| `coursepkg grade`, 2 workers | 3,600 | 10.0 | 1.00 | 5.0 s | 1,200 MiB | 600 MiB |"
    assert rows[6] == "| 02 | `coursepkg grade`, 2 workers | 40 | 1.000 | 0.900 | 0.900 | | | 1,200 MiB |"
    wanted = (
        "| 02 | `coursepkg grade`, 2 workers | 2,000 | 1.000 | 1.000 | 1.100 | 0.800 | 0.800 | 1,200 MiB |"
    )
    assert rows[7] == wanted
    assert benchmark.as_tables([]) == "Nothing has been measured yet.\n"


def test_short_columns_take_turns_and_their_median_counts(benchmark):
    names = ["stock", "grade-2", "grade-4"]
    assert benchmark.turns(names, 40) == names + names[1:] * 2
    assert benchmark.turns(names, 41) == names
    runs = [column(seconds, 40) for seconds in (50, 40, 46)]
    runs[0]["peak_memory"] = 1300 * 2**20
    kept = benchmark.median_run(runs)
    assert (kept["seconds"], kept["per_submission"]) == (46, 46 / 40)
    assert kept["seconds_of_runs"] == [50, 40, 46]
    assert kept["peak_memory"] == 1300 * 2**20
    assert benchmark.median_run(runs[1:])["seconds"] == 46


def test_pace_is_the_time_between_ends(benchmark):
    steady = [0.5 * number for number in range(101)]
    assert benchmark.pace(steady) == [0.5] * 10
    assert benchmark.pace(steady[:19]) == []
    slowing = [*range(91), *(90 + 3 * number for number in range(1, 11))]
    assert benchmark.pace(slowing) == [1.0] * 9 + [3.0]


def test_processor_time_counts_what_has_ended_too(benchmark):
    processor = benchmark.Processor()
    if processor.group is None:
        assert processor.by_tenth(100) == []
        return
    work = "import time\nwhile time.process_time() < 0.3: pass"
    for _ in range(2):
        subprocess.run([*processor.prefix, sys.executable, "-S", "-c", work], check=True)
    for done in (50, 100):
        processor.note(done)
    processor.close()
    assert not processor.group.exists()
    assert 50 * sum(processor.by_tenth(100)) >= 0.6


@pytest.mark.parametrize(("seconds", "code"), [(40, 0), (60, 1)])
def test_the_exit_code_says_whether_it_is_fast_enough(benchmark, tmp_path, seconds, code):
    path = tmp_path / "results.json"
    path.write_text(json.dumps(one_class(40, {"stock": column(400, 40), "grade-2": column(seconds, 40)})))
    assert benchmark.judge(path) == code
    assert benchmark.judge(tmp_path / "missing.json") == 0


def test_python_finds_no_bytecode_where_none_is_wanted(benchmark):
    def cached(**options):
        code = "import importlib.util, json; print(importlib.util.find_spec('nbformat').cached)"
        environment = benchmark.environment(**options)
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
        return done.stdout.strip()

    assert Path(cached()).parent.name == "__pycache__"
    assert not Path(cached(bytecode=False)).exists()


def test_the_page_in_the_repository_is_that_of_its_results(benchmark, tmp_path):
    page = tmp_path / "README.md"
    page.write_text((ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8"), encoding="utf-8")
    benchmark.write_page(ROOT / "benchmarks" / "results", page)
    assert page.read_text(encoding="utf-8") == (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
