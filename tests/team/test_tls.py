"""A server over the network: TLS, service files and password files are the driver's own, and what is wrong there is a sentence."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.kit import Run
from tests.team.servers import team


@dataclass(frozen=True)
class Line:
    """A server that is reached by TLS and a password alone."""

    port: int
    certificate: Path
    other: Path  # of somebody else

    def url(self, rest: str, who: str = "evidence", name: str = "ledger") -> str:
        """Return where its ledger is."""
        return f"postgresql://{who}@localhost:{self.port}/{name}?{rest}"


def _certificate(folder: Path, name: str) -> Path:
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    return folder / f"{name}.pem"


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    folder = tmp_path_factory.mktemp("tls")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with team() as servers:
        certificate, other = _certificate(servers.folder, "server"), _certificate(folder, "other")
        for file in servers.folder.glob("server.*"):
            file.chmod(0o600)
            if servers.user:
                shutil.chown(file, servers.user)
        node = servers.primary(
            "one", "listen_addresses=127.0.0.1", "ssl=on", f"ssl_cert_file={certificate}",
            f"ssl_key_file={certificate.with_suffix('.key')}", port=port,
        )  # fmt: skip
        node.ask("ALTER USER evidence PASSWORD 'a secret'")
        node.ask("CREATE DATABASE ledger")
        node.ask("CREATE DATABASE another")
        hba = "local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n"
        (node.home / "data" / "pg_hba.conf").write_text(hba, encoding="utf-8")
        node.ask("SELECT pg_reload_conf()")
        mine = folder / "server.pem"
        mine.write_bytes(certificate.read_bytes())
        yield Line(port, mine, other)


def test_tls_with_a_service_file_and_a_password_file(line: Line, run: Run, tmp_path: Path) -> None:
    password, services = tmp_path / "pgpass", tmp_path / "services"
    password.write_text(f"localhost:{line.port}:*:evidence:a secret\n", encoding="utf-8")
    password.chmod(0o600)
    services.write_text(
        f"[strait]\nhost=localhost\nport={line.port}\nuser=evidence\ndbname=ledger\nsslmode=verify-full\n"
        f"sslrootcert={line.certificate}\n",
        encoding="utf-8",
    )
    files: dict[str, Any] = {"PGPASSFILE": str(password), "PGSERVICEFILE": str(services)}
    strict = line.url(f"sslmode=verify-full&sslrootcert={line.certificate}")
    assert run("--ledger", strict, "init", "--study", "strait", **files).code == 0
    by_service = "postgresql:///?service=strait"
    assert (
        run(
            "--ledger", by_service, "source", "add", "memo", "--title", "A", "--tier", "primary", **files
        ).code
        == 0
    )
    assert "memo" in run("--ledger", strict, "source", "list", **files).stdout
    for url, said in (
        (line.url(f"sslmode=verify-full&sslrootcert={line.other}"), "certificate verify failed"),
        (line.url("sslmode=disable"), "no encryption"),
        (line.url(f"sslmode=verify-full&sslrootcert={line.certificate}", "nobody"), "password"),
        ("postgresql:///?service=nowhere", "nowhere"),
    ):
        done = run("--ledger", url, "source", "list", **files)
        assert (done.code, done.stdout, done.stderr.count("\n")) == (1, "", 1), done
        assert said in done.stderr
        assert "a secret" not in done.stderr


def test_a_password_in_a_url_is_in_no_history(line: Line, run: Run, tmp_path: Path) -> None:
    before = line.url("sslmode=require", "evidence:a secret", "another")
    within = line.url("sslmode=require&password=a%20secret", name="another")
    begun = run("--ledger", before, "init", "--study", "strait")
    assert begun.code == 0, begun
    for n, word in enumerate((["--ledger", before], [f"--ledger={before}"], ["--ledger", within])):
        added = run(*word, "source", "add", f"memo-{n}", "--title", "A", "--tier", "primary")
        assert added.code == 0, added
    told = run("--ledger", before, "history", "show").stdout
    assert told.count("source add memo-") == 3
    assert run("--ledger", within, "backup", "kept.db").code == 0
    assert run("--ledger", "kept.db", "merge", before).code == 0
    for kept in (told, (tmp_path / "kept.db").read_bytes().decode("latin-1")):
        assert "secret" not in kept
    for url in (before, within):  # nor does a sentence show it
        done = run("--ledger", url.replace("another", "nowhere"), "source", "list")
        assert (done.code, "secret" in done.stderr) == (1, False), done
