"""The Alphabet page in an AppTest, without a browser."""

from streamlit.testing.v1 import AppTest


def the_page():
    """The script of the page alone."""
    from charrnn.ui import selection
    from charrnn.ui.alphabet import page

    selection.read_url("Alphabet")
    page.show()


def texts(page: AppTest) -> str:
    """All the plain text on the page."""
    return "\n".join(element.value for element in page.text)
