"""Where sentences end: a full stop after *Gen.*, *Nov.* or *U.S.* may be none, one in 漢字 needs no space behind it."""

from __future__ import annotations

import re
from bisect import bisect_right

from evidence.archive.quotations_marks import passages

__all__ = ["count_words", "sentences"]

#: A mark that may end a sentence, with the quotation marks and brackets that close after it.
_STOP = re.compile(r"(?:[.!?…]+[\"”’»'」』)\]]*(?=\s|$))|(?:[。！？｡]+[”’」』）】\"]*)")
_WIDE_STOPS = "。！？｡"
#: What the word before a full stop is.
_WORD = re.compile(r"[^\s(\[“\"‘'—–]+\Z")
#: Letters, each with its stop: initials, U.S., a.m.
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
#: These stand before what they belong to, so that no sentence ends with them.
_BEFORE = frozenset(
    "adm amb br brig capt cdr cf cmdr col comdr dr e.g encl esp fig figs fn gen gov hon i.e lt maj messrs mgr mr mrs "
    "ms nr prof rear rep rev rr-adm sec secy sen sgt st u.s.s vgl viz vs".split()
)
#: These stand before a number; without one behind them a sentence may end.
_NUMBERED = frozenset(
    "art bk ch chap cl col def div doc docs ed eds f ff fol fols jan feb mar apr jun jul aug sep sept oct nov dec n nn "
    "no nos p par para paras pp pt pts sect ser tab v vol vols".split()
)
#: These may end a sentence or not; what begins behind them says which.
_EITHER = frozenset(
    "al approx assn bros co corp dept dist est etc govt inc jr ltd max min misc natl orig sr univ".split()
)
#: Words with which sentences begin, and the names of states, persons and offices do not.
_BEGINS = frozenset(
    "a after all although an and as at because before both but by during each even few for from had he her here his how "
    "however i if in instead it its like many most neither no none nor not nothing of on one only or other others our "
    "she since so some still such that the their then there these they this those though thus to two until was we what "
    "when whether which while who why with without yet you".split()
)
_OPENING = "\"“‘'«„([「『（"
_CLOSING = "\"”’»'」』)]"
#: No word before a full stop is looked at beyond so many letters.
_LONGEST = 40
_WIDE = re.compile("[぀-ヿ㐀-䶿一-鿿豈-﫿가-힯]|[\U00020000-\U0003ffff]")


def sentences(words: str) -> list[tuple[int, int]]:
    """Return where the sentences of a paragraph begin and end, spaces between them left out.

    A sentence does not end inside a quotation of four words or more, however many sentences are quoted.

    Args:
        words: the paragraph as its reader sees it, without marks of notes.
    """
    quoted = passages(words)
    starts = [one.start for one in quoted]
    found, begun = [], _begin(words, 0)
    for stop in _STOP.finditer(words):
        inside = bisect_right(starts, stop.start()) - 1
        if inside >= 0 and stop.start() < quoted[inside].end and stop.end() <= quoted[inside].end:
            continue
        if stop.start() >= begun and _ends(words, stop):
            found.append((begun, stop.end()))
            begun = _begin(words, stop.end())
    if begun < len(words.rstrip()):
        found.append((begun, len(words.rstrip())))
    return found


def count_words(words: str) -> int:
    """Return how many words a text has; where a script has no spaces, each of its letters counts as one."""
    spaced = _WIDE.sub(" ", words)
    return sum(any(map(str.isalnum, word)) for word in spaced.split()) + len(_WIDE.findall(words))


def _begin(words: str, at: int) -> int:
    return at + len(words[at:]) - len(words[at:].lstrip())


def _ends(words: str, stop: re.Match[str]) -> bool:
    """Tell whether a sentence ends with a mark that may end one."""
    following = words[stop.end() :].lstrip().lstrip(_OPENING)
    if not following or stop[0][0] in _WIDE_STOPS:
        return True
    if stop[0].rstrip(_CLOSING) != ".":  # of ellipses, questions and cries what follows says it
        return not following[0].islower()
    return not following[0].islower() and _stops(_before(words, stop.start()), following)


def _stops(word: str, following: str) -> bool:
    """Tell whether a full stop behind a word ends a sentence, where what follows is no small letter."""
    folded = word.casefold()
    if folded in _BEFORE:
        return False
    abbreviated = folded in _EITHER or _INITIALS.fullmatch(word) or _initial(word)
    if not abbreviated and folded not in _NUMBERED:
        return bool(word)
    return re.split(r"\W", following, maxsplit=1)[0].casefold() in _BEGINS


def _before(words: str, at: int) -> str:
    """Return the word that ends at an offset."""
    found = _WORD.search(words, max(0, at - _LONGEST), at)
    return found[0] if found else ""


def _initial(word: str) -> bool:
    """Tell whether a word is the initial of a name: one capital letter, but not *I*."""
    return len(word) == 1 and word.isupper() and word != "I"
