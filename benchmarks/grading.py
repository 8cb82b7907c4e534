"""Grades the same honest submissions with nbgrader and with `coursepkg grade`, side by side.

Run it on a machine that does nothing else: `python benchmarks/grading.py`. It takes about half an hour and
ends with the tables in benchmarks/README.md. It can be stopped: what was measured is in benchmarks/results,
and the next run goes on with the column that was missing.

    python benchmarks/grading.py --only stock grade-2                  # these columns only
    python benchmarks/grading.py --submissions 2000 --only grade-2     # assignment 02, about an hour
    python benchmarks/grading.py --again --only grade-2                # measure a column anew
    python benchmarks/grading.py --table                               # only write benchmarks/README.md
"""

import argparse
import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import nbformat
import psutil

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(HERE), str(ROOT / "tests" / "assignments")]

import harness  # noqa: E402
import tables  # noqa: E402

KERAS, NUMPY = "02-rnn-bptt", "01-sequence-data"
SHORT = 40  # submissions, the size of a small class
REQUIRED = 8  # times stock nbgrader, with two workers on two cores
SAMPLE_SECONDS = 1.0
SAMPLE_SHARE = 50  # sampling takes one part in this many of the time, at most
LONG_RUN = 100  # and in a long run a pause is one part in this many of the time so far
PACKAGES = ("tensorflow", "keras", "numpy", "nbgrader", "ipykernel", "distributed")
KEPT_OUT = ("*.db", "*.db-*", "*.csv", "submitted", "autograded", "feedback", "downloaded", ".nbgrader.log")
NBGRADER = [sys.executable, "-m", "nbgrader"]
GRADE = [sys.executable, "-c", "import sys; from coursepkg.cli import main; sys.exit(main())", "grade"]


class Column(NamedTuple):
    """One way to grade a class.

    Attributes:
        title: str, for the table.
        command: list of str, in which `{slug}` is the assignment's name.
        bytecode: bool, whether Python finds compiled libraries. Installers such as uv leave that to the first
            import, and where PYTHONDONTWRITEBYTECODE is set no import does it.
        runs: int, how often a class of at most `SHORT` is graded. A run of less than a minute tells as much
            of the machine's good or bad minute as of the command, so the median counts.
    """

    title: str
    command: list
    bytecode: bool = True
    runs: int = 1


COLUMNS = {
    "stock": Column("`nbgrader autograde`", [*NBGRADER, "autograde", "{slug}"]),
    "uncompiled": Column(
        "`nbgrader autograde`, libraries without bytecode", [*NBGRADER, "autograde", "{slug}"], False
    ),
    "warm": Column(
        "`nbgrader autograde`, isolated warm kernel",
        [*NBGRADER, "autograde", "{slug}", "--Execute.kernel_name=coursepkg-warm"],
    ),
    "grade-1": Column("`coursepkg grade`, 1 worker", [*GRADE, "{slug}", "--workers", "1"], runs=3),
    "grade-2": Column("`coursepkg grade`, 2 workers", [*GRADE, "{slug}", "--workers", "2"], runs=3),
    "grade-4": Column("`coursepkg grade`, 4 workers", [*GRADE, "{slug}", "--workers", "4"], runs=3),
}
# What is measured unless the command line says otherwise: assignment, submissions, columns.
PLAN = [
    (KERAS, 40, ["stock", "warm", "grade-1", "grade-2", "grade-4"]),
    (NUMPY, 40, ["grade-2"]),
    (NUMPY, 2000, ["grade-2"]),
    (KERAS, 2000, ["grade-2"]),
]


class Problem(Exception):
    """The benchmark cannot go on, or its result is not what it must be."""


# --- A class of honest students --------------------------------------------------------------------


