"""Values as JSON and arrays: what crosses between student and examiner as a copy, and what only by reference.

Numbers, text, arrays, tensors and containers are copied. Subclasses of containers, text and numbers arrive as
what they are built on, so that no method of theirs is ever called on the other side.
"""

import collections
import keyword
import pathlib

import numpy as np

from coursepkg.grading.wire import DTYPE, TooLarge

MOST_DEPTH = 100
MOST_ENTRIES = 1_000_000
MOST_TEXT = 6_000_000  # characters in one message
MOST_ITEM = 65536  # bytes of one entry of a dtype that is a value
MOST_DIGITS = 3500  # hexadecimal ones, of an integer that is no int64: Python writes no more in decimal ones
MANY = 32  # from so many numbers on, a list of them travels as an array
TENSORS = {
    ("tensorflow", "EagerTensor"),
    ("torch", "Tensor"),
    ("torch", "Parameter"),
    ("jaxlib", "ArrayImpl"),
    ("jax", "ArrayImpl"),
}
TYPES = {
    kind.__name__: kind for kind in (bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset)
}
SCALARS = {
    name: kind
    for name, kind in vars(np).items()
    if isinstance(kind, type) and issubclass(kind, np.generic) and kind.__name__ == name
}


class CannotCross(TypeError):
    """A value that can be neither copied to the other side nor referred to there."""


