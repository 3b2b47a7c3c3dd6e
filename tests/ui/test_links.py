"""A link may contain anything: no page fails over it, and nothing is logged."""

import pytest

from tests.support.store import WORKSPACE

PAGES = ("", "alphabet", "compare", "write")
PARAMETERS = ("w", "run", "compare", "by", "at", "axis", "unit", "unknown")
NONSENSE = {
    "empty": "",
    "letters": "qq",
    "number": "1e999",
    "negative": "-1",
    "not a number": "nan",
    "NUL": "\0",
    "commas": ",,,",
    "path": "../../etc/passwd",
    "SQL": "' OR 1=1 --",
    "markup": "<script>$x$**[",
    "right to left": "\u202egnp.exe\u202c",
    "long": "x" * 10_000,
}


@pytest.mark.parametrize("value", NONSENSE.values(), ids=NONSENSE)
@pytest.mark.parametrize("at", PAGES)
@pytest.mark.parametrize("valid", [(), ("w", "run", "compare")], ids=["no run", "a run"])
def test_nonsense_in_a_link_fails_no_page_and_is_not_logged(
    open_page, cats, logged, valid, at, value
):
    link = dict.fromkeys(PARAMETERS, value)
    right = {"w": WORKSPACE, "run": cats.id, "compare": cats.id}
    page = open_page(at, **link | {name: right[name] for name in valid})
    assert not page.exception
    page.run()
    assert not page.exception
    assert logged == []
