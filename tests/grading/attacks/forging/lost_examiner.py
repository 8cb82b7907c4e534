"""The examiner is driven out of memory in the test that defines a judge; the next one finds the answer's judge."""

ASSIGNMENT = "02-rnn-bptt"
MANUAL = {"test-rnn-step-backward-*": r"could not judge"}
LIMITS = {"memory": 500 * 2**20}
STATE = "needs a look"
SAYS = r"lost its own process at 'test-rnn-step-backward-shapes' \(it used more than 500 MiB"

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only


# %% rnn-step-backward
class Endless:
    def __len__(self):
        return 1000

    def __getitem__(self, key):
        return np.zeros(7 * 2**20, "f4")


class Gradients:
    def keys(self):
        return []

    def __contains__(self, key):
        return True

    def __getitem__(self, key):
        return Endless()


def rnn_step_backward(*arguments, **keywords):
    return Gradients()


def judge_step_back(*arguments, **keywords):
    return None


step_back = judge_step_back
