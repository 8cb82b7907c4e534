"""The disk is filled: many files, one file, a file with holes, folders inside folders."""

LIMITS = {"disk_bytes": 32 * 2**20, "file_bytes": 16 * 2**20}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% after set-up
import os

written = 0
try:
    for number in range(200):
        with open(f"/tmp/work/{number}", "wb") as file:
            written += file.write(b"x" * 2**20)
except OSError as error:
    print(error.strerror)
if written > 32 * 2**20:
    print("LEAK" + "ED", written)
for number in range(200):
    try:
        os.unlink(f"/tmp/work/{number}")
    except OSError:
        pass
try:
    with open("holes", "wb") as file:
        file.truncate(10**12)
        print("LEAK" + "ED", "a file of 1 TB")
except OSError as error:
    print(error.strerror)
try:
    for number in range(100_000):
        open(f"/tmp/work/empty-{number}", "wb").close()
    print("LEAK" + "ED", "100,000 files")
except OSError as error:
    print(number, error.strerror)
folder = "/tmp/work"
try:
    for number in range(3000):
        folder += "/deep"
        os.mkdir(folder)
except OSError as error:
    print(number, error.strerror)
