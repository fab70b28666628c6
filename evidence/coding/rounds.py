"""Rounds of coding: open one, see what is left to do, freeze it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from secrets import randbelow

from sqlalchemy import select

from evidence.errors import MethodError, ValueRefused
from evidence.inference.assigning import assigned, drawn
from evidence.keys import natural
from evidence.ledger import records
from evidence.ledger.forms import is_blank
from evidence.ledger.revisions import Unit
from evidence.models import Assignment, Case, Coder, CodingRound, Decision, Episode, EpisodeCase

__all__ = ["chosen", "freeze", "given", "left", "open_round", "refuse_message", "retire"]

#: Seeds are such that people can type them.
_SEEDS = 1_000_000
#: So many cases that are left are named.
_NAMED = 6


def open_round(
    session: Unit,
    key: str,
    variable: str,
    cases: Sequence[str],
    coders: Sequence[str],
    *,
    version: str | None = None,
    sample: int | None = None,
    each: int | None = None,
    blind: bool = False,
    seed: int | None = None,
    note: str = "",
) -> CodingRound:
    """Open a round: say who codes which cases on a variable, and in what order.

    Where anything is drawn, or nobody is to see another's codes, cases are assigned and put in order by a seed.

    Args:
        session: the unit of work.
        key: the round's key.
        variable: the variable's key.
        cases: keys of cases, as ``chosen`` gives them.
        coders: keys of coders.
        version: the variable's version; the newest if not given.
        sample: so many of the cases, drawn; all if not given.
        each: how many coders code each case; all if not given.
        blind: whether nobody sees another's codes before the round is frozen.
        seed: by which it is drawn; one is made up where one is needed.
        note: a remark.

    Returns:
        The round, flushed.

    Raises:
        MethodError: there is no case or coder, a publication is to code, or a case cannot have so many coders.
        EvidenceError: a key is unknown, or taken.
    """
    people: list[Coder] = [records.find(session, "coder", coder) for coder in coders]
    _require_people(people)
    found = {row.key: row for row in (records.find(session, "case", case) for case in cases)}
    if not found:
        raise MethodError("A round needs cases; name them (--cases), an episode (--episode), or --all.")
    shared = each is not None and each < len(people)
    if seed is None and (blind or shared or sample is not None):
        seed = randbelow(_SEEDS)
    keys = sorted(found, key=natural) if seed is not None else list(found)
    if sample is not None and seed is not None:
        keys = drawn(keys, sample, seed)
    orders = assigned(keys, [one.key for one in people], each, seed)
    assignments = [
        {"case": found[case].id, "coder": one.id, "position": position}
        for one in people
        for position, case in enumerate(orders[one.key], start=1)
    ]
    opened: CodingRound = records.add(
        session,
        "coding_round",
        {"key": key, "variable": variable, "version": version, "blind": blind, "seed": seed, "note": note, "assignments": assignments},
    )  # fmt: skip
    return opened


def _require_people(coders: Sequence[Coder]) -> None:
    if not coders:
        raise MethodError("A round needs coders; name them (--coders a,b).")
    for one in coders:
        if one.source_id is not None:
            raise MethodError(
                f"coder {one.key} is a publication, which codes no more; 'evidence agreement --with {one.key}' "
                "compares with what it says."
            )
        if coders.count(one) > 1:
            raise MethodError(f"coder {one.key} is named twice; name each coder once.")


def chosen(
    session: Unit, cases: Sequence[str] = (), *, episode: str | None = None, everything: bool = False
) -> list[str]:
    """Return the keys of the cases that are meant, each once: those named, those of an episode, or all.

    Raises:
        ValueRefused: more than one of the three is said.
        UnknownKey: there is no such case or episode.
    """
    if sum((bool(cases), episode is not None, everything)) > 1:
        raise ValueRefused("Say which cases in one way: --cases, --episode or --all.")
    if cases:
        found = [records.find(session, "case", case).key for case in cases]
        return list(dict.fromkeys(found))
    wanted = select(Case.key).where(Case.study_id == session.study_id, Case.retired_at.is_(None))
    if episode is not None:
        one: Episode = records.find(session, "episode", episode)
        inside = select(EpisodeCase.case_id).where(
            EpisodeCase.episode_id == one.id, EpisodeCase.retired_at.is_(None)
        )
        wanted = wanted.where(Case.id.in_(inside))
    elif not everything:
        return []
    return sorted(session.scalars(wanted), key=natural)


def given(session: Unit, of: CodingRound) -> dict[tuple[uuid.UUID, uuid.UUID], Decision]:
    """Return the codes given in a round that their coders left standing, by the ids of case and coder."""
    return {(one.case_id, one.coder_id): one for one in _standing(session, of)}


def _standing(session: Unit, of: CodingRound) -> list[Decision]:
    made = session.scalars(
        select(Decision)
        .where(Decision.coding_round_id == of.id, Decision.retired_at.is_(None))
        .order_by(Decision.id)
    ).all()
    superseded = {one.supersedes_id for one in made}
    return [one for one in made if one.id not in superseded]


def left(session: Unit, of: CodingRound) -> list[tuple[str, str]]:
    """Return what is not coded yet in a round: pairs of a coder's and a case's key, in the coder's order."""
    todo = session.execute(
        select(Coder.key.label("coder"), Case.key.label("case"), Assignment.case_id, Assignment.coder_id)
        .join(Coder, Coder.id == Assignment.coder_id)
        .join(Case, Case.id == Assignment.case_id)
        .where(Assignment.coding_round_id == of.id, Assignment.retired_at.is_(None))
        .order_by(Coder.key, Assignment.position)
    ).all()
    done = given(session, of)
    return [(row.coder, row.case) for row in todo if (row.case_id, row.coder_id) not in done]


