"""Every file of the machine that can be read is searched for the tokens that the tests planted."""

WHOLE = True

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% after set-up
import os
import re
import sys
import time

token = re.compile(b"canary-[0-9a-f]{32}")
skipped = {"/proc", "/sys", "/usr", "/lib", "/lib64", "/bin", "/sbin", sys.prefix, sys.base_prefix}
read, end = 0, time.monotonic() + 8
for folder, below, files in os.walk("/", followlinks=False):
    below[:] = [name for name in below if os.path.join(folder, name) not in skipped]
    for name in files:
        path = os.path.join(folder, name)
        try:
            if os.path.isfile(path) and os.path.getsize(path) < 20_000_000 and time.monotonic() < end:
                read += 1
                with open(path, "rb") as file:
                    for found in token.findall(file.read()):
                        print("LEAK" + "ED", path, found)
        except OSError:
            pass
print("read", read, "files; there are", os.listdir("/"))