class Packer:
    """Writes one message's values; a subclass says what becomes of what is no plain value.

    Args:
        most_bytes: int, how large the message's arrays may be together.

    Attributes:
        arrays: list of arrays that belong to the message.

    Raises:
        CannotCross: by `pack` and `refer`, if a value can be neither copied nor referred to.
        TooLarge: by `pack`, if the message holds too much.
    """

    def __init__(self, most_bytes):
        self.arrays = []
        self.most_bytes = most_bytes
        self.bytes = self.entries = self.text = 0

    def refer(self, value):
        """Describes a value that is not copied, as a dict.

        Args:
            value: any object that is no plain value.

        Returns:
            A dict, or raises `CannotCross`.
        """
        raise CannotCross(f"a value of type {type(value).__name__} cannot cross")

    def pack(self, value, depth=0):
        """Describes a value as JSON can hold it.

        Args:
            value: anything.
            depth: int, how many containers it lies in.

        Returns:
            What JSON can hold; arrays are added to `arrays`.

        Raises:
            TooLarge: if it is nested too deeply or holds too much.
            CannotCross: if it can be neither copied nor referred to.
        """
        self.entries += 1
        if depth > MOST_DEPTH:
            raise TooLarge(f"a value is nested more than {MOST_DEPTH} levels deep, or contains itself")
        if self.entries > MOST_ENTRIES:
            raise TooLarge(f"a value has more than {MOST_ENTRIES:,} entries")
        if value is None or value is True or value is False or type(value) is float:
            return value
        if isinstance(value, np.generic):
            return self._pack_scalar(value)
        if isinstance(value, str):
            self.text += str.__len__(value)
            if self.text > MOST_TEXT:
                raise TooLarge(f"text of more than {MOST_TEXT:,} characters")
            return str.__str__(value)
        if isinstance(value, int):
            return _pack_integer(value)
        if isinstance(value, float):
            return float.__float__(value)
        if isinstance(value, np.ndarray):
            return self._pack_array(value, depth)
        if isinstance(value, list):
            return self._pack_list(value, depth)
        if isinstance(value, tuple):
            return self._pack_tuple(value, depth)
        if isinstance(value, dict):
            return self._pack_dict(value, depth)
        if isinstance(value, frozenset):
            return {"frozenset": [self.pack(one, depth + 1) for one in frozenset.__iter__(value)]}
        if isinstance(value, set):
            return {"set": [self.pack(one, depth + 1) for one in set.__iter__(value)]}
        return self._pack_other(value, depth)

    def _pack_other(self, value, depth):
        if isinstance(value, bytes | bytearray):
            name = "bytes" if isinstance(value, bytes) else "bytearray"
            return {name: self._add(np.frombuffer(value, "u1"))}
        if isinstance(value, complex):
            return {"complex": [complex.__getattribute__(value, part) for part in ("real", "imag")]}
        if isinstance(value, range):
            if len(value[: MOST_ENTRIES + 1]) > MOST_ENTRIES:  # it takes no memory until somebody lists it
                raise TooLarge(f"a range of more than {MOST_ENTRIES:,} entries")
            return {"range": [_pack_integer(part) for part in (value.start, value.stop, value.step)]}
        if isinstance(value, slice):
            return {"slice": [self.pack(part, depth + 1) for part in (value.start, value.stop, value.step)]}
        if isinstance(value, pathlib.PurePath):
            return {"path": self.pack(str(value), depth + 1)}
        if value is Ellipsis:
            return {"ellipsis": True}
        if isinstance(value, np.dtype) and DTYPE.fullmatch(value.str) and value.itemsize <= MOST_ITEM:
            return {"dtype": value.str}
        if isinstance(value, type) and TYPES.get(value.__name__) is value:
            return {"type": value.__name__}
        if isinstance(value, type) and SCALARS.get(value.__name__) is value:
            return {"scalar type": value.__name__}
        tensor = as_copy(value)
        if tensor is not None:
            return self._pack_array(tensor, depth)
        plain = _as_plain(value)
        return self.refer(value) if plain is None else self.pack(plain, depth)

    def _pack_scalar(self, value):
        array = _plain_array(np.asarray(value))
        if array.dtype.kind == "O":
            return self.pack(array.item(), 1)
        return {"scalar": self._add(array)}

    def _pack_array(self, value, depth):
        array = _plain_array(value if type(value) is np.ndarray else np.array(value, subok=False))
        if array.dtype.kind != "O":
            return {"array": self._add(array)}
        entries = [self.pack(one, depth + 1) for one in array.ravel().tolist()]
        return {"objects": entries, "shape": list(array.shape)}

    def _add(self, array):
        self.bytes += array.nbytes
        if self.bytes > self.most_bytes:
            raise TooLarge(f"a value of more than {self.most_bytes / 2**20:.0f} MiB")
        self.arrays.append(array)
        return len(self.arrays) - 1

    def _pack_list(self, value, depth):
        items = list.copy(value)
        if len(items) > MANY:
            kinds = set(map(type, items))
            if kinds == {float}:
                return {"numbers": self._add(np.array(items))}
            if kinds == {int}:
                try:
                    return {"numbers": self._add(np.array(items, "int64"))}
                except OverflowError:
                    pass
        return [self.pack(one, depth + 1) for one in items]

    def _pack_tuple(self, value, depth):
        items = [self.pack(one, depth + 1) for one in tuple.__iter__(value)]
        fields = getattr(type(value), "_fields", None)
        if (
            isinstance(fields, tuple)
            and len(fields) == len(items)
            and all(type(one) is str for one in fields)
        ):
            return {"namedtuple": items, "name": type(value).__name__, "fields": list(fields)}
        return {"tuple": items}

    def _pack_dict(self, value, depth):
        items = (collections.OrderedDict if isinstance(value, collections.OrderedDict) else dict).items(value)
        pairs = [[self.pack(key, depth + 1), self.pack(one, depth + 1)] for key, one in items]
        content = {"dict": pairs}
        if isinstance(value, collections.Counter):
            content["kind"] = "Counter"
        elif isinstance(value, collections.OrderedDict):
            content["kind"] = "OrderedDict"
        elif isinstance(value, collections.defaultdict):
            factory = value.default_factory
            if isinstance(factory, type) and TYPES.get(factory.__name__) is factory:
                content["kind"] = f"defaultdict {factory.__name__}"
        return content


def _pack_integer(value):
    value = int.__int__(value)
    if -(2**63) <= value < 2**63:
        return value
    digits = format(value, "x")
    if len(digits) > MOST_DIGITS:
        raise TooLarge(f"an integer of more than {MOST_DIGITS} hexadecimal digits")
    return {"integer": digits}


def _plain_array(array):
    """An array of a dtype that can be sent, or one of objects, whose entries are sent one by one."""
    kind = array.dtype.kind
    if kind == "f" and array.dtype.itemsize > 8:
        return array.astype("float64")
    if kind == "c" and array.dtype.itemsize > 16:
        return array.astype("complex128")
    if kind in "SU" and array.dtype.itemsize == 0:
        return array.astype(f"{kind}1")
    if kind == "T":
        return array.astype("U")
    if kind == "V":
        return array.astype(object) if array.dtype.names else _from_extension(array)
    return array if kind in "biufcSUmMO" else array.astype(object)


