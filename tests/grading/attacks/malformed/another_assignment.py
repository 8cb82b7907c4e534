"""The notebook of another assignment, and a web page under the right name."""

STATE = "rejected"
SAYS = r"web page|notebook"


def make(folder, write):
    (folder / "02-rnn-bptt.ipynb").write_text(
        '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}'
    )
    (folder / "01-sequence-data.ipynb").write_text("<!DOCTYPE html><html><script>alert(1)</script></html>")
