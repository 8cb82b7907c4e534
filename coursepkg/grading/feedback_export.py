"""What `nbgrader generate_feedback` writes: the course's feedback page, with manual scores and comments."""

from nbconvert.exporters import Exporter
from traitlets import Bool, default

from coursepkg.grading.feedback import Feedback, Grade, feedback_page
from coursepkg.grading.manual_grades import NOBODY, grades_by_hand

JUDGED = ("passed", "partial", "failed", "not written", "error", "too slow", "stopped", "not run", "manual")


class FeedbackExporter(Exporter):
    """Writes a graded notebook as a feedback page.

    nbgrader's own page shows the source of hidden tests, runs what students wrote, and loads scripts from
    elsewhere.
    `c.GenerateFeedback.exporter_class` in `nbgrader_config.py` names this class.
    """

    show_hidden = Bool(False, help="Whether students see the source of hidden tests.").tag(config=True)
    output_mimetype = "text/html"
    export_from_notebook = None  # not offered in Jupyter's menus

    @default("file_extension")
    def _file_extension_default(self):
        return ".html"

    def from_notebook_node(self, nb, resources=None, **_):
        """Writes the page.

        Args:
            nb: the notebook of `autograded`.
            resources: dict, in which nbgrader says whose notebook it is.

        Returns:
            Tuple of the page, a str, and the resources.
        """
        notebook, resources = super().from_notebook_node(nb, resources)  # scores and comments arrive here
        about = resources.get("nbgrader", {})
        kept = notebook.metadata.get("coursepkg")
        kept = kept if isinstance(kept, dict) else {}
        results = {
            result["grade_id"]: result
            for result in kept.get("cells", [])
            if isinstance(result, dict) and isinstance(result.get("grade_id"), str)
        }
        people = _people(about)
        grades, comments = {}, {}
        for cell in notebook.cells:
            metadata = cell.metadata.get("nbgrader") or {}
            name = metadata.get("grade_id")
            person = people.get(name, NOBODY)
            if metadata.get("grade") or metadata.get("task"):
                grades[name] = _grade(cell, metadata, results.get(name), person)
            elif person.comment:
                comments[name] = person.comment
        page = feedback_page(
            Feedback(
                title=about.get("notebook", "notebook"),
                student=about.get("student", ""),
                assignment=about.get("assignment", ""),
                notebook=notebook,
                grades=grades,
                comments=comments,
                unanswered=tuple(kept.get("unanswered", ())),
                notes=[str(note) for note in kept.get("notes", ())],
                state=str(kept.get("state", "")),
                reason=str(kept.get("reason", "")),
                penalty=about.get("late_penalty") or 0.0,
                show_hidden=self.show_hidden,
            )
        )
        return page, resources


def _people(about):
    """What people gave and wrote in this notebook: dict from the name of a cell to `ByHand`."""
    if "db_url" not in about:
        return {}
    found = grades_by_hand(about["db_url"], about.get("student", ""), about.get("assignment", ""))
    return {cell: person for (notebook, cell), person in found.items() if notebook == about.get("notebook")}


def _grade(cell, metadata, result, person):
    """A cell's grade: points from the grader or a person, words from the grader."""
    points = float(metadata.get("points") or 0.0)
    if result is not None and result.get("status") in JUDGED:
        status, earned, message = result["status"], result.get("earned"), str(result.get("message", ""))
    else:
        status, earned, message = _as_stock_says(cell, metadata, points)
    if person.counts(earned):
        status, earned = "by hand", person.score(earned)
    return Grade(metadata["grade_id"], status, points, earned, message, person.comment)


def _as_stock_says(cell, metadata, points):
    """What stock `nbgrader autograde` found: the points, and the error among the outputs."""
    from nbgrader.utils import determine_grade

    try:
        earned = None if metadata.get("task") else determine_grade(cell)[0]
    except (KeyError, ValueError):  # a partial credit that is no number, or more than the points
        earned = metadata.get("score")
    if earned is None:
        return "manual", None, ""
    failure = next((o for o in cell.get("outputs", []) if o.get("output_type") == "error"), None)
    if failure is not None:
        name, message = str(failure.get("ename", "")), str(failure.get("evalue", ""))
        status = {"AssertionError": "failed", "CheckFailed": "failed", "NotImplementedError": "not written"}
        return status.get(name, "error"), earned, message if name in status else f"{name}: {message}"
    return ("passed" if earned >= points else "partial" if earned else "failed"), earned, ""
