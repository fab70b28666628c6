"""What is strange in MID files, but possible: each is a warning that names its row, and nothing is rejected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from evidence.cases.codebook import ACTION, action_label, hostility_of
from evidence.cases.columns import Line
from evidence.cases.disputes import Dispute, Part
from evidence.cases.report import Oddity
from evidence.dates import day_counts, edtf
from evidence.errors import ValueRefused

__all__ = ["of_dispute", "of_strays", "of_versions"]


def of_dispute(dispute: Dispute) -> Iterator[Oddity]:
    """Yield what is strange in a dispute and its participants."""
    yield from _levels(dispute.line, dispute.number)
    yield from _dates(dispute.line, dispute.number, dispute.start, dispute.end)
    yield from _durations(dispute)
    if not dispute.parts:
        yield Oddity(dispute.line.place(), f"dispute {dispute.number} has no participants", dispute.number)
        return
    yield from _sides(dispute)
    yield from _highest(dispute)
    for part in dispute.parts:
        yield from _levels(part.line, part.number)
        yield from _dates(part.line, part.number, part.start, part.end)


def of_strays(parts: Iterable[Part], disputes_file: str) -> Iterator[Oddity]:
    """Yield a warning for each participant of a dispute that the other file does not have."""
    for part in parts:
        who = part.abbreviation or part.ccode
        yield Oddity(
            part.line.place("dispnum"),
            f"{who} takes part in dispute {part.number}, which {disputes_file} does not have; the row was left out",
        )


def of_versions(lines: Iterable[Line], version: str) -> Iterator[Oddity]:
    """Yield one warning if a file says that it is of another version than the user does."""
    for line in lines:
        said = line.text("version")
        if said and _release(said) != _release(version):
            yield Oddity(
                line.place("version"),
                f"the file says that it is version {said}, and it is being read as {version}; "
                "if that is a mistake, give the right --data-version",
            )
            return


def _release(version: str) -> float | str:
    """Return a version as a number: 3.10 is 3.1, and 4.3000002 is how a program printed 4.3."""
    try:
        return round(float(version), 3)
    except ValueError:
        return version


def _levels(line: Line, number: int) -> Iterator[Oddity]:
    action, level = line.number("hiact"), line.number("hostlev")
    if action is not None and action not in ACTION:
        yield Oddity(
            line.place("hiact"),
            f"action {action} is {action_label(action)} (0 to 21); kept as an attribute",
            number,
        )
        return
    if level is not None and not 1 <= level <= 5:  # noqa: PLR2004 - COW's scale
        yield Oddity(
            line.place("hostlev"),
            f"hostility {level} is not a level from 1 to 5; kept as an attribute",
            number,
        )
        return
    implied = hostility_of(action)
    if action is not None and implied is not None and level != implied:
        yield Oddity(
            line.place("hiact"),
            f"action {action} ({action_label(action)}) goes with hostility {implied}, "
            f"but the row says {'nothing' if level is None else level}; kept as it is",
            number,
        )


def _dates(line: Line, number: int, start: str | None, end: str | None) -> Iterator[Oddity]:
    if not start or not end:
        return
    if (edtf(end).latest or date.max) < (edtf(start).earliest or date.min):
        yield Oddity(
            line.place("endyear"), f"it ends ({end}) before it starts ({start}); kept as it is", number
        )


def _durations(dispute: Dispute) -> Iterator[Oddity]:
    stated = (dispute.attributes.get("min_days"), dispute.attributes.get("max_days"))
    if None in stated or dispute.end is None:
        return
    try:
        counted = day_counts(dispute.start, dispute.end)
    except ValueRefused:
        return
    if stated != counted:
        yield Oddity(
            dispute.line.place("mindur"),
            f"it lasted {stated[0]} to {stated[1]} days, but {dispute.start} to {dispute.end} "
            f"is {counted[0]} to {counted[1]}; kept as it is",
            dispute.number,
        )


def _sides(dispute: Dispute) -> Iterator[Oddity]:
    sides = {side: {part.ccode for part in dispute.parts if part.side == side} for side in ("A", "B")}
    for side, states in sides.items():
        stated = dispute.attributes.get(f"states_{side.lower()}")
        if not states:
            yield Oddity(
                dispute.line.place(), f"dispute {dispute.number} has nobody on side {side}", dispute.number
            )
        elif stated is not None and stated != len(states):
            yield Oddity(
                dispute.line.place(f"num{side.lower()}"),
                f"{stated} states on side {side} are announced, and {len(states)} take part",
                dispute.number,
            )
    for part in dispute.parts:
        if part.side == "B" and part.spell == 1 and part.ccode in sides["A"]:
            who = part.abbreviation or part.ccode
            yield Oddity(
                part.line.place("sidea"),
                f"{who} is on both sides of dispute {dispute.number}",
                dispute.number,
            )


def _highest(dispute: Dispute) -> Iterator[Oddity]:
    own = dispute.attributes.get("dispute_hostility")
    highest = max((part.hostility for part in dispute.parts if part.hostility is not None), default=None)
    if own is not None and highest is not None and own != highest:
        compared = "below" if own < highest else "above"
        yield Oddity(
            dispute.line.place("hostlev"),
            f"the dispute's hostility is {own}, {compared} the highest of its participants ({highest}); kept as it is",
            dispute.number,
        )
