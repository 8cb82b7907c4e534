"""What an entry says is what `load` gives; every mistake gets a sentence that helps."""

import builtins
import re
import subprocess
import sys

import numpy as np
import pytest

from coursepkg.data import datasets, entry, list_datasets, load, registry

ENTRIES = list_datasets()
AT_HAND = [item for item in ENTRIES if item.kind != "internet"]


def ids(items):
    return [item.name for item in items]


def shape_of(value):
    """The shape of a field, with None for a length that varies."""
    if not isinstance(value, list):
        return np.shape(value)
    if isinstance(value[0], str):
        return (len(value),)
    lengths = {len(array) for array in value}
    assert len(lengths) > 1, "a list of arrays of one length should be one array"
    trailing = {array.shape[1:] for array in value}
    assert len(trailing) == 1
    return (len(value), None, *trailing.pop())


def size_of(record):
    if isinstance(record, datasets.Text):
        return len(record.text)
    if isinstance(record, datasets.Series):
        return len(record.values)
    if isinstance(record, datasets.LabelledSequences):
        return len(record.train_inputs) + len(record.test_inputs)
    return len(record.sources)


@pytest.fixture(scope="module")
def records():
    return {item.name: load(item.name) for item in AT_HAND}


@pytest.mark.parametrize("item", AT_HAND, ids=ids(AT_HAND))
def test_an_entry_tells_the_truth_about_type_shapes_and_size(item, records):
    record = records[item.name]
    assert type(record).__name__ == item.returns
    assert {field: shape_of(getattr(record, field)) for field in item.shapes} == item.shapes
    if item.size_varies:
        assert size_of(record) == pytest.approx(item.size, rel=0.25)
    else:
        assert size_of(record) == item.size
    assert record.entry is item


@pytest.mark.parametrize("item", AT_HAND, ids=ids(AT_HAND))
def test_values_are_finite_and_fields_agree_in_length(item, records):
    record = records[item.name]
    if isinstance(record, datasets.Series):
        assert record.values.dtype == np.float64
        assert np.isfinite(record.values).all()
        assert record.values.shape == (len(record.index), len(record.feature_names))
        assert (record.index[1:] > record.index[:-1]).all(), "time runs forward"
    elif isinstance(record, datasets.LabelledSequences):
        for inputs, labels in (
            (record.train_inputs, record.train_labels),
            (record.test_inputs, record.test_labels),
        ):
            assert len(inputs) == len(labels)
            assert all(np.isfinite(array).all() for array in inputs)
    elif isinstance(record, datasets.Pairs):
        assert len(record.sources) == len(record.targets) == len(record.groups)


@pytest.mark.parametrize("item", ENTRIES, ids=ids(ENTRIES))
def test_an_entry_is_complete(item):
    for field in ("name", "title", "returns", "counted", "units", "licence", "origin", "citation", "arrives"):
        assert getattr(item, field).strip(), f"{item.name} has no {field}"
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", item.name)
    assert item.kind in ("bundled", "generated", "internet")
    assert item.size > 0
    assert entry(item.name) is item


def test_the_promised_data_sets_are_there():
    promised = """python-manual digits sunspots co2 google-prices eeg japanese-vowels basic-motions mitdb
    italy-power-demand date-formats adding copy-memory moving-digits reber-grammar tiny-shakespeare
    time-machine"""
    assert set(promised.split()) <= {item.name for item in ENTRIES}


def test_records_are_frozen():
    with pytest.raises(AttributeError):
        load("melody").values = None


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("sunspot", "sunspots"),
        ("japanese_vowels", "japanese-vowels"),
        ("Tiny Shakespeare", "tiny-shakespeare"),
        ("python-manuel", "python-manual"),
    ],
)
@pytest.mark.parametrize("function", [load, entry])
def test_an_unknown_name_suggests_the_nearest(function, wrong, meant):
    with pytest.raises(KeyError, match=f"no data set called '{wrong}'.*Did you mean '{meant}'") as raised:
        function(wrong)
    assert str(raised.value).startswith("There is no"), "a KeyError's usual quotes would hide the sentence"


def test_a_hopeless_name_lists_what_there_is():
    with pytest.raises(KeyError, match=r"There are: .*sunspots.*adding"):
        load("qqqqqqqqqqqq")


def test_an_unknown_option_lists_those_there_are():
    with pytest.raises(TypeError, match=r"'adding' has no option 'length'; it has: .*timesteps"):
        load("adding", length=3)
    with pytest.raises(TypeError, match="'eeg' has no option 'channel'; it has none"):
        load("eeg", channel=1)


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("sunspots", "statsmodels"),
        ("digits", "sklearn"),
        ("date-formats", "babel"),
        ("japanese-vowels", "sktime"),
        ("eeg", "matplotlib"),
    ],
)
def test_a_missing_package_names_the_extra(monkeypatch, name, package):
    for module in [module for module in sys.modules if module.split(".")[0] == package]:
        monkeypatch.delitem(sys.modules, module)
    real_import = builtins.__import__

    def blocked(module, *arguments, **options):
        if module.split(".")[0] == package:
            raise ModuleNotFoundError(f"No module named {module!r}")
        return real_import(module, *arguments, **options)

    import importlib
    import importlib.util

    real_module = importlib.import_module
    real_spec = importlib.util.find_spec
    monkeypatch.setattr(builtins, "__import__", blocked)
    monkeypatch.setattr(
        importlib,
        "import_module",
        lambda m, *a: blocked(m) if m.split(".")[0] == package else real_module(m, *a),
    )
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda m, *a: None if m.split(".")[0] == package else real_spec(m, *a)
    )
    with pytest.raises(ImportError, match=rf"package '{package}'.*pip install \"coursepkg\[data\]\""):
        load(name)


def test_listing_imports_neither_the_bundling_packages_nor_tensorflow():
    code = (
        "import sys; from coursepkg.data import list_datasets; list_datasets();"
        "print([name for name in ('tensorflow', 'keras', 'pandas', 'sklearn', 'sktime', 'statsmodels',"
        " 'babel', 'matplotlib', 'scipy') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_loading_everything_at_hand_is_silent():
    code = (
        "from coursepkg.data import list_datasets, load\n"
        "for item in list_datasets():\n"
        "    if item.kind != 'internet':\n"
        "        load(item.name)\n"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")


def test_names_are_unique_across_modules():
    modules = (
        registry.bundled,
        registry.bundled_texts,
        registry.generators,
        registry.grammars,
        registry.internet,
    )
    assert sum(len(module.LOADERS) for module in modules) == len(registry.LOADERS)
