"""Sources that end parsers: NUL, half surrogates, form feeds, endless nesting and lines, other encodings, wrong indentation."""

LOSES = {
    "test-encode-*": r".",
    "test-decode-*": r".",
    "test-masked-mean-*": r".",
    "test-perplexity-*": r".",
    "test-pad-batch-*": r".",
}
SAYS = r"."


def make(folder, write):
    sources = {
        "encode": "def encode(text, symbols):\n    return \x00 '\ud800'\n",
        "decode": "x = " + "-" * 100_000 + "1\n",
        "masked-mean": "x = " + "(" * 5_000 + ")" * 5_000 + "\n",
        "perplexity": "# -*- coding: utf-16 -*-\n\x0c\x0b\x1c\u2028def perplexity(:\n\tpass\n        pass\n",
        "pad-batch": "x = "
        + "1" * 100_000
        + "\n"
        + "a"
        + ".b" * 50_000
        + "\n%%bash\n!ls\n%load /etc/passwd\n",
    }

    def change(notebook):
        for cell in notebook["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id")
            if name in sources:
                cell["source"] = sources[name]

    write(change)
