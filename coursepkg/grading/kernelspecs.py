"""The two confined kernels: where their specs lie, and how Jupyter and nbgrader find them."""

import os
import sys
from pathlib import Path

FOLDER = Path(__file__).parent  # its folder `kernels` is laid out as Jupyter expects


def names():
    """Names the course's kernels.

    Returns:
        List of str, sorted.
    """
    return sorted(spec.parent.name for spec in FOLDER.glob("kernels/*/kernel.json"))


def make_findable():
    """Lets this process, and those that it starts, find the kernels without installing them."""
    known = os.environ.get("JUPYTER_PATH", "").split(os.pathsep)
    if str(FOLDER) not in known:
        os.environ["JUPYTER_PATH"] = os.pathsep.join([str(FOLDER), *filter(None, known)])


def install(user=False, prefix=None):
    """Copies the kernel specs to where every Jupyter program of this environment, or this user, looks.

    Args:
        user: bool, install for this user instead of this Python environment.
        prefix: `None` or path, install below `prefix/share/jupyter`.

    Returns:
        List of str, the folders that were written.

    Raises:
        OSError: if a folder cannot be written.
    """
    from jupyter_client.kernelspec import KernelSpecManager

    if not user and prefix is None:
        prefix = sys.prefix
    manager = KernelSpecManager()
    return [
        manager.install_kernel_spec(str(FOLDER / "kernels" / name), name, user=user, prefix=prefix)
        for name in names()
    ]


def installed():
    """Looks where Jupyter finds the course's kernels.

    Returns:
        Dict from each kernel's name to its folder, a str, which is empty where Jupyter finds none.
    """
    from jupyter_client.kernelspec import KernelSpecManager

    found = KernelSpecManager().find_kernel_specs()
    return {name: found.get(name, "") for name in names()}
