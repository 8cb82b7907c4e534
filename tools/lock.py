"""Resolve the ranges of pyproject.toml into requirements.lock: versions and hashes, no addresses."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main():
    """Writes the lock file for every supported Python and platform at once."""
    options = ["--all-extras", "--universal", "--python-version", "3.11", "--generate-hashes"]
    quiet = ["--no-annotate", "--no-header", "--no-emit-index-url", "--no-emit-find-links", "--quiet"]
    command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", *options, *quiet, "--upgrade"]
    code = subprocess.run([*command, "--output-file", "requirements.lock"], cwd=ROOT).returncode
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    if "://" in text:
        print("requirements.lock holds an address; it may hold versions and hashes only.", file=sys.stderr)
        return 1
    return code


if __name__ == "__main__":
    sys.exit(main())
