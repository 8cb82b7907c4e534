"""The gradients of `scratch` against TensorFlow's automatic differentiation, without Keras."""

import numpy as np
import pytest
import tensorflow as tf

from coursepkg.scratch import CharacterRNN, rnn_backward, rnn_forward, softmax_cross_entropy

NAMES = ["inputs", "initial_hidden", "kernel", "recurrent_kernel", "bias"]


def tensorflow_forward(inputs, hidden, kernel, recurrent_kernel, bias, mask=None, truncation=None):
    hidden_states = []
    for step in range(inputs.shape[1]):
        if truncation is not None and step > 0 and step % truncation == 0:
            hidden = tf.stop_gradient(hidden)
        updated = tf.tanh(inputs[:, step] @ kernel + hidden @ recurrent_kernel + bias)
        hidden = updated if mask is None else tf.where(mask[:, step, None], updated, hidden)
        hidden_states.append(hidden)
    return tf.stack(hidden_states, axis=1)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("truncation", [None, 1, 3, 7])
def test_gradients_agree_with_automatic_differentiation(truncation, masked):
    generator = np.random.default_rng(0)
    shapes = [(4, 10, 3), (4, 5), (3, 5), (5, 5), (5,)]
    arrays = [generator.normal(size=shape) for shape in shapes]
    weights = generator.normal(size=(4, 10, 5))
    mask = generator.random((4, 10)) < 0.7 if masked else None

    tensors = [tf.constant(array) for array in arrays]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        loss = tf.reduce_sum(weights * tensorflow_forward(*tensors, mask=mask, truncation=truncation))
    expected = tape.gradient(loss, tensors)

    hidden_states = rnn_forward(*arrays, mask=mask)
    inputs, *others = arrays
    gradients = rnn_backward(weights, inputs, hidden_states, *others, truncation=truncation, mask=mask)
    for name, gradient in zip(NAMES, expected, strict=True):
        np.testing.assert_allclose(gradients[name], gradient.numpy(), rtol=1e-10, atol=1e-12, err_msg=name)


def test_softmax_cross_entropy_agrees_with_tensorflow():
    generator = np.random.default_rng(1)
    logits, ids = generator.normal(size=(3, 4, 6)) * 5, generator.integers(0, 6, (3, 4))
    tensor = tf.constant(logits)
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        expected = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(ids, tensor))
    loss, gradient = softmax_cross_entropy(logits, ids)
    assert loss == pytest.approx(float(expected), rel=1e-12)
    np.testing.assert_allclose(gradient, tape.gradient(expected, tensor).numpy(), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("truncation", [None, 3])
def test_the_whole_character_model_agrees(truncation):
    model = CharacterRNN(vocabulary_size=6, units=5, seed=0)
    generator = np.random.default_rng(2)
    ids, next_ids = generator.integers(0, 6, (2, 2, 8))
    hidden = generator.normal(size=(2, 5))
    tensors = {name: tf.constant(array) for name, array in model.parameters.items()}
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        hidden_states = tensorflow_forward(
            tf.one_hot(ids, 6, dtype=tf.float64),
            tf.constant(hidden),
            tensors["kernel"],
            tensors["recurrent_kernel"],
            tensors["bias"],
            truncation=truncation,
        )
        logits = hidden_states @ tensors["output_kernel"] + tensors["output_bias"]
        expected = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(next_ids, logits))
    loss, gradients, last_hidden = model.loss_and_gradients(ids, next_ids, hidden, truncation=truncation)
    assert loss == pytest.approx(float(expected), rel=1e-12)
    np.testing.assert_allclose(last_hidden, hidden_states[:, -1].numpy(), rtol=1e-12)
    for name, gradient in tape.gradient(expected, tensors).items():
        np.testing.assert_allclose(gradients[name], gradient.numpy(), rtol=1e-9, atol=1e-13, err_msg=name)
