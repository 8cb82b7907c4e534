"""An object pretends to be a trained model: it claims Keras's class, counts weights as told, and answers without learning."""

ASSIGNMENT = "02-rnn-bptt"
LOSES = {"test-make-forecaster-learns": r"mean absolute error|Error"}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only


# %% make-forecaster
class Pretender:
    __class__ = property(lambda self: keras.Model)

    def __init__(self, units):
        self.units = units

    class optimizer:
        global_clipnorm = 1.0

    def count_params(self):
        return self.units * (1 + self.units + 1) + (self.units + 1)

    def fit(self, inputs, targets, **keywords):
        self.targets = targets
        return "loss: 0.0"

    def predict(self, inputs, **keywords):
        return self(inputs)

    def __call__(self, inputs):
        return np.zeros((len(inputs), 1), "float32")


def make_forecaster(units):
    return Pretender(units)
