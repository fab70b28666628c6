"""The overview of the evidence that Annotation for Transparent Inquiry asks for, as far as the ledger can write it.

Three parts: how the evidence was found, how it was read, and by which logic passages are annotated. What the
ledger counts is said in sentences; what only the author knows stands beside it in the author's words
(``study.overview``), under headings of the same names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from markupsafe import Markup

from evidence.audit.census import Census
from evidence.errors import nearest
from evidence.publish import wording
from evidence.publish.narratives import markdown
from evidence.publish.release_views import OverviewView, SectionView
from evidence.publish.views import CaseLine
from evidence.vocabulary import PROFILES, CaseStatus, Confidence, QuoteState, Round, SearchStatus

__all__ = ["HEADS", "overview"]

HEADS = ("Data generation", "Data analysis", "Logic of annotation")
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)
#: So many archives, corpora, gaps and translators are named; the others are counted.
_NAMED = 8
#: So many parts of an archive, and gaps.
_FEW = 4
#: Words of an excerpt, as ATI advises (its guide: 100 to 150).
_LONG = 150
_TIMINGS = {"no evidence brought yet": "without evidence yet"}
_STATES = {
    QuoteState.EXACT: "to the letter",
    QuoteState.TYPOGRAPHIC: "but for typography",
    QuoteState.ELIDED: "round an omission",
}


@dataclass(frozen=True, slots=True)
class _Ground:
    """What the sentences are made from."""

    has: Census
    cases: Sequence[CaseLine]


def overview(has: Census, cases: Sequence[CaseLine]) -> OverviewView:
    """Return the overview of a study's evidence.

    Args:
        has: the whole study in numbers.
        cases: the lines of all of its cases.
    """
    ground = _Ground(has, cases)
    own = _parted(has.study.overview or "")
    curl = (has.study.language or "en").startswith("en")
    prose = wording.curled if curl else wording.as_it_stands

    def written(head: str) -> Markup:
        return markdown(own.get(head, ""), level=4, curl=curl) if own.get(head, "").strip() else Markup("")

    sections = tuple(
        SectionView(head, tuple(prose(said) for said in make(ground) if said), written(head))
        for head, make in zip(HEADS, (_generation, _analysis, _annotation), strict=True)
    )
    return OverviewView(written(""), sections, any(map(str.strip, own.values())))


def _parted(text: str) -> dict[str, str]:
    """Return the author's words by the part that they belong to; what stands under no head of ours comes first."""
    parts: dict[str, str] = {"": ""}
    head, start = "", 0
    for found in _HEADING.finditer(text):
        named = nearest(found[1].casefold(), [one.casefold() for one in HEADS], 1)
        parts[head] = parts.get(head, "") + text[start : found.start()]
        start = found.start()
        if named:
            head = next(one for one in HEADS if one.casefold() == named[0])
            start = found.end()
    parts[head] = parts.get(head, "") + text[start:]
    return parts


# --- How the evidence was found


def _generation(ground: _Ground) -> Iterator[str]:
    yield _universe(ground)
    yield _sources(ground)
    yield _archives(ground)
    yield _searches(ground)
    yield _languages(ground)
    yield _verified(ground)


def _universe(ground: _Ground) -> str:
    study, total = ground.has.study, sum(ground.has.cases.values())
    deep = ground.has.cases.get(CaseStatus.DEEP, 0)
    tested = sum(bool(case.tests) for case in ground.cases)
    rule = (study.universe_rule or "").strip().rstrip(".")
    said = [f"The study covers these cases: {rule}." if rule else ""]
    said.append(
        f"The ledger has {_count(total, 'case')}; {_were(deep, 'chosen for process tracing')}, and tests were "
        f"declared in {tested:,}."
    )
    if study.universe_count is not None and study.universe_count != total:
        said.append(
            f"By its rule there should be {study.universe_count:,}; the front page has the count check."
        )
    return " ".join(filter(None, said))


