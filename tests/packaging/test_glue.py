"""glue hands values to the page as MyST-NB does, and prints them elsewhere."""

import builtins
import sys

import pytest

from coursepkg import glue


@pytest.fixture(autouse=True)
def no_shell_left():
    """MyST-NB's `glue` makes IPython's shell in this process, and with it another `__main__`."""
    main, names = sys.modules["__main__"], set(vars(builtins))
    yield
    sys.modules["__main__"] = main
    for name in set(vars(builtins)) - names:
        delattr(builtins, name)
    if "IPython" in sys.modules:
        from IPython.core.interactiveshell import InteractiveShell

        if InteractiveShell.initialized():
            InteractiveShell.clear_instance()


@pytest.fixture
def shown(monkeypatch):
    """What is sent to the notebook's display."""
    sent = []
    show = lambda *bundles, **options: sent.append((bundles, options))  # noqa: E731
    monkeypatch.setattr("IPython.display.display", show)
    monkeypatch.setattr("myst_nb.ext.glue.ipy_display", show, raising=False)
    return sent


@pytest.mark.parametrize("display", [True, False])
def test_same_message_as_myst_nb(monkeypatch, shown, display):
    from myst_nb.ext.glue import glue as glue_of_myst_nb

    monkeypatch.setenv("COURSEPKG_BOOK", "1")
    glue("loss", 0.25, display=display)
    glue_of_myst_nb("loss", 0.25, display=display)
    ours, theirs = shown
    assert ours == theirs


def test_outside_the_book_the_value_is_printed(monkeypatch, shown, capsys):
    monkeypatch.delenv("COURSEPKG_BOOK", raising=False)
    glue("loss", 0.25)
    assert capsys.readouterr().out == "loss = 0.25\n"
    assert not shown


def test_an_empty_name_is_refused():
    with pytest.raises(ValueError, match="glue needs a name"):
        glue("", 1)
