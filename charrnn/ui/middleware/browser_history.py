"""The browser's history: one visit to a page, or one choice on it, adds one entry.

Streamlit cannot change the URL without adding an entry. So a small script decides which changes
get one. It is part of the HTML page, because Streamlit changes the URL before a script that a page
of the dashboard adds would run.
"""

import json
from pathlib import Path

from charrnn.ui import session

SCRIPT = (
    Path(__file__)
    .with_suffix(".js")
    .read_text(encoding="utf-8")
    .replace("WITHOUT_ENTRY", json.dumps(session.WITHOUT_HISTORY_ENTRY))
)
