"""Finds answers that hand their work to the ready-made version of what they should have written."""

import ast
import re
import warnings
from dataclasses import dataclass

MOST_CHARACTERS = 50_000  # of one cell; Python's parser is not asked about more
LONGEST_NAME = 200
# What the assignments ask students to write, where the course and the usual libraries have it ready. A name
# stands for everything below it.
READY_MADE = (
    "coursepkg.data",
    "coursepkg.decoding",
    "coursepkg.layers",
    "coursepkg.models",
    "coursepkg.scratch",
    "coursepkg.training",
    "keras.layers.GRU",
    "keras.layers.GRUCell",
    "keras.layers.LSTM",
    "keras.layers.LSTMCell",
    "keras.layers.Normalization",
    "keras.layers.SimpleRNN",
    "keras.layers.SimpleRNNCell",
    "keras.layers.StringLookup",
    "keras.layers.TextVectorization",
    "keras.preprocessing",
    "keras.utils.pad_sequences",
    "keras.utils.timeseries_dataset_from_array",
    "sklearn",
    "torch.nn",
)


@dataclass(frozen=True)
class Use:
    """One place in a student's code that names something ready-made.

    Attributes:
        cell: str, the cell's name.
        line: int, counted from 1 in the cell.
        name: str, what is used, in full: `coursepkg.scratch.rnn_forward`.
        code: str, the line.
    """

    cell: str
    line: int
    name: str
    code: str


def find_borrowed(cells, given=None, ready_made=READY_MADE, shown=()):
    """Lists where a student's cells use something ready-made, under whatever name they imported it.

    It follows imports and plain assignments (`cell = keras.layers.SimpleRNNCell`), and nothing else: a name
    that is put together from pieces is not found.

    Args:
        cells: dict from the name of a cell that the student wrote to its code.
        given: dict from `names_of`, what names such as `scratch` stand for in the release.
        ready_made: tuple of dotted names.
        shown: collection of full names that students were shown and may use, from `names_shown`.

    Returns:
        List of `Use`, in the order of the cells; an import alone is a use too.
    """
    trees = {name: parse(source) for name, source in cells.items()}
    known = dict(given or {})
    for tree in trees.values():
        _learn_names(tree, known)
    uses = {}
    for cell, tree in trees.items():
        lines = cells[cell].splitlines()
        for line, name in _named_in(tree, known):
            if name not in shown and any(name == one or name.startswith(one + ".") for one in ready_made):
                code = lines[line - 1].strip()[:200] if line <= len(lines) else ""
                uses.setdefault((cell, line), Use(cell, line, name, code))
    return list(uses.values())


def names_of(sources):
    """Learns what names stand for from the code that everybody was given.

    Args:
        sources: list of str.

    Returns:
        Dict from a name to the full name of what was imported or assigned.
    """
    known = {}
    for source in sources:
        _learn_names(parse(source), known)
    return known


def names_shown(sources):
    """Finds what the release uses where everybody looks on: students may use it as well.

    Args:
        sources: list of str, the cells of the release that are neither tests nor answers.

    Returns:
        Set of full names; what lies below a name is not meant.
    """
    known = names_of(sources)
    return {name for source in sources for _, name in _named_in(parse(source), known)}


def parse(source):
    """Parses a cell, its notebook magics left out.

    Args:
        source: str, code of any kind.

    Returns:
        `ast.Module`, without content where the code cannot be parsed.
    """
    code = re.sub(r"^([^\S\n]*)[%!?].*$", r"\1pass", source[:MOST_CHARACTERS], flags=re.MULTILINE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def _learn_names(tree, known):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.split(".")[0]
                known[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                known[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Assign):
            value = _dotted(node.value, known)
            for target in node.targets:
                if isinstance(target, ast.Name) and 0 < len(value) < LONGEST_NAME:
                    known[target.id] = value


def _dotted(node, known):
    """The full name that an expression such as `scratch.rnn_forward` stands for, or an empty string."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in known:
        return ""
    return ".".join([known[node.id], *reversed(parts)]).replace("tensorflow.keras.", "keras.")


def _named_in(tree, known):
    inner = set()  # of a.b.c only the whole counts
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (
                (node.lineno, alias.name.replace("tensorflow.keras.", "keras.")) for alias in node.names
            )
        elif isinstance(node, ast.ImportFrom) and node.module:
            module = node.module.replace("tensorflow.keras", "keras")
            for alias in node.names:
                yield node.lineno, module if alias.name == "*" else f"{module}.{alias.name}"
        elif isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load):
            if isinstance(node, ast.Attribute):
                inner.add(id(node.value))
            if id(node) not in inner and (name := _dotted(node, known)):
                yield node.lineno, name
        elif (
            isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < LONGEST_NAME
        ):
            yield node.lineno, node.value  # as in importlib.import_module("coursepkg.scratch")
