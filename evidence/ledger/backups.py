"""Keep a ledger in one file while others write to it, and bring it back.

A backup is a ledger itself: one SQLite file, whichever database it was made of. It is checked before it has its
name: whatever is killed halfway leaves at most a file ``NAME.NUMBER.part``, which goes with the first backup of that name
a day later.
"""

from __future__ import annotations

import glob
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from evidence.errors import LedgerError
from evidence.ledger import checking, passages, schema
from evidence.ledger.copying import copy_rows, heads, into_server
from evidence.ledger.roles import require_sight
from evidence.ledger.store import HEAD, connecting, place_of, reading_all, require_current, shown, version_of

__all__ = ["Kept", "Restored", "backup", "copy", "restore"]

_ENDINGS = ("", "-wal", "-shm", "-journal")
_TOLD = 3
#: After so many seconds what is unfinished was left by whoever was killed.
_LEFT = 24 * 3600


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup that was made.

    Attributes:
        file: where it is.
        heads: for each study, its newest revision's number and digest.
        removed: older backups that went for it.
    """

    file: Path
    heads: dict[str, tuple[int, str]]
    removed: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Restored:
    """A backup that was brought back.

    Attributes:
        heads: for each study, its newest revision's number and digest.
        aside: where the ledger that was there before is kept now, if there was one.
        upgraded: the schema that the backup had, if it was an older one.
    """

    heads: dict[str, tuple[int, str]]
    aside: Path | None = None
    upgraded: str = ""


def backup(url: str, target: Path, *, keep: int = 0) -> Kept:
    """Keep the ledger as it is now; nobody who writes has to wait.

    Args:
        url: where the ledger is.
        target: the file to make, or a folder that is there, in which it is named after the ledger and the moment.
        keep: in a folder, how many backups of this ledger stay, this one among them; 0 for all.

    Raises:
        LedgerError: the file is there already or cannot be written, or the ledger does not hold.
    """
    named, stem = target, _stem(url)
    if target.is_dir():
        named = target / f"{stem}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.db"
    elif keep:
        raise LedgerError(f"{target} is no folder; --keep goes with a folder that holds the backups.")
    _require_free(named)
    with _part(named) as part:
        _copied(url, part)
        _require_sound(part, f"{shown(url)} was not kept")
        heads = _heads(part)
        _place(part, named)
    removed = _older(named, stem)[keep - 1 :] if keep and target.is_dir() else []
    for file in removed:
        file.unlink(missing_ok=True)
    return Kept(named, heads, tuple(removed))


def _older(named: Path, stem: str) -> list[Path]:
    """Return the backups beside one that hold nothing which is not in that too, the newest first.

    Another ledger may have the same name, and another copy of the ledger work of its own.
    """
    there = sorted(named.parent.glob(f"{glob.escape(stem)}-{'[0-9]' * 8}T{'[0-9]' * 6}Z.db"), reverse=True)
    with connecting(f"sqlite:///{named}") as engine, engine.connect() as connection:
        known = set(connection.scalars(text("SELECT digest FROM revision")))
    return [file for file in there if file != named and _ends(file) <= known]


def _ends(file: Path) -> set[str]:
    """Return the digests of the newest revisions in a file; what cannot be read ends in what nothing has."""
    try:
        return {digest for _, digest in _heads(file).values()}
    except (LedgerError, DBAPIError):
        return {""}


def restore(url: str, kept: Path, *, replace: bool = False) -> Restored:
    """Bring a backup back, after checking it; an older program's is brought to this one's schema.

    Args:
        url: where the ledger is to be; on a server a database that has no study yet.
        kept: the backup.
        replace: put it in the place of a ledger file that is there, which is kept beside it.

    Raises:
        LedgerError: the backup does not hold, or there is a ledger and ``replace`` was not given.
    """
    if not kept.is_file():
        raise LedgerError(f"There is no backup at {kept}.")
    place = place_of(url)
    if place.get_backend_name() != "sqlite" or not place.database:
        with tempfile.TemporaryDirectory(prefix="evidence-") as folder:
            file = Path(folder) / "restored.db"
            upgraded = _ready(kept, file)
            into_server(f"sqlite:///{file}", url)
            return Restored(_heads(file), upgraded=upgraded)
    target = Path(place.database)
    if target.exists() and not replace:
        raise LedgerError(
            f"There is a ledger at {target}, and nothing was restored; name another with --ledger, or give --replace, which "
            "keeps the old one beside it."
        )
    if not target.exists():
        _require_free(target)
    with _part(target) as part:
        upgraded = _ready(kept, part)
        heads = _heads(part)
        aside = _aside(target) if target.exists() else None
        _place(part, target)
    return Restored(heads, aside, upgraded)


def copy(url: str, to: str) -> dict[str, tuple[int, str]]:
    """Copy a ledger with its history to where there is none: into a file, or a server's empty database.

    Args:
        url: where the ledger is.
        to: where it is to be, as --ledger takes it.

    Returns:
        For each study, its newest revision's number and digest.

    Raises:
        LedgerError: something is there already, or the ledger does not hold.
    """
    place = place_of(to)
    if place.get_backend_name() == "sqlite" and place.database:
        return backup(url, Path(place.database)).heads
    into_server(url, to)
    with reading_all(to) as connection:
        return heads(connection)


def _stem(url: str) -> str:
    place = place_of(url)
    name = Path(place.database or "ledger").name
    return Path(name).stem if place.get_backend_name() == "sqlite" else name


def _require_free(file: Path) -> None:
    if os.path.lexists(file):
        raise LedgerError(f"{file} is there already, and nothing is overwritten; name another file.")
    for ending in ("-wal", "-journal"):
        if os.path.lexists(f"{file}{ending}"):
            raise LedgerError(
                f"{file}{ending} was left by a ledger that is gone, and would be taken for a part of the new one; move it away, "
                "or name another file."
            )


@contextmanager
def _part(named: Path) -> Iterator[Path]:
    """Yield where a file is made before it has its name; what is left of it at the end is removed.

    The process has its number in it, since another may make one of the same name at the same moment.
    """
    part = named.with_name(f"{named.name}.{os.getpid()}.part")
    try:
        for left in named.parent.glob(f"{glob.escape(named.name)}.*.part"):
            if time.time() - left.stat().st_mtime > _LEFT:
                _remove(left)
        _remove(part)
        yield part
    except OSError as error:
        raise LedgerError(f"{named} cannot be written: {error.strerror}.") from error
    finally:
        with suppress(OSError):  # whatever was wrong has been said
            _remove(part)


def _remove(file: Path) -> None:
    for ending in _ENDINGS:
        Path(f"{file}{ending}").unlink(missing_ok=True)


def _place(part: Path, named: Path) -> None:
    """Give a finished file its name, once it is on the disk; a file that has it is not overwritten."""
    with part.open("rb") as file:
        os.fsync(file.fileno())
    try:
        os.link(part, named)  # unlike a renaming, it refuses a name that is taken
    except FileExistsError:
        _require_free(named)
    except OSError:  # a disk without links, such as a stick
        _require_free(named)
        part.rename(named)
    if os.name == "posix":
        folder = os.open(named.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _copied(url: str, part: Path) -> None:
    """Copy a ledger, as it is at one moment, into a file that stands alone."""
    with reading_all(url) as connection:
        require_current(connection)
        require_sight(connection, "a ledger can be kept")
        if connection.dialect.name != "sqlite":
            schema.create(f"sqlite:///{part}")
            with connecting(f"sqlite:///{part}", writing=True) as engine, engine.connect() as other:
                driver: Any = other.connection.driver_connection
                driver.execute("PRAGMA foreign_keys = OFF")  # a row may come before what it leads to
                with other.begin():
                    copy_rows(connection, other)
        else:
            _pages(connection, part)
    _alone(part)


def _pages(connection: Connection, part: Path) -> None:
    part.touch()
    with connecting(f"sqlite:///{part}") as engine, engine.connect() as other:
        source: Any = connection.connection.driver_connection
        try:
            source.backup(other.connection.driver_connection)
        except connection.dialect.loaded_dbapi.Error as error:
            raise DBAPIError("backup", None, error) from error


def _alone(file: Path) -> None:
    """Leave nothing of a ledger in files beside it, so that it can be carried away."""
    with connecting(f"sqlite:///{file}") as engine, engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA journal_mode = DELETE").fetchall()


def _ready(kept: Path, part: Path) -> str:
    """Copy a backup, bring the copy to this program's schema, and check it; return its older schema, if it had one."""
    with connecting(f"sqlite:///{kept}") as engine, engine.connect() as connection:
        version = version_of(connection) or ""
        if not version or version > HEAD:
            require_current(connection)  # which says so
        _pages(connection, part)
    if version != HEAD:
        with connecting(f"sqlite:///{part}", writing=True) as engine:
            schema.migrate(engine)
            with engine.begin() as connection:
                passages.rebuild(connection)
        _alone(part)
    _require_sound(part, f"{kept} was not restored")
    return "" if version == HEAD else version


