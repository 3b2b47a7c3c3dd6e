"""The README says what is true: commands, packages and files it names are there."""

import ast
import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from charrnn.__main__ import COMMANDS
from charrnn.runs.limits import Limits
from charrnn.ui.train import notebook_panel

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def packages(file: str) -> list[str]:
    lines = (ROOT / file).read_text().splitlines()
    return [re.match(r"[\w-]+", line)[0] for line in lines if line]


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_is_shown(command):
    assert f"python -m charrnn {command} " in README


@pytest.mark.parametrize("package", packages("requirements.txt"))
def test_every_package_has_its_reason(package):
    assert re.search(rf"^\| {package} \| \w", README, re.MULTILINE)


@pytest.mark.parametrize("package", packages("tests/requirements.txt"))
def test_every_package_of_the_tests_is_named(package):
    assert package in README


def test_every_file_it_names_exists():
    named = re.findall(r"`((?:engine|runs|ui|data|tests)/[\w./]+)`", README)
    assert len(named) > 10
    for name in named:
        place = ROOT / name if name.startswith(("data/", "tests/")) else ROOT / "charrnn" / name
        assert place.exists(), name


FOLDERS = sorted(file.parent for file in (ROOT / "charrnn").rglob("__init__.py"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_each_folder_names_every_module_in_it(folder):
    described = ast.get_docstring(ast.parse((folder / "__init__.py").read_text())) or ""
    modules = {file.stem for file in folder.glob("[!_]*.py")}
    folders = {file.parent.name for file in folder.glob("*/__init__.py")}
    assert {name for name in modules | folders if not re.search(rf"\b{name}\b", described)} == set()


def test_all_sql_is_in_the_store():
    outside = [file for file in (ROOT / "charrnn").rglob("*.py") if "store" not in file.parts]
    assert [file for file in outside if "sqlalchemy" in file.read_text()] == []


def test_the_table_of_limits_is_that_of_the_program():
    table = [
        f"| `{f.metadata['variable']}` | {f.default:,} | {f.metadata['meaning']} |\n"
        for f in fields(Limits)
    ]
    head = "| variable | default | meaning |\n| --- | --- | --- |\n"
    assert f"{head}{''.join(table)}\n" in README


def test_it_says_of_the_notebook_what_the_page_says():
    section = README.partition(f"### {notebook_panel.TITLE}\n")[2].partition("\n## ")[0]
    said = " ".join(section.split()).lower()
    for sentence in (notebook_panel.KEPT, *notebook_panel.CORRECTED, notebook_panel.ADDED):
        assert sentence.lower() in said
    assert said.count(" - ") == len(notebook_panel.CORRECTED)


def test_the_proxy_in_it_forwards_the_largest_file_that_the_page_takes():
    forwarded = int(re.search(r"client_max_body_size (\d+)m;", README)[1])
    streamlit = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["server"]
    assert forwarded > streamlit["maxUploadSize"] > Limits().run_file_megabytes
    assert f"uploads of up to {streamlit['maxUploadSize']} MB" in README


PROMISES = re.findall(r"^\| [^|]+ \| `([\w/]+\.py)::(\w+)` \|$", README, re.MULTILINE)


@pytest.mark.parametrize(("file", "test"), PROMISES, ids=lambda name: name)
def test_the_test_of_each_promise_exists(file, test):
    tree = ast.parse((ROOT / "tests" / file).read_text())
    assert test in [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]


def test_each_promise_has_a_test():
    section = README.partition("## What it promises\n")[2].partition("\n## ")[0]
    heads = {"| promise | test |", "| --- | --- |"}
    rows = [line for line in section.splitlines() if line.startswith("| ") and line not in heads]
    assert len(rows) == len(set(PROMISES)) == len(PROMISES) > 30


def test_its_picture_is_there_and_small():
    picture = ROOT / re.search(r"!\[[^]]+\]\(([^)]+)\)", README)[1]
    assert 10_000 < picture.stat().st_size < 300_000


def test_it_installs_from_the_file_that_lists_the_packages():
    assert "pip install -r requirements.txt" in README
    assert (ROOT / "tests" / "run").stat().st_mode & 0o111


def test_every_table_is_whole():
    tables = re.findall(r"(?:^\|.*\|$\n)+", README, re.MULTILINE)
    assert len(tables) >= 2
    for table in tables:
        assert len({row.count("|") for row in table.splitlines()}) == 1
        assert len(table.splitlines()) > 2
    assert not re.search(r"^[A-Z]+$", README, re.MULTILINE)
