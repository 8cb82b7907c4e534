"""What a worker is to do, as plain data, and how it says that it cannot.

A Dask worker imports this module and `cluster` alone; the process that it starts imports what grading needs.
"""

import errno
import json
import os
import secrets
import socket
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field

from coursepkg.grading.limits import Limits

LEASE_SECONDS = 15.0
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# Each of these carries a sentence for the instructor.
PROBLEMS = {
    "AssignmentProblem",
    "CannotStart",
    "CourseProblem",
    "DatabaseProblem",
    "GradebookProblem",
    "RosterProblem",
}


class Trouble(Exception):
    """Grading cannot go on, and no submission is to blame; the message says what to do about it."""


@dataclass(frozen=True)
class Order:
    """What a worker is to do: plain data, the same for a forked process and for one on another machine.

    Attributes:
        course: str, the course folder.
        assignment: str, the assignment's name.
        db_url: str, the gradebook's address, or `None` for the one in the course's settings.
        students: tuple of str, whose submissions to take; `None` takes everybody's.
        limits: `Limits`.
        confined: bool, whether students' code runs under bubblewrap.
        accept_risk: bool, whether it may run without, where the machine at hand cannot confine.
        show_hidden: bool, whether feedback may show the source of hidden tests.
        patience: float, for how many seconds to wait for more work before ending.
        session: str, `module:function` that grades one submission.
        parent: str, `module:class` of the warm parent.
        gradebook: str, the database as the grader sees it, without password, which a worker's own settings
            must lead to as well; `None` where the worker need not compare.
        imports: tuple of str, what the warm parent imports, or `None` for its own choice.
    """

    course: str
    assignment: str
    db_url: str | None = None
    students: tuple | None = None
    limits: Limits = field(default_factory=Limits)
    confined: bool = True
    show_hidden: bool = False
    patience: float = 0.0
    session: str = "coursepkg.grading.session:grade_submission"
    parent: str = "coursepkg.grading.sandbox:WarmParent"
    imports: tuple | None = None
    gradebook: str | None = None
    accept_risk: bool = False

    def to_json(self):
        """Returns the order as a line of JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text):
        """Makes an order of what `to_json` returned.

        Args:
            text: str.

        Returns:
            `Order`.
        """
        content = json.loads(text)
        for name in ("students", "imports"):
            if content[name] is not None:
                content[name] = tuple(content[name])
        return cls(**{**content, "limits": Limits(**content["limits"])})


def worker_name():
    """Makes up a name that no other worker has, on this machine or another.

    Returns:
        str: host name, process id and a random part.
    """
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"


def trouble_in(error, order):
    """Tells what stops all grading from what concerns one submission.

    Args:
        error: an exception.
        order: `Order`.

    Returns:
        `Trouble` with a sentence for the instructor, or `None` where another submission may fare better.
    """
    if isinstance(error, Trouble):
        return error
    text = " ".join(str(error).split())
    if type(error).__name__ == "OutputProblem":
        return Trouble(text)  # whatever is full or read-only there, it need not be the course's disk
    number = next((one.errno for one in _chain(error) if isinstance(one, OSError)), None)
    if number in FULL or any(words in text.lower() for words in ("disk is full", "no space left")):
        return Trouble(
            f"The disk that holds {order.course} is full. What is graded is kept. Make room and run the same "
            f"command again. ({text[:300]})"
        )
    if number == errno.EROFS:
        return Trouble(f"{order.course} cannot be written to. ({text[:300]})")
    return Trouble(text) if type(error).__name__ in PROBLEMS else None


@contextmanager
def explained(order):
    """A `with` block out of which comes `Trouble` where grading cannot go on; other errors stay as they are.

    Args:
        order: `Order`.

    Raises:
        Trouble: where what came up in the block is the course's, its database's or its disk's trouble.
    """
    try:
        yield
    except Exception as error:
        trouble = trouble_in(error, order)
        if trouble is None or trouble is error:
            raise
        raise trouble from error


def _chain(error):
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def single_threaded():
    """Keeps numerical libraries to one thread: with a worker per core, more only get in each other's way."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
