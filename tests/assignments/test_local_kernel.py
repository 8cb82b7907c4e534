"""A kernel of this machine that no other process can keep from starting."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import psutil
import pytest
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient

from coursepkg.assignment import local_kernel

CHANNELS = ("shell", "iopub", "stdin", "control", "hb")


@pytest.fixture
def manager():
    """A kernel that was started as every program does."""
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(extra_arguments=["--HistoryManager.enabled=False"])
    yield manager
    manager.shutdown_kernel(now=True)
    manager.cleanup_resources()


def answer(manager, code):
    """What a kernel prints."""
    client = manager.blocking_client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    printed = []
    client.execute_interactive(code, timeout=60, output_hook=lambda said: printed.append(said["content"]))
    client.stop_channels()
    return "".join(content.get("text", "") for content in printed)


def folder_of(manager):
    return Path(manager.ip).parent


def listening(process):
    """The files at which a process listens."""
    return {one.laddr for one in psutil.Process(process).net_connections(kind="unix")}


def test_it_has_no_port_that_another_process_could_take(manager):
    assert answer(manager, "print(6 * 7)").strip() == "42"
    connection = manager.get_connection_info()
    files = {f"{manager.ip}-{connection[f'{channel}_port']}" for channel in CHANNELS}
    assert len(files) == len(CHANNELS)
    assert files <= listening(manager.provisioner.pid)


def test_only_its_owner_reaches_it_and_nothing_is_left(manager):
    folder = folder_of(manager)
    assert folder.stat().st_mode & 0o077 == 0
    assert answer(manager, "print(6 * 7)").strip() == "42"
    manager.restart_kernel(now=True)
    assert folder_of(manager) == folder
    assert answer(manager, "print(6 * 8)").strip() == "48"
    manager.shutdown_kernel(now=True)
    assert not folder.exists()


def test_a_notebook_runs_in_it():
    code = "from ipykernel.connect import get_connection_info\nget_connection_info(unpack=True)['transport']"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    NotebookClient(notebook, kernel_name="python3", timeout=60).execute()
    assert notebook.cells[0].outputs[0].data["text/plain"] == "'ipc'"


def chosen(**environment):
    """Which provisioner a process uses by default that has asked for this one."""
    code = (
        "import os\nfrom coursepkg.assignment import local_kernel\n"
        "local_kernel.use_by_default()\nprint(os.environ.get(local_kernel.VARIABLE))"
    )
    known = {name: value for name, value in os.environ.items() if name != local_kernel.VARIABLE}
    done = subprocess.run(
        [sys.executable, "-c", code], env=known | environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_whoever_chose_a_default_keeps_it():
    assert chosen() == local_kernel.NAME
    assert chosen(**{local_kernel.VARIABLE: "local-provisioner"}) == "local-provisioner"


def test_an_older_installation_keeps_jupyters_own(monkeypatch):
    monkeypatch.delenv(local_kernel.VARIABLE)
    monkeypatch.setattr(local_kernel, "NAME", "not-installed")
    local_kernel.use_by_default()
    assert local_kernel.VARIABLE not in os.environ
