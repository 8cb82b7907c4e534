"""Frames between processes that do not trust each other: JSON and plain arrays, every size bounded.

A frame is a fixed head, a JSON text and the raw bytes of arrays. There is no pickle in either direction, and
nothing is kept of a frame that does not fit its own description.
"""

import json
import math
import re
import socket
import struct
import time

import numpy as np

HEAD = struct.Struct("!4sQQQ")  # magic, how many frames came before, bytes of JSON, bytes of arrays
MAGIC = b"cpg1"
MEBIBYTE = 2**20
AT_ONCE = MEBIBYTE // 4  # bytes of one frame that are sent in one piece
MOST_TEXT = 8 * MEBIBYTE  # of JSON in one frame: parsed, it takes forty times as much memory
MOST_ARRAYS = 100_000
MOST_AXES = 16
MOST_SIZE = 2**26  # of one axis of an array without entries, over which a test may yet loop
# Booleans, integers, floats, complex numbers, bytes, text, dates: no objects, no structures, and no long
# double, in which not every pattern of bits is a number.
DTYPE = re.compile(r"[<>|=]?(b1|[iu][1248]|f[248]|c(8|16)|S\d{1,7}|U\d{1,7}|[mM]8(\[\w{1,12}\])?)")


class WireError(Exception):
    """A message did not arrive; the connection cannot be used any more."""


class ConnectionBroken(WireError):
    """The other side does not keep to the protocol."""


class ConnectionEnded(ConnectionBroken):
    """The other side closed the connection, or its process ended."""


class TooLarge(WireError):
    """A message is larger than is allowed."""


class TimedOut(WireError):
    """The other side did not finish in time."""


