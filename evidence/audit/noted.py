"""What a narrative's notes hold up: its sentences, those that claim something without a note, and what it quotes."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from evidence.archive.quotations_marks import Passage, passages, unmarked
from evidence.audit.narrated import DRAFT, Block, Citation, Note, blocks
from evidence.audit.sentences import count_words, sentences

__all__ = ["Length", "Quoted", "Sentence", "claims", "length", "quoted", "told"]

_DRAFT = DRAFT.removeprefix("> ").replace("*", "")
#: So many words may stand in quotation marks for another reason than that somebody said them.
_FEW = 3
#: With these a paragraph begins in which a quotation goes on.
_GO_ON = ("“", "„", "«", '"')
#: A statement has as many words at least.
_SHORTEST = 4
_NUMBER = re.compile(r"\d")
#: A word with a capital letter where no sentence begins: a name.
_NAME = re.compile(r"(?<=[\w,;] )(?:[A-Z][a-z]{2,}|[A-Z]{2,})(?:-\w+)*\b")
_FIRST = re.compile(r"(?:The |A |An )?([A-Z]\w+)")
#: Sentences that speak of the study, and not of the case: what was searched, tested and coded, by whom and from what.
_OF_THE_STUDY = re.compile(
    r"\b(?:this (?:account|case|example|narrative|study)|the (?:account|article|case|example|narrative|study)|accounts to|"
    r"arguments|coders?|coding|codes?|coded|data set|data|documented|evidence|historians?|hypothes[ie]s|inferred|"
    r"inference|levels?|logged|notes?|papers|reader|reading|records?|ruled out|scheme|search(?:ed|es)?|sources?|tests?|"
    r"tested|texts?|volumes?|what follows)\b",
    re.IGNORECASE,
)
#: Sentences that suppose something, or ask whether it is so, and do not say that it is.
_SUPPOSES = re.compile(r"(?:If|Whether|Suppose|Had|Were|Should)\b")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a narrative.

    Attributes:
        words: as its reader sees them.
        line: the line of the narrative in which it begins, from 1.
        notes: those that stand in it, or right behind it.
        covered: whether it has a note, or a later sentence of its paragraph has one.
    """

    words: str
    line: int
    notes: tuple[Note, ...]
    covered: bool


@dataclass(frozen=True, slots=True)
class Quoted:
    """What a narrative quotes, and what it cites for it.

    Attributes:
        words: without the marks about them.
        line: the line of the narrative, from 1.
        cited: the bracket that is nearest: that which follows in the sentence, else one before it, else the next in
            the paragraph; of a block quotation that at its end.
        besides: what else the sentence cites.
    """

    words: str
    line: int
    cited: tuple[Citation, ...]
    besides: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Length:
    """How long a narrative is; letters of scripts without spaces count as words.

    Attributes:
        words: without the marks of notes.
        sentences: headings are none.
        notes: as many as its page numbers.
        cited: the keys that it cites, each once.
        quoted: how many of its words are quoted, between marks or as block quotations.
        longest: the most words that follow each other without a note.
    """

    words: int
    sentences: int
    notes: int
    cited: tuple[str, ...]
    quoted: int
    longest: int


def told(text: str, *, case: str = "") -> Iterator[Sentence]:
    """Yield a narrative's sentences with their notes; headings and cells of tables have none, nor has the draft's mark."""
    for block in _read(text, case):
        if block.kind in ("paragraph", "quotation"):
            yield from _sentences(block)


def claims(text: str, *, case: str = "", each: bool = False, own: Collection[str] = ()) -> list[Sentence]:
    """Return the sentences that claim something of the case and have no note.

    A sentence claims something that names anybody or anything by its name, gives a number or a date, or quotes four
    words or more; questions do not, nor does what leads to a list or a quotation, what begins with *if* or *whether*, or
    what speaks of the study itself: its codes, tests, searches and sources. The words that tell so much are English ones.

    Args:
        text: the narrative.
        case: its case's key, for an error to name.
        each: whether each such sentence needs a note of its own; else one note holds up what stands before it in its
            paragraph, as historians write.
        own: words that are the study's own, such as the keys of its variables.
    """
    every = list(told(text, case=case))
    names: set[str] = {name for sentence in every for name in _NAME.findall(sentence.words)}
    return [
        sentence
        for sentence in every
        if not (sentence.notes if each else sentence.covered) and _claims(sentence.words, names, own)
    ]


def _claims(words: str, names: set[str], own: Collection[str]) -> bool:
    said = words.rstrip("\"”’»'」』)")
    if count_words(words) < _SHORTEST or said.endswith(("?", "？", ":", "：")):
        return False
    if passages(words):
        return True
    if _SUPPOSES.match(words) or _OF_THE_STUDY.search(words):
        return False
    if any(re.search(rf"\b{re.escape(word)}\b", words) for word in own):
        return False
    first = _FIRST.match(words)
    return bool(_NUMBER.search(words) or set(_NAME.findall(words)) & names or (first and first[1] in names))


def quoted(text: str, *, case: str = "") -> list[Quoted]:
    """Return what a narrative quotes with a citation near by: between quotation marks, and in block quotations.

    Words in quotation marks are a quotation if they are four or more, or if their citation follows at once: fewer may
    be a word used as such. What nothing is cited for is left out.
    """
    found: list[Quoted] = []
    every = _read(text, case)
    for number, block in enumerate(every):
        following = every[number + 1] if number + 1 < len(every) else None
        if block.kind == "quotation":
            found += _block_quotation(block, following, every[number - 1] if number else None)
        else:
            found += _in_marks(block, following)
    return found


