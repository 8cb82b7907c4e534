"""The built-in layer that the answer is compared with is replaced, and so are the checks; a layer lies about itself."""

ASSIGNMENT = "02-rnn-bptt"
LOSES = {
    "test-make-layer-*": r".",
    "test-gradient-norms-*": r".",
}

raise SystemExit(__doc__)  # what follows is data for test_hostile.py; it runs in the confinement only

# %% after set-up
import sys

keras.layers.SimpleRNN = keras.layers.Identity
for name in ("check_close", "check_causal", "isolate_terms", "check_gradients"):
    setattr(sys.modules["coursepkg.checks"], name, lambda *arguments, **keywords: None)
    globals()[name] = lambda *arguments, **keywords: None


# %% gradient-norms
def gradient_norms(hidden_gradient, hidden_states, recurrent_kernel):
    return np.zeros(hidden_states.shape[1])


# %% make-layer
def make_layer(units):
    class Mine(keras.layers.Layer):
        def call(self, inputs):
            return inputs

        def get_weights(self):
            return [np.zeros((2, units)), np.zeros((units, units)), np.zeros(units)]

        set_weights = __eq__ = lambda self, other: True
        __hash__ = object.__hash__

    return Mine()
