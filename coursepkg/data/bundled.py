"""Series and labelled sequences that installed packages already contain: nothing is downloaded."""

from pathlib import Path

import numpy as np

from coursepkg.data.datasets import LabelledSequences, Series, choose, dataset, loaders_of, optional_package

ARCHIVE_LICENCE = "none stated by the UEA and UCR archive; sktime passes it on under BSD-3-Clause"


@dataset(
    name="sunspots",
    title="Sunspots, a yearly mean from 1700 to 2008",
    returns="Series",
    size=309,
    counted="years",
    shapes={"values": (309, 1), "index": (309,)},
    units="Wolf sunspot number",
    licence="public domain",
    origin="United States National Geophysical Data Center",
    citation="SIDC, Solar Influences Data Analysis Center, The International Sunspot Number",
    arrives="bundled with statsmodels",
)
def sunspots():
    """Gives the yearly sunspot numbers; the index is the year.

    Returns:
        A `Series` with the one feature `"sunspots"`.
    """
    frame = optional_package("statsmodels.datasets.sunspots").load_pandas().data
    years = frame["YEAR"].to_numpy().astype(np.int64)
    return Series(frame[["SUNACTIVITY"]].to_numpy(np.float64), years, ("sunspots",))


@dataset(
    name="co2",
    title="Carbon dioxide in the air at Mauna Loa, weekly from March 1958 to December 2001",
    returns="Series",
    size=2284,
    counted="weeks",
    shapes={"values": (2284, 1), "index": (2284,)},
    units="parts per million by volume",
    licence="public domain",
    origin="Carbon Dioxide Information Analysis Center, Oak Ridge National Laboratory",
    citation="Keeling and Whorf 2004, in Trends: A Compendium of Data on Global Change",
    arrives="bundled with statsmodels",
)
def co2(every="week", missing="interpolate"):
    """Gives the concentration; the index holds dates (the Saturday that ends the week, or the month).

    Args:
        every: `"week"`, or `"month"` for the mean of the weeks of each month.
        missing: what becomes of the 59 weeks without a measurement: `"interpolate"` draws a straight line
            between their neighbours, `"keep"` leaves them NaN.

    Returns:
        A `Series` with the one feature `"co2"`.

    Raises:
        ValueError: `every` or `missing` is not one of its values.
    """
    choose("every", every, ("week", "month"))
    choose("missing", missing, ("interpolate", "keep"))
    frame = optional_package("statsmodels.datasets.co2").load_pandas().data
    dates = frame.index.to_numpy().astype("datetime64[D]")
    values = frame["co2"].to_numpy(np.float64)
    known = np.isfinite(values)
    if missing == "interpolate":
        steps = np.arange(len(values))
        values = np.interp(steps, steps[known], values[known])
    if every == "month":
        months = dates.astype("datetime64[M]")
        dates, starts = np.unique(months, return_index=True)
        # A month without any measurement stays NaN under missing="keep".
        groups = (group[np.isfinite(group)] for group in np.split(values, starts[1:]))
        values = np.array([group.mean() if group.size else np.nan for group in groups])
    return Series(values[:, np.newaxis], dates, ("co2",))


@dataset(
    name="google-prices",
    title="Google's share price, each trading day from August 2004 to October 2008",
    returns="Series",
    size=1047,
    counted="trading days",
    shapes={"values": (1047, 6), "index": (1047,)},
    units="US dollars; shares for the volume",
    licence="matplotlib's licence (PSF-based); none stated for the prices themselves",
    origin="matplotlib's sample data, goog.npz",
    citation="Hunter 2007, Matplotlib: A 2D graphics environment",
    arrives="bundled with matplotlib",
)
def google_prices():
    """Gives the prices as they were published; the index holds dates, without week-ends and holidays.

    Returns:
        A `Series` with the features `open`, `high`, `low`, `close`, `volume`, `adjusted_close`.
    """
    with np.load(_matplotlib_sample("goog.npz")) as archive:
        table = archive["price_data"]
    columns = ("open", "high", "low", "close", "volume", "adj_close")
    values = np.stack([table[column].astype(np.float64) for column in columns], axis=1)
    return Series(values, table["date"], (*columns[:-1], "adjusted_close"))


