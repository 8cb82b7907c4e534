"""Build the book: write the paired notebooks, execute what changed, and say where the pages are."""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import notebooks
from settings import ROOT

BUILD = ROOT / "_build"
# Chapters run what these folders hold; the rest of the package never changes a page.
CODE = ("data", "scratch", "layers", "models", "training", "decoding", "plotting", "checks")


def code_hash():
    """A hash of everything but its own cells that a chapter's numbers depend on."""
    digest = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    digest.update(sys.version.encode())
    for folder in CODE:
        for path in sorted((ROOT / "coursepkg" / folder).rglob("*")):
            if path.suffix in (".py", ".mplstyle", ".json"):
                digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


def forget_stale_results():
    """Drops the executed notebooks when the package that they ran with has changed."""
    stamp, current = BUILD / "code.sha256", code_hash()
    if stamp.exists() and stamp.read_text() == current:
        return
    if (BUILD / ".jupyter_cache").exists():
        print("coursepkg or the lock file has changed: every chapter runs again.", flush=True)
    for folder in (".jupyter_cache", "jupyter_execute", "html/.doctrees", ".doctrees"):
        shutil.rmtree(BUILD / folder, ignore_errors=True)
    BUILD.mkdir(exist_ok=True)
    stamp.write_text(current)


def environment():
    """The variables that chapters run with: quiet logs, no accelerator, nobody's own IPython settings."""
    profile = BUILD / "ipython" / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    # TensorFlow's C++ part writes to stderr while it loads, whatever its log level. That belongs in the
    # terminal; what Python code writes to stderr still reaches the page, where it is an error.
    settings = (
        "c = get_config()",
        "c.IPKernelApp.log_level = 'ERROR'",
        "c.IPKernelApp.capture_fd_output = False",
    )
    (profile / "ipython_kernel_config.py").write_text("\n".join(settings) + "\n", encoding="utf-8")
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    quiet |= {"IPYTHONDIR": str(BUILD / "ipython"), "COURSEPKG_BOOK": "1"}  # for `coursepkg.glue`
    # The matrices are small: one thread is twice as fast as several that wait for each other.
    quiet |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    binaries = str(Path(sys.executable).parent)
    return {**os.environ, **quiet, "PATH": binaries + os.pathsep + os.environ.get("PATH", "")}


def main(arguments=None):
    """Builds the book, or one page of it into a folder of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", help="build this page alone, without failing on links to other pages")
    parser.add_argument("--out", help="folder for --page")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    command = [str(Path(sys.executable).parent / "jupyter-book"), "build"]
    if options.page:
        out = Path(options.out or BUILD / "page")
        command += [options.page, "--config", "_config.yml", "--path-output", str(out)]
        return subprocess.run(command, cwd=ROOT, env=environment()).returncode
    notebooks.main([])
    forget_stale_results()
    execution = [sys.executable, str(ROOT / "tools" / "execution.py"), str(BUILD / ".jupyter_cache")]
    if code := subprocess.run(execution, cwd=ROOT, env=environment()).returncode:
        return code
    command += ["book", "--config", "_config.yml", "--path-output", ".", "-W", "--keep-going"]
    code = subprocess.run(command, cwd=ROOT, env=environment()).returncode
    if code == 0:
        page = BUILD / "html" / "index.html"
        print(
            f"\nThe book is built in {time.monotonic() - started:.0f} s. Open {page.relative_to(ROOT)} in a"
        )
        print("browser, or run `make serve` and open the address that it prints.")
    else:
        print("\nThe book was not built: warnings are errors here. The first one is above.", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
