"""Objects of the student's process as test cells see them: proxies that ask over there."""

import inspect
import operator
import sys
import types

import numpy as np

from coursepkg.grading import student_errors
from coursepkg.grading.link import Far, library_name
from coursepkg.grading.packing import is_name

MOST_SHAPES = 2000
MOST_LABEL = 200
MOST_TEXT = 5000
# Dunder attributes that say something about an answer and do nothing.
TELLING = ("__name__", "__qualname__", "__doc__", "__annotations__", "__version__")
# What `isinstance` may find a proxy to be: a student's layer is a Layer here, too, as it is in one kernel.
CLAIMED_LIBRARIES = ("keras", "tensorflow", "torch", "jax")
CLAIMED_KINDS = {
    "builtins:function": types.FunctionType,
    "builtins:generator": types.GeneratorType,
    "builtins:module": types.ModuleType,
    "builtins:type": type,
}


class Handle:
    """A student's object; a subclass of the same name as the object's class has the methods that it has.

    Raises:
        AttributeError: when a private attribute is asked for, set or deleted.
        TypeError: when it is copied or pickled.
    """

    __slots__ = ("__weakref__", "_far")

    def __getattr__(self, name):
        far = object.__getattribute__(self, "_far")
        if name == "__name__" and far.label:
            return far.label
        if name == "__signature__" and "call" in type(self).abilities:
            return _signature(far)
        if name.startswith("_") and name not in TELLING:
            raise AttributeError(
                f"{type(self).__name__!r} object: {name!r} is private, and private names stay with the "
                "answer. Let coursepkg.checks.beside call a library that needs it"
            )
        return far.ask("attribute", name=name)

    def __setattr__(self, name, value):
        _refuse_private(self, name)
        self._far.ask("set attribute", [value], name=name)

    def __delattr__(self, name):
        _refuse_private(self, name)
        self._far.ask("delete attribute", name=name)

    def __dir__(self):
        names = self._far.ask("names")
        return [name for name in names if is_name(name) and not name.startswith("_")]

    def __repr__(self):
        return self._text("repr")

    def __str__(self):
        return self._text("str")

    def _text(self, how):
        far = self._far
        if far.link.replaced or far.link.state != "ok":
            return f"<{type(self).__name__} of a process that ended>"
        text = far.ask("text", how=how)
        return text[:MOST_TEXT] if type(text) is str else f"<{type(self).__name__}>"

    def __format__(self, form):
        if form and "float" in type(self).abilities:
            return format(float(self), form)
        return format(str(self), form)

    def __eq__(self, other):
        return self is other or (
            isinstance(other, Handle)
            and other._far.link is self._far.link
            and other._far.number == self._far.number
        )

    def __hash__(self):
        return hash((id(self._far.link), self._far.number))

    def __reduce_ex__(self, protocol):
        raise TypeError(
            f"a {type(self).__name__} stays with the student's code and cannot be copied or saved"
        )

    def __del__(self):
        far = self._far
        far.link.dropped.append([far.number, far.seen])


def _refuse_private(handle, name):
    if name.startswith("_"):
        raise AttributeError(f"{type(handle).__name__!r} object: {name!r} is private and stays as it is")


def _ask(handle, action, *arguments, **content):
    return handle._far.ask(action, arguments, **content)


def _ask_for(kind, handle, action):
    """A number of one exact kind, so that Python can rely on it."""
    value = _ask(handle, action)
    if isinstance(value, np.generic):
        value = value.item()
    if type(value) is not kind:
        raise TypeError(f"{type(handle).__name__} gave a {type(value).__name__}, expected {kind.__name__}")
    return value


def _call(self, *arguments, **keywords):
    return self._far.ask("call", arguments, keywords)


def _length(self):
    size = _ask_for(int, self, "length")
    if not 0 <= size < sys.maxsize:
        raise ValueError(f"the length of a {type(self).__name__} is {size}")
    return size


def _array(self, dtype=None, copy=None):
    array = _ask(self, "array")
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{type(self).__name__} gave no array")
    return array if dtype is None else array.astype(dtype)


def _exit(self, kind, error, trace):
    raised = None if kind is None else [kind.__name__, str(error)]
    return bool(_ask(self, "exit", raised))


def _is_instance(self, value):
    return isinstance(value, Handle) and bool(_ask(self, "is instance", value))


def _is_subclass(self, value):
    return isinstance(value, Handle) and bool(_ask(self, "is subclass", value))


def _on_values(function):
    """An operator that takes a tensor's values and does the rest here."""

    def operate(self, *others):
        others = (np.asarray(one) if isinstance(one, Handle) else one for one in others)
        return function(np.asarray(self), *others)

    return operate


def _reversed(function):
    return lambda self, other: function(other, np.asarray(self))


