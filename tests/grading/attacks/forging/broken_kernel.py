"""The functions with which cells are run are replaced: nothing behind it runs any more, and what ran before keeps its points."""

WHOLE = True
LOSES = {
    "test-[c-z]*": r"not defined",
    "test-bigram-*": r"not defined",
}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% encode
import builtins

builtins.compile = builtins.exec = builtins.eval = lambda *arguments, **keywords: None
