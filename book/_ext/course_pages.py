"""What the pages need beyond Jupyter Book: launch links, one bibliography, and the paired notebooks."""

import os
import shutil
import sys
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))
from settings import read_repository  # noqa: E402


class Launch(SphinxDirective):
    """`{launch} path/to/notebook.ipynb`: links that open a notebook of the repository, or download it."""

    required_arguments = 1

    def run(self):
        path = self.arguments[0]
        if not (ROOT / path).is_file():
            raise self.error(f"launch: {path} is no file of the repository.")
        repository = read_repository()
        paragraph = nodes.paragraph(classes=["launch-links"])
        for text, address in (
            ("Open in Colab", repository.colab_link(path)),
            ("Open in Binder", repository.binder_link(path)),
        ):
            paragraph += nodes.reference("", text, refuri=address, internal=False)
            paragraph += nodes.Text(" · ")
        here = Path(self.env.doc2path(self.env.docname)).parent
        download = addnodes.download_reference(
            "", "", reftarget=os.path.relpath(ROOT / path, here), refdoc=self.env.docname, refdomain=""
        )
        download += nodes.inline("", "Download the notebook", classes=["xref", "download"])
        paragraph += download
        return [paragraph]


def collect_references(app, config):
    """Every chapter has a .bib file of its own; the book's bibliography is all of them."""
    folder = Path(app.srcdir) / "references"
    config.bibtex_bibfiles = sorted(str(path.relative_to(app.srcdir)) for path in folder.glob("*.bib"))


def offer_paired_notebooks(app, exception):
    """The download button gives the same notebook as Colab and Binder, which has no Sphinx syntax in it."""
    if exception or app.builder.format != "html":
        return
    for pair in Path(app.srcdir).rglob("*.ipynb"):
        target = Path(app.outdir) / "_sources" / pair.relative_to(app.srcdir)
        if target.exists():
            shutil.copyfile(pair, target)


def setup(app):
    # Kernels inherit this: glue then hands values to the page instead of printing them.
    os.environ["COURSEPKG_BOOK"] = "1"
    app.setup_extension("page_details")
    app.setup_extension("assignment_points")
    app.add_directive("launch", Launch)
    app.connect("config-inited", collect_references, priority=100)
    app.connect("build-finished", offer_paired_notebooks)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
