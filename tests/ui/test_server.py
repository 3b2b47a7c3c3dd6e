"""The server as a process: how it starts, and how it ends."""

import os
import signal
import subprocess
import sys

from tests.support.server import ROOT, STOP_SECONDS, Server


def test_ctrl_c_ends_the_server_without_complaint(tmp_path):
    server = Server(tmp_path / "store", tmp_path / "server.log")
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(STOP_SECONDS) == 0
    log = server.log.read_text()
    assert "Aborted" not in log
    assert "Traceback" not in log


def test_the_largest_upload_is_set_by_streamlits_own_variable():
    """The variable must win over the limit in .streamlit/config.toml."""
    name = "server.maxUploadSize"
    for variables, megabytes in [({}, "121"), ({"STREAMLIT_SERVER_MAX_UPLOAD_SIZE": "300"}, "300")]:
        shown = subprocess.run(
            [
                sys.executable,
                "-c",
                f"from streamlit import config; print(config.get_option('{name}'))",
            ],
            cwd=ROOT,
            env=os.environ | variables,
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        assert shown.stdout.strip() == megabytes
