"""Run the migrations on the connection that is handed over; no URL is ever read here."""

from typing import Any

import sqlalchemy as sa
from alembic import context

from evidence.ledger.passages import in_models
from evidence.models import Base
from evidence.moments import Instant


def render_item(kind: str, item: Any, autogen_context: Any) -> str | bool:  # noqa: ARG001
    """Write a moment as a plain column type, so that a migration stays as it was written."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Instant) else False


def run(connection: sa.Connection) -> None:
    """Migrate; on SQLite without foreign keys, since a batch rebuilds a table by dropping the old one."""
    sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=render_item,
        render_as_batch=True,
        compare_type=True,
        compare_server_default=True,
        include_name=in_models,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()
        if sqlite:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise RuntimeError(f"this migration left {len(broken)} links leading nowhere")


run(context.config.attributes["connection"])
