"""A notebook without cells."""

STATE = "rejected"
SAYS = r"none of the assignment's cells"


def make(folder, write):
    (folder / "01-sequence-data.ipynb").write_text(
        '{"nbformat": 4, "nbformat_minor": 99, "metadata": {}, "cells": []}'
    )