def freeze(session: Unit, key: str, incomplete: str | None = None) -> CodingRound:
    """Freeze the codes of a round, for good: agreement is computed on them, and nothing thaws.

    Args:
        session: the unit of work.
        key: the round's key.
        incomplete: why it is frozen though somebody has cases left; it becomes part of the round's remark.

    Raises:
        MethodError: it is frozen already, has no codes, or somebody has cases left and no reason is given.
    """
    of: CodingRound = records.find(session, "coding_round", key)
    if of.frozen_at is not None:
        raise MethodError(f"round {of.key} was frozen on {of.frozen_at:%Y-%m-%d}.")
    waiting = left(session, of)
    if not given(session, of):
        raise MethodError(
            f"round {of.key} has no codes, so there is nothing to freeze; 'evidence round retire {of.key}' withdraws it."
        )
    _require_one_each(session, of)
    if waiting and is_blank(incomplete or ""):
        named = ", ".join(f"{case} ({coder})" for coder, case in waiting[:_NAMED])
        more = f" and {len(waiting) - _NAMED:,} more" if len(waiting) > _NAMED else ""
        raise MethodError(
            f"round {of.key} is not coded to its end: {named}{more}; code them, or freeze it with --incomplete and the reason."
        )
    if waiting:
        of.note = f"{of.note}\n\nFrozen with {len(waiting):,} left: {incomplete}".strip()
    of.frozen_at = session.now
    session.flush()
    return of


def _require_one_each(session: Unit, of: CodingRound) -> None:
    """Refuse a round in which somebody has two codes of a case that stand, as when two copies were merged."""
    seen: dict[tuple[uuid.UUID, uuid.UUID], Decision] = {}
    for one in _standing(session, of):
        other = seen.setdefault((one.case_id, one.coder_id), one)
        if other is not one:
            case, coder = session.get_one(Case, one.case_id), session.get_one(Coder, one.coder_id)
            raise MethodError(
                f"{coder.key} has two codes of {case.key} in round {of.key}, {other.key} and {one.key}, and freezing keeps one; "
                f"let {coder.key} say which does not hold: 'evidence decision retire {other.key}', or {one.key}."
            )


def retire(session: Unit, key: str) -> CodingRound:
    """Withdraw a round in which nobody has coded.

    Raises:
        MethodError: it has codes, or is frozen.
    """
    of: CodingRound = records.find(session, "coding_round", key)
    if _standing(session, of):
        raise MethodError(
            f"round {of.key} has codes, and what was coded is not withdrawn; freeze it ('evidence round freeze {of.key} "
            "--incomplete ...') and open another round."
        )
    records.retire(session, of)
    return of


def refuse_message(of: CodingRound, message: str | None) -> None:
    """A message of one's own could tell a code of a blind round; the ledger gives one that does not.

    Raises:
        ValueRefused: one is given.
    """
    if of.blind and message is not None:
        raise ValueRefused(
            f"round {of.key} is blind, and the history's message could tell the code; leave -m out, and say why in --because."
        )
