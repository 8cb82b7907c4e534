"""The assignments through student and examiner: every answer is judged as it is in one kernel.

What an answer must lose, and what the tests must say, stands in the variants of the assignments, and is
tested in one kernel by tests/assignments/test_answers.py. Here the same cells run in two processes.
"""

import re
import sys
from pathlib import Path

import pair
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "assignments"))

import harness

NUMPY = "01-sequence-data"
TENSORFLOW = [slug for slug in harness.slugs() if slug != NUMPY]


@pytest.fixture(scope="module")
def numpy_alone():
    with pair.Warm("coursepkg.data.bundled", "pydoc_data.topics", "statsmodels.datasets.sunspots") as process:
        yield process


@pytest.fixture(scope="module")
def with_keras():
    with pair.Warm("keras", "coursepkg.scratch.recurrent", "coursepkg.scratch.lstm") as process:
        yield process


def kinds(slug):
    """The kind of each cell that the course wrote; all others are ordinary code."""
    import jupytext

    notebook = jupytext.read(harness.SOURCES / slug / f"{slug}.md", fmt="md:myst")
    found = {}
    for cell in notebook.cells:
        data = cell.metadata.get("nbgrader", {})
        if data:
            found[data["grade_id"]] = (
                "test" if data["grade"] else "solution" if data["solution"] else "locked"
            )
    return found


def judge(warm, slug, cells):
    """What the tests say that an answer fails, as `harness.failed_tests` does for one kernel."""
    kind_of, failures = kinds(slug), {}
    last = max(index for index, cell in enumerate(cells) if cell.kind == "test")
    with pair.Pair(warm) as examination:
        for cell in cells[: last + 1]:
            answer = examination.run(kind_of.get(cell.name, "code"), cell.source, cell.name, cell.points, 300)
            assert answer["student"] == "ok", answer
            if cell.kind != "test":
                continue
            if answer["status"] != "passed":
                failures[cell.name] = answer["message"]
            assert answer["earned"] == (cell.points if answer["status"] == "passed" else 0.0)
    return failures


def check(warm, slug, name):
    """A variant loses exactly what it should."""
    variant = harness.read_variant(harness.VARIANTS / slug / f"{name}.py")
    failures = judge(warm, slug, harness.judged(slug, harness.read_cells(slug), variant))
    assert set(failures) == set(variant.loses), failures
    for test, pattern in variant.loses.items():
        assert re.search(pattern, failures[test], re.DOTALL), (test, failures[test])


def names(slug):
    return [variant.name for variant in harness.read_variants(slug)]


@pytest.mark.parametrize("name", names(NUMPY))
def test_a_variant_with_numpy(numpy_alone, name):
    check(numpy_alone, NUMPY, name)


@pytest.mark.parametrize(("slug", "name"), [(slug, name) for slug in TENSORFLOW for name in names(slug)])
def test_a_variant_with_keras(with_keras, slug, name):
    check(with_keras, slug, name)


@pytest.mark.parametrize("slug", [NUMPY, *TENSORFLOW])
def test_the_solution_earns_every_point_and_the_release_none(slug, request):
    warm = request.getfixturevalue("numpy_alone" if slug == NUMPY else "with_keras")
    cells = harness.read_cells(slug)
    assert judge(warm, slug, cells) == {}
    released = harness.released(cells)
    failures = judge(warm, slug, released)
    assert set(failures) == {cell.name for cell in released if cell.kind == "test"}
    assert {message for message in failures.values() if "still to be written" not in message} == set()


CELL = """
import keras

class Cell(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = self.state_size = units

    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1], self.units), name="kernel")
        self.bias = self.add_weight(shape=(self.units,), name="bias", initializer="zeros")

    def call(self, inputs, states):
        hidden = keras.ops.tanh(inputs @ self.kernel + states[0] + self.bias)
        return hidden, [hidden]

def make_model(units):
    model = keras.Sequential([keras.Input((5, 2)), keras.layers.RNN(Cell(units)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.01, global_clipnorm=1.0), "mse", metrics=["mae"])
    return model

def attend(values):
    values = keras.ops.convert_to_tensor(values)
    return values, {"weights": keras.ops.softmax(values), "nested": (values, [values])}
"""


