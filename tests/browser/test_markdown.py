"""What visitors write is shown as it is by elements that interpret Markdown, in a real Chromium."""

import json
import random
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.server import Server

INVISIBLE = re.compile("[\u2060\u2068\u2069]")  # what escaping and isolating put in between
MARKUP = [
    *("*a* _b_ **c**", "[x](http://e.example)", "<b>h</b><script>", "`c` $x^2$ $$y$$"),
    *(":smile: :material/home: :red[x]", "www.evil.example/login", "WWW.EVIL.EXAMPLE"),
    *("me@evil.example", "https://evil.example/x?y=z#a", "mailto:a@b.example xmpp:a@b.example"),
    *("- item", "+ item", "1. one", "1) one", "# heading", "> quote", "    code", "---", "==="),
    *("a -> b -- c --- d <- e >= f <= g != h ~= i", "~~s~~ ~t~", "| a | b |", "&amp; &#42; &lt;"),
    *("\\* \\\\ \\", "![y](z)", "{x} ^a^ ==m==", "'q' \"r\" ...", "[^1]: x", "- [ ] task"),
    *("=HYPERLINK(1)", "://", "x@y", "a\u200db", "שלום :red[x]", "\u202eabc", "<!-- c -->"),
]
PIECES = ["*", "_", "[", "](", ")", "`", "$", ":", "<", ">", "@", "www.", "http://", "-", "=", "~"]
WORDS = ["a", "red", "example", "material/home", "b.example", " ", "1", "é", "字"]


def random_texts(n: int) -> list[str]:
    rng = random.Random(0)
    return [
        "".join(rng.choice(PIECES + WORDS) for _ in range(rng.randint(1, 12))) + "."
        for _ in range(n)
    ]


@pytest.fixture
def shown(browser, tmp_path):
    """shown(texts): what the page makes of each of them, as [caption, error]."""
    servers = []

    def shown(texts):
        file = tmp_path / "texts.json"
        file.write_text(json.dumps(texts), encoding="utf-8")
        script = Path(__file__).parents[1] / "support" / "markdown_page.py"
        servers.append(
            Server(tmp_path / "store", tmp_path / "log", script=script, arguments=[file])
        )
        page = browser.new_page()
        page.goto(servers[-1].url)
        expect(page.locator(f".st-key-text_{len(texts) - 1} p")).to_have_count(2)
        return [
            (block.locator("p").all_text_contents(), block.locator("p *").count())
            for block in (page.locator(f".st-key-text_{i}") for i in range(len(texts)))
        ]

    yield shown
    for server in servers:
        server.stop()


def test_nothing_that_visitors_write_is_interpreted(shown):
    texts = MARKUP + random_texts(150)
    for text, ([caption, error], elements) in zip(texts, shown(texts), strict=True):
        assert elements == 0, text
        # White space at the edges is the element's own business.
        assert INVISIBLE.sub("", caption) == f"({text})"
        assert INVISIBLE.sub("", error).split() == text.split()
