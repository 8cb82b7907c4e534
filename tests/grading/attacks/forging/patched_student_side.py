"""The grader's own code in this process is replaced: every value is packed as something that belongs to the other side."""

LOSES = {"test-encode-*": r".", "test-decode-*": r".", "test-masked-mean-*": r"."}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% before encode
from coursepkg.grading import packing, student

pack, forged = packing.Packer.pack, []


def forging_pack(self, value, depth=0):
    return forged[0] if forged else pack(self, value, depth)


packing.Packer.pack = forging_pack


# %% encode
def encode(text, symbols):
    forged[:] = [{"mine": 1}]


# %% after test-encode-unknown
forged.clear()


# %% decode
def decode(ids, symbols):
    forged[:] = [{"library": "builtins:exit"}]


# %% after test-decode-padding
forged.clear()


# %% masked-mean
def masked_mean(values, mask):
    forged[:] = [{"function": 1, "name": "f"}]


# %% after test-masked-mean-empty-row
forged.clear()
