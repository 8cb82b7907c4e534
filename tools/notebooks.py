"""Write the notebook that a page's launch buttons open, from the page's MyST Markdown.

A notebook is read where Sphinx is not: on Colab, in JupyterLab, on a student's laptop. So directives and
roles become plain Markdown (an admonition a quotation, an included source a code block, a citation its author
and year), an install cell stands first, and cell ids depend on the text alone: an unchanged page gives an
unchanged file.

Run `python tools/notebooks.py` to write every pair, `--check` to name those that are out of date.
"""

import argparse
import hashlib
import sys
from pathlib import Path

import jupytext
import nbformat

sys.path.insert(0, str(Path(__file__).resolve().parent))
from plain_markdown import Book, to_plain_markdown
from settings import ROOT, read_repository

INSTALL = """\
# Installs the course's package where it is missing, as on Colab. Elsewhere this cell does nothing.
import importlib.util

if importlib.util.find_spec("coursepkg") is None:
    %pip install --quiet "{requirement}\""""

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def cell_id(index, source):
    """A cell's id: the same for the same text at the same place, so that rebuilding changes nothing."""
    return hashlib.sha256(f"{index}\n{source}".encode()).hexdigest()[:12]


def install_cell(repository, locked):
    """The first cell of every notebook, hidden on the page; locked in an assignment."""
    cell = nbformat.v4.new_code_cell(INSTALL.format(requirement=repository.requirement))
    cell.metadata["tags"] = ["remove-cell"]
    if locked:
        cell.metadata["nbgrader"] = {
            "schema_version": 3,
            "grade": False,
            "grade_id": "install",
            "locked": True,
            "solution": False,
            "task": False,
            "cell_type": "code",
        }
    return cell


def render(markdown_path, root=ROOT):
    """Turns a MyST Markdown notebook into the notebook that students and readers open.

    Args:
        markdown_path: `pathlib.Path` of the page or the assignment's source.
        root: `pathlib.Path`, the repository.

    Returns:
        str, the notebook as JSON with no outputs.
    """
    markdown_path, root = Path(markdown_path).resolve(), Path(root).resolve()
    source = jupytext.read(markdown_path, fmt="md:myst")
    is_assignment = (root / "assignments") in markdown_path.parents
    book = Book(root)
    cells = [install_cell(read_repository(root), locked=is_assignment)]
    for cell in source.cells:
        cell.metadata.pop("mystnb", None)
        if cell.cell_type == "markdown":
            cell.source = to_plain_markdown(cell.source, markdown_path, book)
            if not cell.source:
                continue
        cells.append(cell)
    for index, cell in enumerate(cells):
        cell["id"] = cell_id(index, cell.source)
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=METADATA)
    notebook.nbformat_minor = 5
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


def convert(markdown_path, notebook_path, root=ROOT):
    """Writes the notebook of a page or of an assignment's source, if it would change.

    Args:
        markdown_path: path of the MyST Markdown notebook.
        notebook_path: path of the notebook to write.
        root: the repository, whose `_config.yml` names the address that the install cell uses.

    Returns:
        bool, whether the file was written.
    """
    notebook_path, text = Path(notebook_path), render(markdown_path, root)
    if notebook_path.exists() and notebook_path.read_text(encoding="utf-8") == text:
        return False
    notebook_path.parent.mkdir(parents=True, exist_ok=True)
    notebook_path.write_text(text, encoding="utf-8")
    return True


def pages_with_code(root=ROOT):
    """The pages of the book that are notebooks, in order of their path."""
    for page in sorted((Path(root) / "book").rglob("*.md")):
        if "_build" not in page.parts and "kernelspec:" in page.read_text(encoding="utf-8")[:1500]:
            yield page


def main(arguments=None):
    """Writes or checks every page's paired notebook."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a pair is out of date")
    check = parser.parse_args(arguments).check
    stale = []
    for page in pages_with_code():
        pair = page.with_suffix(".ipynb")
        if check:
            if not pair.exists() or pair.read_text(encoding="utf-8") != render(page):
                stale.append(pair.relative_to(ROOT))
        elif convert(page, pair):
            print(f"wrote {pair.relative_to(ROOT)}")
    if stale:
        print("Out of date, run `make notebooks`:", *stale, sep="\n  ")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
