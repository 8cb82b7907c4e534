"""Write assignments/release from assignments/source, with nbgrader's own command."""

import subprocess
import sys

from settings import ROOT


def main():
    """Releases every assignment; `assignments/nbgrader_config.py` turns the .md into nbgrader's notebook."""
    for source in sorted((ROOT / "assignments" / "source").glob("*/")):
        command = [
            sys.executable,
            "-m",
            "nbgrader",
            "generate_assignment",
            source.name,
            "--force",
            "--create",
        ]
        code = subprocess.run([*command, "--log-level=WARN"], cwd=ROOT / "assignments").returncode
        if code:
            return code
        print(f"wrote assignments/release/{source.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
