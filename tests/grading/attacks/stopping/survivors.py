"""Processes are left behind in the background: a daemon, a shell, a zombie; none outlives the grading."""

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% after set-up
import os
import subprocess
import sys

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(600)", "@MARK@"])
    os._exit(0)
subprocess.Popen(["/bin/sh", "-c", "trap '' TERM INT HUP; sleep 600 # @MARK@"], start_new_session=True)
for _ in range(20):
    if os.fork() == 0:
        os._exit(0)  # nobody waits for it
