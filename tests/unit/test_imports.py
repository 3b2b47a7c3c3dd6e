"""Imports go down one staircase, dashboard -> ui -> runs -> engine, and never in a circle."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# A module may import from its own step and from those below it.
STEPS = {
    "charrnn.engine": 0,
    "charrnn.runs": 1,
    "charrnn.commands": 2,
    "charrnn.__main__": 3,
    "charrnn.ui": 4,
    "dashboard": 5,
}
SIDEWAYS = {
    (page, command)
    for page in ("charrnn.ui", "dashboard")
    for command in ("charrnn.__main__", "charrnn.commands")
}

PAGE_PACKAGES = {"streamlit", "altair", "pandas"}
# The engine has no file, clock, print, thread or global random state: of the standard library it
# may load what only computes.
PURE = {
    *("abc", "bisect", "collections", "dataclasses", "enum", "functools", "heapq", "itertools"),
    *("math", "numbers", "operator", "re", "statistics", "string", "typing", "unicodedata"),
}
CALLS_NOT_FOR_THE_ENGINE = {"print", "open", "input", "exec", "eval", "__import__"}
PASSED_IN_RANDOMNESS = {"Generator", "SeedSequence", "default_rng"}


def sources(root):
    """module name -> syntax tree, of the package and the door."""
    files = [*sorted(root.glob("charrnn/**/*.py")), *root.glob("dashboard.py")]
    return {
        module_name(file.relative_to(root)): ast.parse(file.read_text(encoding="utf-8"))
        for file in files
    }


def module_name(path):
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(name, tree, modules):
    """Names that a module imports, wherever in it the import stands."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                is_package = any(other.startswith(f"{name}.") for other in modules)
                package = name.split(".")[: None if is_package and node.level == 1 else -1]
                package = package[: len(package) - (node.level - 1) or None]
                base = ".".join([*package, *filter(None, [base])])
            for alias in node.names:  # `from package import module` means the module
                inner = f"{base}.{alias.name}"
                found.add(inner if inner in modules else base)
    return found


def step_of(module):
    """The part of the staircase that a module belongs to, or None for the package's own map."""
    return next((s for s in STEPS if module == s or module.startswith(f"{s}.")), None)


def engine_faults(name, tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in CALLS_NOT_FOR_THE_ENGINE:
            yield f"{name} uses {node.id}"
        if (
            isinstance(node, ast.Attribute)
            and ast.unparse(node.value) in ("np.random", "numpy.random")
            and node.attr not in PASSED_IN_RANDOMNESS
        ):
            yield f"{name} uses global random state: {node.attr}"


def package_faults(name, step, imported):
    package = imported.partition(".")[0]
    if step == "charrnn.engine":
        allowed = package in PURE or (
            package == "numpy" and not imported.startswith("numpy.random")
        )
        if not allowed:
            yield f"{name} loads {imported}, which the engine may not"
    elif STEPS[step] < STEPS["charrnn.ui"] and package in PAGE_PACKAGES:
        yield f"{name} loads {imported}, which is for ui only"


def circles(graph):
    """Every circle found by walking the imports, as 'a -> b -> a'."""
    done = set()

    def walk(module, path):
        if module in path:
            yield " -> ".join([*path[path.index(module) :], module])
        elif module not in done:
            for other in sorted(graph[module]):
                yield from walk(other, [*path, module])
            done.add(module)

    for module in sorted(graph):
        yield from walk(module, [])


def faults(root):
    """Every import that the staircase forbids, as one sentence each."""
    modules, found = sources(root), []
    graph = {}
    for name, tree in modules.items():
        here, all_imports = step_of(name), imports(name, tree, modules)
        graph[name] = {imported for imported in all_imports if imported in modules} - {name}
        if here is None:
            found += [f"{name} is a map and imports nothing, but {i}" for i in all_imports]
            continue
        if here == "charrnn.engine":
            found += engine_faults(name, tree)
        for imported in sorted(all_imports):
            there = step_of(imported)
            if there is None:
                if imported.partition(".")[0] != "charrnn":
                    found += package_faults(name, here, imported)
            elif STEPS[there] > STEPS[here] or (here, there) in SIDEWAYS:
                found.append(f"{name} imports {imported}: an arrow that goes up")
    return found + [f"a circle: {circle}" for circle in circles(graph)]


def test_imports_go_down_and_load_only_what_their_floor_may():
    assert faults(ROOT) == []


def test_the_check_sees_the_whole_package():
    modules = sources(ROOT)
    assert {"charrnn", "charrnn.engine.model", "charrnn.runs.config", "charrnn.ui"} <= set(modules)
    assert imports("charrnn.runs.config", modules["charrnn.runs.config"], modules) >= {
        "charrnn.engine.corpus",
        "charrnn.engine.training",
    }


GOOD = {
    "dashboard.py": "import streamlit\nfrom charrnn.ui import train",
    "charrnn/__init__.py": '"""A map."""',
    "charrnn/__main__.py": "import argparse, time\nfrom charrnn.runs import store",
    "charrnn/ui/__init__.py": "",
    "charrnn/ui/train.py": "import altair\nfrom . import charts\nfrom ..runs.store import Store",
    "charrnn/ui/charts.py": "import pandas",
    "charrnn/runs/__init__.py": "",
    "charrnn/runs/store.py": "import os, sqlalchemy, numpy\nfrom charrnn.engine import model",
    "charrnn/engine/__init__.py": "",
    "charrnn/engine/model.py": "import math\nimport numpy as np\nrng = np.random.default_rng(0)",
}


def write_tree(root, files):
    for name, source in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source)


