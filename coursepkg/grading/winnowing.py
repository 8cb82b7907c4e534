"""Which passages of code two answers share, whatever their names, comments, layout and order.

Winnowing, after Schleimer, Wilkerson and Aiken, "Winnowing: local algorithms for document fingerprinting",
SIGMOD 2003: every run of `RUN` tokens is hashed, and of each `WINDOW` neighbouring hashes the smallest is
kept as a fingerprint. Whatever shares `RUN + WINDOW - 1` tokens shares a fingerprint.
"""

import builtins
import keyword
import math
import re
import zlib
from dataclasses import dataclass, field

import numpy as np

RUN, WINDOW = 8, 4
MOST_TOKENS = 20_000  # of one submission; an honest one has one or two thousand
MOST_CHARACTERS = 200_000

# One pass from left to right that never fails: hostile text, broken code and notebook magics become tokens
# too. The possessive quantifiers (`*+`) keep it linear.
TOKEN = re.compile(
    r"""(?P<newline>\n)
    |(?P<space>[^\S\n]++|\\\n)
    |(?P<comment>\#[^\n]*+)
    |(?P<string>[rbfuRBFU]{0,2}(?:
        '''(?:[^'\\]|\\.|'(?!''))*+(?:'''|\\?\Z)|\"\"\"(?:[^"\\]|\\.|"(?!""))*+(?:\"\"\"|\\?\Z)
        |'(?:[^'\\\n]|\\.)*+'?|"(?:[^"\\\n]|\\.)*+"?))
    |(?P<number>\.?\d(?:[eE][+-]|[\w.])*+)
    |(?P<name>\w++)
    |(?P<operator>\*\*=?|//=?|<<=?|>>=?|->|:=|[!=<>+\-*/%&|^@]=|.)""",
    re.VERBOSE | re.DOTALL,
)
# Names that say what is computed stay; a student's own names all become one.
LAYOUT = frozenset("(),;")  # formatters add and remove them
KEPT_NAMES = frozenset([*keyword.kwlist, *dir(builtins), "np", "numpy", "keras", "ops", "self"])


@dataclass(frozen=True)
class Tokens:
    """The tokens of one cell, with names, numbers and strings made equal, and their places in its text."""

    words: list
    starts: list
    ends: list


def tokenise(source):
    """Splits code into tokens of which comments, layout, docstrings and a student's own names are taken away.

    Args:
        source: str, code of any kind, also broken or hostile.

    Returns:
        `Tokens`, at most `MOST_TOKENS` of them, of the first `MOST_CHARACTERS` characters.
    """
    words, starts, ends = [], [], []
    depth, first_of_line, before, last = 0, True, "", ""
    for match in TOKEN.finditer(source[:MOST_CHARACTERS]):
        kind = match.lastgroup
        if kind == "newline":
            first_of_line = True
        if kind in ("newline", "space", "comment"):
            continue
        text = match.group()
        if kind == "string":
            if first_of_line and depth == 0:  # a docstring
                continue
            text = "'"
        elif kind == "number":
            text = "0"
        elif kind == "name":
            # An attribute says what is done (np.tanh), unless it is the student's own (self.memory).
            attribute = last == "." and before != "self"
            text = text if attribute or (last != "." and text in KEPT_NAMES) else "name"
        elif text in "([{":
            depth += 1
        elif text in ")]}":
            depth = max(depth - 1, 0)
        first_of_line, before, last = False, last, text
        if text in LAYOUT:
            continue
        words.append(text)
        starts.append(match.start())
        ends.append(match.end())
        if len(words) == MOST_TOKENS:
            break
    return Tokens(words, starts, ends)


