"""Files from the internet: fetched once, checked by SHA-256, kept in a cache folder."""

import hashlib
import http.client
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ORIGIN = "https://raw.githubusercontent.com"
CHUNK = 1 << 16  # bytes
TIMEOUT = 30  # seconds without a byte


@dataclass(frozen=True)
class RemoteFile:
    """A file in a public repository, at one commit.

    Attributes:
        name: str, where it lies in the cache folder, such as `"names/names.txt"`.
        repository: str, `"owner/name"`.
        commit: str, 40 hexadecimal digits.
        path: str, the file in the repository.
        size: int, in bytes.
        sha256: str, 64 hexadecimal digits.
    """

    name: str
    repository: str
    commit: str
    path: str
    size: int
    sha256: str

    @property
    def address(self):
        """The address that the file is fetched from."""
        return f"{ORIGIN}/{self.repository}/{self.commit}/{self.path}"


class DownloadError(OSError):
    """A file from the internet cannot be had; the message says how to put it in place by hand."""


def cache_folder():
    """Says where files from the internet are kept.

    Returns:
        A `Path`: the environment variable `COURSEPKG_DATA` if it is set, else `coursepkg` in the folder that
        the platform has for caches. It need not exist yet.
    """
    chosen = os.environ.get("COURSEPKG_DATA")
    if chosen:
        return Path(chosen).expanduser()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "coursepkg"


def fetch(remote):
    """Gives the path of a file from the internet, and downloads it if it is not in the cache folder yet.

    Args:
        remote: a `RemoteFile`.

    Returns:
        A `Path`. The file there has the SHA-256 that `remote` names.

    Raises:
        DownloadError: the file in the cache folder is another one, or the download failed.
    """
    path = cache_folder() / remote.name
    if path.exists():
        found = _sha256(path)
        if found != remote.sha256:
            raise DownloadError(
                f"{path} is not the file that coursepkg expects: its SHA-256 is {found}, and should be "
                f"{remote.sha256}. Delete it to download it again from {remote.address}"
            )
        return path
    try:
        _download(remote, path)
    except (OSError, http.client.HTTPException) as error:
        raise DownloadError(
            f"Could not download {path.name} ({error or type(error).__name__}). To put it in place by hand: "
            f"get {remote.address} on a machine with internet (SHA-256 {remote.sha256}) "
            f"and save it as {path}. "
            "Set the environment variable COURSEPKG_DATA to use another folder."
        ) from error
    return path


def _sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _download(remote, path):
    """Writes the file beside its place, and moves it there only when it is complete and right."""
    from urllib.request import urlopen

    path.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        digest, received = hashlib.sha256(), 0
        with os.fdopen(handle, "wb") as file, urlopen(remote.address, timeout=TIMEOUT) as answer:
            while chunk := answer.read(CHUNK):
                received += len(chunk)
                if received > remote.size:
                    raise OSError(f"the answer is longer than the {remote.size} bytes expected")
                file.write(chunk)
                digest.update(chunk)
                _show_progress(path.name, received, remote.size)
        if received < remote.size:
            raise OSError(f"the answer ended after {received} of {remote.size} bytes")
        if digest.hexdigest() != remote.sha256:
            raise OSError(f"the SHA-256 of the answer is {digest.hexdigest()}")
        os.chmod(partial, 0o644)  # mkstemp makes files that only their owner can read
        os.replace(partial, path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise


def _show_progress(name, received, size):
    """Keeps one line up to date; in a log, where a line cannot be rewritten, says only that it is done."""
    done = received >= size
    if sys.stdout.isatty():
        end = "\n" if done else "\r"
        print(f"Downloading {name}: {received / size:4.0%} of {size / 1e6:.1f} MB", end=end, flush=True)
    elif done:
        print(f"Downloaded {name} ({size / 1e6:.1f} MB)", flush=True)
