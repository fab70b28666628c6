"""Words as the index of ``find`` has them: folded and cut in one way, so that both databases find alike.

Folding leaves letters and digits. Case, diacritics, ligatures and full-width forms fall away, and so does the
hyphen at the end of a line when the word goes on in small letters. Scripts without spaces between words are
cut into their characters, so that any run of them is found as a phrase. A term is then a run of ASCII letters
and digits and of whatever lies beyond ASCII, which is how FTS5's tokenizer ``ascii`` cuts as well.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

from evidence.folding import UNSPACED, composed

__all__ = ["Aligned", "fold", "is_term", "terms"]

_TERM = re.compile(r"[0-9a-z\x80-\U0010ffff]+")
#: Accents and points that writers leave out; vowel signs of Indic scripts and of Thai are none of them.
_DROPPED = re.compile(
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06ed"
    "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]"
)
#: Letters with a stroke and the like, which Unicode does not take apart.
_STROKES = {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "ð": "d", "æ": "ae", "œ": "oe"}
#: Beyond ASCII: what is no letter, and letters that stand for an apostrophe or a stroke.
_ODD = re.compile(rf"[^\x00-\x7f\w]|[\u02b0-\u02ff{''.join(_STROKES)}]")
_LINE_END = re.compile(r"(?<=[^\W\d_])[-\u2010\u00ac\u00ad][ \t]*[\n\f]\s*(?=[^\W\d_])")
#: What tells at little cost that there may be a hyphen at the end of a line.
_HYPHENS = re.compile(r"[-\u2010\u00ac\u00ad][ \t]*[\n\f]")
#: Longer than any letter with its marks.
_RUN = 256
_LETTER, _FEW = re.compile(r"[^\x00-\x7f]"), 60
_BEYOND, _SHORT = re.compile(r"[^\x00-\x7f]+"), 8
_RUNS = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f]")
_BLOCK, _STRETCH = 2048, 512
#: Where a text can be parted without being folded otherwise: between plain words.
_PLAIN = re.compile(r"[A-Za-z0-9,.;] (?=[A-Za-z0-9])")


def fold(text: str) -> str:
    """Return a text folded: its terms, with ASCII characters between them that belong to none."""
    if _HYPHENS.search(text):
        text = _LINE_END.sub(_seam, text)
    level = _levelled(text)
    return _BEYOND.sub(_folded, text.lower()) if level is None else level


def _levelled(text: str) -> str | None:
    """Return a text folded letter by letter, if each letter becomes one; it costs a fraction of the general way.

    Most texts beyond ASCII have a few quotation marks, dashes and accents in them, again and again.
    """
    if not text.isascii():
        letters = set(_LETTER.findall(text))
        if len(letters) > _FEW:
            return None
        for letter in letters:
            plain = _one(letter)
            if not plain:
                return None
            text = text.replace(letter, plain)
    return text.lower()


@lru_cache(4096)
def _one(letter: str) -> str:
    """Return the one letter that a letter becomes whatever stands beside it; nothing if there is none such."""
    folded = _fold_run(letter)
    joined = unicodedata.category(letter)[0] == "M" or "\u1100" <= folded <= "\u11ff"
    return folded if len(folded) == 1 and not joined else ""


def _folded(match: re.Match[str]) -> str:
    run = match.group()
    return _short(run) if len(run) <= _SHORT else _fold_run(run)


def _fold_run(run: str) -> str:
    """Return what stands beyond ASCII, folded."""
    # Taken apart and cleaned, then put together again: Hangul and kana are letters of several parts. What is
    # taken apart is ordered by blocks: a long run of marks as a whole would take quadratic time.
    apart = "".join(unicodedata.normalize("NFKD", run[at : at + _RUN]) for at in range(0, len(run), _RUN))
    run = composed(_DROPPED.sub("", apart).casefold())
    return UNSPACED.sub(r" \g<0> ", _ODD.sub(_plain, run))


_short = lru_cache(8192)(_fold_run)  # the same few letters and quotation marks come again and again


def _seam(match: re.Match[str]) -> str:
    # "alli-|ance" is one word; "Sino-|Soviet" keeps its hyphen.
    return "" if match.string[match.end()].islower() else match.group()


def _plain(match: re.Match[str]) -> str:
    letter = match.group()
    if unicodedata.category(letter)[0] == "M":
        return letter  # a vowel sign is part of its word
    return _STROKES.get(letter, " ")


def terms(text: str) -> list[str]:
    """Return the terms of a text, in order."""
    return _TERM.findall(fold(text))


def is_term(letter: str) -> bool:
    """Tell whether a character of a folded text belongs to a term."""
    return letter.isalnum() if letter.isascii() else True


class Aligned:
    """A text, folded, that knows where each of its characters came from.

    Only the lengths of folded blocks are kept; a block is aligned letter by letter when it is asked.
    """

    def __init__(self, text: str) -> None:
        """Fold a text."""
        self.text = text
        level = None if _HYPHENS.search(text) else _levelled(text)
        self._same = level is not None
        self._spans: list[tuple[int, int]] = []
        self._ends: list[int] = []  # where each block ends in the folded text
        self._origins: dict[int, list[int]] = {}
        self.folded = level if level is not None else "".join(self._parts())

    def _parts(self) -> Iterator[str]:
        end = 0
        for span in _blocks(self.text):
            part = fold(self.text[slice(*span)])
            end += len(part)
            self._spans.append(span)
            self._ends.append(end)
            yield part

    def origin(self, at: int) -> int:
        """Return where the folded character at ``at`` stands in the text."""
        if not 0 <= at < len(self.folded):
            raise IndexError(at)
        if self._same:
            return at
        number = bisect_right(self._ends, at)
        start, end = self._spans[number]
        if number not in self._origins:
            self._origins[number] = _origins(self.text[start:end])
        return start + self._origins[number][at - (self._ends[number - 1] if number else 0)]

    def after(self, at: int) -> int:
        """Return where the letter ends that the folded character at ``at`` came from: after the accents that follow it."""
        end = self.origin(at) + 1
        while end < len(self.text) and unicodedata.combining(self.text[end]):
            end += 1
        return end


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    while len(text) - at > _BLOCK + _STRETCH:
        near = at + _BLOCK
        found = _PLAIN.search(text, near, near + _STRETCH)
        end = found.end() if found else _between(text, near)
        yield at, end
        at = end
    yield at, len(text)


def _between(text: str, near: int) -> int:
    """Return where a text without spaces can be parted: before a letter that nothing is joined to."""
    for at in range(near, len(text)):
        pair = text[at - 1 : at + 1]
        if all(letter.isalpha() and not unicodedata.combining(letter) for letter in pair):
            return at
    return len(text)


def _origins(text: str) -> list[int]:
    """Return for each character of a folded text where it came from."""
    ends = _LINE_END.finditer(text) if _HYPHENS.search(text) else ()
    joined = [match.span() for match in ends if not _seam(match)]
    skipped = {at for start, end in joined for at in range(start, end)}
    origins: list[int] = []
    for match in _RUNS.finditer(text):
        at, end = match.span()
        if text[at].isascii():  # one for one, but for what a hyphen leaves out
            origins += (
                [place for place in range(at, end) if place not in skipped] if skipped else range(at, end)
            )
        elif at not in skipped and not (at and _is_joined(text[at]) and not text[at - 1].isascii()):
            while end < len(text) and _is_joined(text[end]):
                end += 1
            origins += [at] * _size(text[at:end])
    return origins


def _is_joined(letter: str) -> bool:
    return unicodedata.combining(letter) > 0


@lru_cache(4096)
def _size(cluster: str) -> int:
    """Return how long a letter with what is joined to it is when it is folded."""
    return len(fold(cluster))