@dataset(
    name="eeg",
    title="Brain waves: ten seconds of an electroencephalogram, four channels",
    returns="Series",
    size=800,
    counted="samples",
    shapes={"values": (800, 4), "index": (800,)},
    units="standardised voltage (the scale is not stated); index in seconds",
    licence="matplotlib's licence (PSF-based); none stated for the recording itself",
    origin="matplotlib's sample data, eeg.dat, as in its gallery's \"MRI with EEG\"",
    citation="Hunter 2007, Matplotlib: A 2D graphics environment",
    arrives="bundled with matplotlib",
)
def eeg():
    """Gives the four channels, 80 samples a second.

    Returns:
        A `Series`; the features carry the electrode names of matplotlib's gallery.
    """
    values = np.fromfile(_matplotlib_sample("eeg.dat"), dtype="<f8").reshape(800, 4)
    return Series(values, np.arange(800) / 80, ("PG3", "PG5", "PG7", "PG9"))


@dataset(
    name="mitdb",
    title="An electrocardiogram of 21 seconds in which one heartbeat comes early",
    returns="Series",
    size=7500,
    counted="samples",
    shapes={"values": (7500, 1), "index": (7500,), "labels": (7500,)},
    units="millivolt; index in seconds at the 360 samples a second of the database",
    licence="Open Data Commons Attribution License v1.0 (PhysioNet)",
    origin="MIT-BIH Arrhythmia Database, the excerpt that comes with sktime",
    citation="Moody and Mark 2001, IEEE Engineering in Medicine and Biology 20(3), 45-50",
    arrives="bundled with sktime",
)
def mitdb():
    """Gives the voltage; the labels are 1 around the beat that comes early and 0 elsewhere.

    Returns:
        A `Series` with the one feature `"voltage"`.
    """
    table = np.loadtxt(_sktime_file("mitdb", "mitdb.csv"), delimiter=",", skiprows=1)
    return Series(table[:, :1], np.arange(len(table)) / 360, ("voltage",), table[:, 1].astype(np.int64))


@dataset(
    name="digits",
    title="Handwritten digits, 8 by 8 pixels, read as sequences",
    returns="LabelledSequences",
    size=1797,
    counted="images",
    shapes={
        "train_inputs": (1438, 64, 1),
        "train_labels": (1438,),
        "test_inputs": (359, 64, 1),
        "test_labels": (359,),
    },
    units="ink, from 0 to 1 in sixteenths",
    licence="CC BY 4.0 (UCI Machine Learning Repository)",
    origin="UCI, Optical Recognition of Handwritten Digits, its test part",
    citation="Alpaydin and Kaynak 1998, UCI Machine Learning Repository",
    arrives="bundled with scikit-learn",
)
def digits(steps="pixels", test_share=0.2, seed=0):
    """Gives each image as a sequence, from its top left to its bottom right.

    Args:
        steps: `"pixels"` for 64 steps of 1 feature, `"rows"` for 8 steps of 8 features.
        test_share: float, the part of the images that becomes the test part.
        seed: int, decides which images those are.

    Returns:
        A `LabelledSequences`.

    Raises:
        ValueError: `steps` is neither, or `test_share` leaves one part empty.
    """
    choose("steps", steps, ("pixels", "rows"))
    images, labels = optional_package("sklearn.datasets").load_digits(return_X_y=True)
    inputs = (images / 16).reshape((-1, 64, 1) if steps == "pixels" else (-1, 8, 8))
    order = np.random.default_rng(seed).permutation(len(inputs))
    cut = round(len(inputs) * (1 - test_share))
    if not 0 < cut < len(inputs):
        raise ValueError(f"test_share must leave images in both parts (0 < share < 1), and is {test_share}.")
    train, test = order[:cut], order[cut:]
    names = tuple(str(digit) for digit in range(10))
    return LabelledSequences(inputs[train], labels[train], inputs[test], labels[test], names)


@dataset(
    name="japanese-vowels",
    title="Nine speakers saying two Japanese vowels",
    returns="LabelledSequences",
    size=640,
    counted="utterances",
    shapes={
        "train_inputs": (270, None, 12),
        "train_labels": (270,),
        "test_inputs": (370, None, 12),
        "test_labels": (370,),
    },
    units="LPC cepstrum coefficients, one row each 6.4 ms",
    licence="CC BY 4.0 (UCI Machine Learning Repository)",
    origin="Kudo, Toyama and Shimbo, Hokkaido University",
    citation="Kudo, Toyama and Shimbo 1999, Pattern Recognition Letters 20, 1103-1111",
    arrives="bundled with sktime",
)
def japanese_vowels():
    """Gives the utterances, 7 to 29 steps long, labelled with the speaker.

    Returns:
        A `LabelledSequences` whose inputs are lists of arrays `(timesteps, 12)`.
    """
    return _archive_problem("JapaneseVowels", [str(speaker) for speaker in range(1, 10)], "speaker {}")


