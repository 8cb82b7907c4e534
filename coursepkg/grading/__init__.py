"""How submissions are executed, judged and recorded: for instructors, with the extra `[grading]`."""

from coursepkg._lazy import attach

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "limits": ["Limits"],
        "outcome": ["CellResult", "NotebookOutcome", "Outcome", "Rejected"],
    },
)
