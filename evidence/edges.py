"""Where words begin and end in a text: ``not`` is not to be found in ``nothing``, nor ``can`` in ``can't``."""

from __future__ import annotations

import re
import unicodedata

from evidence.folding import UNSPACED, invisible

__all__ = ["begins", "stops"]

#: How far is looked past characters that have no form.
_NEAR = 16
_HANGUL = re.compile("[\uac00-\ud7a3]")
#: What makes another word of the one that follows, or of the one before.
_NEGATED = re.compile(r"\b(?:non|un|anti)[-‐‑\u00ad]\s*\Z", re.IGNORECASE)
_NOT = re.compile(r"['’]t\b", re.IGNORECASE)
#: What makes another number of the digits that follow: more digits and a mark, or a minus sign.
_CUT_BEFORE = re.compile(r"\d[.,:]\Z|(?:^|[\s(\[$£€])[-−]\Z")
_REST = re.compile(r"(?!not\b|n['’]t\b)[^\W\d_]{0,4}(?!['’]?\w)", re.IGNORECASE)


def begins(content: str, start: int, replaced: str | None) -> bool:
    """Tell whether a word of the text begins at an offset, or what stands in brackets replaces its beginning."""
    letter = content[start]
    if _is_mark(letter):
        return start == 0
    before = start - 1
    while before >= max(0, start - _NEAR) and invisible(content[before]):
        before -= 1
    if before < 0 or not letter.isalnum():
        return True
    if not _is_of_word(content[before]):
        cut = letter.isdigit() and _CUT_BEFORE.search(content, max(0, before - 1), before + 1)
        return not cut and _NEGATED.search(content, max(0, start - _NEAR), start) is None
    if UNSPACED.match(letter) or UNSPACED.match(content[before]):
        return True
    if replaced is None or content[max(0, start - len(replaced)) : start].casefold() != replaced.casefold():
        return False
    return begins(content, start - len(replaced), None)


def stops(content: str, end: int, *, relaxed: bool) -> bool:
    """Tell whether a word of the text ends at an offset, or brackets after it replace its ending."""
    after = end
    while after < min(len(content), end + _NEAR) and invisible(content[after]):
        after += 1
    if after >= len(content) or _is_mark(content[after]) or not _is_of_word(content[end - 1]):
        return after >= len(content) or not _is_mark(content[after])
    following, letter = content[after], content[end - 1]
    if not following.isalnum():
        cut = letter.isdigit() and following in ".,:" and content[after + 1 : after + 2].isdigit()
        return not cut and not (letter in "nN" and _NOT.match(content, after))
    if UNSPACED.match(letter) or UNSPACED.match(following) or _HANGUL.match(letter):
        return True  # scripts without spaces, and one that joins its particles to its words
    return relaxed and _REST.match(content, after) is not None


def _is_of_word(letter: str) -> bool:
    return letter.isalnum() or _is_mark(letter)


def _is_mark(letter: str) -> bool:
    """Tell whether a character is a mark on the letter before it."""
    return letter >= "\u0300" and unicodedata.category(letter).startswith("M")
