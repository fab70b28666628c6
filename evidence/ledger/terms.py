"""Words as the index of ``find`` has them: folded and cut in one way, so that both databases find alike.

Folding leaves letters and digits. Case, diacritics, ligatures and full-width forms fall away, and so does the
hyphen at the end of a line when the word goes on in small letters. Scripts without spaces between words are
cut into their characters, so that any run of them is found as a phrase. A term is then a run of ASCII letters
and digits and of whatever lies beyond ASCII, which is how FTS5's tokenizer ``ascii`` cuts as well.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from evidence.folding import UNSPACED

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
_BEYOND, _SHORT = re.compile(r"[^\x00-\x7f]+"), 8
_RUNS = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f]")
_BLOCK, _STRETCH = 2048, 512
#: Where a text can be parted without being folded otherwise: between plain words.
_PLAIN = re.compile(r"[A-Za-z0-9,.;] (?=[A-Za-z0-9])")


def fold(text: str) -> str:
    """Return a text folded: its terms, with ASCII characters between them that belong to none."""
    if _HYPHENS.search(text):
        text = _LINE_END.sub(_seam, text)
    text = text.lower()
    return text if text.isascii() else _BEYOND.sub(_folded, text)


def _folded(match: re.Match[str]) -> str:
    run = match.group()
    return _short(run) if len(run) <= _SHORT else _fold_run(run)


def _fold_run(run: str) -> str:
    """Return what stands beyond ASCII, folded."""
    # Taken apart and cleaned, then put together again: Hangul and kana are letters of several parts.
    run = unicodedata.normalize("NFC", _DROPPED.sub("", unicodedata.normalize("NFKD", run)).casefold())
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

    Only the lengths of folded blocks are kept; a block is aligned character by character when it is asked.
    """

    def __init__(self, text: str) -> None:
        """Fold a text."""
        self.text, self.folded = text, fold(text)
        self._same = text.isascii() and len(text) == len(self.folded)
        self._blocks: Iterator[tuple[int, int]] = _blocks(text)
        self._known: list[tuple[int, int, int]] = []  # folded end, begin, end
        self._aligned: dict[int, list[int]] = {}

    def origin(self, at: int) -> int:
        """Return where the folded character at ``at`` stands in the text."""
        if self._same:
            return at
        number, begin = self._block(at)
        _, start, end = self._known[number]
        if number not in self._aligned:
            self._aligned[number] = _origins(self.text[start:end])
        return start + self._aligned[number][at - begin]

    def _block(self, at: int) -> tuple[int, int]:
        """Return a block's number, and where it begins in the folded text."""
        begin = 0
        for number, (stop, _, _) in enumerate(self._known):
            if at < stop:
                return number, begin
            begin = stop
        for start, end in self._blocks:
            stop = begin + len(fold(self.text[start:end]))
            self._known.append((stop, start, end))
            if at < stop:
                return len(self._known) - 1, begin
            begin = stop
        raise IndexError(at)


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
    joined = [match.span() for match in _LINE_END.finditer(text) if not _seam(match)]
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
