"""The one place that asks which backend Keras runs on: gradients of a function."""

import keras


def value_and_gradients(function, compiled=False):
    """Turns a function of arrays into one that also returns its gradients.

    Keras has no call of its own for a gradient outside `fit`: each backend differentiates in its own way.
    Here are the two ways that the course meets, TensorFlow's tape and JAX's transformation of a function.

    Args:
        function: callable `function(arrays, *others)` that returns a scalar tensor. `arrays` is a list of
            tensors; the gradients are taken for these. `others` are passed on and not differentiated.
        compiled: bool, whether the backend should trace the function once and run the trace from then on.
            Worth it from the third call. A compiled function reads what it closes over only once.

    Returns:
        Callable `(arrays, *others) -> (value, gradients)`, with one gradient of the array's own shape for
        each array. An array that the value does not depend on gets zeros.

    Raises:
        NotImplementedError: Keras runs on another backend.
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        return _with_tensorflow(function, compiled)
    if backend == "jax":
        return _with_jax(function, compiled)
    raise NotImplementedError(
        f"gradients are available on the tensorflow and jax backends, not on {backend!r}"
    )


def _with_tensorflow(function, compiled):
    import tensorflow as tf

    def evaluate(arrays, *others):
        arrays = [tf.convert_to_tensor(array) for array in arrays]
        with tf.GradientTape() as tape:
            tape.watch(arrays)
            value = function(arrays, *others)
        gradients = tape.gradient(value, arrays, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        # The gradient of a look-up arrives as (indices, rows): spread it over the whole table.
        return value, [tf.convert_to_tensor(gradient) for gradient in gradients]

    return tf.function(evaluate) if compiled else evaluate


def _with_jax(function, compiled):
    import jax

    evaluate = jax.value_and_grad(function)
    if compiled:
        evaluate = jax.jit(evaluate)
    return lambda arrays, *others: evaluate([keras.ops.convert_to_tensor(array) for array in arrays], *others)
