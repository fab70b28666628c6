"""Reviews: sign a case, a decision, a test or a quote, over the fingerprint of all that it rests on."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from evidence.errors import MethodError, UnknownKey, ValueRefused
from evidence.ledger import lookup, records
from evidence.ledger.revisions import Unit
from evidence.ledger.roles import require_sight
from evidence.models import Case, Coder, Decision, Quote, Review, Variable, VariableVersion
from evidence.vocabulary import Round

__all__ = ["SIGNED", "sign", "subject"]

#: What can be signed, in the order in which a key is looked for.
SIGNED = ("case", "decision", "test", "quote")
#: Of the quotes, those are suggested whose keys begin with so many of the letters typed.
_LIKE = 3


def subject(session: Unit, key: str, variable: str | None = None, noun: str | None = None) -> tuple[str, Any]:
    """Return what a key names: its noun, and the record.

    Args:
        session: the unit of work.
        key: of a case, a decision, a test or a quote, now or once.
        variable: a variable's key: the code of the case on it is meant.
        noun: which of the four, where the key is of several.

    Raises:
        UnknownKey: there is no such record.
        ValueRefused: the key is of several, or several coders have a code.
    """
    if variable is not None:
        return "decision", _code(session, key, variable)
    if noun is not None:
        return noun, records.find(session, noun, key)
    found = {one: row for one in SIGNED if (row := lookup.named(session, one, key)) is not None}
    # A key of today before one that something else once had.
    found = {one: row for one, row in found.items() if row.key == key} or found
    if not found:
        raise UnknownKey("case, decision, test or quote", key, _like(session, key))
    if len(found) > 1:
        raise ValueRefused(
            f"{key!r} is a {' and a '.join(found)}; say which with --noun {' or --noun '.join(found)}."
        )
    one, row = next(iter(found.items()))
    if row.retired_at is not None:
        back = f"'evidence {one} edit {key} --restore' brings it back."
        # A decision is not edited; another is made.
        back = "decide again with 'evidence code'." if one == "decision" else back
        raise ValueRefused(f"{one} {key} was retired, and is signed no more; {back}")
    return one, row


def _like(session: Unit, key: str) -> list[str]:
    """Return keys that may have been meant; of quotes, of which there are many, only those that begin like it."""
    known = [other for noun in ("case", "decision", "test") for other in records.keys(session, noun)]
    quotes = select(Quote.key).where(
        Quote.study_id == session.study_id, Quote.key.startswith(key[:_LIKE], autoescape=True)
    )
    return [*known, *session.scalars(quotes)]


def _code(session: Unit, key: str, variable: str) -> Decision:
    """Return the code of a case that stands on a variable, if it is one only."""
    case: Case = records.find(session, "case", key)
    coded: Variable = records.find(session, "variable", variable)
    made = session.scalars(
        select(Decision)
        .join(VariableVersion, VariableVersion.id == Decision.variable_version_id)
        .where(
            Decision.study_id == session.study_id, Decision.case_id == case.id,
            VariableVersion.variable_id == coded.id, Decision.retired_at.is_(None),
        )
        .order_by(Decision.id)
    ).all()  # fmt: skip
    superseded = {decision.supersedes_id for decision in made}
    past = superseded | lookup.hidden(session)
    left = [one for one in made if one.id not in past and one.round is not Round.PUBLISHED]
    # What was agreed on stands for the study, whoever else has a code.
    left = [one for one in left if one.round is Round.ADJUDICATED] or left
    if not left:
        raise MethodError(
            f"{case.key} has no code on {coded.key} to sign; decide it first with 'evidence code'."
        )
    if len(left) > 1:
        named = " or ".join(one.key for one in left)
        raise ValueRefused(
            f"{case.key} has several codes on {coded.key}; name the one that you sign: {named}."
        )
    return left[0]


def sign(
    session: Unit, noun: str, row: Any, fingerprint: str, *, coder: str, verdict: str, note: str = ""
) -> tuple[Review, int]:
    """Sign something, as it stands now.

    Args:
        session: the unit of work.
        noun: what is signed: case, decision, test or quote.
        row: the record.
        fingerprint: of all that it rests on (``audit.fingerprints``).
        coder: the key of who signs.
        verdict: confirmed, disputed or undecided.
        note: why.

    Returns:
        The review, and how many earlier ones of the same by the same person it takes the place of; those are kept.
    """
    if noun in ("case", "decision"):  # which rest on codes; tests and quotes do not
        unseen = bool(lookup.hidden(session))
        require_sight(session.connection(), f"a {noun} can be signed", unseen=unseen)
    signer: Coder = records.find(session, "coder", coder)
    earlier = session.scalars(
        select(Review.id).where(
            Review.study_id == session.study_id, Review.subject_id == row.id, Review.coder_id == signer.id,
            Review.retired_at.is_(None),
        )
    ).all()  # fmt: skip
    values = {
        "noun": noun, "subject": row.key, "coder": signer.key, "verdict": verdict, "note": note, "fingerprint": fingerprint
    }  # fmt: skip
    review: Review = records.add(session, "review", values, computed=True)
    return review, len(earlier)
