"""A real PostgreSQL, started for whom needs it, in a folder that is removed afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "postgres"


def _programs() -> Path | None:
    """The folder with ``initdb`` and ``postgres``; None where there is none."""
    known = [path.parent for path in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)]
    found = shutil.which("initdb")
    return next((one for one in (*known, *([Path(found).parent] if found else []))), None)


def _as_user(folder: Path) -> list[str] | None:
    """How to run a program as another than root, who then owns ``folder``; None where that cannot be done."""
    if os.geteuid() != 0:
        return []
    if (
        shutil.which("setpriv") is None
        or subprocess.run(["id", USER], capture_output=True, check=False).returncode
    ):
        return None
    shutil.chown(folder, USER, USER)
    return ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]


@contextmanager
def postgres_server() -> Iterator[str | None]:
    """The address of an empty database; None where PostgreSQL is not installed, or only root could run it."""
    folder, programs = Path(tempfile.mkdtemp(prefix="civic-pg-")), _programs()
    prefix = _as_user(folder)
    if programs is None or prefix is None:
        folder.rmdir()
        yield None
        return
    made = [
        *prefix,
        str(programs / "initdb"),
        "-D",
        str(folder / "data"),
        "-A",
        "trust",
        "-U",
        USER,
        "--no-sync",
    ]
    subprocess.run(made, check=True, capture_output=True, cwd=folder)
    serve = [*prefix, str(programs / "postgres"), "-D", str(folder / "data"), "-k", str(folder)]
    settings = ["-c", "listen_addresses=", "-c", "max_connections=120"]
    server = subprocess.Popen([*serve, *settings], stderr=subprocess.DEVNULL, cwd=folder)
    try:
        yield _ready(f"postgresql+psycopg://{USER}@/postgres?host={folder}", server)
    finally:
        server.send_signal(signal.SIGINT)  # a fast shutdown: it does not wait for clients
        server.wait(30)
        shutil.rmtree(folder)


def _ready(url: str, server: subprocess.Popen[bytes]) -> str:
    """``url``, once it answers."""
    from sqlalchemy import create_engine
    from sqlalchemy.exc import OperationalError
    from sqlalchemy.pool import NullPool

    for _ in range(300):
        assert server.poll() is None, "PostgreSQL did not start"
        try:
            create_engine(url, poolclass=NullPool).connect().close()
        except OperationalError:
            time.sleep(0.1)
        else:
            return url
    raise TimeoutError(url)


def new_database(url: str, name: str) -> str:
    """The address of another empty database on the same server."""
    from sqlalchemy import create_engine, make_url, text

    with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    return make_url(url).set(database=name).render_as_string(hide_password=False)
