"""Make, upgrade and check a ledger's schema. Alembic's migrations are the only way it is made."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from evidence.errors import LedgerError
from evidence.ledger import indexed, passages, plain_views
from evidence.ledger.store import (
    HEAD,
    connecting,
    open_engine,
    place_of,
    require_current,
    shown,
    version_of,
)
from evidence.models import Base
from evidence.resources import folder

if TYPE_CHECKING:
    from sqlalchemy import Engine

__all__ = ["check", "config", "create", "differences", "reindex", "upgrade"]


def config(connection: Connection) -> Config:
    """Return Alembic's configuration: our migrations, on that connection."""
    settings = Config()
    settings.set_main_option("script_location", str(folder("migrations")))
    settings.set_main_option("path_separator", "os")
    settings.attributes["connection"] = connection
    return settings


def migrate(engine: Engine, to: str = "head") -> None:
    """Bring the database behind ``engine`` to a revision, in one transaction."""
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if sqlite:  # a pragma that is without effect inside a transaction; see migrations/env.py
            connection.connection.execute("PRAGMA foreign_keys = OFF")
        with connection.begin():
            plain_views.drop(connection)
            if to == "base" or to.startswith("-") or (to != "head" and (version_of(connection) or "") > to):
                command.downgrade(config(connection), to)
            else:
                command.upgrade(config(connection), to)
            if version_of(connection) == HEAD:
                plain_views.make(connection)
        if sqlite:
            connection.connection.execute("PRAGMA foreign_keys = ON")


def create(url: str) -> bool:
    """Make the ledger at ``url`` if there is none.

    Returns:
        Whether it was made; false if a ledger of the present schema was there.

    Raises:
        LedgerError: something else is there.
    """
    place = place_of(url)
    if place.get_backend_name() == "sqlite" and place.database:
        _make_file(Path(place.database))
    with connecting(url, writing=True) as engine:
        with engine.connect() as connection:
            version = version_of(connection)
            tables = connection.dialect.get_table_names(connection)
        if version is None and tables:
            raise LedgerError(f"{shown(place)} is a database with other tables in it; choose an empty one.")
        if version is None:
            migrate(engine)
        return version is None


def _make_file(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            file.touch()
    except OSError as error:
        raise LedgerError(f"No ledger can be made at {file}: {error.strerror}.") from error


def upgrade(url: str) -> tuple[str, str, Path | None]:
    """Bring a ledger to the present schema; a file is copied first.

    Returns:
        The revision it had, the one it has, and where the copy is (nothing if there was nothing to do).
    """
    with connecting(url, writing=True) as engine:
        with engine.connect() as connection:
            version = version_of(connection) or ""
            if not version or version > HEAD:
                require_current(connection)  # which says so
        if version == HEAD:
            _put_right(engine)
            return version, version, None
        copy = _copy(url, version)
        migrate(engine)
        with engine.begin() as connection:
            passages.rebuild(connection)
        return version, HEAD, copy


def _put_right(engine: Engine) -> None:
    """Make the views anew where they are not as they should be."""
    with engine.begin() as connection:
        if any(plain_views.strange(connection)):
            plain_views.drop(connection)
            plain_views.make(connection)


def reindex(url: str) -> int:
    """Make the index of ``find`` anew, and return how many passages it has."""
    with connecting(url, writing=True) as engine, engine.begin() as connection:
        require_current(connection)
        return passages.rebuild(connection)


def _copy(url: str, version: str) -> Path | None:
    place = place_of(url)
    if place.get_backend_name() != "sqlite" or not place.database:
        return None
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    target = Path(f"{place.database}.{version}.{stamp}")
    source, destination = open_engine(url), open_engine(f"sqlite:///{target}")
    with source.connect() as one, destination.connect() as other:
        one.connection.backup(other.connection.dbapi_connection)
    source.dispose()
    destination.dispose()
    return target


def differences(connection: Connection) -> list[object]:
    """Return where the schema of a database differs from the models; Alembic's own form."""
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "include_name": passages.in_models}
    )
    return list(compare_metadata(context, Base.metadata))


def _other(connection: Connection, version: str | None) -> list[str]:
    """Return that the schema is another, and where its tables tell that only the number was changed."""
    if version is None:
        found = "this is not a ledger; make one with 'evidence init --study KEY'"
    elif version > HEAD:
        found = (
            f"the schema is {version}, of a newer program than this one, which knows {HEAD}; update evidence"
        )
    else:
        found = f"the schema is {version}, this program needs {HEAD}; run 'evidence db upgrade'"
    if differences(connection):
        return [found]
    hint = f"its tables are those of schema {HEAD}: if alembic_version was changed by hand, write {HEAD} into its one row"
    return [found, hint]


def _more(connection: Connection) -> list[tuple[str, str]]:
    """Return what acts in place of the tables, triggers, and further rows of the version."""
    triggers = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.dialect.name == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    found = [("trigger", str(name)) for name in connection.scalars(text(triggers))]
    versions = connection.scalars(text("SELECT version_num FROM alembic_version")).all()
    return found + [("second version", str(version)) for version in versions if version != HEAD]


def check(url: str) -> list[str]:
    """Return what is wrong with a ledger's schema and links, in sentences; none if all is well."""
    with connecting(url) as engine, engine.connect() as connection:
        version = version_of(connection)
        if version != HEAD:
            return _other(connection, version)
        found = [
            f"the schema differs from the program's: {difference}" for difference in differences(connection)
        ]
        found += [
            f"the database has a {kind} {name}, which no program made" for kind, name in _more(connection)
        ]
        found += plain_views.strange(connection)
        found += indexed.check(connection)
        if engine.dialect.name == "sqlite":
            found += [
                f"{row[0]} row {row[1]} leads to no {row[2]}"
                for row in connection.exec_driver_sql("PRAGMA foreign_key_check")
            ]
            # Not quick_check, which does not look whether an index has every row.
            damage = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check(10)")]
            found += [f"the file is damaged: {what}" for what in damage if what != "ok"]
        return found
