"""What people do to a ledger: each kind of edit once, of something that chance chooses."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from evidence.archive.challenges import Doubt
from evidence.archive.challenging import receive
from evidence.coding import reviews, tests
from evidence.coding.challenges import answer
from evidence.coding.decide import decide
from evidence.errors import EvidenceError, Place
from evidence.ledger import records
from evidence.ledger.nouns import NOUNS
from evidence.ledger.revisions import Unit
from evidence.models import Revision
from evidence.vocabulary import Answer, TestResult
from tests.kit import Ledger

__all__ = ["EDITS", "done"]

_TRIES = 20

Edit = Callable[[Unit, random.Random], object]


def _one(session: Unit, noun: str, chance: random.Random) -> Any:
    model = NOUNS[noun].model
    rows = session.query(model).filter_by(retired_at=None).all()
    return chance.choice(sorted(rows, key=lambda row: str(getattr(row, "key", row.id))))


def _edit(noun: str, field: str, *values: Any) -> Edit:
    def edit(session: Unit, chance: random.Random) -> None:
        value = chance.choice(values) if values else f"{field} {chance.randrange(1000)}"
        records.edit(session, noun, _one(session, noun, chance), {field: value})

    return edit


def _retire(noun: str) -> Edit:
    return lambda session, chance: records.retire(session, _one(session, noun, chance))


def _rename(noun: str) -> Edit:
    def rename(session: Unit, chance: random.Random) -> None:
        row = _one(session, noun, chance)
        records.rename(session, noun, row, f"{row.key}-{chance.randrange(10_000)}")

    return rename


def _add(noun: str, **said: Any) -> Edit:
    def add(session: Unit, chance: random.Random) -> None:
        values = {name: value(session, chance) if callable(value) else value for name, value in said.items()}
        records.add(
            session, noun, {"key": f"new-{chance.randrange(10_000)}", **values}, computed=noun == "decision"
        )

    return add


def _key(noun: str) -> Callable[[Unit, random.Random], str]:
    return lambda session, chance: str(_one(session, noun, chance).key)


def _keys(noun: str) -> Callable[[Unit, random.Random], list[str]]:
    return lambda session, chance: [str(_one(session, noun, chance).key)]


def _resolve(session: Unit, chance: random.Random) -> None:
    tests.resolve(session, _one(session, "test", chance), chance.choice([*TestResult]))


def _sign(session: Unit, chance: random.Random) -> None:
    noun = chance.choice(("case", "decision", "test", "quote"))
    reviews.sign(
        session, noun, _one(session, noun, chance), "0" * 64, coder="ada", verdict="confirmed", note="So."
    )


def _bring(session: Unit, chance: random.Random) -> None:
    noun = chance.choice(("observation", "search"))
    bearing = {noun: _one(session, noun, chance).key, "direction": chance.choice(("for", "against"))}
    records.edit(session, "test", _one(session, "test", chance), {"bearings": [bearing]})


def _decide(session: Unit, chance: random.Random) -> None:
    said: dict[str, Any] = {
        "rationale": "So.",
        "confidence": "low",
        "counter_evidence": "None.",
        "override_reason": "We say so.",
    }
    decide(session, _one(session, "case", chance).key, "ALLY", chance.choice(("0", "2")), coder="ada", **said)


def _challenge(session: Unit, chance: random.Random) -> str:
    noun = chance.choice(("quote", "decision", "test", "observation", "search", "case", "source"))
    said = {"reason": "Is it?", "by": "A. Reader", "motivation": "questioning", "words": "", "digest": ""}
    fields = {**said, "annotation": f"urn:{chance.randrange(10_000)}"}
    key = _one(session, noun, chance).key
    doubt = Doubt(
        study="", noun=noun, key=key, fields=fields, release="", revision=None, place=Place("a.jsonld")
    )
    return receive(session, [doubt]).added[0][0]


def _answer(session: Unit, chance: random.Random) -> None:
    answer(
        session, _challenge(session, chance), verdict=chance.choice([*Answer]), words="It is.", coder="ada"
    )


def _release(session: Unit, chance: random.Random) -> None:
    wanted = select(Revision.number, Revision.digest).order_by(Revision.number.desc())
    number, digest = session.execute(wanted).first() or (0, "")
    said = {"revision": number, "digest": digest, "author": "Ada", "tool_version": "0", "manifest": "0" * 64}
    key = f"1.{chance.randrange(10_000)}"
    records.add(session, "release", {**said, "key": key, "formats": ["html"], "styles": []}, computed=True)


def _study(session: Unit, chance: random.Random) -> None:
    records.edit_study(session, {"title": f"Title {chance.randrange(1000)}"})


def _cite(session: Unit, chance: random.Random) -> None:
    keys = [_one(session, chance.choice(("quote", "source")), chance).key for _ in range(2)]
    records.edit(
        session, "case", _one(session, "case", chance), {"narrative": f"One [@{keys[0]}]. Two [@{keys[1]}]."}
    )


#: What people do to a ledger, each noun at least once.
EDITS: dict[str, Edit] = {
    "case title": _edit("case", "title"),
    "case narrative": _cite,
    "case date": _edit("case", "start", "1899", "1950-01-XX", "1955-07-02"),
    "case new": _add("case", title="A new case", start="1951"),
    "case gone": _retire("case"),
    "case renamed": _rename("case"),
    "participation": _edit(
        "case", "participants", [{"actor": "usa", "side": "A"}], [{"actor": "taw", "side": "B"}]
    ),
    "alias": _edit("case", "aliases", [{"data_set": "COW MID", "version": "4.01", "number": "9"}]),
    "source title": _edit("source", "title"),
    "source language": _edit("source", "language", "zh", "fr"),
    "source derived": _edit("source", "derived_from", None, "cow"),
    "source new": _add("source", title="A new source", tier="primary"),
    "source gone": _retire("source"),
    "source renamed": _rename("source"),
    "quote note": _edit("quote", "note"),
    "quote words": _edit("quote", "words"),
    "quote new": _add("quote", source=_key("source"), words="A new quote"),
    "quote gone": _retire("quote"),
    "quote renamed": _rename("quote"),
    "observation": _edit("observation", "proposition"),
    "observation quotes": lambda session, chance: records.edit(
        session,
        "observation",
        _one(session, "observation", chance),
        {"quotes": [_one(session, "quote", chance).key]},
    ),
    "observation new": _add("observation", case=_key("case"), proposition="New.", quotes=_keys("quote")),
    "observation moved": lambda session, chance: records.edit(
        session,
        "observation",
        _one(session, "observation", chance),
        {"case": _one(session, "case", chance).key},
    ),
    "observation renamed": _rename("observation"),
    "search": _edit("search", "gaps"),
    "search new": _add("search", case=_key("case"), question="Where?", corpus="All", hits=0),
    "hypothesis": _edit("hypothesis", "statement"),
    "hypothesis new": _add("hypothesis", case=_key("case"), statement="New."),
    "general hypothesis": _add("hypothesis", statement="New, and general."),
    "test": _edit("test", "prediction"),
    "test likelihood": _edit("test", "p_hypothesis", 0.3, 0.99, None),
    "test resolved": _resolve,
    "test brought": _bring,
    "test renamed": _rename("test"),
    "signed": _sign,
    "actor": _edit("actor", "name"),
    "coder": _edit("coder", "name"),
    "concept": _edit("concept", "label"),
    "episode": _edit("episode", "title"),
    "commitment": _edit("commitment", "title"),
    "variable": _edit("variable", "label"),
    "study": _study,
    "decision gone": _retire("decision"),
    "decision new": _decide,
    "challenge": _challenge,
    "challenge answered": _answer,
    "release": _release,
}


def done(ledger: Ledger, name: str, chance: random.Random) -> bool:
    """Do one edit of something that the ledger lets it be done to; tell whether there was such a thing."""
    for _ in range(_TRIES):
        try:
            with ledger.write(name) as session:
                EDITS[name](session, chance)
        except (EvidenceError, IndexError):
            continue
        return True
    return False
