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
