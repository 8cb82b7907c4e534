"""What lies in a submission, found and read within bounds and without following a link.

A folder and a zip file look the same from here: both have `entries`, `left_out` and `read`.
"""

import errno
import io
import os
import re
import stat
import zipfile
from dataclasses import dataclass, fields

from coursepkg.grading.outcome import Rejected
from coursepkg.grading.plain_text import printable

SKIPPED = ("__pycache__", "__MACOSX", "Thumbs.db", "desktop.ini")  # and whatever begins with a dot
NO_FILE = {
    stat.S_IFLNK: "it is a symbolic link; hand in the file itself",
    stat.S_IFIFO: "it is a named pipe, not a file",
    stat.S_IFSOCK: "it is a socket, not a file",
    stat.S_IFCHR: "it is a device, not a file",
    stat.S_IFBLK: "it is a device, not a file",
}
OPEN_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
OPEN_FOLDER = os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC
SWAPPED = (errno.ELOOP, errno.ENOENT, errno.ENOTDIR, errno.ENXIO)  # a link or no file stands there
DIRECTORY_ENTRY = b"PK\x01\x02"
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True)
class IntakeLimits:
    """What is read of a submission. Sizes are in bytes.

    Attributes:
        file_bytes: one file.
        total_bytes: all files together that belong to the assignment.
        files: how many files and folders there may be.
        depth: folders inside folders.
        ratio: how many times larger than in its zip file a large file may be.
        cells: of one notebook.
        code_characters: of all code in one notebook together.
        values: how many values the JSON of a notebook may hold, roughly.

    Raises:
        ValueError: if one of them is no whole number from 1 up.
    """

    file_bytes: int = 50_000_000
    total_bytes: int = 50_000_000
    files: int = 1000
    depth: int = 8
    ratio: int = 200
    cells: int = 2000
    code_characters: int = 2_000_000
    values: int = 2_000_000

    def __post_init__(self):
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ValueError(f"{field.name} is {value!r}, expected a whole number from 1 up")


@dataclass(frozen=True)
class Entry:
    """A file of a submission.

    Attributes:
        path: str, relative, with `/` between folders.
        size: int, bytes.
        modified: int, nanoseconds; 0 in a zip file.
        links: int, under how many names the file is known; 1 in a zip file.
        key: what the listing that found it reads it by.
    """

    path: str
    size: int
    modified: int = 0
    links: int = 1
    key: object = None

    @property
    def name(self):
        """str, the last part of the path."""
        return self.path.rsplit("/", 1)[-1]

    @property
    def depth(self):
        """int, how many folders it lies in."""
        return self.path.count("/")


