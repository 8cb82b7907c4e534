"""The same weights give the same outputs on JAX, in a process of its own, as on the backend of this one.

`make matrix` runs all tests of this folder on JAX and on PyTorch; this one notices sooner what they would.
"""

import os
import subprocess
import sys

import keras
import numpy as np

from coursepkg import layers

SHAPE, UNITS = (3, 6, 4), 5
MASK = np.array([[1] * 6, [1] * 4 + [0] * 2, [0, 0, 1, 1, 1, 1]], bool)


def recurrent(cell):
    return keras.layers.RNN(cell, return_sequences=True)


CASES = {
    "simple": lambda: recurrent(layers.SimpleRNNCell(UNITS)),
    "lstm": lambda: recurrent(layers.LSTMCell(UNITS)),
    "lstm_normalized": lambda: recurrent(layers.LSTMCell(UNITS, layer_normalization=True)),
    "peephole": lambda: recurrent(layers.PeepholeLSTMCell(UNITS)),
    "coupled": lambda: recurrent(layers.CoupledLSTMCell(UNITS)),
    "gru": lambda: recurrent(layers.GRUCell(UNITS)),
    "gru_reset_before": lambda: recurrent(layers.GRUCell(UNITS, reset_after=False)),
    "stacked": lambda: recurrent([layers.GRUCell(UNITS), layers.LSTMCell(2)]),
    "bidirectional": lambda: layers.Bidirectional(recurrent(layers.LSTMCell(UNITS))),
}


def outputs_of(layer, inputs):
    return keras.ops.convert_to_numpy(layer(inputs, mask=MASK))


def test_outputs_on_jax_are_those_of_this_backend(tmp_path):
    generator = np.random.default_rng(0)
    given = {"inputs": generator.normal(size=SHAPE).astype("float32")}
    for name, build in CASES.items():
        layer = build()
        layer.build(SHAPE)
        layer.set_weights([0.5 * generator.normal(size=weight.shape) for weight in layer.get_weights()])
        given[name] = outputs_of(layer, given["inputs"])
        given |= {f"{name}/{k}": weight for k, weight in enumerate(layer.get_weights())}
    path = tmp_path / "given.npz"
    np.savez(path, **given)
    done = subprocess.run(
        [sys.executable, __file__, str(path)],
        env={**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{len(CASES)} layers say the same\n"


def compare_on_jax(path):
    """What the other process does: the outputs that it is given, and a compiled step of training."""
    assert keras.backend.backend() == "jax"
    given = np.load(path)
    for name, build in CASES.items():
        layer = build()
        layer.build(SHAPE)
        layer.set_weights([given[f"{name}/{k}"] for k in range(len(layer.weights))])
        np.testing.assert_allclose(outputs_of(layer, given["inputs"]), given[name], atol=1e-5, err_msg=name)
        inputs = keras.Input(SHAPE[1:])
        model = keras.Model(inputs, layer(inputs))
        model.compile(keras.optimizers.SGD(0.1), "mse", jit_compile=True)
        targets = np.ones((SHAPE[0], *model.output_shape[1:]))
        losses = [model.train_on_batch(given["inputs"], targets) for _ in range(2)]
        assert losses[1] < losses[0], name
    print(f"{len(CASES)} layers say the same")


if __name__ == "__main__":
    compare_on_jax(sys.argv[1])
