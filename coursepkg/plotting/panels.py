"""Panels: heat maps, strips of symbols, horizontal bars."""

import matplotlib
import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from coursepkg.plotting.lines import reference_line
from coursepkg.plotting.style import COLOURS, resolve_colour, text_colour_on

SEQUENTIAL = "Blues"
DIVERGING = "RdBu"


def heatmap(
    axes,
    values,
    row_labels=None,
    column_labels=None,
    diverging=False,
    number_format=None,
    colour_bar=None,
    limits=None,
):
    """Draws a matrix as coloured cells.

    Args:
        axes: matplotlib `Axes`.
        values: array of shape `(rows, columns)`; NaN stays empty.
        row_labels: list of `rows` str.
        column_labels: list of `columns` str.
        diverging: bool. White is then zero, blue above and red below.
        number_format: str such as `"{:.2f}"` to write each value in its cell.
        colour_bar: str, the label of a colour bar; no bar without it.
        limits: tuple `(low, high)` of the colour scale. Defaults to the range of `values`, made symmetric
            if `diverging`.

    Returns:
        The `AxesImage`.

    Raises:
        ValueError: if `values` is not a matrix or the labels do not fit it.
    """
    values = np.asarray(values, dtype=float)
    if values.ndim != 2:
        raise ValueError(f"A heat map needs a matrix of shape (rows, columns), and got shape {values.shape}.")
    for labels, size, name in (
        (row_labels, values.shape[0], "row"),
        (column_labels, values.shape[1], "column"),
    ):
        if labels is not None and len(labels) != size:
            raise ValueError(f"The matrix has {size} {name}s, and got {len(labels)} {name} labels.")
    if limits is None:
        limits = (np.nanmin(values), np.nanmax(values))
        if diverging:
            limits = (-np.nanmax(np.abs(values)), np.nanmax(np.abs(values)))
    colours = DIVERGING if diverging else SEQUENTIAL
    image = axes.imshow(values, cmap=colours, vmin=limits[0], vmax=limits[1], interpolation="none")
    axes.grid(False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    if row_labels is not None:
        axes.set_yticks(range(len(row_labels)), row_labels)
    if column_labels is not None:
        axes.set_xticks(range(len(column_labels)), column_labels)
    if number_format is not None:
        for (row, column), value in np.ndenumerate(values):
            if np.isfinite(value):
                colour = text_colour_on(image.cmap(image.norm(value)))
                axes.text(column, row, number_format.format(value), ha="center", va="center", color=colour)
    if colour_bar is not None:
        bar = axes.get_figure().colorbar(image, ax=axes, label=colour_bar)
        bar.outline.set_visible(False)
    return image


def sequence_strip(axes, symbols, values=None, row=0, label=None, colour=None, mask=None, limits=None):
    """Draws a sequence as a row of boxes, one a step, from left to right.

    Several calls with `row` 0, 1, 2, ... put sequences below each other.

    Args:
        axes: matplotlib `Axes`.
        symbols: sequence of `timesteps` str or numbers to write in the boxes.
        values: array of shape `(timesteps,)`; each box is then shaded by its value.
        row: int, counted from the top.
        label: str, written to the left of the row.
        colour: str, a key of `COLOURS` or a matplotlib colour, for the outline (and the filling if there
            are no `values`).
        mask: bool array of shape `(timesteps,)`; false marks padding, drawn grey and dashed.
        limits: tuple `(low, high)` of the scale of `values`. Defaults to their range.

    Returns:
        List of the `Rectangle` objects.

    Raises:
        ValueError: if `values` or `mask` differ from `symbols` in length.
    """
    symbols = [str(symbol) for symbol in symbols]
    for name, array in (("values", values), ("mask", mask)):
        if array is not None and len(array) != len(symbols):
            raise ValueError(f"There are {len(symbols)} symbols, and {name} has length {len(array)}.")
    outline = resolve_colour(colour)
    shade = None
    if values is not None:
        low, high = limits if limits is not None else (np.min(values), np.max(values))
        shade = matplotlib.cm.ScalarMappable(matplotlib.colors.Normalize(low, high), SEQUENTIAL)
    boxes = []
    for step, symbol in enumerate(symbols):
        real = mask is None or bool(mask[step])
        filling = "none"
        text_colour = COLOURS["data"] if real else "#767676"
        if shade is not None and real:
            filling = shade.to_rgba(values[step])
            text_colour = text_colour_on(filling)
        box = Rectangle(
            (step - 0.45, row - 0.4),
            0.9,
            0.8,
            facecolor=filling,
            edgecolor=outline if real else COLOURS["muted"],
            linestyle="solid" if real else (0, (2, 2)),
        )
        boxes.append(axes.add_patch(box))
        axes.text(step, row, symbol, ha="center", va="center_baseline", color=text_colour)
    if label is not None:
        axes.text(-0.75, row, label, ha="right", va="center_baseline", color=outline)
    left, right = axes.get_xlim() if getattr(axes, "_strip_drawn", False) else (0, 0)
    bottom = axes.get_ylim()[0] if getattr(axes, "_strip_drawn", False) else 0
    axes.set_xlim(min(left, -0.6), max(right, len(symbols) - 0.4))
    axes.set_ylim(max(bottom, row + 0.6), -0.6)
    axes._strip_drawn = True
    axes.set_axis_off()
    return boxes


def bars(axes, values, colours=None, number_format="{:.2f}", baseline=None, spread=None, xlabel=None):
    """Draws named values as horizontal bars from top to bottom, with the values in a column on the right.

    Args:
        axes: matplotlib `Axes`.
        values: dict from name to float, or to an array of shape `(seeds,)`: the bar is then the median and a
            thin line goes from the smallest to the largest.
        colours: dict from name to a key of `COLOURS` or a matplotlib colour. Defaults to the name in
            lower case if it is such a key, else to `"data"`.
        number_format: str, the format of the values.
        baseline: float, drawn as a dashed line across the bars.
        spread: dict from name to tuple `(low, high)`, where `values` are single numbers.
        xlabel: str, with the unit.

    Returns:
        List of the `Annotation` objects with the values.

    Raises:
        ValueError: if `values` is empty.
    """
    if not values:
        raise ValueError("bars needs at least one named value, and got an empty dict.")
    colours, spread = colours or {}, spread or {}
    texts = []
    for position, (name, value) in enumerate(values.items()):
        runs = np.atleast_1d(np.asarray(value, dtype=float))
        middle = float(np.median(runs))
        low, high = spread.get(name, (runs.min(), runs.max()))
        colour = resolve_colour(colours.get(name, name.lower() if name.lower() in COLOURS else "data"))
        axes.barh(position, middle, height=0.62, color=colour)
        if high > low:
            # The white rim makes the dark line visible on a dark bar too.
            (line,) = axes.plot([low, high], [position, position], color=COLOURS["data"], linewidth=1.4)
            line.set_path_effects([withStroke(linewidth=3.6, foreground="#ffffff")])
        texts.append(
            axes.annotate(
                number_format.format(middle),
                xy=(1, position),
                xycoords=axes.get_yaxis_transform(),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                color=COLOURS["data"],
                annotation_clip=False,
            )
        )
    axes.set_yticks(range(len(values)), list(values))
    axes.set_ylim(len(values) - 0.5, -0.5)
    axes.grid(False)
    axes.spines["left"].set_visible(False)
    if axes.get_xlim()[0] < 0 < axes.get_xlim()[1]:
        axes.axvline(0, color=COLOURS["muted"], linewidth=0.8)
    if baseline is not None:
        reference_line(axes, baseline, colour="muted", vertical=True)
    if xlabel is not None:
        axes.set_xlabel(xlabel)
    return texts
