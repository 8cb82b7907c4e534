"""All that arrives on the channel is written down: calls come with their arguments, and tests never do."""

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% after set-up
import json
import re

from coursepkg.grading import wire

traffic, receive = [], wire.Connection.receive


def listen(self, deadline=None):
    message, arrays = receive(self, deadline)
    traffic.append(json.dumps(message, default=str))
    return message, arrays


wire.Connection.receive = listen

# %% before experiment-writing
everything = "\n".join(one for one in traffic if '"run"' not in one)  # which are this notebook's own cells
for word in ("canary-[0-9a-f]{32}", "### BEGIN", "check_equal\\(", "check_close\\(", "CheckFailed"):
    if re.search(word, everything):
        print("LEAK" + "ED", word)
print(len(traffic), "messages")