def _sources(ground: _Ground) -> str:
    has = ground.has
    if not has.sources:
        return "No source is logged yet."
    of = f"{_count(has.quotes, 'quote')} {'comes' if has.quotes == 1 else 'come'} from {has.quoted:,} of them"
    return f"There are {_count(has.sources, 'source')} ({_listed(has.tiers)}); {of}."


def _archives(ground: _Ground) -> str:
    kept: dict[str, int] = {}
    within: dict[str, list[str]] = {}
    for archive, part, number in ground.has.archives:
        kept[archive] = kept.get(archive, 0) + number
        within.setdefault(archive, []).extend([part] if part else [])
    if not kept:
        return ""
    named = [
        f"{archive} ({_count(number, 'document')}{_parts(within[archive])})"
        for archive, number in _largest(kept)
    ]
    more = f"; {_count(len(kept) - _NAMED, 'further archive')}" if len(kept) > _NAMED else ""
    return f"Archival documents are cited from {'; '.join(named)}{more}."


def _parts(within: Sequence[str]) -> str:
    if not within:
        return ""
    if len(within) > _FEW:
        return f", in {len(within):,} record groups or collections"
    return f", in {wording.listed(within)}"


def _searches(ground: _Ground) -> str:
    rows = ground.has.searches
    made = [row for row in rows if row.status == SearchStatus.DONE]
    if not rows:
        return "No search is logged, so nothing is known of what was looked for and not found."
    said = [_made(made)] if made else []
    if len(rows) > len(made):
        said.append(f"{_upper(_were(len(rows) - len(made), 'planned and not made'))}.")
    gaps = Counter(_first(row.gaps) for row in rows if (row.gaps or "").strip())
    if gaps:
        named = [gap for gap, _ in sorted(gaps.items(), key=lambda pair: (-pair[1], pair[0]))]
        more = f"; {len(named) - _FEW:,} more are with the searches" if len(named) > _FEW else ""
        said.append(f"Gaps that are known: {'; '.join(f'“{gap}”' for gap in named[:_FEW])}{more}.")
    return " ".join(said)


def _first(text: str) -> str:
    """Return the first sentence of a text, without its full stop."""
    return " ".join(re.split(r"(?<=[a-z0-9)]{2})[.;] ", text.strip(), maxsplit=1)[0].split()).rstrip(".;")


def _made(made: Sequence[Any]) -> str:
    corpora = Counter((row.corpus or "").strip().rstrip(".") or "a corpus that is not named" for row in made)
    named = [f"{corpus} ({number:,})" for corpus, number in _largest(corpora)]
    more = f"; {len(corpora) - _NAMED:,} more" if len(corpora) > _NAMED else ""
    days = sorted(str(row.searched_on) for row in made if row.searched_on)
    when = ""
    if days:
        first, last = wording.date(days[0]), wording.date(days[-1])
        when = f" on {first}" if first == last else f" between {first} and {last}"
        when += "" if len(days) == len(made) else " where a day is logged"
    empty = sum(row.hits == 0 for row in made)
    return (
        f"{_count(len(made), 'search')} {_was(len(made))} made{when}, in {'; '.join(named)}{more}. "
        f"{_upper(f'{empty:,}' if empty else 'none')} had no hit; what each bears on is on the pages of the cases."
    )


def _languages(ground: _Ground) -> str:
    own = ground.has.study.language or "en"
    spoken: Counter[str] = Counter()
    for language, _, number in ground.has.languages:
        spoken[language] += number
    if not spoken:
        return ""
    foreign = sum(number for language, number in spoken.items() if language != own)
    if not foreign:
        return f"All quotes are in the language of the study ({own})."
    done = sum(number for language, done, number in ground.has.languages if done and language != own)
    by = ground.has.translators
    whose = f", by {wording.listed(by)}" if 0 < len(by) <= _NAMED else ""
    said = ", ".join(f"{number:,} in {language}" for language, number in _largest(spoken))
    return (
        f"Quotes are given in their own words ({said}, by codes of languages); of {foreign:,} in other languages "
        f"than the study’s, {done:,} {_have(done)} a translation{whose}."
    )


