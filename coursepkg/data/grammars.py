"""Symbol sequences made from a seed by a known rule: grammars, brackets, a Markov chain."""

import numpy as np

from coursepkg.data.datasets import LabelledSequences, Text, dataset, loaders_of
from coursepkg.data.generators import GENERATED, OWN_LICENCE

REBER_SYMBOLS = "BTPSXVE"

# Reber's automaton: from each state, the symbols that may follow and the states they lead to.
REBER_ARCS = {
    0: {"B": 1},
    1: {"T": 2, "P": 3},
    2: {"S": 2, "X": 4},
    3: {"T": 3, "V": 5},
    4: {"X": 3, "S": 6},
    5: {"P": 4, "V": 6},
    6: {"E": None},
}

MARKOV_SYMBOLS = "abcd"

# Rows sum to 1; row i holds the probabilities of what follows symbol i.
MARKOV_TRANSITIONS = np.array(
    [
        [0.1, 0.7, 0.1, 0.1],
        [0.1, 0.1, 0.7, 0.1],
        [0.2, 0.1, 0.1, 0.6],
        [0.7, 0.1, 0.1, 0.1],
    ]
)

BRACKETS = "()[]{}<>"


@dataset(
    name="reber-grammar",
    title="Embedded Reber grammar: strings whose second symbol decides the last but one",
    returns="LabelledSequences",
    size=512,
    counted="strings",
    shapes={
        "train_inputs": (256, None),
        "train_labels": (256, None, 7),
        "test_inputs": (256, None),
        "test_labels": (256, None, 7),
    },
    units="ids into the symbols B T P S X V E; labels are 1 for each symbol that may follow",
    licence=OWN_LICENCE,
    origin="Reber 1967; the embedded form of Hochreiter and Schmidhuber 1997, experiment 1",
    citation="Reber 1967, Journal of Verbal Learning and Verbal Behavior 6; Hochreiter and Schmidhuber 1997",
    arrives=GENERATED,
)
def reber_grammar(count=256, test_count=256, seed=0):
    """Draws strings: B, then T or P, a string of Reber's automaton, the same T or P again, then E.

    Each arc out of a state is equally likely. The step after the last symbol has no label, so a string of n
    symbols has n - 1 inputs and n - 1 labels.

    Args:
        count: int, the number of training strings.
        test_count: int, the number of test strings; none of them is in the training part.
        seed: int.

    Returns:
        A `LabelledSequences`: lists of int32 arrays `(timesteps,)` and of float arrays `(timesteps, 7)`.
        Its label names are the symbols.
    """
    rng = np.random.default_rng(seed)
    train = [_embedded_reber_string(rng) for _ in range(count)]
    seen, test = {string for string, _ in train}, []
    while len(test) < test_count:
        drawn = _embedded_reber_string(rng)
        if drawn[0] not in seen:
            test.append(drawn)

    def arrays(strings):
        inputs = [
            np.array([REBER_SYMBOLS.index(symbol) for symbol in string[:-1]], np.int32)
            for string, _ in strings
        ]
        labels = [
            np.array([[symbol in allowed for symbol in REBER_SYMBOLS] for allowed in following], np.float64)
            for _, following in strings
        ]
        return inputs, labels

    return LabelledSequences(*arrays(train), *arrays(test), tuple(REBER_SYMBOLS))


def _embedded_reber_string(rng):
    """Draws one string, with the symbols that may follow each of its symbols but the last."""
    branch = "TP"[rng.integers(2)]
    inner, following, state = "", [], 0
    while state is not None:
        arcs = REBER_ARCS[state]
        symbol = list(arcs)[rng.integers(len(arcs))]
        following.append("".join(arcs))
        inner, state = inner + symbol, arcs[symbol]
    return f"B{branch}{inner}{branch}E", ["TP", *following, branch, "E"]


