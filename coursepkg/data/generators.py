"""Data sets made from a seed, with every parameter known: the test problems of the recurrent literature.

`grammars.py` has those over symbols. Training and test parts come from independent random streams.
"""

import numpy as np

from coursepkg.data.datasets import LabelledSequences, Series, choose, dataset, loaders_of, optional_package

GENERATED = "generated from a seed"
OWN_LICENCE = "BSD-3-Clause (this course's code)"


@dataset(
    name="adding",
    title="Adding problem: add the two marked numbers of a long sequence",
    returns="LabelledSequences",
    size=1200,
    counted="sequences",
    shapes={
        "train_inputs": (1000, 100, 2),
        "train_labels": (1000, 1),
        "test_inputs": (200, 100, 2),
        "test_labels": (200, 1),
    },
    units="numbers; feature 0 is the value, feature 1 the mark",
    licence=OWN_LICENCE,
    origin="Hochreiter and Schmidhuber 1997, experiment 4, as Bai et al. 2018 state it",
    citation="Hochreiter and Schmidhuber 1997; Bai, Kolter and Koltun 2018",
    arrives=GENERATED,
)
def adding(count=1000, test_count=200, timesteps=100, variant="bai", seed=0):
    """Makes sequences of numbers of which two are marked; the target is made of those two.

    With `variant="bai"`, values are uniform on [0, 1], two positions drawn from all are marked 1, the rest
    0, and the target is the sum. Predicting always 1 has a mean squared error of 1/6.

    With `variant="hochreiter"`, values are uniform on [-1, 1] and lengths uniform on `timesteps` to 1.1
    `timesteps`. One of the first ten pairs is marked 1, then one of the first `timesteps / 2 - 1` others. The
    first and the last pair are marked -1, unless the first is one of the two: then it keeps its mark and its
    value counts as 0. The target is 0.5 + (first + second) / 4.

    Args:
        count: int, the number of training sequences.
        test_count: int, the number of test sequences.
        timesteps: int, the length T, at least 2 (24 for `"hochreiter"`).
        variant: `"bai"` or `"hochreiter"`.
        seed: int.

    Returns:
        A `LabelledSequences` with float targets `(count, 1)`; the inputs are lists where lengths vary.

    Raises:
        ValueError: there is no such variant, or `timesteps` is too small for it.
    """
    choose("variant", variant, ("bai", "hochreiter"))
    least = 2 if variant == "bai" else 24
    if timesteps < least:
        raise ValueError(
            f"timesteps must be at least {least} for the variant {variant!r}, and is {timesteps}."
        )
    draw = _adding_bai if variant == "bai" else _adding_hochreiter
    train, test = np.random.default_rng(seed).spawn(2)
    return LabelledSequences(*draw(train, count, timesteps), *draw(test, test_count, timesteps))


def _adding_bai(rng, count, timesteps):
    inputs = np.zeros((count, timesteps, 2))
    inputs[:, :, 0] = rng.uniform(0, 1, size=(count, timesteps))
    # The two largest of T random numbers stand at two different positions, every pair equally likely.
    marked = np.argsort(rng.random((count, timesteps)), axis=1)[:, -2:]  # (count, 2)
    np.put_along_axis(inputs[:, :, 1], marked, 1.0, axis=1)
    targets = np.take_along_axis(inputs[:, :, 0], marked, axis=1).sum(axis=1, keepdims=True)  # (count, 1)
    return inputs, targets


