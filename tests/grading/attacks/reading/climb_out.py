"""The folders above the submission are searched for source, database and neighbours, by name and by descriptor."""

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% after set-up
import os

names = ("source", "gradebook.db", "submitted", "autograded", "nbgrader_config.py", "assignments", ".git")
for depth in range(1, 9):
    for name in names:
        if os.path.exists("../" * depth + name):
            print("LEAK" + "ED", "../" * depth + name)
handle = os.open("/", os.O_RDONLY)
for name in ("work", "root", "home", "srv", "mnt", "opt", "var"):
    try:
        print(name, os.listdir(os.open(name, os.O_RDONLY | os.O_DIRECTORY, dir_fd=handle)))
    except OSError as error:
        print(name, error.strerror)
print("in", os.getcwd(), sorted(os.listdir(".")))
