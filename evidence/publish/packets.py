"""A packet to code from without the ledger: a page with the evidence of each case, and a form to fill in.

It holds what can be known of a case before it is coded: facts, the scheme with its rules, documents, quotes,
observations, searches, and tests as they were declared. No code, result, review, prior, challenge, narrative or history
is in it, nor remarks in which a code may be told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from evidence.audit.bodies import body as body_of
from evidence.audit.chain import Chain, load
from evidence.audit.descent import descent
from evidence.audit.forms_of_codes import form
from evidence.audit.rounds import CoderOf, RoundOf, round_of
from evidence.audit.views import Observed, Ruled, Searched
from evidence.audit.why import ruled
from evidence.errors import EvidenceError
from evidence.keys import natural
from evidence.ledger.rows import words
from evidence.publish import citations
from evidence.publish.audit_words import Words
from evidence.publish.citing import cited
from evidence.publish.environment import templates
from evidence.publish.folder import put
from evidence.publish.proof_views import Fact

__all__ = [
    "PacketCaseView", "PacketJudgementView", "PacketLevelView", "PacketTestView", "PacketView", "packet", "write_packet",
]  # fmt: skip

#: By which a form that this program wrote is known: it is written over only while nobody has filled it in.
FORM, PAGE = "codes.yaml", "packet.html"

_participation = words("participation", "study_id case_id actor_id side start end retired_at")
_actor = words("actor", "id name")
_facts = words("case", "id attributes data_set data_version")


@dataclass(frozen=True, slots=True)
class PacketLevelView:
    """A level of the scheme."""

    value: str
    label: str
    definition: str
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PacketJudgementView:
    """A judgement behind the code, and what it can be."""

    key: str
    label: str
    values: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class PacketTestView:
    """A test as it was declared: what would be seen, and no result."""

    key: str
    kind: str
    target: str
    hypothesis: str  # its key
    rival: str
    prediction: str
    if_false: str
    where_to_look: str


@dataclass(frozen=True, slots=True)
class PacketCaseView:
    """A case with what can be known of it before it is coded."""

    position: int  # in the coder's order
    key: str
    title: str
    start: str | None
    end: str | None
    sides: tuple[Fact, ...]  # who took part, by side
    facts: tuple[Fact, ...]  # as its data set states them
    hypotheses: tuple[Fact, ...]  # key and statement
    tests: tuple[PacketTestView, ...]
    observations: tuple[Observed, ...]
    searches: tuple[Searched, ...]
    documents: tuple[Fact, ...]  # key and full citation


@dataclass(frozen=True, slots=True)
class PacketView:
    """What a coder in a round needs to code without the ledger."""

    study: Any  # its row
    round: RoundOf
    coder: CoderOf
    label: str  # of the variable
    question: str
    levels: tuple[PacketLevelView, ...]
    judgements: tuple[PacketJudgementView, ...]
    rule: tuple[Ruled, ...]
    cases: tuple[PacketCaseView, ...]


def packet(
    connection: Connection, study: Any, key: str, coder: str, own: Path | None = None
) -> tuple[bytes, str]:
    """Return the page and the empty form of a coder in an open round.

    Args:
        connection: to the ledger.
        study: the study's id.
        key: the round's key.
        coder: the coder's key.
        own: a folder whose templates come before ours.

    Raises:
        EvidenceError: there is no such round or coder in it, it is frozen, or nothing is left.
    """
    of = round_of(connection, study, key)
    mine = of.of(coder)
    if of.frozen_at is not None:
        raise EvidenceError(f"Round {key} is frozen, and takes no more codes.")
    if mine.waiting is None:
        raise EvidenceError(f"{coder} has coded all cases of round {key}, so there is nothing to pack.")
    left = [task for task in mine.tasks if not task.decision]
    known = words("case", "id study_id key retired_at")
    ids = {
        row.key: row.id
        for row in connection.execute(select(known.c.key, known.c.id).where(known.c.study_id == study))
    }
    cases, chain = [], None
    for task in left:
        chain = load(connection, study, ids[task.case])
        cases.append(_case(connection, chain, ids[task.case], task.position))
    if chain is None:  # which cannot be: something is left
        raise EvidenceError(f"Round {key} has no case.")
    scheme = next(
        one for one in chain.versions.values() if (one.key, one.version) == (of.variable, of.version)
    )
    view = _view(chain, of, mine, scheme, cases)
    appendix, audit = templates("appendix", own), templates("audit", own)
    page = audit.render(
        "packet.html.j2",
        packet=view,
        say=Words.of(chain.study.language),
        styles=f"{appendix.asset('style.css')}\n{audit.asset('audit.css')}",
        paper=appendix.asset("print.css"),
    )
    return page.encode(), form(of, mine, scheme)


def _view(
    chain: Chain, of: RoundOf, mine: CoderOf, scheme: Any, cases: Iterable[PacketCaseView]
) -> PacketView:
    levels = (
        PacketLevelView(
            one["value"], one.get("label") or "", one.get("definition") or "", tuple(one.get("needs") or ())
        )
        for one in scheme.levels or ()
    )
    judgements = (
        PacketJudgementView(
            one["key"],
            one.get("label") or one["key"],
            tuple(Fact(value["value"], value.get("label") or "") for value in one["values"]),
        )
        for one in scheme.sub_judgements or ()
    )
    return PacketView(
        chain.study, of, mine, scheme.label, scheme.question, tuple(levels), tuple(judgements),
        tuple(ruled(scheme, None)), tuple(cases),
    )  # fmt: skip


def write_packet(
    connection: Connection, study: Any, key: str, coder: str, place: Path, own: Path | None = None
) -> tuple[Path, Path]:
    """Write a packet into a folder, and return its page and its form.

    Raises:
        EvidenceError: as for ``packet``; or a form that is there was changed, so that it may be filled in.
    """
    page, empty = packet(connection, study, key, coder, own)
    file = place / FORM
    try:
        if file.exists() and file.read_bytes() != empty.encode():
            raise EvidenceError(
                f"{file} is there and may be filled in; hand it in, move it away, or choose another folder."
            )
        put(place / PAGE, page)
        file.write_bytes(empty.encode())
    except OSError as error:
        raise EvidenceError(
            f"{file} cannot be written ({error.strerror or error}); choose another place."
        ) from error
    return place / PAGE, file


def _case(connection: Connection, chain: Chain, case: Any, position: int) -> PacketCaseView:
    row = chain.cases[case]
    beneath = descent(chain, body_of(chain, case), case)
    brought = {one.observation_id for some in chain.bearings.values() for one in some}
    named = {one.search_id for some in chain.bearings.values() for one in some}
    observations = [
        replace(
            beneath.observations[one.id],
            note="",
            quotes=tuple(_bare(q) for q in beneath.observations[one.id].quotes),
        )
        for one in chain.observations.values()
        if one.case_id == case or one.id in brought
    ]
    searches = [
        replace(beneath.searches[one.id], coder="")
        for one in chain.searches.values()
        if one.case_id == case or one.id in named
    ]
    quoted = {quote.source for one in observations for quote in one.quotes}
    facts = connection.execute(select(_facts).where(_facts.c.id == case)).one()
    return PacketCaseView(
        position,
        row.key,
        row.title,
        row.start,
        row.end,
        tuple(_sides(connection, case)),
        tuple(
            Fact(str(name).replace("_", " "), str(value))
            for name, value in sorted((facts.attributes or {}).items())
            if not isinstance(value, dict | list) and value is not None
        ),
        tuple(Fact(one.key, one.statement) for one in chain.hypotheses.values()),
        tuple(_test(chain, chain.tests[i]) for i in chain.tests_of.get(case, ())),
        tuple(observations),
        tuple(searches),
        tuple(_documents(chain, quoted)),
    )


def _bare(quote: Any) -> Any:
    return replace(quote, note="", criticism={})


def _test(chain: Chain, row: Any) -> PacketTestView:
    claim, rival = (chain.hypotheses[i].key for i in (row.hypothesis_id, row.rival_id))
    return PacketTestView(
        row.key,
        row.kind,
        row.target or "",
        claim,
        rival,
        row.prediction,
        row.if_false,
        row.where_to_look or "",
    )


def _sides(connection: Connection, case: Any) -> Iterable[Fact]:
    wanted = (
        select(_participation.c.side, _actor.c.name)
        .join(_actor, _actor.c.id == _participation.c.actor_id)
        .where(_participation.c.case_id == case, _participation.c.retired_at.is_(None))
    )
    sides: dict[str, set[str]] = {}
    for row in connection.execute(wanted):
        sides.setdefault(row.side, set()).add(row.name)
    for side in sorted(sides):
        yield Fact(f"Side {side}", ", ".join(sorted(sides[side])))


def _documents(chain: Chain, quoted: set[str]) -> Iterable[Fact]:
    known = cited(chain.sources.values())
    rows = (row for row in chain.sources.values() if row.key in quoted)
    for row in sorted(rows, key=lambda row: natural(row.key)):
        yield Fact(row.key, citations.linked(citations.note(known[row.id])))
