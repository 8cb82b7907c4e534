"""What a student needs to check an assignment's notebook with no server."""

from coursepkg._lazy import attach

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "notebook": ["NotebookProblem", "read_notebook", "graded_cells", "find_concerns"],
        "runner": ["check_notebook", "Report", "TestResult"],
        "report": ["as_text", "as_json"],
    },
)
