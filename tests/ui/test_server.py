"""The server as a process: how it starts, and how it ends."""

import os
import signal
import subprocess
import sys

import pytest

from charrnn.runs.workers.blas import ONE_THREAD
from tests.support.server import ROOT, STOP_SECONDS, Server


def test_ctrl_c_ends_the_server_without_complaint(tmp_path):
    server = Server(tmp_path / "store", tmp_path / "server.log")
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(STOP_SECONDS) == 0
    log = server.log.read_text()
    assert "Aborted" not in log
    assert "Traceback" not in log


# On busy cores a product of matrices in several threads takes up to two hundred times as long, and
# so does whatever a page computes or estimates.
NOTE_THREADS = """
import os, sys

class Note:
    def find_spec(name, path=None, target=None):
        if name == "numpy":
            print("threads:", os.environ.get("OPENBLAS_NUM_THREADS"))

sys.meta_path.insert(0, Note)
import dashboard
"""


def test_the_pages_compute_in_one_thread():
    environment = {name: value for name, value in os.environ.items() if name not in ONE_THREAD}
    noted = subprocess.run(
        [sys.executable, "-c", NOTE_THREADS],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert noted.stdout == "threads: 1\n"


@pytest.mark.parametrize(
    ("variables", "megabytes"), [({}, 270), ({"STREAMLIT_SERVER_MAX_UPLOAD_SIZE": "300"}, 300)]
)
def test_streamlits_own_variable_allows_larger_uploads(variables, megabytes):
    """It wins over the limit in .streamlit/config.toml."""
    shown = subprocess.run(
        [sys.executable, "-m", "streamlit", "config", "show"],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert f"\nmaxUploadSize = {megabytes}\n" in shown.stdout
