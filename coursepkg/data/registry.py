"""The data sets of the course by name: `load`, `list_datasets`, `entry`."""

import difflib
import inspect

from coursepkg.data import bundled, bundled_texts, generators, grammars, internet

LOADERS = {
    **bundled_texts.LOADERS,
    **bundled.LOADERS,
    **generators.LOADERS,
    **grammars.LOADERS,
    **internet.LOADERS,
}


def list_datasets():
    """Lists what `load` knows.

    Returns:
        List of `Entry`: bundled data sets first, then generated ones, then those from the internet.
    """
    return [loader.entry for loader in LOADERS.values()]


def entry(name):
    """Says what is known about a data set without loading it.

    Args:
        name: str, such as `"sunspots"`.

    Returns:
        An `Entry` with size, shapes, units, licence, origin, citation and how it arrives.

    Raises:
        KeyError: there is no such data set; the message names the nearest.
    """
    return _loader(name).entry


def load(name, **options):
    """Loads a data set.

    Args:
        name: str, such as `"sunspots"`; `list_datasets()` lists them all.
        **options: what the data set's own loader takes, such as `seed` for a generated one.

    Returns:
        A `Text`, `Series`, `LabelledSequences`, `Sequences` or `Pairs`; each has `.entry`.

    Raises:
        KeyError: there is no such data set; the message names the nearest.
        TypeError: it has no such option; the message lists those it has.
        ImportError: the package that bundles it is missing; the message says what to install.
        OSError: it comes from the internet and cannot be had; the message says where to put the file by hand.
    """
    loader = _loader(name)
    known = list(inspect.signature(loader).parameters)
    for option in options:
        if option not in known:
            has = f"it has: {', '.join(known)}" if known else "it has none"
            raise TypeError(f"The data set {name!r} has no option {option!r}; {has}.")
    return loader(**options)


class UnknownDatasetError(KeyError):
    """A `KeyError` whose message is shown as it is written, without quotes around it."""

    def __str__(self):
        return self.args[0]


def _loader(name):
    if name in LOADERS:
        return LOADERS[name]
    wanted = str(name).lower().replace("_", "-").replace(" ", "-")
    near = difflib.get_close_matches(wanted, LOADERS, n=3, cutoff=0.5)
    hint = f"Did you mean {' or '.join(map(repr, near))}?" if near else f"There are: {', '.join(LOADERS)}."
    raise UnknownDatasetError(f"There is no data set called {name!r}. {hint}")