def _from_extension(array):
    try:
        return array.astype("float32")  # bfloat16 and its kin
    except (TypeError, ValueError):
        return np.array([one.tobytes() for one in array.ravel()], object).reshape(array.shape)


def as_copy(value):
    """Returns the values of a tensor of any backend.

    Args:
        value: any object.

    Returns:
        An array, or `None` if the value is no tensor with values.
    """
    if _origin(value) not in TENSORS:
        return None
    try:
        if hasattr(value, "detach"):
            value = value.detach().cpu()
        array = np.asarray(value)
    except Exception:  # a symbolic, ragged or deleted tensor has no values
        return None
    return array if array.dtype.kind != "O" else None


def _as_plain(value):
    """The sizes or the dtype of a tensor as Python and NumPy have them, or `None` for anything else."""
    try:
        if _origin(value) == ("tensorflow", "TensorShape"):
            return tuple(value.as_list())
        if _origin(value) == ("tensorflow", "DType"):
            return np.dtype(value.as_numpy_dtype)
    except (TypeError, ValueError):  # of unknown rank, or no dtype of NumPy
        pass
    return None


def _origin(value):
    kind = type(value)
    return str(kind.__module__).split(".")[0], kind.__name__


class Unpacker:
    """Reads one message's values; a subclass says what references stand for.

    Args:
        arrays: list of arrays that came with the message.

    Raises:
        ValueError, TypeError: by `unpack`, wherever something does not fit: what it reads may be forged.
    """

    def __init__(self, arrays):
        self.arrays = list(arrays)
        self.entries = 0

    def resolve(self, content):
        """Returns what a reference stands for.

        Args:
            content: dict, as the other side's `refer` wrote it.

        Returns:
            Any value, or raises `ValueError`.
        """
        raise ValueError("a reference, where only plain values may stand")

    def unpack(self, content, depth=0):
        """Reads a value.

        Args:
            content: what `pack` wrote, or a forgery of it.
            depth: int, how many containers it lies in.

        Returns:
            The value.

        Raises:
            ValueError, TypeError: if the content is no value.
        """
        self.entries += 1
        if depth > MOST_DEPTH + 2 or self.entries > MOST_ENTRIES:
            raise ValueError("a value is too deep or too large")
        if content is None or type(content) in (bool, int, float, str):
            return content
        if type(content) is list:
            return self._all(content, depth)
        if type(content) is not dict or not content:
            raise ValueError("no value")
        kind = next(iter(content))
        reader = _READERS.get(kind)
        return self.resolve(content) if reader is None else reader(self, content[kind], content, depth)

    def _all(self, contents, depth):
        if type(contents) is not list:
            raise ValueError("no list")
        return [self.unpack(one, depth + 1) for one in contents]

    def _array(self, index):
        if type(index) is not int or not 0 <= index < len(self.arrays):
            raise ValueError("an array that did not come")
        array, self.arrays[index] = self.arrays[index], None
        if array is None:  # a short message could otherwise ask for a million copies
            raise ValueError("an array that was read before")
        return array

    def _read_array(self, index, content, depth):
        return self._array(index)

    def _read_scalar(self, index, content, depth):
        array = self._array(index)
        if array.ndim:
            raise ValueError("an array instead of a number")
        return array[()]

    def _read_numbers(self, index, content, depth):
        array = self._array(index)
        if array.ndim != 1 or array.dtype.kind not in "if" or array.dtype.itemsize != 8:
            raise ValueError("no list of numbers")
        return array.tolist()

    def _read_objects(self, entries, content, depth):
        entries, shape = self._all(entries, depth), content.get("shape")
        if type(shape) is not list or len(shape) > 16 or any(type(size) is not int for size in shape):
            raise ValueError("an array of an impossible shape")
        array = np.empty(len(entries), object)
        for place, one in enumerate(entries):
            array[place] = one
        if any(not 0 <= size <= len(entries) for size in shape):
            raise ValueError("an array of an impossible shape")
        return array.reshape(shape)

    def _read_tuple(self, entries, content, depth):
        return tuple(self._all(entries, depth))

    def _read_namedtuple(self, entries, content, depth):
        name, fields, entries = content.get("name"), content.get("fields"), self._all(entries, depth)
        if not is_name(name) or type(fields) is not list or len(fields) != len(entries) or len(fields) > 256:
            raise ValueError("no named tuple")
        if not all(is_name(field) and not field.startswith("_") for field in fields) or len(
            set(fields)
        ) != len(fields):
            raise ValueError("no named tuple")
        return _named_tuple(name, tuple(fields))(*entries)

    def _read_set(self, entries, content, depth):
        result = set()
        for one in self._all(entries, depth):  # one by one, so that a clash of hashes can be interrupted
            result.add(one)
        return result

    def _read_frozenset(self, entries, content, depth):
        return frozenset(self._read_set(entries, content, depth))

    def _read_dict(self, pairs, content, depth):
        kind = content.get("kind", "")
        if kind == "Counter":
            result = collections.Counter()
        elif kind == "OrderedDict":
            result = collections.OrderedDict()
        elif type(kind) is str and kind.startswith("defaultdict "):
            result = collections.defaultdict(TYPES[kind.split(" ")[1]]) if kind.split(" ")[1] in TYPES else {}
        else:
            result = {}
        if type(pairs) is not list:
            raise ValueError("no dict")
        for key, value in pairs:
            result[self.unpack(key, depth + 1)] = self.unpack(value, depth + 1)
        return result

    def _read_bytes(self, index, content, depth):
        return self._array(index).tobytes()

    def _read_bytearray(self, index, content, depth):
        return bytearray(self._array(index).tobytes())

    def _read_complex(self, parts, content, depth):
        real, imaginary = parts
        if type(real) is not float or type(imaginary) is not float:
            raise ValueError("no complex number")
        return complex(real, imaginary)

    def _read_range(self, parts, content, depth):
        result = range(*self._all(parts, depth))
        if len(result[: MOST_ENTRIES + 1]) > MOST_ENTRIES:
            raise ValueError("a range too long to be listed")
        return result

    def _read_slice(self, parts, content, depth):
        start, stop, step = self._all(parts, depth)
        return slice(start, stop, step)

    def _read_integer(self, digits, content, depth):
        if type(digits) is not str or len(digits) > MOST_DIGITS + 1:
            raise ValueError("no integer")
        return int(digits, 16)

    def _read_path(self, text, content, depth):
        if type(text) is not str:
            raise ValueError("no path")
        return pathlib.Path(text)

    def _read_ellipsis(self, value, content, depth):
        return Ellipsis

    def _read_dtype(self, name, content, depth):
        if type(name) is not str or not DTYPE.fullmatch(name) or np.dtype(name).itemsize > MOST_ITEM:
            raise ValueError("no dtype")
        return np.dtype(name)

    def _read_type(self, name, content, depth):
        if type(name) is not str or name not in TYPES:
            raise ValueError("no type")
        return TYPES[name]

    def _read_scalar_type(self, name, content, depth):
        if type(name) is not str or name not in SCALARS:
            raise ValueError("no type")
        return SCALARS[name]


