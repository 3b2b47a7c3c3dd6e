"""A sample on the page: copied passages are marked, and nothing in it is interpreted as HTML."""

from html.parser import HTMLParser

import pytest
from streamlit.testing.v1 import AppTest

from charrnn.engine.analysis.overlap import SourceIndex
from charrnn.ui.shared import samples

TEXT = "the cat sat on the mat and the dog sat on the log"
NOTHING_COPIED = "Nothing in this sample is copied from the text"


class Reader(HTMLParser):
    """What a browser would show: the text, its marked passages in brackets, and the tags."""

    def __init__(self, markup):
        super().__init__()
        self.text, self.marked, self.tags, self._in_mark = "", "", set(), False
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self._in_mark = tag == "mark"

    def handle_endtag(self, tag):
        self._in_mark = False

    def handle_data(self, data):
        self.text += data
        self.marked += f"[{data}]" if self._in_mark else ""


def marked(sample, text=TEXT, shortest=12):
    return Reader(samples._marked(sample, SourceIndex(text, min_length=shortest).compare(sample)))


def test_copied_passages_are_marked_and_the_text_is_unchanged():
    sample = "A dog: the cat sat on the mat. And zzz, the dog sat on the xylophone"
    shown = marked(sample)
    assert shown.text == sample
    assert shown.marked == "[the cat sat on the mat][the dog sat on the]"
    assert shown.tags == {"mark"}


def test_without_a_copied_passage_nothing_is_marked():
    assert marked("something quite different").tags == set()


def test_lines_of_only_spaces_reach_the_page_unchanged():
    def page():
        import streamlit as st

        from charrnn.engine.analysis.overlap import SourceIndex
        from charrnn.ui.shared import samples

        sample = "  a\n \n\n   \nb \n"
        overlap = SourceIndex("another text", min_length=12).compare(sample)
        st.html(f"<pre>{samples._marked(sample, overlap)}</pre>")

    (block,) = AppTest.from_function(page).run().get("html")
    assert Reader(block.proto.body).text == "  a\n \n\n   \nb \n"


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</mark></code></pre><b>",
        "&lt;b&gt; &amp; &#60;",
        "**bold** :red[x] $x^2$ `code`",
        "\u202egnp.exe\u2066",
    ],
)
def test_hostile_text_is_shown_literally_whether_copied_or_not(hostile):
    sample = f"new {hostile} words"
    assert marked(sample).text == sample
    assert marked(sample).tags == set()
    copied = marked(sample, text=f"xx {sample} yy")
    assert copied.text == sample
    assert copied.marked == f"[{sample}]"
    assert copied.tags == {"mark"}
    source = SourceIndex(TEXT, min_length=12)
    meter = Reader(samples.meter(sample, source.compare(sample)))
    assert meter.tags == {"p"}


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ("...", NOTHING_COPIED),
        ("x the cat y", f"{NOTHING_COPIED} · 100% of its words occur in the text"),
        (
            "x the zat zat on y",
            f"{NOTHING_COPIED} · 33% of its words occur in the text · new words: zat",
        ),
        (
            "the cat sat on the mat",
            "100% of this sample is copied from the text; the longest match is 17 characters: "
            "“the cat sat on the mat” · 100% of its words occur in the text",
        ),
    ],
)
def test_the_meter_describes_what_is_copied_and_what_is_new(sample, expected):
    overlap = SourceIndex(TEXT, min_length=12).compare(sample)
    assert samples.meter_in_words(sample, overlap) == expected


def test_only_the_beginning_of_a_long_match_is_quoted():
    text = "a long piece that was copied from the text from its beginning to its end"
    meter = samples.meter_in_words(text, SourceIndex(text, min_length=12).compare(text))
    assert f"the longest match is {len(text.replace(' ', ''))} characters: “{text[:40]}…”" in meter


def test_only_some_of_many_new_words_are_listed():
    words = [f"z{letter}z" for letter in "abcdefghij"]
    sample = " ".join(["x", *words, "y"])
    meter = samples.meter_in_words(sample, SourceIndex(TEXT, min_length=12).compare(sample))
    assert meter.endswith("new words: zaz, zbz, zcz, zdz, zez, zfz and 4 more")


def test_a_text_that_repeats_itself_too_much_gets_no_verdict():
    overlap = SourceIndex("ab" * 50, min_length=None).compare("ab\nab")
    assert samples.meter_in_words("ab\nab", overlap) == (
        "No copy check for this sample: the text repeats itself too much"
    )
    shown = Reader(samples._marked("ab\nab", overlap))
    assert (shown.text, shown.tags) == ("ab\nab", set())


def test_a_sample_of_such_a_text_is_drawn_without_a_verdict(store, monkeypatch):
    monkeypatch.setattr(samples, "min_match_length", lambda *text: None)
    samples.SOURCES.clear()
    corpus = store.corpora.add("repeated", "ab " * 200)
    assert samples.overlap("ab ab ab ab ab ab ab", corpus).share is None
    samples.SOURCES.clear()


def test_white_space_alone_is_not_called_copied():
    spaces = SourceIndex(f"a{' ' * 30}b", min_length=12).compare(" " * 20)
    assert samples.meter_in_words(" " * 20, spaces) == NOTHING_COPIED


def test_quoted_words_do_not_turn_the_sentence_round():
    text = "\u202eבראשית ברא אלהים\u2067 את השמים"
    sample = f"{text} שלום לך"
    meter = samples.meter_in_words(sample, SourceIndex(text, min_length=12).compare(sample))
    assert "“\u2068בראשית ברא אלהים את השמים\u2069” · " in meter
    assert meter.endswith("new words: \u2068שלום\u2069")
    assert not {"\u202e", "\u2067"} & set(meter)
