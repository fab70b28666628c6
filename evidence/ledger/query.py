"""Read a query for ``find``: words, phrases, beginnings of words, AND, OR, NOT and parentheses.

A query is taken apart here and put together anew for each database, from terms that are nothing but letters
and digits, so that nothing that is typed can be an instruction to either.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import NoReturn, TypeAlias

from evidence.errors import ValueRefused
from evidence.ledger.terms import terms

__all__ = ["All", "Either", "Node", "Phrase", "Term", "parse", "wanted"]

_LONGEST, _MOST, _DEEPEST = 4000, 100, 20
#: A longer phrase could lie across two slices of a text's index (``passages``) and be in neither.
LONGEST_PHRASE = 200
_QUOTES = '"“”„‟«»＂'
_WORD = re.compile(rf"[^\s(){_QUOTES}]+")
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010\u2011](?=[^\W\d_])")
_HYPHENS = 3


@dataclass(frozen=True, slots=True)
class Phrase:
    """Terms that follow one another; of the last perhaps only the beginning."""

    terms: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a phrase as it was typed, in every way it may be written: ``anti-communist, anticommunist``."""

    said: str
    spellings: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class All:
    """All that is wanted together, and nothing that is not wanted."""

    wanted: tuple[Node, ...]
    unwanted: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Either:
    """One of these at least."""

    options: tuple[Node, ...]


Node: TypeAlias = Term | All | Either


@dataclass(frozen=True, slots=True)
class _Sign:
    kind: str  # "(", ")", "AND", "OR", "NOT", "term"
    said: str
    prefix: bool = False


def parse(query: str) -> Node:
    """Return what a query asks for.

    Args:
        query: ``offshore islands`` (both words), ``"offshore islands"`` (a phrase), ``islan*`` (a beginning),
            ``AND``, ``OR``, ``NOT`` or ``-word``, and parentheses.

    Raises:
        ValueRefused: it cannot be read; the sentence says where and what to do.
    """
    if len(query) > _LONGEST:
        raise ValueRefused(f"The query has {len(query):,} characters; ask with at most {_LONGEST:,}.")
    signs = list(_signs(query))
    if sum(sign.kind == "term" for sign in signs) > _MOST:
        raise ValueRefused(
            f"The query has more than {_MOST} words; put words that follow one another in quotes."
        )
    _require_whole(signs)
    found = _Reader(signs).either()
    if found is None:
        raise ValueRefused(f"There is no word to find in {query!r}; give one, or a phrase in quotes.")
    if isinstance(found, All) and not found.wanted:
        _refuse_not()
    return found


def wanted(node: Node) -> Iterator[Term]:
    """Yield the terms that may be seen in what is found: all but the unwanted ones."""
    if isinstance(node, Term):
        yield node
        return
    for part in node.wanted if isinstance(node, All) else node.options:
        yield from wanted(part)


def _refuse_not() -> NoReturn:
    raise ValueRefused(
        "NOT alone would find everything else; say also what is to be found, as in: islands NOT Pacific."
    )


def _signs(query: str) -> Iterator[_Sign]:
    at = 0
    while at < len(query):
        letter = query[at]
        if letter.isspace():
            at += 1
        elif letter in "()":
            yield _Sign(letter, letter)
            at += 1
        elif letter == "-" and at + 1 < len(query) and not query[at + 1].isspace():
            yield _Sign("NOT", "-")
            at += 1
        else:
            sign, at = _phrase(query, at) if letter in _QUOTES else _word(query, at)
            yield sign


def _phrase(query: str, at: int) -> tuple[_Sign, int]:
    end = next((place for place in range(at + 1, len(query)) if query[place] in _QUOTES), -1)
    if end < 0:
        raise ValueRefused(f"A phrase is not closed: {query[at:]}; end it with another quotation mark.")
    said, after = query[at + 1 : end], query[end + 1 : end + 2] == "*"
    begins = after or said.rstrip().endswith("*")
    return _Sign("term", _without_star(said), begins), end + 1 + after


def _word(query: str, at: int) -> tuple[_Sign, int]:
    match = _WORD.match(query, at)
    word = match.group() if match else query[at]
    if word in ("AND", "OR", "NOT"):
        return _Sign(word, word), at + len(word)
    return _Sign("term", _without_star(word), word.endswith("*")), at + len(word)


