"""The engine computes and nothing else. Which folder may import which is in .importlinter."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# The engine has no file, clock, print, thread or global random state: from the standard library
# it may import what only computes.
PURE = {
    *("abc", "bisect", "collections", "dataclasses", "enum", "functools", "heapq", "itertools"),
    *("math", "numbers", "operator", "re", "statistics", "string", "typing", "unicodedata"),
}
FORBIDDEN_CALLS = {"print", "open", "input", "exec", "eval", "__import__"}
SEEDED_RANDOMNESS = {"Generator", "SeedSequence", "default_rng"}


def faults(source: str) -> Iterator[str]:
    """What the engine must not contain, one sentence each."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from import_faults(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from import_faults([node.module or ""])
        elif isinstance(node, ast.Name) and node.id in FORBIDDEN_CALLS:
            yield f"it calls {node.id}"
        elif (
            isinstance(node, ast.Attribute)
            and ast.unparse(node.value) in ("np.random", "numpy.random")
            and node.attr not in SEEDED_RANDOMNESS
        ):
            yield f"it uses global random state: {node.attr}"


def import_faults(modules) -> Iterator[str]:
    for module in modules:
        package = module.partition(".")[0]
        allowed = package in PURE or module.startswith("charrnn.engine")
        allowed = allowed or (package == "numpy" and not module.startswith("numpy.random"))
        if not allowed:
            yield f"it imports {module}"


@pytest.mark.parametrize(
    "file", sorted((ROOT / "charrnn" / "engine").rglob("*.py")), ids=lambda file: file.stem
)
def test_the_engine_only_computes(file):
    assert list(faults(file.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("from charrnn.runs.store import x", "imports charrnn.runs.store"),
        ("def f():\n    from charrnn.runs.store import x", "imports charrnn.runs.store"),
        ("import scipy", "imports scipy"),
        ("import time", "imports time"),
        ("from os import path", "imports os"),
        ("import concurrent.futures", "imports concurrent.futures"),
        ("import random", "imports random"),
        ("print(1)", "calls print"),
        ("def f():\n    return open('x')", "calls open"),
        ("import numpy as np\nnp.random.seed(0)", "random state: seed"),
        ("from numpy.random import rand", "imports numpy.random"),
    ],
)
def test_each_fault_is_found(source, fault):
    assert any(fault in found for found in faults(source))


def test_code_that_only_computes_has_no_fault():
    source = "import math\nimport numpy as np\nrng = np.random.default_rng(0)"
    assert list(faults(source)) == []


def test_the_package_keeps_its_import_contracts():
    linter = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=120
    )
    assert checked.returncode == 0, checked.stdout
