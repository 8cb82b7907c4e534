"""The character model and its optimizers: gradients, learning, sampling."""

import numpy as np
import pytest

from coursepkg.scratch import SGD, Adam, CharacterRNN, initial_parameters, numerical_gradient


def test_initial_parameters_are_those_of_keras_in_shape_and_spread():
    parameters = initial_parameters(features=3, units=50, outputs=7, seed=1)
    assert {name: array.shape for name, array in parameters.items()} == {
        "kernel": (3, 50),
        "recurrent_kernel": (50, 50),
        "bias": (50,),
        "output_kernel": (50, 7),
        "output_bias": (7,),
    }
    recurrent_kernel = parameters["recurrent_kernel"]
    np.testing.assert_allclose(recurrent_kernel @ recurrent_kernel.T, np.eye(50), atol=1e-12)
    assert 0.8 * np.sqrt(6 / 53) < np.abs(parameters["kernel"]).max() <= np.sqrt(6 / 53)
    again = initial_parameters(features=3, units=50, outputs=7, seed=1)
    np.testing.assert_array_equal(again["kernel"], parameters["kernel"])


@pytest.mark.parametrize("name", ["kernel", "recurrent_kernel", "bias", "output_kernel", "output_bias"])
@pytest.mark.parametrize("masked", [False, True])
def test_every_gradient_agrees_with_central_differences(name, masked):
    model = CharacterRNN(vocabulary_size=5, units=4, seed=0)
    generator = np.random.default_rng(1)
    ids, next_ids = generator.integers(0, 5, (2, 3, 6))
    hidden = generator.normal(size=(3, 4))
    mask = generator.random((3, 6)) < 0.6 if masked else None
    original = model.parameters[name]

    def loss(moved):
        model.parameters[name] = moved
        value, _, _ = model.loss_and_gradients(ids, next_ids, hidden, mask=mask)
        model.parameters[name] = original
        return value

    _, gradients, _ = model.loss_and_gradients(ids, next_ids, hidden, mask=mask)
    numerical = numerical_gradient(loss, original)
    assert np.linalg.norm(gradients[name] - numerical) / np.linalg.norm(numerical) < 1e-7


def test_the_state_carries_over_from_one_piece_of_text_to_the_next():
    model = CharacterRNN(vocabulary_size=5, units=4, seed=0)
    ids = np.random.default_rng(0).integers(0, 5, (2, 8))
    whole, _ = model.forward(ids, model.initial_hidden(2))
    first, hidden_states = model.forward(ids[:, :3], model.initial_hidden(2))
    second, _ = model.forward(ids[:, 3:], hidden_states[:, -1])
    np.testing.assert_allclose(np.concatenate([first, second], axis=1), whole, rtol=1e-14)


@pytest.mark.parametrize("optimizer", [SGD(1.0), Adam(0.03)])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_it_learns_what_needs_memory(optimizer, seed):
    """In 0 0 1 0 0 1 ... a 0 says nothing without the symbol before it: no bigram is ever sure after a 0."""
    ids = np.tile([[0, 0, 1]], (1, 5))
    model, optimizer = CharacterRNN(2, 8, seed=seed), type(optimizer)(optimizer.learning_rate)
    for _ in range(200):
        _, gradients, _ = model.loss_and_gradients(ids[:, :-1], ids[:, 1:], model.initial_hidden(1))
        optimizer.apply(model.parameters, gradients)
    loss, _, _ = model.loss_and_gradients(ids[:, :-1], ids[:, 1:], model.initial_hidden(1))
    bigram_loss = 2 / 3 * np.log(2)
    assert loss < bigram_loss / 5
    assert model.sample([0, 0], 6, temperature=0.1).tolist() == [1, 0, 0, 1, 0, 0]


def test_first_adam_step_has_the_length_of_the_learning_rate():
    parameters = {"a": np.zeros(3)}
    Adam(0.1).apply(parameters, {"a": np.array([1e-3, 5.0, -2.0])})
    np.testing.assert_allclose(parameters["a"], [-0.1, -0.1, 0.1], rtol=1e-3)


def test_sgd_step():
    parameters = {"a": np.array([1.0, 2.0])}
    SGD(0.5).apply(parameters, {"a": np.array([2.0, -2.0])})
    np.testing.assert_array_equal(parameters["a"], [0.0, 3.0])


def test_samples_follow_the_probabilities_and_the_seed():
    model = CharacterRNN(vocabulary_size=3, units=2, seed=0)
    for name in model.parameters:
        model.parameters[name][...] = 0.0
    model.parameters["output_bias"][...] = np.log([0.7, 0.2, 0.1])
    written = model.sample([0], 4000, seed=0)
    np.testing.assert_allclose(np.bincount(written) / 4000, [0.7, 0.2, 0.1], atol=0.03)
    np.testing.assert_array_equal(model.sample([0], 20, seed=1), model.sample([0], 20, seed=1))
    assert np.mean(model.sample([0], 500, seed=0, temperature=0.2) == 0) > 0.99


def test_wrong_arguments_of_sample_are_named():
    model = CharacterRNN(vocabulary_size=3, units=2)
    with pytest.raises(ValueError, match="prompt is empty"):
        model.sample([], 5)
    with pytest.raises(ValueError, match=r"temperature is 0"):
        model.sample([0], 5, temperature=0)
