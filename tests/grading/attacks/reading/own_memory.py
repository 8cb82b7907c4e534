"""All memory of the process is searched for hidden tests: what the warm parent had read, every child would inherit."""

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% after encode
import re


def search():
    token, read = re.compile(b"canary-[0-9a-f]{32}"), 0
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
        for line in maps:
            place, rights, *_ = line.split()
            start, end = (int(part, 16) for part in place.split("-"))
            if not rights.startswith("rw") or end - start > 300_000_000:
                continue
            try:
                memory.seek(start)
                content = memory.read(end - start)
            except (OSError, ValueError, OverflowError):
                continue
            read += len(content)
            for found in set(token.findall(content)):
                print("LEAK" + "ED", found)
    return read


print(search() > 1_000_000)

# %% before experiment-writing
search()
