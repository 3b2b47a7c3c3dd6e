"""A PostgreSQL server of the tests' own, as Debian's package `postgresql` has it."""

import getpass
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import OperationalError

from tests.support.ports import free_port

START_SECONDS = 60.0


def _program(name: str) -> str | None:
    """The path of a program of PostgreSQL. Debian keeps them out of the PATH."""
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(installed[-1]) if installed else shutil.which(name)


def missing() -> str | None:
    """Why no server can be started here, as a sentence; None if one can."""
    if not (_program("initdb") and _program("postgres")):
        return "PostgreSQL is not installed: no database server to test with"
    if find_spec("psycopg") is None:
        return "the package psycopg is not installed: no way to talk to PostgreSQL"
    return None


def _owner() -> str:
    """The user that the server runs as. PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return getpass.getuser()
    with suppress(KeyError):
        return pwd.getpwnam("postgres").pw_name
    return "nobody"


class PostgreSQL:
    """A running server with an empty database, which trusts everybody on this machine."""

    def __init__(self):
        self.port = free_port()
        self.url = f"postgresql+psycopg://charrnn@127.0.0.1:{self.port}/postgres"
        # Not pytest's folder: that belongs to root, who may not run the server.
        self._folder = Path(tempfile.mkdtemp(prefix="charrnn-postgresql-"))
        self._user = {"user": _owner()} if os.geteuid() == 0 else {}
        if self._user:
            shutil.chown(self._folder, _owner())
        options = "--auth trust --username charrnn --encoding UTF8 --locale C --no-sync"
        subprocess.run(
            [_program("initdb"), "--pgdata", self._folder / "data", *options.split()],
            check=True,
            capture_output=True,
            cwd=self._folder,
            **self._user,
        )
        self._start()

    def _start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= "
        with (self._folder / "log").open("a") as log:
            self._process = subprocess.Popen(
                [_program("postgres"), "-D", self._folder / "data", *options.split()],
                stdout=log,
                stderr=log,
                cwd=self._folder,
                **self._user,
            )
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        """It listens a little earlier, while it recovers from a power failure."""
        engine, deadline = create_engine(self.url), time.monotonic() + START_SECONDS
        while True:
            with suppress(OperationalError), engine.connect():
                engine.dispose()
                return
            assert self._process.poll() is None, "PostgreSQL did not start"
            assert time.monotonic() < deadline, "PostgreSQL does not answer"
            time.sleep(0.05)

    def restart(self) -> None:
        """Stop as after a power failure, with all connections cut, and start again."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(START_SECONDS)
        self._start()

    def stop(self) -> None:
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(START_SECONDS)
        shutil.rmtree(self._folder)


@contextmanager
def empty_schema(url: str) -> Iterator[str]:
    """The URL of an empty store in the database at `url`: a schema, which is dropped afterwards."""
    parsed, schema = make_url(url), f"test_{secrets.token_hex(8)}"
    engine = create_engine(parsed)
    with engine.begin() as db:
        db.exec_driver_sql(f"CREATE SCHEMA {schema}")
    with_schema = parsed.update_query_dict({"options": f"-csearch_path={schema}"})
    yield with_schema.render_as_string(hide_password=False)
    engine.dispose()
    with engine.begin() as db:
        db.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
        db.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")
    engine.dispose()
