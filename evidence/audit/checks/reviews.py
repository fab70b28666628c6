"""EV7: does what was decided and signed still rest on what it rested on then?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evidence.audit.challenged import challenges
from evidence.audit.checks.ground import Ground
from evidence.audit.checks.rules import Hit, rule
from evidence.audit.suspects import Suspect
from evidence.audit.suspects import suspects as find_suspects
from evidence.keys import listed
from evidence.vocabulary import Verdict


@rule(
    "EV701",
    "suspects",
    source="the ledger's law: what changed upstream makes what rests on it suspect; DA-RT: analytic transparency",
    remedy="Look at what changed ('evidence why CASE'), then sign again ('evidence review') or code anew.",
)
def suspects(ground: Ground) -> Iterator[Hit]:
    """What changed beneath a code or a signature makes it suspect until somebody looks at it again."""
    said: dict[tuple[str, str], list[Suspect]] = {}
    for one in find_suspects(ground.connection, ground.study, ground.chain):
        if not one.only_verified:
            said.setdefault((one.noun, one.key), []).append(one)
    for (noun, key), ones in said.items():
        cases = tuple(dict.fromkeys(one.case for one in ones if one.case))
        told = " ".join(dict.fromkeys(_stopped(one.sentence) for one in ones))
        yield Hit(noun, key, f"is suspect: {told}", cases)


@rule(
    "EV702",
    "code-older-than-its-test",
    source="DA-RT: analytic transparency; the ledger's law: nothing is overwritten",
    remedy="Look at the tests, and code anew: 'evidence code CASE VARIABLE VALUE'.",
)
def older(ground: Ground) -> Iterator[Hit]:
    """A code that was given before its tests were resolved was not given because of them."""
    chain = ground.chain
    for row in ground.standing():
        tests = (chain.tests.get(i) for i in chain.links["decision_test"].get(row.id, ()))
        late = [test.key for test in tests if test and test.resolved_at and test.resolved_at > row.decided_at]
        if late:
            message = f"was decided on {row.decided_at:%Y-%m-%d}, before {listed(late)} came out as recorded."
            yield ground.about("decision", row, message)


@rule(
    "EV703",
    "disputed",
    source="content analysis: disagreement is resolved by a decision of its own",
    remedy="Answer the reviewer: code anew, correct what is beneath, or ask them to sign again.",
)
def disputed(ground: Ground) -> Iterator[Hit]:
    """A reader should know what a reviewer did not accept."""
    chain = ground.chain
    rows = {
        "case": chain.cases,
        "quote": chain.quotes,
        "test": chain.tests,
        "decision": chain.decisions,
    }
    latest: dict[tuple[Any, Any], Any] = {}
    for review in chain.reviews:  # in the order in which they were signed
        latest[review.subject_id, review.coder_id] = review
    superseded = {row.supersedes_id for row in chain.decisions.values()}
    said: dict[Any, list[str]] = {}
    nouns: dict[Any, str] = {}
    for review in latest.values():
        subject = review.subject_id
        if (
            review.verdict != Verdict.DISPUTED
            or subject in superseded
            or subject not in rows.get(review.noun, {})
        ):
            continue
        who = chain.coders[review.coder_id].key if review.coder_id in chain.coders else "a reviewer"
        said.setdefault(subject, []).append(f"{who} ({review.note.strip() or 'without a reason'})")
        nouns[subject] = review.noun
    for subject, who in said.items():
        noun = nouns[subject]
        row = rows[noun][subject]
        message = f"is disputed by {listed(who)}."
        if noun == "case":
            yield Hit(noun, row.key, message, (row.key,))
        elif noun == "quote":
            yield Hit(noun, row.key, message, ground.quoting.get(subject, ()))
        else:
            yield ground.about(noun, row, message)


@rule(
    "EV704",
    "challenge-open",
    source="DA-RT: analytic transparency; Elman, Kapiszewski & Lupia 2018 on annotation that invites scrutiny",
    remedy="Answer it: 'evidence challenge answer KEY --verdict upheld --answer TEXT --by CODER'.",
)
def challenged(ground: Ground) -> Iterator[Hit]:
    """Whoever publishes an appendix to be challenged owes its readers an answer."""
    for one in challenges(ground.connection, ground.study, unanswered=True):
        who = f" by {one.by}" if one.by else ""
        message = f"of {one.noun} {one.subject} has no answer: a reader's challenge{who}, received {one.received_at:%Y-%m-%d}."
        yield Hit("challenge", one.key, message, one.cases)


def _stopped(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."
