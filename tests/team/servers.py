"""A primary and its streaming standbys, each a PostgreSQL of the tests' own in a folder, on a socket."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import URL

from tests.postgres import Missing, _programs, _unprivileged

__all__ = ["Node", "Team", "team"]

_START = 30.0
#: As a server that is to be relied on, but quick: what a killed process wrote is in the kernel's hands.
_SETTINGS = (
    "fsync=off", "shared_buffers=16MB", "max_connections=40", "listen_addresses=", "wal_level=replica", "hot_standby=on",
    "max_wal_senders=6", "wal_receiver_status_interval=1s", "wal_retrieve_retry_interval=100ms",
)  # fmt: skip


@dataclass
class Node:
    """One server: where its data are, and its process while it runs."""

    name: str
    home: Path
    process: subprocess.Popen[bytes] | None = None
    settings: tuple[str, ...] = _SETTINGS
    port: int = 5432

    @property
    def url(self) -> str:
        """Return the URL of its ledger."""
        place = URL.create(
            "postgresql+psycopg", "evidence", database="ledger", query={"host": str(self.home)}
        )
        return place.render_as_string(hide_password=False)

    def ask(self, statement: str, database: str = "postgres") -> Any:
        """Return the first value that a statement gives, if it gives any."""
        with psycopg.connect(
            host=str(self.home),
            port=self.port,
            user="evidence",
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        ) as connection:
            asked = connection.execute(statement)
            row = asked.fetchone() if asked.description else None
            return row[0] if row else None

    def kill(self) -> None:
        """Kill all of its processes at once, as when the power goes."""
        assert self.process
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        others = children.read_text().split() if children.exists() else []
        for process in (self.process.pid, *map(int, others)):
            with_signal(process, signal.SIGKILL)
        self.process.wait(_START)


def with_signal(process: int, number: signal.Signals) -> None:
    """Send a signal to a process that may have ended."""
    try:
        os.kill(process, number)
    except ProcessLookupError:
        return


@dataclass
class Team:
    """The servers, and what it takes to start them."""

    folder: Path
    programs: Path
    user: str | None
    nodes: list[Node] = field(default_factory=list)

    def primary(self, name: str, *settings: str, port: int = 5432) -> Node:
        """Make a new server and start it, with settings of its own if there are any."""
        node = self._node(name)
        node.port = port
        node.settings += (f"port={port}", *settings)
        self._run(
            "initdb",
            "-D",
            node.home / "data",
            "-U",
            "evidence",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        )
        self.start(node)
        return node

    def standby(self, name: str, primary: Node) -> Node:
        """Copy a server as it runs, and start the copy, which follows it under its own name."""
        node = self._node(name)
        self._run(
            "pg_basebackup", "-D", node.home / "data", "-R", "-X", "stream", "-c", "fast", "--no-sync",
            "-d", f"host={primary.home} user=evidence application_name={name}",
        )  # fmt: skip
        self.start(node)
        return node

    def follow(self, standby: Node, primary: Node) -> None:
        """Have a standby follow another primary."""
        standby.ask(
            f"ALTER SYSTEM SET primary_conninfo = 'host={primary.home} user=evidence application_name={standby.name}'"
        )
        standby.ask("SELECT pg_reload_conf()")

    def start(self, node: Node) -> None:
        """Start a server and wait until it answers."""
        options = [part for setting in node.settings for part in ("-c", setting)]
        with (node.home / "log").open("ab") as log:
            node.process = subprocess.Popen(
                [self.programs / "postgres", "-D", node.home / "data", "-k", node.home, *options],
                user=self.user, cwd=node.home, env=self._environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        until(lambda: node.ask("SELECT 1") == 1)

    def stop(self) -> None:
        """End all of them; nothing in them is to be kept."""
        for node in self.nodes:
            if node.process and node.process.poll() is None:
                node.process.send_signal(signal.SIGQUIT)
        for node in self.nodes:
            if node.process:
                node.process.wait(_START)

    @property
    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "HOME": str(self.folder)}

    def _node(self, name: str) -> Node:
        node = Node(name, self.folder / name)
        node.home.mkdir()
        if self.user:
            shutil.chown(node.home, self.user)
        self.nodes.append(node)
        return node

    def _run(self, program: str, *words: str | Path) -> None:
        done = subprocess.run(
            [self.programs / program, *words],
            user=self.user, cwd=self.folder, env=self._environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise Missing(f"{program} failed: {done.stderr.strip()}")


def until(true: Any) -> None:
    """Wait until something is so; a server that does not answer yet is asked again."""
    end = time.monotonic() + _START
    while True:
        try:
            if true():
                return
        except psycopg.OperationalError:
            pass
        assert time.monotonic() < end, "it never came to be so"
        time.sleep(0.03)


@contextmanager
def team() -> Iterator[Team]:
    """Yield an empty team; at the end all of its servers are gone.

    Raises:
        Missing: there is no PostgreSQL here that can make standbys.
    """
    programs = _programs()
    if not (programs / "pg_basebackup").exists():
        raise Missing("there is no pg_basebackup on this machine")
    # Short, since a socket's path has 107 bytes at most.
    folder = Path(tempfile.mkdtemp(prefix="team", dir="/tmp" if len(tempfile.gettempdir()) > 40 else None))  # noqa: S108
    user = _unprivileged()
    if user:
        shutil.chown(folder, user)
    made = Team(folder, programs, user)
    try:
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)