def hash_runs(words):
    """Hashes every run of `RUN` words.

    Args:
        words: list of str.

    Returns:
        Array of uint64 of shape `(len(words) - RUN + 1,)`, empty for fewer words; the same in every process.
    """
    if len(words) < RUN:
        return np.zeros(0, np.uint64)
    values = np.fromiter((zlib.crc32(word.encode()) for word in words), np.uint64, len(words))
    powers = np.uint64(0x9E3779B97F4A7C15) ** np.arange(RUN, dtype=np.uint64)  # modulo 2 ** 64
    hashes = np.lib.stride_tricks.sliding_window_view(values, RUN) @ powers
    # A polynomial's low bits are not random enough to take the smallest of; this mixes them.
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        hashes = (hashes ^ (hashes >> np.uint64(shift))) * np.uint64(factor)
    return hashes ^ (hashes >> np.uint64(31))


def winnow(hashes):
    """Chooses fingerprints: the smallest, on a tie the last, of every `WINDOW` neighbouring hashes.

    Args:
        hashes: array of uint64, as `hash_runs` returns it.

    Returns:
        Array of int, the positions of the fingerprints, ascending.
    """
    if len(hashes) <= WINDOW:
        return np.unique(np.argmin(hashes[::-1]) * -1 + len(hashes) - 1) if len(hashes) else np.zeros(0, int)
    windows = np.lib.stride_tricks.sliding_window_view(hashes, WINDOW)
    last_smallest = WINDOW - 1 - np.argmin(windows[:, ::-1], axis=1)
    return np.unique(np.arange(len(windows)) + last_smallest)


@dataclass(frozen=True)
class Answer:
    """What one student wrote, ready to be compared.

    Attributes:
        cells: dict from the name of a cell to its code.
        fingerprints: array of uint64, ascending, each once; what the release holds is not among them.
        cut: bool, whether the answer was longer than what is compared.
    """

    cells: dict
    fingerprints: np.ndarray
    cut: bool = False


def read_answer(cells, known=()):
    """Fingerprints an answer.

    Args:
        cells: dict from the name of a cell to its code.
        known: array of uint64, from `known_runs`.

    Returns:
        An `Answer`.
    """
    found, left, cut = [], MOST_TOKENS, False
    for source in cells.values():
        words = tokenise(source).words
        cut |= len(words) >= left or len(source) > MOST_CHARACTERS
        hashes = hash_runs(words[:left])
        left -= len(words[:left])
        found.append(hashes[winnow(hashes)])
    every = np.unique(np.concatenate(found)) if found else np.zeros(0, np.uint64)
    return Answer(cells, np.setdiff1d(every, np.asarray(known, np.uint64), assume_unique=True), cut)


def known_runs(sources):
    """Hashes all runs of code that everybody was given.

    Args:
        sources: list of str.

    Returns:
        Array of uint64, ascending, each once.
    """
    return np.unique(
        np.concatenate([hash_runs(tokenise(s).words) for s in sources] or [np.zeros(0, np.uint64)])
    )


@dataclass(frozen=True)
class Pair:
    """Two answers and what they share.

    Attributes:
        first: str, a student.
        second: str, another.
        amount: float, the number of shared fingerprints, each weighted from 1 (nobody else has it) to 0.
        share: float from 0 to 1, the amount as a part of the same sum over the answer that has less of it.
    """

    first: str
    second: str
    amount: float
    share: float

    @property
    def score(self):
        """float, by which pairs are ordered: the amount times the share."""
        return self.amount * self.share


@dataclass
class Comparison:
    """What comparing a class found.

    Attributes:
        pairs: list of `Pair`, the highest score first.
        count: int, how many pairs were compared.
        above: int, how many of them reach the threshold; more than `pairs` if that was cut short.
        shared: set of int, the fingerprints that at least two and at most half of the answers hold.
        typical: dict from a part (0.5, 0.99, 0.999) to the score that this part of all pairs does not exceed.
    """

    pairs: list = field(default_factory=list)
    count: int = 0
    above: int = 0
    shared: set = field(default_factory=set)
    typical: dict = field(default_factory=dict)