class Folder:
    """The files of a folder, as a context manager.

    Args:
        path: path of the folder; the folder itself may be no link.
        limits: `IntakeLimits`.

    Attributes:
        entries: list of `Entry`, sorted by path.
        left_out: list of tuples of a path and the reason, of what is no ordinary file.

    Raises:
        Rejected: if there is no such folder, it cannot be read, or it holds more files than allowed.
        OSError: if this machine cannot read it for another reason.
    """

    def __init__(self, path, limits):
        self.limits = limits
        self.entries, self.left_out = [], []
        self.total = 0
        self._root = _open_root(path)
        try:
            self._count = 0
            self._walk(self._root, (), 0)
        except BaseException:
            self.close()
            raise
        self.entries.sort(key=lambda entry: entry.path)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Gives the folder back."""
        if self._root is not None:
            os.close(self._root)
            self._root = None

    def _walk(self, handle, above, depth):
        folders = []
        with os.scandir(handle) as found:
            for item in found:
                if item.name.startswith(".") or item.name in SKIPPED:
                    continue
                self._count += 1
                if self._count > self.limits.files:
                    raise Rejected(
                        f"There are more than {self.limits.files:,} files and folders in what you handed in. "
                        "Hand in the notebook alone."
                    )
                path = "/".join((*above, item.name))
                try:
                    status = os.stat(item.name, dir_fd=handle, follow_symlinks=False)
                except FileNotFoundError:
                    continue  # gone since it was listed
                except PermissionError:  # the folder may be listed and not entered, as some archives unpack
                    self.left_out.append((path, "its rights let nobody read it"))
                    continue
                if stat.S_ISDIR(status.st_mode):
                    folders.append(item.name)
                elif stat.S_ISREG(status.st_mode):
                    key = (*above, item.name)
                    self.entries.append(Entry(path, status.st_size, status.st_mtime_ns, status.st_nlink, key))
                else:
                    reason = NO_FILE.get(stat.S_IFMT(status.st_mode), "it is no ordinary file")
                    self.left_out.append((path, reason))
        for name in sorted(folders):
            path = "/".join((*above, name))
            if depth == self.limits.depth:
                self.left_out.append((path, f"it lies {depth + 1} folders deep"))
                continue
            try:
                inner = os.open(name, OPEN_FOLDER, dir_fd=handle)
            except PermissionError:
                self.left_out.append((path, "its rights let nobody read it"))
            except OSError as error:
                if error.errno not in SWAPPED:
                    raise
                self.left_out.append((path, "it was changed while it was read"))
            else:
                try:
                    self._walk(inner, (*above, name), depth + 1)
                finally:
                    os.close(inner)

    def read(self, entry):
        """Reads a file, opening one folder after another, so that no link is followed.

        Args:
            entry: `Entry`.

        Returns:
            bytes.

        Raises:
            Rejected: if it is larger than allowed, cannot be read, or is no longer an ordinary file.
        """
        _check_size(entry.path, entry.size, self)
        handle, opened = self._root, []
        try:
            for name in entry.key[:-1]:
                handle = os.open(name, OPEN_FOLDER, dir_fd=handle)
                opened.append(handle)
            handle = os.open(entry.key[-1], OPEN_FILE, dir_fd=handle)
            opened.append(handle)
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise OSError(errno.ELOOP, "no longer a file")
            content = _read_all(handle, self.limits.file_bytes + 1)
        except PermissionError:
            raise Rejected(
                f"{printable(entry.path)} cannot be read: its rights let nobody read it."
            ) from None
        except OSError as error:
            if error.errno not in SWAPPED:
                raise  # this machine's trouble, not the student's
            raise Rejected(
                f"{printable(entry.path)} was changed while it was read. Hand it in again."
            ) from None
        finally:
            for one in reversed(opened):
                os.close(one)
        _check_size(entry.path, len(content), self)
        self.total += len(content)
        return content


def _open_root(path):
    try:
        return os.open(path, OPEN_FOLDER)
    except FileNotFoundError:
        raise Rejected("Nothing was handed in: there is no such folder.") from None
    except PermissionError:
        raise Rejected("The submission's folder cannot be read: its rights let nobody read it.") from None
    except OSError as error:
        if error.errno not in SWAPPED:
            raise
        raise Rejected(
            f"{printable(os.path.basename(path))} is a link or no folder; hand in the files themselves."
        ) from None


def _read_all(handle, most):
    parts, size = [], 0
    while size < most:
        part = os.read(handle, min(2**20, most - size))
        if not part:
            break
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def _check_size(path, size, listing):
    limits = listing.limits
    if size > limits.file_bytes:
        raise Rejected(
            f"{printable(path)} has {size / 1e6:.0f} MB; at most {limits.file_bytes / 1e6:.0f} are read. "
            "Clear all outputs, save, and hand in again."
        )
    if listing.total + size > limits.total_bytes:
        raise Rejected(
            f"What you handed in has more than {limits.total_bytes / 1e6:.0f} MB. "
            "Clear all outputs, save, and hand in the notebooks alone."
        )


class Archive:
    """The files of a zip file, which is unpacked in memory only, as a context manager.

    Args:
        name: str, the zip file's name, for messages.
        content: bytes, or an open binary file.
        limits: `IntakeLimits`.

    Attributes:
        entries: list of `Entry`, sorted by path.
        left_out: list of tuples of a path and the reason.
        twice: set of str, paths that occur more than once.

    Raises:
        Rejected: if it is damaged, protected by a password, or larger than allowed.
    """

    def __init__(self, name, content, limits):
        self.name, self.limits = name, limits
        self.entries, self.left_out, self.twice = [], [], set()
        self._paths = set()
        self.total = 0
        file = io.BytesIO(content) if isinstance(content, bytes) else content
        self._refuse_many(file)
        try:
            self._zip = zipfile.ZipFile(file)
        except Exception as error:  # a damaged archive fails in as many ways as there are formats
            raise Rejected(f"{printable(name)} is no readable zip file ({error}). Pack it again.") from None
        for item in self._zip.infolist():
            self._take(item)
        self.entries.sort(key=lambda entry: entry.path)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Gives the zip file back."""
        self._zip.close()

    def _refuse_many(self, file):
        """Counts before the table of contents is built, which costs ten times what it takes in the file."""
        count, tail = 0, b""
        file.seek(0)
        while part := file.read(2**20):
            part = tail + part
            count += part.count(DIRECTORY_ENTRY)
            tail = part[-len(DIRECTORY_ENTRY) + 1 :]
            if count > self.limits.files:
                raise Rejected(
                    f"{printable(self.name)} holds more than {self.limits.files:,} files. "
                    "Pack the notebook alone, or hand it in as it is."
                )
        file.seek(0)

    def _take(self, item):
        path = item.filename.replace("\\", "/")  # as old programs on Windows write it
        if item.is_dir() or path.endswith("/"):
            return
        parts = [part for part in path.split("/") if part != "."]
        if any((part.startswith(".") and part != "..") or part in SKIPPED for part in parts):
            return
        reason = _why_no_path(path, parts, self.limits) or self._why_no_file(item)
        if reason:
            self.left_out.append((path, reason))
            return
        path = "/".join(parts)
        if path in self._paths:
            self.twice.add(path)
        self._paths.add(path)
        self.entries.append(Entry(path, item.file_size, key=item))

    def _why_no_file(self, item):
        kind = stat.S_IFMT(item.external_attr >> 16)
        if kind in NO_FILE:
            return NO_FILE[kind]
        if item.flag_bits & 0x1:
            return "it is protected by a password"
        if item.compress_type not in METHODS:
            return "it is packed in a way that is not read here; choose the ordinary way (Deflate)"
        if item.file_size > 10**6 and item.file_size > self.limits.ratio * max(item.compress_size, 1):
            return f"unpacked it is more than {self.limits.ratio} times as large"
        return ""

    def read(self, entry):
        """Unpacks one file, and no more of it than is allowed, whatever the zip file says of its size.

        Args:
            entry: `Entry`.

        Returns:
            bytes.

        Raises:
            Rejected: if it is damaged or larger than allowed.
        """
        _check_size(entry.path, entry.size, self)
        if entry.path in self.twice:
            raise Rejected(
                f"{printable(self.name)} holds {printable(entry.path)} twice, so it is not clear which "
                "counts. Pack it again with one of them."
            )
        try:
            with self._zip.open(entry.key) as file:
                content = file.read(min(self.limits.file_bytes, entry.size) + 1)
        except Exception as error:  # zlib's, zipfile's and struct's errors
            raise Rejected(
                f"{printable(entry.path)} in {printable(self.name)} is damaged ({error}). Pack it again."
            ) from None
        _check_size(entry.path, len(content), self)
        self.total += len(content)
        return content


def _why_no_path(path, parts, limits):
    if path.startswith("/") or re.match("[A-Za-z]:", path) or ".." in parts or "" in parts:
        return "its path leads out of the archive"
    if len(parts) > limits.depth + 1:
        return f"it lies {len(parts) - 1} folders deep"
    if len(path.encode("utf-8", errors="replace")) > 1000:
        return "its name is too long"
    return ""
