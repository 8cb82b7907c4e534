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
    # What is graded brings its own libraries; the grader needs none of them.
    "grading": (
        {
            "numpy",
            "IPython",
            "jupyter_client",
            "nbconvert",
            "nbgrader",
            "psutil",
            "rich",
            "sqlalchemy",
            "traitlets",
        },
        {"distributed", "ipykernel", "matplotlib", "nbformat", "nh3", "zmq"},
        {"assignment", "checks", "plotting"},
    ),
}

# Where what runs in the confinement begins: the parent of all children, and what each of them does.
SANDBOXED = ("warm", "student", "examiner", "confined_kernel")
# What a module may import at its top as well if those load it only later, inside a function.
SHELL = {"IPython", "traitlets"}


def import_statements(source):
    """Yields the node of every import of a module, and whether it stands inside a function."""

    def walk(node, inside):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import | ast.ImportFrom):
                yield child, inside
            else:
                is_function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
                yield from walk(child, inside or is_function)

    yield from walk(ast.parse(source), False)


def imports(source):
    """Yields the dotted name of every import of a module, and whether it stands inside a function."""
    for node, inside in import_statements(source):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, inside
            continue
        assert node.level == 0, "relative imports are not used in this package"
        if node.module == "coursepkg":
            for alias in node.names:
                yield f"coursepkg.{alias.name}", inside
        else:
            yield node.module, inside


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


def sandboxed():
    """Dict from the modules of grading that come into the confinement to whether they come at once."""
    found = {}

    def visit(module, at_once):
        if module in found and found[module] >= at_once:
            return
        found[module] = at_once
        source = (PACKAGE / "grading" / f"{module}.py").read_text(encoding="utf-8")
        for node, inside in import_statements(source):
            if isinstance(node, ast.ImportFrom) and node.module == "coursepkg.grading":
                names = [alias.name for alias in node.names]
            else:
                named = (
                    [node.module] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
                )
                names = [name.split(".")[2] for name in named if name.startswith("coursepkg.grading.")]
            for name in names:
                visit(name, at_once and not inside)

    for module in SANDBOXED:
        visit(module, True)
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


def test_the_confinement_holds_what_it_needs_and_nothing_that_grades():
    inside = set(sandboxed())
    assert inside > {*SANDBOXED, "cells", "link", "namespaces", "packing", "proxies", "wire"}
    trusted = {"course", "database", "gradebook", "intake", "plan", "runner", "sandbox", "session", "worker"}
    assert not inside & (trusted | {"work_queue"})


@pytest.mark.parametrize(("module", "at_once"), sandboxed().items())
def test_what_runs_beside_students_code_imports_little(module, at_once):
    source = (PACKAGE / "grading" / f"{module}.py").read_text(encoding="utf-8")
    allowed = {"numpy"} if at_once else {"numpy", *SHELL}
    for name, inside in imports(source):
        package = name.partition(".")[0]
        if package == "coursepkg":
            known = ("coursepkg.grading", "coursepkg.checks", "coursepkg.assignment.wording")
            assert name.startswith(known), f"{module} may not import {name}"
        elif not inside and package not in sys.stdlib_module_names:
            assert package in allowed, f"{module} may not import {name} at its top"


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
        ("grading", "import sqlalchemy\nfrom coursepkg.assignment.notebook import read_notebook", []),
        ("grading", "def load():\n    import keras\n", ["keras in a function"]),
        ("grading", "from coursepkg.layers import SimpleRNNCell", ["coursepkg.layers at the top"]),
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


def libraries_after(code):
    """Those of them that neither come with Python nor load when it starts."""
    return loaded_after(code) - loaded_after("") - sys.stdlib_module_names


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


@pytest.mark.parametrize("arguments", [["--help"], ["grade", "--help"]])
def test_the_command_line_shows_its_help_without_any_library(arguments):
    code = (
        f"import sys\nfrom coursepkg.cli import main\nsys.argv = ['coursepkg', *{arguments}]\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "assert not [name for name in sys.modules if name.startswith('coursepkg.grading')]"
    )
    assert libraries_after(code) == {"coursepkg"}


def test_importing_grading_loads_no_library():
    assert libraries_after("import coursepkg.grading") == {"coursepkg"}
    assert libraries_after("from coursepkg.grading import Limits, Outcome, Rejected") == {"coursepkg"}


def test_what_runs_beside_students_code_loads_numpy_alone():
    code = "\n".join(f"import coursepkg.grading.{module}" for module in SANDBOXED)
    assert libraries_after(code) - libraries_after("import numpy.random") == {"coursepkg"}


@pytest.mark.parametrize("room", sorted(name for name in ROOMS if (PACKAGE / name / "__init__.py").exists()))
def test_no_submodule_hides_a_function_of_the_same_name(room):
    # `import coursepkg.data.windows` would bind the module over the function `coursepkg.data.windows`.
    source = ast.parse((PACKAGE / room / "__init__.py").read_text(encoding="utf-8"))
    for table in (node for node in ast.walk(source) if isinstance(node, ast.Dict)):
        content = ast.literal_eval(table)
        functions = {name for names in content.values() for name in names}
        assert not functions & set(content)
