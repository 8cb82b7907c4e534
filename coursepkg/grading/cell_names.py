"""The names of test cells: which are the tests' own, and which are left for the answer to define.

A name that no cell of the course defines is the student's. So it matters that a cell of the course whose end
did not come, or was never seen, leaves none of its own names to the student: an answer could lose a cell on
purpose and put its own judge where the test's stood.
"""

import builtins
import dis
import inspect
import types

from coursepkg.grading.link import library_name
from coursepkg.grading.proxies import Handle

EVERY = "*"  # stands for all names, where nobody can say which a cell defines
STAR = "IMPORT_STAR"  # part of the instruction's name, or of what is shown with it, in every Python
MAKERS = ("exec", "globals", "locals")  # with these a cell can define what does not stand in it
LOADS = ("LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS")


class Withheld(NameError):
    """A cell asked for a name that a cell was to define over which an examiner was lost."""


class Names(dict):
    """The names of all test cells; one that no test or locked cell defines is looked for at the student's.

    Args:
        find: function of a name that no cell defines and Python does not know, which returns its value.

    Attributes:
        missed: dict from names that were withheld since it was last cleared to the cells that were to define
            them. A test can swallow the exception, so the verdict goes by this.

    Raises:
        KeyError: when a name that Python has itself is looked up, so that Python goes on to its own.
        Withheld: when a name is looked up that nobody can vouch for.
    """

    def __init__(self, find):
        super().__init__(__name__="__main__", __builtins__=builtins)
        self.find = find
        self.missed = {}
        self._withheld = {}

    def __missing__(self, name):
        if (cell := self.withheld_by(name)) is not None:
            self.missed[name] = cell
            raise Withheld(f"name '{name}' was to be defined by the cell '{cell}', which could not be judged")
        if hasattr(builtins, name):
            raise KeyError(name)
        return self.find(name)

    def withheld_by(self, name):
        """Returns which cell was to define a name that nobody vouches for, or `None`.

        Args:
            name: str.
        """
        if name in self._withheld:
            return self._withheld[name]
        special = hasattr(builtins, name) or (name.startswith("__") and name.endswith("__"))
        return None if special else self._withheld.get(EVERY)

    def withhold(self, given, cell):
        """From here on these names are nobody's, until a cell of the course defines them.

        What they stand for by now is from before the cell, and taken away. A module or a library's function
        stays: the cell can only have imported it once more.

        Args:
            given: set of str, the names that a cell was to define; `EVERY` for all.
            cell: str, its name.
        """
        for name in given:
            value = self.get(name)
            if isinstance(value, Handle) or not (isinstance(value, types.ModuleType) or library_name(value)):
                self.pop(name, None)
                self._withheld[name] = cell


def names_given_by(*parts):
    """Finds the names that a cell defines for those behind it.

    Args:
        *parts: code objects that make up the cell; `None` for a part that it lacks.

    Returns:
        Set of str; with `EVERY` in it if others may be given, too.
    """
    return set().union(*(_stored(part) for part in parts if part is not None))


def _stored(code, stores=("STORE_NAME", "STORE_GLOBAL")):
    names = {EVERY} if any(name in code.co_names for name in MAKERS) else set()
    for step in dis.get_instructions(code):
        if step.opname in stores:
            names.add(step.argval)
        elif STAR in step.opname or STAR in step.argrepr:
            names.add(EVERY)
    for part in filter(inspect.iscode, code.co_consts):  # a function or a class gives what it declares global
        names |= _stored(part, ("STORE_GLOBAL",))
    return names


def names_in_classes(code, inside=False):
    """Finds the names that the bodies of classes look up, wherever in a cell they stand.

    Args:
        code: code object of the whole cell.
        inside: bool, whether it stands in another one.

    Returns:
        Set of str.
    """
    names = set()
    if inside and not code.co_flags & inspect.CO_OPTIMIZED:
        names |= {step.argval for step in dis.get_instructions(code) if step.opname in LOADS}
    for part in code.co_consts:
        if inspect.iscode(part):
            names |= names_in_classes(part, inside=True)
    return names
