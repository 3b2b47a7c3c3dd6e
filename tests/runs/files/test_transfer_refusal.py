"""A run that cannot be imported completely is refused, and leaves nothing in the store."""

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given, settings
from hypothesis import strategies as st

from charrnn.runs.config import RunConfig
from charrnn.runs.errors import StoreError
from charrnn.runs.files import archive, checksum, header, transfer, validation
from charrnn.runs.files.archive import BadRunFile
from charrnn.runs.files.transfer import import_run
from charrnn.runs.store import schema
from charrnn.runs.store.workspace import Workspace
from tests.support.transfer import TEXT, all_rows, store_in, trained_run


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """The file of a run with its text, and a workspace to import it into."""
    folder = tmp_path_factory.mktemp("fuzz")
    store = store_in(folder / "source")
    data = transfer.export_run(store, trained_run(store), with_text=True)
    return data, Workspace(store_in(folder / "destination"), "w" * 32)


def with_changes(data, metadata=(), arrays=()):
    """The file with changes, and a checksum that matches."""
    changed = header.parse(data).metadata | {"checksum": "0" * 64} | dict(metadata)
    tensors = safetensors.numpy.load(data) | dict(arrays)
    return checksum.add_checksum(safetensors.numpy.save(tensors, changed))


def test_state_that_belongs_to_another_text_is_refused(exported):
    data, workspace = exported
    with pytest.raises(BadRunFile, match="position lies outside"):
        import_run(workspace, with_changes(data, arrays={"position": np.array(len(TEXT))}))
    assert workspace.runs() == []


@pytest.mark.parametrize(
    ("variable", "value", "complaint"),
    [
        ("CHARRNN_WEIGHTS", "100", "weights"),
        ("CHARRNN_STEP_PRODUCTS", "100", "multiplications"),
        ("CHARRNN_TEXT_MEGABYTES", "0.001", "text is too large, since at most 0.001 MB"),
    ],
)
def test_run_beyond_the_limits_of_the_server_is_refused(
    exported, monkeypatch, variable, value, complaint
):
    data, workspace = exported
    monkeypatch.setenv(variable, value)
    with pytest.raises(BadRunFile, match=complaint):
        import_run(workspace, data)
    assert workspace.runs() == []


def test_file_of_version_1_cannot_be_imported(exported):
    data, workspace = exported
    metadata = header.parse(data).metadata
    old = {n: metadata[n] for n in ("format", "config", "vocabulary")} | {"version": "1"}
    state = {n: safetensors.numpy.load(data)[n] for n in validation.state_names(RunConfig())}
    with pytest.raises(BadRunFile, match="earlier charrnn"):
        import_run(workspace, safetensors.numpy.save(state, old))


def test_failed_import_writes_nothing(source, destination):
    data = transfer.export_run(source, trained_run(source), with_text=True)
    store = destination.store
    with store.database.writing() as db:
        db.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON checkpoints BEGIN SELECT RAISE(ABORT, ''); END"
        )
    before = all_rows(store)
    with pytest.raises(StoreError):
        import_run(destination, data)
    assert all_rows(store) == before


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_damaged_file_changes_nothing(exported, data):
    file, workspace = exported
    changed = bytearray(file)
    for _ in range(data.draw(st.integers(1, 3))):
        changed[data.draw(st.integers(0, len(file) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    changed = bytes(changed[: data.draw(st.integers(0, len(file)) | st.just(len(file)))])
    before = all_rows(workspace.store)
    if changed != file:
        with pytest.raises(BadRunFile):
            import_run(workspace, changed)
    assert all_rows(workspace.store) == before


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_altered_arrays_are_refused_or_imported_completely(exported, data):
    file, workspace = exported
    arrays = safetensors.numpy.load(file)
    name = data.draw(st.sampled_from(sorted(set(arrays) - {"text"})))
    array = arrays[name].copy()
    if array.size:
        at = data.draw(st.integers(0, array.size - 1))
        number = st.integers(-(2**31), 2**31) if array.dtype.kind == "i" else st.floats(width=32)
        number = st.integers(0, 255) if array.dtype.kind == "u" else number
        array.reshape(-1)[at] = data.draw(number)
    before = all_rows(workspace.store)
    try:
        run = import_run(workspace, with_changes(file, arrays={name: array}))
    except BadRunFile:
        assert all_rows(workspace.store) == before
    else:
        again = archive.from_bytes(transfer.export_run(workspace.store, run, with_text=True))
        assert again.iteration == run.iteration
        with workspace.store.database.writing() as db:
            for table in reversed(schema.metadata.sorted_tables):
                if table is not schema.version:
                    db.execute(table.delete())
