"""The `coursepkg` command: check a notebook, list the data sets; for instructors, grade a class."""

import argparse
import os
import sys

from coursepkg import __version__

CANNOT = 2
MOST_WORKERS = 10_000
UNITS = {"K": 2**10, "M": 2**20, "G": 2**30}


def main(arguments=None):
    """Runs the `coursepkg` command.

    Args:
        arguments: list of str, the command line without the program's name; `None` takes `sys.argv`.

    Returns:
        int, the exit code: 0 all is well; 1 somebody should look (a test fails, a cell was changed, a
        submission is rejected); 2 it could not be done; 130 stopped by Ctrl-C.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.run is None:
        parser.print_help()
        return 0
    try:
        code = options.run(options)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # as in `coursepkg check ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130


def _parser():
    parser = argparse.ArgumentParser(
        prog="coursepkg", description="The companion program of the course on sequence models."
    )
    parser.set_defaults(run=None)
    parser.add_argument("--version", action="version", version=f"coursepkg {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    check = commands.add_parser(
        "check",
        help="run the visible tests of an assignment's notebook",
        description="Runs the notebook from top to bottom in a fresh kernel and says what each test cell "
        "finds. The file is not changed. Exit code: 0 all tests pass, 1 some do not, 2 it cannot be checked.",
    )
    check.add_argument("notebook", metavar="NOTEBOOK", help="the .ipynb file to check")
    check.add_argument("--format", choices=["text", "json"], default="text", help="how to print the report")
    check.add_argument(
        "--timeout", type=_seconds, default=60, metavar="SECONDS", help="what one cell may take (60)"
    )
    check.add_argument(
        "--release", metavar="FILE", help="the released notebook, to find deleted and foreign cells"
    )
    check.add_argument("--quiet", action="store_true", help="show no progress")
    check.set_defaults(run=_check)

    datasets = commands.add_parser(
        "datasets",
        help="list the data sets that coursepkg.data.load knows",
        description="Lists the data sets that coursepkg.data.load knows, and how each arrives.",
    )
    datasets.add_argument("name", nargs="?", metavar="NAME", help="show everything about this one")
    datasets.set_defaults(run=_datasets)

    kernels = commands.add_parser(
        "kernels",
        help="list or install the confined Jupyter kernels",
        description="Lists the kernels that run a notebook without network, without other people's files and "
        "with limits, and where Jupyter finds them. In the course's own folder nbgrader finds them without "
        "being told: nbgrader autograde ASSIGNMENT --Execute.kernel_name=coursepkg-confined",
    )
    kernels.add_argument("--install", action="store_true", help="copy their specs to where Jupyter looks")
    where = kernels.add_mutually_exclusive_group()
    where.add_argument("--user", action="store_true", help="install for this user, not this environment")
    where.add_argument("--prefix", metavar="FOLDER", help="install below FOLDER/share/jupyter")
    kernels.set_defaults(run=_kernels, refuse=kernels.error)
    _add_grading(commands)
    return parser


def _add_grading(commands):
    grade = commands.add_parser(
        "grade",
        help="grade what students handed in (for instructors)",
        description="Grades every submission of an nbgrader course folder that is new or changed, in "
        "parallel and confined. Grades go into nbgrader's gradebook; autograded/ and feedback/ hold what "
        "formgrader and nbgrader expect. It can be stopped at any time: the same command goes on.",
        epilog="Exit code: 0 everything that was asked for is graded; 1 some submissions are rejected or "
        "need a look, or folders whose name is no student's id were left out; 2 it could not be done, or not "
        "all of it; 130 stopped by Ctrl-C.",
    )
    _add_course(grade, "the assignment's name")
    grade.add_argument("--student", action="append", metavar="ID", help="only this student; may be repeated")
    grade.add_argument("--force", action="store_true", help="grade again what is up to date")
    grade.add_argument(
        "--workers", type=_count, metavar="N", help="submissions at a time (one per core, as memory allows)"
    )
    grade.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="grade on the Dask cluster at this address, such as tcp://host:8786; its workers must see the "
        "course folder and the database under the same names",
    )
    grade.add_argument(
        "--timeout",
        type=_seconds,
        metavar="SECONDS",
        help="what one cell may take (120); the whole submission has 900 seconds, or as many as one cell "
        "where those are more",
    )
    grade.add_argument(
        "--memory", type=_size, metavar="SIZE", help="what one submission may use, such as 2G (3G)"
    )
    way = grade.add_mutually_exclusive_group()
    way.add_argument("--dry-run", action="store_true", help="only say what would be graded, and why")
    way.add_argument("--watch", action="store_true", help="go on as submissions arrive, until Ctrl-C")
    grade.add_argument(
        "--show-hidden", action="store_true", help="show the source of hidden tests in the feedback"
    )
    grade.add_argument(
        "--accept-risk",
        action="store_true",
        help="where the machine cannot confine, grade all the same: students' code then has your rights; "
        "where it can, this changes nothing",
    )
    grade.set_defaults(run=_grade)

    report = commands.add_parser(
        "report",
        help="say how an assignment went: scores, checks, who has no grade (for instructors)",
        description="Writes a page and a CSV file about an assignment: the distribution of scores, which "
        "check costs most points, the slowest submissions, who has no grade and why.",
    )
    _add_course(report, "the assignment's name")
    report.add_argument("--out", metavar="FOLDER", help="where to write (reports/ASSIGNMENT)")
    report.set_defaults(run=_grading("report"))

    export = commands.add_parser(
        "export",
        help="write scores as a table for Canvas or Moodle (for instructors)",
        description="Writes the scores of an assignment, or of all, as CSV in the layout that Canvas or "
        "Moodle imports.",
    )
    _add_course(export, "the assignment's name (all)", nargs="?")
    export.add_argument("--layout", choices=["canvas", "moodle"], default="canvas", help="whose layout")
    export.add_argument(
        "--roster",
        metavar="FILE",
        help="the table that the platform itself exports, to line students and columns up with",
    )
    export.add_argument("--out", metavar="FILE", help="where to write (standard output)")
    export.set_defaults(run=_grading("export"))

    similarity = commands.add_parser(
        "similarity",
        help="find passages that submissions share (for instructors)",
        description="Writes a page and two CSV files on passages that answers share beyond what was "
        "released, and on answers that use something ready-made. It finds places to look at; what they mean "
        "is for a person to say.",
    )
    _add_course(similarity, "the assignment's name")
    similarity.add_argument("--out", metavar="FOLDER", help="where to write (reports/ASSIGNMENT)")
    similarity.add_argument(
        "--least", type=_score, metavar="SCORE", help="list pairs from this score (12, see the page)"
    )
    similarity.add_argument(
        "--ready-made",
        action="append",
        metavar="NAME",
        help="also list answers that use this, such as keras.layers.RNN; may be repeated",
    )
    similarity.set_defaults(run=_grading("similarity"))


def _add_course(parser, about, nargs=None):
    parser.add_argument("assignment", metavar="ASSIGNMENT", type=_name, nargs=nargs, help=about)
    parser.add_argument("--course", default=".", metavar="FOLDER", help="the course folder (this folder)")
    parser.add_argument("--db", metavar="URL", help="the gradebook's database (that of nbgrader_config.py)")


def _grade(options):
    from coursepkg.grading.nursery import nursery

    with nursery(options) as warm:
        return _grading("grade", nursery=warm)(options)


def _grading(command, **besides):
    def run(options):
        try:
            from coursepkg.grading import commands
        except ModuleNotFoundError as error:
            if (error.name or "").startswith("coursepkg"):
                raise
            print(
                f"`coursepkg {command}` needs packages that are not installed ({error.name}). "
                'In the course\'s repository `pip install ".[data,grading]"` installs them.',
                file=sys.stderr,
            )
            return CANNOT
        return getattr(commands, command)(options, **besides)

    return run


def _name(text):
    if not text.strip():
        raise argparse.ArgumentTypeError(f"{text!r}: expected the name of an assignment, such as 02-rnn-bptt")
    return text


def _count(text):
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= MOST_WORKERS):
        raise argparse.ArgumentTypeError(f"{text!r}: expected a whole number from 1 to {MOST_WORKERS:,}")
    return int(text)


def _size(text):
    number, unit = (text[:-1], text[-1:].upper()) if text[-1:].upper() in UNITS else (text, "")
    try:
        size = float(number) * UNITS.get(unit, 1)
    except ValueError:
        size = 0.0
    if not 128 * 2**20 <= size <= 2**40:  # less is not enough for the tests alone
        raise argparse.ArgumentTypeError(f"{text!r}: expected a size such as 3G or 1500M, from 128M to 1024G")
    return int(size)


def _seconds(text):
    value = _number(text)
    if not 1 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r}: expected a number of seconds, at least 1")
    return value


def _score(text):
    value = _number(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r}: expected a number above 0")
    return value


def _number(text):
    try:
        return float(text)
    except ValueError:
        return float("nan")  # which lies in no range


def _check(options):
    from coursepkg.assignment import NotebookProblem, as_json, as_text, check_notebook

    progress = None if options.quiet else _Progress(sys.stderr)
    try:
        report = check_notebook(options.notebook, options.timeout, progress, options.release)
    except NotebookProblem as problem:
        if options.format == "json":
            import json

            print(
                json.dumps({"notebook": options.notebook, "passed": False, "problem": str(problem)}, indent=2)
            )
        else:
            print(f"This notebook cannot be checked. {problem}", file=sys.stderr)
        return CANNOT
    finally:
        if progress:
            progress.close()
    print(as_json(report) if options.format == "json" else as_text(report))
    return 0 if report.passed else 1


class _Progress:
    """One line that moves on a terminal, one line per test elsewhere."""

    def __init__(self, stream):
        self.stream = stream
        self.moves = stream.isatty()

    def __call__(self, done, total, name, status):
        if self.moves:
            self.stream.write(f"\r\x1b[K[{done}/{total}] {name} {status}"[:110])
        elif status:
            self.stream.write(f"[{done}/{total}] {name}: {status}\n")
        self.stream.flush()

    def close(self):
        if self.moves:
            self.stream.write("\r\x1b[K")
            self.stream.flush()


def _datasets(options):
    from coursepkg.data import entry, list_datasets

    if options.name is not None:
        try:
            found = entry(options.name)
        except (KeyError, ValueError) as error:
            print(error.args[0], file=sys.stderr)
            return CANNOT
        for field, value in vars(found).items():
            if value:
                print(f"{field.replace('_', ' '):<14}{value}")
        return 0
    entries = list_datasets()
    width = max(len(one.name) for one in entries)
    for kind in dict.fromkeys(one.arrives.split()[0] for one in entries):
        print(kind.capitalize())
        for one in entries:
            if one.arrives.split()[0] == kind:
                print(f"  {one.name:<{width}}  {f'{one.size:,} {one.counted}':<20} {one.title}")
    return 0


def _kernels(options):
    from coursepkg.grading import kernelspecs

    if not options.install and (options.user or options.prefix is not None):
        options.refuse("--user and --prefix say where to install: expected --install with them")
    if options.install:
        try:
            for folder in kernelspecs.install(options.user, options.prefix):
                print(f"Installed {folder}")
        except OSError as error:
            print(f"The kernels could not be installed: {error}. Try --user.", file=sys.stderr)
            return CANNOT
        return 0
    for name, folder in kernelspecs.installed().items():
        print(f"{name:<20}{folder or 'not installed; coursepkg kernels --install'}")
    return 0