@dataset(
    name="basic-motions",
    title="A wrist's motion while standing, running, walking and playing badminton",
    returns="LabelledSequences",
    size=80,
    counted="recordings",
    shapes={
        "train_inputs": (40, 100, 6),
        "train_labels": (40,),
        "test_inputs": (40, 100, 6),
        "test_labels": (40,),
    },
    units="accelerometer and gyroscope readings (three axes each), 10 samples a second",
    licence=ARCHIVE_LICENCE,
    origin="a student project with smart watches, University of East Anglia",
    citation="Bagnall et al. 2018, The UEA multivariate time series classification archive",
    arrives="bundled with sktime",
)
def basic_motions():
    """Gives recordings of ten seconds, labelled with the activity.

    Returns:
        A `LabelledSequences`.
    """
    return _archive_problem("BasicMotions", ["Standing", "Running", "Walking", "Badminton"])


@dataset(
    name="italy-power-demand",
    title="One day of Italy's demand for electric power, hour by hour",
    returns="LabelledSequences",
    size=1096,
    counted="days",
    shapes={
        "train_inputs": (67, 24, 1),
        "train_labels": (67,),
        "test_inputs": (1029, 24, 1),
        "test_labels": (1029,),
    },
    units="demand, standardised within each day",
    licence=ARCHIVE_LICENCE,
    origin="Keogh et al., University of California, Riverside",
    citation="Keogh, Wei, Xi, Lonardi, Shieh and Sirowy 2006, Intelligent Icons, ICDM",
    arrives="bundled with sktime",
)
def italy_power_demand():
    """Gives days of 24 hours, labelled with the half of the year they lie in.

    Returns:
        A `LabelledSequences`; the label names are `"October to March"` and `"April to September"`.
    """
    problem = _archive_problem("ItalyPowerDemand", ["1", "2"])
    names = ("October to March", "April to September")
    return LabelledSequences(*list(vars(problem).values())[:4], names)


def _matplotlib_sample(name):
    """Finds a file of matplotlib's sample data."""
    path = Path(optional_package("matplotlib").get_data_path()) / "sample_data" / name
    if not path.exists():
        raise FileNotFoundError(
            f"matplotlib's sample data has no file {name!r}. Some distributions leave the samples out: "
            "install matplotlib with pip."
        )
    return path


def _sktime_file(folder, name):
    """Finds a data file of sktime without importing sktime, which takes seconds and may warn."""
    from importlib.util import find_spec

    spec = find_spec("sktime")
    if spec is None:
        optional_package("sktime")  # raises the message that says what to install
    path = Path(spec.origin).parent / "datasets" / "data" / folder / name
    if not path.exists():
        raise FileNotFoundError(
            f"The installed sktime has no file {folder}/{name}; coursepkg needs sktime 0.36 or newer."
        )
    return path


def _archive_problem(problem, labels, label_format="{}"):
    """Reads both parts of a classification problem in the archive's `.ts` format."""
    train_inputs, train_labels = read_ts(_sktime_file(problem, f"{problem}_TRAIN.ts"), labels)
    test_inputs, test_labels = read_ts(_sktime_file(problem, f"{problem}_TEST.ts"), labels)
    names = tuple(label_format.format(label) for label in labels)
    return LabelledSequences(train_inputs, train_labels, test_inputs, test_labels, names)


def read_ts(path, labels):
    """Reads a `.ts` file: a header, then one example a line, features apart by colons, the label last.

    Args:
        path: the file.
        labels: list of str, the labels in the order in which they are numbered from 0.

    Returns:
        Tuple `(inputs, numbers)`: an array `(count, timesteps, features)`, or a list of arrays where lengths
        vary, and an int64 array `(count,)`.
    """
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.strip().lower() == "@data")
    inputs, numbers = [], []
    for line in filter(str.strip, lines[start + 1 :]):
        *features, label = line.split(":")
        inputs.append(np.array([feature.split(",") for feature in features], dtype=np.float64).T)
        numbers.append(labels.index(label.strip()))
    if len({len(example) for example in inputs}) == 1:
        inputs = np.stack(inputs)  # (count, timesteps, features)
    return inputs, np.array(numbers, dtype=np.int64)


LOADERS = loaders_of(globals())