_READERS = {
    "array": Unpacker._read_array,
    "scalar": Unpacker._read_scalar,
    "numbers": Unpacker._read_numbers,
    "objects": Unpacker._read_objects,
    "tuple": Unpacker._read_tuple,
    "namedtuple": Unpacker._read_namedtuple,
    "set": Unpacker._read_set,
    "frozenset": Unpacker._read_frozenset,
    "dict": Unpacker._read_dict,
    "bytes": Unpacker._read_bytes,
    "bytearray": Unpacker._read_bytearray,
    "complex": Unpacker._read_complex,
    "range": Unpacker._read_range,
    "slice": Unpacker._read_slice,
    "integer": Unpacker._read_integer,
    "ellipsis": Unpacker._read_ellipsis,
    "path": Unpacker._read_path,
    "dtype": Unpacker._read_dtype,
    "type": Unpacker._read_type,
    "scalar type": Unpacker._read_scalar_type,
}


def is_name(text):
    """Whether a value is a short Python name, fit for a class or a field.

    Args:
        text: anything.

    Returns:
        bool.
    """
    return type(text) is str and len(text) <= 100 and text.isidentifier() and not keyword.iskeyword(text)


_NAMED_TUPLES = {}


def _named_tuple(name, fields):
    if (name, fields) not in _NAMED_TUPLES:
        if len(_NAMED_TUPLES) > 200:
            _NAMED_TUPLES.clear()
        _NAMED_TUPLES[name, fields] = collections.namedtuple(name, fields)
    return _NAMED_TUPLES[name, fields]
