"""nginx as the README configures it, on free ports and with a certificate of its own."""

import re
import shutil
import socket
import subprocess
import time
from contextlib import suppress
from getpass import getuser
from pathlib import Path

from tests.support.server import ROOT

START_SECONDS = 10.0
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONFIGURATION = re.search(r"```nginx\n(.*?)```", README, re.DOTALL)[1]


def missing() -> str | None:
    """Which of the programs that this needs is not installed; None if all are."""
    return next((name for name in ("nginx", "openssl") if not shutil.which(name)), None)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Nginx:
    """A running nginx before the server at `upstream`, as "host:port"."""

    def __init__(self, folder: Path, upstream: str):
        self.http_port, self.https_port = _free_port(), _free_port()
        self.url = f"https://127.0.0.1:{self.https_port}"
        self.log = folder / "charrnn.log"
        certificate = "req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=127.0.0.1"
        subprocess.run(
            ["openssl", *certificate.split(), "-keyout", "privkey.pem", "-out", "fullchain.pem"],
            cwd=folder,
            check=True,
            capture_output=True,
        )
        (folder / "nginx.conf").write_text(self._configuration(folder, upstream))
        self._process = subprocess.Popen(
            ["nginx", "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "error.log"],
            stderr=subprocess.DEVNULL,
        )
        self._wait_until_it_listens()

    def _configuration(self, folder: Path, upstream: str) -> str:
        ours = CONFIGURATION
        for theirs, here in {
            "listen 80;": f"listen 127.0.0.1:{self.http_port};",
            "listen 443 ssl;": f"listen 127.0.0.1:{self.https_port} ssl;",
            "/etc/ssl/charrnn/": f"{folder}/",
            "/var/log/nginx/": f"{folder}/",
            "127.0.0.1:8501": upstream,
        }.items():
            assert theirs in ours
            ours = ours.replace(theirs, here)
        temporary = "".join(
            f"{kind}_temp_path {folder / kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        http = f"http {{\n{temporary}{ours}}}"
        # Without a user, the nginx of root writes uploads as one who may not write to this folder.
        return f"user {getuser()};\ndaemon off;\npid {folder / 'nginx.pid'};\nevents {{}}\n{http}\n"

    def _wait_until_it_listens(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.https_port)):
                return
            assert self._process.poll() is None, "nginx refused its configuration"
            assert time.monotonic() < deadline, "nginx did not start"
            time.sleep(0.05)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(START_SECONDS)
