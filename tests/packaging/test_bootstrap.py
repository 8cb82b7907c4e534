"""The first command on a fresh machine: what stops it says so in one sentence."""

import sys

import pytest

from .tooling import ROOT, tool


@pytest.fixture
def bootstrap():
    return tool("bootstrap")


@pytest.mark.parametrize("version", [(3, 8, 0), (3, 10, 13)])
def test_an_old_python_is_named(bootstrap, monkeypatch, capsys, version):
    monkeypatch.setattr(sys, "version_info", version)
    with pytest.raises(SystemExit):
        bootstrap.check_python()
    message = capsys.readouterr().err
    assert f"This Python is {version[0]}.{version[1]}" in message
    assert "needs 3.11, 3.12 or 3.13" in message


def test_a_python_too_new_for_tensorflow_is_named(bootstrap, monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 15, 0))
    with pytest.raises(SystemExit):
        bootstrap.check_python()
    assert "tested here up to 3.13" in capsys.readouterr().err


def test_a_missing_venv_module_names_the_package_to_install(bootstrap, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(SystemExit):
        bootstrap.check_python()
    message = capsys.readouterr().err
    assert f"apt-get install python{sys.version_info[0]}.{sys.version_info[1]}-venv" in message


def test_no_network_gives_one_sentence(bootstrap, monkeypatch, capsys):
    class Failed:
        returncode = 1

    monkeypatch.setattr(bootstrap.subprocess, "run", lambda *arguments, **options: Failed())
    monkeypatch.setattr(bootstrap, "python_of", lambda environment: sys.executable)
    with pytest.raises(SystemExit):
        bootstrap.main()
    assert "needs a network connection" in capsys.readouterr().err


def test_the_installer_itself_is_hash_checked(bootstrap):
    lines = bootstrap.locked("uv").splitlines()
    assert lines[0].startswith("uv==")
    assert all(line.strip().startswith("--hash=sha256:") for line in lines[1:])
    assert len(lines) > 1


def test_old_pythons_can_read_the_script():
    """It must get as far as its message on a Python that lacks newer syntax."""
    import ast

    tree = ast.parse((ROOT / "tools" / "bootstrap.py").read_text(encoding="utf-8"), feature_version=(3, 4))
    newer = (ast.Starred, ast.JoinedStr, ast.NamedExpr, ast.AnnAssign, ast.Nonlocal)
    assert not [node for node in ast.walk(tree) if isinstance(node, newer)]
