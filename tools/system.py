"""Install from apt what some tests need: Chromium and its driver, bubblewrap, PostgreSQL."""

import argparse
import glob
import os
import shutil
import subprocess
import sys

PACKAGES = {
    "bwrap": "bubblewrap",
    "chromium": "chromium",
    "chromedriver": "chromium-driver",
    "initdb": "postgresql",
}
BESIDE_THE_PATH = "/usr/lib/postgresql/*/bin"  # where Debian keeps the server's programs


def missing():
    """The Debian packages whose program is not on this machine."""
    return [package for program, package in PACKAGES.items() if not find(program)]


def find(program):
    """The path of a program, on the PATH or where Debian keeps PostgreSQL's; `None` if it is not there."""
    return shutil.which(program) or next(
        iter(sorted(glob.glob(os.path.join(BESIDE_THE_PATH, program)))), None
    )


def root_command():
    """What to put before apt-get: nothing for root, sudo if it asks no password, None if neither works."""
    if not shutil.which("apt-get"):
        return None
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return None


def main(arguments=None):
    """Installs what is missing; with --if-allowed, says what is left out instead of failing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--if-allowed", action="store_true", help="do nothing where this user may not install"
    )
    if_allowed = parser.parse_args(arguments).if_allowed
    packages = missing()
    if not packages:
        return 0
    prefix = root_command()
    if prefix is None:
        how = f"as root: apt-get install {' '.join(packages)}"
        if if_allowed:
            print(f"Some tests are left out: {', '.join(packages)} not installed. To include them, {how}")
            return 0
        if sys.stdin.isatty() and shutil.which("sudo") and shutil.which("apt-get"):
            prefix = ["sudo"]
        else:
            print(f"These packages cannot be installed by this user; {how}", file=sys.stderr)
            return 1
    print(f"Installing {' '.join(packages)}", flush=True)
    quiet = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    subprocess.run([*quiet, "update"])
    code = subprocess.run([*quiet, "install", "-y", "--no-install-recommends", *packages]).returncode
    return 0 if if_allowed else code


if __name__ == "__main__":
    sys.exit(main())
