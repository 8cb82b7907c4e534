"""The `coursepkg` command: check an assignment's notebook, list the data sets."""

import argparse
import os
import sys

from coursepkg import __version__

CANNOT = 2


def main(arguments=None):
    """Runs the `coursepkg` command.

    Args:
        arguments: list of str, the command line without the program's name; `None` takes `sys.argv`.

    Returns:
        int, the exit code: 0 all is well, 1 a test fails or a cell was changed, 2 it could not be done.
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
    kernels.set_defaults(run=_kernels)
    return parser


def _seconds(text):
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r}: expected a number of seconds above 0")
    return value


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
