"""What every model of the course passes, on every Keras backend."""

import sys
from pathlib import Path

import keras
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))  # so that the tests find `parameters`


def run_model_test_body(build, inputs, targets, loss, parameters, folder, jit_compile=True):
    """Does with a model what a user of Keras would: configure, save, load, train, compiled and not.

    Args:
        build: callable without arguments that makes a new model.
        inputs: array or list of arrays.
        targets: array.
        loss: a Keras loss.
        parameters: int, expected `count_params()`.
        folder: pathlib.Path where the model is saved.
        jit_compile: bool. `"auto"` is off on a CPU and on with a GPU, so what fails under it fails on Colab
            only; but compiling takes long, so not every variant of a model does it.
    """
    model = build()
    expected = model.predict(inputs, verbose=0)
    assert model.count_params() == parameters

    # A model built from the configuration of another, with its weights, is the same function.
    copy = type(model).from_config(model.get_config())
    copy.predict(inputs, verbose=0)
    copy.set_weights(model.get_weights())
    np.testing.assert_allclose(copy.predict(inputs, verbose=0), expected, rtol=1e-5, atol=1e-6)
    assert copy.get_config() == model.get_config()

    model.compile(keras.optimizers.SGD(0.1), loss, jit_compile=jit_compile)
    before = model.get_weights()
    losses = model.fit(inputs, targets, batch_size=len(targets), epochs=3, verbose=0).history["loss"]
    assert losses[0] > losses[1] > losses[2]
    moved = [np.any(new != old) for new, old in zip(model.get_weights(), before, strict=True)]
    assert all(moved), "a weight got no gradient"

    trained = model.predict(inputs, verbose=0)
    model.save(folder / "model.keras")
    loaded = keras.models.load_model(folder / "model.keras")
    assert type(loaded) is type(model)
    np.testing.assert_allclose(loaded.predict(inputs, verbose=0), trained, rtol=1e-6, atol=1e-6)
    loaded.fit(inputs, targets, batch_size=len(targets), verbose=0)  # loss and optimizer came along
    return model


@pytest.fixture
def run_model_test(tmp_path):
    """The check above with a folder of its own."""

    def run(*args, **kwargs):
        return run_model_test_body(*args, **kwargs, folder=tmp_path)

    return run


@pytest.fixture(autouse=True)
def fixed_seed():
    keras.utils.set_random_seed(0)
