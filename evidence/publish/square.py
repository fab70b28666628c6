"""The square of two probabilities: where a case's tests lie, and what kinds their places imply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evidence.inference.body import Test
from evidence.inference.likelihoods import Bounds, bounds, implied
from evidence.publish.reasoning_views import LabelView, PointView, RegionView, SquareView
from evidence.publish.wording import stated
from evidence.vocabulary import PROFILES, TestKind

__all__ = ["regions", "square"]

_WHOLE = 100.0
#: How wide a sign and how high a line of labels is, in hundredths of the square, and how far a mark reaches.
_SIGN, _LINE, _MARK = 2.4, 4.2, 1.9
#: Where a label may stand: to the right, left, above, below, then in the corners; near, then farther off.
_SIDES = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (-1, -1), (1, 1), (-1, 1))
_RINGS = (3.2, 7.5, 12.0, 17.0, 23.0)

Box = tuple[float, float, float, float]  # left, top, right, bottom


def regions(threshold: float) -> tuple[RegionView, ...]:
    """Return the regions of the square in which a threshold T implies each kind of test.

    Args:
        threshold: T, above 1. A likelihood ratio counts as decisive above it. The borders run along the rays
            P(seen | H) = T P(seen | rival) from (0, 0), and 1 - P(seen | rival) = T (1 - P(seen | H)) from
            (1, 1); they cross at P(seen | H) = T/(T+1), P(seen | rival) = 1/(T+1) (METHOD 2.3; Humphreys &
            Jacobs 2023, figure 5.2). Below the diagonal they are mirrored: kinds of the test for the rival.
    """
    corner = (1 / (threshold + 1), threshold / (threshold + 1))
    seen_top, missed_left = (1 / threshold, 1.0), (0.0, 1 - 1 / threshold)
    outlines = {
        TestKind.DOUBLY_DECISIVE: (missed_left, (0.0, 1.0), seen_top, corner),
        TestKind.SMOKING_GUN: ((0.0, 0.0), missed_left, corner),
        TestKind.HOOP: (corner, seen_top, (1.0, 1.0)),
        TestKind.STRAW_IN_THE_WIND: ((0.0, 0.0), corner, (1.0, 1.0)),
    }
    return tuple(
        _region(kind, [(a, b) if rival else (b, a) for b, a in outline], rival=rival)
        for rival in (False, True)
        for kind, outline in outlines.items()
    )


def _region(kind: TestKind, outline: Sequence[tuple[float, float]], *, rival: bool) -> RegionView:
    middle = (sum(end) / len(outline) for end in zip(*outline, strict=True))
    return RegionView(kind.value, rival, tuple(_place(b, a) for b, a in outline), _place(*middle))


def square(
    tests: Sequence[Test], numbers: Mapping[str, str], profile: str, scale: Mapping[str, Any]
) -> SquareView | None:
    """Return the square of a case's tests, or nothing if none of them states two likelihoods in numbers.

    Args:
        tests: the case's tests.
        numbers: what each is called on its page, by its key.
        profile: a key of ``vocabulary.PROFILES``.
        scale: the study's words of likelihood; words that are not on it are no numbers.
    """
    points, without = [], []
    for test in tests:
        a, b = bounds(test.p_hypothesis, scale), bounds(test.p_rival, scale)
        if a is None or b is None:
            without.append(numbers[test.key])
        else:
            kind = implied(test.p_hypothesis, test.p_rival, profile, scale)
            points.append(_point(test, numbers[test.key], a, b, str(kind) if kind else ""))
    if not points:
        return None
    threshold = PROFILES[profile]
    return SquareView(
        f"{threshold:g}", regions(threshold), tuple(points), tuple(_labels(points)), tuple(without)
    )


def _place(b: float, a: float) -> tuple[float, float]:
    return round(_WHOLE * b, 2), round(_WHOLE * (1 - a), 2)


def _point(test: Test, number: str, a: Bounds, b: Bounds, kind: str) -> PointView:
    x, y = _place(sum(b) / 2, sum(a) / 2)
    left, top = _place(b[0], a[1])
    right, bottom = _place(b[1], a[0])
    return PointView(
        number=number,
        kind=test.kind,
        implied=kind,
        differs=bool(kind) and kind != test.kind,
        x=x,
        y=y,
        box=(left, top, round(right - left, 2), round(bottom - top, 2)),
        p_hypothesis=stated(test.p_hypothesis),
        p_rival=stated(test.p_rival),
    )


def _labels(points: Sequence[PointView]) -> Iterator[LabelView]:
    """Place the labels one after another, each at the first place near its mark where nothing else stands."""
    together: dict[tuple[float, float], list[PointView]] = {}
    for point in points:
        together.setdefault((point.x, point.y), []).append(point)
    taken: list[Box] = [(x - _MARK, y - _MARK, x + _MARK, y + _MARK) for x, y in together]
    for (x, y), same in together.items():
        differs = any(point.differs for point in same)
        signs = sum(len(point.number) + 2 for point in same) - 2 + (2 if differs else 0)
        ring, side, box = _free(x, y, signs * _SIGN, taken)
        taken.append(box)
        anchor, at = (
            ("start", box[0])
            if side > 0
            else ("end", box[2])
            if side < 0
            else ("middle", (box[0] + box[2]) / 2)
        )
        yield LabelView(
            tuple(point.number for point in same), differs, round(at, 2), round(box[3] - _LINE / 4, 2), anchor,
            (x, y), ring > 0,
        )  # fmt: skip


def _free(x: float, y: float, width: float, taken: Sequence[Box]) -> tuple[int, int, Box]:
    """Return the ring and the side on which a label is free to stand, and the box that it fills."""
    choices = [
        (ring, side, _box(x, y, width, reach, side, up))
        for ring, reach in enumerate(_RINGS)
        for side, up in _SIDES
    ]
    within = [choice for choice in choices if _inside(choice[2])]
    return next(
        (choice for choice in within if not any(_touch(choice[2], other) for other in taken)), choices[0]
    )


def _box(x: float, y: float, width: float, reach: float, side: int, up: int) -> Box:
    diagonal = reach if not (side and up) else reach * 0.75
    left = x + diagonal if side > 0 else x - diagonal - width if side < 0 else x - width / 2
    middle = y + up * (diagonal + _LINE / 4)
    return left, middle - _LINE / 2, left + width, middle + _LINE / 2


def _inside(box: Box) -> bool:
    """Tell whether a label stands in the square, or no farther out than half a line."""
    return box[0] >= 0 and box[2] <= _WHOLE and box[1] >= -_LINE / 2 and box[3] <= _WHOLE + _LINE / 2


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