@dataset(
    name="brackets",
    title="Brackets: is this string of brackets balanced?",
    returns="LabelledSequences",
    size=1200,
    counted="strings",
    shapes={
        "train_inputs": (1000, 20),
        "train_labels": (1000,),
        "test_inputs": (200, 20),
        "test_labels": (200,),
    },
    units="ids into the brackets ( ) [ ] { } < >",
    licence=OWN_LICENCE,
    origin="the Dyck language; Chomsky and Schützenberger 1963",
    citation="Chomsky and Schützenberger 1963, The algebraic theory of context-free languages",
    arrives=GENERATED,
)
def brackets(count=1000, test_count=200, timesteps=20, kinds=2, seed=0):
    """Draws strings of brackets, half of them balanced; the other half have two brackets swapped.

    A swap leaves the counts of the symbols as they are, so that counting cannot tell the halves apart: only
    order can. Nestings are drawn uniformly from all that have this length.

    Args:
        count: int, the number of training strings.
        test_count: int, the number of test strings.
        timesteps: int, the length, even and at least 4.
        kinds: int, how many kinds of brackets, 1 to 4.
        seed: int.

    Returns:
        A `LabelledSequences` of int32 ids `(count, timesteps)`; label 1 is balanced.

    Raises:
        ValueError: `timesteps` is odd or below 4, or `kinds` is not from 1 to 4.
    """
    if timesteps < 4 or timesteps % 2:
        raise ValueError(f"timesteps must be even and at least 4, and is {timesteps}.")
    if not 1 <= kinds <= 4:
        raise ValueError(f"kinds must be from 1 to 4, and is {kinds}.")
    ways = _count_nestings(timesteps)

    def draw(rng, size):
        inputs = np.array([_balanced(rng, timesteps, kinds, ways) for _ in range(size)], dtype=np.int32)
        labels = rng.permutation(np.arange(size) % 2)
        for number in np.flatnonzero(labels == 0):
            inputs[number] = _broken(rng, inputs[number])
        return inputs, labels

    train, test = np.random.default_rng(seed).spawn(2)
    return LabelledSequences(*draw(train, count), *draw(test, test_count), ("unbalanced", "balanced"))


def _count_nestings(timesteps):
    """Counts, for each number of steps left and depth, the ways to end at depth 0 (never below it)."""
    ways = np.zeros((timesteps + 1, timesteps + 2))
    ways[0, 0] = 1
    for left in range(1, timesteps + 1):
        ways[left, 0] = ways[left - 1, 1]
        ways[left, 1:-1] = ways[left - 1, 2:] + ways[left - 1, :-2]
    return ways


def _balanced(rng, timesteps, kinds, ways):
    """Draws one balanced string, each step in proportion to the number of strings that continue with it."""
    word, stack = [], []
    for left in range(timesteps, 0, -1):
        depth = len(stack)
        if rng.random() * ways[left, depth] < ways[left - 1, depth + 1]:
            stack.append(int(rng.integers(kinds)))
            word.append(2 * stack[-1])
        else:
            word.append(2 * stack.pop() + 1)
    return word


def _broken(rng, word):
    """Swaps two symbols so that the string is no longer balanced."""
    while True:
        swapped = word.copy()
        first, second = rng.choice(len(word), size=2, replace=False)
        swapped[[first, second]] = word[[second, first]]
        if not is_balanced(swapped):
            return swapped


def is_balanced(ids):
    """Tells whether every bracket is closed by its own kind, innermost first.

    Args:
        ids: integers: 2 k opens kind k, 2 k + 1 closes it.

    Returns:
        bool.
    """
    stack = []
    for symbol in ids:
        if symbol % 2 == 0:
            stack.append(symbol)
        elif not stack or stack.pop() != symbol - 1:
            return False
    return not stack


@dataset(
    name="markov-text",
    title="Markov text: each symbol drawn from a known table, given the one before",
    returns="Text",
    size=10_000,
    counted="characters",
    shapes={},
    units="characters a, b, c, d",
    licence=OWN_LICENCE,
    origin="the idea of Shannon 1948, section 3",
    citation="Shannon 1948, A mathematical theory of communication",
    arrives=GENERATED,
)
def markov_text(length=10_000, symbols=MARKOV_SYMBOLS, transitions=MARKOV_TRANSITIONS, seed=0):
    """Draws a text of which the best possible model is known: its transition table.

    Args:
        length: int, the number of characters.
        symbols: str, the alphabet.
        transitions: array `(symbols, symbols)` whose rows sum to 1.
        seed: int.

    Returns:
        A `Text`; the first symbol is drawn uniformly.

    Raises:
        ValueError: `transitions` does not fit `symbols`, or its rows are not probabilities.
    """
    transitions = np.asarray(transitions, dtype=np.float64)
    if transitions.shape != (len(symbols), len(symbols)):
        raise ValueError(f"{len(symbols)} symbols need a square table of that size, not {transitions.shape}.")
    if (transitions < 0).any() or not np.allclose(transitions.sum(axis=1), 1):
        raise ValueError(
            f"Each row of transitions must be probabilities that sum to 1; the sums are {transitions.sum(1)}."
        )
    rng = np.random.default_rng(seed)
    ceilings = np.cumsum(transitions, axis=1)
    ids = [int(rng.integers(len(symbols)))] if length else []
    for chance in rng.random(max(length - 1, 0)):
        row = ceilings[ids[-1]]
        ids.append(min(int(np.searchsorted(row, chance * row[-1], side="right")), len(symbols) - 1))
    return Text("".join(symbols[number] for number in ids))


LOADERS = loaders_of(globals())
