"""Encoder and decoder against Keras's own layers, for any cells on either side."""

import itertools

import keras
import numpy as np
import parameters
import pytest
from keras import layers

from coursepkg.decoding import beam_search, greedy_search
from coursepkg.layers import GRUCell, LSTMCell, SimpleRNNCell
from coursepkg.models import EncoderDecoder, shift_right
from coursepkg.training.losses import MaskedAccuracy, MaskedCrossEntropy

SOURCE, TARGET, EMBEDDING, BATCH, START, END = 8, 6, 3, 4, 1, 2
LSTM, GRU, DENSE = parameters.lstm, parameters.gru, parameters.dense

# encoder cells, decoder cells, whether the encoder reads both ways, weights of both, weights of the bridge
PAIRS = {
    "simple": (lambda: SimpleRNNCell(5), lambda: SimpleRNNCell(5), False, 2 * 5 * (3 + 5 + 1), 0),
    "lstm": (lambda: LSTMCell(5), lambda: LSTMCell(5), False, 2 * LSTM(3, 5), 0),
    "stacks": (
        lambda: [LSTMCell(5), GRUCell(4)],
        lambda: [LSTMCell(5), GRUCell(4)],
        False,
        2 * (LSTM(3, 5) + GRU(5, 4)),
        0,
    ),
    "gru to lstm": (lambda: GRUCell(5), lambda: LSTMCell(4), False, GRU(3, 5) + LSTM(3, 4), 2 * DENSE(5, 4)),
    "two to one": (
        lambda: [LSTMCell(5), LSTMCell(4)],
        lambda: GRUCell(3),
        False,
        LSTM(3, 5) + LSTM(5, 4) + GRU(3, 3),
        DENSE(2 * 5 + 2 * 4, 3),
    ),
    "both ways": (lambda: GRUCell(5), lambda: GRUCell(4), True, 2 * GRU(3, 5) + GRU(3, 4), DENSE(10, 4)),
    "both ways, two layers": (
        lambda: [GRUCell(5), GRUCell(3)],
        lambda: [GRUCell(4), LSTMCell(2)],
        True,
        2 * GRU(3, 5) + 2 * GRU(10, 3) + GRU(3, 4) + LSTM(4, 2),
        DENSE(16, 4) + 2 * DENSE(16, 2),
    ),
    "built in": (lambda: layers.LSTMCell(5), lambda: layers.LSTMCell(5), False, 2 * LSTM(3, 5), 0),
}
all_pairs = pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)


def new_model(pair, **arguments):
    encoder, decoder, bidirectional, *_ = pair
    return EncoderDecoder(
        SOURCE, TARGET, EMBEDDING, encoder(), decoder(), bidirectional=bidirectional, **arguments
    )


def example(seed=0):
    """Source `(batch, 5)` and target `(batch, 4)`; the rows end earlier and earlier."""
    generator = np.random.default_rng(seed)
    source = generator.integers(1, SOURCE, size=(BATCH, 5))
    target = generator.integers(3, TARGET, size=(BATCH, 4))
    for row in range(BATCH):
        source[row, 5 - row :] = 0
        target[row, 3 - row] = END
        target[row, 4 - row :] = 0
    return source, target


@all_pairs
def test_it_has_the_weights_it_should(pair):
    *_, recurrent, bridge = pair
    expected = (SOURCE + TARGET) * EMBEDDING + recurrent + bridge
    model = new_model(pair)
    decoder_units = keras.tree.flatten(model.decoder.cells[-1].state_size)[0]
    assert model.count_params() == expected + DENSE(decoder_units, TARGET)
    assert bool(model.bridge) == bool(bridge)


@pytest.mark.parametrize("name", ["lstm", "both ways, two layers"])
def test_it_is_a_keras_model(run_model_test, name):
    source, target = example()
    run_model_test(
        lambda: new_model(PAIRS[name], dropout=0.1),
        [source, shift_right(target, START)],
        target,
        MaskedCrossEntropy(),
        parameters=new_model(PAIRS[name]).count_params(),
        jit_compile=name == "lstm",
    )


