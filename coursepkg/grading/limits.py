"""What a submission may use before it is stopped."""

from dataclasses import dataclass, fields

MEBIBYTE = 2**20
# An examiner that has judged nothing yet holds about 70 MiB of its own: with less than this, which leaves a
# little for a set-up and for values on their way, no submission at all could be judged.
LEAST_MEMORY = 128 * MEBIBYTE


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Times are in seconds, sizes in bytes.

    The processes with the student's code and the examiner's process are measured apart: a submission that
    uses all it may, in both, takes twice the memory.

    Attributes:
        memory: memory, swapped out or not, of the processes with the student's code together, files that they
            wrote included; and as much again of the examiner.
        address_space: what one process may map; TensorFlow maps about five times what it uses.
        cell_seconds: wall time of one cell, a test cell's calls into the student's code included.
        submission_seconds: wall time of the whole submission.
        cpu_seconds: processor time of the processes with the student's code together; of those that are
            started anew after an end, each time.
        processes: processes and threads together.
        busy_threads: how many of these may compute at the same time, in the long run, or one for each
            processor where there are more: enough for libraries that compute in threads, and too few to take
            a machine from its other submissions.
        file_bytes: the size of one file.
        disk_bytes: everything written, all of which lies in memory.
        output_bytes: what one cell may print or display; the rest is left out and named.
        message_bytes: one value on its way between the student's process and the examiner's.
        restarts: how often the student's process is started anew before the rest is left out.

    Raises:
        ValueError: if one of them is no number, not above 0, or infinite.
    """

    memory: int = 3072 * MEBIBYTE
    address_space: int = 16384 * MEBIBYTE
    cell_seconds: float = 120.0
    submission_seconds: float = 900.0
    cpu_seconds: int = 900
    processes: int = 128
    busy_threads: int = 8
    file_bytes: int = 64 * MEBIBYTE
    disk_bytes: int = 256 * MEBIBYTE
    output_bytes: int = 1 * MEBIBYTE
    message_bytes: int = 64 * MEBIBYTE
    restarts: int = 20

    def __post_init__(self):
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
                raise ValueError(f"{field.name} is {value!r}, expected a number above 0")

    def why_too_little(self):
        """Tells whether no submission at all could be graded within these limits.

        Returns:
            str, why not, for the instructor; `""` where some can.
        """
        if self.memory >= LEAST_MEMORY:
            return ""
        return (
            f"No submission can be graded with {self.memory / MEBIBYTE:.0f} MiB of memory, for the grader's "
            f"own part takes most of {LEAST_MEMORY // MEBIBYTE} MiB before it has judged anything. Leave "
            "--memory out, or give more."
        )
