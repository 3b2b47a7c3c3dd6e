"""A page that shows each text of a JSON file in the elements that interpret Markdown."""

import json
import sys
from pathlib import Path

import streamlit as st

from charrnn.ui.markdown import escape_markdown

for i, text in enumerate(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))):
    with st.container(key=f"text_{i}"):
        st.caption(f"({escape_markdown(text)})")
        st.error(escape_markdown(text))
