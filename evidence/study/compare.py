"""What a folder would change in a ledger: new records, changed ones, and those that the folder does not have."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from evidence.errors import ValueRefused
from evidence.ledger.nouns import NOUNS
from evidence.study.plain import Contents, Entry, identity, same
from evidence.study.settle import STAMPS

__all__ = ["DECLARED", "Changes", "compare", "in_order"]

#: A test that is changed in one of these says something new, so it is declared anew.
DECLARED = ("hypothesis", "rival", "kind", "target", "prediction", "if_false", "p_hypothesis", "p_rival")
#: What was found when a quote was looked for: all of it, or nothing.
_FOUND = ("sha256", "state", "text_start", "text_end", "verified_sha256", "verified_edition", "verified_at")
#: Links between records of one noun.
_SELF = {"source": "derived_from", "decision": "supersedes"}


@dataclass(slots=True)
class Changes:
    """What is to be done, by noun."""

    study: bool = False
    added: dict[str, list[Entry]] = field(default_factory=dict)
    changed: dict[str, list[tuple[Entry, Entry]]] = field(default_factory=dict)  # as it is to be, as it is
    missing: dict[str, list[Entry]] = field(default_factory=dict)
    redirects: list[Entry] = field(default_factory=list)

    def spare(self, hidden: Collection[UUID]) -> None:
        """Leave out what is missing from the folder because whoever wrote that was not to see it."""
        left = {
            noun: [entry for entry in found if entry.id not in hidden] for noun, found in self.missing.items()
        }
        self.missing = {noun: found for noun, found in left.items() if found}

    def __bool__(self) -> bool:
        """Whether there is anything to write, leaving aside what the folder does not have."""
        return bool(self.study or self.added or self.changed or self.redirects)


def compare(folder: Contents, ledger: Contents) -> Changes:
    """Return what reading a folder into a ledger changes.

    Moments that the program sets are never typed: a folder that has none leaves those of the ledger, a test
    that says something new is declared anew, and what was seen earlier stays seen.

    Raises:
        ValueRefused: a country code, or a key that has moved, means something else in the ledger.
    """
    changes = Changes(study=not same(folder.study, ledger.study))
    for noun, kind in NOUNS.items():
        there = {identity(kind, entry): entry for entry in ledger.of(noun)}
        for entry in folder.of(noun):
            old = there.pop(identity(kind, entry), None)
            if old is None:
                if noun == "test":  # when it was declared is not typed: for this ledger it is declared now
                    entry.values.pop("declared_at", None)
                changes.added.setdefault(noun, []).append(entry)
                continue
            new = _reconciled(entry, old)
            if not same(new, old) or _brings_words(entry, old, folder, ledger):
                changes.changed.setdefault(noun, []).append((new, old))
        missing = [entry for entry in there.values() if "retired_at" not in entry.values]
        if missing:
            changes.missing[noun] = missing
    _require_own_codes(changes, folder, ledger)
    changes.redirects = list(_new_redirects(folder, ledger))
    return changes


def _brings_words(entry: Entry, old: Entry, folder: Contents, ledger: Contents) -> bool:
    return entry.noun == "text" and entry.values["sha256"] in folder.words and old.id not in ledger.held


def _reconciled(entry: Entry, old: Entry) -> Entry:
    """Return a record as it is to be, given how it is."""
    values, was = dict(entry.values), old.values
    for stamp in STAMPS:
        if stamp in was:
            values.setdefault(stamp, was[stamp])
    if entry.noun == "test":
        if any(values.get(name) != was.get(name) for name in DECLARED):
            if not _later(values["declared_at"], was["declared_at"]):
                del values["declared_at"]  # set anew when it is written
        elif _later(was["declared_at"], values["declared_at"]):
            values["declared_at"] = was["declared_at"]
        if "resolved_at" in was and values.get("result") == was.get("result"):
            values.setdefault("resolved_at", was["resolved_at"])
    if "first_seen_at" in was and _later(values["first_seen_at"], was["first_seen_at"]):
        values["first_seen_at"] = was["first_seen_at"]
    if entry.noun == "quote" and not any(name in entry.places for name in _FOUND):
        values = {name: value for name, value in values.items() if name not in _FOUND}
        values |= {name: was[name] for name in _FOUND if name in was}
    return replace(entry, values=values, id=old.id)


def _later(one: str, other: str) -> bool:
    return datetime.fromisoformat(one) > datetime.fromisoformat(other)


def _require_own_codes(changes: Changes, folder: Contents, ledger: Contents) -> None:
    named = {entry.values["key"] for entry in folder.of("actor")}
    codes = {
        entry.values["ccode"]: entry.values["key"] for entry in ledger.of("actor") if "ccode" in entry.values
    }
    for actor in [*changes.added.get("actor", ()), *(new for new, _ in changes.changed.get("actor", ()))]:
        holder = codes.get(actor.values.get("ccode"), actor.values["key"])
        if holder != actor.values["key"] and holder not in named:
            raise ValueRefused(
                f"country code {actor.values['ccode']} belongs to {holder} in the ledger; use that key.",
                actor.at("ccode"),
            )


def _new_redirects(folder: Contents, ledger: Contents) -> Iterator[Entry]:
    there = {(moved.values["noun"], moved.values["old"]): moved for moved in ledger.redirects}
    for moved in folder.redirects:
        old = there.get((moved.values["noun"], moved.values["old"]))
        if old is None:
            yield moved
        elif old.values["new"] != moved.values["new"]:
            raise ValueRefused(
                f"in the ledger {moved.values['old']} leads to {old.values['new']}, and it does so for good; correct it here.",
                moved.at("new"),
            )


def in_order(noun: str, entries: list[Entry]) -> Iterator[list[Entry]]:
    """Yield new records in groups, each after those that it links to.

    Raises:
        ValueRefused: they link to each other in a circle.
    """
    link = _SELF.get(noun)
    if link is None:
        yield entries
        return
    waiting = {entry.values["key"]: entry for entry in entries}
    while waiting:
        ready = [entry for entry in waiting.values() if entry.values.get(link) not in waiting]
        if not ready:
            entry = next(iter(waiting.values()))
            raise ValueRefused(
                f"{entry.values['key']} comes back to itself by way of {link}; break the circle.",
                entry.at(link),
            )
        yield ready
        for entry in ready:
            del waiting[entry.values["key"]]
