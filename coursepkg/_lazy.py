"""Load submodules on first use (PEP 562), so that importing the package costs milliseconds."""

import importlib
import sys


def attach(package, submodules):
    """Makes the names of a package's submodules load when they are first used.

    Args:
        package: str, the `__name__` of the package.
        submodules: dict from submodule name to the list of names that the package re-exports from it.
            An empty list makes the submodule itself reachable as an attribute.

    Returns:
        Tuple `(__getattr__, __dir__, __all__)` to bind in the package's `__init__.py`.

    Raises:
        AttributeError: by `__getattr__`, if the package has no such name; the message lists those it has.
    """
    origin = {name: submodule for submodule, names in submodules.items() for name in names}
    public = sorted({*origin, *(submodule for submodule, names in submodules.items() if not names)})

    def __getattr__(name):
        if name in origin:
            value = getattr(importlib.import_module(f"{package}.{origin[name]}"), name)
        elif name in submodules:
            value = importlib.import_module(f"{package}.{name}")
        else:
            raise AttributeError(f"module {package!r} has no attribute {name!r}; it has: {', '.join(public)}")
        setattr(sys.modules[package], name, value)  # the next look-up costs nothing
        return value

    def __dir__():
        return public

    return __getattr__, __dir__, public
