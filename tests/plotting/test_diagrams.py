"""Boxes, arrows and the unrolled network."""

import numpy as np
import pytest
from matplotlib.colors import same_color
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from coursepkg import plotting


def patches(axes, kind):
    return [patch for patch in axes.patches if isinstance(patch, kind)]


def test_box_is_centred_and_named(axes):
    patch = plotting.box(axes, 2, 3, "$h_t$", "lstm")
    bounds = patch.get_extents().transformed(axes.transData.inverted())
    assert ((bounds.x0 + bounds.x1) / 2, (bounds.y0 + bounds.y1) / 2) == pytest.approx((2, 3))
    assert axes.texts[0].get_text() == "$h_t$"
    assert same_color(patch.get_edgecolor(), plotting.COLOURS["lstm"])


@pytest.mark.parametrize("colour", ["rnn", "lstm", "gru", "cnn", "attention", "data", "good", "bad"])
def test_text_in_a_filled_box_is_legible(axes, colour):
    patch = plotting.box(axes, 0, 0, "h", colour, filled=True)
    assert plotting.contrast_ratio(axes.texts[0].get_color(), patch.get_facecolor()) >= 4.5


def test_arrow_goes_from_start_to_end_and_stays_in_view(axes):
    patch = plotting.arrow(axes, (0, 0), (3, 1), "U", "bad", dashed=True)
    assert patch._posA_posB == [(0, 0), (3, 1)]
    assert patch.get_linestyle() != "solid"
    assert axes.get_xlim()[1] >= 3
    assert axes.texts[0].get_text() == "U"


def test_unrolled_network_has_one_state_a_step_and_arrows_between_them(axes):
    places = plotting.unrolled_network(
        axes, ["a", "b", "c"], outputs=[None, None, "y"], input_label="$W$", recurrent_label="$U$"
    )
    assert places["states"] == [(0, 0), (1, 0), (2, 0)]
    assert places["outputs"] == [None, None, (2, 1)]
    assert len(patches(axes, FancyBboxPatch)) == 3 + 3 + 1
    assert len(patches(axes, FancyArrowPatch)) == 2 + 3 + 1
    texts = [text.get_text() for text in axes.texts]
    assert texts.count("$U$") == 2 and texts.count("$W$") == 1
    assert {"$h_{1}$", "$h_{2}$", "$h_{3}$", "a", "b", "c", "y"} <= set(texts)


def test_arrows_of_the_network_touch_boxes_without_entering_them(axes):
    plotting.unrolled_network(axes, ["a", "b"], outputs=["y", "z"])
    axes.figure.draw_without_rendering()
    boxes = [patch.get_extents() for patch in patches(axes, FancyBboxPatch)]
    for arrow in patches(axes, FancyArrowPatch):
        for end in arrow._posA_posB:
            x, y = axes.transData.transform(end)
            distances = [max(b.x0 - x, x - b.x1, b.y0 - y, y - b.y1) for b in boxes]
            assert np.min(np.abs(distances)) < 1


def test_unrolled_network_refuses_other_lengths(axes):
    with pytest.raises(ValueError, match="have lengths 2, 3 and 2"):
        plotting.unrolled_network(axes, ["a", "b"], states=["h"] * 3)
