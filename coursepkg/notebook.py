"""What a notebook needs to hand a computed value to the text around it."""

import os

PREFIX = "application/papermill.record/"


def glue(name, value, display=False):
    """Stores a value under a name that the page's text can quote with the `glue` role.

    It writes what `myst_nb.glue` writes, and works where MyST-NB is not installed, as on Colab. There the
    text names the value instead of quoting it, so the value is printed.

    Args:
        name: str, the name that the text quotes.
        value: any object that a notebook can display: a number, a string, a figure.
        display: bool, whether the notebook also shows the value under the cell.

    Raises:
        ValueError: if `name` is empty.
    """
    if not name:
        raise ValueError("glue needs a name that the text can quote, and got an empty one.")
    from IPython.core.formatters import format_display_data
    from IPython.display import display as display_in_notebook

    if not display and "COURSEPKG_BOOK" not in os.environ:
        print(f"{name} = {value}")
        return
    if getattr(value, "shape", None) == () and hasattr(value, "item"):
        value = value.item()  # a NumPy number shows itself as "np.float64(0.5)", which the text cannot format
    bundle, _ = format_display_data(value)
    prefix = "" if display else PREFIX
    display_in_notebook(
        {prefix + mimetype: content for mimetype, content in bundle.items()},
        raw=True,
        metadata={"scrapbook": {"name": name, "mime_prefix": prefix}},
    )
