"""A run goes elsewhere whole and goes on to the same bits, or nothing at all comes in."""

import csv
from dataclasses import replace

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from charrnn.runs import archive, contents, header, library, schema, transfer
from charrnn.runs.archive import BadRunFile, state_from_bytes
from charrnn.runs.config import RunConfig
from charrnn.runs.records import StoreError
from charrnn.runs.shelf import Shelf
from charrnn.runs.store import Store
from charrnn.runs.transfer import NotBegun, TextNeeded, curve_csv, import_run, samples_text
from charrnn.runs.worker import Worker

TEXT = "the cat sat on the mat and the dog sat on the log\n" * 40
CONFIG = RunConfig(hidden_size=8, seq_length=10, streams=2, sample_length=20, sample_interval=100)
KEPT = {  # table -> what must be the same, whoever trained it
    "metrics": ("iteration", "loss", "smooth_loss"),
    "evaluations": ("iteration", "held_out_loss"),
    "samples": ("iteration", "text"),
    "rate_changes": ("iteration", "learning_rate"),
}


def store_in(folder) -> Store:
    return Store(f"sqlite:///{folder / 'charrnn.sqlite'}")


@pytest.fixture
def here(tmp_path):
    return store_in(tmp_path / "here")


@pytest.fixture
def elsewhere(tmp_path):
    return Shelf(store_in(tmp_path / "elsewhere"), "w" * 32)


class Arrived:
    """Tells a worker to stop when it has come as far as it should."""

    def __init__(self, worker, until):
        self.worker, self.until = worker, until

    def is_set(self):
        return self.worker.trainer.iteration >= self.until

    def wait(self, _):
        raise AssertionError("it rests, but is not there yet")


def train(store, run, until):
    """As a worker process does, but in this one."""
    store.wish(run.id, desired="running", pause_at=until)
    assert store.claim(run.id, "me")
    worker = Worker(store, store.run(run.id), "me")
    worker.work(Arrived(worker, until))
    store.release(run.id, "me")


def begun(store, *, until=450, name="", text=TEXT, title="cats.txt"):
    """A run of a visitor that has gone some way, its rate changed once."""
    shelf = Shelf(store, "visitor" * 4)
    run = shelf.create(store.add_corpus(title, text), CONFIG)
    train(store, run, 150)
    store.wish(run.id, learning_rate=0.05)
    train(store, run, until)
    shelf.rename(run.id, name)
    return store.run(run.id)


def left_behind(store, run):
    with store.reading() as db:
        rows = {}
        for name, columns in KEPT.items():
            c = getattr(schema, name).c
            query = select(*(c[column] for column in columns)).where(c.run == run.id)
            rows[name] = [tuple(row) for row in db.execute(query.order_by(c.iteration))]
    return rows


def everything(store):
    with store.reading() as db:
        return {t.name: db.execute(select(t)).all() for t in schema.metadata.sorted_tables}


def state_of(store, run):
    return {k: v.tobytes() for k, v in state_from_bytes(store.checkpoint(run.id)[1]).items()}


@pytest.mark.parametrize("with_text", [True, False])
def test_a_run_goes_on_elsewhere_to_the_same_bits(here, elsewhere, with_text):
    run = begun(here)
    data = transfer.export_run(here, run, with_text=with_text)
    twin = import_run(elsewhere, data, text=None if with_text else TEXT)
    assert left_behind(elsewhere.store, twin) == left_behind(here, run)
    assert state_of(elsewhere.store, twin) == state_of(here, run)
    train(here, run, 1300)
    train(elsewhere.store, twin, 1300)
    assert left_behind(elsewhere.store, twin) == left_behind(here, run)
    assert state_of(elsewhere.store, twin) == state_of(here, run)
    straight = begun(here, until=1300)
    assert left_behind(elsewhere.store, twin) == left_behind(here, straight)
    assert state_of(elsewhere.store, twin) == state_of(here, straight)


def test_an_imported_run_rests_and_is_what_it_was(here, elsewhere):
    run = begun(here, name="My cats")
    here.wish(run.id, iterations=5000, learning_rate=0.02)
    run = here.run(run.id)
    twin = import_run(elsewhere, transfer.export_run(here, run, with_text=True))
    assert elsewhere.runs() == [twin]
    assert elsewhere.store.wanted() == []
    assert (twin.desired, twin.status, twin.active) == ("paused", "paused", False)
    assert (twin.number, twin.workspace) == (1, elsewhere.workspace)
    assert twin.id != run.id
    assert twin.view_key != run.view_key
    same = "config name learning_rate iterations iteration smooth_loss seconds sha256"
    for name in same.split():
        assert getattr(twin, name) == getattr(run, name)
    assert len(twin.likeliest) == len(run.likeliest) > 0
    assert elsewhere.store.corpus(run.sha256) == here.corpus(run.sha256)
    assert elsewhere.store.text(run.sha256) == TEXT


