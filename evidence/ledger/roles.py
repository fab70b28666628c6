"""Who may do what on a server: logins, the role that each has, and the coder that each works as.

What a role may do is said to the server by the migrations (``migrations/server``), and kept by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, select, text

from evidence.errors import LedgerError, UnknownKey, ValueRefused, nearest
from evidence.ledger.blindfold import VEILED
from evidence.ledger.store import connecting, reading, require_current, shown
from evidence.models import Coder

if TYPE_CHECKING:
    from evidence.ledger.revisions import Unit

__all__ = ["ROLES", "Member", "blind", "grant", "install", "members", "require_sight", "revoke"]

#: The roles, from the one that may least.
ROLES = ("reader", "coder", "adjudicator", "owner")
_GROUP = "evidence_"


@dataclass(frozen=True, slots=True)
class Member:
    """A login of the server that has a role, or is a coder's."""

    login: str
    role: str  # one of ROLES; nothing if it has none
    coder: str  # the coder's key; nothing if the login is nobody's


def _require_server(connection: Connection) -> None:
    if connection.dialect.name != "postgresql":
        raise LedgerError(
            f"{shown(connection.engine.url)} is no PostgreSQL server, which alone keeps roles; whoever can read a file can "
            "read all of it."
        )


def _installed(connection: Connection) -> bool:
    asked = (
        "SELECT count(*) FROM pg_policies WHERE schemaname = current_schema() AND policyname = 'evidence_all'"
    )
    return bool(connection.execute(text(asked)).scalar_one())


def _require_installed(connection: Connection) -> None:
    _require_server(connection)
    if not _installed(connection):
        raise LedgerError(
            "This ledger has no roles yet, because whoever made it may not make roles on the server; let somebody who may "
            "(CREATEROLE) run 'evidence db roles --install'."
        )


def members(url: str, study: str | None) -> list[Member]:
    """Return who has which role, and which coder's login is whose.

    Raises:
        LedgerError: it is no server, or its roles are not installed.
    """
    with reading(url, study) as (connection, study_id):
        _require_installed(connection)
        held = text(
            "SELECT m.rolname AS login, g.rolname AS role FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid "
            "JOIN pg_roles m ON m.oid = a.member WHERE g.rolname IN :groups AND m.rolname NOT IN :groups"
        ).bindparams(bindparam("groups", [f"{_GROUP}{role}" for role in ROLES], expanding=True))
        found = {(row.login, row.role.removeprefix(_GROUP)) for row in connection.execute(held)}
        known = select(Coder.login, Coder.key).where(
            Coder.study_id == study_id, Coder.login.is_not(None), Coder.retired_at.is_(None)
        )
        coders: dict[str, str] = {str(row.login): row.key for row in connection.execute(known)}
    found |= {(login, "") for login in coders.keys() - {login for login, _ in found}}
    return [Member(login, role, coders.get(login, "")) for login, role in sorted(found)]


def grant(session: Unit, login: str, role: str, *, coder: str = "", create: bool = False) -> None:
    """Give a login of the server a role, in place of the one it had, and say which coder it is.

    Args:
        session: the unit of work: what the server is told is kept with it, or not at all.
        login: a role of the server that may sign in.
        role: one of ``ROLES``.
        coder: the key of the coder that it works as; nothing leaves that as it is.
        create: make the login if the server has none of that name. It has no password: the server asks for none
            where it knows people otherwise, and whoever needs one sets it with psql (its command ``password``).

    Raises:
        LedgerError: it is no server, or has no such login.
        ValueRefused: there is no such role, or the login is another coder's.
    """
    from evidence.ledger import records  # noqa: PLC0415 - which knows the mapped classes, as reading does not

    connection = session.connection()
    _require_installed(connection)
    if role not in ROLES:
        near = nearest(role, ROLES, 1)
        raise ValueRefused(
            f"{role!r} is no role; there are {', '.join(ROLES)}.{f' Did you mean {near[0]}?' if near else ''}"
        )
    name = _quoted(connection, login)
    if not _has_login(connection, login):
        if not create:
            raise LedgerError(
                f"The server has no login {login!r}; add --create to make it, or let whoever runs the server make it."
            )
        connection.execute(text(f"CREATE ROLE {name} LOGIN"))
    _take(connection, login, keep=role)
    connection.execute(text(f"GRANT {_GROUP}{role} TO {name}"))
    if coder:
        row = records.find(session, "coder", coder)
        other = session.scalars(
            select(Coder).where(Coder.study_id == session.study_id, Coder.login == login, Coder.id != row.id)
        ).first()
        if other is not None:
            raise ValueRefused(
                f"{login} signs in as coder {other.key} already; a login is one coder's. Take it away first with "
                f"'evidence db revoke {login}'."
            )
        records.edit(session, "coder", row, {"login": login})


