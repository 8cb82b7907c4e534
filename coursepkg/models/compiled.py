"""Functions of a model beside `call`, compiled: arrays in, arrays out."""

import contextlib
import logging

import keras


class Compiled:
    """A function of a model, compiled by whatever backend is in use.

    Called as it stands, a function of a few layers costs milliseconds of Python at every step of a decoding.
    What `predict_on_batch` of a Keras model runs is compiled once for each shape of its inputs, on every
    backend. This class is not a Keras layer itself: an attribute that is would be saved with the model.

    Args:
        model: `keras.Model` that owns the weights.
        function: callable on tensors, usually a method of `model`.
    """

    def __init__(self, model, function):
        self._runner = _Runner(model, function)

    def __call__(self, *inputs):
        """Returns what the function returns, as NumPy arrays.

        Args:
            *inputs: arrays or nested structures of arrays, all with the batch as their first axis.
        """
        with _no_warning_of_tracing():
            return self._runner.predict_on_batch(inputs)


@contextlib.contextmanager
def _no_warning_of_tracing():
    """TensorFlow counts the tracings of all models together, and warns at the fifth that it is too many."""
    logger = logging.getLogger("tensorflow")

    def says_something_else(record):
        return "retracing" not in record.getMessage()

    logger.addFilter(says_something_else)
    try:
        yield
    finally:
        logger.removeFilter(says_something_else)


class _Runner(keras.Model):
    def __init__(self, model, function):
        super().__init__(name="compiled")
        self.model, self.function = (
            model,
            function,
        )  # knowing the model, Keras hands its weights to the function
        self.built = True

    def call(self, inputs):
        return self.function(*inputs)
