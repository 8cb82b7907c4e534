"""Details of every page: a description for search engines, an icon, and no Thebe."""

import re
from html import escape

from docutils import nodes

SHORTEST, LONGEST = 60, 200  # characters of a description


def describe(doctree):
    """Makes a description of a page from its first paragraph of running text.

    Args:
        doctree: the page's `docutils.nodes.document`.

    Returns:
        str of at most `LONGEST` characters that ends at a word; empty if the page has no such paragraph.
    """
    inside = (nodes.Admonition, nodes.list_item, nodes.footnote, nodes.table)
    for paragraph in doctree.findall(nodes.paragraph):
        ancestor = paragraph.parent
        while ancestor is not None and not isinstance(ancestor, inside):
            ancestor = ancestor.parent
        text = " ".join(paragraph.astext().split())
        if ancestor is not None or len(text) < SHORTEST or any(paragraph.findall(nodes.math)):
            continue
        return text if len(text) <= LONGEST else text[: LONGEST - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"
    return ""


def add_description(app, pagename, templatename, context, doctree):
    """Gives a page that describes itself nowhere the description that its text suggests."""
    if doctree is None or 'name="description"' in context.get("metatags", ""):
        return
    title = re.sub("<[^>]+>", "", context.get("title", ""))
    description = describe(doctree) or f"{title}: a page of the course {app.config.html_title}."
    tag = f'<meta name="description" content="{escape(description, quote=True)}" />'
    context["metatags"] = context.get("metatags", "") + "\n" + tag


def add_icon(app, config):
    """Browsers ask for an icon in any case; without one every page has a failed request."""
    if not config.html_favicon:
        config.html_favicon = "_static/favicon.svg"


def follow_the_system(app, config):
    """Starts light or dark as the reader's system is; the theme reports an error where nothing is said."""
    config.html_context.setdefault("default_mode", "auto")


def drop_thebe(app, config):
    """Keeps Thebe off the pages.

    Jupyter Book loads it even where no page uses it. It would start in the wrong folder here, takes its
    program from another host, and declares its constants twice, which browsers report as an error.
    """

    def is_thebe(handler):
        return handler.__module__ == "sphinx_thebe" and handler.__name__ != "st_static_path"

    for listeners in app.events.listeners.values():
        listeners[:] = [listener for listener in listeners if not is_thebe(listener.handler)]


def setup(app):
    app.connect("config-inited", add_icon)
    app.connect("config-inited", follow_the_system)
    app.connect("config-inited", drop_thebe)
    app.connect("html-page-context", add_description, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
