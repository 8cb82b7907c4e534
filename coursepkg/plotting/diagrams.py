"""Diagrams: boxes, arrows, and a recurrent network unrolled in time."""

from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from coursepkg.plotting.style import COLOURS, resolve_colour, text_colour_on

HALF_WIDTH, HALF_HEIGHT = 0.34, 0.24


def _prepare(axes):
    axes.set_axis_off()
    axes.set_aspect("equal")


def box(axes, x, y, text, colour=None, width=2 * HALF_WIDTH, height=2 * HALF_HEIGHT, filled=False):
    """Draws a rounded box with a text in its middle.

    Args:
        axes: matplotlib `Axes`; becomes a drawing board without ticks on which both units are equally long.
        x: float, the middle of the box.
        y: float, the middle of the box.
        text: str; `$...$` is set as mathematics.
        colour: str, a key of `COLOURS` or a matplotlib colour.
        width: float.
        height: float.
        filled: bool, whether the box is filled with the colour.

    Returns:
        The `FancyBboxPatch`.
    """
    _prepare(axes)
    colour = resolve_colour(colour)
    patch = FancyBboxPatch(
        (x - width / 2, y - height / 2),
        width,
        height,
        boxstyle="round,pad=0,rounding_size=0.08",
        facecolor=colour if filled else "none",
        edgecolor=colour,
        linewidth=1.5,
    )
    axes.add_patch(patch)
    text_colour = text_colour_on(colour) if filled else COLOURS["data"]
    axes.text(x, y, text, ha="center", va="center_baseline", color=text_colour)
    axes.autoscale_view()
    return patch


def arrow(axes, start, end, text=None, colour=None, dashed=False, curve=0.0):
    """Draws an arrow between two points.

    Args:
        axes: matplotlib `Axes`.
        start: tuple `(x, y)`.
        end: tuple `(x, y)`.
        text: str, written beside the middle of the arrow.
        colour: str, a key of `COLOURS` or a matplotlib colour.
        dashed: bool, as for a gradient that flows backwards.
        curve: float, how far the arrow bends, as a share of its length.

    Returns:
        The `FancyArrowPatch`.
    """
    colour = resolve_colour(colour)
    patch = FancyArrowPatch(
        start,
        end,
        arrowstyle="-|>",
        mutation_scale=11,
        shrinkA=0,
        shrinkB=0,
        color=colour,
        linewidth=1.4,
        linestyle=(0, (3, 2)) if dashed else "solid",
        connectionstyle=f"arc3,rad={curve}",
    )
    axes.add_patch(patch)
    axes.update_datalim([start, end])
    if text is not None:
        horizontal = abs(end[0] - start[0]) >= abs(end[1] - start[1])
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        axes.annotate(
            text,
            middle,
            xytext=(0, 4) if horizontal else (5, 0),
            textcoords="offset points",
            ha="center" if horizontal else "left",
            va="bottom" if horizontal else "center",
            color=colour,
        )
    axes.autoscale_view()
    return patch


def unrolled_network(
    axes,
    inputs,
    states=None,
    outputs=None,
    colour="rnn",
    input_label=None,
    recurrent_label=None,
    output_label=None,
):
    """Draws a recurrent network unrolled in time: inputs below, states in the middle, outputs above.

    Args:
        axes: matplotlib `Axes`.
        inputs: list of `timesteps` str; `None` leaves a step without an input.
        states: list of `timesteps` str. Defaults to h with the step as its index.
        outputs: list of `timesteps` str; `None` leaves a step without an output. Defaults to no outputs.
        colour: str, the colour of the states.
        input_label: str, written at the first arrow from an input to a state, such as `"$W$"`.
        recurrent_label: str, written at every arrow from state to state, such as `"$U$"`.
        output_label: str, written at the first arrow from a state to an output.

    Returns:
        Dict with keys `inputs`, `states`, `outputs`: lists of the middles `(x, y)` of the boxes, `None` where
        there is none.

    Raises:
        ValueError: if the lists differ in length.
    """
    timesteps = len(inputs)
    states = [f"$h_{{{step}}}$" for step in range(1, timesteps + 1)] if states is None else states
    outputs = [None] * timesteps if outputs is None else outputs
    if not len(states) == len(outputs) == timesteps:
        raise ValueError(
            f"inputs, states and outputs should be equally long, and have lengths {timesteps}, {len(states)} "
            f"and {len(outputs)}."
        )
    places = {"inputs": [], "states": [], "outputs": []}
    for step, (below, state, above) in enumerate(zip(inputs, states, outputs, strict=True)):
        box(axes, step, 0, state, colour, filled=True)
        places["states"].append((step, 0))
        if step:
            arrow(axes, (step - 1 + HALF_WIDTH, 0), (step - HALF_WIDTH, 0), recurrent_label, colour)
        for name, text, side, label in (
            ("inputs", below, -1, input_label),
            ("outputs", above, 1, output_label),
        ):
            places[name].append((step, side) if text is not None else None)
            if text is None:
                continue
            box(axes, step, side, text, "data")
            near, far = side * HALF_HEIGHT, side * (1 - HALF_HEIGHT)
            ends = ((step, far), (step, near)) if side < 0 else ((step, near), (step, far))
            first = places[name].index((step, side)) == next(i for i, p in enumerate(places[name]) if p)
            arrow(axes, *ends, label if first else None, "data")
    return places