@pytest.fixture(scope="module")
def keras_cells(with_keras):
    with pair.Pair(with_keras) as examination:
        examination.run("locked", "import keras\nimport numpy as np\nfrom coursepkg.checks import *")
        examination.student_runs(CELL)
        yield examination


def test_a_library_makes_a_layer_of_a_student_s_cell_beside_it(keras_cells):
    keras_cells.passes(
        "layer = beside(keras.layers.RNN)(Cell(4), return_sequences=True)\n"
        "inputs = np.ones((2, 5, 2), 'float32')\n"
        "check_shapes(layer(inputs), (2, 5, 4))\ncheck_causal(layer, inputs)\n"
        "assert isinstance(layer, keras.layers.RNN) and isinstance(layer, keras.layers.Layer)\n"
        "assert isinstance(layer.cell, Cell) and issubclass(Cell, keras.layers.Layer)\n"
        "assert not isinstance(layer, keras.layers.Dense) and not isinstance(layer, Cell)"
    )
    _, message = keras_cells.fails("keras.layers.RNN(Cell(4))")
    assert "coursepkg.checks.beside" in message


def test_weights_of_a_layer_are_read_set_and_calculated_with(keras_cells):
    keras_cells.passes(
        "cell = Cell(4)\noutput, states = cell(np.ones((2, 3)), [np.zeros((2, 4))])\nkernel = cell.kernel\n"
        "assert type(output) is np.ndarray and len(states) == 1\n"
        "assert kernel.shape == (3, 4) and kernel.name == 'kernel' and kernel.dtype == 'float32'\n"
        "kernel.assign(np.ones((3, 4)))\ncheck_close(cell.kernel, np.ones((3, 4)))\n"
        "assert (kernel + 1).sum() == 24 and keras.ops.convert_to_numpy(kernel).shape == (3, 4)\n"
        "assert [weight.shape for weight in cell.get_weights()] == [(3, 4), (4,)]\n"
        "assert [weight.name for weight in cell.trainable_variables] == ['kernel', 'bias']\n"
        "cell.set_weights([np.zeros((3, 4)), np.ones(4)])\ncheck_close(cell.bias, np.ones(4))"
    )


def test_a_model_is_trained_and_looked_at(keras_cells):
    keras_cells.passes(
        "model, inputs, targets = make_model(3), np.ones((8, 5, 2)), np.zeros((8, 1))\n"
        "history = model.fit(inputs, targets, epochs=2, verbose=0).history\n"
        "assert sorted(history) == ['loss', 'mae'] and len(history['loss']) == 2\n"
        "assert model.count_params() == 13 and model.output_shape == (None, 1)\n"
        "assert model.optimizer.global_clipnorm == 1.0\n"
        "assert isinstance(model.optimizer, keras.optimizers.Adam)\n"
        "assert abs(model.optimizer.learning_rate - 0.01) < 1e-6 < float(model.optimizer.learning_rate)\n"
        "assert [type(layer).__name__ for layer in model.layers] == ['RNN', 'Dense']\n"
        "assert model.layers[0] is model.layers[0] and isinstance(model, keras.Model)\n"
        "assert model.predict(inputs, verbose=0).shape == (8, 1)"
    )


def test_tensors_arrive_as_arrays_wherever_they_lie(keras_cells):
    keras_cells.passes(
        "values, others = attend(np.ones((2, 4)))\nassert type(values) is np.ndarray\n"
        "check_close(others['weights'], np.full((2, 4), 0.25), relative=1e-5)\n"
        "assert others['nested'][1][0].shape == (2, 4) and float(keras.ops.sum(values)) == 8.0"
    )
