"""A number of a hundred thousand digits."""

STATE = "rejected"
SAYS = r"digits"


def make(folder, write):
    (folder / "01-sequence-data.ipynb").write_text(
        '{"nbformat": 4, "cells": [], "metadata": {"x": ' + "1" * 100_000 + "}}"
    )
