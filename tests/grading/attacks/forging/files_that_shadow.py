"""Files named like libraries and start-up files are handed in beside the notebook, and written by its code, in every folder."""

LOSES = {"test-encode-*": r"is None"}
SAYS = r"does not ask for it"


def make(folder, write):
    write()
    for name in ("numpy.py", "json.py", "socket.py", "sitecustomize.py", "usercustomize.py", "conftest.py"):
        (folder / name).write_text("raise SystemExit('shadowed')\n")
    for name in ("coursepkg", "IPython", "coursepkg/checks"):
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text("check_equal = check_close = print\n")
    (folder / ".ipython").mkdir()
    (folder / "nbgrader_config.py").write_text("raise SystemExit('settings')\n")


raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% encode
import os
import sys

lines_of_code = "import builtins\nbuiltins.shadowed = True\nraise SystemExit('shadowed')\n"
for folder in (
    ".",
    "..",
    "/tmp",
    os.path.expanduser("~"),
    os.path.expanduser("~/.ipython/profile_default/startup"),
    sys.prefix,
    "/usr/lib/python3",
    *sys.path,
):
    for name in ("numpy.py", "sitecustomize.py", "coursepkg.py", "json.py", "00-start.py", "shadow.pth"):
        try:
            os.makedirs(folder or ".", exist_ok=True)
            with open(os.path.join(folder or ".", name), "w") as file:
                file.write(lines_of_code)
        except OSError:
            pass


def encode(text, symbols):
    return None
