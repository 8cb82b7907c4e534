"""Every open descriptor is read, and what waits in sockets is looked at."""

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% after set-up
import os
import socket
import stat

for number in range(0, 300):
    try:
        kind = os.fstat(number).st_mode
        target = os.readlink(f"/proc/self/fd/{number}")
    except OSError:
        continue
    print(number, target)
    if stat.S_ISREG(kind) or stat.S_ISDIR(kind) and target != "/proc/self/fd":
        print("LEAK" + "ED", number, target)
    if stat.S_ISSOCK(kind):
        found = socket.socket(fileno=os.dup(number))
        try:
            print("LEAK" + "ED", found.recv(4096, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        except OSError:
            pass
