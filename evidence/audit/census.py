"""What a study has, in numbers: counted by the database, so that it is cheap however large the study is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, cast, func, select

from evidence.ledger.rows import knowable, words

__all__ = ["Census", "census"]


@dataclass(frozen=True, slots=True)
class Census:
    """A study in numbers; searches and decisions as rows, for there are few of them beside quotes.

    Attributes:
        study: its row: question, overview, universe and profile.
        cases: how many cases there are of each status.
        tiers, access: how many sources there are of each.
        quoted: how many sources are quoted.
        archives: archive, part of it (record group, collection), number of documents.
        rights, redacted: how many sources say so.
        languages: language of the words, whether they are translated, number of quotes.
        translators: whoever translated.
        states: how many quotes are in which state.
        lengths: words of a quote, number of quotes.
        annotated, marked, observed: how many quotes have a note, have marks of withheld words, are under an observation.
        held, shareable: how many sources have words that are held, and may travel.
        searches: corpus, gaps, hits, status, searched_on.
        decisions: id, case_id, value, rule_value, round, confidence, coder_id, supersedes_id.
        coders: names by id.
        tests, stated: how many there are, and for how many both likelihoods are stated.
        hypotheses, priors: how many there are, and how many have a prior.
        signatures, reviewers: how many there are.
    """

    study: Any
    cases: Mapping[str, int]
    tiers: Mapping[str, int]
    access: Mapping[str, int]
    quoted: int
    archives: tuple[tuple[str, str, int], ...]
    rights: int
    redacted: int
    languages: tuple[tuple[str, bool, int], ...]
    translators: tuple[str, ...]
    states: Mapping[str, int]
    lengths: tuple[tuple[int, int], ...]
    annotated: int
    marked: int
    observed: int
    held: int
    shareable: int
    searches: Sequence[Any]
    decisions: Sequence[Any]
    coders: Mapping[Any, str]
    tests: int
    stated: int
    hypotheses: int
    priors: int
    signatures: int
    reviewers: int

    @property
    def sources(self) -> int:
        """How many sources there are."""
        return sum(self.tiers.values())

    @property
    def quotes(self) -> int:
        """How many quotes there are."""
        return sum(self.states.values())


def census(connection: Connection, study: Any) -> Census:
    """Return a study in numbers, in a number of statements that does not grow with it.

    Args:
        connection: to the ledger, or to the copy of its past.
        study: the study's id.
    """
    one = _Counting(connection, study)
    source = words(
        "source",
        "id study_id retired_at tier access repository record_group collection rights redacted language",
    )
    quote = words(
        "quote",
        "id study_id retired_at source_id language translation translator state words note redactions",
    )
    test = words("test", "id study_id retired_at p_hypothesis p_rival")
    text = words("text", "study_id retired_at source_id content shareable")
    review = words("review", "id study_id retired_at coder_id")
    link = words("observation_quote", "study_id retired_at quote_id")
    row = words("study", "id language profile word_scale universe_rule universe_count universe_deep overview")
    hypothesis = words("hypothesis", "id study_id retired_at prior")
    c, q = source.c, quote.c
    found = connection.execute(select(row).where(row.c.id == study)).one()
    return Census(
        study=found,
        cases=one.by(words("case", "id study_id retired_at status"), "status"),
        tiers=one.by(source, "tier"),
        access=one.by(source, "access"),
        quoted=one.number(quote, func.count(q.source_id.distinct())),
        archives=_archives(one, source),
        rights=one.number(source, func.count(), c.rights != ""),
        redacted=one.number(source, func.count(), c.redacted),
        languages=_languages(one, source, quote, found.language or "en"),
        translators=tuple(
            sorted(
                {name.strip() for name in one.values(quote, q.translator, q.translator != "") if name.strip()}
            )
        ),
        states=one.by(quote, "state"),
        lengths=tuple(sorted(one.counts(quote, _length(q.words)).items())),
        annotated=one.number(quote, func.count(), q.note != ""),
        marked=one.number(quote, func.count(), func.length(cast(q.redactions, String)) > len("[]")),
        observed=one.number(link, func.count(link.c.quote_id.distinct())),
        held=one.number(text, func.count(text.c.source_id.distinct()), text.c.content.is_not(None)),
        shareable=one.number(
            text, func.count(text.c.source_id.distinct()), text.c.content.is_not(None), text.c.shareable
        ),
        searches=one.rows("search", "corpus gaps hits status searched_on"),
        decisions=one.rows(
            "decision", "case_id value rule_value round confidence coder_id supersedes_id coding_round_id"
        ),
        coders={row.id: row.name for row in one.rows("coder", "name")},
        tests=one.number(test, func.count()),
        stated=one.number(test, func.count(), test.c.p_hypothesis.is_not(None), test.c.p_rival.is_not(None)),
        hypotheses=one.number(hypothesis, func.count()),
        priors=one.number(hypothesis, func.count(), hypothesis.c.prior.is_not(None)),
        signatures=one.number(review, func.count()),
        reviewers=one.number(review, func.count(review.c.coder_id.distinct())),
    )


class _Counting:
    """Counts the standing records of one study."""

    def __init__(self, connection: Connection, study: Any) -> None:
        self.connection, self.study = connection, study

    def standing(self, table: Any, *where: Any) -> tuple[Any, ...]:
        """Return the conditions on the study's rows that are not retired."""
        return (table.c.study_id == self.study, table.c.retired_at.is_(None), *where)

    def number(self, table: Any, what: ColumnElement[Any], *where: Any) -> int:
        """Return one number."""
        asked = select(what).select_from(table).where(*self.standing(table, *where))
        return int(self.connection.execute(asked).scalar_one())

    def counts(self, table: Any, what: ColumnElement[Any], *where: Any) -> dict[Any, int]:
        """Return how often each value comes."""
        asked = (
            select(what, func.count()).select_from(table).where(*self.standing(table, *where)).group_by(what)
        )
        return {row[0]: row[1] for row in self.connection.execute(asked)}

    def by(self, table: Any, column: str) -> Mapping[str, int]:
        """Return how often each word of a column comes, the words in their order."""
        found = self.counts(table, table.c[column])
        return {str(value or ""): found[value] for value in sorted(found, key=lambda value: str(value or ""))}

    def values(self, table: Any, what: ColumnElement[Any], *where: Any) -> list[Any]:
        """Return each value once."""
        return list(self.connection.scalars(select(what).where(*self.standing(table, *where)).distinct()))

    def rows(self, name: str, columns: str) -> Sequence[Any]:
        """Return rows by id, which sort as they were made."""
        table = words(name, f"id study_id retired_at {columns}")
        known = (knowable(table.c),) if name == "decision" else ()
        asked = select(table).where(*self.standing(table, *known)).order_by(table.c.id)
        return self.connection.execute(asked).all()


