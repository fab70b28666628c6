"""What a study's publication has behind it: releases, readers' challenges, and the study in numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from evidence.audit.census import Census, census
from evidence.audit.challenged import Challenged, challenges
from evidence.ledger.rows import words
from evidence.publish.changes import challenge_view
from evidence.publish.release_views import ChallengeView
from evidence.publish.source_views import SourceEntry
from evidence.publish.views import CaseView

if TYPE_CHECKING:
    from evidence.audit.agreeing import Agreed
    from evidence.audit.later import Span

__all__ = ["Doubts", "Publication", "publication"]

_OF_CASES = ("decision", "test", "observation", "search", "case")


@dataclass(frozen=True, slots=True)
class Doubts:
    """What readers doubt, by what a page shows; a code, a test or a search by its case."""

    cases: Mapping[str, tuple[ChallengeView, ...]] = field(default_factory=dict)
    quotes: Mapping[str, tuple[ChallengeView, ...]] = field(default_factory=dict)
    sources: Mapping[str, tuple[ChallengeView, ...]] = field(default_factory=dict)

    def on_case(self, view: CaseView) -> CaseView:
        """Return a case with what concerns it, or one of the quotes on its page."""
        cited = [note.quote for note in view.narrative.notes]
        cited += [quote.key for piece in view.evidence for quote in piece.quotes]
        found = self.cases.get(view.key, ())
        found += tuple(one for one in self._of_quotes(cited) if one not in found)
        return replace(view, challenges=found) if found else view

    def on_source(self, entry: SourceEntry) -> SourceEntry:
        """Return a source with what concerns it, or one of its quotes."""
        found = self.sources.get(entry.source.key, ()) + self._of_quotes(
            one.quote.key for one in entry.quotes
        )
        return replace(entry, challenges=found) if found else entry

    def _of_quotes(self, quotes: Iterable[str]) -> tuple[ChallengeView, ...]:
        if not self.quotes:
            return ()
        return tuple(one for quote in dict.fromkeys(quotes) for one in self.quotes.get(quote, ()))


@dataclass(frozen=True, slots=True)
class Publication:
    """What is read of a study beside its records; nothing of it for a page that is rendered by itself."""

    spans: tuple[Span, ...] = ()
    challenges: tuple[Challenged, ...] = ()
    has: Census | None = None
    agreed: tuple[Agreed, ...] = ()  # of each frozen round

    @property
    def released(self) -> str:
        """The name of the newest release; empty if there is none."""
        return self.spans[0].since.key if self.spans else ""

    def doubts(self) -> Doubts:
        """Return the challenges by what they doubt."""
        found: dict[str, dict[str, tuple[ChallengeView, ...]]] = {"case": {}, "quote": {}, "source": {}}
        for one in self.challenges:
            noun = "case" if one.noun in _OF_CASES else one.noun
            for key in one.cases if noun == "case" else (one.subject,):
                found[noun][key] = (*found[noun].get(key, ()), challenge_view(one))
        return Doubts(found["case"], found["quote"], found["source"])


def publication(connection: Connection, study: Any) -> Publication:
    """Read a study's releases with what changed since each, its challenges, and its numbers.

    Args:
        connection: to the ledger, or to the copy of its past.
        study: the study's id.
    """
    return Publication(
        _spans(connection, study),
        tuple(challenges(connection, study)),
        census(connection, study),
        _agreed(connection, study),
    )


def _agreed(connection: Connection, study: Any) -> tuple[Agreed, ...]:
    rounds = words("coding_round", "study_id retired_at frozen_at")
    frozen = (rounds.c.study_id == study, rounds.c.retired_at.is_(None), rounds.c.frozen_at.is_not(None))
    if connection.execute(select(rounds.c.study_id).where(*frozen).limit(1)).first() is None:
        return ()
    from evidence.audit.agreeing import agreements  # noqa: PLC0415 - not before there is a round

    return agreements(connection, study, standing=False)


def _spans(connection: Connection, study: Any) -> tuple[Span, ...]:
    release = words("release", "study_id retired_at")
    made = select(release.c.study_id).where(release.c.study_id == study, release.c.retired_at.is_(None))
    if connection.execute(made.limit(1)).first() is None:
        return ()
    # To tell changes takes every noun's model, a quarter of a second: not before there are any to tell.
    from evidence.audit.later import spans  # noqa: PLC0415

    return spans(connection, study)
