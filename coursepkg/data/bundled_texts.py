"""Texts, dates and tunes that come with Python, Babel and coursepkg itself: nothing is downloaded."""

import datetime
import difflib
import re

import numpy as np

from coursepkg.data.datasets import Pairs, Series, Text, choose, dataset, loaders_of, optional_package

DATE_FORMATS = ("short", "medium", "long", "full")

# Note names with their octave (C4 is middle C), each followed by its beats unless it lasts one. Bars are
# marked by "|" and have four beats.
_ODE_FIRST = "F#4 F#4 G4 A4 | A4 G4 F#4 E4 | D4 D4 E4 F#4 | F#4:1.5 E4:0.5 E4:2"
_ODE_SECOND = "F#4 F#4 G4 A4 | A4 G4 F#4 E4 | D4 D4 E4 F#4 | E4:1.5 D4:0.5 D4:2"
_ODE_MIDDLE = "E4 E4 F#4 D4 | E4 F#4:0.5 G4:0.5 F#4 D4 | E4 F#4:0.5 G4:0.5 F#4 E4 | D4 E4 A3:2"
_MAMAN_OUTER = "C4 C4 G4 G4 | A4 A4 G4:2 | F4 F4 E4 E4 | D4 D4 C4:2"
_MAMAN_MIDDLE = "G4 G4 F4 F4 | E4 E4 D4:2 | G4 G4 F4 F4 | E4 E4 D4:2"
TUNES = {
    "ode-to-joy": " | ".join([_ODE_FIRST, _ODE_SECOND, _ODE_MIDDLE, _ODE_SECOND]),
    "ah-vous-dirai-je-maman": " | ".join([_MAMAN_OUTER, _MAMAN_MIDDLE, _MAMAN_OUTER]),
    "frere-jacques": " | ".join(
        bar
        for bar in ("C4 D4 E4 C4", "E4 F4 G4:2", "G4:0.5 A4:0.5 G4:0.5 F4:0.5 E4 C4", "C4 G3 C4:2")
        for _ in range(2)
    ),
}


@dataset(
    name="python-manual",
    title="Python's own manual: the pages behind help() for keywords and topics",
    returns="Text",
    size=470_000,
    counted="characters",
    size_varies="each Python version has its own text",
    shapes={},
    units="characters",
    licence="PSF License Version 2",
    origin="the standard library's module pydoc_data.topics",
    citation="Python Software Foundation, The Python Language Reference",
    arrives="bundled with Python",
)
def python_manual():
    """Joins the manual's topics, sorted by name, each under its name.

    Returns:
        A `Text`. It differs between Python 3.11, 3.12 and 3.13, so numbers computed from it do too.
    """
    from pydoc_data.topics import topics

    pages = (f"{name}\n\n{_without_trailing_spaces(topics[name])}" for name in sorted(topics))
    return Text("\n\n\n".join(pages) + "\n")


def _without_trailing_spaces(page):
    return re.sub(r"[ \t]+$", "", page, flags=re.MULTILINE).strip()


@dataset(
    name="phix174",
    title="The genome of the virus phiX174, the first DNA genome ever read",
    returns="Text",
    size=5386,
    counted="bases",
    shapes={},
    units="bases A, C, G, T",
    licence="public domain (GenBank)",
    origin="GenBank NC_001422.1, Escherichia phage phiX174, a circle cut open at its usual first base",
    citation="Sanger et al. 1977, Nature 265, 687-695",
    arrives="bundled with coursepkg",
)
def phix174():
    """Gives the 5,386 bases as one string over the alphabet A, C, G, T.

    Returns:
        A `Text`.
    """
    from coursepkg.data._phix174 import GENOME

    return Text(GENOME)


