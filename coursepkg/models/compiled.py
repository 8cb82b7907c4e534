"""Functions of a model beside `call`, compiled: arrays in, arrays out."""

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
        return self._runner.predict_on_batch(inputs)


class _Runner(keras.Model):
    def __init__(self, model, function):
        super().__init__(name="compiled", dtype=model.dtype_policy)
        # Knowing the model, Keras hands its weights to the function.
        self.model, self.function = model, function
        self.built = True

    def call(self, inputs):
        return self.function(*inputs)

    def make_predict_function(self, force=False):
        super().make_predict_function(force)
        # TensorFlow counts the tracings of all Keras models together and warns at the fifth among few calls.
        # Under a key of its own, this function is counted alone.
        if hasattr(self.predict_function, "_key_for_call_stats"):
            self.predict_function._key_for_call_stats = self