def _length(text: ColumnElement[Any]) -> ColumnElement[int]:
    """Return how many words a text has, near enough: its spaces and line ends, and one."""
    flat = func.replace(text, "\n", " ")
    return func.length(flat) - func.length(func.replace(flat, " ", "")) + 1


def _archives(one: _Counting, source: Any) -> tuple[tuple[str, str, int], ...]:
    c = source.c
    parts = (c.repository, c.record_group, c.collection)
    asked = (
        select(*parts, func.count().label("number"))
        .where(*one.standing(source, c.repository != ""))
        .group_by(*parts)
    )
    found: Counter[tuple[str, str]] = Counter()
    for row in one.connection.execute(asked):
        within = " / ".join(part.strip() for part in row[1:3] if part and part.strip())
        found[row[0].strip(), within] += row.number
    return tuple((archive, within, number) for (archive, within), number in sorted(found.items()) if archive)


def _languages(one: _Counting, source: Any, quote: Any, own: str) -> tuple[tuple[str, bool, int], ...]:
    """Return in which languages words are quoted: their own, or else that of the source or of the study."""
    translated = func.coalesce(quote.c.translation, "") != ""
    said = (quote.c.language, source.c.language, translated.label("translated"))
    asked = (
        select(*said, func.count().label("number"))
        .select_from(quote.join(source, source.c.id == quote.c.source_id))
        .where(*one.standing(quote))
        .group_by(quote.c.language, source.c.language, translated)
    )
    found: Counter[tuple[str, bool]] = Counter()
    for row in one.connection.execute(asked):
        found[row[0] or row[1] or own, bool(row.translated)] += row.number
    return tuple((language, done, number) for (language, done), number in sorted(found.items()))
