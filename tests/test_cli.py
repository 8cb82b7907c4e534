"""The `coursepkg` command as people type it."""

import json
import subprocess
import sys

import nbformat
import pytest

from coursepkg import __version__
from coursepkg.cli import main


def coursepkg(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "coursepkg", *map(str, arguments)], capture_output=True, text=True, check=False
    )


def test_help_names_the_commands_and_imports_nothing_heavy():
    code = (
        "import sys; from coursepkg.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print([name for name in ('tensorflow', 'keras', 'numpy', 'nbformat') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert "check" in done.stdout
    assert "datasets" in done.stdout


def test_datasets_imports_no_framework():
    code = (
        "import sys; from coursepkg.cli import main; main(['datasets'])\n"
        "print([name for name in ('tensorflow', 'keras', 'matplotlib', 'pandas') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_version_and_no_command():
    assert coursepkg("--version").stdout == f"coursepkg {__version__}\n"
    done = coursepkg()
    assert done.returncode == 0
    assert done.stdout.startswith("usage: coursepkg")


def test_datasets_lists_every_entry_by_how_it_arrives(capsys):
    from coursepkg.data import list_datasets

    assert main(["datasets"]) == 0
    lines = capsys.readouterr().out.splitlines()
    names = [line.split()[0] for line in lines if line.startswith("  ")]
    assert sorted(names) == sorted(entry.name for entry in list_datasets())
    assert {"Bundled", "Generated", "Internet"} == {line for line in lines if not line.startswith(" ")}


def test_datasets_shows_one_entry_and_suggests_the_nearest(capsys):
    assert main(["datasets", "sunspots"]) == 0
    assert "309" in capsys.readouterr().out
    assert main(["datasets", "sunspot"]) == 2
    assert "Did you mean 'sunspots'?" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["soon", "0.5", "-3", "inf"])
def test_a_bad_timeout_is_refused(capsys, text):
    with pytest.raises(SystemExit):
        main(["check", "x.ipynb", f"--timeout={text}"])
    assert f"{text!r}: expected a number of seconds, at least 1" in capsys.readouterr().err


@pytest.mark.parametrize("options", [["--user"], ["--prefix", "somewhere"]])
def test_where_to_install_says_nothing_without_install(capsys, options):
    with pytest.raises(SystemExit) as stop:
        main(["kernels", *options])
    assert stop.value.code == 2
    assert "expected --install with them" in capsys.readouterr().err


def test_a_wrong_kind_of_file_gives_one_sentence_and_code_2(tmp_path):
    path = tmp_path / "page.ipynb"
    path.write_text("<!DOCTYPE html><html></html>")
    done = coursepkg("check", path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("This notebook cannot be checked. page.ipynb is a web page, not a notebook")
    assert "Traceback" not in done.stderr
    done = coursepkg("check", path, "--format", "json")
    assert done.returncode == 2
    assert "is a web page" in json.loads(done.stdout)["problem"]


def small_notebook(answer, test):
    def cell(source, grade_id, kind):
        metadata = {
            "schema_version": 3,
            "grade": kind == "test",
            "grade_id": grade_id,
            "locked": kind == "test",
            "solution": kind == "solution",
            "task": False,
            "cell_type": "code",
        }
        if kind == "test":
            metadata["points"] = 2
        return nbformat.v4.new_code_cell(source, metadata={"nbgrader": metadata})

    return nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("## Exercise 1. Twice (2 points)"),
            cell(answer, "twice", "solution"),
            cell(test, "test-twice-value", "test"),
        ]
    )


def test_check_from_the_command_line_in_text_and_json(tmp_path):
    path = tmp_path / "small.ipynb"
    nbformat.write(
        small_notebook("def twice(x):\n    return x", "assert twice(2) == 4, 'twice 2 is 4'"), path
    )
    before = path.read_bytes()
    done = coursepkg("check", path)
    assert done.returncode == 1
    assert "Exercise 1. Twice" in done.stdout
    assert "0 of 2 points" in done.stdout
    assert "twice 2 is 4" in done.stdout
    assert "[2/2] test-twice-value: failed" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert path.read_bytes() == before

    nbformat.write(small_notebook("def twice(x):\n    return 2 * x", "assert twice(2) == 4"), path)
    done = coursepkg("check", path, "--format", "json", "--quiet")
    assert done.returncode == 0
    assert done.stderr == ""
    report = json.loads(done.stdout)
    assert (report["passed"], report["earned"], report["points"]) == (True, 2, 2)
    assert report["tests"][0]["status"] == "passed"
