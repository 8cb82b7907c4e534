"""Frames against forgeries: whatever comes, it is a value or an error with a name."""

import contextlib
import json
import socket
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursepkg.grading import packing, wire
from coursepkg.grading.limits import Limits
from coursepkg.grading.wire import HEAD, MAGIC, Connection

SMALL = Limits(message_bytes=4096, output_bytes=10)


@pytest.fixture
def ends():
    first, second = socket.socketpair()
    with first, second:
        yield first, second


def soon(seconds=5):
    return time.monotonic() + seconds


def frame(message, arrays=(), payload=b"", number=0, length=None, size=None, magic=MAGIC):
    """A frame as a forger writes it."""
    text = message if isinstance(message, bytes) else json.dumps([message, list(arrays)]).encode()
    length, size = len(text) if length is None else length, len(payload) if size is None else size
    return HEAD.pack(magic, number, length, size) + text + payload


def receive(ends, content, limits=SMALL, seconds=5):
    """What the reader at one end makes of bytes written at the other."""
    writer, reader = ends
    threading.Thread(target=writer.sendall, args=[content], daemon=True).start()
    return Connection(reader, limits).receive(soon(seconds))


ARRAYS = [
    np.arange(6.0).reshape(2, 3).T,
    np.array(3),
    np.array([True, False]),
    np.array(["ab", "\ud800c"]),
    np.zeros((0, 7)),
    np.array(["2020-01-01"], "M8[D]"),
    np.array([b"x"]),
    np.array([1 + 2j, np.nan]),
    np.arange(3, dtype=">i2"),
]


def test_messages_and_arrays_arrive_as_they_were_sent(ends):
    first, second = (Connection(end, Limits()) for end in ends)
    message = {"a": [1, 2.5, "\ud800\x00", None, True], "b": {"c": -(2**63)}}
    for _ in range(2):  # the second has another number
        first.send(message, ARRAYS, soon())
        got, arrays = second.receive(soon())
        assert got == message
        for before, after in zip(ARRAYS, arrays, strict=True):
            assert (after.dtype, after.shape) == (before.dtype, before.shape)
            assert after.tobytes() == before.tobytes("C")
            assert after.flags.writeable


def test_a_socket_is_handed_over(ends):
    first, second = (Connection(end, Limits()) for end in ends)
    ours, theirs = socket.socketpair()
    first.send({"do": "student"}, deadline=soon())
    first.send_socket(theirs)
    theirs.close()
    assert second.receive(soon())[0] == {"do": "student"}
    with second.receive_socket(soon()) as received:
        received.sendall(b"hello")
        assert ours.recv(10) == b"hello"
    ours.close()