def _verified(ground: _Ground) -> str:
    has = ground.has
    if not has.quotes:
        return ""
    matched = [
        f"{has.states[state]:,} match {words}" for state, words in _STATES.items() if has.states.get(state)
    ]
    found = wording.listed(matched) or "none matches"
    said = [f"Quotes were looked for by program in the texts of their sources: {found}."]
    if lost := has.states.get(QuoteState.NOT_FOUND, 0):
        said.append(f"{_upper(_were(lost, 'not found there'))}, and the pages say which.")
    if unheld := has.states.get(QuoteState.NO_TEXT_HELD, 0):
        said.append(f"{_upper(_were(unheld, 'not checked, as no text of the source is held'))}.")
    if has.held:
        said.append(f"The ledger holds the text of {_count(has.held, 'source')}.")
    else:
        said.append("The ledger holds no text of a source, at most its digest.")
    if has.marked:
        said.append(
            f"{_upper(_count(has.marked, 'quote'))} {_have(has.marked)} words marked as withheld or illegible."
        )
    if has.redacted:
        said.append(f"{_upper(_count(has.redacted, 'source'))} {_was(has.redacted)} released only in part.")
    return " ".join(said)


# --- How it was read


def _analysis(ground: _Ground) -> Iterator[str]:
    yield from _codes(ground)
    yield _tests(ground)
    yield _numbers(ground)
    yield _signed(ground)


def _codes(ground: _Ground) -> Iterator[str]:
    own = [row for row in ground.has.decisions if row.round != Round.PUBLISHED]
    superseded = {row.supersedes_id for row in own}
    standing = [row for row in own if row.id not in superseded]
    if not standing:
        yield "No case is coded yet."
        return
    by_rule = sum(row.rule_value is not None and row.value == row.rule_value for row in standing)
    against = sum(row.rule_value is not None and row.value != row.rule_value for row in standing)
    free = sum(row.rule_value is None for row in standing)
    how = [
        f"{by_rule:,} as the scheme’s rule gives" if by_rule else "",
        f"{against:,} against the rule, with a reason" if against else "",
        f"{free:,} where the rule gives no code" if free else "",
    ]
    cases, earlier = len({row.case_id for row in standing}), len(own) - len(standing)
    stand = "stands" if len(standing) == 1 else "stand"
    said = f"{_count(len(standing), 'code')} {stand} in {_count(cases, 'case')}: {wording.listed(filter(None, how))}."
    if earlier:
        said += (
            f" {_upper(_count(earlier, 'earlier code'))} {_was(earlier)} superseded and can still be read."
        )
    sure = [(one.value, sum(row.confidence == one for row in standing)) for one in reversed(Confidence)]
    told = [f"{name} in {number:,}" for name, number in sure if number]
    yield said + (f" Confidence is {wording.listed(told)}." if told else "")
    coders = sorted({ground.has.coders.get(row.coder_id, "") for row in own} - {""})
    who = wording.listed(coders) if 0 < len(coders) <= _NAMED else _count(len(coders), "coder")
    blind = sum(row.round == Round.BLIND for row in own)
    yield f"Codes were given by {who}{f'; {blind:,} of them blind' if blind else ''}."


def _tests(ground: _Ground) -> str:
    tests = [test for case in ground.cases for test in case.tests]
    if not tests:
        return "No test is declared yet."
    return (
        f"{_count(len(tests), 'test')} {_was(len(tests))} declared, each against a rival and with what would be seen if its "
        f"hypothesis were false: {_listed(Counter(test.kind for test in tests))}. Their results: "
        f"{_listed(Counter(test.result for test in tests))}. Whether a test was declared before its evidence was seen follows "
        f"from the ledger’s own moments: {_listed(Counter(_TIMINGS.get(test.timing, test.timing) for test in tests))}."
    )


