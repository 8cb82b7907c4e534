"""The environment of this process, of its ancestors and of every other process is read."""

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% after set-up
import os

print(dict(os.environ))
for number in ["self", "thread-self", *range(1, 500)]:
    try:
        content = open(f"/proc/{number}/environ", "rb").read()
    except OSError:
        continue
    if b"canary" in content or b"COURSEPKG_SECRET" in content:
        print("LEAK" + "ED", number, content)
if "COURSEPKG_SECRET" in os.environ or "COURSEPKG_CHECK_SEED" in os.environ:
    print("LEAK" + "ED", "environment")
