"""Lines: curves with a band over seeds, labels at the lines themselves, learning curves."""

import numpy as np

from coursepkg.plotting.style import COLOURS, FAMILIES, readable, resolve_colour

LABEL_GAP = 1.25  # least distance between two labels, in heights of their text


def line_with_band(axes, x, runs, label=None, colour=None, band="range", **options):
    """Draws the middle of several runs as a line and their spread as a band.

    Args:
        axes: matplotlib `Axes`.
        x: array of shape `(steps,)`.
        runs: array of shape `(seeds, steps)`; one run may also have shape `(steps,)`.
        label: str, what `label_lines` or a legend calls the line.
        colour: str, a key of `COLOURS` or any matplotlib colour.
        band: `"range"` (median, with the smallest to the largest run) or `"deviation"` (mean, plus and
            minus one standard deviation).
        **options: passed to `Axes.plot`.

    Returns:
        Tuple `(line, polygon)`; `polygon` is `None` for a single run.

    Raises:
        ValueError: if the shapes of `x` and `runs` do not fit, or `band` is unknown.
    """
    x = np.asarray(x)
    runs = np.atleast_2d(np.asarray(runs, dtype=float))
    if runs.ndim != 2 or runs.shape[1:] != x.shape:
        raise ValueError(f"runs should have shape (seeds, {x.size}) to fit x, and has shape {runs.shape}.")
    if band == "range":
        middle, low, high = np.median(runs, axis=0), runs.min(axis=0), runs.max(axis=0)
    elif band == "deviation":
        middle, deviation = runs.mean(axis=0), runs.std(axis=0)
        low, high = middle - deviation, middle + deviation
    else:
        raise ValueError(f'band should be "range" or "deviation", and is {band!r}.')
    (line,) = axes.plot(x, middle, label=label, color=resolve_colour(colour), **options)
    if len(runs) == 1:
        return line, None
    polygon = axes.fill_between(x, low, high, color=line.get_color(), alpha=0.22, linewidth=0)
    return line, polygon


def label_lines(axes, lines=None, gap=6):
    """Writes each line's label at its right end, in its colour, instead of a legend.

    Labels that would overlap are moved apart by as little as possible, within the height of the axes if there
    is room for all. Call it when everything else is drawn and the limits of the axes are set.

    Args:
        axes: matplotlib `Axes`.
        lines: list of `Line2D`. Defaults to every labelled line of `axes`.
        gap: float, the distance from the axes to the labels in points.

    Returns:
        List of the `Annotation` objects, in the order of the lines.

    Raises:
        ValueError: if there is no labelled line.
    """
    if lines is None:
        lines = [line for line in axes.get_lines() if not str(line.get_label()).startswith("_")]
    if not lines:
        raise ValueError("There is no labelled line to write at: give the lines a label when they are drawn.")
    canvas = axes.figure.canvas.figure
    canvas.draw_without_rendering()  # the layout decides how many pixels the axes have
    pixels_per_point = canvas.dpi / 72
    low, high = sorted(axes.get_ylim())
    ends = []
    for line in lines:
        y = np.ma.filled(np.ma.masked_invalid(np.ma.asarray(line.get_ydata(), dtype=float)), np.nan)
        finite = y[np.isfinite(y)]
        if not finite.size:
            raise ValueError(f"The line {line.get_label()!r} has no finite value to write its label at.")
        ends.append(float(np.clip(finite[-1], low, high)))
    wanted = np.array([axes.transData.transform((axes.get_xlim()[1], y))[1] for y in ends]) / pixels_per_point

    annotations = [
        axes.annotate(
            line.get_label(),
            xy=(1, y),
            xycoords=axes.get_yaxis_transform(),
            xytext=(gap, 0),
            textcoords="offset points",
            color=readable(line.get_color()),
            va="center",
            annotation_clip=False,
        )
        for line, y in zip(lines, ends, strict=True)
    ]
    heights = np.array([note.get_fontsize() * (1 + note.get_text().count("\n")) for note in annotations])
    box, overhang = axes.get_window_extent(), heights.min() / 2  # the first label may end at the axes' edge
    bounds = (box.y0 / pixels_per_point - overhang, box.y1 / pixels_per_point + overhang)
    moves = _spread(wanted, heights * LABEL_GAP, *bounds) - wanted
    for note, move in zip(annotations, moves, strict=True):
        note.set_position((gap, move))
    return annotations


