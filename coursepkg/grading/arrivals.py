"""Submissions as they arrive: which are new or changed, and no longer being written."""

import os
import time

QUIET_SECONDS = 2.0  # a submission that changed later than this may still be being written
MOST_ENTRIES = 1000  # of a submission's folder that are looked at


class Arrivals:
    """Tells which submissions are new or changed and are no longer being written.

    Args:
        clock: callable, monotonic seconds; for tests.
    """

    def __init__(self, clock=time.monotonic):
        self.clock = clock
        self.seen = {}  # student -> (signature, since when)
        self.taken = {}  # student -> signature

    def settled(self, submissions):
        """Picks what has changed since it was last picked, and then has not changed for `QUIET_SECONDS`.

        Args:
            submissions: list of `course.Submission`.

        Returns:
            List of those of them that are ready to be graded.
        """
        ready = []
        for submission in submissions:
            signature, age = _signature(submission.folder)
            if self.taken.get(submission.student) == signature:
                continue
            known, since = self.seen.get(submission.student, (None, None))
            if known != signature:
                # A file's age is not for its owner to set; where clocks differ, it must be seen to lie still.
                since = self.clock() - age
                self.seen[submission.student] = (signature, since)
            if self.clock() - since >= QUIET_SECONDS:
                self.taken[submission.student] = signature
                ready.append(submission)
        return ready


def _signature(folder):
    """What changes when a folder does, without reading its files; and for how long nothing has, at least."""
    parts, newest, waiting = [], 0.0, [folder]
    while waiting and len(parts) < MOST_ENTRIES:
        path = waiting.pop()
        try:
            status = os.lstat(path)
            parts.append((str(path), status.st_size, status.st_mtime_ns, status.st_ctime_ns))
            newest = max(newest, status.st_ctime)
            if os.path.isdir(path) and not os.path.islink(path):
                with os.scandir(path) as entries:
                    waiting += sorted((entry.path for entry in entries), reverse=True)[:MOST_ENTRIES]
        except OSError as error:  # gone again, or not ours to read
            parts.append((str(path), error.errno))
    return hash(tuple(parts)), max(0.0, time.time() - newest)
