"""File names and texts never act as markup, whatever they contain."""

import pytest
from streamlit.testing.v1 import AppTest

from charrnn.runs.texts.names import MAX_NAME_LENGTH, clean_name, short_name

MARKER = "Zyxw"  # in every name and text below, and nowhere else on the page
# The elements that show text as it is, without interpreting markup.
INERT = {"selectbox", "code", "text", "text_area", "arrow_data_frame"}
NAMES = {
    "slashes": f"../../etc/{MARKER}.txt",
    "backslashes": f"C:\\Users\\{MARKER}.txt",
    "newlines": f"{MARKER}\n# two\r\n\n- three\u2028.txt",
    "emoji": f"👩‍👩‍👧🎉 {MARKER}.txt",
    "300 characters": MARKER * 75,
    "300 emoji": MARKER + "🎉" * 296,
    "HTML": f"<img src=x onerror=alert(1)><b>{MARKER}<script>alert(1)<b>",
    "entities": f"&lt;{MARKER}&#x202e;&amp;",
    "Markdown": f"**{MARKER}** _x_ `y` [z](javascript:alert(1)) ![i](http:x).txt",
    "directives": f":red[{MARKER}] :material/delete:{MARKER} :blue-background[x]",
    "LaTeX": f"$x^2$ $$\\frac{{1}}{{2}}${MARKER}$",
    "controls": f"{MARKER}\0\x01\x1b[31m\x7f\x85\x9b.txt",
    "right to left": f"{MARKER}\u202egnp.exe\u202c\u2067\u200f.txt",
    "stacked accents": f"{MARKER}" + "a\u0338\u0322\u0327" * 20,
}
TEXT = (
    f"<script>{MARKER}</script> **{MARKER}** :red[{MARKER}] ${MARKER}$ [{MARKER}](javascript:x)\n"
    f"# {MARKER} \x1b[31m \u202e {MARKER}\u202c <!-- {MARKER} -->\n"
) * 5
CASES = [pytest.param(name, id=what) for what, name in NAMES.items()]


def upload(page, name: str, data: bytes):
    page.button_group(key="source").set_value("Upload").run()
    page.file_uploader[0].upload(name, data)
    page.run()
    assert not page.exception


def pick(page):
    page.button_group(key="source").set_value("Pick").run()
    assert not page.exception


def interpreting(page, text: str = MARKER) -> list[str]:
    """The types of the elements that contain `text` and would interpret markup in it."""
    return [node.type for node in _containing(text, page) if node.type not in INERT]


def inert(page, text: str = MARKER) -> list[str]:
    """The types of the elements that contain `text` and show it as it is."""
    return [node.type for node in _containing(text, page) if node.type in INERT]


def _containing(text: str, page) -> list:
    nodes = [node for node in (*page.main, *page.sidebar) if getattr(node, "proto", None)]
    return [node for node in nodes if text.encode() in node.proto.SerializeToString()]


@pytest.mark.parametrize("name", CASES)
def test_a_file_with_any_name_is_listed_on_one_short_line(open_page, workspace, name):
    page = open_page()
    upload(page, name, TEXT.encode())
    pick(page)
    (option,) = [option for option in page.selectbox[0].options if MARKER in option]
    assert option == clean_name(name) == workspace.own_text(page.selectbox[0].value)
    assert len(option) <= MAX_NAME_LENGTH
    assert not {"\n", "\0", "\x1b", "\u202e", "\u2067", "\u200f", "/", "\\"} & set(option)
    assert {"selectbox", "code"} <= set(inert(page))
    assert interpreting(page) == []


@pytest.mark.parametrize("name", ["", ".", "/", "\u202e\0", "\u200b.txt"])
def test_a_file_without_a_printable_name_is_listed(open_page, name):
    page = open_page()
    upload(page, name, TEXT.encode())
    pick(page)
    assert page.selectbox[0].options[0] == clean_name(name) != ""


@pytest.mark.parametrize("name", CASES)
def test_a_refusal_does_not_repeat_the_file_name(open_page, name):
    page = open_page()
    upload(page, name, b"\x89PNG\r\n\x1a\n" + MARKER.encode() * 9)
    assert "PNG" in page.error[0].value
    assert interpreting(page) == []
    assert inert(page) == []


@pytest.mark.parametrize(
    ("pasted", "name"),
    [
        ("and/or \\begin{x}\n" + TEXT, "Pasted: and/or \\begin{x} …"),
        ("a\0b 😀 \u202e\x1b[31m c", "Pasted: ab 😀 [31m c"),
    ],
)
def test_a_pasted_text_is_listed_under_its_first_words(open_page, store, pasted, name):
    page = open_page()
    page.button_group(key="source").set_value("Paste").run()
    page.text_area[0].set_value(pasted).run()
    assert not page.exception
    assert interpreting(page) == []
    pick(page)
    assert page.selectbox[0].options[0] == name == short_name(name)
    assert interpreting(page) == []


def alphabet_page():
    from charrnn.ui import selection
    from charrnn.ui.alphabet import page

    selection.read_url("Alphabet")
    page.show()


def test_the_alphabet_page_does_not_interpret_names_and_texts(open_page, store):
    page = open_page()
    upload(page, NAMES["Markdown"], TEXT.encode())
    alphabet = AppTest.from_function(alphabet_page, default_timeout=60)
    for chosen in ("text", "own_texts"):
        alphabet.session_state[chosen] = page.session_state[chosen]
    alphabet.run()
    assert not alphabet.exception
    assert any(clean_name(NAMES["Markdown"]) in element.value for element in alphabet.text)
    assert interpreting(alphabet) == []


def test_samples_of_a_hostile_text_are_not_interpreted(open_page, shown_run, store, work, written):
    page = open_page()
    upload(page, NAMES["HTML"], ("<b>**:red[$x$]</b>\n" * 40).encode())
    page.number_input(key="sample_interval").set_value(100)
    page.select_slider(key="hidden_size_slider").set_value(8).run()
    next(button for button in page.button if button.label == "Train").click()
    page.run()
    run = shown_run(page)
    store.runs.request(run.id, desired="running", pause_at=300)
    work(store.runs.get(run.id))
    page.run()
    assert not page.exception
    sample = store.history.sample(run.id, 300)
    assert set(sample) <= set("<b>**:red[$x$]</b>\n")
    assert sample in written(page)
    assert interpreting(page, sample) == []
