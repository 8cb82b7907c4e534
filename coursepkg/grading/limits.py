"""What a submission may use before it is stopped."""

from dataclasses import dataclass, fields

MEBIBYTE = 2**20


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Times are in seconds, sizes in bytes.

    Attributes:
        memory: resident memory of all the submission's processes together.
        address_space: what one process may map; TensorFlow maps about five times what it uses.
        cell_seconds: wall time of one cell, a test cell's calls into the student's code included.
        submission_seconds: wall time of the whole submission.
        cpu_seconds: processor time of one process.
        processes: processes and threads together.
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
