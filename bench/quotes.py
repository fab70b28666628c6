"""Quotes: 2,000 against four whole volumes of FRUS, and suggestions for those that are not found."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.timing import ROOT, Row, compare
from evidence.archive.frus.several import checked
from evidence.folding import _FOLDS, Folded, fold
from evidence.nearmiss import nearest
from evidence.quoting import Held
from evidence.vocabulary import QuoteState

__all__ = ["quotes_against_find"]

_Text = tuple[str, list[list[Any]], list[list[Any]]]
_VOLUMES = ("frus1955-57v02", "frus1964-68v02", "frus1964-68v29p2", "frus1961-63v07-09mSupp")
_BLOCK = 4096
_NEAR = 5
_TYPED = str.maketrans({"“": '"', "”": '"', "’": "'", "‘": "'", "—": "-", "–": "-"})


def quotes_against_find(count: int, rounds: int) -> Iterator[Row | str]:
    """Compare finding quotes with block-wise translate and one ``str.find`` of each on the same texts."""
    texts = _texts()
    if not texts:
        yield "quotes: the volumes of FRUS are not there (EVIDENCE_SHARED)"
        return
    quotes = list(_made(texts, count))
    folded = [(fold(words).strip(), volume) for words, volume, _, _ in quotes]

    def ours() -> None:
        helds = [Held(*text) for text in texts]
        for words, volume, _, _ in quotes:
            helds[volume].find(words)

    def floor() -> None:
        plain = [
            "".join(content[at : at + _BLOCK].translate(_FOLDS) for at in range(0, len(content), _BLOCK))
            for content, _, _ in texts
        ]
        for words, volume in folded:
            plain[volume].find(words)

    letters = sum(len(content) for content, _, _ in texts)
    what = f"find {count:,} quotes in {len(texts)} volumes of {letters:,} letters / translate and str.find"
    yield compare(what, ours, floor, 2.0, rounds=rounds)
    yield _accuracy(texts, quotes)
    yield _suggestions(texts, quotes, rounds)


def _texts() -> list[_Text]:
    """Return each volume as one text: its documents one after another, with their pages and parts."""
    folder = Path(os.environ.get("EVIDENCE_SHARED") or ROOT.parent / "shared") / "data" / "frus"
    files = [folder / f"{name}.xml" for name in _VOLUMES]
    if not all(file.is_file() for file in files):
        return []
    volumes: list[_Text] = []
    for incoming in checked(tuple(files), None)():
        pieces: list[str] = []
        pages: list[list[Any]] = []
        parts: list[list[Any]] = []
        at = 0
        for words in (words for item in incoming.items for words in item.words):
            pages.extend([label, start + at] for label, start in words.pages)
            parts.extend([kind, label, start + at, end + at] for kind, label, start, end in words.parts)
            pieces.append(words.content)
            at += len(words.content) + 2
        volumes.append(("\n\n".join(pieces), pages, parts))
    return volumes


def _made(texts: list[_Text], count: int) -> Iterator[tuple[str, int, str, int]]:
    """Yield quotes: their words, volume, kind and true offset; a third each exact, typed otherwise, altered."""
    chance = random.Random(20261122)  # noqa: S311 - the same quotes every time
    made = 0
    while made < count:
        volume = chance.randrange(len(texts))
        content, _, parts = texts[volume]
        start = content.find(" ", chance.randrange(len(content) - 600)) + 1
        end = content.find(" ", start + chance.randrange(60, 400))
        words = content[start:end].strip()
        if any(begin < end and stop > start for _, _, begin, stop in parts if begin >= start or stop <= end):
            continue
        if len(words.split()) < 8 or not words[0].isalnum() or content.count(words) != 1:
            continue
        kind = ("exact", "typographic", "altered")[made % 3]
        if kind == "typographic" and words.translate(_TYPED) == words:
            continue
        yield _as(kind, words, chance), volume, kind, start
        made += 1


def _as(kind: str, words: str, chance: random.Random) -> str:
    if kind == "exact":
        return words
    if kind == "typographic":
        return words.translate(_TYPED)
    several = words.split()
    at = chance.randrange(1, len(several) - 2)
    how = chance.randrange(4)
    if how == 0:
        del several[at]
    elif how == 1:
        several.insert(at, several[at])
    elif how == 2:
        several[at], several[at + 1] = several[at + 1], several[at]
    else:
        several.insert(at, "not")
    return " ".join(several)


def _accuracy(texts: list[_Text], quotes: list[tuple[str, int, str, int]]) -> str:
    helds = [Held(*text) for text in texts]
    right = dict.fromkeys(("exact", "typographic"), 0)
    of = dict.fromkeys(("exact", "typographic", "altered"), 0)
    wrong = 0
    for words, volume, kind, start in quotes:
        found = helds[volume].find(words)
        of[kind] += 1
        if kind == "altered":
            wrong += any(one.state is QuoteState.EXACT for one in found)
        else:
            right[kind] += any(abs(one.start - start) <= _NEAR and one.state.value == kind for one in found)
    return (
        f"found within {_NEAR} letters: {right['exact']} of {of['exact']} exact, {right['typographic']} of "
        f"{of['typographic']} typographic (goal: 99 %); altered called exact: {wrong} of {of['altered']} (goal: 0)"
    )


def _suggestions(
    texts: list[_Text],
    quotes: list[tuple[str, int, str, int]],
    rounds: int,
) -> Row:
    from rapidfuzz.fuzz import partial_ratio_alignment  # noqa: PLC0415

    helds = [Held(*text) for text in texts]
    failing = [(words, volume) for words, volume, kind, _ in quotes if kind == "altered"][:60]
    plain = [Folded(content, bare=False).text for content, _, _ in texts]
    folded = [(fold(words), volume) for words, volume in failing]
    for held in helds:
        held.folds()

    def ours() -> None:
        for words, volume in failing:
            nearest(words, helds[volume])

    def floor() -> None:
        for words, volume in folded:
            partial_ratio_alignment(words, plain[volume], score_cutoff=70)

    return compare(
        f"suggest words for {len(failing)} failing quotes / one rapidfuzz alignment each",
        ours,
        floor,
        1.5,
        rounds=rounds,
    )
