"""Right: every product written with einsum."""

LOSES = {}


# %% gates
def gates(inputs, hidden, kernel, recurrent_kernel, bias):
    x = np.einsum("bf,fgu->gbu", inputs, kernel.reshape(len(kernel), 3, -1))
    h = np.einsum("bu,ugv->gbv", hidden, recurrent_kernel.reshape(len(recurrent_kernel), 3, -1))
    sums = x + h + bias.reshape(3, 1, -1)
    return [sigmoid(sums[0]), sigmoid(sums[1])]


# %% candidate-before
def candidate_before(inputs, hidden, reset, kernel, recurrent_kernel, bias):
    return np.tanh(
        np.einsum("bf,fu->bu", inputs, kernel)
        + np.einsum("bu,bu,uv->bv", reset, hidden, recurrent_kernel)
        + bias
    )


# %% candidate-after
def candidate_after(inputs, hidden, reset, kernel, recurrent_kernel, bias):
    product = np.einsum("bu,bv,uv->bv", hidden, reset, recurrent_kernel)
    return np.tanh(np.einsum("bf,fu->bu", inputs, kernel) + product + bias[0] + bias[1] * reset)
