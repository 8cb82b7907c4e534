"""The language model against Keras's own layers, against itself step by step, and against counting."""

import keras
import numpy as np
import parameters
import pytest
from keras import layers, ops

from coursepkg.decoding import Temperature, beam_search, greedy_search, sample
from coursepkg.layers import GRUCell, LSTMCell, SimpleRNNCell
from coursepkg.models import LanguageModel
from coursepkg.training.losses import MaskedCrossEntropy, Perplexity

VOCABULARY, EMBEDDING, BATCH, TIMESTEPS = 7, 3, 4, 6
CELLS = {
    "simple": lambda: SimpleRNNCell(5),
    "lstm": lambda: LSTMCell(5),
    "stack": lambda: [LSTMCell(5), GRUCell(4)],
    "built in": lambda: [layers.GRUCell(5), layers.LSTMCell(4)],
}
all_cells = pytest.mark.parametrize("cells", CELLS.values(), ids=CELLS)


def example_ids(seed=0):
    """Ids `(batch, timesteps)`: a row without padding, and rows that end earlier and earlier."""
    ids = np.random.default_rng(seed).integers(1, VOCABULARY, size=(BATCH, TIMESTEPS))
    for row in range(BATCH):
        ids[row, TIMESTEPS - row :] = 0
    return ids


def model_with_random_weights(cells, **arguments):
    return parameters.randomise(LanguageModel(VOCABULARY, EMBEDDING, cells, **arguments))


def log_softmax(logits):
    logits = np.asarray(logits, "float64")
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


def test_it_is_a_keras_model(run_model_test):
    ids = example_ids()
    targets = np.pad(ids[:, 1:], ((0, 0), (0, 1)))
    expected = parameters.lstm(3, 5) + parameters.gru(5, 4) + parameters.dense(4, VOCABULARY)
    model = run_model_test(
        lambda: LanguageModel(VOCABULARY, EMBEDDING, CELLS["stack"]()),
        ids,
        targets,
        MaskedCrossEntropy(),
        parameters=VOCABULARY * EMBEDDING + expected,
    )
    # What is compiled beside `call` sees the weights after training, not those of the time it was compiled.
    state = model.initial_state(BATCH)
    logits, _ = model.next_step(ids[:, 0], state)
    model.fit(ids, targets, epochs=5, verbose=0)
    after, _ = model.next_step(ids[:, 0], state)
    assert np.abs(after - logits).max() > 1e-3
    np.testing.assert_allclose(after, model.predict(ids, verbose=0)[:, 0], rtol=1e-4, atol=1e-5)


def test_it_is_embedding_recurrence_and_a_dense_layer():
    """The same network of Keras's built-in layers, with the same weights."""
    model = model_with_random_weights(CELLS["stack"]())
    builtin = keras.Sequential(
        [
            layers.Embedding(VOCABULARY, EMBEDDING, mask_zero=True),
            layers.LSTM(5, return_sequences=True),
            layers.GRU(4, return_sequences=True),
            layers.Dense(VOCABULARY),
        ]
    )
    builtin.build((None, TIMESTEPS))
    builtin.set_weights(model.get_weights())
    ids = example_ids()
    found, expected = model.predict(ids, verbose=0), builtin.predict(ids, verbose=0)
    np.testing.assert_allclose(found[ids > 0], expected[ids > 0], rtol=1e-5, atol=1e-5)


@all_cells
def test_step_by_step_it_says_what_it_says_at_once(cells):
    model = model_with_random_weights(cells())
    ids = example_ids()[:1]
    at_once = model.predict(ids, verbose=0)
    state = model.initial_state(1)
    for step in range(TIMESTEPS):
        logits, state = model.next_step(ids[:, step], state)
        np.testing.assert_allclose(logits, at_once[:, step], rtol=1e-4, atol=1e-5)
    # Having read the beginning, it goes on as if it had gone step by step.
    logits, _ = model.next_step(ids[:, 3], model.read(ids[:, :3]))
    np.testing.assert_allclose(logits, at_once[:, 3], rtol=1e-4, atol=1e-5)
    two_parts = model.read(ids[:, 2:3], model.read(ids[:, :2]))
    logits, _ = model.next_step(ids[:, 3], two_parts)
    np.testing.assert_allclose(logits, at_once[:, 3], rtol=1e-4, atol=1e-5)
    logits, _ = model.next_step(ids[:, 0], model.read(ids[:, :0]))
    np.testing.assert_allclose(logits, at_once[:, 0], rtol=1e-4, atol=1e-5)


@all_cells
def test_padding_is_passed_over(cells):
    model = model_with_random_weights(cells())
    ids = example_ids()
    logits, states = model.predict(ids, verbose=0), model.read(ids)
    for row, length in enumerate((ids > 0).sum(axis=1)):
        alone = ids[row : row + 1, :length]
        np.testing.assert_allclose(
            model.predict(alone, verbose=0)[0], logits[row, :length], rtol=1e-4, atol=1e-5
        )
        for found, expected in zip(
            keras.tree.flatten(states), keras.tree.flatten(model.read(alone)), strict=True
        ):
            np.testing.assert_allclose(found[row], expected[0], rtol=1e-4, atol=1e-5)


