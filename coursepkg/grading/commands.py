"""What `coursepkg grade`, `report`, `export` and `similarity` do, once the command line is read."""

import sys
from dataclasses import replace
from pathlib import Path

from coursepkg.grading.course import open_course
from coursepkg.grading.database import expect_gradebook
from coursepkg.grading.limits import Limits
from coursepkg.grading.order import Order, Trouble, trouble_in
from coursepkg.grading.progress import Display, plain, print_table
from coursepkg.grading.runner import Run

CANNOT = 2


def grade(options, nursery=None):
    """Grades an assignment's submissions.

    Args:
        options: `argparse.Namespace` of `coursepkg grade`.
        nursery: `WarmParent` that workers on this machine get twins of, or `None`.

    Returns:
        int, the exit code: 0 all is well, 1 some are rejected or need a look, 2 it could not be done.
    """
    order = Order(
        course=str(Path(options.course).resolve()),
        assignment=options.assignment,
        db_url=options.db,
        students=tuple(options.student) if options.student else None,
        limits=_limits(options),
        accept_risk=options.accept_risk,
        show_hidden=options.show_hidden,
    )
    return run(order, options, nursery)


def run(order, options, nursery=None):
    """Carries out an order and prints what became of it.

    Args:
        order: `Order`.
        options: `argparse.Namespace` of `coursepkg grade`.
        nursery: as for `grade`.

    Returns:
        int, the exit code, as `grade`; 130 if it was stopped while some were still waiting.
    """
    try:
        display = Display(sys.stderr)
        task = Run(order, options.force, options.workers, options.scheduler, display, nursery)
        for caution in task.assignment.cautions:
            display.say(caution)
        if options.dry_run:
            return _say_what_would_be_done(task, display)
        if options.watch:
            display.say(f"Watching {order.assignment}; Ctrl-C ends it.")
            summary = task.watch()
        else:
            choices = task.choose()
            _say_if_nothing_is_there(task, choices, display)
            summary = task.grade(choices)
            up_to_date = sum(not choice.grade for choice in choices)
            if up_to_date:
                display.say(f"{up_to_date} up to date; --force grades them anew.")
    except Trouble as trouble:
        print(plain(trouble), file=sys.stderr)
        return CANNOT
    print_table(sys.stdout, summary)
    if summary.stopped and summary.waiting:
        print("Stopped. What is not graded stays queued; the same command goes on.", file=sys.stderr)
        return 130
    return summary.code


def _limits(options):
    wanted = {}
    if options.timeout is not None:
        least = Limits().submission_seconds
        wanted["cell_seconds"] = options.timeout
        wanted["submission_seconds"] = max(least, options.timeout)
        wanted["cpu_seconds"] = int(max(Limits().cpu_seconds, options.timeout))
    if options.memory is not None:
        wanted["memory"] = options.memory
        wanted["address_space"] = max(Limits().address_space, 5 * options.memory)
    return replace(Limits(), **wanted)


def _say_if_nothing_is_there(task, choices, display):
    if not choices:
        name = task.order.assignment
        where = task.course.path("submitted", "<student>", name)
        display.say(f"Nothing was handed in for {name}: expected folders {where}.")


def _say_what_would_be_done(task, display):
    choices = task.choose()
    _say_if_nothing_is_there(task, choices, display)
    for choice in choices:
        print(f"{'grade' if choice.grade else 'leave'}  {plain(choice.student)}: {plain(choice.why)}")
    count = sum(choice.grade for choice in choices)
    print(f"{count} of {len(choices)} would be graded.")
    return 0


def report(options):
    """Writes the page and the table on an assignment's submissions.

    Args:
        options: `argparse.Namespace` of `coursepkg report`.

    Returns:
        int, the exit code.
    """
    from coursepkg.grading.report import write_report

    def write(course):
        for path in write_report(course, options.assignment, options.out):
            print(path)
        return 0

    return _with_course(options, write)


def export(options):
    """Writes the gradebook as a table that a learning platform imports.

    Args:
        options: `argparse.Namespace` of `coursepkg export`.

    Returns:
        int, the exit code.
    """
    from coursepkg.grading import export as layouts
    from coursepkg.grading.web_page import write_whole

    def write(course):
        make = {"canvas": layouts.as_canvas, "moodle": layouts.as_moodle}[options.layout]
        table = make(course, options.assignment or None, options.roster)
        if options.out is None:
            sys.stdout.buffer.write(table.text.encode())  # UTF-8 in every locale
        else:
            write_whole(options.out, table.text)
            print(options.out)
        for note in table.notes:
            print(plain(note), file=sys.stderr)
        return 0

    return _with_course(options, write)


def similarity(options):
    """Writes the page on passages that submissions share.

    Args:
        options: `argparse.Namespace` of `coursepkg similarity`.

    Returns:
        int, the exit code.
    """
    from coursepkg.grading.similarity import LEAST, READY_MADE, write_similarity

    ready_made = (*READY_MADE, *(options.ready_made or ()))

    def write(course):
        least = LEAST if options.least is None else options.least
        for path in write_similarity(course, options.assignment, options.out, least, ready_made=ready_made):
            print(path)
        return 0

    return _with_course(options, write)


def _with_course(options, write):
    order = Order(str(Path(options.course).resolve()), getattr(options, "assignment", "") or "", options.db)
    try:
        course = open_course(order.course, order.db_url)
        expect_gradebook(course.db_url)
        return write(course)
    except Exception as error:
        trouble = trouble_in(error, order)
        if trouble is None:
            raise
        print(plain(trouble), file=sys.stderr)
        return CANNOT
