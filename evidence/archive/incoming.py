"""What files bring: sources, the words of sources, and passages that somebody marked in them.

Readers turn a file of any format into these values and touch no ledger; ``bringing`` and ``marking`` bring
them into one. So a format is read in one place, and known to nobody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from evidence.errors import Place

__all__ = ["Incoming", "IncomingSource", "Loss", "Marked", "Part", "Words"]

#: Kind, label, first offset, offset after the last: ``("footnote", "3", 1200, 1391)``.
Part = tuple[str, str, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of a source as a file has them.

    Attributes:
        content: the words, in Unicode's form C, lines ended by LF.
        pages: the label of each page as printed, and the offset at which it begins, in the order of offsets.
            A label may come twice: a footnote's words stand after the body, and on the page of their own.
        parts: what can be addressed within the words; see ``quoting.ASIDES`` for the kinds that are no part
            of the body's flow.
        edition: which edition of the source.
        origin: the name of the file.
        shareable: whether rights allow the words to travel with the study.
    """

    content: str
    pages: tuple[tuple[str, int], ...] = ()
    parts: tuple[Part, ...] = ()
    edition: str = ""
    origin: str = ""
    shareable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A passage that somebody marked or copied, and what they said of it.

    Attributes:
        words: the passage, verbatim.
        prefix, suffix: the words around it, if they are known.
        locator: where it stands, by kind of locator: ``{"page": "64"}``.
        note: the analytic note on the quote.
        shows: what the passage shows (S stated X); an observation is made of it.
        inference, speaker, occurred: of that observation.
        tags: keys of cases and tests; a test's key may end in ``+`` (for its hypothesis) or ``-`` (against).
        identifiers: what it is known by elsewhere; a passage that comes again is known by it.
        place: where it was read.
    """

    words: str
    prefix: str = ""
    suffix: str = ""
    locator: Mapping[str, str] = field(default_factory=dict)
    language: str = ""
    transliteration: str = ""
    translation: str = ""
    translator: str = ""
    note: str = ""
    shows: str = ""
    inference: str = ""
    speaker: str = ""
    occurred: str = ""
    tags: tuple[str, ...] = ()
    identifiers: Mapping[str, str] = field(default_factory=dict)
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingSource:
    """A source as a file brings it.

    Attributes:
        key: the key that it should have in the study; empty to let one be made of author, year and title.
        fields: what is said of it, by the names of the fields of ``source``, ``identifiers`` and
            ``further`` among them.
        words: its words, if the file has them.
        marked: passages of it.
        place: where it was read.
    """

    key: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    words: tuple[Words, ...] = ()
    marked: tuple[Marked, ...] = ()
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that could not be carried over: what, and where it stands in the file."""

    what: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """All that one import brings."""

    items: tuple[IncomingSource, ...]
    losses: tuple[Loss, ...] = ()
