"""Run the rules over a study: which are asked, what they find, and what of that is known already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from evidence.audit.checks import RULES, Found, Rule, chosen
from evidence.audit.checks.ground import ground
from evidence.audit.subject import subject
from evidence.errors import MethodError, UnknownKey
from evidence.keys import natural

__all__ = ["Checked", "asked", "check"]

_SETTING = "The study's checks (ignore; 'evidence study edit --checks'): "


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check looked at, and what it found."""

    rules: tuple[Rule, ...]
    cases: int
    found: tuple[Found, ...]  # by rule, then by subject as people count
    case: str = ""  # the one case that was asked about


def asked(
    study: Any, names: Iterable[str] = (), select: Iterable[str] = (), ignore: Iterable[str] = ()
) -> tuple[Rule, ...]:
    """Return the rules to run.

    Args:
        study: the study's row; its ``checks`` say what it leaves out.
        names: rules asked for one by one; if there are any, only these, also where the study leaves them out.
        select: rules to choose from; all if there are none. What is named here is asked for likewise.
        ignore: rules to leave out in any case.

    Raises:
        MethodError: a name means no rule, or nothing is left to ask.
    """
    wanted = [*names, *select]
    left_out = chosen(RULES, ignore)
    if wanted:
        named = chosen(RULES, wanted)
    else:
        settings = study.checks or {}
        named = frozenset(rule.id for rule in RULES) - chosen(RULES, settings.get("ignore") or (), _SETTING)
    rules = tuple(rule for rule in RULES if rule.id in named and rule.id not in left_out)
    if not rules:
        raise MethodError("No rule is left to ask; select others, or ignore fewer.")
    return rules


def check(
    connection: Connection,
    study: Any,
    *,
    names: Sequence[str] = (),
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    case: str | None = None,
) -> Checked:
    """Run the rules over a study, in a number of statements that does not grow with it.

    Args:
        connection: to the ledger, or to the copy of its past.
        study: the study's id, as ``store.reading`` gives it.
        names: rules asked for one by one: ids, beginnings of ids, slugs or families.
        select: the same; only these.
        ignore: rules to leave out.
        case: a case's key, or its number in a data set; only what concerns it is returned.

    Raises:
        MethodError: a name means no rule.
        UnknownKey: there is no such case.
    """
    within = subject(connection, study, case).key if case is not None else ""
    looked = ground(connection, study)
    try:
        rules = asked(looked.chain.study, names, select, ignore)
    except MethodError as error:
        raise _meant_a_case(connection, study, names, error) from error
    found = [
        Found(rule.id, f"{hit.noun} {hit.key}", hit.message, hit.noun, hit.key, hit.cases)
        for rule in rules
        for hit in sorted(rule.look(looked), key=lambda hit: (natural(hit.key), hit.noun))
        if not within or within in hit.cases
    ]
    return Checked(rules, 1 if within else len(looked.chain.cases), tuple(found), within)


def _meant_a_case(
    connection: Connection, study: Any, names: Iterable[str], error: MethodError
) -> MethodError:
    """Say so where a case was named in place of a rule."""
    for name in names:
        try:
            key = subject(connection, study, name).key
        except UnknownKey:
            continue
        if repr(name) in error.sentence:
            return MethodError(f"{name} is a case and no rule; write --case {key}.")
    return error
