"""Answer what readers challenge: in words, with a verdict, and beside the challenge for good."""

from __future__ import annotations

from evidence.errors import ValueRefused
from evidence.ledger import records
from evidence.ledger.forms import is_blank
from evidence.ledger.revisions import Unit
from evidence.models import Challenge, Coder
from evidence.vocabulary import Answer

__all__ = ["answer"]


def answer(
    session: Unit, key: str, *, verdict: str, words: str, coder: str, again: bool = False
) -> Challenge:
    """Answer a challenge; the answer goes into the next release.

    Args:
        session: the unit of work.
        key: the challenge's key.
        verdict: upheld, partly or rejected.
        words: the answer, as readers will see it.
        coder: the key of who answers.
        again: an answer that stands may be replaced; the history keeps it.

    Raises:
        UnknownKey: there is no such challenge or coder.
        ValueRefused: the answer says nothing, or the challenge is answered already.
    """
    challenge: Challenge = records.find(session, "challenge", key)
    who: Coder = records.find(session, "coder", coder)
    if is_blank(words):
        raise ValueRefused("the answer says nothing; a reader is owed a reason (--answer).")
    if challenge.verdict is not None and not again:
        by = session.get_one(Coder, challenge.answered_by_id).key if challenge.answered_by_id else "somebody"
        raise ValueRefused(
            f"challenge {challenge.key} was answered by {by} as {challenge.verdict.value}; with --again this answer "
            "takes that one's place, and the history keeps both."
        )
    challenge.verdict, challenge.answer = Answer(verdict), words.strip()
    challenge.answered_by_id, challenge.answered_at = who.id, session.now
    session.flush()
    return challenge