def _adding_hochreiter(rng, count, timesteps):
    inputs, targets = [], np.zeros((count, 1))
    for number in range(count):
        length = int(rng.integers(timesteps, timesteps + timesteps // 10 + 1))
        first = int(rng.integers(10))
        second = int(rng.choice([step for step in range(timesteps // 2 - 1) if step != first]))
        pairs = np.zeros((length, 2))
        pairs[:, 0] = rng.uniform(-1, 1, size=length)
        pairs[[0, -1], 1] = -1
        pairs[[first, second], 1] = 1
        if 0 in (first, second):
            pairs[0, 0] = 0.0
        targets[number] = 0.5 + (pairs[first, 0] + pairs[second, 0]) / 4
        inputs.append(pairs)
    return inputs, targets


@dataset(
    name="copy-memory",
    title="Copy memory: repeat ten digits after a long silence",
    returns="LabelledSequences",
    size=1200,
    counted="sequences",
    shapes={
        "train_inputs": (1000, 120),
        "train_labels": (1000, 120),
        "test_inputs": (200, 120),
        "test_labels": (200, 120),
    },
    units="ids: 0 is blank, 1 to 8 are digits, 9 asks for the answer",
    licence=OWN_LICENCE,
    origin="Bai et al. 2018, section 5.1, after Hochreiter and Schmidhuber 1997 and Arjovsky et al. 2016",
    citation="Bai, Kolter and Koltun 2018",
    arrives=GENERATED,
)
def copy_memory(count=1000, test_count=200, silence=100, digits=10, seed=0):
    """Makes sequences that start with digits; the target repeats them at the end.

    The input has T + 2 `digits` steps, where T is `silence`: the digits, T - 1 blanks, then `digits` + 1
    nines, the first of which is the sign to start. The target is blank but for its last `digits` steps. A
    model without memory reaches a mean cross-entropy of `digits` ln 8 / (T + 2 `digits`) nats.

    Args:
        count: int, the number of training sequences.
        test_count: int, the number of test sequences.
        silence: int, T, at least 1.
        digits: int, how many digits to remember.
        seed: int.

    Returns:
        A `LabelledSequences` of int32 ids `(count, silence + 2 * digits)`, inputs and labels alike.

    Raises:
        ValueError: `silence` or `digits` is below 1.
    """
    if silence < 1 or digits < 1:
        raise ValueError(f"silence and digits must be at least 1, and are {silence} and {digits}.")

    def draw(rng, size):
        memory = rng.integers(1, 9, size=(size, digits), dtype=np.int32)
        inputs = np.zeros((size, silence + 2 * digits), dtype=np.int32)
        targets = np.zeros_like(inputs)
        inputs[:, :digits] = memory
        inputs[:, -(digits + 1) :] = 9
        targets[:, -digits:] = memory
        return inputs, targets

    train, test = np.random.default_rng(seed).spawn(2)
    return LabelledSequences(*draw(train, count), *draw(test, test_count))


@dataset(
    name="moving-digits",
    title="Moving digits: short videos of handwritten digits that bounce in a box",
    returns="LabelledSequences",
    size=250,
    counted="videos",
    shapes={
        "train_inputs": (200, 20, 24, 24),
        "train_labels": (200, 1),
        "test_inputs": (50, 20, 24, 24),
        "test_labels": (50, 1),
    },
    units="ink, from 0 to 1; one step is one frame",
    licence="CC BY 4.0 (the digits, UCI Machine Learning Repository)",
    origin="scikit-learn's digits, moved as in Srivastava et al. 2015",
    citation="Srivastava, Mansimov and Salakhutdinov 2015, Unsupervised learning of video representations",
    arrives="generated from a seed, out of the digits that scikit-learn bundles",
)
def moving_digits(count=200, test_count=50, timesteps=20, size=24, digits=1, speed=2, seed=0):
    """Makes videos in which digits of 8 by 8 pixels move in straight lines and bounce off the walls.

    Args:
        count: int, the number of training videos.
        test_count: int, the number of test videos; they show other writings of the digits.
        timesteps: int, the number of frames.
        size: int, the height and width of a frame in pixels, at least 9.
        digits: int, how many digits share a video; where they overlap, the darker ink is seen.
        speed: int, the most pixels that a digit moves in each direction from frame to frame.
        seed: int.

    Returns:
        A `LabelledSequences` of float32 frames `(count, timesteps, size, size)`, labelled with the digits
        `(count, digits)`.

    Raises:
        ValueError: `size` is below 9.
    """
    if size < 9:
        raise ValueError(f"size must be at least 9, one more than the 8 pixels of a digit, and is {size}.")
    images, labels = optional_package("sklearn.datasets").load_digits(return_X_y=True)
    images = (images / 16).reshape(-1, 8, 8).astype(np.float32)
    half = len(images) // 2

    def draw(rng, number, first, last):
        chosen = rng.integers(first, last, size=(number, digits))
        starts = rng.integers(0, size - 7, size=(number, digits, 2))
        velocities = rng.integers(-speed, speed + 1, size=(number, digits, 2))
        frames = np.zeros((number, timesteps, size, size), dtype=np.float32)
        for step in range(timesteps):
            corners = _bounce(starts + step * velocities, size - 8)
            for video, digit in np.ndindex(number, digits):
                row, column = corners[video, digit]
                window = frames[video, step, row : row + 8, column : column + 8]
                np.maximum(window, images[chosen[video, digit]], out=window)
        return frames, labels[chosen]

    train, test = np.random.default_rng(seed).spawn(2)
    names = tuple(str(digit) for digit in range(10))
    return LabelledSequences(*draw(train, count, 0, half), *draw(test, test_count, half, len(images)), names)


def _bounce(positions, wall):
    """Folds positions on a line into 0 to wall: a ball that turns back at both ends."""
    folded = positions % (2 * wall)
    return np.where(folded > wall, 2 * wall - folded, folded)


@dataset(
    name="sine-mixture",
    title="Sine mixture: a sum of sine waves with known periods, and noise",
    returns="Series",
    size=1000,
    counted="steps",
    shapes={"values": (1000, 1), "index": (1000,)},
    units="none",
    licence=OWN_LICENCE,
    origin="this course",
    citation="none needed",
    arrives=GENERATED,
)
def sine_mixture(timesteps=1000, periods=(20.0, 50.0), amplitudes=(1.0, 0.5), noise=0.1, seed=0):
    """Adds sine waves, each with a phase drawn at random, and Gaussian noise.

    Args:
        timesteps: int, the length.
        periods: tuple of float, in steps.
        amplitudes: tuple of float, one for each period.
        noise: float, the standard deviation of the noise.
        seed: int.

    Returns:
        A `Series` with the one feature `"value"`, of variance sum(amplitudes² / 2) + noise² in the long run.

    Raises:
        ValueError: there is not one amplitude for each period.
    """
    if len(periods) != len(amplitudes):
        raise ValueError(
            f"There are {len(periods)} periods and {len(amplitudes)} amplitudes: one each is needed."
        )
    rng = np.random.default_rng(seed)
    steps = np.arange(timesteps)
    phases = rng.uniform(0, 2 * np.pi, size=len(periods))
    waves = [
        amplitude * np.sin(2 * np.pi * steps / period + phase)
        for period, amplitude, phase in zip(periods, amplitudes, phases, strict=True)
    ]
    values = np.sum(waves, axis=0) + rng.normal(0, noise, size=timesteps)
    return Series(values[:, np.newaxis], steps, ("value",))


@dataset(
    name="autoregression",
    title="Autoregression: each value a known weighted sum of the last ones, plus noise",
    returns="Series",
    size=1000,
    counted="steps",
    shapes={"values": (1000, 1), "index": (1000,)},
    units="none",
    licence=OWN_LICENCE,
    origin="Box, Jenkins, Reinsel and Ljung 2015, chapter 3",
    citation="Box, Jenkins, Reinsel and Ljung 2015",
    arrives=GENERATED,
)
def autoregression(timesteps=1000, coefficients=(1.5, -0.75), noise=1.0, seed=0):
    """Draws from an AR(p) process, `x_t = a_1 x_(t-1) + ... + a_p x_(t-p) + e_t`.

    Args:
        timesteps: int, the length.
        coefficients: tuple of float, a_1 to a_p. The default swings with a period of about 12 steps.
        noise: float, the standard deviation of e_t.
        seed: int.

    Returns:
        A `Series` with the one feature `"value"`, after enough steps to have forgotten its start.

    Raises:
        ValueError: the process would grow without bound.
    """
    coefficients = np.asarray(coefficients, dtype=np.float64)
    order = len(coefficients)
    # x_t forgets its past if all eigenvalues of the companion matrix lie inside the unit circle.
    companion = np.vstack([coefficients, np.eye(order)[:-1]])
    radius = np.abs(np.linalg.eigvals(companion)).max()
    if radius >= 1:
        raise ValueError(
            f"These coefficients grow without bound: their spectral radius is {radius:.3g}, not below 1."
        )
    warm_up = order + int(np.ceil(np.log(1e-8) / np.log(max(radius, 0.1))))
    shocks = np.random.default_rng(seed).normal(0, noise, size=warm_up + timesteps)
    values = np.zeros(warm_up + timesteps)
    for step in range(order, len(values)):
        values[step] = coefficients @ values[step - order : step][::-1] + shocks[step]
    return Series(values[warm_up:, np.newaxis], np.arange(timesteps), ("value",))


LOADERS = loaders_of(globals())
