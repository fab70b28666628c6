"""Read from a standby of the ledger: a server's copy of its primary, which only reads.

A standby shows what it has applied. One that the primary waits for (``synchronous_commit = remote_apply``) has every
acknowledged revision; any other may be behind. Nothing is remembered between commands: a reader waits for a moment
until the standby has applied what had reached it, and is told when that was not enough, or nothing reaches it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from evidence.errors import LedgerError, UnknownKey
from evidence.ledger.store import conflicted, connecting, place_of, reading, require_current, shown

__all__ = ["Behind", "behind", "reading_from"]

#: Seconds for which a standby that does not answer is asked, before the primary is.
_PATIENCE = "5"
#: Seconds for which a reader waits until what has reached the standby is applied, and between two looks.
_WAIT, _PAUSE = 2.0, 0.02

_HEADS = (
    "SELECT study.key AS key, max(revision.number) AS number FROM study JOIN revision ON revision.study_id = study.id "
    "GROUP BY study.key ORDER BY study.key"
)
_STATE = text(
    "SELECT pg_is_in_recovery() AS standby, "
    "CAST(pg_last_wal_receive_lsn() AS text) AS received, "
    "EXISTS (SELECT 1 FROM pg_stat_wal_receiver WHERE pid IS NOT NULL) AS fed, "
    "to_char(pg_last_xact_replay_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS moment"
)
_UNAPPLIED = text("SELECT CAST(:received AS pg_lsn) - pg_last_wal_replay_lsn()")


@contextmanager
def reading_from(
    url: str, standby: str | None, study: str | None, tell: Callable[[str], object]
) -> Iterator[tuple[Connection, Any]]:
    """Yield a connection in one consistent read, and the study's id: from the standby, if there is one.

    The primary is asked instead where the standby cannot be: what it says is at least as new.

    Args:
        url: where the ledger is.
        standby: where to read it, or nothing.
        study: the study's key, or nothing for the only one.
        tell: told in a sentence what a reader should know of the standby.

    Raises:
        LedgerError: neither can be read, or the standby broke the reading off.
        UnknownKey: there is no such study.
    """
    with ExitStack() as opened:
        if standby is None:
            yield opened.enter_context(reading(url, study))
            return
        try:
            connection, own = opened.enter_context(_ready(standby, study, tell))
        except (LedgerError, UnknownKey) as error:
            tell(f"The standby could not be read, so the primary was: {error}")
            yield opened.enter_context(reading(url, study))
            return
        try:
            yield connection, own
        except DBAPIError as error:
            if not conflicted(error):
                raise
            raise LedgerError(
                f"The standby {shown(standby)} broke the reading off, because a change that it had to apply came between; "
                "try again (its hot_standby_feedback = on prevents it)."
            ) from error


@contextmanager
def _ready(
    standby: str, study: str | None, tell: Callable[[str], object]
) -> Iterator[tuple[Connection, Any]]:
    """Open the standby, having waited until it has applied what had reached it when it was asked."""
    url = _impatient(standby)
    if place_of(url).get_backend_name() == "postgresql":
        with connecting(url) as engine, engine.connect() as connection:
            _settle(connection.execution_options(isolation_level="AUTOCOMMIT"), shown(standby), tell)
    with reading(url, study) as found:
        yield found


def _impatient(url: str) -> str:
    place = place_of(url)
    if place.get_backend_name() == "postgresql" and "connect_timeout" not in place.query:
        place = place.update_query_dict({"connect_timeout": _PATIENCE})
        return place.render_as_string(hide_password=False)
    return url


def _settle(connection: Connection, name: str, tell: Callable[[str], object]) -> None:
    state = connection.execute(_STATE).one()
    if not state.standby:
        return  # it was promoted, or is a server of another kind
    as_of = f"it shows the ledger as of {state.moment} UTC" if state.moment else "it shows an older ledger"
    if not state.fed:
        tell(f"The standby {name} hears nothing from its primary at present; {as_of}, or later.")
        return
    # What reaches it from now on is not waited for.
    until, waiting = time.monotonic() + _WAIT, _unapplied(connection, state.received)
    while waiting > 0 and time.monotonic() < until:
        time.sleep(_PAUSE)
        waiting = _unapplied(connection, state.received)
    if waiting > 0:
        tell(f"The standby {name} is behind by {waiting:,} bytes; {as_of}.")


def _unapplied(connection: Connection, received: str | None) -> int:
    """Return how many bytes of the log up to a place are not applied yet."""
    return int(connection.execute(_UNAPPLIED, {"received": received}).scalar() or 0)


@dataclass(frozen=True, slots=True)
class Behind:
    """How far a standby is behind its primary, in one study.

    Attributes:
        study: the study's key.
        primary: the number of the newest revision at the primary.
        standby: that at the standby; 0 if it has none.
    """

    study: str
    primary: int
    standby: int


def behind(url: str, standby: str) -> list[Behind]:
    """Return the studies of which the standby does not have the newest revision yet.

    Raises:
        LedgerError: one of them cannot be read.
    """
    at_standby = _heads(
        _impatient(standby)
    )  # first: what is written meanwhile makes it look behind, never ahead
    at_primary = _heads(url)
    return [
        Behind(key, number, at_standby.get(key, 0))
        for key, number in at_primary.items()
        if at_standby.get(key, 0) < number
    ]


def _heads(url: str) -> dict[str, int]:
    with connecting(url) as engine, engine.connect() as connection:
        require_current(connection)
        return {row.key: row.number for row in connection.execute(text(_HEADS))}
