"""A study opened for reading, in Python: its tables as DataFrames, and why its cases have their codes."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from typing import Any

from sqlalchemy import Connection, select

from evidence.audit.why import why
from evidence.errors import UnknownKey
from evidence.exchange.tables import study_tables
from evidence.ledger import history
from evidence.ledger.blindfold import blindfold
from evidence.ledger.only_reading import ask
from evidence.ledger.rows import words
from evidence.ledger.settings import settings
from evidence.ledger.standbys import reading_from
from evidence.ledger.store import find_study, shown
from evidence.notebook.frames import Frame, frame, library
from evidence.notebook.tree import Tree

__all__ = ["OpenStudy"]


class OpenStudy:
    """A study, opened for reading. Each question reads the ledger as it is then, and keeps nothing open.

    ``evidence.open`` makes one. Its tables are those of ``evidence export tables``, with the same columns, of which
    the codebook says what each means.

    Example:
        >>> import evidence
        >>> study = evidence.open("study.db")  # doctest: +SKIP
        >>> study.cases()  # doctest: +SKIP
        >>> study.why("mid-50", "ALLY")  # doctest: +SKIP
    """

    def __init__(
        self,
        ledger: str | PathLike[str] | None = None,
        study: str | None = None,
        *,
        as_of: str | int | None = None,
        frames: str = "",
    ) -> None:
        """Find the ledger, and read once from it, so that what is wrong is said at once.

        Args:
            ledger: a file or a ``postgresql://`` URL; what commands would open, if not given.
            study: the study's key, if the ledger holds several.
            as_of: the ledger as it was after this revision: a number, or the beginning of a digest.
            frames: ``pandas`` or ``polars``; whichever is there, if not given.

        Raises:
            LedgerError: there is no ledger, or no such revision.
            UnknownKey: it has no such study.
            EvidenceError: that library is not installed.
        """
        self._settings = settings(None if ledger is None else os.fspath(ledger), study)
        self._as_of = None if as_of is None else str(as_of)
        self._frames = library(frames) if frames else ""
        table = words("study", "id key title")
        with self._reading() as (connection, own):
            row = connection.execute(select(table).where(table.c.id == own)).one()
        #: The study's key and its title.
        self.key: str = row.key
        self.title: str = row.title

    @contextmanager
    def _reading(self) -> Iterator[tuple[Connection, Any]]:
        """Read the ledger, or the copy of its past; from a standby where one is named."""
        chosen = self._settings
        with reading_from(chosen.url, chosen.standby, chosen.study, _warn) as (connection, own):
            self._blind(connection, own)
            if self._as_of is None:
                yield connection, own
                return
            number = history.number_of(connection, own, self._as_of)
            with history.as_of(connection, own, number) as past:
                then = find_study(past, None)
                self._blind(past, then, past=True)
                yield past, then

    def _blind(self, connection: Connection, own: Any, *, past: bool = False) -> None:
        """Leave out what whoever reads is not to see while a blind round is open that they code in."""
        coder = os.environ.get("EVIDENCE_CODER")
        blindfold(connection, own, None if past else coder, coder or self._settings.author)

    def __repr__(self) -> str:
        """Which study, where."""
        then = f", as of revision {self._as_of}" if self._as_of else ""
        return f"<study {self.key} in {shown(self._settings.url)}{then}, open for reading: {self.title}>"

    # --- Tables

    def tables(self) -> dict[str, str]:
        """Return the names of all tables, each with what a row of it is."""
        with self._reading() as (connection, own):
            return {table.name: table.meaning for table in study_tables(connection, own)}

    def table(self, name: str) -> Frame:
        """Return a table as a DataFrame.

        Args:
            name: one of ``tables()``.

        Raises:
            UnknownKey: there is no such table.
            EvidenceError: neither pandas nor polars is installed.
        """
        library(self._frames)  # before anything is read
        with self._reading() as (connection, own):
            tables = {table.name: table for table in study_tables(connection, own)}
            if name not in tables:
                raise UnknownKey("table", name, tables)
            columns, rows = tables[name].columns, list(tables[name].rows())
        names = [column.name for column in columns]
        return frame(names, rows, self._frames, [column.kind for column in columns])

    def cases(self) -> Frame:
        """Return the cases, with the code that stands for the study on each variable."""
        return self.table("cases")

    def decisions(self) -> Frame:
        """Return the decisions: every code that was given, by whom, when, with its reasons."""
        return self.table("codes")

    def tests(self) -> Frame:
        """Return the tests: what each predicts against which rival, and how it came out."""
        return self.table("tests")

    def observations(self) -> Frame:
        """Return the observations: what quotes show, and what is inferred from them."""
        return self.table("observations")

    def searches(self) -> Frame:
        """Return the searches: where was looked and what for, also where nothing was."""
        return self.table("searches")

    def quotes(self) -> Frame:
        """Return the quotes: words, place, source, and whether they were found there."""
        return self.table("quotes")

    def sources(self) -> Frame:
        """Return the sources: documents, books, data sets."""
        return self.table("sources")

    def hypotheses(self) -> Frame:
        """Return the hypotheses and which levels each supports."""
        return self.table("hypotheses")

    def sql(self, query: str, **values: Any) -> Frame:
        """Return what a SELECT of your own finds; nothing that would change the ledger is carried out.

        Args:
            query: one statement that reads; ``:name`` stands for a value. A ledger that is a file has views for it, such
                as ``cases_coded`` and ``quotes_with_sources``.
            values: values by name.

        Raises:
            LedgerError: it would do more than read, or the database does not understand it.
            EvidenceError: neither pandas nor polars is installed.

        Example:
            >>> study.sql("SELECT quote, words FROM quotes_with_sources WHERE source = :key", key="memo")  # doctest: +SKIP
        """
        library(self._frames)
        with self._reading() as (connection, _):
            columns, rows = ask(connection, query, values)
        return frame(columns, rows, self._frames)

    # --- Why

    def why(self, case: str, variable: str | None = None, *, size: int = 2) -> Tree:
        """Return why a case has its codes, as a tree that shows itself in a notebook and in a console.

        Args:
            case: the case's key, one that it once had, or its number in a data set.
            variable: one variable's key; all, if not given.
            size: how many tests, sources ... at most are taken away together to see what a code rests on.

        Raises:
            UnknownKey: there is no such case or variable.
        """
        with self._reading() as (connection, own):
            return Tree(why(connection, own, case, variable, size=size))


def _warn(sentence: str) -> None:
    warnings.warn(sentence, stacklevel=6)
