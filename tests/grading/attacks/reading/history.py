"""IPython's history, caches of sources, and hooks on compiling are searched for hidden tests."""

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% after set-up
import builtins
import linecache
import re
import sys

seen, compile_before = [], builtins.compile


def listening_compile(source, *arguments, **keywords):
    seen.append(str(source))
    return compile_before(source, *arguments, **keywords)


builtins.compile = listening_compile
sys.addaudithook(
    lambda event, given: seen.append(str(given)[:5000]) if event in ("compile", "open") else None
)

# %% before experiment-writing
shell = get_ipython()
texts = [*seen, str(shell.history_manager.__dict__), str(globals().get("In")), str(globals().get("Out"))]
texts += ["".join(entry[2]) for entry in linecache.cache.values() if len(entry) == 4]
texts += [str(one) for one in shell.history_manager.get_range(0)]
for text in texts:
    if re.search("canary-[0-9a-f]{32}", text):
        print("LEAK" + "ED", text[:300])