def test_from_where_it_came_in_a_run_can_branch(here, elsewhere):
    run = begun(here)
    twin = import_run(elsewhere, transfer.export_run(here, run, with_text=True))
    assert elsewhere.store.snapshot_iterations(twin.id, complete=True) == [450]
    branch = elsewhere.branch(twin, 450, learning_rate=0.5)
    assert left_behind(elsewhere.store, branch) == left_behind(here, run)


def test_a_finished_run_comes_in_finished(here, elsewhere):
    run = begun(here)
    here.wish(run.id, iterations=450)
    twin = import_run(elsewhere, transfer.export_run(here, run, with_text=True))
    assert (twin.status, twin.iterations) == ("finished", 450)


def test_it_is_saved_as_it_stood_at_its_last_checkpoint(here, elsewhere):
    run = begun(here, until=400)
    here.claim(run.id, "me")
    worker = Worker(here, here.run(run.id), "me")
    while worker.trainer.iteration < 450:
        worker.trainer.step()
    # As a worker that is killed between two checkpoints leaves it.
    worker.news.samples.append({"iteration": 450, "text": "beyond the checkpoint"})
    worker.publish("running")
    saved = archive.from_bytes(transfer.export_run(here, run, with_text=False))
    assert saved.iteration == 400
    assert saved.past.samples[-1][0] == 400


def test_a_run_without_a_state_says_so(here):
    run = here.create_run(here.add_corpus("cats", TEXT), CONFIG)
    with pytest.raises(NotBegun, match="nothing to save yet"):
        transfer.export_run(here, run, with_text=False)
    with pytest.raises(KeyError):
        transfer.export_run(here, replace(run, id="gone"), with_text=False)


# The text, which the file need not hold


def test_without_its_text_a_file_says_which_is_needed(here, elsewhere):
    run = begun(here)
    data = transfer.export_run(here, run, with_text=False)
    before = everything(elsewhere.store)
    with pytest.raises(TextNeeded, match=r"'cats\.txt'.*" + run.sha256[:12]) as caught:
        import_run(elsewhere, data)
    assert (caught.value.sha256, caught.value.name) == (run.sha256, "cats.txt")
    with pytest.raises(BadRunFile, match="not the text"):
        import_run(elsewhere, data, text=TEXT + " ")
    assert everything(elsewhere.store) == before


def test_a_file_is_no_key_to_a_text_that_another_visitor_brought(here):
    run = begun(here)
    data = transfer.export_run(here, run, with_text=False)
    with pytest.raises(TextNeeded):
        import_run(Shelf(here, "stranger" * 4), data)
    assert import_run(Shelf(here, run.workspace), data).sha256 == run.sha256


def test_a_text_that_is_on_offer_need_not_be_brought(here, elsewhere):
    run = begun(here, text=library.load("brackets"), title="Brackets")
    data = transfer.export_run(here, run, with_text=False)
    assert import_run(elsewhere, data).sha256 == run.sha256


