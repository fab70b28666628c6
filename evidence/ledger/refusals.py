"""What a server answers when it will not, in a sentence with a remedy: no password and no statement is in it."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import URL

__all__ = ["refusal"]

#: What a server says by number (SQLSTATE). ``{name}`` is the ledger, ``{who}`` the login, ``{what}`` a table.
_BY_STATE = {
    "23505": "Another record has the same key or number already; nothing was written, choose another.",
    "25006": (
        "{name} is a server that only reads, such as a standby ({cause}); nothing was written. Give the primary's URL "
        "(--ledger, or EVIDENCE_LEDGER)."
    ),
    "25P03": "{name} ended a connection that was idle for too long; nothing was written, try again.",
    "3D000": "There is no database of that name at {name}; make it with createdb, then run 'evidence init --study KEY'.",
    "53100": "There is no room left on the disk of {name}; nothing was written. Make room, and try again.",
    "53300": "{name} has as many connections as it allows; nothing was written, try again, or raise max_connections.",
    "55P03": "{name} is being written to by somebody else; nothing was written, try again.",
    "57014": "{name} broke it off because it took too long; nothing was written. Ask for less, or raise statement_timeout.",
}
_DENIED = "{who} may not do this to {what} on {name}; nothing was written. 'evidence db roles' says who may; ask an owner."
_NO_LOGIN = (
    "{name} does not let {who} sign in ({cause}); check the name and the password (PGPASSWORD, ~/.pgpass), or ask whoever "
    "runs the server."
)
#: What is said before anybody is signed in has no number: the driver's words, and ours.
_BY_WORDS = (
    (r"password authentication failed|no password supplied|authentication failed", _NO_LOGIN),
    (r'role ".*" does not exist|no pg_hba\.conf entry', _NO_LOGIN),
    (r'database ".*" does not exist', _BY_STATE["3D000"]),
    (r"too many (clients|connections)|remaining connection slots", _BY_STATE["53300"]),
    (
        r"definition of service|service file",
        "The service that the ledger's URL names is unknown ({cause}); write it into ~/.pg_service.conf.",
    ),
    (
        r"\bSSL\b|certificate|sslmode",
        "{name} cannot be reached by TLS ({cause}); check sslmode and sslrootcert in its URL or service file.",
    ),
    (
        r"failed to resolve|could not translate host|Name or service not known",
        "There is no host of that name for {name}; check the ledger's URL.",
    ),
    (
        r"Connection refused|No such file or directory|No route to host|Network is unreachable",
        "No server answers at {name}; check host and port, and that it is running.",
    ),
    (
        r"timeout expired|timed out",
        "No server answered at {name} in time; check host and port, and the network.",
    ),
    (
        r"starting up|shutting down|recovery mode|not yet accepting",
        "{name} is starting or shutting down; nothing was written, try again in a moment.",
    ),
    (
        r"terminating connection|server closed the connection|connection is lost|SSL connection has been closed",
        "{name} went away in the middle; nothing was written, try again when it is back.",
    ),
)


def refusal(place: URL, error: BaseException | None) -> str:
    """Return what a server's refusal means to whoever asked.

    Args:
        place: where the ledger is.
        error: the driver's own error.
    """
    from evidence.ledger.store import shown  # noqa: PLC0415 - which asks this when something was refused

    state: Any = getattr(error, "sqlstate", None)
    # The driver may try several addresses and say each on a line; what is first is what it is.
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    cause = re.sub(r"^.*?(FATAL|ERROR):\s+", "", lines[0]) if lines else type(error).__name__
    cause = re.sub(r"password\s*=\s*\S+|:[^:@/\s]*@", "***", cause)
    said = {
        "name": shown(place),
        "who": place.username or "you",
        "cause": cause.rstrip("."),
        "what": "this ledger",
    }
    if state == "42501":
        found = re.search(r"(?:table|relation|function|schema|view) \"?(\w+)\"?", cause)
        said["what"] = found[1] if found else "this ledger"
        return _DENIED.format(**said)
    if state in _BY_STATE:
        return _BY_STATE[state].format(**said)
    for words, sentence in _BY_WORDS:
        if re.search(words, str(error)):
            return sentence.format(**said)
    return "{name} could not be used: {cause}.".format(**said)
