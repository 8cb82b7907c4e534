"""Output without measure, from Python, C and other programs, on both streams, in lines, in one line, and as displays."""

LIMITS = {"cell_seconds": 20.0, "output_bytes": 2**18}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% after set-up
import os
import subprocess
import sys

for _ in range(3):
    print("x" * 10**7)
    sys.stderr.write("y" * 10**7)
    os.write(1, b"z" * 10**6)
    os.write(2, b"w" * 10**6)
subprocess.run(["/bin/sh", "-c", "head -c 20000000 /dev/zero | tr '\\0' 'v'; head -c 1000000 /dev/urandom"])

# %% after test-encode-known
from IPython.display import HTML, display

for number in range(20_000):
    print(number)
    display(number)
display(HTML("<b>" * 10**6))
display({"a": "x" * 10**7})


# %% decode
def decode(ids, symbols):
    print("u" * 10**7)
    return "".join(symbols[number] for number in ids if number != 0)
