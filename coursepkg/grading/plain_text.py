"""Text from strangers, made fit to be kept in a file, a database and a message."""

import re
import unicodedata

MAX_NAME = 80  # characters of a name that a message shows
UNSAFE_KINDS = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")
UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL keeps no NUL, UTF-8 no half of a surrogate pair


def keepable(text):
    """Makes a text one that every file and database can hold, with one kind of line end.

    Args:
        text: str, from anywhere.

    Returns:
        str, with a replacement character for NUL and for single surrogates.
    """
    return UNKEEPABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def printable(name, most=MAX_NAME):
    """Writes a name so that it stands on one line and reads as it is.

    Line ends, marks that turn the direction of writing, and other invisible characters are spelled out.

    Args:
        name: str, such as a file's name.
        most: int, the number of characters shown; the middle of a longer name is left out.

    Returns:
        str.
    """
    if len(name) > most:
        name = f"{name[: most // 2]}[...]{name[-most // 2 :]}"
    return "".join(
        character.encode("unicode_escape").decode("ascii")
        if unicodedata.category(character) in UNSAFE_KINDS
        else character
        for character in name
    )


def several(names, most=5):
    """Lists names in a sentence.

    Args:
        names: sequence of str.
        most: int, how many are named; the others are counted.

    Returns:
        str, such as `"'a.txt', 'b.txt' and 3 more"`.
    """
    shown = ", ".join(f"'{printable(name)}'" for name in names[:most])
    return shown + (f" and {len(names) - most} more" if len(names) > most else "")


# What a terminal obeys: CSI sequences (colours, the cursor), OSC sequences (titles, links), single escapes.
TERMINAL = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_ -/]?)|\x9b[0-?]*[ -/]*[@-~]"
)
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def printed(text, most=100_000):
    """What a program printed, as it would stand on paper.

    Colours and cursor movements are taken out; of a line that was written over, as progress bars are, the
    last state is kept; marks that turn the direction of writing are spelled out.

    Args:
        text: str.
        most: int, the number of characters kept; what is left out of the middle is counted in its place.

    Returns:
        str.
    """
    if len(text) > 4 * most:  # what follows costs time
        text = f"{text[: 2 * most]}\n{text[-2 * most :]}"
    text = TERMINAL.sub("", text).replace("\r\n", "\n")
    if "\r" in text:
        text = "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in text.split("\n"))
    text = CONTROLS.sub("", keepable(text))
    text = TURNING.sub(lambda mark: f"[U+{ord(mark[0]):04X}]", text)
    if len(text) > most:
        left_out = len(text) - most
        text = f"{text[: most // 2]}\n[... {left_out:,} characters left out ...]\n{text[-most // 2 :]}"
    return text
