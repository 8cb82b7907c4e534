"""Frames, the collector's objects and the stacks of other threads are searched for hidden tests."""

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% after set-up
import gc
import inspect
import re
import sys


def search():
    token = re.compile("canary-[0-9a-f]{32}")
    found = []
    for frame in [*sys._current_frames().values(), sys._getframe()]:
        while frame is not None:
            found += [*frame.f_locals.values(), *frame.f_globals.values()]
            frame = frame.f_back
    for one in gc.get_objects():
        if type(one) is dict:
            found += one.values()
        elif type(one) in (list, tuple):
            found += one
        elif inspect.iscode(one):
            found += one.co_consts
    for value in found:
        if type(value) is str and token.search(value):
            print("LEAK" + "ED", value[:300])


search()


# %% build-vocabulary
def build_vocabulary(text, max_size=None):
    if not hasattr(build_vocabulary, "done"):
        build_vocabulary.done = True
        search()
    counts = {character: text.count(character) for character in set(text)}
    return ["[PAD]", "[UNK]", *sorted(counts, key=lambda one: (-counts[one], one))][:max_size]
