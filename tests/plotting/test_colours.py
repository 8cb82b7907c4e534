"""The colours are legible and stay apart, for every reader, on the white page and on the dark one."""

import itertools

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from coursepkg.plotting import COLOURS, contrast_ratio
from coursepkg.plotting.style import FAMILIES, readable, relative_luminance, text_colour_on

DARK_PAGE = "#121212"  # sphinx-book-theme's dark background

# CSS `hue-rotate(180deg)` as the Filter Effects specification defines it, to three digits.
HUE_ROTATION = np.array([[-0.574, 1.430, 0.144], [0.426, 0.430, 0.144], [0.426, 1.430, -0.856]])

# Machado, Oliveira and Fernandes 2009, severity 1: on linear RGB.
VISION = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def on_dark_page(colour):
    """What the page's filter `invert(1) hue-rotate(180deg)` makes of a colour."""
    return np.clip(HUE_ROTATION @ (1 - np.asarray(to_rgb(colour))), 0, 1)


def oklab(colour, vision):
    """A colour as seen, in Ottosson's Oklab, where distances are about as large as they look."""
    channels = np.asarray(to_rgb(colour))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    linear = np.clip(VISION[vision] @ linear, 0, 1)
    cones = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    to_lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    return to_lab @ np.cbrt(cones @ linear)


def test_the_fixed_names_are_there():
    assert set(COLOURS) == {*FAMILIES, "data", "baseline", "good", "bad", "muted"}
    assert FAMILIES == ("rnn", "lstm", "gru", "cnn", "attention")


def test_contrast_ratio_agrees_with_wcag():
    assert contrast_ratio("black", "white") == pytest.approx(21)
    assert contrast_ratio("#777777", "white") == pytest.approx(4.48, abs=0.01)  # WebAIM's well-known grey
    assert contrast_ratio("white", "#ff0000") == pytest.approx(4.0, abs=0.01)
    assert contrast_ratio("#123456", "#abcdef") == contrast_ratio("#abcdef", "#123456")
    assert relative_luminance("white") == pytest.approx(1)


@pytest.mark.parametrize("name", COLOURS)
def test_lines_have_contrast_three_on_both_pages(name):
    assert contrast_ratio(COLOURS[name], "white") >= 3
    assert contrast_ratio(on_dark_page(COLOURS[name]), DARK_PAGE) >= 3


@pytest.mark.parametrize("name", COLOURS)
def test_text_in_a_lines_colour_has_contrast_four_and_a_half_on_both_pages(name):
    colour = readable(COLOURS[name])
    assert contrast_ratio(colour, "white") >= 4.5
    assert contrast_ratio(on_dark_page(colour), DARK_PAGE) >= 4.5


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("page", ["white", "dark"])
@pytest.mark.parametrize("group", [(*FAMILIES, "data", "baseline"), ("good", "bad", "data", "baseline")])
def test_colours_stay_apart_for_every_reader(group, page, vision):
    see = (lambda colour: colour) if page == "white" else on_dark_page
    for first, second in itertools.combinations(group, 2):
        distance = np.linalg.norm(oklab(see(COLOURS[first]), vision) - oklab(see(COLOURS[second]), vision))
        assert distance >= 0.08, f"{first} and {second} look alike ({distance:.3f}) with {vision}"


@pytest.mark.parametrize("grey", np.linspace(0, 1, 11))
def test_text_on_a_filled_cell_is_legible(grey):
    background = (grey, grey, grey)
    assert contrast_ratio(text_colour_on(background), background) >= 4.5 - 0.6  # mid-grey: the best there is
    best = max(contrast_ratio(COLOURS["data"], background), contrast_ratio("white", background))
    assert contrast_ratio(text_colour_on(background), background) == best
