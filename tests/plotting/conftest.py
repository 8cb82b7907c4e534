"""Figures of these tests are drawn without a screen, in the book's style, and closed again."""

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import pytest

from coursepkg import plotting


@pytest.fixture
def axes():
    with matplotlib.rc_context():
        plotting.use_style()
        figure, axes = plotting.figure()
        yield axes
        plt.close(figure)
