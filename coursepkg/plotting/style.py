"""The book's style sheet and its colours."""

from importlib.resources import as_file, files

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure

WIDTH = 4.8  # inches; 345.6 pt, the width of a telephone's text column in CSS pixels

# One colour for each model family, through the whole book. A search found them, under three conditions: a
# contrast of at least 3 on a white page and, after the page's dark-mode filter, on a dark one; and any two of
# the families, "data" and "baseline" stay apart for readers with protanopia, deuteranopia or tritanopia, on
# both pages; so do "good" and "bad" (tests/plotting/test_colours.py). "muted" is for what only helps the eye.
COLOURS = {
    "data": "#222222",
    "baseline": "#7a7a7a",
    "rnn": "#006bc7",
    "lstm": "#ff5807",
    "gru": "#00a344",
    "cnn": "#834c73",
    "attention": "#5c3a00",
    "good": "#1c720c",
    "bad": "#d3091a",
    "muted": "#8c8c8c",
}

FAMILIES = ("rnn", "lstm", "gru", "cnn", "attention")


def use_style():
    """Gives every figure drawn from now on the book's look.

    It changes matplotlib's `rcParams`, which importing this module does not. In IPython figures
    also keep the size they ask for, and in a notebook they are vector graphics (SVG) with the same bytes at
    every run.
    """
    with as_file(files("coursepkg.plotting") / "course.mplstyle") as path:
        plt.rcParams.update(matplotlib.rc_params_from_file(path, use_default_template=False))
    plt.rcParams["axes.prop_cycle"] = matplotlib.cycler(color=[COLOURS[name] for name in FAMILIES])
    if (shell := _interactive_shell()) is not None:
        _keep_size_in(shell)


def _interactive_shell():
    """IPython's shell, in a notebook or without one, or `None` in an ordinary program."""
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    return get_ipython()


def _keep_size_in(shell):
    """Has IPython show figures in the size that they ask for; in a notebook as vector graphics."""
    from matplotlib_inline.backend_inline import set_matplotlib_formats
    from matplotlib_inline.config import InlineBackend

    inline = InlineBackend.instance()
    # No tight bounding box: it would change the width, and with it the size of the text on the page.
    formats, options = inline.figure_formats, {"bbox_inches": None}
    if hasattr(shell, "kernel"):
        formats, options = {"svg"}, options | {"metadata": {"Date": None}}
    set_matplotlib_formats(*formats, **options)
    # The backend applies its own settings once more when the first figure is made.
    inline.set_trait("figure_formats", formats)
    inline.set_trait("print_figure_kwargs", options)


class CourseFigure(Figure):
    """A figure whose titles stay inside: one that is too long begins further to the left.

    A title begins above the left end of its panel. Beside long labels, little room is left to the right.
    """

    def draw(self, renderer):
        """Draws everything, once the panels have their places and the titles theirs."""
        if self.get_layout_engine() is not None:
            self.get_layout_engine().execute(self)
        for axes in self.axes:
            title = axes._left_title  # matplotlib has no public name for it
            box, panel = title.get_window_extent(renderer), axes.get_window_extent(renderer)
            too_much = min(max(box.x1 - self.bbox.x1, 0), max(box.x0 - self.bbox.x0, 0))
            title.set_x(title.get_position()[0] - too_much / panel.width)
        super().draw(renderer)


def figure(rows=1, columns=1, height=None, **options):
    """Makes a figure as wide as the text column of a telephone, with panels stacked below each other.

    Args:
        rows: int, the number of panels from top to bottom.
        columns: int, the number of panels side by side; more than two are hard to read on a telephone.
        height: float, the height of the whole figure in inches. Defaults to 3.2 for one row and 2.2 for
            each of several.
        **options: passed to `matplotlib.pyplot.subplots`, such as `sharex=True` or `height_ratios=[2, 1]`.

    Returns:
        Tuple `(figure, axes)`; `axes` is one `Axes`, or an array of them if there is more than one panel.

    Raises:
        ValueError: if `rows` or `columns` is below 1.
    """
    if rows < 1 or columns < 1:
        raise ValueError(f"A figure needs at least one row and one column, and got {rows} x {columns}.")
    if height is None:
        height = 3.2 if rows == 1 else 2.2 * rows
    return plt.subplots(
        rows, columns, figsize=(WIDTH, height), layout="constrained", FigureClass=CourseFigure, **options
    )


def resolve_colour(colour, default="data"):
    """Turns a key of `COLOURS` into its colour, and passes any other matplotlib colour through.

    Args:
        colour: a key of `COLOURS`, any matplotlib colour, or None.
        default: what None stands for.

    Returns:
        A matplotlib colour.
    """
    if colour is None:
        colour = default
    return COLOURS.get(colour, colour) if isinstance(colour, str) else colour


def relative_luminance(colour):
    """Gives the relative luminance of an sRGB colour, as WCAG 2.2 defines it.

    Args:
        colour: any matplotlib colour.

    Returns:
        A float from 0 (black) to 1 (white).
    """
    channels = np.asarray(to_rgb(colour))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))


def contrast_ratio(first, second):
    """Gives the contrast ratio of two colours, as WCAG 2.2 defines it.

    Args:
        first: any matplotlib colour.
        second: any matplotlib colour.

    Returns:
        A float from 1 (the same luminance) to 21 (black and white). Text needs 4.5, lines and marks 3.
    """
    darker, lighter = sorted([relative_luminance(first), relative_luminance(second)])
    return (lighter + 0.05) / (darker + 0.05)


def text_colour_on(background):
    """Gives the text colour, near-black or white, that reads better on a filled background.

    Args:
        background: any matplotlib colour.

    Returns:
        A hexadecimal colour.
    """
    return max(COLOURS["data"], "#ffffff", key=lambda colour: contrast_ratio(colour, background))


def readable(colour, least=4.5):
    """Darkens a line's colour just enough to write text with it on a white page.

    On a dark page the filter turns darker into lighter, so one rule serves both.

    Args:
        colour: any matplotlib colour.
        least: float, the contrast with white to reach.

    Returns:
        A hexadecimal colour of the same hue.
    """
    channels = np.asarray(to_rgb(colour))
    while contrast_ratio(channels, "#ffffff") < least:
        channels = channels * 0.98
    return to_hex(channels)
