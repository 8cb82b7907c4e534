"""Lines, bands and direct labels."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex

from coursepkg import plotting
from coursepkg.plotting.lines import _spread


def overlaps(axes, artists):
    """The pairs of texts that overlap when the figure is drawn."""
    axes.figure.draw_without_rendering()
    boxes = [artist.get_window_extent() for artist in artists]
    return [(a.y0, b.y0) for a, b in itertools.combinations(boxes, 2) if a.overlaps(b)]


def test_line_is_the_median_and_band_the_range(axes):
    runs = np.array([[3.0, 1.0, 2.0], [1.0, 5.0, 2.5], [2.0, 3.0, 9.0]])
    line, band = plotting.line_with_band(axes, [0, 1, 2], runs, "RNN", "rnn")
    np.testing.assert_array_equal(line.get_ydata(), [2.0, 3.0, 2.5])
    vertices = band.get_paths()[0].vertices
    for step, (low, high) in enumerate([(1, 3), (1, 5), (2, 9)]):
        at_step = vertices[vertices[:, 0] == step, 1]
        assert (at_step.min(), at_step.max()) == (low, high)
    assert line.get_color() == plotting.COLOURS["rnn"]
    assert to_hex(band.get_facecolor()[0]) == plotting.COLOURS["rnn"]
    assert line.get_label() == "RNN"


def test_deviation_band(axes):
    line, band = plotting.line_with_band(axes, [0, 1], [[0.0, 1.0], [2.0, 5.0]], band="deviation")
    np.testing.assert_allclose(line.get_ydata(), [1, 3])
    assert band.get_paths()[0].vertices[:, 1].max() == pytest.approx(5)


def test_one_run_has_no_band(axes):
    line, band = plotting.line_with_band(axes, [0, 1], [4.0, 5.0], colour="#123456")
    assert band is None
    assert line.get_color() == "#123456"


def test_line_with_band_refuses_what_does_not_fit(axes):
    with pytest.raises(ValueError, match=r"should have shape \(seeds, 3\).*has shape \(2, 2\)"):
        plotting.line_with_band(axes, [0, 1, 2], np.zeros((2, 2)))
    with pytest.raises(ValueError, match='"range" or "deviation", and is \'iqr\''):
        plotting.line_with_band(axes, [0, 1], np.zeros((2, 2)), band="iqr")


@pytest.mark.parametrize("ends", [[1, 1, 1, 1], [0, 0.01, 0.02, 1], [3, 2, 1, 0], [0, 0, 1, 1]])
@pytest.mark.parametrize("scale", ["linear", "log"])
def test_labels_do_not_overlap_and_keep_the_order_of_the_lines(axes, ends, scale):
    for number, end in enumerate(ends):
        axes.plot([0, 1], [1, end + 0.1], label=f"model {number}")
    axes.set_yscale(scale)
    notes = plotting.label_lines(axes)
    assert overlaps(axes, notes) == []
    heights = [note.get_window_extent().y0 for note in notes]
    for first, second in itertools.combinations(range(len(ends)), 2):
        if ends[first] < ends[second]:
            assert heights[first] < heights[second]


def test_a_lone_label_stands_at_the_end_of_its_line_in_its_colour_inside_the_figure(axes):
    (line,) = axes.plot([0, 1, 2], [0, 5, 2], label="LSTM", color=plotting.COLOURS["rnn"])
    (note,) = plotting.label_lines(axes)
    axes.figure.draw_without_rendering()
    box = note.get_window_extent()
    end = axes.transData.transform((2, 2))
    assert (box.y0 + box.y1) / 2 == pytest.approx(end[1], abs=2)
    assert box.x0 > end[0]
    assert box.x1 <= axes.figure.bbox.x1
    assert note.get_text() == "LSTM"
    assert note.get_color() == line.get_color()


def test_labels_crowded_at_the_top_stay_clear_of_the_title(axes):
    for number in range(4):
        axes.plot([0, 1], [0, 1], label=f"model\nnumber {number}")
    axes.set_title("A title that reaches far to the right")
    notes = plotting.label_lines(axes)
    assert overlaps(axes, [*notes, axes._left_title]) == []


def test_labels_of_lines_that_end_early_or_leave_the_axes(axes):
    axes.plot([0, 1, 2], [1, 2, np.nan], label="ends early")
    axes.plot([0, 1, 2], [1, 2, 500], label="leaves")
    axes.set_ylim(0, 4)
    early, leaves = plotting.label_lines(axes)
    assert early.xy[1] == 2
    assert leaves.xy[1] == 4


def test_label_lines_needs_something_to_label(axes):
    with pytest.raises(ValueError, match="no labelled line"):
        plotting.label_lines(axes)
    axes.plot([0, 1], [np.nan, np.nan], label="nothing")
    with pytest.raises(ValueError, match="'nothing' has no finite value"):
        plotting.label_lines(axes)


@given(
    st.lists(st.tuples(st.integers(-100, 100), st.integers(1, 20)), min_size=1, max_size=8),
    st.integers(-50, 50),
)
def test_spread_moves_labels_no_more_than_it_must(labels, shift):
    positions, heights = np.array(labels, dtype=float).T
    spread = _spread(positions, heights)
    order = np.argsort(positions, kind="stable")
    gaps = np.diff(spread[order]) - (heights[order][1:] + heights[order][:-1]) / 2
    assert np.all(gaps >= -1e-6)
    np.testing.assert_allclose(_spread(positions + shift, heights), spread + shift, atol=1e-6)
    assert spread.mean() == pytest.approx(positions.mean(), abs=1e-6)  # what least squares keeps
    room = heights.sum() + 1
    inside = _spread(positions, heights, shift, shift + room)
    assert np.all(inside - heights / 2 >= shift - 1e-6)
    assert np.all(inside + heights / 2 <= shift + room + 1e-6)
    wide = np.sort(positions) * 0 + 25.0 * np.arange(len(positions))
    np.testing.assert_allclose(_spread(wide, heights), wide)


def test_reference_line(axes):
    line = plotting.reference_line(axes, 2.5, "bigram")
    assert set(line.get_ydata()) == {2.5}
    assert line.get_linestyle() == "--"
    upright = plotting.reference_line(axes, 3, colour="bad", vertical=True, linewidth=3)
    assert set(upright.get_xdata()) == {3}
    assert upright.get_color() == plotting.COLOURS["bad"]
    assert upright.get_linewidth() == 3


def test_learning_curves_use_the_familys_colour_and_name_every_line(axes):
    curves = {"RNN": np.ones((3, 5)), "GRU": [5.0, 4.0, 3.0], "small": [2.0, 2.0, 2.0]}
    notes = plotting.learning_curves(axes, curves, {"small": "bad"}, baselines={"bigram": 2.5}, ylabel="MSE")
    by_label = {line.get_label(): line for line in axes.get_lines()}
    assert by_label["RNN"].get_color() == plotting.COLOURS["rnn"]
    assert by_label["GRU"].get_color() == plotting.COLOURS["gru"]
    assert by_label["small"].get_color() == plotting.COLOURS["bad"]
    np.testing.assert_array_equal(by_label["GRU"].get_xdata(), [1, 2, 3])
    assert {note.get_text() for note in notes} == {"RNN", "GRU", "small", "bigram"}
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("Epoch", "MSE")
    assert overlaps(axes, notes) == []
