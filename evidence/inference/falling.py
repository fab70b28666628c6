"""What falls with which units, as bits: thousands of removals are looked at without making a body for each."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from evidence.inference.body import Body, Evidence, Test
from evidence.inference.counting import Piece, Stated, own_piece, result_piece, sensitivities
from evidence.inference.removal import Unit, carrying
from evidence.inference.weighing import Reading, levels, missed_level
from evidence.vocabulary import TestResult

__all__ = ["Bits", "Block", "Board", "Fallible", "Sums", "fallible", "minus", "plus", "scores"]

#: For each unit that may be taken away a bit of its own; several units are the bits of all of them.
Bits = Mapping[Unit, int]
#: For each hypothesis a sum of decibels, and then for each how often it is claimed impossible.
Sums = tuple[float, ...]
_Counted = tuple[int, tuple[float, ...]]  # what others may share with it, as bits; its levels in dB


@dataclass(frozen=True, slots=True)
class _Brought:
    """Something brought to a test: any of some units takes it down, or for each of its quotes any of some."""

    direct: int
    quotes: tuple[int, ...] = ()

    def fallen(self, gone: int) -> bool:
        return bool(gone & self.direct) or (bool(self.quotes) and all(gone & quote for quote in self.quotes))


@dataclass(frozen=True, slots=True)
class Fallible:
    """A test with a result: it falls if it is taken away itself, or with all that carries its result."""

    own: int
    carriers: tuple[_Brought, ...]

    def fallen(self, gone: int) -> bool:
        """Tell whether its result falls when these units are taken away."""
        if gone & self.own:
            return True
        return bool(self.carriers) and all(one.fallen(gone) for one in self.carriers)


def fallible(test: Test, bits: Bits) -> Fallible:
    """Return what takes a test's result down."""
    return Fallible(_bit(bits, "test", test.key), tuple(_brought(one, bits) for one in carrying(test)))


def _brought(one: Evidence, bits: Bits) -> _Brought:
    if one.search:
        return _Brought(_bit(bits, "search", one.key) | _bit(bits, "coder", one.coder))
    return _Brought(
        _bit(bits, "observation", one.key) | _bit(bits, "lineage", one.lineage),
        tuple(
            _bit(bits, "quote", origin.quote)
            | _bit(bits, "source", origin.source)
            | _bit(bits, "lineage", origin.root or origin.source)
            | _bit(bits, "archive", origin.archive)
            for origin in one.origins
        ),
    )


def _bit(bits: Bits, kind: str, name: str) -> int:
    return bits.get(Unit(kind, name), 0) if name else 0


# --- Numbers


@dataclass(frozen=True, slots=True)
class _Member:
    """Something brought to a counted test, with what it shares with others and its own likelihoods."""

    falls: _Brought
    carries: bool
    token: int
    roots: tuple[int, ...]  # for each quote the token of its root
    own: bool  # it states its own likelihoods, which count in place of the test's
    levels: tuple[float, ...] | None  # those under the hypotheses compared, in dB
    sensitivity: tuple[Stated, ...]

    def tokens(self, gone: int) -> int:
        found = self.token
        for quote, root in zip(self.falls.quotes, self.roots, strict=True):
            if not gone & quote:
                found |= root
        return found


@dataclass(slots=True)
class _Row:
    """A counted test: what it contributes, whatever is taken away."""

    own: int
    members: tuple[_Member, ...]
    token: int  # of a result that nothing carries
    piece: Piece | None  # the test's own statement, if it speaks of all the hypotheses compared
    levels: tuple[float, ...] | None
    touched: int = 0
    shared: int = 0
    kept: dict[int, tuple[_Counted, ...]] = field(default_factory=dict)

    def counted(self, gone: int, board: Board) -> tuple[_Counted, ...]:
        mask = gone & self.touched
        if mask not in self.kept:
            self.kept[mask] = self._counted(mask, board)
        return self.kept[mask]

    def _counted(self, gone: int, board: Board) -> tuple[_Counted, ...]:
        if gone & self.own:
            return ()
        left = [one for one in self.members if not one.falls.fallen(gone)]
        carriers = [one for one in left if one.carries]
        before = sum(one.carries for one in self.members)
        if before and not carriers:
            return ()
        if any(one.own for one in left):
            return tuple((one.tokens(gone), one.levels) for one in left if one.levels is not None)
        if self.piece is None or self.levels is None:
            return ()
        found = self.levels
        if self.piece.missed and len(carriers) < before:
            d = tuple(stated for one in carriers for stated in one.sensitivity)
            found = tuple(
                missed_level(self.piece.stated[key][1], d, board.reading) for key in board.hypotheses
            )
        shared = 0
        for one in carriers:
            shared |= one.tokens(gone)
        return ((shared or self.token, found),)


@dataclass(slots=True)
class Block:
    """Counted tests that have to do with each other: what takes one down may change what the others count."""

    rows: list[_Row]
    touched: int
    kept: dict[int, Sums] = field(default_factory=dict)


