"""Find what is quoted in a paragraph: passages between quotation marks, and the citation that follows each."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Passage", "cited", "count_words", "passages", "unmarked"]

#: The fewest words that are a quotation, and not a word used as such.
_FEWEST = 4
#: Marks that open only, with the mark that closes each.
_OPENS = {"„": "“”", "‟": "”", "「": "」", "『": "』", "｢": "｣", "〝": "〞〟"}
#: Marks that open or close, and those that close what they opened.
_EITHER = {"“": "”", "«": "»", "»": "«", "‹": "›", "›": "‹", "”": "”"}
_MARKS = re.compile('["“”„‟«»‹›「」『』｢｣〝〞〟]')
_SINGLE = re.compile(r"(?<![^\s(\[{—–“\"-])[‘‚](?=\S)")
_SINGLE_END = re.compile(r"(?<=\S)[’‘](?!\w)")
_POSSESSIVE = re.compile(r"s’ [a-z]")
_CITED = re.compile(r"\[@([^\s,;@\[\]]{1,200})(?:,[ \t]{0,4}([^\[\];]{1,100}))?[^\[\]]{0,400}\]")
_SENTENCE = re.compile(r"(?<![A-Z])[.!?][”\"»’')\]]{0,3}\s+(?=[^\[\s])")
_PAGE = re.compile(r"(?:pp?\.?[ \t]{1,3})?(.{1,60})")
_RANGE = re.compile(r"(\d{1,9})[-–—]\d{1,9}")
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
_WIDE_POINTS = "，、：；。！？（"
_WIDE_A_WORD = 2  # letters of a script without spaces that weigh as much as a word


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage between quotation marks: where its words begin and end in the paragraph, marks left out."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Open:
    mark: str
    at: int
    found: int  # how many passages had been found when it opened


def passages(text: str, *, goes_on: bool = False, fewest: int = _FEWEST) -> list[Passage]:
    """Return the passages that are quoted in a paragraph, outermost marks only, of at least four words.

    Straight, curly, low and angled marks and those of Chinese and Japanese are known, and curly single marks, as
    British manuscripts have them; straight single marks never are, as nothing tells them from apostrophes. A
    mark after a number is inches. What takes time is the length alone.

    Args:
        text: the paragraph.
        goes_on: whether the next paragraph begins with an opening mark, so that one may be left open here.
        fewest: how many words make a quotation, where it is not four.
    """
    marks = [found.start() for found in _MARKS.finditer(text)]
    mixed = _mixed(text, marks)
    opened: list[_Open] = []
    kinds: Counter[str] = Counter()  # how many of each mark are open
    found: list[Passage] = []
    for number, at in enumerate(marks):
        opener = _closes(text, marks, number, kinds, mixed)
        if opener:
            while opened[-1].mark != opener:
                kinds[opened.pop().mark] -= 1
            begun = opened.pop()
            kinds[opener] -= 1
            del found[begun.found :]  # what is quoted within is part of it
            found.append(Passage(begun.at + 1, at))
        elif _may_open(text, at):
            opened.append(_Open(text[at], at, len(found)))
            kinds[text[at]] += 1
    if goes_on and opened and opened[0].mark in '“„«"':
        del found[opened[0].found :]
        found.append(Passage(opened[0].at + 1, len(text)))
    if "‘" in text or "‚" in text:
        found = _with_singles(text, found)
    trimmed = (_trimmed(text, passage) for passage in found)
    return [one for one in trimmed if count_words(text[one.start : one.end]) >= fewest]


def _with_singles(text: str, found: list[Passage]) -> list[Passage]:
    """Return the passages with those between curly single marks that stand in none of them."""
    openers = [one.start() for one in _SINGLE.finditer(text)]
    closers = [one.start() for one in _SINGLE_END.finditer(text)]
    singles: list[Passage] = []
    inside = 0  # up to where a passage reaches that was found before
    ahead = iter([*found, Passage(len(text), len(text))])
    one = next(ahead)
    for number, at in enumerate(openers):
        while one.end < at:
            one = next(ahead)
        if one.start <= at or at < inside:
            continue
        limit = openers[number + 1] if number + 1 < len(openers) else len(text)
        ends = closers[bisect_left(closers, at) : bisect_left(closers, limit)]
        # The soldiers’ morale: a mark after an s, with a sentence that goes on, may be an apostrophe.
        end = next((end for end in ends if not _POSSESSIVE.match(text, end - 1)), ends[0] if ends else None)
        if end is not None:
            singles.append(Passage(at + 1, end))
            inside = end
    result: list[Passage] = []
    for one in sorted([*found, *singles], key=lambda one: (one.start, -one.end)):
        if not result or one.end > result[-1].end:  # what is quoted within is part of it
            result.append(one)
    return result


def _mixed(text: str, marks: Sequence[int]) -> frozenset[int]:
    """Return the straight and curly marks that may close a mark of the other kind, as hands and programs mix them.

    Such a mark stands at the end of a word, and no closing mark of its opener's kind comes before the next opening one.
    """
    found = []
    curly = straight = ""  # what comes next: an opening mark or a closing one
    for at in reversed(marks):
        mark, ends = text[at], _at_end(text, at)
        if (mark == '"' and ends and curly != "closes") or (mark in "“”" and ends and straight != "closes"):
            found.append(at)
        if mark in "“„”":
            curly = "closes" if mark == "”" or (mark == "“" and ends) else "opens"
        elif mark == '"':
            straight = "closes" if ends else "opens"
    return frozenset(found)


def _at_end(text: str, at: int) -> bool:
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return (
        bool(before)
        and not before.isspace()
        and before not in "([{—–"
        and (not after.isalnum() or _is_wide(after))
    )


def _is_wide(letter: str) -> bool:
    return _WIDE.match(letter) is not None


def _closes(text: str, marks: Sequence[int], number: int, kinds: Counter[str], mixed: frozenset[int]) -> str:
    """Return the open mark that this one closes, if it closes any."""
    at = marks[number]
    mark = text[at]
    if mark == '"' and kinds['"']:
        return '"' if _may_close(text, marks, number) else ""
    for opener, closers in _OPENS.items():
        if mark in closers and kinds[opener]:
            return opener
    own = next((opener for opener, closer in _EITHER.items() if mark == closer and kinds[opener]), "")
    if own or at not in mixed:
        return own
    others = {'"': "“„", "”": '"', "“": '"”'}[mark]
    return next((opener for opener in others if kinds[opener]), "")


def _may_open(text: str, at: int) -> bool:
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if text[at] in "“„‟«‹「『｢〝":
        return True
    if text[at] in "」』｣〞〟":
        return False
    # A straight mark, or a closing one that some languages open with: at the beginning of a word only, where a
    # script has spaces between its words.
    begins = (
        not before or before.isspace() or before in "([{—–-/'‘" or _is_wide(before) or before in _WIDE_POINTS
    )
    return begins and bool(after) and not after.isspace()


def _may_close(text: str, marks: Sequence[int], number: int) -> bool:
    """Tell whether a straight mark within a quotation ends it: not inches, and not the beginning of another."""
    at = marks[number]
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if before.isspace() or (after.isalnum() and not _is_wide(after)):
        return False
    if not before.isdigit() or number + 1 == len(marks):
        return True
    # "the 6" guns fired": the next straight mark says whether there is still something to end.
    following = marks[number + 1]
    return text[following] != '"' or text[following - 1].isspace() or text[following - 1] in "(["


def _trimmed(text: str, passage: Passage) -> Passage:
    words = text[passage.start : passage.end]
    start = passage.start + len(words) - len(words.lstrip())
    return Passage(start, max(start, passage.end - (len(words) - len(words.rstrip()))))


def count_words(words: str) -> int:
    """Return how many words there are; of scripts without spaces, two letters weigh as one."""
    wide = len(_WIDE.findall(words))
    return sum(any(letter.isalnum() for letter in word) for word in words.split()) + wide // _WIDE_A_WORD


def unmarked(words: str) -> str:
    """Return a block quotation without marks that stand about the whole of it."""
    stripped = words.strip()
    if len(stripped) > 1 and _MARKS.match(stripped):
        inside = passages(stripped)
        if len(inside) == 1 and inside[0].start <= 2 and inside[0].end >= len(stripped.rstrip(".,;:")) - 2:  # noqa: PLR2004
            return stripped[inside[0].start : inside[0].end]
    return stripped


def cited(text: str, ends: Sequence[int]) -> list[tuple[str, str]]:
    """Return the key and the page of the citation that follows each passage in its sentence, or empty texts.

    Args:
        text: the paragraph.
        ends: where each passage ends.
    """
    citations = list(_CITED.finditer(text)) if "[@" in text else []
    if not citations:
        return [("", "")] * len(ends)
    starts = [citation.start() for citation in citations]
    sentences = [sentence.start() for sentence in _SENTENCE.finditer(text)]
    result = []
    for end in ends:
        following = bisect_left(starts, end)
        ended = bisect_left(sentences, end - 1)  # the full stop may stand within the marks
        if following == len(starts) or (ended < len(sentences) and sentences[ended] < starts[following]):
            result.append(("", ""))
        else:
            result.append((citations[following][1], page_of(citations[following][2] or "")))
    return result


def page_of(locator: str) -> str:
    """Return the page, the first of several, in what a citation says after its key."""
    found = _PAGE.fullmatch(locator.strip())
    page = found[1].strip() if found else ""
    several = _RANGE.fullmatch(page)
    return several[1] if several else page
