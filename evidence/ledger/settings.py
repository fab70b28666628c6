"""Which ledger, which study, who is writing: option, then environment, then the nearest evidence.toml."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from evidence.errors import LedgerError

__all__ = ["Settings", "settings", "url_of"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What a command needs to know before it opens a ledger."""

    url: str
    study: str | None
    author: str
    standby: str | None = None  # where to read, if not there: a standby of the same ledger
    templates: Path | None = None  # a folder of templates of the study's own, which evidence.toml may name


def settings(ledger: str | None = None, study: str | None = None, author: str | None = None) -> Settings:
    """Return where the ledger is, which study is meant and who is writing.

    A standby is of one ledger: ``EVIDENCE_LEDGER_READ`` of the one that the environment or ``evidence.toml`` names,
    ``ledger_read`` of the one that the same ``evidence.toml`` names. A ledger named by an option is read where it is.

    Args:
        ledger: a path or a SQLAlchemy URL; else ``EVIDENCE_LEDGER``, ``evidence.toml``, ``./evidence.db``.
        study: a study's key; else ``EVIDENCE_STUDY``, ``evidence.toml``, or the ledger's only study.
        author: who writes; else ``EVIDENCE_AUTHOR``, ``evidence.toml``, or the name one is logged in under.
    """
    configured, home = _configured()
    place = ledger or os.environ.get("EVIDENCE_LEDGER")
    standby = None if ledger else os.environ.get("EVIDENCE_LEDGER_READ")
    if not place:
        place = _from(home, configured.get("ledger"))
        standby = standby or _from(home, configured.get("ledger_read"))
    return Settings(
        url=url_of(place or "evidence.db"),
        standby=url_of(standby) if standby else None,
        study=study or os.environ.get("EVIDENCE_STUDY") or configured.get("study"),
        author=author or os.environ.get("EVIDENCE_AUTHOR") or configured.get("author") or _logged_in(),
        templates=home / configured["templates"] if configured.get("templates") else None,
    )


def _from(home: Path, place: str | None) -> str | None:
    """Return a place that ``evidence.toml`` names; a file is looked for beside it."""
    return str(home / place) if place and "://" not in place else place


def url_of(place: str) -> str:
    """Return the URL of a ledger that a person names by a path or a URL."""
    if place.startswith(("postgresql://", "postgres://")):
        return "postgresql+psycopg://" + place.partition("://")[2]
    return place if "://" in place else f"sqlite:///{place}"


def _configured() -> tuple[dict[str, str], Path]:
    here = Path.cwd()
    for folder in (here, *here.parents):
        file = folder / "evidence.toml"
        if file.is_file():
            import tomllib  # noqa: PLC0415 - most ledgers have no such file

            try:
                return {k: str(v) for k, v in tomllib.loads(file.read_text("utf-8")).items()}, folder
            except OSError as error:
                raise LedgerError(f"{file} cannot be read: {error.strerror}.") from error
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
                raise LedgerError(f"{file} is not TOML ({error}); correct it or remove it.") from error
    return {}, here


def _logged_in() -> str:
    import getpass  # noqa: PLC0415

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"
