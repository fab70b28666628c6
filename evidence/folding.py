"""Fold typography away: texts that differ in nothing else become the same, and every place is found back.

What is folded: quotation marks, dashes, ligatures, odd spaces and runs of white space, invisible characters,
full-width forms, and how Unicode composes a letter. What never is: letters, their case and their diacritics,
digits, words, and any other mark. A hyphen at the end of a line may be the printer's or the word's own, so it
becomes a mark of its own (``SEAM``).

A text is folded in blocks by ``str.translate``, and only the length of each folded block is kept. Where a
character came from is worked out for its block alone, when it is asked.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import pairwise

__all__ = [
    "BREAK",
    "DASH",
    "FORMLESS",
    "SEAM",
    "UNSPACED",
    "Folded",
    "composed",
    "fold",
    "has_seam",
    "invisible",
    "origins",
]

#: Stands in folded text for a hyphen at the end of a line, which may be read or not.
SEAM = "\x01"
#: Stands between texts that follow one another without belonging together; nothing matches it.
BREAK = "\x02"
#: A letter of a script that is written without spaces between words.
UNSPACED = re.compile(
    "[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u1aaf\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U0001b000-\U0001b16f\U00020000-\U0003ffff]"
)
_INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff"
_DASHES = "‐‑‒–—―−⁃－﹘﹣⸺⸻"
#: A space, or what has no form at all.
FORMLESS = f"[\\s{_INVISIBLE}]"
#: Any dash, as it stands in a text.
DASH = f"[-\u00ad¬{_DASHES}]"
_BLOCK, _STRETCH = 512, 128


def _spread(classes: str) -> Iterator[str]:
    """Yield every character of a class such as ``a-cx``."""
    for match in re.finditer(r"(.)(?:-(.))?", classes, re.DOTALL):
        yield from map(chr, range(ord(match[1]), ord(match[2] or match[1]) + 1))


_FOLDS: dict[int, str] = {
    **{ord(letter): "" for letter in _spread(_INVISIBLE)},
    **dict.fromkeys(map(ord, "`´‘’‚‛′‹›ʼ＇"), "'"),
    **dict.fromkeys(map(ord, "“”„‟″«»＂「」『』〝〞〟"), '"'),
    **dict.fromkeys(map(ord, _DASHES), "-"),
    **dict.fromkeys(map(ord, "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u1680\u2028\u2029\u3000\u00a0\u202f\u205f"), " "),
    **dict.fromkeys(range(0x2000, 0x200B), " "),
    **{full: chr(full - 0xFEE0) for full in range(0xFF01, 0xFF5F) if full not in (0xFF02, 0xFF07, 0xFF0D)},
    **dict(zip(map(ord, "ﬀﬁﬂﬃﬄﬅﬆ…‥。"), ("ff", "fi", "fl", "ffi", "ffl", "st", "st", "...", "..", "."), strict=True)),
}  # fmt: skip
#: What becomes more characters or fewer. A block without them has as many as before only if none was left out.
_SHIFTING = re.compile(
    f"[{''.join(re.escape(chr(code)) for code, to in _FOLDS.items() if len(to) != 1)}\u0300-\u036f]"
)
_invisible = frozenset(_spread(_INVISIBLE))

_HYPHENS = ("-", "‐", "¬", "\u00ad")
_SEAMS = re.compile(r"(?<=\w)(?:-|‐|¬|\u00ad)[ \t]*[\n\f]\s*(?=\w)")
#: The spaces within guillemets in the French manner; in the German one they open and close the other way.
_GUILLEMETS = re.compile(r"(?:(?<=^«)|(?<=[\s(\[]«))\s+|(?<=\S)\s+(?=»(?!\w))")
_CJK = "\u2e80-\u2fdf\u3001-\u3003\u3005-\u3011\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAN = re.compile(f"[{_CJK}]")

#: What is left out once characters are folded, in this order: what tells that there may be any (a few characters
#: are looked for far faster than a pattern), and what it is.
_LEFT_OUT: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...] = (
    (("  ",), re.compile(r"(?<= ) +")),
    ((" -", "- "), re.compile(r" (?=-)|(?<=-) ")),
    (("--",), re.compile(r"(?<=-)-+")),
    ((". .",), re.compile(r"(?<=\.) (?=\.)")),
    (("...",), re.compile(r" (?=\.\.\.)|(?<=\.\.\.) ")),
    ((" ?", " !", " ;", " :"), re.compile(r" (?=[?!;:])")),
)
_BETWEEN_HAN = re.compile(f"(?<=[{_CJK}]) | (?=[{_CJK}])")
_MARKS = re.compile(f"[-{SEAM}]")
#: Where a text can be parted without anything being folded otherwise: between plain words, or plain letters.
_PLAIN = re.compile(r"[A-Za-z0-9,] (?=[A-Za-z0-9])")
_LETTERS = re.compile(r"[^\W\d_\u1100-\u11ff](?=[^\W\d_\u1100-\u11ff])")


def invisible(letter: str) -> bool:
    """Tell whether a character has no form of its own: a soft hyphen, a space of no width."""
    return letter in _invisible


def composed(text: str) -> str:
    """Return a text with its letters as Unicode composes them (form C), in time proportional to its length.

    A long run of marks is put in order in blocks: sorting it as a whole would take quadratic time.
    """
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text
    ends = [0, *_blocks(text)]
    return "".join(unicodedata.normalize("NFC", text[at:end]) for at, end in pairwise(ends))


def fold(text: str) -> str:
    """Return a text with its typography folded away; hyphens at the ends of lines become ``SEAM``."""
    text = composed(text)
    if ("\n" in text or "\f" in text) and any(mark in text for mark in _HYPHENS):
        text = _SEAMS.sub(SEAM, text)
    if "«" in text or "»" in text:
        text = _GUILLEMETS.sub("", text)
    text = text.translate(_FOLDS)
    while "  " in text:
        text = text.replace("  ", " ")
    return _leave_out(text, lambda what, text: what.sub("", text))


def _leave_out(text: str, without: Callable[[re.Pattern[str], str], str]) -> str:
    """Return a text whose characters are folded without what is left out of it, one thing after the other."""
    for there, what in _LEFT_OUT:
        for some in there:
            if some in text:
                text = without(what, text)
                break
    if not text.isascii() and _HAN.search(text):
        text = without(_BETWEEN_HAN, text)
    return text


def has_seam(text: str) -> bool:
    """Tell whether a hyphen ends a line within a word."""
    # Most texts have no line that ends so, and lines are looked at faster than letters.
    ends = (line.rstrip()[-1:] in _HYPHENS for line in text.replace("\f", "\n").split("\n") if line)
    return any(ends) and _SEAMS.search(text) is not None


class Folded:
    """A text with its typography folded away, which knows where each of its characters came from.

    Attributes:
        text: the folded text.
        bare: whether hyphens were left out of it, because a line ends in one and either reading may be meant.
    """

    __slots__ = ("_begins", "_content", "_ends", "_origins", "bare", "text")

    def __init__(self, content: str, *, bare: bool) -> None:
        """Fold a text, block by block."""
        self._content, self.bare = content, bare
        self._begins: list[int] = [0]  # where each block begins in the content
        self._ends: list[int] = [0]  # and in the folded text
        folded: list[str] = []
        for end in _blocks(content):
            part = self._fold(content[self._begins[-1] : end])
            folded.append(part)
            self._begins.append(end)
            self._ends.append(self._ends[-1] + len(part))
        self.text = "".join(folded)
        self._origins = lru_cache(maxsize=64)(self._block_origins)

    def _fold(self, block: str) -> str:
        folded = fold(block)
        return folded.replace("-", "").replace(SEAM, "") if self.bare else folded

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where the folded characters from ``start`` to ``end`` stand in the content."""
        return self.origin(start)[0], self.origin(end - 1)[1]

    def origin(self, at: int) -> tuple[int, int]:
        """Return from where to where the character at ``at`` stands in the content."""
        block = bisect_right(self._ends, at) - 1
        begin, within = self._begins[block], at - self._ends[block]
        places = self._origins(block)
        if places is None:
            return begin + within, begin + within + 1
        start, end = places[within]
        return begin + start, begin + end

    def _block_origins(self, block: int) -> list[tuple[int, int]] | None:
        """Return where a block's characters stand in it; nothing if each stands where it did."""
        content = self._content[self._begins[block] : self._begins[block + 1]]
        if self._ends[block + 1] - self._ends[block] == len(content) and not _SHIFTING.search(content):
            return None
        return origins(content, bare=self.bare)


