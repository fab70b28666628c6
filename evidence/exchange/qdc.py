"""A study's code book as a REFI-QDA file of its own (``.qdc``)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from evidence import __version__
from evidence.archive.qdpx_own import ORIGIN
from evidence.errors import ValueRefused
from evidence.exchange.qdpx_codes import Book
from evidence.exchange.qdpx_xml import element

__all__ = ["HEAD", "qdc"]

HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
_NAMESPACE = "urn:QDA-XML:codebook:1.0"


def qdc(connection: Connection, study: Any) -> bytes:
    """Return the code book of a study.

    Args:
        connection: an open read.
        study: the study's id.

    Raises:
        ValueRefused: the study has nothing yet that could be a code.
    """
    codes = Book(connection, study).xml()
    if not codes:
        raise ValueRefused(
            "The study has no concept, variable or hypothesis yet, so its code book would be empty."
        )
    said = {"xmlns": _NAMESPACE, "origin": f"{ORIGIN}{__version__}"}
    return f"{HEAD}{element('CodeBook', said, codes)}".encode()
