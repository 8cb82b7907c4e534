"""Answers end their process in every way Python and the kernel have; each costs its own tests and nothing else."""

LOSES = {
    "test-build-vocabulary-*": r"ended",
    "test-encode-*": r"ended|stops at the unknown",
    "test-decode-*": r"ended",
    "test-pad-batch-*": r"ended",
    "test-masked-mean-*": r"SIGABRT",
    "test-perplexity-*": r"ended",
}
LIMITS = {"restarts": 60}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% before build-vocabulary
import os
import signal
import sys


# %% build-vocabulary
def build_vocabulary(text, max_size=None):
    sys.exit(0)


# %% encode
def encode(text, symbols):
    os._exit(0)


# %% decode
def decode(ids, symbols):
    os.kill(os.getpid(), signal.SIGKILL)


# %% pad-batch
def pad_batch(sequences, side="post"):
    raise KeyboardInterrupt


# %% masked-mean
def masked_mean(values, mask):
    os.abort()


# %% perplexity
def perplexity(probabilities, ids, mask):
    quit()
