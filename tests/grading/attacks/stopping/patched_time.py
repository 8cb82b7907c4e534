"""Clocks, sleep, sockets, JSON, select and struct are patched in the process that answers."""

LOSES = {"test-encode-*": r"ended|answer|within|stops at"}
LIMITS = {"cell_seconds": 5.0}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% encode
import json
import select
import socket
import struct
import time


def nothing(*arguments, **keywords):
    return 0


def encode(text, symbols):
    for module in (time, json, select):
        for name in dir(module):
            if not name.startswith("_"):
                try:
                    setattr(module, name, nothing)
                except (TypeError, AttributeError):
                    pass
    from coursepkg.grading import wire

    wire.json = wire.time = wire.socket = wire.HEAD = nothing
    return np.zeros(0)
