"""The commands that import into the store, export from it and prune it."""

import re

import pytest
from sqlalchemy import update

from charrnn.runs.config import RunConfig
from charrnn.runs.files import archive
from charrnn.runs.store import schema
from charrnn.runs.store.store import Store
from tests.support.languages import RUSSIAN
from tests.support.terminal import ENVIRONMENT, TEXT, comparable, run


@pytest.fixture
def local(tmp_path, monkeypatch):
    """The local store."""
    monkeypatch.setitem(ENVIRONMENT, "CHARRNN_STORE", str(tmp_path / "store"))
    return Store(f"sqlite:///{tmp_path / 'store' / 'charrnn.sqlite'}")


def test_imported_run_is_exported_unchanged(text, trained, tmp_path, local):
    _, saved = trained
    refused = run("import", saved)
    assert refused.returncode == 2
    assert "nor the store has its text 'cats.txt'" in refused.stderr
    result = run("import", saved, "--text", text)
    assert (result.returncode, result.stderr) == (0, "")
    link = re.fullmatch(r"/\?w=([\w-]{32})&run=([\w-]+)\n", result.stdout)
    stored = local.runs.get(link[2])
    assert (stored.workspace, stored.desired, stored.iteration) == (link[1], "paused", 2000)
    for name in (link[2], f"http://localhost:8501{link[0].strip()}"):
        out = tmp_path / "again"
        # A name may begin with a hyphen, as an option does.
        result = run("export", "--out", out, "--", name)
        assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
        assert comparable(out) == comparable(saved)
    assert run("import", saved).returncode == 0, "the store has the text now"


def test_run_whose_id_begins_with_a_hyphen_is_exported(trained, text, tmp_path, local):
    """Older stores have such ids; they go after "--"."""
    link = run("import", trained[1], "--text", text).stdout.strip()
    with local.database.writing() as db:
        for table in (*schema.HISTORY_TABLES, schema.checkpoints):
            db.execute(update(table).values(run="-old-id"))
        db.execute(update(schema.runs).values(id="-old-id"))
    old_link = f"http://localhost:8501{link.split('&run=')[0]}&run=-old-id"
    for number, name in enumerate(["-old-id", old_link]):
        out = tmp_path / f"out{number}"
        result = run("export", "--out", out, "--", name)
        assert (result.returncode, result.stderr) == (0, "")
        assert archive.load(out).iteration == 2000
    result = run("export", "-old-id", "--out", tmp_path / "not")
    assert result.returncode == 2
    described = " ".join(run("export", "--help").stdout.split())
    assert "write -- before a RUN_ID that begins with a hyphen" in described


def test_unknown_run_cannot_be_exported(local, tmp_path):
    result = run("export", "x\x1b", "--out", tmp_path / "out")
    assert (result.returncode, result.stdout) == (2, "")
    assert r"no run in the store has the id 'x\x1b'" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_run_exported_with_its_text_is_complete(trained, text, tmp_path, local):
    link = run("import", trained[1], "--text", text).stdout.strip()
    run("export", link, "--out", tmp_path / "whole", "--with-text")
    assert archive.load(tmp_path / "whole").text == TEXT
    assert run("sample", tmp_path / "whole").returncode == 0


def test_prune_reports_what_it_would_remove_and_removes_it(local, monkeypatch):
    old = local.runs.create(local.corpora.add("cats", TEXT), RunConfig())
    with local.database.writing() as db:
        db.exec_driver_sql("UPDATE runs SET deleted_at = 1")
        db.exec_driver_sql("UPDATE corpora SET added_at = 1")
    monkeypatch.setitem(ENVIRONMENT, "CHARRNN_KEEP_DAYS", "2.5")
    first = run("prune", "--dry-run")
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.splitlines() == [
        "would remove runs=1 deleted more than a day ago",
        "would remove runs=0 not viewed for 2.5 days",
        "would remove texts=1 not used by any run",
    ]
    assert local.runs.get(old.id).id == old.id
    second = run("prune")
    *removed, size = second.stdout.splitlines()
    assert removed == [
        line.replace("would remove", "removed") for line in first.stdout.splitlines()
    ]
    assert re.fullmatch(r"the store takes \d\.\d MB now, \d\.\d MB before", size)
    with pytest.raises(KeyError):
        local.runs.get(old.id)


def test_text_of_an_imported_run_is_read_in_the_named_encoding(tmp_path, local):
    (tmp_path / "story").write_bytes(RUSSIAN.encode("koi8_r"))
    arguments = ("--encoding", "cp1251", "--iterations", "2", "--hidden-size", "8")
    run("train", "story", *arguments, "--out", "saved", cwd=tmp_path)
    refused = run("import", "saved", "--text", "story", cwd=tmp_path)
    assert refused.returncode == 2
    assert "story is read as KOI8-R (Russian), a guess" in refused.stderr
    result = run("import", "saved", "--text", "story", "--encoding", "cp1251", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("command", [["prune"], ["export", "some-run", "--out", "saved"]])
def test_command_that_needs_a_store_does_not_create_one(tmp_path, monkeypatch, command):
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
        ({"CHARRNN_STORE": "mysql://host/name"}, "Runs cannot be stored in mysql"),
    ],
)
def test_failed_prune_is_one_line_with_status_1(local, monkeypatch, environment, complaint):
    for name, value in environment.items():
        monkeypatch.setitem(ENVIRONMENT, name, value)
    result = run("prune")
    assert (result.returncode, result.stdout) == (1, "")
    assert complaint in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_run_is_exported_as_a_page(text, trained, tmp_path, local):
    link = run("import", trained[1], "--text", text).stdout.strip()
    out = tmp_path / "run.html"
    result = run("export", link.partition("&run=")[2], "--html", "--out", out)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert out.read_text().startswith("<!DOCTYPE html>")