class Connection:
    """One end of a stream socket over which messages go both ways.

    Args:
        connected: `socket.socket`, a connected stream socket.
        limits: `coursepkg.grading.Limits`, of which `message_bytes` and `output_bytes` count here.

    Raises:
        WireError: by all that sends or receives; each of them says which kinds.
    """

    def __init__(self, connected, limits):
        self.socket = connected
        self.limit(limits)
        self.sent = 0
        self.received = 0

    def limit(self, limits):
        """Sets what one message may hold.

        Args:
            limits: `coursepkg.grading.Limits`.
        """
        self.most_bytes = int(limits.message_bytes)
        self.most_text = MOST_TEXT + 2 * int(limits.output_bytes)

    def send(self, message, arrays=(), deadline=None):
        """Sends one message.

        Args:
            message: what JSON can hold.
            arrays: list of arrays of the dtypes that `DTYPE` knows.
            deadline: `time.monotonic()` at which to give up, or `None`.

        Raises:
            TooLarge: before anything was sent, if the message is larger than is allowed.
            TimedOut: if the other side does not read it in time.
            ConnectionEnded: if nobody is there to read it.
        """
        arrays = [np.asarray(array, order="C") for array in arrays]
        described = [[array.dtype.str, list(array.shape)] for array in arrays]
        text = json.dumps([message, described], separators=(",", ":")).encode("ascii")
        size = sum(array.nbytes for array in arrays)
        entries = sum(array.size for array in arrays)
        too_many = len(arrays) > MOST_ARRAYS or entries > self.most_bytes // 4
        if len(text) > self.most_text or size > self.most_bytes or too_many:
            raise TooLarge(f"a message of {(len(text) + size) / MEBIBYTE:.1f} MiB is larger than is allowed")
        pieces = [HEAD.pack(MAGIC, self.sent, len(text), size) + text]
        pieces += [array.reshape(-1).view("u1") for array in arrays if array.nbytes]
        if len(text) + size <= AT_ONCE:  # each piece would wake the other side, only to wait for the next
            pieces = [b"".join(pieces)]
        for piece in pieces:
            self._write(piece, deadline)
        self.sent += 1

    def receive(self, deadline=None):
        """Waits for one message.

        Args:
            deadline: `time.monotonic()` until which the whole message must have come, or `None`.

        Returns:
            Tuple `(message, arrays)`: what JSON held, and a list of arrays, copies of our own.

        Raises:
            TimedOut: if it is not complete by then, however steadily it drips.
            TooLarge: if its head announces more than is allowed.
            ConnectionEnded: if the other side ended.
            ConnectionBroken: if it is no message of this protocol, or not the next one.
        """
        magic, number, length, size = HEAD.unpack(self._read(HEAD.size, deadline))
        if magic != MAGIC:
            raise ConnectionBroken("what came is no message")
        if number != self.received:
            raise ConnectionBroken("a message came twice, or one is missing")
        if length > self.most_text or size > self.most_bytes:
            raise TooLarge(f"a message of {(length + size) / MEBIBYTE:.1f} MiB is larger than is allowed")
        body = memoryview(self._read(length + size, deadline))
        text, content = body[:length], body[length:]
        self.received += 1
        try:
            message, described = json.loads(bytes(text))
            arrays = _read_arrays(described, content, self.most_bytes // 4)
        except (ValueError, TypeError, RecursionError, OverflowError) as error:
            raise ConnectionBroken(f"a message cannot be read: {str(error)[:100]}") from None
        return message, arrays

    def send_socket(self, other):
        """Hands a socket over to the process at the other end.

        Args:
            other: `socket.socket`.
        """
        socket.send_fds(self.socket, [b"S"], [other.fileno()])

    def receive_socket(self, deadline=None):
        """Takes a socket that the other end hands over.

        Args:
            deadline: `time.monotonic()` at which to give up, or `None`.

        Returns:
            `socket.socket`.

        Raises:
            WireError: as `receive`.
        """
        self._set_time(deadline)
        try:
            data, descriptors, _, _ = socket.recv_fds(self.socket, 1, 1)
        except TimeoutError:
            raise TimedOut("no socket came in time") from None
        except OSError as error:
            raise ConnectionEnded(f"the connection ended ({error.strerror})") from None
        if data != b"S" or len(descriptors) != 1:
            raise ConnectionBroken("a socket was to come, and something else came")
        return socket.socket(fileno=descriptors[0])

    def close(self):
        """Closes this end; the other end reads that it ended."""
        self.socket.close()

    def _set_time(self, deadline):
        if deadline is None:
            self.socket.settimeout(None)
            return
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimedOut("there is no time left")
        self.socket.settimeout(left)

    def _write(self, content, deadline):
        view = memoryview(content)
        while len(view):
            self._set_time(deadline)
            try:
                view = view[self.socket.send(view) :]
            except TimeoutError:
                raise TimedOut("a message was not read in time") from None
            except OSError as error:
                raise ConnectionEnded(f"the connection ended ({error.strerror})") from None

    def _read(self, count, deadline):
        content = bytearray(count)
        view = memoryview(content)
        while len(view):
            self._set_time(deadline)  # anew for every piece: the time is that of the whole message
            try:
                received = self.socket.recv_into(view, min(len(view), MEBIBYTE))
            except TimeoutError:
                raise TimedOut("no answer came in time") from None
            except OSError as error:
                raise ConnectionEnded(f"the connection ended ({error.strerror})") from None
            if not received:
                raise ConnectionEnded("the connection ended")
            view = view[received:]
        return content


def _read_arrays(described, content, most_entries):
    if not isinstance(described, list) or len(described) > MOST_ARRAYS:
        raise ValueError("the arrays are not described by a short list")
    arrays, start = [], 0
    for dtype, shape in described:
        array, start = _read_array(dtype, shape, content, start)
        arrays.append(array)
        most_entries -= array.size  # a byte that says True becomes eight as soon as somebody calculates
    if most_entries < 0:
        raise ValueError("the arrays have too many entries")
    if start != len(content):
        raise ValueError("there are more bytes than arrays")
    return arrays


def _read_array(dtype, shape, content, start):
    if not isinstance(dtype, str) or not DTYPE.fullmatch(dtype):
        raise ValueError("an array of another dtype")
    if not isinstance(shape, list) or len(shape) > MOST_AXES:
        raise ValueError("an array of too many axes")
    most = max(len(content), MOST_SIZE)
    if any(type(size) is not int or not 0 <= size <= most for size in shape):
        raise ValueError("an array of an impossible shape")
    kind = np.dtype(dtype)
    if math.prod(size for size in shape if size) * kind.itemsize > most:
        raise ValueError("an array of an impossible shape")
    end = start + math.prod(shape) * kind.itemsize
    if end > len(content):
        raise ValueError("an array longer than the message")
    own = bytearray(content[start:end])
    if kind.kind == "b":  # any byte but 0 is True; only 0 and 1 behave as NumPy expects
        return (np.frombuffer(own, "u1") != 0).reshape(shape), end
    if kind.kind == "U":
        _check_text(own, kind)
    return np.frombuffer(own, kind).reshape(shape), end


def _check_text(content, kind):
    """Text beyond Unicode would come up as an error long after it arrived."""
    codes = np.frombuffer(content, np.dtype("u4").newbyteorder(kind.byteorder))
    if codes.size and codes.max() > 0x10FFFF:
        raise ValueError("text that is no Unicode")
