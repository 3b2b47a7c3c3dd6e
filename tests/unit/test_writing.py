"""A sample on the page: what is copied is marked, and nothing in it is obeyed."""

from html.parser import HTMLParser

import pytest
from streamlit.testing.v1 import AppTest

from charrnn.engine.copying import Source
from charrnn.ui import writing

TEXT = "the cat sat on the mat and the dog sat on the log"


class Reader(HTMLParser):
    """What a browser would show: the text, and which of it is marked."""

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
    return Reader(writing._marked(sample, Source(text, shortest=shortest).compare(sample)))


def test_copied_stretches_are_marked_and_the_text_stays_what_it_is():
    sample = "A dog: the cat sat on the mat. And zzz, the dog sat on the xylophone"
    shown = marked(sample)
    assert shown.text == sample
    assert shown.marked == "[ the cat sat on the mat][ the dog sat on the ]".replace(
        "[ the cat", "[the cat"
    )
    assert shown.tags == {"mark"}


def test_where_nothing_is_copied_nothing_is_marked():
    assert marked("something quite different").tags == set()


def test_lines_of_nothing_but_spaces_reach_the_page_as_they_are():
    def page():
        import streamlit as st

        from charrnn.engine.copying import Source
        from charrnn.ui import writing

        sample = "  a\n \n\n   \nb \n"
        copied = Source("another text", shortest=12).compare(sample)
        st.html(f"<pre>{writing._marked(sample, copied)}</pre>")

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
def test_a_hostile_text_is_shown_as_it_is_copied_or_not(hostile):
    sample = f"new {hostile} words"
    assert marked(sample).text == sample
    assert marked(sample).tags == set()
    quoted = marked(sample, text=f"xx {sample} yy")
    assert quoted.text == sample
    assert quoted.marked == f"[{sample}]"
    assert quoted.tags == {"mark"}
    source = Source(TEXT, shortest=12)
    meter = Reader(writing.meter(sample, source.compare(sample)))
    assert meter.tags == {"p"}


@pytest.mark.parametrize(
    ("sample", "said"),
    [
        ("...", "Nothing copied"),
        ("x the cat y", "Nothing copied · 100% of its words are in the text"),
        (
            "x the zat zat on y",
            "Nothing copied · 50% of its words are in the text · made up: zat",
        ),
        (
            "the cat sat on the mat",
            "100% copied, the longest piece 22 characters: “the cat sat on the mat” · "
            "100% of its words are in the text",
        ),
    ],
)
def test_the_meter_says_what_is_copied_and_what_is_made_up(sample, said):
    copied = Source(TEXT, shortest=12).compare(sample)
    assert writing.meter_in_words(sample, copied) == said


def test_of_a_long_piece_the_beginning_is_quoted():
    text = "a long piece that was copied from the text from its beginning to its end"
    said = writing.meter_in_words(text, Source(text, shortest=12).compare(text))
    assert f"the longest piece {len(text)} characters: “{text[:40]}…”" in said


def test_of_many_invented_words_some_are_named():
    words = [f"z{letter}z" for letter in "abcdefghij"]
    sample = " ".join(["x", *words, "y"])
    said = writing.meter_in_words(sample, Source(TEXT, shortest=12).compare(sample))
    assert said.endswith("made up: zaz, zbz, zcz, zdz, zez, zfz and 4 more")