def test_it_knows_neither_what_comes_later_nor_other_rows():
    model = model_with_random_weights(LSTMCell(5))
    ids = np.random.default_rng(0).integers(1, VOCABULARY, size=(BATCH, TIMESTEPS))
    before = model.predict(ids, verbose=0)
    for step in range(1, TIMESTEPS):
        changed = ids.copy()
        changed[:, step:] = changed[:, step:] % (VOCABULARY - 1) + 1  # another symbol, never padding
        after = model.predict(changed, verbose=0)
        np.testing.assert_allclose(after[:, :step], before[:, :step], rtol=1e-5, atol=1e-6)
        assert np.abs(after[:, step:] - before[:, step:]).min(axis=(0, 2)).max() > 0
    changed = ids.copy()
    changed[1:] = 1
    np.testing.assert_allclose(model.predict(changed, verbose=0)[0], before[0], rtol=1e-5, atol=1e-6)


def test_loss_and_perplexity_in_fit_count_real_symbols_only():
    """Batches with very different shares of padding: perplexity is that of all symbols together."""
    model = model_with_random_weights(GRUCell(5))
    model.compile("sgd", MaskedCrossEntropy(), metrics=[Perplexity()])
    ids = np.concatenate([example_ids(), np.zeros((4, TIMESTEPS), int)])
    ids[4:, 0] = 3
    targets = np.pad(ids[:, 1:], ((0, 0), (0, 1)))
    targets[4:, 0] = 2
    nats = -np.take_along_axis(log_softmax(model.predict(ids, verbose=0)), targets[..., None], axis=-1)[
        ..., 0
    ]
    real = targets > 0
    found = model.evaluate(ids, targets, batch_size=4, verbose=0, return_dict=True)
    np.testing.assert_allclose(found["perplexity"], np.exp(nats[real].mean()), rtol=1e-4)
    by_batch = [nats[rows][real[rows]].mean() for rows in (slice(4), slice(4, 8))]
    np.testing.assert_allclose(found["loss"], np.mean(by_batch), rtol=1e-4)


def test_a_stateful_model_goes_on_where_the_batch_before_ended():
    model = LanguageModel(VOCABULARY, EMBEDDING, CELLS["stack"](), stateful=True)
    ids = np.random.default_rng(0).integers(1, VOCABULARY, size=(BATCH, TIMESTEPS))
    model.build((BATCH, None))
    parameters.randomise(model)
    stateless = LanguageModel(VOCABULARY, EMBEDDING, CELLS["stack"]())
    stateless.set_weights(model.get_weights())
    expected = stateless.predict(ids, verbose=0)
    for _ in range(2):
        model.reset_state()
        parts = [model.predict(ids[:, part], batch_size=BATCH, verbose=0) for part in (slice(3), slice(3, 6))]
        np.testing.assert_allclose(np.concatenate(parts, axis=1), expected, rtol=1e-4, atol=1e-5)
    # A prompt may have a batch of its own and padding; what is carried for training stays as it is.
    padded = example_ids()[:3]
    for found, expected in zip(
        keras.tree.flatten(model.read(padded)), keras.tree.flatten(stateless.read(padded)), strict=True
    ):
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    without_reset = model.predict(ids[:, :3], batch_size=BATCH, verbose=0)
    assert np.abs(without_reset - parts[0]).max() > 1e-3