def _blocks(content: str) -> Iterator[int]:
    """Yield where each block ends."""
    at = 0
    while len(content) - at > _BLOCK + _STRETCH:
        near = at + _BLOCK
        found = _PLAIN.search(content, near, near + _STRETCH) or _LETTERS.search(
            content, near, near + _STRETCH
        )
        at = found.end() if found else near + _STRETCH
        yield at
    if content:
        yield len(content)


def origins(block: str, *, bare: bool) -> list[tuple[int, int]]:
    """Return for each character of ``fold(block)`` from where to where it stands in the block.

    The same steps are taken as in folding, on characters that carry their place with them.
    """
    text, starts, ends = _composed(block)
    if "\n" in text or "\f" in text:
        for match in reversed(list(_SEAMS.finditer(text))):
            first, last = match.span()
            starts[first:last], ends[first:last] = [starts[first]], [ends[last - 1]]
        text = _SEAMS.sub(SEAM, text)
    if "«" in text or "»" in text:
        text = _left_out(_GUILLEMETS, text, starts, ends)
    if _SHIFTING.search(text):
        sizes = [len(_FOLDS.get(ord(letter), letter)) for letter in text]
        starts = [start for start, size in zip(starts, sizes, strict=True) for _ in range(size)]
        ends = [end for end, size in zip(ends, sizes, strict=True) for _ in range(size)]
    text = text.translate(_FOLDS)
    text = _leave_out(text, lambda what, text: _left_out(what, text, starts, ends))
    if bare:
        text = _left_out(_MARKS, text, starts, ends)
    return list(zip(starts, ends, strict=True))


def _left_out(what: re.Pattern[str], text: str, starts: list[int], ends: list[int]) -> str:
    """Return a text without what is left out of it, and leave out the same of the lists."""
    for match in reversed(list(what.finditer(text))):
        first, last = match.span()
        del starts[first:last]
        del ends[first:last]
    return what.sub("", text)


def _composed(block: str) -> tuple[str, list[int], list[int]]:
    """Return the block as Unicode composes its letters, and where each begins and ends in it."""
    if block.isascii() or unicodedata.is_normalized("NFC", block):
        return block, list(range(len(block))), list(range(1, len(block) + 1))
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    begins = [at for at, letter in enumerate(block) if at == 0 or _begins_letter(letter)]
    for start, end in zip(begins, [*begins[1:], len(block)], strict=True):
        composed = unicodedata.normalize("NFC", block[start:end])
        letters.append(composed)
        starts.extend([start] * len(composed))
        ends.extend([end] * len(composed))
    return "".join(letters), starts, ends


def _begins_letter(letter: str) -> bool:
    """Tell whether a character stands for itself, whatever precedes it."""
    if letter < "\u0300":
        return True
    return (
        not "\u1160" <= letter <= "\u11ff"
        and not unicodedata.combining(letter)
        and not unicodedata.category(letter).startswith("M")
    )
