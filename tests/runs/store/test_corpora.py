"""Texts are stored once and come back exactly."""

from dataclasses import replace

import pytest


def test_text_added_twice_is_stored_once_and_its_name_is_not(store, corpus):
    again = store.corpora.add("other name", store.corpora.text(corpus.sha256))
    assert again == replace(corpus, name="other name")
    assert store.corpora.get(corpus.sha256) == replace(corpus, name="")


@pytest.mark.parametrize(
    "text", ["ab", "naïve\u00a0\u2028 مرحبا 👩‍👩‍👧 \U0010ffff", "日本語\n" * 3]
)
def test_stored_text_comes_back_exactly(store, text):
    corpus = store.corpora.add("any", text)
    assert store.corpora.text(corpus.sha256) == text
    assert corpus.characters == len(text)
    assert corpus.vocabulary == "".join(sorted(set(text)))


def test_unknown_text_raises_key_error(store):
    for look_up in (store.corpora.get, store.corpora.text):
        with pytest.raises(KeyError):
            look_up("unknown")