def _require_sound(file: Path, what: str) -> None:
    try:
        found = checking.check(f"sqlite:///{file}")
    except LedgerError as error:
        if not isinstance(error.__cause__, DBAPIError):
            raise
        # Not as it is said of a ledger: whoever is told has never heard of the copy that was looked at.
        raise LedgerError(
            f"{what}: it is damaged ({error.__cause__.orig}). Take another backup, or see what the manual says."
        ) from error
    if found:
        more = f"; and {len(found) - _TOLD} more" if len(found) > _TOLD else ""
        raise LedgerError(
            f"{what}: it is not as it should be ({'; '.join(found[:_TOLD])}{more}). 'evidence db check' tells what is wrong "
            "with a ledger, and the manual what to do."
        )


def _heads(file: Path) -> dict[str, tuple[int, str]]:
    with connecting(f"sqlite:///{file}") as engine, engine.connect() as connection:
        return heads(connection)


def _aside(target: Path) -> Path:
    """Move a ledger out of the way, with what lies beside it; whoever writes is waited for."""
    aside = Path(f"{target}.{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    _require_free(aside)
    try:
        with connecting(f"sqlite:///{target}", writing=True) as engine, engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except LedgerError:
        pass  # too damaged to be opened: it is moved as it is
    # The log first: left without its ledger, it would be taken for that of the new one.
    for ending in reversed(_ENDINGS):
        beside = Path(f"{target}{ending}")
        if beside.exists():
            beside.rename(f"{aside}{ending}")
    return aside