def test_a_stateful_model_saves_and_loads(tmp_path):
    model = LanguageModel(VOCABULARY, EMBEDDING, GRUCell(4), stateful=True)
    model.build((BATCH, None))
    ids = example_ids()
    expected = model.predict(ids, batch_size=BATCH, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    loaded.reset_state()
    np.testing.assert_allclose(loaded.predict(ids, batch_size=BATCH, verbose=0), expected, atol=1e-6)


def test_dropout_acts_in_training_alone():
    model = model_with_random_weights(LSTMCell(5), dropout=0.5)
    ids = example_ids()
    quiet = [ops.convert_to_numpy(model(ids)) for _ in range(2)]
    np.testing.assert_array_equal(*quiet)
    noisy = [ops.convert_to_numpy(model(ids, training=True)) for _ in range(2)]
    assert np.abs(noisy[0] - noisy[1]).max() > 1e-3


def score(model, start, ids):
    """log p of what follows `start`, by one call on the whole text."""
    text = np.array([[start, *ids]])
    return log_softmax(model.predict(text, verbose=0))[0, np.arange(len(ids)), ids].sum()


def test_what_is_decoded_has_the_probability_that_the_model_gives_it():
    model = model_with_random_weights(CELLS["stack"]())
    model.layers[-1].bias.assign(np.array([-40.0, 0, 0, 0, 0, 0, 0], "float32"))  # padding is never written
    start, state = np.array([1, 4, 5]), model.initial_state(3)
    greedy = greedy_search(model.next_step, state, start, 8, end=2)
    drawn = sample(model.next_step, state, start, 8, end=2, sampler=Temperature(2.0), seed=0)
    beams = beam_search(model.next_step, state, start, 8, end=2, beams=3)
    found = [(greedy.ids[k], greedy.lengths[k], greedy.log_probabilities[k], start[k]) for k in range(3)]
    found += [(drawn.ids[k], drawn.lengths[k], drawn.log_probabilities[k], start[k]) for k in range(3)]
    for k in range(3):
        found += [(*triple, start[k]) for triple in zip(*(field[k] for field in beams), strict=True)]
    assert len(found) == 15
    for ids, length, log_probability, first in found:
        np.testing.assert_allclose(score(model, first, ids[:length]), log_probability, rtol=1e-4, atol=1e-4)
    assert (beams.log_probabilities[:, 0] >= greedy.log_probabilities - 1e-6).all()


def test_it_learns_a_cycle_by_heart():
    text = np.tile([2, 3, 4, 2, 5, 6], 12)  # what follows 2 depends on what came before
    windows = np.stack([text[k : k + 13] for k in range(48)])
    model = LanguageModel(VOCABULARY, 8, GRUCell(16))
    model.compile(keras.optimizers.Adam(0.03), MaskedCrossEntropy(), metrics=[Perplexity()])
    history = model.fit(windows[:, :-1], windows[:, 1:], epochs=25, batch_size=16, verbose=0).history
    assert history["perplexity"][0] > 3
    assert history["perplexity"][-1] < 1.25  # the first symbol of a window can only be guessed
    written = greedy_search(model.next_step, model.read(text[None, :5]), text[5:6], 12)
    assert written.ids[0].tolist() == text[6:18].tolist()


@pytest.mark.parametrize("dtype", ["float64", "mixed_float16"])
def test_the_precision_asked_for_is_that_of_every_part(dtype):
    policy = keras.dtype_policies.get(dtype)
    cells = [LSTMCell(5, dtype=dtype), layers.GRUCell(4, dtype=dtype)]
    model = LanguageModel(VOCABULARY, EMBEDDING, cells, dropout=0.2, dtype=dtype)
    single = LanguageModel(VOCABULARY, EMBEDDING, CELLS["stack"]())
    single.set_weights(model.get_weights())
    ids = example_ids()
    logits = model(ids)
    assert keras.backend.standardize_dtype(logits.dtype) == policy.compute_dtype
    assert {weight.dtype for weight in model.weights} == {policy.variable_dtype}
    tolerance = 2e-2 if dtype == "mixed_float16" else 1e-6
    expected = single.predict(ids, verbose=0)
    np.testing.assert_allclose(ops.convert_to_numpy(logits)[ids > 0], expected[ids > 0], atol=tolerance)
    stepwise, _ = model.next_step(ids[:, 0], model.initial_state(BATCH))
    assert stepwise.dtype == policy.compute_dtype
    np.testing.assert_allclose(stepwise, expected[:, 0], atol=tolerance)
    copy = LanguageModel.from_config(model.get_config())
    assert copy.dtype_policy.name == policy.name
    model.compile("sgd", MaskedCrossEntropy())
    assert np.isfinite(model.fit(ids, ids, verbose=0).history["loss"]).all()


def small():
    return LanguageModel(5, 2, LSTMCell(3))


def cell_used_twice():
    cell = LSTMCell(3)
    return LanguageModel(5, 2, [cell, cell])


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: LanguageModel(0, 2, LSTMCell(3)), "vocabulary_size is 0; expected a positive integer"),
        (lambda: LanguageModel(5, 2.5, LSTMCell(3)), "embedding_size is 2.5"),
        (lambda: LanguageModel(None, 2, LSTMCell(3)), "vocabulary_size is None"),
        (lambda: LanguageModel("5", 2, LSTMCell(3)), "vocabulary_size is '5'"),
        (
            lambda: LanguageModel(5, 2, LSTMCell(3, dtype="float64")),
            "cell 'lstm_cell.*' has dtype 'float64', and what it is part of 'float32'; make the cell with",
        ),
        (lambda: small().read(np.array([1, 2])), r"ids has shape \(2,\); expected \(batch, timesteps\)"),
        (lambda: small().read([[1.7, 2.0]]), "ids has dtype float64; expected integers"),
        (lambda: small().next_step([[1]], small().initial_state(1)), r"\(1, 1\); expected \(batch,\)"),
        (lambda: LanguageModel(5, 2, []), "cells is empty"),
        (lambda: LanguageModel(5, 2, keras.layers.LSTM(3)), "cells holds <LSTM.*; expected recurrent cells"),
        (lambda: LanguageModel(5, 2, [LSTMCell(3), 4]), "cells holds 4; expected recurrent cells"),
        (cell_used_twice, "the same cell twice"),
    ],
)
def test_wrong_arguments_are_named(build, message):
    with pytest.raises(ValueError, match=message):
        build()
