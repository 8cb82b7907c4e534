"""The rooms of the package and who may enter which (the rules are in CONTRIBUTING and the design)."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import coursepkg

PACKAGE = Path(coursepkg.__file__).parent
BUNDLING = {"babel", "matplotlib", "pandas", "sklearn", "sktime", "statsmodels"}  # they ship data sets
FRAMEWORKS = {"keras", "tensorflow", "torch", "jax"}

# room: (what any module may import at its top, what a function may import besides, which other rooms)
ROOMS = {
    "data": ({"numpy"}, BUNDLING, set()),
    "scratch": ({"numpy"}, set(), set()),
    "layers": ({"numpy", "keras"}, set(), set()),
    "models": ({"numpy", "keras"}, set(), {"layers"}),
    # Keras 3 has no gradient function of its own: the tape is that of the backend in use.
    "training": ({"numpy", "keras"}, FRAMEWORKS, set()),
    "decoding": ({"numpy", "keras"}, set(), set()),
    "plotting": ({"numpy", "matplotlib"}, {"IPython", "matplotlib_inline"}, set()),  # to set up a notebook
    "checks": ({"numpy"}, {"keras"}, set()),
}


def imports(source):
    """Yields the dotted name of every import of a module, and whether it stands inside a function."""

    def walk(node, inside):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                for alias in child.names:
                    yield alias.name, inside
            elif isinstance(child, ast.ImportFrom):
                assert child.level == 0, "relative imports are not used in this package"
                if child.module == "coursepkg":
                    for alias in child.names:
                        yield f"coursepkg.{alias.name}", inside
                else:
                    yield child.module, inside
            else:
                is_function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
                yield from walk(child, inside or is_function)

    yield from walk(ast.parse(source), False)


def violations(room, source):
    """Names every import of a module in `room` that its wall forbids."""
    top, in_functions, other_rooms = ROOMS[room]
    found = []
    for name, inside in imports(source):
        package, _, rest = name.partition(".")
        if package == "coursepkg":
            allowed = rest.split(".")[0] in {room, "_lazy", *other_rooms}
        elif package in sys.stdlib_module_names:
            allowed = True
        else:
            allowed = package in (top | in_functions if inside else top)
        if not allowed:
            found.append(f"{name} {'in a function' if inside else 'at the top'}")
    return found


def modules_of(folder):
    return sorted(str(path.relative_to(PACKAGE)) for path in folder.rglob("*.py"))


@pytest.mark.parametrize("module", [name for name in modules_of(PACKAGE) if Path(name).parts[0] in ROOMS])
def test_a_module_imports_only_what_its_room_may(module):
    found = violations(Path(module).parts[0], (PACKAGE / module).read_text(encoding="utf-8"))
    assert not found, f"coursepkg/{module} may not import {found}"


@pytest.mark.parametrize("module", [name for name in modules_of(PACKAGE) if not name.startswith("grading")])
def test_nothing_but_grading_imports_grading_or_nbgrader(module):
    source = (PACKAGE / module).read_text(encoding="utf-8")
    found = [
        name
        for name, inside in imports(source)
        if name.startswith(("coursepkg.grading", "nbgrader")) and not (module == "cli.py" and inside)
    ]
    assert not found, f"coursepkg/{module} may not import {found}"


@pytest.mark.parametrize(
    ("room", "source", "found"),
    [
        ("data", "import numpy as np\nimport json", []),
        ("data", "import keras", ["keras at the top"]),
        ("data", "import pandas", ["pandas at the top"]),
        ("data", "def load():\n    import pandas\n", []),
        ("data", "def load():\n    from keras import ops\n", ["keras in a function"]),
        ("data", "class A:\n    import keras\n", ["keras at the top"]),
        ("data", "try:\n    import pandas\nexcept ImportError:\n    pass", ["pandas at the top"]),
        ("data", "from coursepkg import layers", ["coursepkg.layers at the top"]),
        ("data", "from coursepkg.data.masks import mask_from_lengths", []),
        ("data", "from coursepkg._lazy import attach", []),
        ("scratch", "from coursepkg.data import windows", ["coursepkg.data at the top"]),
        ("layers", "import keras\nimport tensorflow as tf", ["tensorflow at the top"]),
        ("models", "from coursepkg.layers import SimpleRNNCell", []),
        ("layers", "from coursepkg.models import anything", ["coursepkg.models at the top"]),
        ("checks", "import keras", ["keras at the top"]),
        ("checks", "def check():\n    import keras\n", []),
        ("checks", "def check():\n    import matplotlib\n", ["matplotlib in a function"]),
    ],
)
def test_the_walls_stop_what_they_should(room, source, found):
    assert violations(room, source) == found


def loaded_after(code):
    """The top-level packages that a fresh interpreter has loaded after running the code."""
    names = "sorted({name.partition('.')[0] for name in sys.modules})"
    report = f"\nimport sys, json\nprint('LOADED ' + json.dumps({names}))"
    result = subprocess.run(
        [sys.executable, "-c", code + report], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return set(json.loads(result.stdout.rpartition("LOADED ")[2]))


def test_importing_the_package_loads_no_library_at_all():
    assert not loaded_after("import coursepkg, coursepkg.data") & (FRAMEWORKS | BUNDLING | {"numpy"})


def test_all_of_data_loads_numpy_alone():
    names = [name for name in modules_of(PACKAGE / "data") if not name.endswith("__init__.py")]
    modules = [name.removesuffix(".py").replace("/", ".") for name in names]
    code = "\n".join(f"import coursepkg.{module}" for module in modules)
    code += "\nimport coursepkg.data\nfor name in coursepkg.data.__all__: getattr(coursepkg.data, name)"
    loaded = loaded_after(code)
    assert "numpy" in loaded
    assert not loaded & (FRAMEWORKS | BUNDLING | {"scipy"})


def test_the_command_line_shows_its_help_without_a_framework():
    code = (
        "import sys\nfrom coursepkg.cli import main\nsys.argv = ['coursepkg', '--help']\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code"
    )
    assert not loaded_after(code) & (FRAMEWORKS | BUNDLING)


@pytest.mark.parametrize("room", sorted(name for name in ROOMS if (PACKAGE / name / "__init__.py").exists()))
def test_no_submodule_hides_a_function_of_the_same_name(room):
    # `import coursepkg.data.windows` would bind the module over the function `coursepkg.data.windows`.
    source = ast.parse((PACKAGE / room / "__init__.py").read_text(encoding="utf-8"))
    for table in (node for node in ast.walk(source) if isinstance(node, ast.Dict)):
        content = ast.literal_eval(table)
        functions = {name for names in content.values() for name in names}
        assert not functions & set(content)
