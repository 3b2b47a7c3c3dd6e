"""At a terminal runs go into the store and out of it, and what nobody needs is tidied away."""

import re

import pytest

from charrnn.runs import archive
from charrnn.runs.config import RunConfig
from charrnn.runs.store import Store
from tests.terminal import ENVIRONMENT, TEXT, kept, run


@pytest.fixture
def local(tmp_path, monkeypatch):
    """The local store."""
    monkeypatch.setitem(ENVIRONMENT, "CHARRNN_STORE", str(tmp_path / "store"))
    return Store(f"sqlite:///{tmp_path / 'store' / 'charrnn.sqlite'}")


def test_a_run_goes_into_the_store_and_out_again_unchanged(text, trained, tmp_path, local):
    _, saved = trained
    refused = run("import", saved)
    assert refused.returncode == 2
    assert "does not hold its text 'cats.txt', nor does the store" in refused.stderr
    result = run("import", saved, "--text", text)
    assert (result.returncode, result.stderr) == (0, "")
    link = re.fullmatch(r"/\?w=([\w-]{32})&run=([\w-]+)\n", result.stdout)
    there = local.run(link[2])
    assert (there.workspace, there.desired, there.iteration) == (link[1], "paused", 2000)
    for name in (link[2], f"http://localhost:8501{link[0].strip()}"):
        out = tmp_path / "again"
        # A name may begin with a hyphen, as an option does.
        result = run("export", "--out", out, "--", name)
        assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
        assert kept(out) == kept(saved)
    assert run("import", saved).returncode == 0, "the store has the text now"


def test_what_no_run_is_called_cannot_be_exported(local, tmp_path):
    result = run("export", "x\x1b", "--out", tmp_path / "out")
    assert (result.returncode, result.stdout) == (2, "")
    assert r"no run in the store has the id 'x\x1b'" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_exported_with_its_text_a_run_needs_nothing_else(trained, text, tmp_path, local):
    link = run("import", trained[1], "--text", text).stdout.strip()
    run("export", link, "--out", tmp_path / "whole", "--with-text")
    assert archive.load(tmp_path / "whole").text == TEXT
    assert run("sample", tmp_path / "whole").returncode == 0


def test_tidy_says_what_it_would_remove_and_removes_it(local, monkeypatch):
    old = local.create_run(local.add_corpus("cats", TEXT), RunConfig())
    with local.writing() as db:
        db.exec_driver_sql("UPDATE runs SET deleted_at = 1")
        db.exec_driver_sql("UPDATE corpora SET added_at = 1")
    monkeypatch.setitem(ENVIRONMENT, "CHARRNN_KEEP_DAYS", "2.5")
    first = run("tidy", "--dry-run")
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.splitlines() == [
        "would remove runs=1 thrown away more than a day ago",
        "would remove runs=0 that no page has shown for 2.5 days",
        "would remove texts=1 that no run uses",
    ]
    assert local.run(old.id).id == old.id
    second = run("tidy")
    assert second.stdout.splitlines() == [
        *(line.replace("would remove", "removed") for line in first.stdout.splitlines()),
        "the file keeps its size, since another program uses it; what comes fills the room",
    ]
    with pytest.raises(KeyError):
        local.run(old.id)
    local._engine.dispose()  # this test is the other program
    assert re.fullmatch(
        r"the store has \d\.\d MB, and had \d\.\d",
        run("tidy").stdout.splitlines()[-1],
    )


@pytest.mark.parametrize("command", [["tidy"], ["export", "some-run", "--out", "saved"]])
def test_where_there_is_no_store_none_is_made(tmp_path, monkeypatch, command):
    monkeypatch.setitem(ENVIRONMENT, "CHARRNN_STORE", str(tmp_path / "store"))
    result = run(*command, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert "there is no store here" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("environment", "complaint"),
    [
        ({"CHARRNN_KEEP_DAYS": "soon"}, "CHARRNN_KEEP_DAYS is 'soon'; it must be a number above 0"),
        ({"CHARRNN_STORE": "mysql://host/name"}, "Runs cannot be kept in mysql"),
    ],
)
def test_tidy_that_cannot_be_done_is_one_line(local, monkeypatch, environment, complaint):
    for name, value in environment.items():
        monkeypatch.setitem(ENVIRONMENT, name, value)
    result = run("tidy")
    assert (result.returncode, result.stdout) == (1, "")
    assert complaint in result.stderr
    assert len(result.stderr.splitlines()) == 1
