"""A process-tracing evidence manager: source, quote, observation, test, decision, narrative.

In a notebook:

    >>> import evidence
    >>> study = evidence.open("study.db")  # doctest: +SKIP
    >>> study.cases()  # doctest: +SKIP
    >>> study.why("mid-50", "ALLY")  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from os import PathLike

    from evidence.notebook.opened import OpenStudy

__all__ = ["open"]
__version__ = "0.1.0"


def open(  # noqa: A001 - what whoever types evidence.open expects
    ledger: str | PathLike[str] | None = None,
    study: str | None = None,
    *,
    as_of: str | int | None = None,
    frames: str = "",
) -> OpenStudy:
    """Open a study for reading: its tables as DataFrames, and why its cases have their codes.

    Nothing that is done with it can change the ledger, and nothing is kept open between two questions.

    Args:
        ledger: a file or a ``postgresql://`` URL; what commands would open (``EVIDENCE_LEDGER``, ``evidence.toml``,
            ``evidence.db``), if not given.
        study: the study's key, if the ledger holds several.
        as_of: the ledger as it was after this revision: a number, or the beginning of a digest.
        frames: ``pandas`` or ``polars``; the one in use or there, if not given.

    Raises:
        EvidenceError: there is no such ledger, study or revision, or that library is not installed; in a sentence.

    Example:
        >>> study = evidence.open("study.db", frames="polars")  # doctest: +SKIP
        >>> study.quotes().filter(pl.col("state") != "exact")  # doctest: +SKIP
    """
    from evidence.notebook.opened import OpenStudy  # noqa: PLC0415 - importing evidence stays cheap

    return OpenStudy(ledger, study, as_of=as_of, frames=frames)
