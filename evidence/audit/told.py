"""What changed between two revisions, in the study's words: codes first, nothing dropped in silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from evidence.audit.told_words import CHANGED, head_of, inner_key, new
from evidence.audit.turns import Turn, World, called
from evidence.keys import natural
from evidence.ledger.named import State, names_of
from evidence.ledger.nouns import NOUNS, STUDY

__all__ = ["PARTS", "Line", "Telling", "between", "tell"]

#: The parts of a telling, in the order of importance.
PARTS = (
    "codes", "challenges", "reviews", "tests", "evidence", "quotes", "sources", "hypotheses", "scheme", "narratives", "cases", "the rest",
)  # fmt: skip
_PART = {
    "decision": "codes", "decision_test": "codes", "decision_observation": "codes", "decision_search": "codes",
    "challenge": "challenges", "review": "reviews", "test": "tests", "likelihood": "tests", "bearing": "tests", "observation": "evidence",
    "observation_quote": "evidence", "search": "evidence", "quote": "quotes", "source": "sources", "text": "sources",
    "hypothesis": "hypotheses", "rivalry": "hypotheses", "prior": "hypotheses", "variable": "scheme",
    "variable_version": "scheme", "concept": "scheme", "case": "cases", "alias": "cases", "participation": "cases",
    "episode": "cases", "episode_case": "cases", "study": "scheme",
}  # fmt: skip

#: Of more new records of one kind than these, only how many there are is said, and the first and last of them.
_FEW = 6
_MANY = {"decision": 40, "test": 12, "review": 12}
_ADDED = {"test": "declared", "decision": "given", "review": "signed", "challenge": "received"}
#: So many names are listed of things that went the same way.
_NAMED = 4


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence on what changed."""

    part: str  # one of ``PARTS``: codes, reviews, tests ...
    case: str  # the key of the case that it concerns, if it concerns one
    said: str
    keys: tuple[str, ...]  # of the records that it speaks of
    accounts: tuple[tuple[str, str], ...]  # the differences that it puts in words: record and field


@dataclass(frozen=True, slots=True)
class Telling:
    """What changed, in the order of importance; and what is left, by name."""

    lines: tuple[Line, ...]
    other: tuple[tuple[str, str], ...]  # differences that no line puts in words: record and field

    def names_of_other(self) -> tuple[tuple[str, int], ...]:
        """Return the fields left unsaid, each with how often it changed, the most frequent first."""
        number: dict[str, int] = {}
        for _, field in self.other:
            number[field] = number.get(field, 0) + 1
        return tuple(sorted(number.items(), key=lambda pair: (-pair[1], pair[0])))


def between(before: State, after: State) -> Telling:
    """Return what changed from one state of a study to a later one.

    Args:
        before: its rows as ``history.state`` gives them after the earlier revision.
        after: the same after the later one.

    Returns:
        Lines, which account for every difference that ``history.differences`` shows of the two, but for those
        that are left to ``other``: moments, hashes and offsets that the program itself keeps.
    """
    names, world = {**names_of(before), **names_of(after)}, World.of(before, after)
    turns = [
        Turn(table, row_id, names[row_id], before.get(table, {}).get(row_id), row, world)
        for table, rows in after.items()
        for row_id, row in rows.items()
        if before.get(table, {}).get(row_id) != row
    ]
    return tell(turns)


def tell(turns: Sequence[Turn]) -> Telling:
    """Return what became of some rows.

    Args:
        turns: each row that changed, with how it was and how it is.
    """
    fresh = {turn.id for turn in turns if turn.before is None}
    apart: list[Turn] = []
    inside: dict[str, list[Turn]] = {}
    for turn in turns:
        owner = _owner(turn)
        if owner in fresh and turn.before is None:
            inside.setdefault(owner, []).append(turn)
        else:
            apart.append(turn)
    drafts = [_draft(replace(turn, inside=tuple(_within(turn.id, inside)))) for turn in apart]
    other = tuple(pair for one in drafts for pair in one.other)
    lines = sorted(_lines(drafts), key=_order)
    return Telling(tuple(lines), other)


def _within(row_id: str, inside: Mapping[str, list[Turn]]) -> list[Turn]:
    """Return the new records inside a new record, those inside them too."""
    found = []
    for turn in inside.get(row_id, ()):
        found += [turn, *_within(turn.id, inside)]
    return found


def _owner(turn: Turn) -> str:
    """Return the id of the record that a record is inside of; nothing for one that stands by itself."""
    noun = NOUNS.get(turn.table)
    if noun is None or not noun.parent:
        return ""
    return str(turn.after.get(noun.fields[noun.parent].column) or "")


def _order(line: Line) -> tuple[Any, ...]:
    return (PARTS.index(line.part), natural(line.case), natural(line.keys[0] if line.keys else ""))


