"""Source, gradebook, another student's folder and the machine's secrets are opened by the paths they really have."""

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% after set-up
import glob
import os

course = "@COURSE@"
wanted = [
    course,
    course + "/source/01-sequence-data/01-sequence-data.md",
    course + "/source/01-sequence-data/01-sequence-data.ipynb",
    course + "/release",
    course + "/gradebook.db",
    course + "/submitted",
    course + "/submitted/ada/01-sequence-data/01-sequence-data.ipynb",
    course + "/autograded",
    "@OUTSIDE@",
    "/etc/shadow",
    "/root",
    "/home",
    "/var",
]
for path in wanted:
    for one in [path, "/proc/self/root" + path, "/proc/1/root" + path, *glob.glob(path + "/*")]:
        try:
            content = os.listdir(one) if os.path.isdir(one) else open(one, "rb").read()
        except OSError:
            continue
        if content and one.startswith(course):
            print("LEAK" + "ED", one, content[:500])
        print(one, content[:20])
