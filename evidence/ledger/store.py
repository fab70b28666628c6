"""Open a ledger: a SQLite file on a laptop, or a PostgreSQL database for a team.

Reading asks SQLAlchemy's Core alone, so that a question is answered without loading the mapped classes.
Every dialect's peculiarity is in this module.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError

from evidence.errors import LedgerError, UnknownKey
from evidence.ledger.refusals import refusal

__all__ = [
    "HEAD", "Lost", "conflicted", "find_study", "open_engine", "place_of", "reading", "reading_all", "require_current", "require_new_study",
    "shown", "version_of", "without_passwords",
]  # fmt: skip

#: The newest revision of the schema; a test holds it against the migrations.
HEAD = "0006"
#: SQLSTATEs after which a transaction may simply be tried again.
_RETRY = {"40001", "40P01"}
_FILE = "sqlite:///"
#: A URL, by itself or as an option's value, and its passwords: before the server's name, and among what follows the database's.
_SERVER = re.compile(r"(-\w|--[\w-]+=)?(?!https?:)\w[\w+.-]*://")
_BEFORE = re.compile(r"(://[^:/@]*:).*@", re.DOTALL)
_ASKED = re.compile(r"([?&](?:ssl)?password=)[^&]*", re.IGNORECASE)
#: What SQLite says, and what is said to people.
_SAID = {
    "locked": "{name} is being written to by somebody else; nothing was written, try again.",
    "disk is full": "There is no room left on the disk of {name}; nothing was written. Make room, and try again.",
    "readonly": "{name} cannot be written to ({cause}); nothing was written.",
    "malformed": "{name} could not be used: it is damaged ({cause}). Keep it as it is, and bring a backup back with 'evidence restore BACKUP'.",
    "not a database": "{name} could not be used: {cause}. Give a ledger; if it is one, it is damaged: 'evidence restore BACKUP' brings a backup back.",
    "disk I/O error": "{name} could not be used: the disk is full, or fails ({cause}). See to it, and try again.",
}


def open_engine(url: str, *, writing: bool = False, bulk: bool = False) -> Engine:
    """Return an engine for the ledger at ``url``.

    Args:
        url: a SQLAlchemy URL.
        writing: take SQLite's write lock at BEGIN, so that two writers wait rather than fail.
        bulk: let SQLite flush once at the end of a large import (``synchronous=NORMAL``).
    """
    place = place_of(url)
    if not writing and _is_frozen(place):
        place = _frozen(place)
    try:
        engine = create_engine(
            place, **({"pool_pre_ping": True} if place.get_backend_name() != "sqlite" else {})
        )
    except NoSuchModuleError as error:
        raise _unknown(url) from error
    except ModuleNotFoundError as error:
        raise LedgerError(
            f"Opening {shown(place)} needs {error.name}; install 'process-tracing-evidence[postgres]'."
        ) from error
    if place.get_backend_name() == "sqlite":
        _tune_sqlite(engine, writing=writing, bulk=bulk)
    return engine


def place_of(url: str) -> URL:
    """Return where ``url`` leads; what follows ``sqlite:///`` is a file's name as it is, whatever is in it.

    Raises:
        LedgerError: it is no URL, or one of a database that this program does not know.
    """
    if url.startswith(_FILE) and url != _FILE:
        return URL.create("sqlite", database=url.removeprefix(_FILE))
    try:
        place = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise _unknown(url) from error
    if place.get_backend_name() not in ("sqlite", "postgresql"):
        raise _unknown(url)
    return place


def shown(place: str | URL) -> str:
    """Return a ledger's place as it is said: a file's name, or the URL without its password."""
    place = place_of(place) if isinstance(place, str) else place
    if place.get_backend_name() != "sqlite" or not place.database:
        return without_passwords(place.render_as_string(hide_password=True))
    return unquote(place.database.removeprefix("file:")) if "uri" in place.query else place.database


def without_passwords(word: str) -> str:
    """Return a word of a command, or a URL, with stars where it is a server's URL that has a password."""
    if not _SERVER.match(word):
        return word
    return _ASKED.sub(r"\1***", _BEFORE.sub(r"\1***@", word, count=1))


def _unknown(url: str) -> LedgerError:
    return LedgerError(
        f"{without_passwords(url)!r} names no database that this program knows; give a SQLite file or a postgresql:// URL."
    )


def _is_frozen(place: URL) -> bool:
    """Tell whether a file lies where nobody could write beside it, which reading it otherwise asks for."""
    if place.get_backend_name() != "sqlite" or not place.database or not Path(place.database).is_file():
        return False
    beside = Path(f"{place.database}-wal")
    return not os.access(Path(place.database).absolute().parent, os.W_OK) and not beside.exists()


def _frozen(place: URL) -> URL:
    name = quote(str(Path(place.database or "").absolute()))
    return place.set(database=f"file:{name}", query={"mode": "ro", "immutable": "1", "uri": "true"})


