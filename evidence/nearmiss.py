"""The nearest words to a quote that is not there, and the difference word by word: shown, and never accepted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from evidence.folding import UNSPACED, Folded, fold
from evidence.quoting import Held

__all__ = ["Edit", "Near", "nearest"]

#: Words that are less alike than this, in percent, are no near miss.
_CUTOFF = 70.0
#: A quote's seeds are so many words each, there are no more than so many, and each is looked up so often.
_SEED, _SEEDS, _OFTEN = 3, 16, 4
#: What one full alignment may cost at most, in steps of a machine word; beyond it none is made.
_DEAREST = 100_000_000
_LONGEST, _WORD = 4000, 64
#: A word with what is joined to it, or any other mark; a letter of a script without spaces is a word.
_TOKEN = re.compile(
    f"{UNSPACED.pattern}|(?:(?!{UNSPACED.pattern})[^\\W_])+(?:['-](?:(?!{UNSPACED.pattern})[^\\W_])+)*|\\S"
)
#: Words that agree and are shown on each side of a difference.
_BESIDE = 4


@dataclass(frozen=True, slots=True)
class Edit:
    """A stretch of words as quoted, and as the text has them; the same words where they agree."""

    quoted: str
    text: str


@dataclass(frozen=True, slots=True)
class Near:
    """The nearest words in a text.

    Attributes:
        held: the text.
        start: where they begin in it.
        end: the offset after them.
        score: how alike the letters are, in percent.
        difference: the quote from its beginning to its end, in stretches that agree and that do not.
    """

    held: Held
    start: int
    end: int
    score: float
    difference: tuple[Edit, ...]

    @property
    def words(self) -> str:
        """The words as they stand in the text."""
        return self.held.content[self.start : self.end]

    def said(self) -> str:
        """Return the differences on one line: ``the Secretary [did not] → [did] think``."""
        shown = []
        for number, edit in enumerate(self.difference):
            if edit.quoted != edit.text:
                shown.append(f"[{edit.quoted}] → [{edit.text}]")
                continue
            words = edit.text.split(" ")
            first, last = number == 0, number == len(self.difference) - 1
            if len(words) > _BESIDE * (1 if first or last else 2):
                before = [] if first else words[:_BESIDE]
                after = [] if last else words[-_BESIDE:]
                words = [*before, "…", *after]
            shown.append(" ".join(words))
        return " ".join(shown)


def nearest(words: str, helds: Held | Sequence[Held], cutoff: float = _CUTOFF) -> Near | None:
    """Return the nearest words to a quote in these texts, or nothing if none are near.

    A few groups of its words tell where to look; only that stretch is aligned, letter by letter. Where none of
    them is found, a single text is aligned as a whole.

    Args:
        words: the quote.
        helds: the texts.
        cutoff: how alike they must be, in percent.
    """
    wanted = fold(words).strip(" .[]")[:_LONGEST]
    texts = [helds] if isinstance(helds, Held) else list(helds)
    flows = [(held, number, folded) for held in texts for number, folded in enumerate(held.folds())]
    if not wanted or not flows:
        return None
    seeds = list(_seeds(wanted))
    best = max(((_votes(wanted, seeds, flow[2].text), flow) for flow in flows), key=lambda one: one[0][0])
    (votes, at), (held, number, folded) = best
    if votes:
        slack = len(wanted) // 2 + 40
        low, high = max(0, at - slack), min(len(folded.text), at + len(wanted) + slack)
        near = _align(wanted, held, number, folded, (low, high), cutoff)
        if near:
            return near
    if len(texts) > 1:
        return None
    fits = [
        _align(wanted, held, number, folded, (0, len(folded.text)), cutoff)
        for held, number, folded in flows
        if len(folded.text) * (len(wanted) // _WORD + 1) <= _DEAREST
    ]
    return max((fit for fit in fits if fit), key=lambda fit: fit.score, default=None)


def _votes(wanted: str, seeds: Iterable[tuple[int, str]], text: str) -> tuple[int, int]:
    """Return how many groups of the quote's words agree on where it would begin, and where that is."""
    starts: list[int] = []
    for offset, seed in seeds:
        at = text.find(seed)
        for _ in range(_OFTEN):
            if at < 0:
                break
            starts.append(at - offset)
            at = text.find(seed, at + 1)
    starts.sort()
    most, best, first = 0, 0, 0
    reach = len(wanted) // 2 + 40
    for last, start in enumerate(starts):
        while start - starts[first] > reach:
            first += 1
        if last - first + 1 > most:
            most, best = last - first + 1, starts[(first + last) // 2]
    return most, max(best, 0)


def _seeds(wanted: str) -> Iterator[tuple[int, str]]:
    """Yield groups of a quote's words, spread over it, and where each stands in it."""
    offsets, at = [], 0
    for word in wanted.split(" "):
        offsets.append((at, at + len(word)))
        at += len(word) + 1
    size = _SEED if len(offsets) > 2 * _SEED else 1
    groups = range(0, len(offsets) - size + 1, max(1, len(offsets) // _SEEDS))
    for number in list(groups)[: _SEEDS + 1]:
        start, end = offsets[number][0], offsets[number + size - 1][1]
        if end - start > _SEED:
            yield start, wanted[start:end]


def _align(
    wanted: str, held: Held, number: int, folded: Folded, within: tuple[int, int], cutoff: float
) -> Near | None:
    from rapidfuzz.fuzz import partial_ratio_alignment  # noqa: PLC0415 - only for words that were not found

    low, high = within
    text = folded.text[low:high]
    found = partial_ratio_alignment(wanted, text, score_cutoff=cutoff)
    if found is None or len(text) * 2 < len(wanted):
        return None
    start, end = _whole_words(text, found.dest_start, found.dest_end)
    edits, start, end = _difference(wanted, text, start, end)
    if start >= end:
        return None
    first, last = held.in_text(number, *folded.span(low + start, low + end))
    return Near(held, first, last, round(found.score, 1), edits)


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen a stretch to whole words, and by one word more on each side, which may belong to it."""
    for _ in range(2):
        start = text.rfind(" ", 0, max(start - 1, 0)) + 1
        following = text.find(" ", end + 1)
        end = len(text) if following < 0 else following
    while start < end and text[start] == " ":
        start += 1
    while end > start and text[end - 1] == " ":
        end -= 1
    return start, end


def _difference(quoted: str, text: str, low: int, high: int) -> tuple[tuple[Edit, ...], int, int]:
    """Return the stretches, and from where to where the text belongs to words of the quote."""
    from rapidfuzz.distance import Levenshtein  # noqa: PLC0415

    ours, theirs = _tokens(quoted, 0, len(quoted)), _tokens(text, low, high)
    words, there = [quoted[a:b] for a, b in ours], [text[a:b] for a, b in theirs]
    # A word too many at either end would be paired with one of the quote's: the closest stretch is taken.
    cut = min(range(_BESIDE + 1), key=lambda n: Levenshtein.distance(words, there[: len(there) - n]))
    theirs, there = theirs[: len(theirs) - cut], there[: len(there) - cut]
    cut = min(range(_BESIDE + 1), key=lambda n: Levenshtein.distance(words, there[n:]))
    theirs, there = theirs[cut:], there[cut:]
    steps = [
        (code.tag, (code.src_start, code.src_end), (code.dest_start, code.dest_end))
        for code in Levenshtein.opcodes(words, there)
    ]
    if steps and steps[0][0] == "insert":
        steps.pop(0)
    if steps and steps[-1][0] == "insert":
        steps.pop()
    edits = tuple(
        Edit(_slice(quoted, ours, mine), _slice(text, theirs, yours)) for _, mine, yours in _joined(steps)
    )
    within = [step[2] for step in steps if step[2][0] < step[2][1]]
    if not within:
        return edits, low, low
    return edits, theirs[within[0][0]][0], theirs[within[-1][1] - 1][1]


def _tokens(text: str, low: int, high: int) -> list[tuple[int, int]]:
    """Return where each word and each other mark stands."""
    return [match.span() for match in _TOKEN.finditer(text, low, high)]


def _slice(text: str, tokens: list[tuple[int, int]], some: tuple[int, int]) -> str:
    first, last = some
    return text[tokens[first][0] : tokens[last - 1][1]] if first < last else ""


_Step = tuple[str, tuple[int, int], tuple[int, int]]


def _joined(steps: list[_Step]) -> Iterator[_Step]:
    """Yield the steps, those that differ and follow one another as one."""
    for equal, those in groupby(steps, key=lambda step: step[0] == "equal"):
        some = list(those)
        if equal:
            yield from some
        else:
            yield "differ", (some[0][1][0], some[-1][1][1]), (some[0][2][0], some[-1][2][1])
