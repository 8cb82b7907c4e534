"""Scripts, line ends, NUL, half surrogates and escape sequences in error messages, class names, keys and file names."""

LOSES = {
    "test-encode-*": r"script|stops at the unknown",
    "test-decode-*": r".",
    "test-masked-mean-*": r".",
    "test-perplexity-*": r".",
    "test-pad-batch-*": r".",
    "test-split-windows-*": r".",
}
RENDERED = True
SAYS = r"x\.ipynb|script"


def make(folder, write):
    write()
    for name in (
        "<script>alert(1)</script>.txt".replace("/", "\u2215"),
        "a\nb\r.txt",
        "\u202etxt.exe",
        "'; DROP TABLE grade; --",
    ):
        (folder / name).write_text("<script>alert(1)</script>")
    (folder / b"\xff\xfe\x80.txt".decode("utf-8", "surrogateescape")).write_text("x")
    (folder / ("n" * 200)).write_text("x")
    (folder / "<img src=x onerror=alert(1)>x.ipynb").write_text("{}")


raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% before encode
nasty = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>\x00\ud800\udfff\u202e\x1b[31m\x1b]0;x\x07\r\n"
    + "'; DROP TABLE grade; -- {{ 7 * 7 }} ${7*7} %s %n \\"
)


# %% encode
def encode(text, symbols):
    raise ValueError(nasty)


# %% decode
def decode(ids, symbols):
    raise type("<script>alert(1)</script>", (Exception,), {"__module__": "<script>"})(nasty)


# %% masked-mean
def masked_mean(values, mask):
    raise NotImplementedError(nasty * 2000)


# %% perplexity
Lie = type(
    "Lie\x00<script>alert(1)</script>".replace("\x00", ""),
    (),
    {"__repr__": lambda self: nasty, "__len__": lambda self: "1"},
)


def perplexity(probabilities, ids, mask):
    return Lie()


# %% pad-batch
def pad_batch(sequences, side="post"):
    return {nasty: nasty, "\ud800": np.array([nasty.replace("\x00", "")])}


# %% split-windows
exec("def split_windows(*arguments, **keywords):\n    raise KeyError(nasty)")
split_windows.__name__ = split_windows.__qualname__ = "<script>alert(1)</script>"

# %% after split-windows
raise Exception(nasty)
