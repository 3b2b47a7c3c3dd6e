"""Encoding and decoding a text, one-hot vectors, streams and windows."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from charrnn.engine.corpus import fit_windows, into_streams, training_length
from charrnn.engine.vocabulary import Vocabulary

# Any Python string: NULs, astral planes, and the lone surrogates that st.text leaves out.
any_character = st.one_of(
    st.characters(exclude_categories=()), st.sampled_from("\0\ud800\udfff\U0010ffff\r\n")
)
any_text = st.text(any_character, max_size=80)


@given(any_text)
@example("")
@example("\0")
@example("\ud83d\ude00 is two characters, \U0001f600 is one")
def test_decoding_an_encoded_text_gives_the_text(text):
    vocabulary = Vocabulary.of(text)
    assert vocabulary.decode(vocabulary.encode(text)) == text


@given(any_text)
def test_a_vocabulary_is_in_code_point_order(text):
    assert Vocabulary.of(text).characters == "".join(sorted(set(text)))


@given(any_text.filter(bool), st.randoms(use_true_random=False))
def test_a_vocabulary_keeps_the_order_it_is_given(text, shuffler):
    characters = sorted(set(text))
    shuffler.shuffle(characters)
    vocabulary = Vocabulary("".join(characters))
    assert vocabulary.encode("".join(characters)).tolist() == list(range(len(characters)))
    assert vocabulary.decode(vocabulary.encode(text)) == text


@given(any_text, any_character)
@example("", "a")
@example("b", "a")
@example("b", "c")
@example("ac", "b")
def test_encoding_an_unknown_character_is_an_error_that_names_it(text, unknown_character):
    known = text.replace(unknown_character, "")
    with pytest.raises(ValueError, match="is not among the") as error:
        Vocabulary.of(known).encode(known + unknown_character + known)
    assert str(error.value).startswith(repr(unknown_character))


@given(any_text, any_text)
def test_unknown_characters_are_listed_once_in_text_order(known, text):
    unknown = Vocabulary.of(known).unknown(text)
    assert set(unknown) == set(text) - set(known)
    assert list(unknown) == sorted(set(unknown), key=text.index)


def test_a_vocabulary_refuses_a_repeated_character():
    with pytest.raises(ValueError, match="once"):
        Vocabulary("aba")


@pytest.mark.parametrize(("size", "dtype"), [(1, np.uint8), (256, np.uint8), (257, np.uint16)])
def test_ids_have_the_smallest_type_that_fits(size, dtype):
    text = "".join(map(chr, range(size)))
    ids = Vocabulary.of(text).encode(text)
    assert ids.dtype == dtype
    assert ids.tolist() == list(range(size))


@given(any_text)
def test_each_one_hot_row_has_a_single_1_at_its_id(text):
    vocabulary = Vocabulary.of(text)
    ids = vocabulary.encode(text)
    rows = vocabulary.one_hot(ids)
    assert rows.shape == (len(text), len(vocabulary))
    assert rows.sum() == np.count_nonzero(rows) == len(text)
    assert (rows[np.arange(len(text)), ids] == 1).all()


@given(n=st.integers(0, 500), streams=st.integers(1, 50))
def test_streams_are_consecutive_parts_of_the_text(n, streams):
    parts = into_streams(np.arange(n), streams)
    assert parts.shape == (n // streams, streams)
    assert parts.T.ravel().tolist() == list(range(n // streams * streams))


@given(n=st.integers(2, 3000), seq_length=st.integers(1, 500), streams=st.integers(1, 256))
def test_fitted_windows_are_the_largest_that_fit(n, seq_length, streams):
    fitted_length, fitted_streams = fit_windows(n, seq_length, streams)
    assert 1 <= fitted_length <= seq_length
    assert 1 <= fitted_streams <= streams
    assert fitted_length + 1 <= n // fitted_streams
    if fitted_streams < streams:
        assert n // (fitted_streams + 1) < seq_length + 1
    if fitted_length < seq_length:
        assert fitted_streams == 1
        assert fitted_length + 1 == n


@pytest.mark.parametrize("n", [0, 1])
def test_a_text_too_short_to_predict_anything_is_refused(n):
    with pytest.raises(ValueError, match="at least 2 characters"):
        fit_windows(n, 25, 1)


def test_nothing_is_held_out_if_it_would_be_too_short_to_measure():
    assert training_length(1000, 0.1) == 900
    assert training_length(1000, 0.0) == 1000
    assert training_length(490, 0.1) == 490  # 49 characters measure mostly chance
    assert training_length(500, 0.1) == 450
    assert training_length(3, 0.5) == 3
