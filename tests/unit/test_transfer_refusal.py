"""A run that cannot come in whole is refused, and leaves nothing behind."""

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given, settings
from hypothesis import strategies as st

from charrnn.runs import archive, contents, header, schema, transfer
from charrnn.runs.archive import BadRunFile
from charrnn.runs.records import StoreError
from charrnn.runs.shelf import Shelf
from charrnn.runs.transfer import import_run
from tests.travelling import TEXT, begun, everything, store_in


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
