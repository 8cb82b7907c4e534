"""Jupyter kernels that talk through files of a private folder instead of network ports.

Jupyter chooses a kernel's ports before it starts the kernel. Until the kernel takes them, any other process
may, and then the kernel ends at once: on a machine that starts hundreds of them it happens. A file in a
folder of the kernel's own is nobody else's to take, and no other user of the machine reaches it.
"""

import importlib.metadata
import os
import tempfile
from pathlib import Path

from jupyter_client.provisioning import LocalProvisioner

NAME = "coursepkg-local"  # in pyproject.toml, among the entry points
VARIABLE = "JUPYTER_DEFAULT_PROVISIONER_NAME"


def talk_through_files(manager):
    """Has a kernel that is not yet started talk through files, where the system knows such sockets.

    Args:
        manager: `jupyter_client.KernelManager`.

    Returns:
        `tempfile.TemporaryDirectory` for the files, to be cleaned up when the kernel has ended. On Windows it
        stays empty, and the kernel has ports.
    """
    folder = tempfile.TemporaryDirectory(prefix="coursepkg-kernel-")
    if os.name == "posix":
        manager.transport, manager.ip = "ipc", str(Path(folder.name, "kernel"))
    return folder


def use_by_default():
    """Lets every kernel that this process, or one that it starts, asks for talk through files.

    A kernel whose spec names a provisioner keeps that. So does everybody who chose a default already, and an
    environment whose coursepkg was installed before there was this provisioner.
    """
    group = importlib.metadata.entry_points(group="jupyter_client.kernel_provisioners")
    if NAME in group.names:
        os.environ.setdefault(VARIABLE, NAME)


class FileProvisioner(LocalProvisioner):
    """Starts a kernel as Jupyter does by default, except that it talks through files."""

    _folder = None

    async def pre_launch(self, **kwargs):
        """Chooses where the kernel's sockets lie, then prepares its start."""
        if self._folder is None:  # a restarted kernel keeps its files
            self._folder = talk_through_files(self.parent)
        return await super().pre_launch(**kwargs)

    async def cleanup(self, restart=False):
        """Leaves no file, unless the kernel restarts."""
        await super().cleanup(restart)
        if self._folder is not None and not restart:
            self._folder.cleanup()
            self._folder = None
