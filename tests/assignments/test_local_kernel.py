"""A kernel of this machine that no other process can keep from starting."""

import os
import socket
import subprocess
import sys

import nbformat
import psutil
import pytest
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning import KernelProvisionerFactory
from nbclient import NotebookClient

from coursepkg.assignment import local_kernel


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


def ports_of(manager):
    connection = manager.get_connection_info()
    return {connection[name] for name in local_kernel.PORTS}


def listening(process):
    """The ports at which a process listens."""
    found = psutil.Process(process).net_connections(kind="inet")
    return {one.laddr.port for one in found if one.status == psutil.CONN_LISTEN}


def test_it_listens_where_its_manager_says(manager):
    assert len(ports_of(manager)) == len(local_kernel.PORTS)
    assert ports_of(manager) <= listening(manager.provisioner.pid)
    assert answer(manager, "print(6 * 7)").strip() == "42"


def test_a_restarted_kernel_keeps_its_ports_and_nothing_is_left(manager):
    before = ports_of(manager)
    manager.restart_kernel(now=True)
    assert ports_of(manager) == before
    assert answer(manager, "print(6 * 8)").strip() == "48"
    manager.shutdown_kernel(now=True)
    assert not os.path.exists(manager.connection_file)


@pytest.fixture
def taken(monkeypatch):
    """Every port that Jupyter chooses for a kernel is another's before the kernel has started."""
    from jupyter_client.provisioning import local_provisioner

    chosen = []

    def take(self, ip):
        chosen.append(socket.create_server((ip, 0)))
        return chosen[-1].getsockname()[1]

    monkeypatch.setattr(local_provisioner.LocalPortCache, "find_available_port", take)
    yield chosen
    for server in chosen:
        server.close()


def run_notebook():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("6 * 7")])
    NotebookClient(notebook, kernel_name="python3", timeout=60).execute()
    return notebook.cells[0].outputs[0].data["text/plain"]


def test_a_notebook_runs_though_all_ports_are_taken(taken):
    assert run_notebook() == "42"
    assert len(taken) == len(local_kernel.PORTS)


def test_with_jupyters_own_provisioner_it_would_not(taken, monkeypatch):
    monkeypatch.setattr(KernelProvisionerFactory.instance(), "default_provisioner_name", "local-provisioner")
    with pytest.raises(RuntimeError, match="Kernel died"):
        run_notebook()


def test_a_kernel_that_does_not_start_is_not_waited_for(monkeypatch):
    manager = KernelManager(kernel_name="python3")
    manager.kernel_spec.argv = [sys.executable, "-c", "'ipykernel'; raise SystemExit(3)", "{connection_file}"]
    manager.start_kernel()
    assert not manager.is_alive()
    manager.cleanup_resources()


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
