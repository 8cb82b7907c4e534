"""Checks that every layer of the course passes, on every Keras backend."""

import keras
import numpy as np
import pytest


def layer_model(layer, input_shape):
    inputs = keras.Input(input_shape)
    return keras.Model(inputs, layer(inputs))


def run_layer_test_body(
    layer_class,
    arguments,
    input_shape,
    output_shape,
    parameters,
    trainable_weights,
    folder,
    custom_objects=None,
):
    """Does with a layer what a user of Keras would: configure, call, save, load, train, change the precision.

    Args:
        layer_class: class of the layer; also a function that builds a layer from arguments.
        arguments: dict of its arguments.
        input_shape: tuple with the batch, for example `(batch, timesteps, features)`.
        output_shape: tuple expected for that input.
        parameters: int, expected `count_params()`; a constant that was never tracked shows here.
        trainable_weights: int, expected number of trainable arrays.
        folder: pathlib.Path where the model is saved.
        custom_objects: optional dict, only for what is not registered.
    """
    inputs = np.random.default_rng(0).normal(size=input_shape).astype("float32")
    layer = layer_class(**arguments)
    outputs = keras.ops.convert_to_numpy(layer(inputs))
    assert outputs.shape == tuple(output_shape)
    assert outputs.dtype == np.float32
    assert layer.count_params() == parameters
    assert len(layer.trainable_weights) == trainable_weights

    # The shape is known before anything is computed, also where the number of steps is not.
    assert tuple(layer.compute_output_shape(input_shape)) == tuple(output_shape)
    symbolic = layer(keras.KerasTensor((None, *input_shape[1:])))
    assert tuple(symbolic.shape) == (None, *output_shape[1:])
    if len(input_shape) == 3:
        any_length = layer(keras.KerasTensor((None, None, input_shape[2])))
        assert len(any_length.shape) == len(output_shape)

    # A layer built from the configuration of another, with its weights, is the same function.
    copy = type(layer).from_config(layer.get_config())
    copy.build(input_shape)
    copy.set_weights(layer.get_weights())
    np.testing.assert_allclose(keras.ops.convert_to_numpy(copy(inputs)), outputs, atol=1e-6)
    assert copy.get_config() == layer.get_config()

    model = layer_model(layer, input_shape[1:])
    expected = model.predict(inputs, verbose=0)
    np.testing.assert_allclose(expected, outputs, rtol=1e-5, atol=1e-6)
    path = folder / "model.keras"
    model.save(path)
    loaded = keras.models.load_model(path, custom_objects=custom_objects)
    np.testing.assert_allclose(loaded.predict(inputs, verbose=0), expected, rtol=1e-6, atol=1e-6)

    # `jit_compile="auto"` is off on a CPU and on with a GPU; what fails under it fails on Colab only.
    for jit_compile in (False, True):
        trained = layer_model(layer_class(**arguments), input_shape[1:])
        trained.compile(keras.optimizers.SGD(0.1), "mse", jit_compile=jit_compile)
        before = trained.get_weights()
        history = trained.fit(inputs, np.ones_like(outputs), batch_size=input_shape[0], epochs=2, verbose=0)
        losses = history.history["loss"]
        assert losses[1] < losses[0]
        moved = [np.any(new != old) for new, old in zip(trained.get_weights(), before, strict=True)]
        assert all(moved), "a weight got no gradient"

    for policy, compute_dtype, tolerance in (
        ("mixed_float16", "float16", 0.02),
        ("mixed_bfloat16", "bfloat16", 0.1),
    ):
        mixed = layer_class(**arguments, dtype=policy)
        mixed.build(input_shape)
        mixed.set_weights(layer.get_weights())
        mixed_outputs = mixed(inputs)
        assert keras.backend.standardize_dtype(mixed_outputs.dtype) == compute_dtype
        assert {keras.backend.standardize_dtype(weight.dtype) for weight in mixed.weights} == {"float32"}
        in_float32 = keras.ops.convert_to_numpy(keras.ops.cast(mixed_outputs, "float32"))
        np.testing.assert_allclose(in_float32, outputs, atol=tolerance)


@pytest.fixture
def run_layer_test(tmp_path):
    """The check above with a folder of its own."""

    def run(*args, **kwargs):
        return run_layer_test_body(*args, **kwargs, folder=tmp_path)

    return run


@pytest.fixture(autouse=True)
def fixed_seed():
    keras.utils.set_random_seed(0)
