"""The classifier against Keras's own layers, and against sequences cut to their length."""

import keras
import numpy as np
import parameters
import pytest
from keras import layers

from coursepkg.layers import GRUCell, LSTMCell
from coursepkg.models import SequenceClassifier

CLASSES, FEATURES, BATCH, TIMESTEPS, VOCABULARY = 3, 2, 4, 6, 9
LENGTHS = (6, 4, 3, 1)
KINDS = {
    "numbers": {},
    "padded numbers": {"mask_value": -1.0},
    "ids": {"vocabulary_size": VOCABULARY, "embedding_size": FEATURES},
}
all_kinds = pytest.mark.parametrize("arguments", KINDS.values(), ids=KINDS)
both_directions = pytest.mark.parametrize("bidirectional", [False, True])


def example(arguments, seed=0):
    """A batch whose rows end earlier and earlier, where there is a sign for the end."""
    generator = np.random.default_rng(seed)
    if "vocabulary_size" in arguments:
        inputs = generator.integers(1, VOCABULARY, size=(BATCH, TIMESTEPS))
    else:
        inputs = generator.normal(size=(BATCH, TIMESTEPS, FEATURES)).astype("float32")
    if arguments:
        for row, length in enumerate(LENGTHS):
            inputs[row, length:] = arguments.get("mask_value", 0)
    return inputs


def random_model(arguments, cells, **others):
    model = SequenceClassifier(CLASSES, cells, **arguments, **others)
    model.predict(example(arguments), verbose=0)
    return parameters.randomise(model)


@all_kinds
@both_directions
def test_it_is_a_keras_model(run_model_test, arguments, bidirectional):
    directions = 1 + bidirectional
    expected = (
        (VOCABULARY * FEATURES if "vocabulary_size" in arguments else 0)
        + directions * parameters.lstm(FEATURES, 5)
        + directions * parameters.gru(5 * directions, 4)
        + parameters.dense(4 * directions, CLASSES)
    )
    run_model_test(
        lambda: SequenceClassifier(
            CLASSES, [LSTMCell(5), GRUCell(4)], bidirectional=bidirectional, **arguments
        ),
        example(arguments),
        np.arange(BATCH) % CLASSES,
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        parameters=expected,
        jit_compile="vocabulary_size" in arguments and not bidirectional,
    )


@all_kinds
@both_directions
def test_it_is_a_dense_layer_on_what_keras_layers_return_at_the_end(arguments, bidirectional):
    model = random_model(arguments, [LSTMCell(5), GRUCell(4)], bidirectional=bidirectional)
    wrap = layers.Bidirectional if bidirectional else lambda layer: layer
    builtin = [wrap(layers.LSTM(5, return_sequences=True)), wrap(layers.GRU(4)), layers.Dense(CLASSES)]
    if "vocabulary_size" in arguments:
        builtin.insert(0, layers.Embedding(VOCABULARY, FEATURES, mask_zero=True))
    elif arguments:
        builtin.insert(0, layers.Masking(-1.0))
    builtin = keras.Sequential(builtin)
    inputs = example(arguments)
    builtin.build(inputs.shape)
    builtin.set_weights(model.get_weights())
    expected = builtin.predict(inputs, verbose=0)
    np.testing.assert_allclose(model.predict(inputs, verbose=0), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("arguments", [KINDS["padded numbers"], KINDS["ids"]])
@both_directions
def test_padding_is_passed_over(arguments, bidirectional):
    model = random_model(arguments, [GRUCell(5), LSTMCell(4)], bidirectional=bidirectional)
    inputs = example(arguments)
    logits = model.predict(inputs, verbose=0)
    for row, length in enumerate(LENGTHS):
        alone = model.predict(inputs[row : row + 1, :length], verbose=0)
        np.testing.assert_allclose(alone[0], logits[row], rtol=1e-4, atol=1e-5)


def test_it_learns_which_symbol_came_first():
    """The rest of a sequence says nothing, and its end comes at a random step."""
    generator = np.random.default_rng(0)
    ids = generator.integers(3, 9, size=(600, 8))
    ids[:, 0] = generator.integers(1, 3, size=600)
    ids[np.arange(8) >= generator.integers(2, 9, size=600)[:, None]] = 0
    model = SequenceClassifier(2, GRUCell(16), vocabulary_size=9, embedding_size=4)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.02), loss, metrics=["accuracy"])
    model.fit(ids[:450], ids[:450, 0] - 1, epochs=8, verbose=0)
    assert model.evaluate(ids[450:], ids[450:, 0] - 1, verbose=0, return_dict=True)["accuracy"] > 0.95


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (lambda: SequenceClassifier(0, GRUCell(3)), "classes is 0; expected a positive integer"),
        (lambda: SequenceClassifier(2, []), "cells is empty"),
        (lambda: SequenceClassifier(2, GRUCell(3), vocabulary_size=5), "embedding_size None; ids need both"),
        (lambda: SequenceClassifier(2, GRUCell(3), embedding_size=5), "ids need both, numbers neither"),
        (
            lambda: SequenceClassifier(2, GRUCell(3), vocabulary_size=0, embedding_size=2),
            "vocabulary_size is 0",
        ),
        (
            lambda: SequenceClassifier(2, GRUCell(3), vocabulary_size=5, embedding_size=2, mask_value=0.0),
            "mask_value is 0.0; with a vocabulary, id 0",
        ),
        (
            lambda: SequenceClassifier(2, GRUCell(3))(np.zeros((4, 6), "float32")),
            r"inputs have shape \(4, 6\); expected \(batch, timesteps, features\)",
        ),
    ],
)
def test_wrong_arguments_are_named(use, message):
    with pytest.raises(ValueError, match=message):
        use()
