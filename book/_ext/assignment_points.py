"""`{points} path/to/released.ipynb`: a table of an assignment's exercises and what they are worth."""

import json
import re
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).resolve().parent.parent.parent


def read_exercises(path):
    """Reads the exercises of a released notebook.

    Args:
        path: path of the notebook.

    Returns:
        List of `(title, functions, number of test cells, points)`, in the order of the notebook.
    """
    exercises = []
    for cell in json.loads(Path(path).read_text(encoding="utf-8"))["cells"]:
        source, data = "".join(cell["source"]), cell["metadata"].get("nbgrader", {})
        heading = re.search(r"^#+ Exercise (\d+\..*?)(?: \(\d+ points?\))?$", source, re.MULTILINE)
        if cell["cell_type"] == "markdown" and heading:
            exercises.append((heading[1], [], 0, 0))
        elif exercises and (data.get("solution") or data.get("grade")):
            title, names, tests, points = exercises[-1]
            if data["solution"]:
                names = names + re.findall(r"^(?:def|class) (\w+)", source, re.MULTILINE)
            else:
                tests, points = tests + 1, points + data["points"]
            exercises[-1] = (title, names, tests, points)
    return exercises


class Points(SphinxDirective):
    """The table, read from the notebook when the page is built, so that it cannot be out of date."""

    required_arguments = 1

    def run(self):
        path = ROOT / self.arguments[0]
        if not path.is_file():
            raise self.error(f"points: {self.arguments[0]} is no file of the repository.")
        self.env.note_dependency(str(path))
        exercises = read_exercises(path)
        total = ("Together", [], sum(row[2] for row in exercises), sum(row[3] for row in exercises))
        table = nodes.table(classes=["points"])
        group = nodes.tgroup(cols=3)
        table += group
        for width in (70, 15, 15):
            group += nodes.colspec(colwidth=width)
        head, body = nodes.thead(), nodes.tbody()
        group += [head, body]
        head += self._row([nodes.Text(text) for text in ("Exercise, and what you write", "Tests", "Points")])
        for title, names, tests, points in [*exercises, total]:
            words = [nodes.Text(f"{title}: " if names else title)]
            for place, name in enumerate(names):
                words += [nodes.Text(", ")] if place else []
                words.append(nodes.literal("", name))
            body += self._row([words, nodes.Text(f"{tests}"), nodes.Text(f"{points:g}")])
        return [table]

    @staticmethod
    def _row(contents):
        row = nodes.row()
        for content in contents:
            paragraph = nodes.paragraph()
            paragraph += content
            entry = nodes.entry()
            entry += paragraph
            row += entry
        return row


def setup(app):
    app.add_directive("points", Points)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
