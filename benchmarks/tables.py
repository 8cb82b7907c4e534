"""What the benchmarks share: the machine they ran on, results on disk, and tables in benchmarks/README.md."""

import json
import os
import platform
import re
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
PAGE = HERE / "README.md"
END = "<!-- end of the tables -->"
NOTHING = "Nothing has been measured yet.\n"


def machine(*packages):
    """Says what a benchmark ran on.

    Args:
        *packages: str, names of installed packages whose versions matter.

    Returns:
        Dict of plain values.
    """
    try:
        processor = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.M)[1]
    except (OSError, TypeError):
        processor = platform.machine()
    versions = {}
    for name in packages:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": processor,
        "memory": psutil.virtual_memory().total,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "packages": versions,
    }


def sentence_on(machine, day):
    """One line for the end of a table: when it was measured, and on what.

    Args:
        machine: dict that `machine` returned; an `accelerator` in it is named too.
        day: str, the date.

    Returns:
        str.
    """
    packages = ", ".join(f"{name} {number}" for name, number in machine["packages"].items())
    accelerator = f"{machine['accelerator']}, " if machine.get("accelerator") else ""
    return (
        f"Measured {day} on {accelerator}{machine['cores']} cores ({machine['processor']}), "
        f"{machine['system']}, Python {machine['python']}, {packages}."
    )


def today():
    """Returns the date as ISO 8601 writes it."""
    return date.today().isoformat()


def keep(found, run, keys, machine):
    """Puts a run at the end of those found; an older one that was the same goes.

    Args:
        found: dict with a list of `runs`; `machine` and `date` are set too.
        run: dict.
        keys: tuple of str, the entries that are equal in two runs of the same.
        machine: dict that `machine` returned.
    """
    others = [one for one in found["runs"] if any(one[key] != run[key] for key in keys)]
    found |= {"runs": [*others, run], "machine": machine, "date": today()}


def table(heads, rows):
    """Writes a Markdown table whose first column is text and whose others are numbers.

    Args:
        heads: list of str.
        rows: list of lists of str.

    Returns:
        str.
    """
    lines = [f"| {' | '.join(heads)} |", f"| {' | '.join(['---'] + ['---:'] * (len(heads) - 1))} |"]
    return "\n".join(lines + [f"| {' | '.join(row)} |" for row in rows]) + "\n"


def save(name, content, results=RESULTS):
    """Writes a result as JSON that is pleasant to compare.

    Args:
        name: str, the file's name without its ending.
        content: plain values.
        results: path of the folder.
    """
    results.mkdir(exist_ok=True)
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    (results / f"{name}.json").write_text(text, encoding="utf-8")


def load(name, results=RESULTS):
    """Reads what `save` wrote.

    Returns:
        Plain values, or `None` where there is no such result.
    """
    path = results / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def mark(script):
    """The line of the page after which a script's tables stand."""
    return f"<!-- written by benchmarks/{script} from benchmarks/results -->"


def write_tables(script, text, page=PAGE):
    """Replaces what stands between a script's two marks in the page.

    Args:
        script: str, the script's file name.
        text: str, Markdown.
        page: path of the page.

    Raises:
        ValueError: if the page has no mark of this script.
    """
    begin = mark(script)
    before, found, rest = page.read_text(encoding="utf-8").partition(begin)
    if not found:
        raise ValueError(f"{page.name} has no line {begin!r}, after which the tables would stand")
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{begin}\n\n{text}\n{END}{after}", encoding="utf-8")