class Board:
    """The counted evidence of a body on some hypotheses, made ready to take units away.

    Args:
        body: the body of evidence.
        hypotheses: keys of those compared.
        units: what may be taken away.
        priors: for each hypothesis its prior in dB, 10 log10 p; equal if not given.
        reading: how evidence of one cluster counts.
    """

    def __init__(
        self,
        body: Body,
        hypotheses: Sequence[str],
        units: Iterable[Unit],
        priors: Mapping[str, float] | None = None,
        reading: Reading = "dependent",
    ) -> None:
        """Read the body once; see the class."""
        self.hypotheses = tuple(hypotheses)
        self.reading = reading
        self.bits = {unit: 1 << number for number, unit in enumerate(dict.fromkeys(units))}
        self._tokens: dict[tuple[str, str], int] = {}
        rows = [row for test in body.tests if (row := self._row(test, body))]
        self.blocks = _joined(rows) if reading == "dependent" else [Block([row], row.touched) for row in rows]
        start = [tuple(priors.get(key, 0.0) for key in self.hypotheses)] if priors else []
        self.base: Sums = _summed(start, len(self.hypotheses))
        for block in self.blocks:
            self.base = plus(self.base, self.block(block, 0))

    def _row(self, test: Test, body: Body) -> _Row | None:
        if test.result not in (TestResult.PASSED, TestResult.FAILED):
            return None
        carriers = {id(one) for one in carrying(test)}
        members = tuple(self._member(test, one, body, carries=id(one) in carriers) for one in test.evidence)
        whole = result_piece(test, body.scale)
        if whole is not None and not whole.stated.keys() >= set(self.hypotheses):
            whole = None
        if whole is None and all(one.levels is None for one in members):
            return None
        row = _Row(
            own=_bit(self.bits, "test", test.key),
            members=members,
            token=self._token("test", test.key),
            piece=whole,
            levels=levels(whole, self.hypotheses, self.reading) if whole else None,
        )
        row.touched, row.shared = row.own, row.token
        for one in members:
            row.touched |= one.falls.direct
            for quote in one.falls.quotes:
                row.touched |= quote
            row.shared |= one.tokens(0)
        return row

    def _member(self, test: Test, one: Evidence, body: Body, *, carries: bool) -> _Member:
        own = own_piece(test, one, body.scale)
        speaks = own is not None and own.stated.keys() >= set(self.hypotheses)
        token = self._token("search" if one.search else "observation", one.key)
        if one.lineage:
            token |= self._token("lineage", one.lineage)
        origins = () if one.search else one.origins
        return _Member(
            falls=_brought(one, self.bits),
            carries=carries,
            token=token,
            roots=tuple(self._token("source", origin.root or origin.source) for origin in origins),
            own=own is not None,
            levels=levels(own, self.hypotheses, self.reading) if own and speaks else None,
            sensitivity=sensitivities([one], body.scale),
        )

    def _token(self, kind: str, name: str) -> int:
        return self._tokens.setdefault((kind, name), 1 << len(self._tokens))

    def block(self, block: Block, gone: int) -> Sums:
        """Return what a block counts when units are taken away."""
        mask = gone & block.touched
        if mask not in block.kept:
            found = [counted for row in block.rows for counted in row.counted(mask, self)]
            if self.reading == "dependent" and len(found) > 1:
                rows = _least(found)
            else:
                rows = [row for _, row in found]
            block.kept[mask] = _summed(rows, len(self.hypotheses))
        return block.kept[mask]

    def sums(self, gone: int) -> Sums:
        """Return what everything counts when units are taken away."""
        found = self.base
        for block in self.blocks:
            if gone & block.touched:
                found = plus(minus(found, self.block(block, 0)), self.block(block, gone))
        return found


def _joined(rows: Iterable[_Row]) -> list[Block]:
    """Return rows in blocks that share nothing with each other."""
    blocks: list[tuple[int, list[_Row]]] = []
    for row in rows:
        shared, members, apart = row.shared, [row], []
        for known, others in blocks:
            if known & shared:
                shared, members = shared | known, [*others, *members]
            else:
                apart.append((known, others))
        blocks = [*apart, (shared, members)]
    found = []
    for _, members in blocks:
        touched = 0
        for row in members:
            touched |= row.touched
        found.append(Block(members, touched))
    return found


def _least(found: Sequence[_Counted]) -> list[tuple[float, ...]]:
    """Return for each cluster the least of its members' levels, under each hypothesis."""
    clusters: list[tuple[int, list[tuple[float, ...]]]] = []
    for shared, row in found:
        touching = [number for number, (known, _) in enumerate(clusters) if known & shared]
        if not touching:
            clusters.append((shared, [row]))
            continue
        first = touching[0]
        known, rows = clusters[first]
        rows.append(row)
        for number in reversed(touching[1:]):
            also, more = clusters.pop(number)
            known |= also
            rows += more
        clusters[first] = (known | shared, rows)
    return [tuple(map(min, zip(*rows, strict=True))) for _, rows in clusters]


def _summed(rows: Sequence[tuple[float, ...]], size: int) -> Sums:
    """Return the sums of levels, with how many of them are -inf counted apart, so that they can be taken off again."""
    columns = list(zip(*rows, strict=True)) or [()] * size
    return (
        *(math.fsum(db for db in column if db != -math.inf) for column in columns),
        *(float(column.count(-math.inf)) for column in columns),
    )


def plus(one: Sums, other: Sums) -> Sums:
    """Return two sums together."""
    return tuple(a + b for a, b in zip(one, other, strict=True))


def minus(one: Sums, other: Sums) -> Sums:
    """Return a sum without another."""
    return tuple(a - b for a, b in zip(one, other, strict=True))


def scores(sums: Sums) -> tuple[float, ...]:
    """Return the decibels of each hypothesis, -inf where it is claimed impossible."""
    size = len(sums) // 2
    return tuple(-math.inf if sums[size + i] > 0.5 else sums[i] for i in range(size))  # noqa: PLR2004 - none or one
