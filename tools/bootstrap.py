"""Make `.venv`: the locked requirements, checked against their hashes, and coursepkg itself.

This runs on whatever Python the machine has, so it keeps to the syntax that even Python 2 reads.
"""

from __future__ import print_function

import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
NEWEST = (3, 13)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ENVIRONMENT = os.path.join(ROOT, ".venv")
LOCK = os.path.join(ROOT, "requirements.lock")


def stop(message):
    """Ends with one clear sentence."""
    sys.stderr.write("\n" + message + "\n")
    sys.exit(1)


def python_of(environment):
    """The interpreter of a virtual environment, on Linux, macOS and Windows."""
    folder, name = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    return os.path.join(environment, folder, name)


def check_python():
    """Stops when this Python is too old, too new for TensorFlow, or cannot make an environment."""
    here = "%d.%d (%s)" % (sys.version_info[0], sys.version_info[1], sys.executable)
    if sys.version_info[:2] < OLDEST:
        stop(
            "This Python is %s; the course needs 3.11, 3.12 or 3.13. "
            "Install one and say which: make PYTHON=python3.12 ..." % here
        )
    if sys.version_info[:2] > NEWEST:
        stop(
            "This Python is %s; TensorFlow is tested here up to 3.13. "
            "Install 3.11, 3.12 or 3.13 and say which: make PYTHON=python3.13 ..." % here
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        stop(
            "This Python (%s) has no venv module; on Debian and Ubuntu: "
            "sudo apt-get install python%d.%d-venv" % ((sys.executable,) + tuple(sys.version_info[:2]))
        )


def locked(name):
    """The lines of the lock file that pin one package."""
    lines, inside = [], False
    with open(LOCK, encoding="utf-8") as lock:
        for line in lock:
            if not line.startswith((" ", "\t")):
                inside = line.startswith(name + "==")
            if inside:
                lines.append(line)
    return "".join(lines)


def run(command, failure):
    """Runs a command in the repository's root; ends with `failure` when it fails."""
    result = subprocess.run(command, cwd=ROOT)
    if result.returncode:
        stop(failure)


def main():
    """Creates the environment and installs into it."""
    check_python()
    python = python_of(ENVIRONMENT)
    if not os.path.exists(python):
        print("Creating .venv with Python %d.%d" % sys.version_info[:2], flush=True)
        run(
            [sys.executable, "-m", "venv", ENVIRONMENT],
            "The environment .venv could not be created, see above.",
        )
    no_network = (
        "The packages could not be installed, see above. The first set-up needs a network connection; "
        "once your package index can be reached, run the same command again."
    )
    first = os.path.join(ENVIRONMENT, "first.lock")
    with open(first, "w", encoding="utf-8") as file:
        file.write(locked("uv"))
    pip = [python, "-m", "pip", "--disable-pip-version-check", "install"]
    print("Installing the locked requirements (about 3 GB unpacked; a minute or a few)", flush=True)
    run(pip + ["--quiet", "--require-hashes", "--no-deps", "-r", first], no_network)
    uv = [python, "-m", "uv", "pip"]
    # Compiled once, here: where PYTHONDONTWRITEBYTECODE is set, as in many containers, every kernel that
    # imports TensorFlow would otherwise spend ten seconds on compiling it.
    run(uv + ["sync", "--compile-bytecode", "--python", python, "--require-hashes", LOCK], no_network)
    # An earlier `pip install --editable` left the package's description here. In this folder Python would
    # read that one first, and not find what the package has offered since.
    shutil.rmtree(os.path.join(ROOT, "coursepkg.egg-info"), ignore_errors=True)
    package = ["--no-deps", "--no-build-isolation", "--editable", ROOT]
    run(
        uv + ["install", "--quiet", "--python", python] + package,
        "coursepkg could not be installed, see above.",
    )
    open(os.path.join(ENVIRONMENT, "installed"), "w").close()
    print("The environment .venv is ready.", flush=True)


if __name__ == "__main__":
    main()
