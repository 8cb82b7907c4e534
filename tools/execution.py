"""Run the book's notebooks side by side, and leave the results where Sphinx looks before it runs one itself.

Sphinx runs one notebook after the other, on one processor. A page that fails here fails there once more, and
is reported with its traceback then.
"""

import concurrent.futures
import os
import sys
import time
from pathlib import Path

import yaml
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.executors.utils import single_nb_execution
from myst_nb.core.config import NbParserConfig
from myst_nb.core.read import create_nb_reader
from myst_parser.config.main import MdParserConfig

from coursepkg.assignment import local_kernel

sys.path.insert(0, str(Path(__file__).resolve().parent))
from settings import ROOT

MOST = 4  # at the same time: each needs a processor, and a gigabyte or two


def pages(root=ROOT):
    """The files of the table of contents.

    Args:
        root: `pathlib.Path`, the folder that holds `book/_toc.yml`.

    Returns:
        List of `pathlib.Path`, in the order of the book.
    """
    contents = yaml.safe_load((root / "book" / "_toc.yml").read_text(encoding="utf-8"))
    names = [contents["root"]]
    names += [chapter["file"] for part in contents["parts"] for chapter in part["chapters"]]
    return [root / "book" / f"{name}.md" for name in names]


def read(page, settings):
    """Reads a page as MyST-NB does.

    Args:
        page: `pathlib.Path`.
        settings: dict, `_config.yml`.

    Returns:
        The page as a notebook, or `None` if it holds no code to run.
    """
    text = page.read_text(encoding="utf-8")
    extensions = settings.get("parse", {}).get("myst_enable_extensions", ())
    reader = create_nb_reader(str(page), MdParserConfig(enable_extensions=extensions), NbParserConfig(), text)
    notebook = reader and reader.read(text)
    return notebook if notebook and any(cell.cell_type == "code" for cell in notebook.cells) else None


def run(page, notebook, timeout):
    """Runs one notebook in a kernel of its own, in its page's folder.

    Args:
        page: `pathlib.Path`.
        notebook: the page as a notebook.
        timeout: int, seconds that a cell may take.

    Returns:
        Tuple of the notebook with its outputs, the seconds it took, and the error or `None`.
    """
    result = single_nb_execution(
        notebook, cwd=str(page.parent), timeout=timeout, allow_errors=False, meta_override=True
    )
    return notebook, result.time, result.err


def execute(root, folder, most=None):
    """Runs what has no result yet.

    Args:
        root: `pathlib.Path`, the folder that holds `_config.yml` and `book`.
        folder: `pathlib.Path`, the cache.
        most: int, notebooks at the same time; `None` lets the machine decide.

    Returns:
        List of the pages that failed.
    """
    settings = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    timeout = settings["execute"]["timeout"]
    cache = get_cache(str(folder))
    waiting = []
    for page in pages(root):
        notebook = read(page, settings)
        if notebook is not None and not _has_result(cache, notebook):
            waiting.append((page, notebook))
    if not waiting:
        return []
    most = most or min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2, MOST)
    print(f"Running {len(waiting)} pages, {min(most, len(waiting))} at a time:", flush=True)
    failed = []
    started = time.monotonic()
    local_kernel.use_by_default()
    with concurrent.futures.ProcessPoolExecutor(most) as pool:
        # The later chapters train longer, so they go first.
        running = {pool.submit(run, page, notebook, timeout): page for page, notebook in reversed(waiting)}
        for done, future in enumerate(concurrent.futures.as_completed(running), 1):
            page = running[future]
            notebook, seconds, error = future.result()
            name = page.relative_to(root)
            passed = time.monotonic() - started
            said = f"failed: {type(error).__name__}" if error else f"{seconds:.0f} s"
            print(f"  {done} of {len(waiting)} after {passed:.0f} s: {name} ({said})", flush=True)
            if error:
                failed.append(page)
                continue
            bundle = CacheBundleIn(notebook, str(page), data={"execution_seconds": seconds})
            cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
    return failed


def _has_result(cache, notebook):
    try:
        cache.match_cache_notebook(notebook)
    except KeyError:
        return False
    return True


if __name__ == "__main__":
    execute(ROOT, Path(sys.argv[1]))
