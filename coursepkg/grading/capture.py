"""What a process prints and displays, collected as nbformat outputs and bounded while it streams."""

import base64
import contextlib
import io
import json
import os
import re
import select
import sys
import threading

SURROGATES = re.compile("[\x00\ud800-\udfff]")
PNG = b"\x89PNG\r\n\x1a\n"
MOST_OUTPUTS = 500
MOST_LINE = 5000  # characters of an error's name or one line of its traceback


def clean(text, most=None):
    """Returns text that any database, file and page can hold.

    Args:
        text: str, perhaps with surrogates or zero characters.
        most: int, most characters to keep, or `None`.

    Returns:
        str.
    """
    if most is not None and len(text) > most:
        text = text[:most] + " [...]"
    return SURROGATES.sub("\N{REPLACEMENT CHARACTER}", text)


class Outputs:
    """The outputs of one cell: streams, displayed values, errors, of a limited size together.

    Args:
        most_bytes: int, what may be kept; the rest is counted and left out.
    """

    def __init__(self, most_bytes):
        self.items = []
        self.left = self.most_bytes = int(most_bytes)
        self.cut = False

    def stream(self, name, text):
        """Adds printed text.

        Args:
            name: `"stdout"` or `"stderr"`.
            text: str.
        """
        text = self._take(text)
        if not text:
            return
        if self.items and self.items[-1].get("name") == name:
            self.items[-1]["parts"].append(text)
        elif len(self.items) < MOST_OUTPUTS:
            self.items.append({"output_type": "stream", "name": name, "parts": [text]})
        else:
            self.cut = True

    def show(self, data, count=None):
        """Adds a displayed value, or the value of a cell.

        Args:
            data: dict from MIME type to content; plain text and PNG pictures are kept.
            count: int, the number of the cell whose value it is, or `None`.
        """
        kept = {}
        if len(self.items) >= MOST_OUTPUTS:
            self.cut = True
            return
        if isinstance(data.get("text/plain"), str):
            kept["text/plain"] = self._take(clean(data["text/plain"]))
        if data.get("image/png"):
            picture = _as_picture(data["image/png"], self.left)
            self.left -= len(picture)
            kept |= {"image/png": picture} if picture else {}
            self.cut = self.cut or not picture
        if not kept:
            return
        output = {"output_type": "display_data", "data": kept, "metadata": {}}
        if count is not None:
            output |= {"output_type": "execute_result", "execution_count": count}
        self.items.append(output)

    def error(self, name, message, traceback=()):
        """Adds an error, for which there is always room.

        Args:
            name: str, the exception's class.
            message: str.
            traceback: list of str, lines that may be shown to the student.
        """
        lines = [clean(line, MOST_LINE) for line in list(traceback)[-50:]]
        name, message = clean(name, 200), clean(message, MOST_LINE)
        self.items.append({"output_type": "error", "ename": name, "evalue": message, "traceback": lines})

    def extend(self, outputs):
        """Adds outputs that another process reports, rebuilt piece by piece, for they may be forged.

        Args:
            outputs: anything; a list of nbformat outputs is expected.
        """
        for one in outputs[: 2 * MOST_OUTPUTS] if type(outputs) is list else ():
            if type(one) is not dict:
                continue
            kind = one.get("output_type")
            if kind == "stream" and one.get("name") in ("stdout", "stderr") and type(one.get("text")) is str:
                self.stream(one["name"], one["text"])
            elif kind in ("display_data", "execute_result") and type(one.get("data")) is dict:
                count = one.get("execution_count") if kind == "execute_result" else None
                self.show(one["data"], count if type(count) is int and 0 <= count < 10**6 else None)
            elif kind == "error" and type(one.get("ename")) is str and type(one.get("evalue")) is str:
                lines = one.get("traceback")
                lines = [line for line in lines if type(line) is str] if type(lines) is list else []
                lines = [self._take(clean(line, MOST_LINE)) for line in lines[-50:]]
                if len(self.items) < MOST_OUTPUTS:
                    self.error(one["ename"], self._take(one["evalue"]), lines)

    def finished(self):
        """Returns the outputs as nbformat writes them, with a note where something was left out."""
        outputs = []
        for item in list(self.items):
            if "parts" in item:
                item = {"output_type": "stream", "name": item["name"], "text": clean("".join(item["parts"]))}
            outputs.append(item)
        if self.cut:
            note = f"[Output was cut: a cell may show {self.most_bytes / 2**20:.3g} MiB.]\n"
            outputs.append({"output_type": "stream", "name": "stderr", "text": note})
        return outputs

    def _take(self, text):
        """As much of a text as there is room for, counted as JSON will write it."""
        room = max(self.left, 0)
        if len(text) > room:
            text, self.cut = text[:room], True
        cost = len(json.dumps(text)) - 2
        if cost > room:
            text, self.cut = text[: room // 12], True
            cost = len(json.dumps(text)) - 2
        self.left -= cost
        return text


def _as_picture(content, room):
    """A PNG as base64 on one line, or `""`."""
    if isinstance(content, bytes):
        content = base64.b64encode(content).decode()
    if type(content) is not str or not content or len(content) > room:
        return ""
    try:
        plain = base64.b64decode("".join(content.split()), validate=True)
    except ValueError:
        return ""
    return base64.b64encode(plain).decode() if plain.startswith(PNG) else ""


class _Tap(io.BufferedIOBase):
    """The bytes that Python code prints, on their way to the outputs of the cell that runs."""

    def __init__(self, streams, name, descriptor):
        self.streams, self.stream_name, self.descriptor = streams, name, descriptor

    def writable(self):
        return True

    def fileno(self):
        return self.descriptor

    def write(self, content):
        if self.streams.outputs is not None:
            self.streams.outputs.stream(self.stream_name, bytes(content).decode("utf-8", "replace"))
        return len(content)


class Streams:
    """The standard streams of this process, from `sys.stdout` down to the file descriptors 1 and 2."""

    def __init__(self):
        self.outputs = None
        self.reading = threading.Lock()
        self.pipes = {}
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        for name, descriptor in (("stdout", 1), ("stderr", 2)):
            read, write = os.pipe()
            os.set_blocking(read, False)
            os.dup2(write, descriptor)
            os.close(write)
            self.pipes[read] = name
        # What C code and other programs write arrives in a pipe: somebody must read it, or they would wait.
        threading.Thread(target=self._drain, daemon=True, name="outputs").start()
        for name, descriptor in (("stdout", 1), ("stderr", 2)):
            tap = _Tap(self, name, descriptor)
            setattr(sys, name, io.TextIOWrapper(tap, "utf-8", "backslashreplace", write_through=True))
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 (for as long as the process lives)

    @contextlib.contextmanager
    def into(self, outputs):
        """Collects what is printed inside the `with` block.

        Args:
            outputs: `Outputs`.
        """
        self._read()  # what came late belongs to nobody
        before, self.outputs = self.outputs, outputs
        try:
            yield outputs
        finally:
            for stream in (sys.stdout, sys.stderr):
                with contextlib.suppress(Exception):  # a cell may have put anything there
                    stream.flush()
            self._read()
            self.outputs = before

    def _drain(self):
        while True:
            select.select(list(self.pipes), [], [])
            if not self._read():
                return

    def _read(self):
        """Takes what is in the pipes; returns whether more may come."""
        with self.reading:
            for _ in range(64):  # another thread may write faster than this one reads
                found = False
                for pipe, name in self.pipes.items():
                    try:
                        content = os.read(pipe, 65536)
                    except BlockingIOError:
                        continue
                    except OSError:
                        return False
                    if not content:
                        return False
                    found = True
                    if self.outputs is not None:
                        self.outputs.stream(name, content.decode("utf-8", "replace"))
                if not found:
                    break
            return True
