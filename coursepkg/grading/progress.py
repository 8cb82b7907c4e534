"""What a grading run shows while it goes on, and the table at its end."""

import time

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

LINE_SECONDS = 10.0  # between two lines where there is no terminal


def plain(text):
    """A text that a terminal shows and does not obey: on one line, without control characters.

    Names of folders and messages of exceptions are a student's to choose.

    Args:
        text: str.

    Returns:
        str of printable characters.
    """
    return "".join(one if one.isprintable() else " " for one in " ".join(str(text).split()))


def duration(seconds):
    """Words a time as people say it.

    Args:
        seconds: number, not negative.

    Returns:
        str, such as `45 s`, `3 min 10 s` or `2 h 05 min`.
    """
    seconds = int(seconds)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60:02d} s"
    return f"{seconds // 3600} h {seconds // 60 % 60:02d} min"


class Display:
    """A bar that moves on a terminal; elsewhere a line whenever there is something new to say.

    Nothing is drawn by a thread, because the pool forks from this process.

    Args:
        stream: where to write, such as `sys.stderr`.
        clock: callable, gives seconds; for tests.
    """

    def __init__(self, stream, clock=time.monotonic):
        self.console = Console(file=stream, highlight=False, markup=False)
        self.clock = clock
        self.started = None
        self.before = 0  # done when this run began
        self.last = (None, float("-inf"))
        self.bar = None

    def update(self, done, total, failures):
        """Shows where the run stands.

        Args:
            done: int, submissions that have an end.
            total: int, submissions of this run.
            failures: int, how many of `done` were rejected, need a look or could not be graded.
        """
        now = self.clock()
        if self.started is None:
            self.started, self.before = now, done
        text = _standing(done, self.before, total, failures, now - self.started)
        if self.console.is_terminal:
            self._draw(done, total, text)
        elif self.last[0] != (done, total) and (now - self.last[1] >= LINE_SECONDS or done == total):
            self.last = ((done, total), now)
            self.console.print(f"{done} of {total} done, {text}", soft_wrap=True)

    def say(self, sentence):
        """Writes a sentence above the bar.

        Args:
            sentence: str; it may hold what a student wrote.
        """
        console = self.bar.console if self.bar else self.console
        console.print(plain(sentence), soft_wrap=True)

    def close(self):
        """Removes the bar."""
        if self.bar:
            self.bar.stop()
            self.bar = None
        self.started = None

    def _draw(self, done, total, text):
        if self.bar is None:
            columns = [BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[text]}", markup=False)]
            self.bar = Progress(*columns, console=self.console, auto_refresh=False, transient=True)
            self.bar.start()
            self.bar.add_task("", text=text)
        self.bar.update(self.bar.task_ids[0], completed=done, total=total, text=text)
        self.bar.refresh()


def _standing(done, before, total, failures, seconds):
    parts = []
    if done > before and seconds > 0:
        rate = (done - before) / seconds
        parts.append(f"{rate * 3600:.0f} an hour")
        if done < total:
            parts.append(f"{duration((total - done) / rate)} left")
    else:
        parts.append("starting" if total > done else "")
    parts.append("no failures" if not failures else f"{failures} to look at")
    return ", ".join(part for part in parts if part)


def print_table(stream, summary):
    """Prints how a run ended: counts, then who was rejected, needs a look or could not be graded, and why.

    Args:
        stream: where to write, such as `sys.stdout`.
        summary: `runner.Summary`.
    """
    console = Console(file=stream, highlight=False, markup=False)
    console.print(_counts(summary), soft_wrap=True)
    for title, rows in (
        ("Rejected", summary.rejected),
        ("Needing a look", summary.looks),
        ("Not graded: a fault of the grader, not of the submission", summary.failed),
        ("Folders left out", summary.left_out),
    ):
        if not rows:
            continue
        if not console.is_terminal:
            console.print(f"{title}:", soft_wrap=True)
            for student, reason in rows:
                console.print(f"  {plain(student)}: {plain(reason)}", soft_wrap=True)
            continue
        table = Table(title=title, title_justify="left", show_header=False)
        table.add_column(no_wrap=True)
        table.add_column()
        for student, reason in rows:
            table.add_row(Text(plain(student)), Text(plain(reason)))
        console.print(table)


def _counts(summary):
    parts = [f"{len(summary.graded)} graded"]
    for rows, words in (
        (summary.rejected, "rejected"),
        (summary.looks, "needing a look"),
        (summary.failed, "not graded"),
        (summary.waiting, "still queued"),
    ):
        if rows:
            parts.append(f"{len(rows)} {words}")
    return f"{summary.assignment}: {', '.join(parts)}."
