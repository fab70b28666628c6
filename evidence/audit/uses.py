"""The way back: what rests on a source, on a quote or on a text, up to the codes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, literal, or_, select, union_all

from evidence.audit.use_views import CodeOn, Derived, Held, ObservationOn, QuoteOn, SignedOn, TestOn, Uses
from evidence.errors import UnknownKey, ValueRefused
from evidence.keys import natural
from evidence.ledger.among import among
from evidence.ledger.rows import words

__all__ = ["cited_keys", "uses"]

_source = words("source", "id study_id key title derived_from_id retired_at")
_quote = words(
    "quote", "id study_id source_id key words locator state verified_sha256 verified_edition retired_at"
)
_text = words("text", "id study_id source_id sha256 edition origin content retired_at")
_redirect = words("redirect", "study_id noun key row_id")
_observation = words("observation", "id study_id key case_id proposition retired_at")
_observation_quote = words("observation_quote", "study_id observation_id quote_id retired_at")
_bearing = words("bearing", "study_id test_id observation_id direction retired_at")
_test = words("test", "id key case_id kind result retired_at")
_decision_test = words("decision_test", "study_id decision_id test_id retired_at")
_decision_observation = words("decision_observation", "study_id decision_id observation_id retired_at")
_decision = words(
    "decision",
    "id study_id key case_id variable_version_id value coder_id round locator supersedes_id decided_at retired_at",
)
_version = words("variable_version", "id variable_id")
_variable = words("variable", "id key")
_coder = words("coder", "id key source_id")
_review = words("review", "study_id noun subject_id coder_id verdict reviewed_at retired_at")
_case = words("case", "id study_id key narrative retired_at")

#: How a narrative cites: ``[@KEY]``, ``[@KEY, 315; @OTHER]``.
_CITED = re.compile(r"\[@([^\[\]\n]+)\]")
_KEY = re.compile(r"@?([^\s,;@]+)")
#: Up to so many keys are looked for by name in narratives; beyond it every narrative is read.
_FEW = 20
_SHORTEST = 4


def uses(connection: Connection, study: Any, name: str) -> Uses:
    """Return what rests on a source, on a quote from one, or on a text of one.

    Args:
        connection: to the ledger.
        study: the study's id, as ``store.reading`` gives it.
        name: the key of a source or of a quote, one that it once had, or how a text's SHA-256 begins.

    Raises:
        UnknownKey: there is no such source, quote or text.
        ValueRefused: several texts begin so.
    """
    noun, row = _named(connection, study, name)
    if noun == "quote":
        meant = and_(_quote.c.id == row.id)
    elif noun == "text":
        meant = and_(_quote.c.source_id == row.source_id, _quote.c.verified_sha256 == row.sha256)
    else:
        meant = and_(_quote.c.source_id == row.id)
    source_id = row.id if noun == "source" else row.source_id
    meant = and_(meant, _quote.c.study_id == study, _quote.c.retired_at.is_(None))
    found = sorted(connection.execute(select(_quote).where(meant)), key=lambda one: natural(one.key))
    seen = _observations(connection, study, select(_quote.c.id).where(meant)) if found else {}
    source = connection.execute(select(_source).where(_source.c.id == source_id)).one()
    whole = [source] if noun == "source" else []
    cited = _narratives(connection, study, [*found, *whole])
    made = Uses(
        noun=noun,
        key=row.sha256 if noun == "text" else row.key,
        source=source.key,
        title=source.title,
        texts=_texts(connection, study, source.id, row if noun == "text" else None),
        quotes=tuple(
            QuoteOn(
                one.key, one.words, one.locator or {}, one.state, one.verified_edition,
                tuple(seen.get(one.id, ())), cited.get(one.id, ()),
            )
            for one in found
        ),
        narratives=cited.get(source.id, ()) if whole else (),
        derived=_derived(connection, study, source.id) if whole else (),
        published=_published(connection, study, source.id) if whole else (),
        reviews=(),
    )  # fmt: skip
    return replace(made, reviews=tuple(_reviews(connection, study, made)))


def _named(connection: Connection, study: Any, name: str) -> tuple[str, Row[Any]]:
    """Return what a key means, the first of source, quote and text that has it, or once had it."""
    for noun, table in (("source", _source), ("quote", _quote)):
        moved = select(_redirect.c.row_id).where(
            _redirect.c.study_id == study, _redirect.c.noun == noun, _redirect.c.key == name
        )
        wanted = select(table).where(table.c.study_id == study, table.c.retired_at.is_(None))
        found = connection.execute(wanted.where(table.c.key == name)).first()
        found = found or connection.execute(wanted.where(table.c.id.in_(moved))).first()
        if found is not None:
            return noun, found
    texts = _beginning(connection, study, name)
    if len({row.id for row in texts}) > 1:
        listed = ", ".join(row.sha256[:12] for row in texts[:3])
        raise ValueRefused(f"{name!r} is how several texts begin ({listed}); give more of the hash.")
    if texts:
        return "text", texts[0]
    known = [
        select(table.c.key).where(table.c.study_id == study, table.c.retired_at.is_(None))
        for table in (_source, _quote)
    ]
    raise UnknownKey("source, quote or text", name, connection.scalars(union_all(*known)))


def _beginning(connection: Connection, study: Any, name: str) -> list[Row[Any]]:
    if len(name) < _SHORTEST or not re.fullmatch(r"[0-9a-fA-F]+", name):
        return []
    columns = [column for column in _text.c if column.name != "content"]
    wanted = select(*columns).where(_text.c.study_id == study, _text.c.retired_at.is_(None))
    return list(connection.execute(wanted.where(_text.c.sha256.like(f"{name.lower()}%"))))


def _texts(connection: Connection, study: Any, source_id: Any, only: Row[Any] | None) -> tuple[Held, ...]:
    held = _text.c.content.is_not(None).label("held")
    against = and_(
        _quote.c.source_id == _text.c.source_id, _quote.c.verified_sha256 == _text.c.sha256,
        _quote.c.retired_at.is_(None),
    )  # fmt: skip
    verified = select(func.count()).select_from(_quote).where(against).scalar_subquery()
    wanted = select(_text.c.sha256, _text.c.edition, _text.c.origin, held, verified.label("verified")).where(
        _text.c.study_id == study, _text.c.source_id == source_id, _text.c.retired_at.is_(None)
    )
    rows = connection.execute(wanted if only is None else wanted.where(_text.c.id == only.id))
    texts = (Held(row.sha256, row.edition, row.origin, bool(row.held), row.verified) for row in rows)
    return tuple(sorted(texts, key=lambda text: (text.edition, text.sha256)))


def _observations(connection: Connection, study: Any, quotes: Select[Any]) -> dict[Any, list[ObservationOn]]:
    """Return the observations that rest on each of some quotes, with tests and codes."""
    resting = (
        select(_observation_quote.c.quote_id, _observation, _case.c.key.label("case"))
        .join(_observation, _observation.c.id == _observation_quote.c.observation_id)
        .outerjoin(_case, _case.c.id == _observation.c.case_id)
        .where(
            _observation_quote.c.study_id == study,
            _observation_quote.c.quote_id.in_(quotes),
            _observation_quote.c.retired_at.is_(None),
            _observation.c.retired_at.is_(None),
        )
    )
    rows = sorted(connection.execute(resting), key=lambda row: natural(row.key))
    if not rows:
        return {}
    ids = resting.with_only_columns(_observation.c.id)
    tests = _tests(connection, study, ids)
    weighed = _codes(
        connection, study, _decision_observation, _decision_observation.c.observation_id.in_(ids)
    )
    found: dict[Any, list[ObservationOn]] = {}
    for row in rows:
        one = ObservationOn(
            row.key, row.case, row.proposition, tuple(tests.get(row.id, ())), tuple(weighed.get(row.id, ()))
        )
        found.setdefault(row.quote_id, []).append(one)
    return found


def _tests(connection: Connection, study: Any, observations: Select[Any]) -> dict[Any, list[TestOn]]:
    brought = (
        select(_bearing.c.observation_id, _bearing.c.direction, _test, _case.c.key.label("case"))
        .join(_test, _test.c.id == _bearing.c.test_id)
        .join(_case, _case.c.id == _test.c.case_id)
        .where(
            _bearing.c.study_id == study,
            _bearing.c.observation_id.in_(observations),
            _bearing.c.retired_at.is_(None),
            _test.c.retired_at.is_(None),
        )
    )
    rows = sorted(connection.execute(brought), key=lambda row: natural(row.key))
    if not rows:
        return {}
    ids = brought.with_only_columns(_test.c.id)
    codes = _codes(connection, study, _decision_test, _decision_test.c.test_id.in_(ids))
    found: dict[Any, list[TestOn]] = {}
    for row in rows:
        one = TestOn(row.key, row.case, row.direction, row.kind, row.result, tuple(codes.get(row.id, ())))
        found.setdefault(row.observation_id, []).append(one)
    return found


def _codes(connection: Connection, study: Any, link: Any, meant: Any) -> dict[Any, list[CodeOn]]:
    """Return the decisions that a kind of link leads to, by what it leads from."""
    subject = next(column for column in link.c if column.name in ("test_id", "observation_id"))
    wanted = (
        _decisions()
        .add_columns(subject.label("subject"))
        .join(link, link.c.decision_id == _decision.c.id)
        .where(link.c.study_id == study, meant, link.c.retired_at.is_(None))
    )
    found: dict[Any, list[CodeOn]] = {}
    for row in _in_order(connection.execute(wanted)):
        found.setdefault(row.subject, []).append(_code(row))
    return found


def _published(connection: Connection, study: Any, source_id: Any) -> tuple[CodeOn, ...]:
    """Return the codes of coders whose codes stand in a source."""
    wanted = _decisions().where(_decision.c.study_id == study, _coder.c.source_id == source_id)
    return tuple(map(_code, _in_order(connection.execute(wanted))))


def _reviews(connection: Connection, study: Any, made: Uses) -> list[SignedOn]:
    """Return who signed a quote, or a test, a code or a case that rests on it."""
    seen = [one for quote in made.quotes for one in quote.observations]
    keys: dict[str, set[str]] = {
        "quote": {quote.key for quote in made.quotes},
        "test": {test.key for one in seen for test in one.tests},
        "decision": {code.key for code in made.codes},
        "case": {test.case for one in seen for test in one.tests} | {code.case for code in made.codes},
    }
    signed = []
    for noun, named in keys.items():
        of = words(noun, "id study_id key").c
        signed.append(
            select(
                literal(noun).label("noun"), of.key, _coder.c.key.label("coder"), _review.c.verdict,
                _review.c.reviewed_at,
            ).where(
                of.study_id == study, among(connection, of.key, sorted(named)), _review.c.study_id == study,
                _review.c.noun == noun, _review.c.subject_id == of.id, _review.c.retired_at.is_(None),
                _coder.c.id == _review.c.coder_id,
            )
        )  # fmt: skip
    rows = connection.execute(union_all(*signed)) if any(keys.values()) else ()
    found = [SignedOn(*row) for row in rows]
    return sorted(found, key=lambda one: (one.reviewed_at, natural(one.key)), reverse=True)


def _decisions() -> Select[Any]:
    later = _decision.alias("later")
    superseded = select(later.c.id).where(
        later.c.supersedes_id == _decision.c.id, later.c.retired_at.is_(None)
    )
    return (
        select(
            _decision.c.key,
            _case.c.key.label("case"),
            _variable.c.key.label("variable"),
            _decision.c.value,
            _coder.c.key.label("coder"),
            _decision.c.round,
            _decision.c.decided_at,
            _decision.c.locator,
            superseded.exists().label("superseded"),
        )
        .select_from(_decision)
        .join(_case, _case.c.id == _decision.c.case_id)
        .join(_version, _version.c.id == _decision.c.variable_version_id)
        .join(_variable, _variable.c.id == _version.c.variable_id)
        .join(_coder, _coder.c.id == _decision.c.coder_id)
        .where(_decision.c.retired_at.is_(None))
    )


def _in_order(rows: Iterable[Row[Any]]) -> list[Row[Any]]:
    return sorted(rows, key=lambda row: natural(row.key))


def _code(row: Row[Any]) -> CodeOn:
    return CodeOn(
        row.key, row.case, row.variable, row.value, row.coder, row.round, row.decided_at, bool(row.superseded),
        dict(row.locator or {}),
    )  # fmt: skip


def _derived(connection: Connection, study: Any, source_id: Any) -> tuple[Derived, ...]:
    quotes = select(func.count()).select_from(_quote)
    quotes = quotes.where(_quote.c.source_id == _source.c.id, _quote.c.retired_at.is_(None))
    wanted = select(_source.c.key, _source.c.title, quotes.scalar_subquery().label("quotes")).where(
        _source.c.study_id == study,
        _source.c.derived_from_id == source_id,
        _source.c.retired_at.is_(None),
    )
    rows = sorted(connection.execute(wanted), key=lambda row: natural(row.key))
    return tuple(Derived(row.key, row.title, row.quotes) for row in rows)


def _narratives(
    connection: Connection, study: Any, rows: Iterable[Row[Any]]
) -> Mapping[Any, tuple[str, ...]]:
    """Return the cases whose narratives cite each of some quotes and sources, by the id of what is cited."""
    named = {row.key: row.id for row in rows}
    if not named:
        return {}
    ids = list(named.values())
    earlier = select(_redirect.c.key, _redirect.c.row_id).where(_redirect.c.study_id == study)
    if len(ids) <= _FEW:
        earlier = earlier.where(_redirect.c.row_id.in_(ids))
    known = set(ids)
    named = {row.key: row.row_id for row in connection.execute(earlier) if row.row_id in known} | named
    wanted = select(_case.c.key, _case.c.narrative).where(
        _case.c.study_id == study, _case.c.retired_at.is_(None)
    )
    mark = [_case.c.narrative.contains(f"@{key}", autoescape=True) for key in named]
    mark = mark if len(mark) <= _FEW else [_case.c.narrative.contains("[@", autoescape=True)]
    found: dict[Any, set[str]] = {}
    for case in connection.execute(wanted.where(or_(*mark))):
        for key in cited_keys(case.narrative):
            if key in named:
                found.setdefault(named[key], set()).add(case.key)
    return {i: tuple(sorted(cases, key=natural)) for i, cases in found.items()}


def cited_keys(narrative: str) -> Iterable[str]:
    """Yield the keys that a narrative cites."""
    for bracket in _CITED.finditer(narrative):
        for one in bracket[1].split(";"):
            key = _KEY.match(one.strip())
            if key:
                yield key[1]
