"""`make matrix`: package tests and chapters on every supported Python, with old and new libraries."""

import shutil
import subprocess
from pathlib import Path

import nox

nox.options.default_venv_backend = "uv"
nox.options.error_on_missing_interpreters = True
nox.options.sessions = ["libraries", "backends"]
# The pages and the autograder are tested by `make test`, with the locked versions.
ROOMS = ("data", "scratch", "layers", "models", "decoding", "training", "checks", "plotting")
TESTERS = ("hypothesis", "pytest", "pytest-xdist")
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def interpreter(version):
    """The path of a Python, also where it is installed by pyenv but not selected."""

    def pyenv(*arguments):
        return subprocess.run(["pyenv", *arguments], capture_output=True, text=True).stdout.split()

    if shutil.which("pyenv"):
        for full in pyenv("versions", "--bare"):
            if full.startswith(version + "."):
                return pyenv("prefix", full)[0] + "/bin/python"
    return version


@nox.session(python=[interpreter(version) for version in ("3.11", "3.12", "3.13")])
@nox.parametrize("versions", ["oldest", "newest"])
def libraries(session, versions):
    """The oldest versions that pyproject.toml allows, then the newest."""
    resolution = ["--resolution", "lowest-direct"] if versions == "oldest" else ["--upgrade"]
    session.run_install("uv", "pip", "install", *resolution, "--editable", ".[data]", silent=True)
    session.run_install("uv", "pip", "install", *TESTERS, silent=True)
    report = "import keras, numpy, tensorflow; print(*(m.__version__ for m in (keras, tensorflow, numpy)))"
    session.run("python", "-c", report, env=QUIET)
    session.run("pytest", "-q", *(f"tests/{room}" for room in ROOMS), *session.posargs, env=QUIET)
    # A chapter's assertions say what its prose claims: they must hold with these versions too.
    chapters = [str(path) for part in ("data", "recurrent") for path in Path("book", part).glob("*.ipynb")]
    session.run("jupyter", "execute", *sorted(chapters), env=QUIET)


@nox.session(python=[interpreter("3.11")])
@nox.parametrize("backend", ["jax", "torch"])
def backends(session, backend):
    """What is made of layers, on Keras's other two backends."""
    # pip as well: it finds a CPU build of PyTorch where one is on disk; uv looks at the index alone.
    session.run_install("uv", "pip", "install", "pip", "--editable", ".[data]", *TESTERS, silent=True)
    packages = {"jax": [], "torch": ["torch>=2.5,<=2.13.0"]}[backend]
    packages += ["jax>=0.4.34"]  # with whose results one test compares those of every backend
    session.run_install("python", "-m", "pip", "install", "--quiet", *packages, silent=True)
    tests = ("tests/layers", "tests/models", "tests/decoding", "tests/training/test_losses.py")
    session.run("pytest", "-q", *tests, *session.posargs, env={**QUIET, "KERAS_BACKEND": backend})