def _spread(positions, heights, low=-np.inf, high=np.inf):
    """Moves intervals apart until none overlap, keeping their order, between bounds if they fit there.

    Args:
        positions: array of shape `(labels,)`, the wanted centres.
        heights: array of shape `(labels,)`.
        low: float, the lower bound of all intervals.
        high: float, the upper bound.

    Returns:
        Array of shape `(labels,)`, the centres with the least sum of squared moves.
    """
    order = np.argsort(positions, kind="stable")
    heights = heights[order]
    # With the cumulated heights taken away, "do not overlap" becomes "do not decrease": isotonic regression,
    # solved by pooling neighbours that are out of order at their mean.
    stacked = np.concatenate([[0], np.cumsum((heights[:-1] + heights[1:]) / 2)])
    pools = []
    for value in positions[order] - stacked:
        total, count = value, 1
        while pools and pools[-1][0] / pools[-1][1] > total / count:
            before = pools.pop()
            total, count = total + before[0], count + before[1]
        pools.append((total, count))
    flat = np.concatenate([np.full(count, total / count) for total, count in pools])
    lowest, highest = low + heights[0] / 2, high - heights[-1] / 2 - stacked[-1]
    if lowest <= highest:
        flat = np.clip(flat, lowest, highest)
    spread = np.empty(len(positions))
    spread[order] = flat + stacked
    return spread


def reference_line(axes, value, label=None, colour="baseline", vertical=False, **options):
    """Draws a dashed line across the axes: a baseline, a chance level, a chosen step.

    Args:
        axes: matplotlib `Axes`.
        value: float, in units of the y axis, or of the x axis if `vertical`.
        label: str, what `label_lines` or a legend calls the line.
        colour: str, a key of `COLOURS` or any matplotlib colour.
        vertical: bool, whether the line goes from bottom to top.
        **options: passed to `Axes.axhline` or `Axes.axvline`.

    Returns:
        The `Line2D`.
    """
    draw = axes.axvline if vertical else axes.axhline
    options = {"linestyle": (0, (4, 2)), "linewidth": 1.4, **options}
    return draw(value, label=label, color=resolve_colour(colour), **options)


def learning_curves(axes, curves, colours=None, baselines=None, x=None, xlabel="Epoch", ylabel="Loss (nats)"):
    """Draws how a measure changed during training, with a band over seeds and the bars to beat.

    Args:
        axes: matplotlib `Axes`.
        curves: dict from label to array of shape `(epochs,)` or `(seeds, epochs)`; lengths may differ.
        colours: dict from label to a key of `COLOURS` or a matplotlib colour. Defaults to the label in lower
            case if it is such a key, else to the style's cycle.
        baselines: dict from label to float, drawn as dashed lines.
        x: array of shape `(epochs,)`. Defaults to 1, 2, 3, ...
        xlabel: str.
        ylabel: str, with the unit.

    Returns:
        List of the `Annotation` objects that name the lines.
    """
    colours = colours or {}
    for position, (label, runs) in enumerate(curves.items()):
        runs = np.atleast_2d(np.asarray(runs, dtype=float))
        steps = np.arange(1, runs.shape[1] + 1) if x is None else np.asarray(x)[: runs.shape[1]]
        key = label.lower()
        default = key if key in COLOURS else FAMILIES[position % len(FAMILIES)]
        line_with_band(axes, steps, runs, label, colours.get(label, default))
    for label, value in (baselines or {}).items():
        reference_line(axes, value, label)
    axes.set_xlabel(xlabel)
    axes.set_ylabel(ylabel)
    axes.xaxis.get_major_locator().set_params(integer=True)
    return label_lines(axes)
