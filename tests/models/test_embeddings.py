"""How far apart symbols begin: what the caller asks for, and drawn anew for every table and every copy."""

import keras
import numpy as np
import pytest

from coursepkg.layers import GRUCell
from coursepkg.models import EncoderDecoder, LanguageModel, SequenceClassifier

SIZE, FEATURES = 800, 32
MODELS = {
    "classifier": lambda **options: SequenceClassifier(
        2, GRUCell(4), vocabulary_size=SIZE, embedding_size=FEATURES, **options
    ),
    "language model": lambda **options: LanguageModel(SIZE, FEATURES, GRUCell(4), **options),
    "encoder and decoder": lambda **options: EncoderDecoder(
        SIZE, SIZE, FEATURES, GRUCell(4), GRUCell(4), **options
    ),
}


def tables(model):
    """The embeddings of a model: arrays `(SIZE, FEATURES)`."""
    model.build([(None, None)] * 2 if isinstance(model, EncoderDecoder) else (None, None))
    found = [weight for weight in model.get_weights() if weight.shape == (SIZE, FEATURES)]
    assert len(found) == 1 + isinstance(model, EncoderDecoder)
    return found


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_keras_says_how_far_apart_symbols_begin_unless_the_caller_does(make):
    for table in tables(make()):
        assert 0.049 < np.abs(table).max() <= 0.05  # the bound of Keras's "uniform"
    for table in tables(make(embeddings_initializer=keras.initializers.RandomNormal(stddev=1.0))):
        # The deviation of n draws from a normal distribution varies by 1 / sqrt(2 n): here 0.0044.
        assert abs(table.std() - 1) < 0.025


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_a_model_from_a_configuration_begins_as_far_apart_with_numbers_of_its_own(make):
    first = make(embeddings_initializer=keras.initializers.RandomNormal(stddev=3.0))
    second = type(first).from_config(first.get_config())
    for one, other in zip(tables(first), tables(second), strict=True):
        assert abs(other.std() - 3) < 0.075
        assert np.abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 0.05


def test_both_sides_draw_for_themselves():
    source, target = tables(MODELS["encoder and decoder"](embeddings_initializer="random_normal"))
    assert np.abs(np.corrcoef(source.ravel(), target.ravel())[0, 1]) < 0.05  # 8 deviations of chance


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_what_is_no_initializer_is_refused(make):
    with pytest.raises(ValueError, match="no such"):
        make(embeddings_initializer="no such")
