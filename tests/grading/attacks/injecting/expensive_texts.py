"""Texts on which readers of Markdown, headings, colours and code take quadratic time or more."""

LIMITS = {"cell_seconds": 10.0}


def make(folder, write):
    def change(notebook):
        texts = [
            "# a" + " " * 60_000 + "b",
            "[" * 20_000,
            "![" * 10_000 + "](" * 10_000,
            "*a **b " * 10_000,
            ">" * 5_000 + " deep",
            "- " * 3_000 + "x",
            "`" * 20_001,
            "<" * 30_000,
            "|" * 30_000 + "\n" + "|-" * 15_000,
            "$" * 20_001,
            "\\" * 30_000 + "[",
            "a\n" * 30_000,
            "&#" * 20_000,
            "(" * 20_000 + "http://" * 5_000,
        ]
        notebook["cells"] += [{"cell_type": "markdown", "metadata": {}, "source": text} for text in texts]

    write(change)


raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% after encode
print("\x1b[" * 20_000)
print("\x1b]" * 20_000 + "0;" * 20_000)
print("a\rb" * 20_000)
print("<" * 50_000)
_ = "'" + "\\" * 50_000 + "'" if False else """ { """ + "{" * 20_000