def test_the_state_of_the_encoder_is_the_first_of_the_decoder():
    """The same network of Keras's built-in layers, with the same weights."""
    model = parameters.randomise(new_model(PAIRS["lstm"]))
    source, previous = keras.Input((None,), dtype="int32"), keras.Input((None,), dtype="int32")
    embedded_source = layers.Embedding(SOURCE, EMBEDDING, mask_zero=True, name="source")(source)
    embedded = layers.Embedding(TARGET, EMBEDDING, mask_zero=True, name="target")(previous)
    _, *state = layers.LSTM(5, return_state=True, name="encoder")(embedded_source)
    outputs = layers.LSTM(5, return_sequences=True, name="decoder")(embedded, initial_state=state)
    builtin = keras.Model([source, previous], layers.Dense(TARGET, name="logits")(outputs))
    for name, ours in (
        ("source", model.source_embedding),
        ("target", model.target_embedding),
        ("encoder", model.encoder),
        ("decoder", model.decoder),
        ("logits", model.logits),
    ):
        builtin.get_layer(name).set_weights(ours.get_weights())
    ids, target = example()
    inputs = [ids, shift_right(target, START)]
    found, expected = model.predict(inputs, verbose=0), builtin.predict(inputs, verbose=0)
    real = target > 0
    np.testing.assert_allclose(found[real], expected[real], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ["gru to lstm", "both ways"])
def test_states_that_do_not_fit_go_through_a_tanh_layer(name):
    model = parameters.randomise(new_model(PAIRS[name]))
    source, _ = example()
    reader = layers.GRU(5, return_state=True)
    if PAIRS[name][2]:
        reader = layers.Bidirectional(reader)
    embedding = layers.Embedding(SOURCE, EMBEDDING, mask_zero=True)
    builtin = keras.Sequential([embedding, reader])
    ids = keras.Input((None,), dtype="int32")
    builtin = keras.Model(ids, reader(embedding(ids)))
    embedding.set_weights(model.source_embedding.get_weights())
    reader.set_weights(model.encoder.get_weights())
    _, *states = builtin.predict(source, verbose=0)
    context = np.concatenate(states, axis=-1)
    for found, layer in zip(keras.tree.flatten(model.encode(source)), model.bridge, strict=True):
        kernel, bias = layer.get_weights()
        np.testing.assert_allclose(found, np.tanh(context @ kernel + bias), rtol=1e-4, atol=1e-5)


@all_pairs
def test_teacher_forcing_is_feeding_the_true_symbols_one_by_one(pair):
    model = parameters.randomise(new_model(pair))
    source, target = example()
    taught = model.predict([source, shift_right(target, START)], verbose=0)
    state, previous = model.encode(source), np.full(BATCH, START)
    for step in range(target.shape[1]):
        logits, state = model.next_step(previous, state)
        real = target[:, step] > 0
        np.testing.assert_allclose(logits[real], taught[real, step], rtol=1e-4, atol=1e-5)
        previous = target[:, step]


@all_pairs
def test_padding_of_source_and_target_changes_nothing(pair):
    model = parameters.randomise(new_model(pair))
    model.compile("sgd", MaskedCrossEntropy(), metrics=[MaskedAccuracy()])
    source, target = example()

    def evaluate(source, target):
        inputs = [source, shift_right(target, START)]
        return model.evaluate(inputs, target, batch_size=BATCH, verbose=0)

    wider = np.pad(source, ((0, 0), (0, 3))), np.pad(target, ((0, 0), (0, 2)))
    np.testing.assert_allclose(evaluate(*wider), evaluate(source, target), rtol=1e-4)
    for wide, narrow in zip(
        keras.tree.flatten(model.encode(wider[0])), keras.tree.flatten(model.encode(source)), strict=True
    ):
        np.testing.assert_allclose(wide, narrow, rtol=1e-4, atol=1e-5)


