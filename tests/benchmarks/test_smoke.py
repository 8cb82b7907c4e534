"""Each benchmark runs, at a size at which it measures nothing, and its page says what its results say."""

import importlib
import math
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture(autouse=True)
def benchmarks_are_found(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)


@pytest.fixture
def character_model(monkeypatch):
    module = importlib.import_module("character_model")
    random = np.random.default_rng(0)
    parts = [random.integers(0, 5, size=(8, module.WINDOW + 1)) for _ in range(3)]
    monkeypatch.setattr(module, "windows", lambda: (*parts, 5))
    monkeypatch.setattr(module, "MODELS", {"GRU": (["GRUCell", "GRUCell"], 1, 1.0, 9.0)})
    return module


@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
def test_layers_are_timed_in_turn(cell, monkeypatch):
    module = importlib.import_module("recurrent_layers")
    monkeypatch.setattr(module, "STEPS", 1)
    monkeypatch.setattr(module, "WARM_UP", 1)
    found = module.measure("tensorflow", cell, (2, 4, 3))
    assert set(found) == {"ours", "built-in", "peak"}
    assert all(value > 0 for value in found.values())


@pytest.mark.parametrize("setting", ["published", "ours"])
def test_a_character_model_is_trained_and_judged(character_model, setting):
    found = character_model.train(("GRU", setting, 0))
    # Two GRU layers with two biases each, and the layer of logits.
    assert found["parameters"] == 3 * 32 * (5 + 32 + 2) + 3 * 32 * (32 + 32 + 2) + 33 * 5
    assert all(1 < found[part] < 50 for part in ("training", "validation", "test"))


def test_windows_are_those_of_the_book_and_the_test_windows_come_after_them(monkeypatch):
    module = importlib.import_module("character_model")
    from coursepkg import data

    text = "".join(chr(97 + number % 25) for number in range(18_000))
    monkeypatch.setattr(data, "load", lambda name: SimpleNamespace(text=text))
    training, validation, test, symbols = module.windows()
    assert (len(training), len(validation), symbols) == (10_000, 5_000, 26)
    assert len(test) == len(text) - 32 - 15_000
    for rows, first in ((training, 0), (validation, 10_000), (test, 15_000)):
        for row in (0, 1, len(rows) - 1):
            assert rows[row].tolist() == [(first + row + step) % 25 for step in range(33)]


@pytest.mark.parametrize("task", ["adding", "copy"])
@pytest.mark.parametrize("cell", ["RNN", "LSTM", "GRU"])
def test_units_are_chosen_so_that_the_weights_match(task, cell):
    module = importlib.import_module("long_memory")
    _, features, outputs, wanted, _ = module.TASKS[task]
    units = module.units_for(cell, features, outputs, wanted)
    layer = {"RNN": keras.layers.SimpleRNN, "LSTM": keras.layers.LSTM, "GRU": keras.layers.GRU}[cell](units)
    model = keras.Sequential([keras.Input((3, features)), layer, keras.layers.Dense(outputs)])
    assert abs(model.count_params() - wanted) < 0.02 * wanted


def test_a_network_is_trained_for_a_while(monkeypatch):
    module = importlib.import_module("long_memory")
    monkeypatch.setattr(module, "TASKS", {"adding": (6, 2, 1, 100, {})})
    monkeypatch.setattr(module, "TEST", 4)
    found = module.train("adding", "LSTM", 0, seconds=0.0)
    assert found["steps"] == 1
    assert found["sequences"] == 32
    assert math.isfinite(found["loss"])


@pytest.mark.parametrize("name", ["recurrent_layers", "character_model", "long_memory"])
def test_the_page_says_what_the_results_say(name):
    module, tables = importlib.import_module(name), importlib.import_module("tables")
    page = tables.PAGE.read_text(encoding="utf-8")
    assert module.as_tables(tables.load(module.NAME)).strip() in page


def test_a_run_takes_the_place_of_the_same_one_before():
    tables = importlib.import_module("tables")
    found = {"runs": [{"cell": "GRU", "seed": 0, "loss": 2}, {"cell": "GRU", "seed": 1, "loss": 3}]}
    tables.keep(found, {"cell": "GRU", "seed": 0, "loss": 1}, ("cell", "seed"), {"cores": 2})
    assert [(run["seed"], run["loss"]) for run in found["runs"]] == [(1, 3), (0, 1)]
    assert found["machine"] == {"cores": 2}


def test_a_page_without_a_place_for_the_tables_is_named(tmp_path):
    tables = importlib.import_module("tables")
    page = tmp_path / "page.md"
    page.write_text("nothing")
    with pytest.raises(ValueError, match=r"page\.md has no line .*other\.py"):
        tables.write_tables("other.py", "text", page)
    assert page.read_text() == "nothing"


def test_every_layer_is_measured_alone_for_its_memory(monkeypatch):
    module = importlib.import_module("recurrent_layers")
    asked = []

    def measured(*task):
        asked.append(task)
        return {"peak": 2**20}

    monkeypatch.setattr(module, "measure_apart", measured)
    found = module.run_memory([(2, 4, 3), (3, 4, 2)], say=lambda *_, **__: None)
    assert len(found) == len(asked) == len(set(asked)) == 2 * 2 * len(module.ALONE)
    assert {one["peak"] for one in found} == {2**20}


def test_a_layer_that_is_slower_than_the_built_in_is_named_on_every_backend(monkeypatch, capsys):
    module = importlib.import_module("recurrent_layers")
    equal, slow = {"ours": 1.0, "built-in": 1.0}, {"ours": 1.06, "built-in": 1.0}
    row = {"cell": "GRU", "size": [2, 4, 3], "pytorch": {"built-in": 1.0, "without oneDNN": 1.0}}
    found = {"times": [row | {"tensorflow": equal, "jax": slow}], "memory": [], "machine": {}, "date": ""}
    monkeypatch.setattr(module.tables, "load", lambda name: found)
    monkeypatch.setattr(module.tables, "save", lambda *_: None)
    monkeypatch.setattr(module.tables, "write_tables", lambda *_: None)
    monkeypatch.setattr(module, "as_tables", lambda found: "")
    assert module.main(["--table"]) == 1
    assert "slower than the built-in: GRU [2, 4, 3] on jax" in capsys.readouterr().out
