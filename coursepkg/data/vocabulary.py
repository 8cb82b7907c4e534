"""Between text and integer ids: the vocabulary of a character or a word model."""

import json
from collections import Counter
from pathlib import Path

import numpy as np

LEVELS = ("character", "word")
FILE_FORMAT = "coursepkg.vocabulary"
FILE_VERSION = 1


class Vocabulary:
    """The symbols that a model knows, each with an integer id.

    Id 0 is padding and id 1 is the unknown symbol, as in `keras.layers.TextVectorization`; the known symbols
    follow from id 2 on, in the order given.

    Args:
        symbols: Iterable of str, the known symbols without padding and unknown, each once. With
            `level="character"` each is a single character.
        level: `"character"` (a text is its characters) or `"word"` (a text is what stands between white
            space).
        unknown: str that stands for every symbol outside the vocabulary.
        padding: str that names the padding symbol. It is never produced by `encode`.

    Raises:
        ValueError: If the level is neither of the two, a symbol appears twice, is empty, does not fit the
            level, or is the padding or unknown symbol itself.
    """

    def __init__(self, symbols, level="character", unknown="[UNK]", padding="[PAD]"):
        if level not in LEVELS:
            raise ValueError(f"level must be 'character' or 'word', got {level!r}")
        if unknown == padding:
            raise ValueError(f"unknown and padding must be two different symbols, both are {padding!r}")
        symbols = tuple(symbols)
        for symbol in symbols:
            _check_symbol(symbol, level, (padding, unknown))
        twice = [symbol for symbol, count in Counter(symbols).items() if count > 1]
        if twice:
            raise ValueError(f"each symbol may appear once, but {twice[0]!r} is repeated")
        self.level = level
        self.padding = padding
        self.unknown = unknown
        self.padding_id = 0
        self.unknown_id = 1
        self.symbols = (padding, unknown, *symbols)  # symbols[id] is the symbol of that id
        self._ids = {symbol: number for number, symbol in enumerate(symbols, start=2)}

    @classmethod
    def from_text(cls, text, level="character", max_size=None, min_count=1, unknown="[UNK]", padding="[PAD]"):
        """Builds the vocabulary of a text: symbols by falling frequency, ties in alphabetical order.

        Use the training text alone. What only the test text contains is unknown to the model.

        Args:
            text: str, or an iterable of str.
            level: `"character"` or `"word"`.
            max_size: int, the largest allowed size, padding and unknown included (as `max_tokens` in
                `TextVectorization`), or `None` for no limit.
            min_count: int, symbols that occur less often than this are left to the unknown symbol.
            unknown: str, the unknown symbol.
            padding: str, the padding symbol.

        Returns:
            A `Vocabulary`.

        Raises:
            ValueError: If `max_size` is below 3 or `min_count` below 1.
        """
        if max_size is not None and max_size < 3:
            raise ValueError(
                f"max_size must be 3 or more (padding, unknown and at least one symbol), got {max_size}"
            )
        if min_count < 1:
            raise ValueError(f"min_count must be 1 or more, got {min_count}")
        texts = [text] if isinstance(text, str) else text
        counts = Counter()
        for one_text in texts:
            counts.update(_split(one_text, level))
        for special in (padding, unknown):  # the words "[PAD]" and "[UNK]" in a text are not known symbols
            counts.pop(special, None)
        ordered = sorted(counts, key=lambda symbol: (-counts[symbol], symbol))
        kept = [symbol for symbol in ordered if counts[symbol] >= min_count]
        if max_size is not None:
            kept = kept[: max_size - 2]
        return cls(kept, level=level, unknown=unknown, padding=padding)

    def encode(self, text):
        """Turns a text into ids.

        Args:
            text: str.

        Returns:
            int32 array of shape `(timesteps,)`; a symbol outside the vocabulary becomes `unknown_id`.

        Raises:
            TypeError: If `text` is not a str.
        """
        symbols = _split(text, self.level)
        return np.array([self._ids.get(symbol, self.unknown_id) for symbol in symbols], dtype=np.int32)

    def decode(self, ids):
        """Turns ids back into a text. Padding is left out, an unknown symbol reads `[UNK]`.

        Characters are joined as they are and words by one space, so a text without unknown symbols comes back
        exactly at character level, and with its white space made single at word level.

        Args:
            ids: Sequence of int, shape `(timesteps,)`.

        Returns:
            str.

        Raises:
            ValueError: If `ids` is not one-dimensional or holds anything but ids of this vocabulary.
        """
        ids = np.asarray(ids)
        if ids.ndim != 1:
            raise ValueError(f"decode takes the ids of one text, shape (timesteps,), got shape {ids.shape}")
        if ids.size and not np.issubdtype(ids.dtype, np.integer):
            raise ValueError(f"ids must be integers, got dtype {ids.dtype}")
        wrong = ids[(ids < 0) | (ids >= len(self))]
        if wrong.size:
            raise ValueError(f"ids of this vocabulary run from 0 to {len(self) - 1}, got {int(wrong[0])}")
        joint = "" if self.level == "character" else " "
        return joint.join(self.symbols[number] for number in ids if number != self.padding_id)

    def save(self, path):
        """Writes the vocabulary to a JSON file.

        Args:
            path: str or `pathlib.Path`.
        """
        content = {
            "format": FILE_FORMAT,
            "version": FILE_VERSION,
            "level": self.level,
            "padding": self.padding,
            "unknown": self.unknown,
            "symbols": list(self.symbols[2:]),
        }
        Path(path).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path):
        """Reads a vocabulary that `save` wrote.

        Args:
            path: str or `pathlib.Path`.

        Returns:
            A `Vocabulary` equal to the one saved.

        Raises:
            ValueError: If the file is not JSON, not a vocabulary, of another version, or incomplete.
        """
        try:
            content = json.loads(Path(path).read_text(encoding="utf-8"))
        except ValueError as error:  # JSONDecodeError and UnicodeDecodeError both are ValueErrors
            raise ValueError(f"{path} is not a JSON file: {error}") from error
        if not isinstance(content, dict) or content.get("format") != FILE_FORMAT:
            raise ValueError(f"{path} is JSON, but not a vocabulary: its format should be {FILE_FORMAT!r}")
        if content.get("version") != FILE_VERSION:
            raise ValueError(
                f"{path} has version {content.get('version')!r} of the vocabulary format; "
                f"this coursepkg reads version {FILE_VERSION}"
            )
        missing = [key for key in ("level", "padding", "unknown", "symbols") if key not in content]
        if missing:
            raise ValueError(f"{path} lacks the entry {missing[0]!r}")
        if not isinstance(content["symbols"], list):
            raise ValueError(f"{path}: 'symbols' should be a list, got {type(content['symbols']).__name__}")
        return cls(
            content["symbols"],
            level=content["level"],
            unknown=content["unknown"],
            padding=content["padding"],
        )

    def __len__(self):
        return len(self.symbols)

    def __contains__(self, symbol):
        return symbol in self._ids

    def __eq__(self, other):
        if not isinstance(other, Vocabulary):
            return NotImplemented
        return (self.level, self.symbols) == (other.level, other.symbols)

    def __hash__(self):
        return hash((self.level, self.symbols))

    def __repr__(self):
        shown = ", ".join(repr(symbol) for symbol in self.symbols[:6])
        more = ", ..." if len(self) > 6 else ""
        return f"Vocabulary({len(self)} {self.level} symbols: {shown}{more})"


def _split(text, level):
    """The symbols of one text, in order."""
    if level not in LEVELS:
        raise ValueError(f"level must be 'character' or 'word', got {level!r}")
    if not isinstance(text, str):
        raise TypeError(
            f"a text must be one str, got {type(text).__name__}; take the texts of a list one by one"
        )
    return list(text) if level == "character" else text.split()


def _check_symbol(symbol, level, specials):
    if not isinstance(symbol, str) or not symbol:
        raise ValueError(f"a symbol must be a str of at least one character, got {symbol!r}")
    if symbol in specials:
        raise ValueError(f"{symbol!r} is added by the vocabulary itself; leave it out of the symbols")
    if level == "character" and len(symbol) != 1:
        raise ValueError(f"at level 'character' a symbol is one character, got {symbol!r}")
    if level == "word" and symbol.split() != [symbol]:
        raise ValueError(f"at level 'word' a symbol holds no white space, got {symbol!r}")