def test_it_learns_to_turn_words_round_and_decodes_them():
    """Four letters, words of one to three; words that were not in the training set come out right."""
    words = [word for length in (1, 2, 3) for word in itertools.product(range(3, 7), repeat=length)]
    assert len(words) == 4 + 16 + 64
    source = np.array([[*word, *[0] * (3 - len(word))] for word in words])
    target = np.array([[*reversed(word), END, *[0] * (3 - len(word))] for word in words])
    held_out = np.random.default_rng(0).permutation(len(words)) < 12
    model = EncoderDecoder(7, 7, 8, GRUCell(32), GRUCell(32), bidirectional=True)
    model.compile(keras.optimizers.Adam(0.01), MaskedCrossEntropy())
    inputs = [source[~held_out], shift_right(target[~held_out], START)]
    model.fit(inputs, target[~held_out], epochs=120, batch_size=24, verbose=0)
    for searched in (
        greedy_search(model.next_step, model.encode(source), START, 4, END).ids,
        beam_search(model.next_step, model.encode(source), START, 4, END, beams=3).ids[:, 0],
    ):
        right = (searched == target[:, : searched.shape[1]]).all(axis=1)
        assert right[~held_out].all()
        assert right[held_out].mean() > 0.7  # by chance: less than 1 in 4


def test_shift_right_moves_by_one_and_begins_with_start():
    targets = np.array([[5, 6, 2, 0], [7, 2, 0, 0]])
    assert shift_right(targets, 1).tolist() == [[1, 5, 6, 2], [1, 7, 2, 0]]
    assert targets.tolist() == [[5, 6, 2, 0], [7, 2, 0, 0]]
    assert shift_right(targets, 1).dtype == targets.dtype


def test_in_double_precision_every_part_is():
    cells = [LSTMCell(3, dtype="float64"), GRUCell(4, dtype="float64")]  # so there is a bridge
    model = EncoderDecoder(5, 6, 2, *cells, bidirectional=True, dtype="float64")
    assert {weight.dtype for weight in model.weights} == {"float64"}
    logits, _ = model.next_step(np.array([1]), model.encode([[1, 2, 0]]))
    assert logits.dtype == "float64"
    at_once = model([np.array([[1, 2, 0]]), np.array([[1]])])
    np.testing.assert_allclose(logits, keras.ops.convert_to_numpy(at_once)[:, 0], rtol=1e-12)


def small():
    return EncoderDecoder(5, 5, 2, LSTMCell(3), LSTMCell(3))


def shared_cell():
    cell = LSTMCell(3)
    return EncoderDecoder(5, 5, 2, cell, [cell])


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: EncoderDecoder(0, 5, 2, LSTMCell(3), LSTMCell(3)), "source_size is 0; expected a positive"),
        (lambda: EncoderDecoder(5, -5, 2, LSTMCell(3), LSTMCell(3)), "target_size is -5"),
        (lambda: EncoderDecoder(5, 5, 0, LSTMCell(3), LSTMCell(3)), "embedding_size is 0"),
        (lambda: EncoderDecoder(5, 5, 2, [], LSTMCell(3)), "encoder_cells is empty"),
        (lambda: EncoderDecoder(5, 5, 2, LSTMCell(3), 7), "decoder_cells holds 7"),
        (shared_cell, "in encoder_cells and in decoder_cells"),
        (
            lambda: shift_right(np.zeros(3, int), 1),
            r"targets has shape \(3,\); expected \(batch, timesteps\)",
        ),
        (lambda: shift_right(np.zeros((2, 3), int), 0), "start is 0; expected a positive id"),
        (lambda: shift_right(np.zeros((2, 3), int), 1.5), "start is 1.5"),
        (lambda: shift_right(np.zeros((2, 3)), 1), "targets has dtype float64; expected integers"),
        (lambda: small().encode(np.array([1, 2])), r"source has shape \(2,\); expected \(batch, source"),
        (
            lambda: EncoderDecoder(5, 5, 2, LSTMCell(3), LSTMCell(3), dtype="float64"),
            "has dtype 'float32', and what it is part of 'float64'",
        ),
    ],
)
def test_wrong_arguments_are_named(build, message):
    with pytest.raises(ValueError, match=message):
        build()