def prepare(folder, base, slug, count):
    """Makes a course folder with a released assignment and `count` honest submissions.

    Args:
        folder: path of the new course folder.
        base: path of the course folder to copy, `assignments/` for the course's own.
        slug: str, the assignment.
        count: int, how many students hand in.
    """
    shutil.copytree(base, folder, ignore=shutil.ignore_patterns(*KEPT_OUT))
    for name in ("tools", "_config.yml", "book/references"):  # with which the sources become notebooks
        source, target = base.parent / name, folder.parent / name
        if (base.parent / "tools").is_dir() and source.exists() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    _run([*NBGRADER, "generate_assignment", slug, "--force"], folder)
    released = nbformat.read(folder / "release" / slug / f"{slug}.ipynb", as_version=4)
    answers = honest_answers(folder, slug)
    for number in range(count):
        student = f"student-{number:05d}"
        notebook = answered(released, answers[number % len(answers)], number)
        path = folder / "submitted" / student / slug / f"{slug}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)


def honest_answers(folder, slug):
    """The course's own answers, then every variant that is right; each a dict from grade_id to source."""
    source = nbformat.read(folder / "source" / slug / f"{slug}.ipynb", as_version=4)
    own = {
        cell.metadata.nbgrader.grade_id: re.sub(
            r"^\s*### (BEGIN|END) SOLUTION\n?", "", cell.source, flags=re.M
        )
        for cell in source.cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")
    }
    variants = [harness.read_variant(path) for path in sorted(folder.glob(f"variants/{slug}/right_*.py"))]
    return [own, *({**own, **variant.answers} for variant in variants)]


def answered(released, answers, number):
    """The released notebook with these answers and a trivial edit of this student's own."""
    notebook = nbformat.from_dict(json.loads(json.dumps(released)))
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in answers:
            cell.source = f"{answers[name].rstrip()}\n\n# Attempt {number % 7 + 1}, notes of student {number}"
    return notebook


# --- One column ------------------------------------------------------------------------------------


