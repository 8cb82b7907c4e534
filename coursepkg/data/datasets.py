"""What `load` returns: small frozen records, each with the registry entry that says where it is from."""

import functools
from dataclasses import dataclass, field, replace

import numpy as np


@dataclass(frozen=True)
class Entry:
    """What the registry knows about one data set.

    Attributes:
        name: str, what `load` takes.
        title: str, one line.
        returns: str, the record that `load` returns: `"Text"`, `"Series"`, `"LabelledSequences"`,
            `"Sequences"` or `"Pairs"`.
        size: int, how many of `counted` there are with the default options.
        counted: str, what `size` counts, such as `"characters"`.
        shapes: dict from field of the record to its shape; None stands for a length that varies.
        units: str, the units of the values.
        licence: str.
        origin: str, who made the data, where it comes from.
        citation: str, what to cite.
        arrives: str, how it gets here: bundled with a package, generated, or from the internet.
        size_varies: str, why `size` is only a round figure; empty where it is exact.
    """

    name: str
    title: str
    returns: str
    size: int
    counted: str
    shapes: dict
    units: str
    licence: str
    origin: str
    citation: str
    arrives: str
    size_varies: str = ""

    @property
    def kind(self):
        """`"bundled"`, `"generated"` or `"internet"`."""
        return self.arrives.split()[0]


@dataclass(frozen=True)
class Text:
    """A text.

    Attributes:
        text: str.
        entry: the `Entry` it came from.
    """

    text: str
    entry: Entry = field(default=None, repr=False)


@dataclass(frozen=True)
class Series:
    """Measurements in time order.

    Attributes:
        values: float64 array `(timesteps, features)`.
        index: array `(timesteps,)`, when each row was measured.
        feature_names: tuple of str, one for each feature.
        labels: int array `(timesteps,)` where steps are labelled, else None.
        entry: the `Entry` it came from.
    """

    values: np.ndarray
    index: np.ndarray
    feature_names: tuple
    labels: np.ndarray | None = None
    entry: Entry = field(default=None, repr=False)


@dataclass(frozen=True)
class LabelledSequences:
    """Sequences that each have a label (or a target), in a training and a test part.

    Attributes:
        train_inputs: array `(count, timesteps, features)`, or a list of arrays `(timesteps, features)`
            where lengths vary.
        train_labels: array `(count, ...)`; integers from 0 for classes.
        test_inputs: as `train_inputs`.
        test_labels: as `train_labels`.
        label_names: tuple of str, one for each class; empty where the labels are not classes.
        entry: the `Entry` it came from.
    """

    train_inputs: np.ndarray | list
    train_labels: np.ndarray
    test_inputs: np.ndarray | list
    test_labels: np.ndarray
    label_names: tuple = ()
    entry: Entry = field(default=None, repr=False)


@dataclass(frozen=True)
class Sequences:
    """Sequences without labels, in the parts in which they were published.

    Attributes:
        train: list of arrays `(timesteps, features)`.
        validation: list of arrays.
        test: list of arrays.
        entry: the `Entry` it came from.
    """

    train: list
    validation: list
    test: list
    entry: Entry = field(default=None, repr=False)


@dataclass(frozen=True)
class Pairs:
    """Pairs of strings: what is given and what is wanted.

    Attributes:
        sources: list of str.
        targets: list of str, one for each source.
        groups: list of str, what each pair belongs to (such as its locale); empty where there is nothing.
        entry: the `Entry` it came from.
    """

    sources: list
    targets: list
    groups: list
    entry: Entry = field(default=None, repr=False)


def dataset(**facts):
    """Makes a function that returns one of the records above the loader of a data set.

    Args:
        **facts: the fields of `Entry`.

    Returns:
        A decorator. The loader it gives has an attribute `entry`, and so has the record it returns.
    """

    def decorate(function):
        entry = Entry(**facts)

        @functools.wraps(function)
        def loader(*arguments, **options):
            return replace(function(*arguments, **options), entry=entry)

        loader.entry = entry
        return loader

    return decorate


def loaders_of(namespace):
    """Collects the loaders that a module defines.

    Args:
        namespace: dict, the module's `globals()`.

    Returns:
        Dict from data-set name to loader, in the order of the module.
    """
    found = (value for value in namespace.values() if isinstance(getattr(value, "entry", None), Entry))
    return {loader.entry.name: loader for loader in found}


def optional_package(name, extra="data"):
    """Imports a package that is part of an extra, or says how to install it.

    Args:
        name: str, the module to import, such as `"sklearn.datasets"`.
        extra: str, the extra of coursepkg that brings it.

    Returns:
        The module.

    Raises:
        ImportError: it is not installed; the message has the command that installs it.
    """
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError as error:
        package = name.split(".")[0]
        raise ImportError(
            f"This data set comes with the package {package!r}, which is not installed. Run: "
            f'pip install "coursepkg[{extra}]"'
        ) from error


def choose(option, value, allowed):
    """Checks that an option has one of its allowed values.

    Args:
        option: str, what the message calls it.
        value: the value that was given.
        allowed: tuple of the values that it may have.

    Raises:
        ValueError: it has another one; the message lists those that are allowed.
    """
    if value not in allowed:
        raise ValueError(f"{option} must be one of {', '.join(map(repr, allowed))}, and is {value!r}.")
