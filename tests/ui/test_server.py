"""The server as a process: how it starts, and how it ends."""

import signal

from tests.support.server import STOP_SECONDS, Server


def test_ctrl_c_ends_the_server_without_complaint(tmp_path):
    server = Server(tmp_path / "store", tmp_path / "server.log")
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(STOP_SECONDS) == 0
    log = server.log.read_text()
    assert "Aborted" not in log
    assert "Traceback" not in log