_BINARY = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor")
_COMPARISONS = ("lt", "le", "gt", "ge", "eq", "ne")
_METHODS = {
    "call": {"__call__": _call},
    "length": {"__len__": _length},
    "iterate": {"__iter__": lambda self: _ask(self, "iterate")},
    "next": {"__next__": lambda self: _ask(self, "next")},
    "contains": {"__contains__": lambda self, value: bool(_ask(self, "contains", value))},
    "item": {"__getitem__": lambda self, key: _ask(self, "item", key)},
    "set item": {"__setitem__": lambda self, key, value: _ask(self, "set item", key, value)},
    "delete item": {"__delitem__": lambda self, key: _ask(self, "delete item", key)},
    "enter": {"__enter__": lambda self: _ask(self, "enter"), "__exit__": _exit},
    "truth": {"__bool__": lambda self: _ask_for(bool, self, "truth")},
    "float": {"__float__": lambda self: _ask_for(float, self, "float")},
    "int": {"__int__": lambda self: _ask_for(int, self, "int")},
    "index": {"__index__": lambda self: _ask_for(int, self, "index")},
    "class": {"__instancecheck__": _is_instance, "__subclasscheck__": _is_subclass},
    "array": {
        "__array__": _array,
        "__hash__": Handle.__hash__,
        **{f"__{name}__": _on_values(getattr(operator, f"__{name}__")) for name in _BINARY},
        **{f"__r{name}__": _reversed(getattr(operator, f"__{name}__")) for name in _BINARY},
        **{f"__{name}__": _on_values(getattr(operator, name)) for name in ("neg", "pos", "abs")},
        **{f"__{name}__": _on_values(getattr(operator, name)) for name in _COMPARISONS},
    },
}
_SHAPES = {}


def make_handle(link, content):
    """Makes the proxy of an object that the student's process describes.

    Args:
        link: `link.Link` to that process.
        content: dict with `handle` (its number), `type`, `can` and more; perhaps a forgery.

    Returns:
        A `Handle`, or for an exception class a subclass of `StudentError`.

    Raises:
        ValueError: if the description is none.
    """
    number, kind, label = content.get("handle"), content.get("type"), content.get("name")
    can, claims = content.get("can"), content.get("claims")
    if type(number) is not int or not 0 < number < 2**53 or type(can) is not list or type(claims) is not list:
        raise ValueError("no reference")
    abilities = frozenset(one for one in can[:50] if type(one) is str and one in _METHODS)
    label = label[:MOST_LABEL] if type(label) is str else ""
    shape = _shape(kind if is_name(kind) else "object", abilities, _claim(claims))
    if content.get("exception") is not None:
        return _exception_class(link, number, label, content["exception"])
    handle = link.handles.get(number)
    if handle is not None and type(handle) is shape:
        handle._far.seen += 1
        return handle
    handle = object.__new__(shape)
    object.__setattr__(handle, "_far", Far(link, number, label))
    link.handles[number] = handle
    return handle


def _shape(name, abilities, claim):
    """The class of all proxies whose objects have the same class name and can do the same."""
    key = (name, abilities, claim)
    if key not in _SHAPES:
        if len(_SHAPES) >= MOST_SHAPES:
            _SHAPES.clear()
        content = {"__slots__": (), "__module__": "__main__", "abilities": abilities}
        content["__doc__"] = property(lambda self: self.__getattr__("__doc__"))
        for ability in sorted(abilities):
            content |= _METHODS[ability]
        if claim is not None:
            content["__class__"] = property(lambda self: claim)
        if "class" in abilities:
            content["__bases__"] = property(lambda self: () if claim is type else (claim,))
        _SHAPES[key] = type(name, (Handle,), content)
    return _SHAPES[key]


def _claim(claims):
    """The first library class, known here already, of those that an object says it belongs to."""
    for name in claims[:40]:
        if type(name) is not str or len(name) > 300:
            continue
        if name in CLAIMED_KINDS:
            return CLAIMED_KINDS[name]
        module, _, path = name.partition(":")
        if module in sys.modules and module.split(".")[0] in CLAIMED_LIBRARIES and path.isidentifier():
            found = vars(sys.modules[module]).get(path)
            if isinstance(found, type):
                return found
    return None


def _exception_class(link, number, label, content):
    """A real class, for `except` takes no proxy; the same one for the same number."""
    if number in link.exceptions:
        return link.exceptions[number]
    if type(content) is not dict or type(content.get("bases")) is not list or len(link.exceptions) > 1000:
        raise ValueError("no exception class")
    name = label if is_name(label) else "StudentError"
    parents = content.get("parents") if type(content.get("parents")) is list else []
    parents = [make_handle(link, one) for one in parents[:5] if type(one) is dict]
    parents = tuple(one for one in parents if isinstance(one, type))
    bases = [one for one in content["bases"][:30] if type(one) is str]
    known = next((student_errors.SAFE[base] for base in bases if base in student_errors.SAFE), None)
    made = student_errors.make_class(name, known, parents)
    made.student_far = Far(link, number, name)
    link.exceptions[number] = made
    return made


def _signature(far):
    described = far.ask("signature")
    try:
        parameters = []
        for name, kind, *default in described:
            value = default[0] if default else inspect.Parameter.empty
            parameters.append(inspect.Parameter(name, getattr(inspect.Parameter, kind), default=value))
        return inspect.Signature(parameters)
    except (ValueError, TypeError, AttributeError):
        raise TypeError(f"{far.label or 'the object'} has no signature that can be read") from None


def beside(link, function):
    """Returns a library's function as it is called in the student's process.

    Args:
        link: `link.Link` to that process.
        function: a callable of a library that both sides can import, or a student's own.

    Returns:
        A callable; what it returns comes back as a copy or as a proxy.

    Raises:
        ValueError: if the function is no library's.
    """
    if isinstance(function, Handle):
        return function
    name = library_name(function)
    if not name:
        shown = getattr(function, "__name__", type(function).__name__)
        raise ValueError(f"beside() takes a function or class of a library, and {shown} is none")
    return lambda *arguments, **keywords: link.request("library", arguments, keywords, name=name)
