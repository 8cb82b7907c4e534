"""Heat maps, strips of symbols, bars."""

import numpy as np
import pytest
from matplotlib.colors import same_color

from coursepkg import plotting


def test_heatmap_shows_the_matrix_with_its_labels(axes):
    values = np.array([[0.0, 1.0, 2.0], [3.0, 4.0, np.nan]])
    image = plotting.heatmap(axes, values, ["a", "b"], ["x", "y", "z"], number_format="{:.0f}")
    np.testing.assert_array_equal(np.asarray(image.get_array())[0], [0, 1, 2])
    assert image.get_clim() == (0, 4)
    assert [text.get_text() for text in axes.get_yticklabels()] == ["a", "b"]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["x", "y", "z"]
    assert [text.get_text() for text in axes.texts] == ["0", "1", "2", "3", "4"]


def test_numbers_in_cells_are_legible(axes):
    image = plotting.heatmap(axes, np.linspace(0, 1, 12).reshape(3, 4), number_format="{:.1f}")
    for text in axes.texts:
        column, row = text.get_position()
        background = image.cmap(image.norm(image.get_array()[int(row), int(column)]))
        assert plotting.contrast_ratio(text.get_color(), background) >= 3.9


def test_a_diverging_heatmap_has_white_at_zero(axes):
    image = plotting.heatmap(axes, [[-1.0, 3.0]], diverging=True, colour_bar="weight")
    assert image.get_clim() == (-3, 3)
    assert plotting.contrast_ratio(image.cmap(image.norm(0.0)), "white") < 1.1
    assert axes.figure.axes[1].get_ylabel() == "weight"


def test_two_heatmaps_can_share_limits(axes):
    assert plotting.heatmap(axes, [[0.2, 0.3]], limits=(0, 1)).get_clim() == (0, 1)


def test_heatmap_refuses_what_does_not_fit(axes):
    with pytest.raises(ValueError, match=r"got shape \(3,\)"):
        plotting.heatmap(axes, [1, 2, 3])
    with pytest.raises(ValueError, match="has 1 rows, and got 2 row labels"):
        plotting.heatmap(axes, [[1, 2]], row_labels=["a", "b"])
    with pytest.raises(ValueError, match="has 2 columns, and got 1 column labels"):
        plotting.heatmap(axes, [[1, 2]], column_labels=["a"])


def test_strip_writes_one_symbol_a_box_from_left_to_right(axes):
    boxes = plotting.sequence_strip(axes, "abc", label="input")
    centres = [box.get_x() + box.get_width() / 2 for box in boxes]
    assert centres == pytest.approx([0, 1, 2])
    assert [text.get_text() for text in axes.texts] == ["a", "b", "c", "input"]


def test_strip_shades_by_value_with_legible_symbols(axes):
    boxes = plotting.sequence_strip(axes, [1, 2, 3], values=[0.0, 0.5, 1.0], limits=(0, 1))
    lightness = [plotting.contrast_ratio(box.get_facecolor(), "black") for box in boxes]
    assert lightness == sorted(lightness, reverse=True)
    for box, text in zip(boxes, axes.texts, strict=True):
        assert plotting.contrast_ratio(text.get_color(), box.get_facecolor()) >= 4.5


def test_strip_marks_padding(axes):
    boxes = plotting.sequence_strip(axes, "ab..", mask=[True, True, False, False], colour="gru")
    assert [box.get_linestyle() for box in boxes[:2]] == ["solid", "solid"]
    assert all(box.get_linestyle() != "solid" for box in boxes[2:])
    assert same_color(boxes[0].get_edgecolor(), plotting.COLOURS["gru"])
    assert same_color(boxes[2].get_edgecolor(), plotting.COLOURS["muted"])


def test_strips_stack_from_the_top_and_all_stay_in_view(axes):
    plotting.sequence_strip(axes, "abcdef")
    plotting.sequence_strip(axes, "ab", row=1)
    low, high = axes.get_xlim()
    bottom, top = axes.get_ylim()
    assert low < -0.45 and high > 5.45
    assert bottom > 1.4 and top < -0.4 and bottom > top


def test_strip_refuses_other_lengths(axes):
    with pytest.raises(ValueError, match="3 symbols, and mask has length 2"):
        plotting.sequence_strip(axes, "abc", mask=[True, False])


def test_bars_are_as_long_as_their_values_and_say_them(axes):
    texts = plotting.bars(
        axes, {"RNN": 2.0, "bigram": 1.5}, {"bigram": "baseline"}, "{:.1f}", baseline=1.2, xlabel="nats"
    )
    assert [bar.get_width() for bar in axes.patches] == [2.0, 1.5]
    assert [text.get_text() for text in texts] == ["2.0", "1.5"]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["RNN", "bigram"]
    assert same_color(axes.patches[0].get_facecolor(), plotting.COLOURS["rnn"])
    assert same_color(axes.patches[1].get_facecolor(), plotting.COLOURS["baseline"])
    assert any(set(line.get_xdata()) == {1.2} for line in axes.get_lines())
    assert axes.get_ylim()[0] > axes.get_ylim()[1]  # the first bar is on top


def test_bars_of_several_seeds_show_median_and_range(axes):
    (text,) = plotting.bars(axes, {"RNN": [3.0, 1.0, 2.0]})
    assert axes.patches[0].get_width() == 2.0
    assert text.get_text() == "2.00"
    assert list(axes.get_lines()[0].get_xdata()) == [1.0, 3.0]


def test_values_beside_bars_stay_clear_of_bars_and_inside_the_figure(axes):
    texts = plotting.bars(axes, {"long name": 123.456, "RNN": -7.0, "LSTM": 99.0}, baseline=120.0)
    axes.figure.draw_without_rendering()
    for text in texts:
        box = text.get_window_extent()
        assert not any(box.overlaps(bar.get_window_extent()) for bar in axes.patches)
        assert box.x0 >= axes.bbox.x1 and box.x1 <= axes.figure.bbox.x1


def test_bars_need_a_value(axes):
    with pytest.raises(ValueError, match="at least one named value"):
        plotting.bars(axes, {})