def weigh(holders, answers):
    """Says how much it means that two answers share a fingerprint.

    It is 1 where nobody else has it, falls with the logarithm of the number of those who do, and is 0 where
    more than half of the class has it: then it is how one writes this answer.

    Args:
        holders: int or array of int, how many answers hold the fingerprint, at least 2.
        answers: int, how many answers there are.

    Returns:
        float or array of float from 0 to 1.
    """
    holders = np.asarray(holders, float)
    weights = 1 - np.log(holders / 2) / max(math.log(max(answers, 2) / 2), 1e-9)
    return np.where(holders <= 2, 1.0, np.where(holders > answers / 2, 0.0, np.clip(weights, 0, 1)))


def compare(answers, least=0.0, most=100):
    """Compares every answer with every other one, by an index from fingerprints to those who hold them.

    Args:
        answers: dict from student to `Answer`.
        least: float, the score from which a pair is listed.
        most: int, how many pairs are listed at most.

    Returns:
        A `Comparison`.
    """
    names = [name for name, answer in answers.items() if len(answer.fingerprints)]
    prints = [answers[name].fingerprints for name in names]
    if len(names) < 2:
        return Comparison()
    owners = np.repeat(np.arange(len(names)), [len(one) for one in prints])
    values, column, holders = np.unique(np.concatenate(prints), return_inverse=True, return_counts=True)
    weights = weigh(holders, len(names))
    useful = (weights > 0) & (holders > 1)
    lengths = np.bincount(owners, weights[column])  # an answer's amount with a copy of itself
    kept = useful[column]
    order = np.argsort(column[kept], kind="stable")
    listed_owners, listed_columns = owners[kept][order], column[kept][order]  # by fingerprint, then by owner
    begins = np.searchsorted(listed_columns, np.arange(len(values) + 1))
    ends_of_rows = np.searchsorted(owners, np.arange(len(names) + 1))

    result, found = Comparison(), []
    histogram = np.zeros(int(lengths.max()) + 2, np.int64)
    for row in range(len(names) - 1):
        own = column[ends_of_rows[row] : ends_of_rows[row + 1]]
        own = own[useful[own]]
        postings = [listed_owners[begins[one] : begins[one + 1]] for one in own]
        amounts = np.zeros(len(names))
        if postings:
            repeated = np.repeat(weights[own], [len(one) for one in postings])
            amounts = np.bincount(np.concatenate(postings), repeated, minlength=len(names))
        later = amounts[row + 1 :]
        shares = np.divide(
            later, np.minimum(lengths[row], lengths[row + 1 :]), where=later > 0, out=later * 0
        )
        scores = later * shares
        histogram += np.bincount(np.ceil(scores).astype(int), minlength=len(histogram))
        listed = np.flatnonzero(scores >= max(least, 1e-9))
        result.above += len(listed)
        found += [(-scores[i], row, row + 1 + i, later[i], shares[i]) for i in listed]
        if len(found) > 50 * most + 1000:  # a class of copies has millions of pairs
            found = sorted(found)[:most]
    result.pairs = [
        Pair(names[row], names[other], float(amount), float(share))
        for _, row, other, amount, share in sorted(found)[:most]
    ]
    result.count = len(names) * (len(names) - 1) // 2
    reached = np.cumsum(histogram) / result.count
    result.typical = {part: int(np.searchsorted(reached, part)) for part in (0.5, 0.99, 0.999)}
    result.shared = set(values[useful].tolist())
    return result


def mark(source, shared):
    """Finds the passages of a cell that hold shared fingerprints.

    Args:
        source: str, the cell's code.
        shared: set of int, fingerprints.

    Returns:
        List of tuples `(start, end)`, places in the text, ascending and apart from each other.
    """
    tokens = tokenise(source)
    hashes = hash_runs(tokens.words)
    passages = []
    for position in winnow(hashes):
        if int(hashes[position]) not in shared:
            continue
        start, end = tokens.starts[position], tokens.ends[position + RUN - 1]
        if passages and start <= passages[-1][1]:
            passages[-1] = (passages[-1][0], end)
        else:
            passages.append((start, end))
    return passages