# What is refused leaves nothing


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A file with its text, and a place to import it to."""
    folder = tmp_path_factory.mktemp("fuzz")
    store = store_in(folder / "here")
    data = transfer.export_run(store, begun(store), with_text=True)
    return data, Shelf(store_in(folder / "elsewhere"), "w" * 32)


def signed(data, metadata=(), arrays=()):
    """The file with changes, and a checksum that fits."""
    head = archive.parse(data).metadata | {"checksum": "0" * 64} | dict(metadata)
    tensors = safetensors.numpy.load(data) | dict(arrays)
    return header.sign(safetensors.numpy.save(tensors, head))


def test_a_state_of_another_text_is_refused(whole):
    data, shelf = whole
    with pytest.raises(BadRunFile, match="position lies outside"):
        import_run(shelf, signed(data, arrays={"position": np.array(len(TEXT))}))
    assert shelf.runs() == []


@pytest.mark.parametrize(
    ("variable", "value", "complaint"),
    [
        ("CHARRNN_WEIGHTS", "100", "weights"),
        ("CHARRNN_STEP_PRODUCTS", "100", "multiplications"),
        ("CHARRNN_TEXT_MEGABYTES", "0.001", "text is too large, since at most 0.001 MB"),
    ],
)
def test_what_is_too_large_for_this_server_is_refused(
    whole, monkeypatch, variable, value, complaint
):
    data, shelf = whole
    monkeypatch.setenv(variable, value)
    with pytest.raises(BadRunFile, match=complaint):
        import_run(shelf, data)
    assert shelf.runs() == []


def test_a_file_of_the_version_before_can_write_only(whole):
    data, shelf = whole
    head = archive.parse(data).metadata
    old = {n: head[n] for n in ("format", "config", "vocabulary")} | {"version": "1"}
    state = {n: safetensors.numpy.load(data)[n] for n in contents.STATE}
    with pytest.raises(BadRunFile, match="earlier charrnn"):
        import_run(shelf, safetensors.numpy.save(state, old))


def test_a_store_that_fails_half_way_keeps_nothing(here, elsewhere):
    data = transfer.export_run(here, begun(here), with_text=True)
    store = elsewhere.store
    with store.writing() as db:
        db.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON checkpoints BEGIN SELECT RAISE(ABORT, ''); END"
        )
    before = everything(store)
    with pytest.raises(StoreError):
        import_run(elsewhere, data)
    assert everything(store) == before


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_a_damaged_file_changes_nothing(whole, data):
    file, shelf = whole
    changed = bytearray(file)
    for _ in range(data.draw(st.integers(1, 3))):
        changed[data.draw(st.integers(0, len(file) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    changed = bytes(changed[: data.draw(st.integers(0, len(file)) | st.just(len(file)))])
    before = everything(shelf.store)
    if changed != file:
        with pytest.raises(BadRunFile):
            import_run(shelf, changed)
    assert everything(shelf.store) == before


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_numbers_are_refused_or_come_in_whole(whole, data):
    file, shelf = whole
    arrays = safetensors.numpy.load(file)
    name = data.draw(st.sampled_from(sorted(set(arrays) - {"text"})))
    array = arrays[name].copy()
    if array.size:
        at = data.draw(st.integers(0, array.size - 1))
        number = st.integers(-(2**31), 2**31) if array.dtype.kind == "i" else st.floats(width=32)
        number = st.integers(0, 255) if array.dtype.kind == "u" else number
        array.reshape(-1)[at] = data.draw(number)
    before = everything(shelf.store)
    try:
        run = import_run(shelf, signed(file, arrays={name: array}))
    except BadRunFile:
        assert everything(shelf.store) == before
    else:
        again = archive.from_bytes(transfer.export_run(shelf.store, run, with_text=True))
        assert again.iteration == run.iteration
        with shelf.store.writing() as db:
            for table in reversed(schema.metadata.sorted_tables):
                if table is not schema.version:
                    db.execute(table.delete())


# For other programs


def test_the_curve_is_a_table_of_all_that_was_measured(here):
    run = begun(here, until=1300)
    heading, *rows = csv.reader(curve_csv(here, run).splitlines())
    assert heading == [
        "iteration",
        "loss (nats per window of 10)",
        "smooth loss (nats per window of 10)",
        "held-out loss (nats per character)",
        "training time (s)",
    ]
    kept = left_behind(here, run)
    losses = [(int(n), float(a), float(b)) for n, a, b, _, _ in rows if a]
    assert losses == kept["metrics"]
    held_out = [(int(row[0]), float(row[3])) for row in rows if row[3]]
    assert held_out == kept["evaluations"]
    assert [int(row[0]) for row in rows] == list(range(1301))
    assert all(float(row[4]) >= 0 for row in rows if row[4])


def test_all_samples_are_one_text_in_which_no_line_can_pass_for_a_heading(here):
    run = begun(here)
    lines = samples_text(here, run).splitlines()
    headings = [line for line in lines if not line.startswith("  ") and line]
    assert headings == [f"iteration {n}" for n in range(0, 401, 100)]
    written = samples_text(here, run).split("\n\niteration ")[1].split("\n", 1)[1]
    assert written.replace("\n  ", "\n")[2:] == here.sample(run.id, 100)


def test_no_sample_commands_a_terminal(here):
    run = begun(here, text="red \x1b[31m and \u202e round\n" * 100, until=150)
    assert not set("\x1b\u202e") & set(samples_text(here, run))