def _tune_sqlite(engine: Engine, *, writing: bool, bulk: bool) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: Any, record: object) -> None:  # noqa: ARG001
        connection.isolation_level = None  # the driver must not begin by itself; "begin" below does
        run = connection.execute
        run("PRAGMA busy_timeout = 120000")  # a large import holds the lock for some twenty seconds
        run("PRAGMA foreign_keys = ON")
        if writing:
            run("PRAGMA journal_mode = WAL")
            run(f"PRAGMA synchronous = {'NORMAL' if bulk else 'FULL'}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def exists(url: str) -> bool:
    """Tell whether there is anything at ``url`` to open; only a file can be missing."""
    place = place_of(url)
    if place.get_backend_name() != "sqlite" or not place.database or place.database == ":memory:":
        return True
    return Path(place.database).is_file()


def version_of(connection: Connection) -> str | None:
    """Return the schema's revision, or nothing for a database that is not a ledger."""
    tables = connection.dialect.get_table_names(connection)
    if "alembic_version" not in tables:
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def require_current(connection: Connection) -> None:
    """Stop with the remedy if the ledger is not of this program's schema."""
    _judge(connection.engine, version_of(connection))


def _judge(engine: Engine, version: str | None) -> None:
    name = shown(engine.url)
    if version is None:
        raise LedgerError(f"{name} is not a ledger; make one with 'evidence init --study KEY'.")
    if version < HEAD:
        raise LedgerError(
            f"{name} is a ledger of an older program (schema {version}, this one needs {HEAD}); run 'evidence db upgrade'."
        )
    if version > HEAD:
        raise LedgerError(
            f"{name} is a ledger of a newer program (schema {version}, this one knows {HEAD}); update evidence."
        )


@contextmanager
def connecting(url: str, *, writing: bool = False, bulk: bool = False) -> Iterator[Engine]:
    """Open the ledger at ``url``, say plainly what is wrong if that fails, and let go of it at the end."""
    if not exists(url):
        raise LedgerError(f"There is no ledger at {shown(url)}; make one with 'evidence init --study KEY'.")
    engine = open_engine(url, writing=writing, bulk=bulk)
    try:
        yield engine
    except DBAPIError as error:
        if conflicted(error):
            raise
        kind = Lost if error.connection_invalidated else LedgerError
        server = engine.dialect.name != "sqlite"
        raise kind(refusal(engine.url, error.orig) if server else _sentence(engine, error)) from error
    except Exception as error:
        # An UPDATE that met no row, where a row policy left it none; the ORM's class is not loaded for its name's sake.
        if type(error).__name__ != "StaleDataError":
            raise
        raise LedgerError(_REFUSED.format(who=engine.url.username or "you", what="that record")) from error
    finally:
        engine.dispose()


class Lost(LedgerError):
    """The server went away in the middle, before anything was kept."""


_REFUSED = (
    "{who} may not do this to {what}; nothing was written. 'evidence db roles' says who may; ask an owner."
)


def _sentence(engine: Engine, error: DBAPIError) -> str:
    if isinstance(error, IntegrityError) and "unique" in str(error.orig).casefold():
        return "Another record has the same key or number already; nothing was written, choose another."
    cause = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
    name = shown(engine.url)
    said = next(
        (said for words, said in _SAID.items() if words in cause), "{name} could not be used: {cause}."
    )
    return said.format(name=name, cause=cause)


def conflicted(error: DBAPIError) -> bool:
    """Tell whether the database asks for the transaction to be tried again."""
    return getattr(error.orig, "sqlstate", None) in _RETRY


@contextmanager
def reading_all(url: str) -> Iterator[Connection]:
    """Yield a connection in one consistent read of all studies."""
    with connecting(url) as engine, engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        yield connection


@contextmanager
def reading(url: str, study: str | None = None) -> Iterator[tuple[Connection, Any]]:
    """Yield a connection in one consistent read, and the id of the study meant.

    Raises:
        LedgerError: there is no ledger there, or it needs an upgrade.
        UnknownKey: it has no such study.
    """
    with reading_all(url) as connection:
        yield connection, _welcome(connection, study)


def _welcome(connection: Connection, key: str | None) -> Any:
    """Check the schema and find the study, in one statement where all is well."""
    try:
        found = connection.execute(
            text(
                "SELECT version_num, key, id FROM alembic_version LEFT JOIN study ON version_num = :head ORDER BY key"
            ),
            {"head": HEAD},
        ).all()
    except DBAPIError:
        connection.rollback()
        found = []
    if not found or found[0].version_num != HEAD:
        require_current(connection)
        return find_study(connection, key)  # which says what is wrong with it
    return _choose([row for row in found if row.id is not None], key)


def require_new_study(url: str, key: str) -> None:
    """Stop if the ledger at ``url`` has a study with that key already."""
    with connecting(url) as engine, engine.connect() as connection:
        require_current(connection)
        if connection.execute(text("SELECT 1 FROM study WHERE key = :key"), {"key": key}).first():
            raise LedgerError(f"There is a study {key} already in {shown(url)}; choose another key.")


def find_study(connection: Connection, key: str | None) -> Any:
    """Return the id of the study with that key, or of the only one."""
    # Core without types: the id comes back as the driver has it, and goes into queries as such.
    return _choose(connection.execute(text("SELECT key, id FROM study ORDER BY key")).all(), key)


def _choose(found: Sequence[Any], key: str | None) -> Any:
    if key is None and len(found) == 1:
        return found[0].id
    keys = [row.key for row in found]
    if key is None:
        if not keys:
            raise LedgerError("This ledger has no study yet; start one with 'evidence init --study KEY'.")
        raise LedgerError(f"This ledger has several studies ({', '.join(keys)}); say which with --study.")
    for row in found:
        if row.key == key:
            return row.id
    raise UnknownKey("study", key, keys)
