"""The style is applied when asked for, never by importing, and gives sharp, small, repeatable figures."""

import io
import os
import re
import subprocess
import sys

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from coursepkg import plotting

PHONE_TEXT_COLUMN = 343  # CSS pixels of text on a screen 375 px wide


def svg_of(figure):
    stream = io.StringIO()
    figure.savefig(stream, format="svg", metadata={"Date": None})
    return stream.getvalue()


def test_importing_changes_no_setting():
    program = (
        "import matplotlib; before = dict(matplotlib.rcParams); import coursepkg.plotting as p; p.figure; "
        "p.heatmap; p.label_lines; p.box; assert dict(matplotlib.rcParams) == before"
    )
    subprocess.run([sys.executable, "-c", program], check=True, env={"MPLBACKEND": "agg"}, timeout=120)


def test_an_unknown_name_is_told():
    with pytest.raises(AttributeError, match=r"no attribute 'barz'.*bars"):
        _ = plotting.barz


def test_figures_are_transparent_vector_graphics_with_the_same_bytes(axes):
    def draw():
        figure, axes = plotting.figure()
        axes.plot([0, 1, 4], label="line")
        axes.set_title("A title")
        text = svg_of(figure)
        plt.close(figure)
        return text

    first, second = draw(), draw()
    assert first == second
    assert "dc:date" not in first
    assert "#ffffff" not in first
    assert "<image" not in first


def test_a_figure_is_as_wide_as_a_phone_and_its_text_readable_there(axes):
    axes.set_title("A title")
    axes.set_xlabel("Step")
    axes.plot([1.5, 2.5])
    text = svg_of(axes.figure)
    width = float(re.search(r'viewBox="0 0 ([\d.]+)', text)[1])
    pixels_per_unit = min(PHONE_TEXT_COLUMN / width, 96 / 72)
    sizes = [100 * float(scale) for scale in re.findall(r"scale\(([\d.]+) -[\d.]+\)", text)]
    assert min(sizes) * pixels_per_unit >= 11


@pytest.mark.parametrize(("rows", "columns", "height"), [(1, 1, 3.2), (3, 1, 6.6), (2, 2, 4.4)])
def test_figure_stacks_panels_at_a_fixed_width(axes, rows, columns, height):
    figure, panels = plotting.figure(rows, columns)
    assert tuple(figure.get_size_inches()) == pytest.approx((4.8, height))
    assert np.size(panels) == rows * columns
    plt.close(figure)


def test_figure_takes_a_height_and_options(axes):
    figure, panels = plotting.figure(2, height=5, sharex=True)
    assert figure.get_size_inches()[1] == 5
    assert panels[0].get_shared_x_axes().joined(panels[0], panels[1])
    plt.close(figure)


def test_figure_without_panels_is_refused():
    with pytest.raises(ValueError, match="at least one row and one column, and got 0 x 1"):
        plotting.figure(0)


def test_the_cycle_follows_the_families(axes):
    lines = [axes.plot([0, i])[0] for i in range(3)]
    assert [line.get_color() for line in lines] == [plotting.COLOURS[k] for k in ("rnn", "lstm", "gru")]


def test_in_a_notebook_figures_are_svg_of_the_size_asked_for():
    import nbformat
    from nbclient import NotebookClient

    cells = [
        "from coursepkg import plotting\nplotting.use_style()",
        "figure, axes = plotting.figure()\naxes.plot([1, 2])\nplotting.label_lines(axes, axes.get_lines());",
        "figure, axes = plotting.figure(2)\naxes[0].set_title('A title that is too long for its figure')\n"
        "import matplotlib.pyplot as plt\nplt.show()",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    NotebookClient(notebook, kernel_name="python3", timeout=120).execute()
    figures = [output.data for cell in notebook.cells for output in cell.outputs if "data" in output]
    assert len(figures) == 2
    for data in figures:
        assert "image/png" not in data
        assert 'width="345.6pt"' in data["image/svg+xml"]
        assert "dc:date" not in data["image/svg+xml"]


def test_in_ipython_without_a_notebook_figures_keep_the_size_asked_for():
    program = """
from IPython.core.interactiveshell import InteractiveShell
from matplotlib_inline.backend_inline import configure_inline_support
import base64, io, PIL.Image
shell = InteractiveShell.instance()
configure_inline_support(shell, "inline")
from coursepkg import plotting
plotting.use_style()
figure, axes = plotting.figure()
axes.plot([1, 2])
data, _ = shell.display_formatter.format(figure)
picture = PIL.Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
print(sorted(data), picture.size, figure.dpi)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], env=os.environ | {"MPLBACKEND": "module://matplotlib_inline.backend_inline"},
        check=True, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.stdout.strip() == "['image/png', 'text/plain'] (480, 320) 100.0"


def test_use_style_is_undone_by_an_rc_context():
    with matplotlib.rc_context({"svg.hashsalt": "the reader's own"}):  # whatever other tests left behind
        with matplotlib.rc_context():
            plotting.use_style()
            assert matplotlib.rcParams["svg.hashsalt"] == "coursepkg"
        assert matplotlib.rcParams["svg.hashsalt"] == "the reader's own"


@pytest.mark.parametrize("title", ["Short", "A title that is much too long beside these labels"])
@pytest.mark.parametrize("label", ["a", "a very long label of a bar"])
def test_a_title_stays_inside_and_moves_no_further_than_it_must(axes, title, label):
    figure = axes.get_figure()
    plotting.bars(axes, {label: [1.0, 2.0]})
    axes.set_title(title)
    for _ in range(2):  # drawing again moves nothing
        figure.canvas.draw()
        drawn, panel = axes._left_title, axes.get_window_extent()
        box = drawn.get_window_extent()
        assert box.x0 >= 0
        assert box.x1 <= figure.bbox.x1 + 0.5
        fits = panel.x0 + box.width <= figure.bbox.x1
        assert (abs(box.x0 - panel.x0) < 0.5) == fits
