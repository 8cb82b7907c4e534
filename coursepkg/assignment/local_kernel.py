"""Jupyter kernels that choose their network ports themselves.

Jupyter chooses a kernel's ports before it starts the kernel. Until the kernel takes them, any other process
may, and then the kernel ends at once: on a machine that starts hundreds of them it happens. A port that the
kernel asks the system for is its own from the first moment.
"""

import asyncio
import importlib.metadata
import json
import os
import time
from pathlib import Path

from jupyter_client.provisioning import LocalProvisioner

NAME = "coursepkg-local"  # in pyproject.toml, among the entry points
VARIABLE = "JUPYTER_DEFAULT_PROVISIONER_NAME"
PORTS = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")
PATIENCE = 120  # seconds, for a kernel's start on a busy machine


def use_by_default():
    """Lets every kernel that this process, or one that it starts, asks for choose its ports.

    A kernel whose spec names a provisioner keeps that. So does everybody who chose a default already, and an
    environment whose coursepkg was installed before there was this provisioner.
    """
    group = importlib.metadata.entry_points(group="jupyter_client.kernel_provisioners")
    if NAME in group.names:
        os.environ.setdefault(VARIABLE, NAME)


class OwnPortsProvisioner(LocalProvisioner):
    """Starts a kernel as Jupyter does by default, except that a Python kernel chooses its ports.

    In the connection file every port is 0 at first, which means any. ipykernel writes those that it was given
    there. A kernel that is restarted keeps them, as the programs that talk to it expect.
    """

    _ports_are_known = False

    async def launch_kernel(self, cmd, **kwargs):
        """Starts the kernel and returns how to connect to it."""
        manager = self.parent
        path = Path(manager.connection_file)
        understands = any("ipykernel" in part for part in cmd) and manager.transport == "tcp"
        if self._ports_are_known or not understands:
            return await super().launch_kernel(cmd, **kwargs)
        _write(path, _read(path) | dict.fromkeys(PORTS, 0))
        await super().launch_kernel(cmd, **kwargs)
        given = await self._wait_for_ports(path)
        for name, port in given.items():
            setattr(manager, name, port)
        self._ports_are_known = bool(given)
        self.connection_info = manager.get_connection_info()
        return self.connection_info

    async def _wait_for_ports(self, path):
        """Dict from name to port; empty if the kernel ended or took too long, as its client will notice."""
        started = time.monotonic()
        while time.monotonic() - started < PATIENCE and await self.poll() is None:
            given = {name: port for name, port in _read(path).items() if name in PORTS and port}
            if len(given) == len(PORTS):
                return given
            await asyncio.sleep(0.02)
        return {}


def _read(path):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # just being written
        return {}


def _write(path, connection):
    path.write_text(json.dumps(connection), encoding="utf-8")  # the file, and who may read it, stay the same