def revoke(session: Unit, login: str) -> None:
    """Take every role from a login, and the login from its coder; the login itself stays the server's."""
    from evidence.ledger import records  # noqa: PLC0415 - as above

    connection = session.connection()
    _require_installed(connection)
    found = session.scalars(
        select(Coder).where(Coder.study_id == session.study_id, Coder.login == login)
    ).all()
    if not _take(connection, login) and not found:
        known = sorted(
            str(name) for name in connection.scalars(text("SELECT rolname FROM pg_roles WHERE rolcanlogin"))
        )
        raise UnknownKey("login with a role", login, known)
    for row in found:
        records.edit(session, "coder", row, {"login": None})


def _take(connection: Connection, login: str, keep: str = "") -> bool:
    """Take from a login the roles that it has, but for one; tell whether it had any."""
    asked = text(
        "SELECT g.rolname FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m ON m.oid = a.member "
        "WHERE m.rolname = :login AND g.rolname IN :groups"
    ).bindparams(bindparam("groups", [f"{_GROUP}{role}" for role in ROLES], expanding=True))
    held = [str(name) for name in connection.scalars(asked, {"login": login})]
    for group in held:
        if group != f"{_GROUP}{keep}":
            connection.execute(text(f"REVOKE {group} FROM {_quoted(connection, login)}"))
    return bool(held)


def _has_login(connection: Connection, login: str) -> bool:
    found = connection.execute(
        text("SELECT rolcanlogin FROM pg_roles WHERE rolname = :login"), {"login": login}
    ).scalar()
    if found is False:
        raise LedgerError(f"{login!r} is a group of the server and cannot sign in; name a login.")
    return bool(found)


def _quoted(connection: Connection, login: str) -> str:
    # A colon would begin one of SQLAlchemy's own names.
    return connection.dialect.identifier_preparer.quote_identifier(login).replace(":", "\\:")


def install(url: str) -> None:
    """Make the server keep the roles of this ledger, or keep them as this program has them.

    Raises:
        LedgerError: it is no server, or whoever is signed in may not make roles.
    """
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - slow, and needed here alone

    from evidence.ledger.schema import config  # noqa: PLC0415 - as above

    with connecting(url, writing=True) as engine, engine.begin() as connection:
        require_current(connection)
        _require_server(connection)
        saying: Any = ScriptDirectory.from_config(config(connection)).get_revision("0006").module
        if not saying.make_groups(connection):
            raise LedgerError(
                "You may not make roles on this server; let somebody who may (CREATEROLE) run 'evidence db roles --install', "
                f"or make these first: {', '.join(f'{_GROUP}{role}' for role in ROLES)}."
            )
        saying.functions(connection)
        saying.roles(connection)


def require_sight(connection: Connection, what: str, *, unseen: bool = False) -> None:
    """Stop whoever is kept from seeing some codes from what would be wrong without them.

    Args:
        connection: to the ledger.
        what: cannot be done before, such as "the history can be verified".
        unseen: whether a file's round hides codes from whoever is at work.

    Raises:
        LedgerError: a blind round is open, and hides codes from whoever is signed in.
    """
    if unseen or blind(connection):
        raise LedgerError(
            f"Codes of others are hidden from you while a blind round is open, so {what} only by an owner, or once the round "
            "is frozen."
        )


def blind(connection: Connection) -> bool:
    """Tell whether the server keeps rows from whoever is signed in, because a blind round is open."""
    if connection.info.get(VEILED):
        return True
    if connection.dialect.name != "postgresql":
        return False
    return bool(
        connection.execute(
            text("SELECT row_security_active('decision') AND EXISTS (SELECT evidence_hidden())")
        ).scalar_one()
    )
