"""The new state is written over the old one."""

LOSES = {
    "test-rnn-step-shapes": "changes its argument 'hidden' in place",
    "test-rnn-forward-shapes": "changes its argument 'initial_hidden' in place",
    "test-rnn-forward-first-step": "Which state",
    "test-rnn-forward-carries-state": "should follow from",
    "test-rnn-forward-causal": "see the future",
    "test-rnn-forward-rows": "changing row 0",
    "test-rnn-forward-keras": "same values at every place of axis 1 .timesteps",
    "test-training-step-direction": "gradient of",
}


# %% rnn-step
def rnn_step(inputs, hidden, kernel, recurrent_kernel, bias):
    hidden[:] = np.tanh(inputs @ kernel + hidden @ recurrent_kernel + bias)
    return hidden
