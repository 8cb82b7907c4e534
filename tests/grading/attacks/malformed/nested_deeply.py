"""JSON that is nested a hundred thousand levels deep, and metadata nested as deep as JSON reads."""

STATE = "rejected"
SAYS = r"nested|deep"


def make(folder, write):
    text = (
        '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": ' + "[" * 100_000 + "]" * 100_000 + "}"
    )
    (folder / "01-sequence-data.ipynb").write_text(text)
