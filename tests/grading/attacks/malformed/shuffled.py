"""Cells stand in reverse order, every one of them twice; some are missing."""

WHOLE = True
LOSES = {
    "test-perplexity-*": r"still to be written|not written",
    "test-sample-ids-*": r"still to be written|not written",
}
SAYS = r"order|copied"


def make(folder, write):
    def change(notebook):
        missing = ("perplexity", "sample-ids", "test-encode-known", "set-up", "experiment-text")
        kept = [
            cell
            for cell in notebook["cells"]
            if cell["metadata"].get("nbgrader", {}).get("grade_id") not in missing
        ]
        notebook["cells"] = kept[::-1] + kept[::-1]

    write(change)
