"""Words that are not to be said: known again in any text, word by word, whatever stands between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from evidence.archive.quotations_marks import count_words
from evidence.ledger.terms import Aligned, terms

__all__ = ["FEWEST", "ClosedWords"]

#: So many words one after the other are known again wherever they stand.
FEWEST = 4
#: Of fewer, a program may say them by itself.
_PLAIN = 8
_TERM = re.compile(r"[0-9a-z\x80-\U0010ffff]+")
_BRACKETED = re.compile(r"\[[^\[\]]{0,200}\]")
_MARKUP = "*_~`"


class ClosedWords:
    """The words of closed quotes, but for those that something open says too.

    They are compared as ``find`` compares them: case, accents, punctuation, markup and line ends make no difference, so a
    passage is known in capitals, in italics, with a comma more, and cut short. Nobody but a reader knows a paraphrase.
    """

    def __init__(self, spoken: Iterable[str], public: Iterable[str]) -> None:
        """Learn what is closed, and then what may be said after all.

        Args:
            spoken: what closed quotes say.
            public: what is open: other quotes and texts, and what sources and cases are called.
        """
        forms = {form for one in spoken for form in (one, _BRACKETED.sub(" ", one))}
        whole = {form: tuple(terms(form)) for form in forms if count_words(form) >= FEWEST}
        self._known = {gram for said in whole.values() for gram in _grams(said)}
        for one in public if self._known else ():
            self._known.difference_update(_grams(terms(one)))
        #: Whole quotes that are too short to be known by so many words.
        self._short = {
            f" {' '.join(said)} "
            for form, said in whole.items()
            if count_words(form) < _PLAIN and self._known.issuperset(_grams(said))
        }

    def runs(self, text: str) -> list[tuple[int, int]]:
        """Return from where to where a text says four words and more of what is closed, from left to right."""
        if not self._known:
            return []
        aligned = Aligned(text)
        read = list(_TERM.finditer(aligned.folded))
        found: list[list[int]] = []
        for at, gram in enumerate(_grams([term.group() for term in read])):
            if gram in self._known:
                if found and at <= found[-1][1] + 1:
                    found[-1][1] = at + FEWEST - 1
                else:
                    found.append([at, at + FEWEST - 1])
        places = [
            (aligned.origin(read[first].start()), aligned.after(read[last].end() - 1))
            for first, last in found
        ]
        return [(start, end) for start, end in places if count_words(text[start:end]) >= FEWEST]

    def without(self, text: str, mark: str) -> str:
        """Return a text with a mark in place of each such passage, and of the emphasis about it."""
        for start, end in reversed(self.runs(text)):
            before, after = text[:start].rstrip(_MARKUP), text[end:].lstrip(_MARKUP)
            text = f"{before}{mark}{after}"
        return text

    def told(self, text: str) -> str:
        """Return the first closed passage that a text says: a whole quote, or so much of one that nobody else says it."""
        for start, end in self.runs(text):
            run = text[start:end]
            if count_words(run) >= _PLAIN or any(one in f" {' '.join(terms(run))} " for one in self._short):
                return run
        return ""


def _grams(said: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(said[n:] for n in range(FEWEST)), strict=False)
