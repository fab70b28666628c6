"""Reviews and suspects: who signed what, and what changed beneath a signature or a code since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evidence.audit.chain import Chain
from evidence.audit.suspects import Suspect
from evidence.publish import wording
from evidence.publish.codes import CANNOT_BE_CODED, Numbers
from evidence.publish.reasoning_views import ReviewView
from evidence.publish.resolved import Resolved

__all__ = ["Signed", "flagged", "reviews", "signed"]

#: So many changes beneath a signature are listed.
_MOST = 12


@dataclass(frozen=True, slots=True)
class Signed:
    """All reviews of a study by what they are of, and what is suspect."""

    of: Mapping[tuple[str, Any], Sequence[Any]]  # noun and id → reviews, the oldest first
    decisions: Mapping[str, tuple[str, ...]]  # a decision's key → what changed beneath it
    suspect: Mapping[tuple[str, str, Any], tuple[str, ...]]  # noun, key and when signed → what changed


def signed(chain: Chain, suspected: Iterable[Suspect]) -> Signed:
    """Return the reviews of a study, with what is suspect in it."""
    of: dict[tuple[str, Any], list[Any]] = {}
    for row in chain.reviews:
        of.setdefault((row.noun, row.subject_id), []).append(row)
    # That a quote was looked for and found since makes nothing suspect, as for ``evidence check suspects``.
    found = [one for one in suspected if not one.only_verified]
    return Signed(
        of,
        {one.key: _changes(one) for one in found if not one.review},
        {(one.noun, one.key, one.signed_at): _changes(one) for one in found if one.review},
    )


def flagged(chain: Chain, known: Signed) -> dict[Any, list[tuple[str, ...]]]:
    """Return what is said to have changed beneath anything, by its id, so that two renderings can be compared."""
    ids = {
        (noun, row.key): i
        for noun, rows in (
            ("case", chain.cases), ("decision", chain.decisions), ("test", chain.tests), ("quote", chain.quotes)
        )
        for i, row in rows.items()
    } if known.decisions or known.suspect else {}  # fmt: skip
    found: dict[Any, list[tuple[str, ...]]] = {}
    for key, changes in known.decisions.items():
        found.setdefault(ids["decision", key], []).append(changes)
    for (noun, key, at), changes in known.suspect.items():
        found.setdefault(ids[noun, key], []).append((str(at), *changes))
    return {i: sorted(found[i]) for i in found}


def _changes(one: Suspect) -> tuple[str, ...]:
    told = [change.sentence for change in one.changes] or [one.sentence]
    left = len(told) - _MOST
    return (*told[:_MOST], f"and {left} more: see “evidence check suspects”") if left > 1 else tuple(told)


def reviews(study: Resolved, known: Signed, case_id: Any, numbers: Numbers) -> tuple[ReviewView, ...]:
    """Return the signatures under a case and under what stands on its page, in the order in which they were given."""
    if not known.of:
        return ()
    found = []
    for subject, of, number, key in _subjects(study, case_id, numbers):
        rows = known.of.get(subject, ())
        latest = {row.coder_id: row.id for row in rows}
        for row in rows:
            changed = known.suspect.get((row.noun, key, row.reviewed_at), ())
            found.append((row.reviewed_at, ReviewView(
                of,
                number,
                study.prose(study.coders.get(row.coder_id, "")),
                wording.moment(row.reviewed_at),
                row.verdict,
                study.prose(row.note),
                latest[row.coder_id] == row.id,
                changed,
            )))  # fmt: skip
    return tuple(view for _, view in sorted(found, key=lambda one: one[0]))


def _subjects(
    study: Resolved, case_id: Any, numbers: Numbers
) -> Iterable[tuple[tuple[str, Any], str, str, str]]:
    """Yield what may be signed on a case's page: noun and id, what it is called there, its number, its key."""
    yield ("case", case_id), "the case", "", study.cases[case_id].key
    for row in study.decisions_of.get(case_id, ()):
        version = study.versions[row.variable_version_id]
        value = row.value if row.value is not None else CANNOT_BE_CODED
        yield ("decision", row.id), f"{version.key} {value}", "", row.key
    for i, number in numbers.tests.items():
        yield ("test", i), number, number, study.tests[i].key
    met = set()
    for i, number in numbers.observations.items():
        for quote in study.of["observation_quote"].get(i, ()):
            if quote in study.quotes and quote not in met:
                met.add(quote)
                yield ("quote", quote), f"a quote in {number}", number, study.quotes[quote].key
