"""EV1, EV2, EV6, of narratives: do their notes hold up what they say, and are what they quote the words?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evidence.audit.checks.ground import Ground
from evidence.audit.checks.rules import Hit, rule
from evidence.audit.citable import cited_words, leads
from evidence.audit.misquoted import Misquoted, misquoted
from evidence.audit.narrated import blocks, is_draft
from evidence.audit.noted import Sentence, claims
from evidence.audit.turns import short
from evidence.errors import EvidenceError
from evidence.keys import listed

#: So many sentences, quotations or keys are named; of more, how many there are.
_NAMED = 3
#: So much of a sentence is shown, in letters.
_SHOWN = 90
#: Without one of these a narrative quotes nothing.
_MARKS = '"“”„‟«»‹›‘‚「『｢〝>&'


@rule(
    "EV114",
    "claim-without-note",
    source="Moravcsik's active citation (QDR): every contestable claim leads to the passage; ATI (QDR)",
    remedy="Cite the quote that shows it, or say whose inference it is. A note holds up what stands before it in its "
    'paragraph; {"notes": "sentence"} among the study\'s checks asks for one in every sentence.',
)
def claim_without_note(ground: Ground) -> Iterator[Hit]:
    """What a narrative claims of a process-traced case, and no note follows in its paragraph, a reader must take on trust."""
    each = (ground.chain.study.checks or {}).get("notes") == "sentence"
    own = {row.key for row in ground.chain.versions.values()}
    for case, text in _readable(ground):
        if ground.traced(case.id) and not is_draft(text):
            found = claims(text, case=case.key, each=each, own=own)
            if found:
                yield Hit("case", case.key, f"says without a note {_sentences(found)}.", (case.key,))


@rule(
    "EV115",
    "draft-narrative",
    source="the ledger's chain: its last link before the appendix is a narrative that somebody wrote",
    remedy="Write over it ('evidence narrative edit KEY'), and take out the line that says that it is a draft.",
)
def draft(ground: Ground) -> Iterator[Hit]:
    """A draft that was laid out from the ledger puts its sentences in a row, and weighs nothing."""
    for case, text in _narratives(ground):
        if is_draft(text):
            yield Hit("case", case.key, "has a narrative that says that it is a draft.", (case.key,))


@rule(
    "EV116",
    "citation-that-leads-nowhere",
    source="the ledger's law: every link is walkable both ways",
    remedy="Correct the key ('evidence narrative edit KEY'), or log the quote.",
)
def leads_nowhere(ground: Ground) -> Iterator[Hit]:
    """A note that leads to no quote and no source proves nothing, and the appendix cannot be rendered with it."""
    known = leads(ground.connection, ground.study, _keys(ground, "@"))
    for case, text in _narratives(ground):
        try:
            cited = [
                one for block in blocks(text, case=case.key) for note in block.notes for one in note.cited
            ]
        except EvidenceError as error:
            yield Hit(
                "case", case.key, f"has a narrative that cannot be read ({_lower(str(error))}).", (case.key,)
            )
            continue
        unknown = {one.key: one.line for one in cited if one.key not in known}
        if unknown:
            where = _some([f"{key!r} in line {line}" for key, line in unknown.items()])
            yield Hit(
                "case",
                case.key,
                f"has a narrative that cites {where}, which is not in the study.",
                (case.key,),
            )


@rule(
    "EV211",
    "misquoted-in-narrative",
    source="the ledger's law: a quote is verbatim, or says that it is not; DA-RT: data access",
    remedy="Write the words as the quote has them, with an ellipsis where some are left out, or cite the quote that has them.",
)
def misquotation(ground: Ground) -> Iterator[Hit]:
    """Words between quotation marks are somebody's own: they stand, as they are, in the quote that is cited for them."""
    known = leads(ground.connection, ground.study, _keys(ground, _MARKS))
    lookup = cited_words(ground.connection, ground.study, known)
    for case, text in _readable(ground, _MARKS):
        found = misquoted(text, lookup, case=case.key)
        if found:
            yield Hit("case", case.key, f"misquotes in its narrative: {_quotations(found)}.", (case.key,))


@rule(
    "EV606",
    "uncited-evidence",
    source="Moravcsik's active citation (QDR); DA-RT: production transparency",
    remedy="Cite a quote of it in the narrative, or leave it: the case's page shows all of its evidence.",
)
def uncited(ground: Ground) -> Iterator[Hit]:
    """Evidence that a code rests on, or that was weighed against it, and that the narrative passes over may be what does not fit."""
    chain = ground.chain
    for case, text in _narratives(ground):
        if is_draft(text) or not ground.traced(case.id):
            continue
        left_out = [
            chain.observations[i].key
            for i, cases in ground.used.items()
            if case.key in cases and not _told(ground, i, case.key)
        ]
        if left_out:
            message = f"has a narrative that cites no quote of {_some(sorted(left_out))}."
            yield Hit("case", case.key, message, (case.key,))


def _told(ground: Ground, observation: Any, case: str) -> bool:
    """Tell whether a narrative cites a quote of an observation, or the source of one; one without quotes cannot be cited."""
    quotes = [
        ground.chain.quotes[i]
        for i in ground.chain.links["observation_quote"].get(observation, ())
        if i in ground.chain.quotes
    ]
    sources = [ground.chain.sources[one.source_id] for one in quotes if one.source_id in ground.chain.sources]
    return not quotes or any(case in ground.cited.get(row.key, ()) for row in [*quotes, *sources])


def _narratives(ground: Ground) -> Iterator[tuple[Any, str]]:
    """Yield the cases that have a narrative, and the narratives."""
    for i, text in ground.narratives.items():
        yield ground.chain.cases[i], text


def _readable(ground: Ground, marks: str = "") -> Iterator[tuple[Any, str]]:
    """Yield the cases whose narrative can be read, and has one of some marks if any are given."""
    for case, text in _narratives(ground):
        if marks and not any(mark in text for mark in marks):
            continue
        try:
            blocks(text, case=case.key)
        except EvidenceError:
            continue  # another rule says so
        yield case, text


def _keys(ground: Ground, marks: str) -> set[str]:
    """Return the keys that the narratives cite which have one of some marks."""
    return {
        one.key
        for case, text in _readable(ground, marks)
        for block in blocks(text, case=case.key)
        for note in block.notes
        for one in note.cited
    }


def _sentences(found: list[Sentence]) -> str:
    return _some([f"“{short(one.words, _SHOWN)}” (line {one.line})" for one in found])


def _quotations(found: list[Misquoted]) -> str:
    return "; ".join(
        f"in line {one.line}, “{short(one.words, _SHOWN)}” [@{one.key}] {one.remark}" for one in found
    )


def _some(shown: list[str]) -> str:
    more = [f"{len(shown) - _NAMED} more"] if len(shown) > _NAMED else []
    return listed([*shown[:_NAMED], *more])


def _lower(sentence: str) -> str:
    return sentence.rstrip(".")