def length(text: str, *, case: str = "") -> Length:
    """Return how long a narrative is."""
    words = counted = marked = longest = run = 0
    cited: list[Citation] = []
    for block in _read(text, case):
        here = count_words(block.words)
        words += here
        spans = sentences(block.words) if block.kind in ("paragraph", "quotation") else []
        counted += len(spans)
        inside = passages(block.words, fewest=1)
        marked += (
            here
            if block.kind == "quotation"
            else sum(count_words(block.words[one.start : one.end]) for one in inside)
        )
        before = 0
        for note in block.notes:
            longest = max(longest, run + count_words(block.words[before : note.at]))
            run, before = 0, note.at
            cited += note.cited
        run += count_words(block.words[before:]) if block.kind != "heading" else 0
        longest = max(longest, run)
    return Length(words, counted, len(cited), tuple(dict.fromkeys(one.key for one in cited)), marked, longest)


def _read(text: str, case: str) -> list[Block]:
    return [block for block in blocks(text, case=case) if block.words != _DRAFT]


def _sentences(block: Block) -> Iterator[Sentence]:
    spans = sentences(block.words)
    last = max((note.at for note in block.notes), default=-1)
    for number, (start, end) in enumerate(spans):
        notes = _notes(block, spans, number)
        yield Sentence(block.words[start:end], block.line_of(start), notes, bool(notes) or start < last)


def _notes(block: Block, spans: Sequence[tuple[int, int]], number: int) -> tuple[Note, ...]:
    """Return the notes of a sentence: those in it and right behind it, and at the paragraph's beginning the first's."""
    low = spans[number - 1][1] if number else -1
    high = spans[number][1] if number + 1 < len(spans) else len(block.words)
    return tuple(note for note in block.notes if low < note.at <= high)


def _in_marks(block: Block, following: Block | None) -> Iterator[Quoted]:
    """Yield what stands between marks; a quotation may go on in the next paragraph, which then opens with a mark."""
    goes_on = following is not None and following.kind == block.kind and following.words.startswith(_GO_ON)
    inside = passages(block.words, goes_on=goes_on, fewest=1)
    onward = following.notes[:1] if goes_on and following is not None else ()
    if not inside or not (block.notes or onward):
        return
    spans = sentences(block.words)
    ends = [end for _, end in spans]
    for passage in inside:
        own = _notes(block, spans, min(bisect_left(ends, passage.start + 1), len(spans) - 1))
        note = _nearest(block, own, passage)
        if note is None and passage.end >= len(block.words.rstrip()):
            note = next(iter(onward), None)
        words = block.words[passage.start : passage.end]
        short = not passages(f"“{words}”", fewest=_FEW + 1)
        if note is None or (short and not _at_once(block, passage, note)):
            continue
        beside = _adjoining(block, note)
        besides = tuple(citation for one in own if one not in beside for citation in one.cited)
        cited = tuple(citation for one in beside for citation in one.cited)
        yield Quoted(_unstopped(words), block.line_of(passage.start), cited, besides)


def _nearest(block: Block, own: Sequence[Note], passage: Passage) -> Note | None:
    after = [note for note in own if note.at >= passage.end]
    before = [note for note in own if note.at <= passage.start]
    within = [note for note in own if passage.start < note.at < passage.end]
    later = [note for note in block.notes if note.at >= passage.end]
    return next(iter([*after[:1], *within[-1:], *before[-1:], *later[:1]]), None)


def _adjoining(block: Block, note: Note) -> list[Note]:
    """Return a bracket with those that stand right beside it: [@a] [@b] is as good as [@a; @b]."""
    if note not in block.notes:
        return [note]
    number = block.notes.index(note)
    first = last = number
    while first and not block.words[block.notes[first - 1].at : block.notes[first].at].strip():
        first -= 1
    while (
        last + 1 < len(block.notes)
        and not block.words[block.notes[last].at : block.notes[last + 1].at].strip()
    ):
        last += 1
    return [note, *block.notes[first:number], *block.notes[number + 1 : last + 1]]


def _at_once(block: Block, passage: Passage, note: Note) -> bool:
    between = block.words[passage.end : note.at]
    return note.at >= passage.end and not any(map(str.isalnum, between))


def _block_quotation(block: Block, following: Block | None, before: Block | None) -> Iterator[Quoted]:
    if block.words.startswith(("—", "–", "--")) or not any(map(str.isalnum, block.words)):
        return  # whose words they are
    notes = block.notes[-1:]
    if not notes and following is not None and following.notes:
        first = following.notes[-1] if following.kind == "quotation" else following.notes[0]
        notes = (first,) if following.kind == "quotation" or first.at == 0 else ()
    if not notes and before is not None and before.kind == "paragraph" and before.notes:
        last = before.notes[-1]  # As Dulles put it [@KEY]:
        leads = before.words.endswith((":", "：")) and not any(map(str.isalnum, before.words[last.at :]))
        notes = (last,) if leads else ()
    if notes:
        rest = tuple(citation for one in block.notes[:-1] for citation in one.cited)
        yield Quoted(_unstopped(unmarked(block.words)), block.line, notes[0].cited, rest)


def _unstopped(words: str) -> str:
    """Return words without the mark at their end, which may be the quoting sentence's own; an ellipsis stays."""
    cut = words.rstrip().rstrip(",;:—–").rstrip()
    return cut[:-1].rstrip() if cut.endswith(".") and not cut.endswith("..") else cut
