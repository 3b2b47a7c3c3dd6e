"""A damaged or altered file is refused with one sentence, or is a run that can be saved again."""

import json
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charrnn.runs.files import archive
from charrnn.runs.files.archive import BadRunFile, SavedRun
from charrnn.runs.serialization import DamagedState, state_from_bytes
from tests.support.saved_runs import (
    ARRAYS,
    CONFIG,
    HEADER_END,
    METADATA,
    RUN_FILE,
    assert_same_run,
    config_json,
    edited_file,
    file_with_claim,
    file_with_header,
    info_json,
)


def outcome(data: bytes) -> SavedRun | str:
    try:
        return archive.from_bytes(data)
    except BadRunFile as problem:
        return str(problem)


def check_promise(data: bytes) -> None:
    """For any bytes: one sentence, or a run that can be saved again."""
    read = outcome(data)
    if isinstance(read, str):
        assert read.endswith(".")
        assert "\n" not in read
    elif read.sha256 is not None:
        assert_same_run(read, archive.from_bytes(archive.to_bytes(read)))


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_every_flipped_bit_in_the_header_is_detected():
    for bit in range(8 * HEADER_END):
        with pytest.raises(BadRunFile):
            archive.from_bytes(flipped(RUN_FILE, bit))


@settings(max_examples=300, deadline=None)
@given(st.integers(8 * HEADER_END, 8 * len(RUN_FILE) - 1))
def test_flipped_bit_in_the_tensors_is_detected(bit):
    with pytest.raises(BadRunFile, match="checksum"):
        archive.from_bytes(flipped(RUN_FILE, bit))


def test_truncated_file_is_refused_wherever_it_ends():
    for length in range(len(RUN_FILE)):
        with pytest.raises(BadRunFile):
            archive.from_bytes(RUN_FILE[:length])


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=20))
def test_file_with_additional_bytes_is_refused(more):
    for data in (RUN_FILE + more, more + RUN_FILE):
        with pytest.raises(BadRunFile):
            archive.from_bytes(data)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_refused(data):
    with suppress(DamagedState):
        state_from_bytes(data)
    with pytest.raises(BadRunFile):
        archive.from_bytes(data)


@settings(deadline=None)
@given(st.binary(max_size=200), st.binary(max_size=50))
def test_arbitrary_header_is_refused(head, data):
    with pytest.raises(BadRunFile):
        archive.from_bytes(file_with_header(head, data))


WORDS = st.text(max_size=20) | st.text('{}[]",:0123456789aeE.-\\u', max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=8,
)
SOME_METADATA = st.dictionaries(
    st.sampled_from([name for name in METADATA if name != "checksum"]) | WORDS,
    st.one_of(
        WORDS,
        JSON.map(json.dumps),
        st.builds(
            lambda name, value: config_json(**{name: value}),
            st.sampled_from(sorted(CONFIG.to_dict())),
            JSON,
        ),
        st.builds(
            lambda name, value: info_json(**{name: value}),
            st.sampled_from(sorted(json.loads(METADATA["run"]))),
            JSON,
        ),
    ).map(lambda text: text.encode(errors="replace").decode()),
    min_size=1,
    max_size=3,
)


@settings(max_examples=300, deadline=None)
@given(SOME_METADATA)
def test_altered_metadata_are_refused_or_valid(metadata):
    check_promise(
        edited_file({k.encode(errors="replace").decode(): v for k, v in metadata.items()})
    )


@st.composite
def some_array(draw):
    """An array of any type and a small shape, or of the right ones with any values."""
    name = draw(st.sampled_from(sorted(ARRAYS)))
    array = ARRAYS[name]
    if draw(st.booleans()):
        shape = draw(st.lists(st.integers(0, 5), max_size=3))
        types = ("f4", "f8", "i8", "i4", "u1", "u2", "u4", "f2", "?")
        array = np.zeros(shape, draw(st.sampled_from(types)))
    numbers = draw(st.binary(min_size=array.itemsize, max_size=16 * array.itemsize))
    numbers = np.frombuffer(numbers[: len(numbers) // array.itemsize * array.itemsize], "u1")
    filled = np.resize(numbers, array.nbytes) if draw(st.booleans()) else None
    if filled is not None and array.size and array.dtype != bool:
        array = filled.view(array.dtype).reshape(array.shape)
    return name, array


@settings(max_examples=300, deadline=None)
@given(st.lists(some_array(), min_size=1, max_size=3))
def test_altered_arrays_are_refused_or_valid(arrays):
    check_promise(edited_file(arrays=arrays))


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(sorted(ARRAYS)),
    st.fixed_dictionaries(
        {},
        optional={
            "shape": st.lists(st.integers(-1, 2**65) | JSON, max_size=4) | JSON,
            "data_offsets": st.lists(st.integers(-1, 2**65), min_size=2, max_size=2) | JSON,
            "dtype": st.sampled_from(["F64", "BF16", "F8_E4M3", "BOOL", "I64", "U8"]) | JSON,
            "more": JSON,
        },
    ),
)
def test_altered_tensor_entry_is_refused_or_valid(name, claims):
    check_promise(file_with_claim(name, **claims))