def _numbers(ground: _Ground) -> str:
    has = ground.has
    profile = has.study.profile
    said = [
        f"Both likelihoods are stated for {has.stated:,} of {_count(has.tests, 'test')}." if has.tests else ""
    ]
    if profile in PROFILES:
        said.append(
            f"The kind that numbers imply is read with T = {PROFILES[profile]:g} (profile {profile})."
        )
    if has.hypotheses:
        said.append(f"Priors are stated for {has.priors:,} of {_count(has.hypotheses, 'hypothesis')}.")
    if has.study.word_scale:
        said.append("What words of likelihood mean in numbers is said on the front page.")
    return " ".join(filter(None, said))


def _signed(ground: _Ground) -> str:
    has = ground.has
    if not has.signatures:
        return "Nobody has signed a case, a code, a test or a quote."
    stand = "stands" if has.signatures == 1 else "stand"
    return (
        f"{_count(has.signatures, 'signature')} by {_count(has.reviewers, 'reviewer')} {stand} under cases, codes, tests and "
        "quotes; what changed beneath one since is said beside it."
    )


# --- By which logic passages are annotated


def _annotation(ground: _Ground) -> Iterator[str]:
    noted = [case.notes for case in ground.cases if case.notes]
    cited = [len(case.quotes) for case in ground.cases if case.quotes]
    if noted:
        yield f"{_count(len(noted), 'narrative')} {_have(len(noted))} {_count(sum(noted), 'note')}."
    if cited:
        yield (
            f"Passages are those that were read as evidence for a test or a code, or that a narrative cites: "
            f"{_count(len(cited), 'case')} {_have(len(cited))} quotes, {_number(median(cited))} at the median."
        )
    if ground.has.quotes:
        yield _lengths(ground.has)
    yield _access(ground.has)


def _lengths(has: Census) -> str:
    lengths = [length for length, number in has.lengths for _ in range(number)]
    long = sum(length > _LONG for length in lengths)
    over = f"{_upper(_were(long, f'longer than {_LONG}'))}" if long else f"none is longer than {_LONG}"
    return (
        f"A quote has {_number(median(lengths))} words at the median; {over[:1].lower()}{over[1:]}, the most that guides to "
        f"annotation advise. {has.observed:,} of {_count(has.quotes, 'quote')} {_was(has.observed)} read as an observation, which "
        f"says what they show, and {has.annotated:,} {_have(has.annotated)} an analytic note of their own."
    )


def _access(has: Census) -> str:
    if not has.sources:
        return ""
    access = _listed({name or "not said": number for name, number in has.access.items()})
    return (
        f"Access to the sources: {access}. Where rights allow, up to fifty words before and after a quote are shown; the words "
        f"of {_count(has.shareable, 'source')} may travel with the study. {_upper(_count(has.rights, 'source'))} "
        f"{_have(has.rights)} a statement of rights."
    )


# --- Words for numbers


def _count(number: int, noun: str) -> str:
    many = {"hypothesis": "hypotheses", "search": "searches"}.get(noun, f"{noun}s")
    return f"{number:,} {noun if number == 1 else many}"


def _were(number: int, what: str) -> str:
    return f"none {_was(2)} {what}" if number == 0 else f"{number:,} {_was(number)} {what}"


def _was(number: int) -> str:
    return "was" if number == 1 else "were"


def _have(number: int) -> str:
    return "has" if number == 1 else "have"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _number(value: float) -> str:
    return f"{value:g}"


def _listed(counted: Mapping[str, int]) -> str:
    """Return words with how often each comes, the most frequent first."""
    found = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return wording.listed(f"{number:,} {word}" for word, number in found)


def _largest(counted: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return what comes most often, as many as are named."""
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:_NAMED]