FORGED = {
    "other magic": frame({}, magic=b"HTTP"),
    "a number too high": frame({}, number=1),
    "no JSON": frame(b"[1, 2"),
    "no pair": frame(b"[1]"),
    "a number instead of a pair": frame(b"7"),
    "a million digits": frame(b"[" + b"9" * 10_000 + b", []]"),
    "nested too deeply": frame(b"[" * 100_000),
    "not even text": frame(b"\xff\xfe\x00"),
    "an array without bytes": frame({}, [["<f8", [2]]]),
    "bytes without an array": frame({}, [], b"12345678"),
    "a negative size": frame({}, [["<f8", [-1]]]),
    "a size that is no integer": frame({}, [["<f8", [1.0]]], b"12345678"),
    "a size that is a truth value": frame({}, [["<f8", [True]]], b"12345678"),
    "a huge shape with a zero": frame({}, [["<f8", [0, 2**62]]]),
    "a huge shape whose product overflows": frame({}, [["<f8", [2**40, 2**40, 2**40]]]),
    "too many axes": frame({}, [["<f8", [1] * 33]], b"12345678"),
    "objects": frame({}, [["|O", [1]]], b"12345678"),
    "a structure": frame({}, [["|V8", [1]]], b"12345678"),
    "fields": frame({}, [[[["a", "<f8"]], [1]]], b"12345678"),
    "a long double": frame({}, [["<f16", [1]]], b"1" * 16),
    "a dtype with a comma": frame({}, [["f4,f4", [1]]], b"12345678"),
    "text beyond Unicode": frame({}, [["<U1", [1]]], b"\xff\xff\xff\x7f"),
    "too many entries": frame({}, [["|b1", [2000]]], b"\x01" * 2000),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_message_is_named_as_one(name, ends):
    with pytest.raises(wire.ConnectionBroken):
        receive(ends, FORGED[name])


def test_a_message_that_announces_too_much_is_refused_before_it_is_read(ends):
    with pytest.raises(wire.TooLarge):
        receive(ends, frame({}, size=2**62))
    ends = socket.socketpair()
    with pytest.raises(wire.TooLarge):
        receive(ends, frame({}, length=2**40))
    for end in ends:
        end.close()


def test_a_steady_drip_does_not_prolong_the_time(ends):
    writer, reader = ends
    content, stop = frame({"text": "x" * 500}), threading.Event()

    def drip():
        for place in range(len(content)):
            if stop.wait(0.01):
                return
            writer.send(content[place : place + 1])

    dripping = threading.Thread(target=drip)
    dripping.start()
    start = time.monotonic()
    with pytest.raises(wire.TimedOut):
        Connection(reader, SMALL).receive(start + 0.3)
    waited = time.monotonic() - start
    stop.set()
    dripping.join()
    assert waited < 5 < 0.01 * len(content)


def test_who_does_not_read_is_not_waited_for(ends):
    with pytest.raises(wire.TimedOut):
        Connection(ends[0], Limits()).send({}, [np.zeros(1_000_000)], soon(0.2))


def test_the_end_of_the_other_process_is_named(ends):
    writer, reader = ends
    writer.sendall(frame({"a": 1})[:20])
    writer.close()
    with pytest.raises(wire.ConnectionEnded):
        Connection(reader, SMALL).receive(soon())


def test_too_large_a_message_is_not_begun(ends):
    first, second = (Connection(end, SMALL) for end in ends)
    with pytest.raises(wire.TooLarge):
        first.send({}, [np.zeros(4096)])
    first.send({"still": "there"})
    assert second.receive(soon())[0] == {"still": "there"}


def test_any_byte_but_zero_is_a_plain_true(ends):
    _, (array,) = receive(ends, frame({}, [["|b1", [3]]], b"\x00\x01\x07"))
    assert array.tobytes() == b"\x00\x01\x01"


@given(st.binary(max_size=300))
def test_noise_is_never_more_than_an_error(content):
    ends = socket.socketpair()
    with ends[0], ends[1]:
        ends[0].sendall(content)
        ends[0].close()
        with pytest.raises(wire.WireError):
            Connection(ends[1], SMALL).receive(soon())


# What values become on the way.

PLAIN = [
    None,
    True,
    -5,
    2**80,
    -(2**200),
    2.5,
    -0.0,
    float("inf"),
    "text \ud800",
    b"bytes",
    bytearray(b"more"),
    3 - 4j,
    range(2, 20, 3),
    slice(None, 3),
    Ellipsis,
    [1, [2, (3, {"a": {4}})]],
    list(range(100)),
    [0.5] * 100,
    {1: 2, "b": [3], (4, 5): None},
    frozenset({1, "x"}),
    np.float32(0.1),
    np.int8(-3),
    np.dtype("float32"),
    float,
    np.float32,
    Path("folder") / "file.txt",
]


def crossed(value, most_bytes=10_000_000):
    packer = packing.Packer(most_bytes)
    content = json.loads(json.dumps(packer.pack(value)))
    return packing.Unpacker(packer.arrays).unpack(content)


@pytest.mark.parametrize(
    "value", PLAIN, ids=[f"{place}-{type(value).__name__}" for place, value in enumerate(PLAIN)]
)
def test_plain_values_cross_unchanged(value):
    got = crossed(value)
    assert type(got) is type(value)
    assert got == value
    assert repr(got) == repr(value)


def test_nan_stays_nan_and_zero_keeps_its_sign():
    assert np.isnan(crossed(float("nan")))
    assert np.signbit(crossed(-0.0))


def test_containers_of_the_standard_library_keep_their_kind():
    from collections import Counter, OrderedDict, defaultdict, namedtuple

    ordered = OrderedDict(a=1, b=2)
    ordered.move_to_end("a")
    assert (type(crossed(ordered)), list(crossed(ordered))) == (OrderedDict, ["b", "a"])
    assert crossed(Counter("aab")).most_common(1) == [("a", 2)]
    assert crossed(defaultdict(list, a=[1]))["new"] == []
    point = crossed(namedtuple("Point", "x y")(1, [2]))
    assert (point.x, point.y, type(point).__name__) == (1, [2], "Point")


def test_a_subclass_arrives_as_what_it_is_built_on():
    class Liar(int):
        def __eq__(self, other):
            return True

        __hash__ = None

    class Text(str):
        def __len__(self):
            return 0

        def __str__(self):
            return "other"

    class Fraction(float):
        def __float__(self):
            return 7.0

    class Items(list):
        def __iter__(self):
            return iter([1])

    class Table(dict):
        def items(self):
            return [("forged", 1)]

    class Array(np.ndarray):
        def __array__(self, *arguments, **keywords):
            return np.ones(2)

    for value, plain in (
        (Liar(3), 3),
        (Text("ab"), "ab"),
        (Fraction(2.5), 2.5),
        (Items([5, 6]), [5, 6]),
        (Table(a=1), {"a": 1}),
    ):
        got = crossed(value)
        assert type(got) is type(plain)
        assert got == plain
    got = crossed(np.zeros(2).view(Array))
    assert type(got) is np.ndarray
    assert got.tolist() == [0, 0]


def test_arrays_of_objects_and_structures_arrive_as_arrays_of_objects():
    got = crossed(np.array([1, "a", None, [2]], object))
    assert got.dtype == object
    assert got.tolist() == [1, "a", None, [2]]
    got = crossed(np.array([(1, 2.5)], [("a", "i4"), ("b", "f8")]))
    assert got.tolist() == [(1, 2.5)]
    assert crossed(np.longdouble(0.5)) == 0.5


def test_what_is_endless_or_too_large_is_refused_by_the_sender():
    loop = []
    loop.append(loop)
    for value in (loop, np.zeros(2_000_000), 1 << 20_000, [[[]] * 1000] * 2000, "x" * 7_000_000):
        with pytest.raises(packing.TooLarge):
            crossed(value)
    with pytest.raises(packing.CannotCross):
        crossed(object())


NO_VALUES = {
    "an unknown kind": {"pickle": "cos\nsystem"},
    "nothing": {},
    "an array that did not come": {"array": 3},
    "the same array twice": [{"array": 0}, {"array": 0}],
    "an array at a truth value": {"array": True},
    "an array instead of a scalar": {"scalar": 0},
    "a list as a key": {"dict": [[[1], 2]]},
    "half an entry": {"dict": [[1]]},
    "a list in a set": {"set": [[]]},
    "text instead of entries": {"tuple": "abc"},
    "objects in another shape": {"objects": [1, 2], "shape": [2**40, 0]},
    "objects in a wrong shape": {"objects": [1, 2], "shape": [3]},
    "a field that is code": {"namedtuple": [1], "name": "P", "fields": ["x=1"]},
    "a keyword as a field": {"namedtuple": [1], "name": "P", "fields": ["class"]},
    "fields of the wrong number": {"namedtuple": [1], "name": "P", "fields": ["x", "y"]},
    "too long a range": {"range": [0, 2**40, 1]},
    "a range without steps": {"range": [0, 5, 0]},
    "an integer in letters": {"integer": "xyz"},
    "a long integer": {"integer": "f" * 100_000},
    "a dtype of objects": {"dtype": "O"},
    "a huge dtype": {"dtype": "U9999999"},
    "a class of Python": {"type": "object"},
    "a class of another kind": {"scalar type": "ndarray"},
    "a complex number of text": {"complex": ["1", "2"]},
    "a path that is no text": {"path": 3},
    "a default of another kind": {"dict": [], "kind": 7},
}


@pytest.mark.parametrize("name", NO_VALUES)
def test_a_forged_value_is_refused(name):
    content = NO_VALUES[name]
    if name == "a default of another kind":  # is a plain dict
        assert packing.Unpacker([]).unpack(content) == {}
        return
    with pytest.raises((ValueError, TypeError)):
        packing.Unpacker([np.zeros(3)]).unpack(content)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from([*packing._READERS, "kind", "shape", "handle", "name"]), inner, max_size=3
        )
    ),
    max_leaves=15,
)


@given(JSON)
def test_any_json_is_a_value_or_a_named_error(content):
    with contextlib.suppress(ValueError, TypeError, OverflowError):
        packing.Unpacker([np.zeros(3), np.array(1)]).unpack(content)