def _lines(drafts: Iterable[_Draft]) -> Iterator[Line]:
    """Yield a line for each draft that says something; what went the same way is said together."""
    alike: dict[tuple[str, ...], list[_Draft]] = {}
    for one in drafts:
        if not one.words and one.verb == "changed":
            continue  # nothing but what is left to others
        same = (one.part, one.table, one.verb if one.verb in ("added", "retired") else one.words)
        alike.setdefault(same, []).append(one)
    for (part, table, verb), found in alike.items():
        found.sort(key=lambda one: natural(one.key))
        most = _MANY.get(table, _FEW)
        if len(found) > most and verb in ("added", "retired"):
            yield _together(
                part,
                found,
                f"{len(found):,} {_plural(table)} {_ADDED.get(table, verb) if verb == 'added' else verb}{_marks(found)}",
            )
        elif len(found) > _NAMED and verb not in ("added", "retired"):
            named = ", ".join(one.head for one in found[:_NAMED])
            yield _together(
                part, found, f"{named} and {len(found) - _NAMED} more{found[0].words}", listed=False
            )
        else:
            for one in found:
                yield Line(part, one.case, f"{one.head}{one.words}", (one.key,), one.accounts)


def _together(part: str, found: Sequence[_Draft], said: str, *, listed: bool = True) -> Line:
    keys = tuple(one.key for one in found)
    cases = {one.case for one in found}
    if listed:
        said += f": {', '.join(keys[:_NAMED])} … {keys[-1]}"
    accounts = tuple(pair for one in found for pair in one.accounts)
    return Line(part, cases.pop() if len(cases) == 1 else "", said, keys, accounts)


def _marks(found: Sequence[_Draft]) -> str:
    """Return what a number of records have in common, such as the data set that they come from, with counts."""
    number: dict[str, int] = {}
    for one in found:
        if one.mark:
            number[one.mark] = number.get(one.mark, 0) + 1
    if not number:
        return ""
    if len(number) == 1:
        ((mark, count),) = number.items()
        return f" ({mark}{'' if count == len(found) else f': {count}'})"
    listed = sorted(number.items(), key=lambda pair: (-pair[1], pair[0]))
    return f" ({', '.join(f'{mark}: {count}' for mark, count in listed[:_FEW])})"


# --- One record


@dataclass(frozen=True, slots=True)
class _Draft:
    """A sentence on one row, in two pieces, so that rows that went the same way can be told together."""

    part: str
    table: str
    verb: str  # added, retired, restored, changed
    case: str
    key: str
    head: str  # what it is about
    words: str  # what became of it; nothing if there is nothing to say
    mark: str  # what many of its kind may have in common
    accounts: tuple[tuple[str, str], ...]
    other: tuple[tuple[str, str], ...]


def _draft(turn: Turn) -> _Draft:
    """Return in words what became of a row, and of the new rows inside it."""
    part = _PART.get(turn.table, "the rest")
    key = turn.key(turn.id) if "key" in turn.after else inner_key(turn)
    if turn.before is None:
        head, words, mark = new(turn)
        left: tuple[str, ...] = ()
    else:
        head, mark = head_of(turn), ""
        words, left = _changed(turn)
        if turn.table == "case" and {"narrative"} == {*turn.changed()} - _computed("case"):
            part = "narratives"
    accounts = [(turn.name, called(field)) for field in turn.changed() if field not in left]
    accounts += [(one.name, called(field)) for one in turn.inside for field in one.changed()]
    other = tuple((turn.name, called(field)) for field in left)
    case = turn.world.case_of(turn.table, turn.after)
    return _Draft(part, turn.table, _verb(turn), case, key, head, words, mark, tuple(accounts), other)


def _changed(turn: Turn) -> tuple[str, tuple[str, ...]]:
    """Return what became of a row that was there before, and the columns of which nothing is said."""
    verb, computed = _verb(turn), _computed(turn.table)
    told, used = CHANGED[turn.table](turn) if turn.table in CHANGED else ([], set())
    if verb != "changed":
        told = [f"was {verb}", *told]
    left = [field for field in turn.changed() if field not in used and field != "retired_at"]
    told = [*told, *(turn.field_in_words(field) for field in left if field not in computed)]
    return (f": {'; '.join(told)}" if told else ""), tuple(field for field in left if field in computed)


def _verb(turn: Turn) -> str:
    retired = turn.after.get("retired_at")
    if turn.before is None:
        return "added"
    if bool(retired) != bool(turn.before.get("retired_at")):
        return "retired" if retired else "restored"
    return "changed"


def _computed(table: str) -> set[str]:
    """Return the columns of a table that the program itself keeps."""
    noun = STUDY if table == "study" else NOUNS.get(table)
    if noun is None:
        return set()
    columns = noun.model.__table__.columns
    return {c.name for c in columns if c.info.get("computed") or c.info.get("derived")} - {"retired_at"}


def _plural(table: str) -> str:
    """Return what several records of a table are called."""
    spoken = {
        "decision": "codes", "decision_test": "tests relied on", "decision_search": "searches named",
        "decision_observation": "observations weighed against codes", "observation_quote": "links to quotes",
        "hypothesis": "hypotheses", "search": "searches", "alias": "numbers in data sets", "bearing": "bearings",
        "rivalry": "rivalries", "variable_version": "versions of variables", "participation": "parts in cases",
        "episode_case": "places in episodes", "redirect": "keys that moved",
    }  # fmt: skip
    return spoken.get(table, f"{table.replace('_', ' ')}s")
