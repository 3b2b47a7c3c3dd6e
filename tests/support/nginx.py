"""nginx as the README configures it, on free ports and with a certificate of its own."""

import re
import shutil
import subprocess
from collections.abc import Iterable
from getpass import getuser
from pathlib import Path

from tests.support.ports import free_port, wait_for_port
from tests.support.server import ROOT

START_SECONDS = 10.0
README = (ROOT / "README.md").read_text(encoding="utf-8")
ONE_DASHBOARD, SEVERAL_DASHBOARDS = re.findall(r"```nginx\n(.*?)```", README, re.DOTALL)


def missing() -> str | None:
    """Which of the programs that this needs is not installed; None if all are."""
    return next((name for name in ("nginx", "openssl") if not shutil.which(name)), None)


class Nginx:
    """A running nginx before some servers."""

    def __init__(self, folder: Path, servers: Iterable[str]):
        """servers: each as "host:port"."""
        self.http_port, self.https_port = free_port(), free_port()
        self.url = f"https://127.0.0.1:{self.https_port}"
        self.log = folder / "charrnn.log"
        certificate = "req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=127.0.0.1"
        subprocess.run(
            ["openssl", *certificate.split(), "-keyout", "privkey.pem", "-out", "fullchain.pem"],
            cwd=folder,
            check=True,
            capture_output=True,
        )
        (folder / "nginx.conf").write_text(self._configuration(folder, list(servers)))
        self._process = subprocess.Popen(
            ["nginx", "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "error.log"],
            stderr=subprocess.DEVNULL,
        )
        wait_for_port(self.https_port, lambda: self._process.poll() is None, seconds=START_SECONDS)

    def _configuration(self, folder: Path, servers: list[str]) -> str:
        ours = ONE_DASHBOARD if len(servers) == 1 else SEVERAL_DASHBOARDS
        upstreams = re.findall(r"[\d.]+:8501", ours)
        assert len(upstreams) == len(servers)
        for theirs, here in {
            "listen 80;": f"listen 127.0.0.1:{self.http_port};",
            "listen 443 ssl;": f"listen 127.0.0.1:{self.https_port} ssl;",
            "/etc/ssl/charrnn/": f"{folder}/",
            "/var/log/nginx/": f"{folder}/",
            **dict(zip(upstreams, servers, strict=True)),
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

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(START_SECONDS)