def test_a_good_tree_has_no_faults(tmp_path):
    write_tree(tmp_path, GOOD)
    assert faults(tmp_path) == []


@pytest.mark.parametrize(
    ("file", "source", "complaint"),
    [
        ("engine/model.py", "from charrnn.runs import store", "an arrow that goes up"),
        ("engine/model.py", "def f():\n    from charrnn.runs.store import x", "goes up"),
        ("engine/model.py", "from ..runs import store", "imports charrnn.runs.store: an arrow"),
        ("engine/model.py", "from .. import ui", "imports charrnn.ui: an arrow"),
        ("engine/__init__.py", "from ..runs.store import x", "imports charrnn.runs.store: an"),
        ("runs/store.py", "import charrnn.ui.charts", "an arrow that goes up"),
        ("runs/store.py", "import charrnn.__main__", "an arrow that goes up"),
        ("runs/store.py", "import dashboard", "an arrow that goes up"),
        ("ui/charts.py", "import charrnn.__main__", "an arrow that goes up"),
        ("__main__.py", "from charrnn.ui import charts", "an arrow that goes up"),
        ("__init__.py", "import os", "charrnn is a map and imports nothing, but os"),
        ("ui/charts.py", "from charrnn.ui import train", "a circle: charrnn.ui.charts -> charrnn"),
        ("runs/store.py", "import streamlit.runtime", "loads streamlit.runtime"),
        ("runs/store.py", "from pandas import DataFrame", "loads pandas"),
        ("__main__.py", "import altair", "loads altair"),
        ("engine/model.py", "import scipy", "loads scipy"),
        ("engine/model.py", "import time", "loads time"),
        ("engine/model.py", "from os import path", "loads os"),
        ("engine/model.py", "import concurrent.futures", "loads concurrent.futures"),
        ("engine/model.py", "import random", "loads random"),
        ("engine/model.py", "print(1)", "uses print"),
        ("engine/model.py", "def f():\n    return open('x')", "uses open"),
        ("engine/model.py", "import numpy as np\nnp.random.seed(0)", "random state: seed"),
        ("engine/model.py", "from numpy.random import rand", "loads numpy.random"),
    ],
)
def test_a_bad_tree_is_found_out(tmp_path, file, source, complaint):
    write_tree(tmp_path, GOOD | {f"charrnn/{file}": source})
    assert any(complaint in fault for fault in faults(tmp_path))