def _without_star(said: str) -> str:
    plain = said.rstrip().removesuffix("*")
    if "*" in plain:
        raise ValueRefused(
            f"A * stands for the end of a word only, as in islan*; in {said} it stands elsewhere."
        )
    return plain


def _require_whole(signs: list[_Sign]) -> None:
    """Stop if an operator has nothing on a side, or a parenthesis has no fellow."""
    depth = 0
    for before, sign, after in zip([None, *signs], signs, [*signs[1:], None], strict=False):
        if sign.kind in ("AND", "OR") and (before is None or before.kind not in ("term", ")")):
            _refuse_operator(sign, "before")
        if sign.kind in ("AND", "OR", "NOT") and (after is None or after.kind not in ("term", "(", "NOT")):
            _refuse_operator(sign, "after")
        if sign.kind == "(" and after is not None and after.kind == ")":
            raise ValueRefused(
                "There is nothing between two parentheses; put words there, or take them away."
            )
        depth += (sign.kind == "(") - (sign.kind == ")")
        if depth < 0:
            raise ValueRefused("A parenthesis is closed that was never opened; take the ) away, or open it.")
        if depth > _DEEPEST:
            raise ValueRefused(
                f"The query has more than {_DEEPEST} parentheses in one another; make it simpler."
            )
    if depth:
        raise ValueRefused("A parenthesis is not closed; end it with ).")


def _refuse_operator(sign: _Sign, side: str) -> NoReturn:
    raise ValueRefused(f"{sign.said} has nothing {side} it; put a word there, or put {sign.said} in quotes.")


class _Reader:
    """Reads signs from left to right: OR binds least, then AND, which need not be written, then NOT."""

    def __init__(self, signs: list[_Sign]) -> None:
        self.signs, self.at = signs, 0

    def peek(self) -> str:
        return self.signs[self.at].kind if self.at < len(self.signs) else ""

    def either(self) -> Node | None:
        options = [self.all()]
        while self.peek() == "OR":
            self.at += 1
            options.append(self.all())
        found = [option for option in options if option is not None]
        if len(found) > 1 and any(isinstance(option, All) and not option.wanted for option in found):
            _refuse_not()
        return _one(found, lambda parts: Either(tuple(parts)))

    def all(self) -> Node | None:
        positive: list[Node] = []
        negative: list[Node] = []
        while self.peek() not in ("", ")", "OR"):
            if self.peek() == "AND":
                self.at += 1
            part = self.part()
            if isinstance(part, All) and not part.wanted:
                negative += part.unwanted
            elif part is not None:
                positive.append(part)
        if negative:
            return All(tuple(positive), tuple(negative))
        return _one(positive, lambda parts: All(tuple(parts)))

    def part(self) -> Node | None:
        negated = False
        while self.peek() == "NOT":
            self.at += 1
            negated = not negated
        sign = self.signs[self.at]
        self.at += 1
        found: Node | None
        if sign.kind == "(":
            found = self.either()
            self.at += 1
        else:
            found = _term(sign)
        return _negated(found) if negated else found


def _one(parts: list[Node], several: Callable[[list[Node]], Node]) -> Node | None:
    return (several(parts) if len(parts) > 1 else parts[0]) if parts else None


def _negated(node: Node | None) -> Node | None:
    if node is None:
        return None
    if isinstance(node, All) and not node.wanted:  # not none of these: one at least
        return _one(list(node.unwanted), lambda parts: Either(tuple(parts)))
    return All((), (node,))


def _term(sign: _Sign) -> Term | None:
    """Return what a word or phrase is looked for as; nothing if it holds no letter and no digit."""
    # At the end of a line a hyphen was taken away, and writers differ: co-operation, cooperation.
    hyphens = [match.start() for match in _HYPHEN.finditer(sign.said)]
    some = hyphens if len(hyphens) <= _HYPHENS else []
    spellings = []
    for kept in product((True, False), repeat=len(some)):
        left_out = {at for at, keep in zip(some, kept, strict=True) if not keep}
        found = tuple(terms("".join(letter for at, letter in enumerate(sign.said) if at not in left_out)))
        if len(found) > LONGEST_PHRASE:
            raise ValueRefused(
                f"A phrase has {len(found)} words; at most {LONGEST_PHRASE} can be looked for at once."
            )
        if found:
            spellings.append(Phrase(found, sign.prefix))
    return Term(sign.said, tuple(dict.fromkeys(spellings))) if spellings else None
