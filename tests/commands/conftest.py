"""A text file, and a run trained on it by the command line."""

import pytest

from tests.support import terminal


@pytest.fixture(scope="session")
def text(tmp_path_factory):
    path = tmp_path_factory.mktemp("text") / "cats.txt"
    path.write_text(terminal.TEXT)
    return path


@pytest.fixture(scope="session")
def trained(text):
    """The finished process of one training, and the file of its run."""
    saved = text.with_name("run.safetensors")
    return terminal.run("train", text, *terminal.QUICK, "--out", saved), saved
