"""Losses and metrics of padded batches against NumPy, one symbol at a time."""

import keras
import numpy as np
import pytest

from coursepkg.scratch import softmax_cross_entropy
from coursepkg.training.losses import MaskedAccuracy, MaskedCrossEntropy, Perplexity

VOCABULARY = 5


def example(seed=0):
    generator = np.random.default_rng(seed)
    targets = generator.integers(1, VOCABULARY, size=(3, 4))
    targets[1, 2:] = 0
    targets[2, 1:] = 0
    return targets, generator.normal(size=(3, 4, VOCABULARY)).astype("float32")


def nats_of_real_symbols(targets, logits, padding_id=0):
    logits = logits.astype("float64")
    return [
        np.log(np.exp(logits[row, step]).sum()) - logits[row, step, targets[row, step]]
        for row, step in np.ndindex(targets.shape)
        if targets[row, step] != padding_id
    ]


@pytest.mark.parametrize("padding_id", [0, 3])
def test_the_loss_is_the_mean_over_real_symbols(padding_id):
    targets, logits = example()
    expected = np.mean(nats_of_real_symbols(targets, logits, padding_id))
    found = float(MaskedCrossEntropy(padding_id)(targets, logits))
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    numpy_loss, _ = softmax_cross_entropy(logits, targets, targets != padding_id)
    np.testing.assert_allclose(found, numpy_loss, rtol=1e-5)


def test_what_is_predicted_at_padding_has_no_effect_and_more_padding_neither():
    targets, logits = example()
    expected = float(MaskedCrossEntropy()(targets, logits))
    changed = np.where((targets > 0)[..., None], logits, 50.0).astype("float32")
    wider = np.pad(targets, ((0, 0), (0, 6))), np.pad(changed, ((0, 0), (0, 6), (0, 0)))
    np.testing.assert_allclose(float(MaskedCrossEntropy()(*wider)), expected, rtol=1e-6)


@pytest.mark.parametrize("nothing", [-np.inf, np.nan])
def test_at_padding_a_model_may_say_that_padding_is_impossible_or_nothing_at_all(nothing):
    targets, logits = example()
    expected = float(MaskedCrossEntropy()(targets, logits))
    changed = logits.copy()
    changed[targets == 0, 0] = nothing
    np.testing.assert_allclose(float(MaskedCrossEntropy()(targets, changed)), expected, rtol=1e-6)
    metric = Perplexity()
    metric.update_state(targets, changed)
    np.testing.assert_allclose(float(metric.result()), np.exp(expected), rtol=1e-5)


@pytest.mark.parametrize("nothing", [-np.inf, np.nan])
def test_what_is_said_at_padding_gets_no_gradient_and_spoils_none(nothing):
    """One step of gradient descent with rate 1 on the logits themselves moves them by their gradient."""
    targets, logits = example()
    places, said = keras.Input((4,), dtype="int32"), keras.Input((4, VOCABULARY))
    table = keras.layers.Embedding(12, VOCABULARY)
    model = keras.Model([places, said], table(places) + said)
    table.set_weights([logits.reshape(12, VOCABULARY)])
    model.compile(keras.optimizers.SGD(1.0), MaskedCrossEntropy())
    extra = np.where((targets == 0)[..., None], nothing, 0.0) * np.ones(VOCABULARY)
    model.train_on_batch([np.arange(12).reshape(3, 4), extra], targets)
    gradient = (logits.reshape(12, VOCABULARY) - table.get_weights()[0]).reshape(logits.shape)
    expected = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True) - np.eye(VOCABULARY)[targets]
    expected = np.where((targets > 0)[..., None], expected, 0.0) / (targets > 0).sum()
    np.testing.assert_allclose(gradient, expected, atol=1e-6)


@pytest.mark.parametrize("padding_id", [-1, -100, VOCABULARY + 3])
def test_padding_need_not_be_an_id_of_the_vocabulary(padding_id):
    targets, logits = example()
    expected = float(MaskedCrossEntropy()(targets, logits))
    targets = np.where(targets == 0, padding_id, targets)
    np.testing.assert_allclose(float(MaskedCrossEntropy(padding_id)(targets, logits)), expected, rtol=1e-6)


@pytest.mark.parametrize("reduction", ["sum", "none", None])
def test_another_reduction_is_refused(reduction):
    with pytest.raises(ValueError, match=f"reduction is {reduction!r}; this loss is always the mean"):
        MaskedCrossEntropy(reduction=reduction)


def test_a_batch_of_padding_costs_nothing():
    targets, logits = example()
    assert float(MaskedCrossEntropy()(0 * targets, logits)) == 0.0


def test_a_mask_of_the_inputs_changes_nothing():
    """Keras gives the mask of the inputs to losses; what counts is decided by the targets alone."""
    targets, logits = example()
    tensor = keras.ops.convert_to_tensor(logits)
    tensor._keras_mask = keras.ops.convert_to_tensor(np.eye(3, 4) > 0)
    expected = float(MaskedCrossEntropy()(targets, logits))
    np.testing.assert_allclose(float(MaskedCrossEntropy()(targets, tensor)), expected, rtol=1e-6)


@pytest.mark.parametrize("weights", [np.array([1.0, 2.0, 0.5]), np.full((3, 4), 0.3)])
def test_weights_weigh_and_cancel_if_equal(weights):
    targets, logits = example()
    by_symbol = np.broadcast_to(weights if weights.ndim == 2 else weights[:, None], (3, 4))[targets > 0]
    expected = np.average(nats_of_real_symbols(targets, logits), weights=by_symbol)
    np.testing.assert_allclose(float(MaskedCrossEntropy()(targets, logits, weights)), expected, rtol=1e-5)


def test_perplexity_and_accuracy_are_those_of_all_symbols_of_all_batches():
    perplexity, accuracy = Perplexity(), MaskedAccuracy()
    nats, right = [], []
    for seed in range(3):
        targets, logits = example(seed)
        targets[seed] = 0  # batches with different numbers of symbols
        perplexity.update_state(targets, logits)
        accuracy.update_state(targets, logits)
        nats += nats_of_real_symbols(targets, logits)
        right += (logits.argmax(axis=-1) == targets)[targets > 0].tolist()
    np.testing.assert_allclose(float(perplexity.result()), np.exp(np.mean(nats)), rtol=1e-5)
    np.testing.assert_allclose(float(accuracy.result()), np.mean(right), rtol=1e-6)


def test_who_guesses_evenly_has_the_perplexity_of_the_vocabulary():
    metric = Perplexity()
    metric.update_state(example()[0], np.zeros((3, 4, VOCABULARY), "float32"))
    np.testing.assert_allclose(float(metric.result()), VOCABULARY, rtol=1e-6)


def test_half_precision_is_summed_in_single():
    targets, logits = example()
    single = float(MaskedCrossEntropy()(targets, logits))
    found = MaskedCrossEntropy()(targets, keras.ops.cast(logits, "float16"))
    assert keras.backend.standardize_dtype(found.dtype) == "float32"
    np.testing.assert_allclose(float(found), single, rtol=2e-3)


@pytest.mark.parametrize("kind", [MaskedCrossEntropy, Perplexity, MaskedAccuracy])
def test_they_are_configured_as_keras_has_it(kind):
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(kind(padding_id=3)))
    assert type(copy) is kind
    assert copy.padding_id == 3
    assert copy.get_config() == kind(padding_id=3).get_config()
