"""What the page /inside sends to the browser, read in tests."""

import base64
import json

import numpy as np

from charrnn.ui.shared.snapshots import Subject


def pictures(page, name) -> list[dict]:
    """The data of every component of this name on the page, in order."""
    protos = [element.proto for element in page.get("bidi_component")]
    name = f"charrnn_inside_{name}"
    return [json.loads(p.json) for p in protos if p.component_name.endswith(name)]


def numbers(packed) -> np.ndarray:
    """What components.numbers() packed."""
    return np.frombuffer(base64.b64decode(packed["base64"]), "<f4").reshape(packed["shape"])


def words(page) -> str:
    elements = [*page.markdown, *page.caption, *page.text, *page.warning, *page.info]
    return "\n".join(element.value for element in elements)


def newest(run) -> tuple:
    """(subject, snapshot, the text as ids)"""
    subject = Subject.of_run(run)
    return subject, subject.newest_snapshot(), subject.ids