def measure(column, template, slug, count, say, sampled=True):
    """Grades the class in one way.

    Args:
        column: `Column`.
        template: path of the course folder that `prepare` made; it is copied.
        slug: str, the assignment.
        count: int, how many submissions there are.
        say: function called with the number of submissions done and the seconds since the start.
        sampled: bool, whether to look at the memory meanwhile; if not, its peak is 0.

    Returns:
        Tuple of a dict for the results' file, and everybody's points as `points_of` returns them.
    """
    folder = template.parent / "assignments"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(template, folder)
    load = os.getloadavg()[0]
    command = [part.format(slug=slug) for part in column.command]
    with open(template.parent / "output.txt", "w+", encoding="utf-8", errors="replace") as output:
        processor = Processor()
        start, wall = time.time(), time.monotonic()
        process = subprocess.Popen(
            [*processor.prefix, *command],
            cwd=folder,
            env=environment(column.bytecode),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        memory = Memory(process.pid)
        if sampled:
            memory.start()
        try:
            while process.poll() is None:
                done = len(finished(folder, slug))
                processor.note(done)
                say(done, time.monotonic() - wall)
                time.sleep(0.5)
            processor.note(count)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(60)
            memory.stop()
            processor.close()
        seconds = time.monotonic() - wall
        output.seek(0)
        printed = output.read()
    if process.returncode:
        raise Problem(f"{' '.join(command)} ended with exit code {process.returncode}:\n{printed[-3000:]}")
    ends = sorted(finished(folder, slug))
    if len(ends) != count:
        raise Problem(f"{len(ends)} of {count} submissions were graded:\n{printed[-3000:]}")
    points = points_of(folder, slug)
    result = {
        "seconds": round(seconds, 2),
        "per_submission": round(seconds / count, 4),
        "per_hour": round(3600 * count / seconds, 1),
        "before_the_first": round(ends[0] - start, 2),
        "pace_by_tenth": pace(ends),
        "processor_by_tenth": processor.by_tenth(count),
        "peak_memory": memory.peak,
        "memory_counted_as": memory.measure,
        "load_before": round(load, 2),
        "date": time.strftime("%Y-%m-%d"),
        "commit": commit(),
        "points": sorted(Counter(round(sum(cells.values()), 6) for cells in points.values()).items()),
        "digest": hashlib.sha256(json.dumps(points, sort_keys=True).encode()).hexdigest(),
    }
    return result, points


def environment(bytecode=True):
    """What nbgrader and `coursepkg grade` start from: nothing that favours one of them."""
    left_out = re.compile(
        r"OMP_NUM_THREADS|OPENBLAS_NUM_THREADS|NBGRADER_DB_URL|JUPYTER_PATH|COURSEPKG_.*|TF_.*"
    )
    kept = {name: value for name, value in os.environ.items() if not left_out.fullmatch(name)}
    if not bytecode:
        kept |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": os.path.join(os.devnull, "nothing")}
    # nbgrader calls `alembic` by name, which stands beside this Python.
    path = os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", "")])
    return kept | {"PATH": path, "JUPYTER_PLATFORM_DIRS": "1"}


def compile_libraries():
    """Has Python write the bytecode of what a grading imports, as the first import does by itself."""
    modules = "numpy, keras, matplotlib.pyplot, coursepkg.checks, ipykernel.kernelapp, nbgrader.apps"
    _run([sys.executable, "-c", f"import {modules}"], ROOT)


def finished(folder, slug):
    """When each submission that is graded so far was written."""
    ends = []
    for path in folder.glob(f"autograded/*/{slug}/{slug}.ipynb"):
        try:
            ends.append(path.stat().st_mtime)
        except FileNotFoundError:
            continue  # it is being moved
    return ends


def pace(ends):
    """Seconds per submission in each tenth of the run, to see whether it slows down; none for a few."""
    if len(ends) < 20:
        return []
    marks = [round(tenth * (len(ends) - 1) / 10) for tenth in range(11)]
    return [round((ends[end] - ends[begin]) / (end - begin), 4) for begin, end in pairwise(marks)]


def points_of(folder, slug):
    """Everybody's points as the gradebook has them: dict from student to dict from test cell to score."""
    import sqlalchemy as sa
    from nbgrader import api

    engine = sa.create_engine(f"sqlite:///{folder / 'gradebook.db'}")
    query = (
        sa.select(api.SubmittedAssignment.student_id, api.BaseCell.name, api.Grade.auto_score)
        .join(api.SubmittedNotebook, api.SubmittedNotebook.assignment_id == api.SubmittedAssignment.id)
        .join(api.Grade, api.Grade.notebook_id == api.SubmittedNotebook.id)
        .join(api.BaseCell, api.BaseCell.id == api.Grade.cell_id)
        .join(api.Assignment, api.Assignment.id == api.SubmittedAssignment.assignment_id)
        .where(api.Assignment.name == slug)
    )
    points = {}
    with engine.connect() as connection:
        for student, cell, score in connection.execute(query):
            points.setdefault(student, {})[cell] = score
    engine.dispose()
    return points


class Processor:
    """Processor time of a command and of all that it starts, also of what has ended: the kernel's own count.

    It needs a control group of its own, which root may make on most machines. Elsewhere nothing is counted.

    Attributes:
        prefix: list of str, what a command must begin with to be counted.
    """

    def __init__(self):
        self.prefix, self.group, self.notes = [], None, [(0, 0.0)]
        for mount in ("/sys/fs/cgroup", "/sys/fs/cgroup/unified"):
            if os.path.exists(f"{mount}/cgroup.procs"):
                group = Path(mount, f"benchmark-{os.getpid()}-{time.monotonic_ns()}")
                with contextlib.suppress(OSError):
                    group.mkdir()
                    self.group = group
                    self.prefix = ["sh", "-c", f'echo $$ > {group}/cgroup.procs && exec "$@"', "sh"]
                    return

    def note(self, done):
        """Reads how much was used until so many submissions were done."""
        if self.group:
            used = int((self.group / "cpu.stat").read_text().split()[1]) / 1e6
            self.notes.append((done, used))

    def by_tenth(self, count):
        """Seconds per submission in each tenth of the class; none where nothing was counted, or for a few."""
        if not self.group or count < 20:
            return []
        marks = [next(note for note in self.notes if note[0] >= count * tenth / 10) for tenth in range(11)]
        pairs = pairwise(marks)
        return [round((after[1] - before[1]) / max(1, after[0] - before[0]), 4) for before, after in pairs]

    def close(self):
        """Gives the control group back, once nothing runs in it any more."""
        for _ in range(100 if self.group else 0):
            with contextlib.suppress(OSError):
                self.group.rmdir()
                return
            time.sleep(0.05)


class Memory(threading.Thread):
    """Follows what a process and all below it hold together.

    Shared pages count once (proportional set size) where this user may read it, which for the confined
    children means root; for the others the resident memory that is not shared is taken.
    """

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid = pid
        self.peak = 0
        self.measure = "pss"
        self.ended = threading.Event()

    def run(self):
        start, pause = time.monotonic(), SAMPLE_SECONDS
        while not self.ended.wait(pause):
            began = time.monotonic()
            try:
                tree = psutil.Process(self.pid)
                processes = [tree, *tree.children(recursive=True)]
            except psutil.NoSuchProcess:
                return
            self.peak = max(self.peak, sum(map(self.size, processes)))
            now = time.monotonic()
            pause = max(SAMPLE_SECONDS, SAMPLE_SHARE * (now - began), (now - start) / LONG_RUN)

    def size(self, process):
        """Bytes of one process."""
        try:
            text = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii")
            return 1024 * int(re.search(r"^Pss:\s+(\d+)", text, re.M)[1])
        except PermissionError:
            self.measure = "pss where readable, otherwise resident without shared"
        except (OSError, TypeError):
            return 0  # it ended meanwhile
        try:
            held = process.memory_info()
        except psutil.Error:
            return 0
        return held.rss - held.shared

    def stop(self):
        """Ends the sampling."""
        self.ended.set()
        if self.is_alive():
            self.join()


def _run(command, folder):
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise Problem(f"{' '.join(command)} failed:\n{(done.stdout + done.stderr)[-3000:]}")
    return done.stdout


def commit():
    """The commit that was measured, with a plus sign where the working tree differs from it."""
    try:
        head = subprocess.run(
            ["git", "describe", "--always", "--dirty=+", "--abbrev=10", "--exclude=*"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        return ""
    return head.stdout.strip()


# --- All columns -----------------------------------------------------------------------------------


def results_path(results, slug, count):
    """Where the results for a class are kept."""
    return results / f"grading-{slug}-{count}.json"


def run_columns(base, slug, count, names, results, again=False, show=print):
    """Measures the columns that are missing, and checks that everybody has the same points in all of them.

    Args:
        base: path of the course folder that is copied.
        slug: str, the assignment.
        count: int, how many submissions.
        names: list of str, keys of `COLUMNS`.
        results: path of the folder with the results.
        again: bool, whether to measure what was measured already.
        show: function called with each line to print.

    Returns:
        Dict, the content of the results' file.

    Raises:
        Problem: if a column ends with an error, or somebody's points differ.
    """
    path = results_path(results, slug, count)
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"columns": {}}
    found |= {"assignment": slug, "submissions": count}
    wanted = [name for name in names if again or name not in found["columns"]]
    if not wanted:
        show(f"{slug}, {count} submissions: measured already (--again measures anew)")
        return found
    with tempfile.TemporaryDirectory(prefix="coursepkg-benchmark-") as folder:
        template = Path(folder) / "template"
        show(f"{slug}: {count} students hand in ...")
        prepare(template, base, slug, count)
        everybody, measured = {}, {name: [] for name in wanted}
        for name in turns(wanted, count):
            progress = Progress(f"{slug}, {name}", count)
            first = not measured[name]  # the kernel holds a process up while it counts its pages for us
            result, everybody[name] = measure(COLUMNS[name], template, slug, count, progress, sampled=first)
            progress.close()
            measured[name].append(result)
            found["columns"][name] = median_run(measured[name])
            found["machine"] = tables.machine(*PACKAGES)
            show(
                f"  {name:<8} {result['per_hour']:>9,.0f} an hour, {result['per_submission']:.2f} s each"
                + (f", {result['peak_memory'] / 2**20:,.0f} MiB" if first else "")
            )
            check_points(found["columns"], everybody)
            results.mkdir(parents=True, exist_ok=True)
            path.write_text(as_json(found), encoding="utf-8")
    return found


def turns(names, count):
    """The columns in the order in which they are measured: those with several runs come again and again."""
    rounds = max(COLUMNS[name].runs for name in names) if count <= SHORT else 1
    return [name for round in range(rounds) for name in names if round < COLUMNS[name].runs]


def median_run(runs):
    """The run of median length (of two, the longer), with the lengths of all and the highest memory."""
    chosen = sorted(runs, key=lambda run: run["seconds"])[len(runs) // 2]
    return chosen | {
        "seconds_of_runs": [run["seconds"] for run in runs],
        "peak_memory": max(run["peak_memory"] for run in runs),
    }


def as_json(content):
    """JSON with one line to a list."""
    text = json.dumps(content, indent=2)
    return re.sub(r"\[[^][{}]*\]", lambda found: " ".join(found[0].split()), text) + "\n"


def check_points(columns, everybody):
    """Stops unless everybody has the same points in every column."""
    first, *others = everybody
    for other in others:
        for student in sorted({*everybody[first], *everybody[other]}):
            mine, theirs = everybody[first].get(student), everybody[other].get(student)
            if mine != theirs:
                differ = [
                    cell
                    for cell in sorted({*(mine or {}), *(theirs or {})})
                    if (mine or {}).get(cell) != (theirs or {}).get(cell)
                ]
                raise Problem(
                    f"{student} has other points with {other} than with {first}: {', '.join(differ)}"
                )
    digests = {name: column["digest"] for name, column in columns.items()}
    if len(set(digests.values())) > 1:
        raise Problem(f"The points differ from those of an earlier run (--again measures it anew): {digests}")


class Progress:
    """One line that moves on a terminal, and every tenth elsewhere."""

    def __init__(self, title, count, stream=sys.stderr):
        self.title, self.count, self.stream = title, count, stream
        self.shown = -1

    def __call__(self, done, seconds):
        left = "" if not done else f", about {seconds / done * (self.count - done) / 60:.0f} min left"
        line = f"{self.title}: {done}/{self.count}, {seconds:.0f} s{left}"
        if self.stream.isatty():
            self.stream.write(f"\r\x1b[K{line}")
        elif done * 10 // self.count > self.shown:
            self.shown = done * 10 // self.count
            self.stream.write(line + "\n")
        self.stream.flush()

    def close(self):
        """Clears the line."""
        if self.stream.isatty():
            self.stream.write("\r\x1b[K")
            self.stream.flush()


# --- The page --------------------------------------------------------------------------------------


def write_page(results, page):
    """Writes the tables between the two marks of the page, from the results' files."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(results.glob("grading-*.json"))]
    tables.write_tables("grading.py", as_tables(found), page)


def as_tables(found):
    """The tables as Markdown: one for each class that stock graded too, then the cost by size of class."""
    if not found:
        return "Nothing has been measured yet.\n"
    found = sorted(found, key=lambda one: (one["assignment"], one["submissions"]))
    parts = [side_by_side(one) for one in found if "stock" in one["columns"]]
    parts.append(by_size(found))
    newest = max(found, key=lambda one: max(column["date"] for column in one["columns"].values()))
    parts.append(about(newest))
    return "\n".join(parts)


def side_by_side(one):
    """Rates and memory of all columns for one class."""
    columns = one["columns"]
    stock = columns["stock"]["per_hour"]
    lines = [
        f"#### {one['assignment']}, {one['submissions']} honest submissions",
        "",
        "| | an hour | times stock | seconds each | first grade after | peak memory | per worker |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name in COLUMNS:
        if name not in columns:
            continue
        column = columns[name]
        workers = int(name.partition("-")[2] or 1)
        lines.append(
            f"| {COLUMNS[name].title} | {column['per_hour']:,.0f} | {column['per_hour'] / stock:.1f} "
            f"| {column['per_submission']:.2f} | {column['before_the_first']:.1f} s "
            f"| {mebibytes(column['peak_memory'])} | {mebibytes(column['peak_memory'] / workers)} |"
        )
    (points, _), *more = next(iter(columns.values()))["points"]
    everybody = (
        f"Everybody has {points:g} points in every row"
        if not more
        else "The points are the same in every row"
    )
    return "\n".join([*lines, "", f"{everybody}, cell by cell.", ""])


def by_size(found):
    """Cost per submission by size of the class, for columns that were measured with more than one size."""
    rows = []
    for one in found:
        for name, column in one["columns"].items():
            sizes = [
                other["submissions"]
                for other in found
                if other["assignment"] == one["assignment"] and name in other["columns"]
            ]
            if len(sizes) > 1:
                tenths = column["pace_by_tenth"]
                paces = f"{tenths[0]:.3f} | {tenths[-1]:.3f}" if tenths else "| "
                used = column.get("processor_by_tenth")
                paces += f" | {used[1]:.3f} | {used[-1]:.3f}" if used else " | |"
                rows.append(
                    f"| {one['assignment']} | {COLUMNS[name].title} | {one['submissions']:,} "
                    f"| {column['per_submission']:.3f} | {paces} | {mebibytes(column['peak_memory'])} |"
                )
    if not rows:
        return ""
    return "\n".join(
        [
            "#### Cost per submission by size of the class",
            "",
            "Seconds per submission: of wall time, and of processor time over all processes. The start, with "
            "its imports, is in the mean only; of processor time the second tenth stands beside the last.",
            "",
            "| assignment | | submissions | mean | first tenth | last tenth | processor, second tenth "
            "| processor, last tenth | peak memory |",
            "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
            *rows,
            "",
        ]
    )


def about(one):
    """What the newest results were measured on."""
    on = one["machine"]
    packages = ", ".join(f"{name} {number}" for name, number in on["packages"].items())
    columns = one["columns"].values()
    busy = max(column["load_before"] for column in columns)
    date = max(column["date"] for column in columns)
    commits = ", ".join(sorted({column["commit"] for column in columns}))
    return (
        f"Measured {date} at {commits} on {on['cores']} cores ({on['processor']}), "
        f"{mebibytes(on['memory'])}, {on['system']}, Python {on['python']}, {packages}. "
        f"Load average before a column: at most {busy:.1f}.\n"
    )


def mebibytes(size):
    """A size for people."""
    return f"{size / 2**20:,.0f} MiB"


def main(arguments=None):
    """Measures what the command line asks for, then writes the page.

    Returns:
        int, the exit code: 0 all is as required, 1 it is not.
    """
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--assignment", default=None, help=f"the assignment ({KERAS})")
    parser.add_argument("--submissions", type=int, default=None, help="how many students hand in (40)")
    parser.add_argument("--only", nargs="+", choices=list(COLUMNS), metavar="COLUMN", help=", ".join(COLUMNS))
    parser.add_argument("--again", action="store_true", help="measure columns anew that have results")
    parser.add_argument("--table", action="store_true", help="measure nothing, write the page")
    parser.add_argument("--course", type=Path, default=ROOT / "assignments", help="the course folder to copy")
    parser.add_argument("--results", type=Path, default=tables.RESULTS, help="where the results are kept")
    parser.add_argument("--page", type=Path, default=tables.PAGE, help="where the tables are written")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what runs below is ended, too
    plan = PLAN
    if options.assignment or options.submissions:
        plan = [(options.assignment or KERAS, options.submissions or 40, list(COLUMNS))]
    try:
        if not options.table:
            compile_libraries()
            for slug, count, names in plan:
                wanted = [name for name in names if name in (options.only or names)]
                if wanted:
                    run_columns(options.course.resolve(), slug, count, wanted, options.results, options.again)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    finally:
        write_page(options.results, options.page)
    return judge(results_path(options.results, KERAS, 40))


def judge(path):
    """Says whether two workers are as much faster than stock nbgrader as is required."""
    columns = json.loads(path.read_text(encoding="utf-8"))["columns"] if path.exists() else {}
    times = {
        name: columns["grade-2"]["per_hour"] / columns[name]["per_hour"]
        for name in ("stock", "uncompiled")
        if {name, "grade-2"} <= set(columns)
    }
    for name, factor in times.items():
        print(f"{COLUMNS['grade-2'].title}: {factor:.1f} times {COLUMNS[name].title} (required: {REQUIRED})")
    return 0 if times.get("stock", REQUIRED) >= REQUIRED else 1


if __name__ == "__main__":
    sys.exit(main())
