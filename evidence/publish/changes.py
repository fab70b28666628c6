"""What changed since the previous release, and from each to the next, as a page shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from evidence.audit.challenged import Challenged
from evidence.publish import wording
from evidence.publish.release_views import ChallengeView, ChangesView, ChangeView, PartView, RecodedView
from evidence.publish.views import CaseRef

if TYPE_CHECKING:
    from evidence.audit.later import Recoded, Span
    from evidence.audit.told import Line

__all__ = ["challenge_view", "changes"]

_VERDICTS = {"upheld": "upheld", "partly": "upheld in part", "rejected": "rejected"}
_HEADS = {"the rest": "Other records", "codes": "On codes"}


def changes(spans: Iterable[Span], shown: Mapping[str, CaseRef]) -> tuple[ChangesView, ...]:
    """Return what changed, the newest first.

    Args:
        spans: what changed since each release.
        shown: the cases that have a page, by key.
    """
    return tuple(_changes(span, shown) for span in spans)


def _changes(span: Span, shown: Mapping[str, CaseRef]) -> ChangesView:
    own = [one for one in span.codes if not one.published]
    tabled = {one.key for one in own}
    lines = [line for line in span.told.lines if line.part != "codes" or not tabled.issuperset(line.keys)]
    parts = tuple(
        PartView(
            _HEADS.get(part, part[0].upper() + part[1:]),
            tuple(_change(line, shown) for line in lines if line.part == part),
        )
        for part in dict.fromkeys(line.part for line in lines)
    )
    other = span.told.names_of_other()
    return ChangesView(
        since=span.since.key,
        until=span.until,
        made=wording.moment(span.since.made_at),
        revision=str(span.since.number or ""),
        digest=span.since.digest,
        note=span.since.note,
        known=span.known,
        codes=tuple(_recoded(one, shown) for one in own),
        parts=parts,
        unsaid=", ".join(f"{name.replace('_', ' ')} ({number})" for name, number in other),
    )


def _recoded(one: Recoded, shown: Mapping[str, CaseRef]) -> RecodedView:
    case = shown.get(one.case)
    return RecodedView(
        case=case,
        name=case.title if case else one.case,
        key=one.key,
        variable=one.variable,
        before=one.before,
        after=one.after,
        coder=one.coder,
        decided=one.day,
        why=one.why,
    )


def _change(line: Line, shown: Mapping[str, CaseRef]) -> ChangeView:
    return ChangeView(shown.get(line.case), line.said)


def challenge_view(one: Challenged) -> ChallengeView:
    """Return what a reader doubts, and what the study answered."""
    return ChallengeView(
        key=one.key,
        noun="code" if one.noun == "decision" else one.noun,
        subject=one.subject,
        asks=one.motivation == "questioning",
        reason=one.reason,
        by=one.by,
        received=wording.moment(one.received_at),
        release=one.release,
        verdict=_VERDICTS.get(one.verdict, ""),
        answer=one.answer,
        answered_by=one.answered_by,
        answered=wording.moment(one.answered_at),
    )