@dataset(
    name="date-formats",
    title="Dates as people write them in about a thousand locales, with their ISO 8601 form",
    returns="Pairs",
    size=10_000,
    counted="pairs",
    shapes={"sources": (10_000,), "targets": (10_000,), "groups": (10_000,)},
    units="characters",
    licence="Unicode License v3 (CLDR); Babel is BSD-3-Clause",
    origin="Unicode Common Locale Data Repository, as Babel ships it; the dates are drawn from a seed",
    citation="Unicode Consortium, Common Locale Data Repository; The Babel Team, Babel",
    arrives="bundled with Babel",
)
def date_formats(count=10_000, formats=DATE_FORMATS, locales=None, years=(1950, 2049), seed=0):
    """Draws dates, and writes each in the way of a locale and in ISO 8601.

    Args:
        count: int, the number of pairs.
        formats: tuple of `"short"`, `"medium"`, `"long"` and `"full"`, from which each pair draws one.
        locales: list of str such as `["en_GB", "de"]`, from which each pair draws one. Defaults to all the
            locales that the installed Babel knows.
        years: tuple of int, the first and the last year. The default spans exactly a hundred years, so that
            a year of two digits still means one year only.
        seed: int.

    Returns:
        A `Pairs`: sources such as `"9 mars 1987"`, targets such as `"1987-03-09"`, groups such as `"fr_BE"`.

    Raises:
        ValueError: Babel has no such locale, or no such format.
    """
    format_date = optional_package("babel.dates").format_date
    known = sorted(optional_package("babel.localedata").locale_identifiers())
    locales = known if locales is None else list(locales)
    for locale in locales:
        if locale not in known:
            near = difflib.get_close_matches(locale, known, n=3)
            hint = f"Did you mean {' or '.join(map(repr, near))}?" if near else "Locales look like 'en_GB'."
            raise ValueError(f"Babel has no locale {locale!r}. {hint}")
    for style in formats:
        choose("each of formats", style, DATE_FORMATS)
    rng = np.random.default_rng(seed)
    first, last = datetime.date(years[0], 1, 1).toordinal(), datetime.date(years[1], 12, 31).toordinal()
    dates = [datetime.date.fromordinal(int(day)) for day in rng.integers(first, last + 1, size=count)]
    groups = [locales[number] for number in rng.integers(len(locales), size=count)]
    styles = [formats[number] for number in rng.integers(len(formats), size=count)]
    sources = [
        format_date(date, style, locale=locale)
        for date, style, locale in zip(dates, styles, groups, strict=True)
    ]
    return Pairs(sources, [date.isoformat() for date in dates], groups)


@dataset(
    name="melody",
    title="Three old tunes, note by note",
    returns="Series",
    size=62,
    counted="notes",
    shapes={"values": (62, 2), "index": (62,)},
    units="pitch in MIDI numbers (60 is middle C, one step a semitone); duration and index in beats",
    licence="public domain (the tunes); written out for this course",
    origin="Beethoven 1824; two French tunes of the eighteenth century",
    citation="Ludwig van Beethoven 1824, Symphony No. 9, the theme of the last movement",
    arrives="bundled with coursepkg",
)
def melody(tune="ode-to-joy"):
    """Gives the notes of a tune, without its accompaniment; the index is the beat at which a note starts.

    Args:
        tune: `"ode-to-joy"` (62 notes), `"ah-vous-dirai-je-maman"` (42) or `"frere-jacques"` (32).

    Returns:
        A `Series` with the features `pitch` and `duration`.

    Raises:
        ValueError: there is no such tune.
    """
    choose("tune", tune, tuple(TUNES))
    notes = [note.partition(":") for note in TUNES[tune].replace("|", " ").split()]
    pitches = np.array([_midi_number(name) for name, _, _ in notes], dtype=np.float64)
    durations = np.array([float(beats or 1) for _, _, beats in notes])
    starts = np.cumsum(durations) - durations
    return Series(np.stack([pitches, durations], axis=1), starts, ("pitch", "duration"))


def _midi_number(name):
    """Turns a note name such as "F#4" into its MIDI number, 66."""
    semitone = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}[name[0]]
    return 12 * (int(name[-1]) + 1) + semitone + name.count("#")


LOADERS = loaders_of(globals())
