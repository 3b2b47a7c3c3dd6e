"""Whatever happens to a saved run, it is refused in one sentence or can be saved again."""

import json
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charrnn.runs import archive
from charrnn.runs.archive import BadRunFile, SavedRun
from tests.saving import (
    ARRAYS,
    CONFIG,
    HEADER_END,
    METADATA,
    WHOLE,
    about,
    assert_same,
    claiming,
    edited,
    settings_with,
    with_header,
)


def outcome(data: bytes) -> SavedRun | str:
    try:
        return archive.from_bytes(data)
    except BadRunFile as problem:
        return str(problem)


def check_promise(data: bytes) -> None:
    """For any bytes at all: one sentence, or a run that can be saved again."""
    read = outcome(data)
    if isinstance(read, str):
        assert read.endswith(".")
        assert "\n" not in read
    elif read.sha256 is not None:
        assert_same(read, archive.from_bytes(archive.to_bytes(read)))


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_every_flipped_bit_of_the_header_is_noticed():
    for bit in range(8 * HEADER_END):
        with pytest.raises(BadRunFile):
            archive.from_bytes(flipped(WHOLE, bit))


@settings(max_examples=300, deadline=None)
@given(st.integers(8 * HEADER_END, 8 * len(WHOLE) - 1))
def test_a_flipped_bit_of_the_tensors_is_noticed_wherever_it_is(bit):
    with pytest.raises(BadRunFile, match="checksum"):
        archive.from_bytes(flipped(WHOLE, bit))


def test_a_file_that_is_cut_off_is_refused_wherever_it_ends():
    for length in range(len(WHOLE)):
        with pytest.raises(BadRunFile):
            archive.from_bytes(WHOLE[:length])


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=20))
def test_a_file_that_goes_on_after_its_end_is_refused(more):
    for data in (WHOLE + more, more + WHOLE):
        with pytest.raises(BadRunFile):
            archive.from_bytes(data)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_state_or_refused(data):
    with suppress(BadRunFile):
        archive.state_from_bytes(data)
    with pytest.raises(BadRunFile):
        archive.from_bytes(data)


@settings(deadline=None)
@given(st.binary(max_size=200), st.binary(max_size=50))
def test_any_header_is_refused(head, data):
    with pytest.raises(BadRunFile):
        archive.from_bytes(with_header(head, data))


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
            lambda name, value: settings_with(**{name: value}),
            st.sampled_from(sorted(CONFIG.to_dict())),
            JSON,
        ),
        st.builds(
            lambda name, value: about(**{name: value}),
            st.sampled_from(sorted(json.loads(METADATA["run"]))),
            JSON,
        ),
    ).map(lambda text: text.encode(errors="replace").decode()),
    min_size=1,
    max_size=3,
)


@settings(max_examples=300, deadline=None)
@given(SOME_METADATA)
def test_any_words_about_a_run_are_refused_or_make_sense(metadata):
    check_promise(edited({k.encode(errors="replace").decode(): v for k, v in metadata.items()}))


@st.composite
def some_array(draw):
    """An array of any type and a small shape, or of the right one with any numbers in it."""
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
def test_any_numbers_are_refused_or_make_sense(arrays):
    check_promise(edited(arrays=arrays))


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
def test_any_claim_about_a_tensor_is_refused_or_true(name, claims):
    check_promise(claiming(name, **claims))
