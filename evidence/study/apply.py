"""Write what a folder changes into a ledger, within one unit of work."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from evidence.errors import EvidenceError, Place
from evidence.keys import natural
from evidence.ledger import canonical, laws, records
from evidence.ledger.forms import read_value
from evidence.ledger.nouns import NOUNS, STUDY
from evidence.ledger.revisions import Unit
from evidence.models import Alias, Redirect, Study, VariableVersion
from evidence.study.compare import Changes, in_order
from evidence.study.plain import Contents, Entry, default_of, identity, kind_of, mark, name_of

__all__ = ["Applying", "rename_moved"]


def rename_moved(session: Unit, folder: Contents, ledger: Contents) -> list[tuple[str, str, str]]:
    """Give records of the ledger the keys that the folder says they have moved to.

    Returns:
        Noun, old key and new key of each.
    """
    renamed = []
    for moved in folder.redirects:
        noun, old, new = moved.values["noun"], moved.values["old"], moved.values["new"]
        held = {entry.values["key"]: entry for entry in ledger.of(noun)}
        kept = {entry.values["key"] for entry in folder.of(noun)}
        if old in held and old not in kept and new not in held:
            row = session.get_one(NOUNS[noun].model, held[old].id)
            try:
                records.rename(session, noun, row, new)
            except EvidenceError as error:
                raise error.at(moved.at("new")) from error
            renamed.append((noun, old, new))
    return renamed


class Applying:
    """One folder on its way into one ledger."""

    def __init__(self, session: Unit, folder: Contents, ledger: Contents | None) -> None:
        """Know every id of a ledger by its key; without one, the study is being founded."""
        self.session, self.folder = session, folder
        self.ids: dict[str, dict[str, uuid.UUID]] = {noun: {} for noun in NOUNS}
        self.rows: dict[uuid.UUID, Entry] = {}
        self.aliases: dict[tuple[Any, ...], str] = {}
        if ledger:
            self._know(ledger)
        self._know_versions()

    def _know(self, ledger: Contents) -> None:
        for noun, entries in ledger.records.items():
            if NOUNS[noun].keyed:
                self.ids[noun] = {entry.values["key"]: entry.id for entry in entries if entry.id}
        for case in ledger.of("case"):
            for alias in case.inside["aliases"]:
                self.aliases[identity(NOUNS["alias"], alias)] = case.values["key"]

    def _know_versions(self) -> None:
        found = self.session.execute(
            select(VariableVersion.variable_id, VariableVersion.version, VariableVersion.id).where(
                VariableVersion.study_id == self.session.study_id
            )
        )
        self.versions = {(row.variable_id, row.version): row.id for row in found}

    def write(self, changes: Changes, *, prune: bool) -> dict[str, list[str]]:
        """Write all of it; the session is flushed, and its laws are asked.

        Returns:
            By noun, the keys of records that were changed.

        Raises:
            EvidenceError: a law is broken; the sentence says where the record was read.
        """
        edited: dict[str, list[str]] = {}
        if changes.study:
            self._study()
        for noun in NOUNS:
            new_ones = {id(entry) for entry in changes.added.get(noun, ())}
            done = [new for new, old in self._noun(noun, changes) if self._edit(new, old)]
            names = [name_of(new) for new in done if id(new) not in new_ones]
            if names:
                edited[noun] = sorted(names, key=natural)
        for moved in changes.redirects:
            self._redirect(moved)
        if prune:
            self._prune(changes)
        self.session.flush()
        self._ask_laws()
        return edited

    def _noun(self, noun: str, changes: Changes) -> list[tuple[Entry, Entry]]:
        """Add a noun's new records; return those to be edited then."""
        later = list(changes.changed.get(noun, ()))
        for group in in_order(noun, changes.added.get(noun, [])):
            apart = [self._apart(entry) for entry in group]
            values = [
                (self._values(entry, without=names), entry.place)
                for entry, names in zip(group, apart, strict=True)
            ]
            added = records.add_all(self.session, noun, values, computed=True)
            for entry, row, names in zip(group, added, apart, strict=True):
                self._remember(entry, row.id)
                if names:
                    without = {name: [] if name in names else inner for name, inner in entry.inside.items()}
                    later.append((entry, Entry(noun, entry.values, without, id=row.id)))
        if noun == "variable":
            self._know_versions()
        if noun == "case":
            self._move_aliases([new for new, _ in later])
        return later

    def _apart(self, entry: Entry) -> set[str]:
        """Return which lists inside a new record must wait until all of its noun, or what they take over, are there."""
        if entry.noun == "hypothesis" and entry.inside["rivals"]:
            return {"rivals"}
        if entry.noun == "decision" and entry.inside["adjudicated"]:
            return {"adjudicated"}
        return {"aliases"} if entry.noun == "case" and self._takes_over(entry) else set()

    def _remember(self, entry: Entry, row_id: uuid.UUID) -> None:
        entry.id = row_id
        self.rows[row_id] = entry
        if NOUNS[entry.noun].keyed:
            self.ids[entry.noun][entry.values["key"]] = row_id

    def _takes_over(self, case: Entry) -> bool:
        """Tell whether a case has a number that is another's in the ledger."""
        kind = NOUNS["alias"]
        key = case.values["key"]
        return any(self.aliases.get(identity(kind, alias), key) != key for alias in case.inside["aliases"])

    def _move_aliases(self, cases: list[Entry]) -> None:
        """Let numbers lead to the cases that they lead to now; each stays one row, with one history."""
        for case in filter(self._takes_over, cases):
            for alias in case.inside["aliases"]:
                data_set, version, number = identity(NOUNS["alias"], alias)
                row = self.session.scalars(
                    select(Alias).where(
                        Alias.study_id == self.session.study_id,
                        Alias.data_set == data_set,
                        Alias.version == version,
                        Alias.number == number,
                    )
                ).first()
                if row is not None:
                    row.case_id = self.ids["case"][case.values["key"]]
        self.session.flush()

    def _edit(self, new: Entry, old: Entry) -> bool:
        kind = NOUNS[new.noun]
        row = self.session.get_one(kind.model, old.id)
        self.rows[row.id] = new
        names = {field.name for field in kind.fields.values() if not _agree(field.name, new, old)}
        if "variable" in names or not _agree("version", new, old):
            names |= {"variable", "version"} & {*kind.fields, "version"}
        without = {name for name in kind.inside if _marks(new, name) == _marks(old, name)}
        values = self._values(new, only=names, without=without)
        for name in names - values.keys() - {"version"}:
            values[name] = default_of(kind, kind.fields[name])
        if "declared_at" in names and "declared_at" not in new.values:
            values["declared_at"] = self.session.now
        if new.noun == "text" and row.content is None and new.values["sha256"] in self.folder.words:
            values["content"] = self.folder.words[new.values["sha256"]]
        return records.edit(self.session, new.noun, row, values, place=new.place, computed=True)

    def _values(
        self, entry: Entry, *, only: set[str] | None = None, without: Collection[str] = ()
    ) -> dict[str, Any]:
        """Return a record's fields with ids for links, as the ledger takes them."""
        kind = kind_of(entry.noun)
        values: dict[str, Any] = {}
        for name, value in entry.values.items():
            if only is not None and name not in only:
                continue
            field = kind.fields.get(name)
            if field is None:
                continue  # the version, which goes with its variable
            if field.kind == "version":
                values[name] = self.versions[self.ids["variable"][value], entry.values["version"]]
            elif field.kind == "link":
                values[name] = self.ids[entry.values["noun"] if field.target == "subject" else field.target][
                    value
                ]
            else:
                values[name] = value
        if entry.noun == "text" and only is None:
            values["content"] = self.folder.words.get(entry.values["sha256"])
        for name, inner in entry.inside.items():
            if name not in without:
                values[name] = [self._values(one) for one in inner]
        return values

    def _study(self) -> None:
        study = self.session.get_one(Study, self.session.study_id)
        for field in STUDY.fields.values():
            value = self.folder.study.values.get(field.name, default_of(STUDY, field))
            value = value if field.name == "key" else read_value(field, value)
            if getattr(study, field.column) != value:
                setattr(study, field.column, value)

    def _redirect(self, moved: Entry) -> None:
        noun, old, new = (moved.values[name] for name in ("noun", "old", "new"))
        there = select(Redirect.id).where(
            Redirect.study_id == self.session.study_id, Redirect.noun == noun, Redirect.key == old
        )
        if self.session.scalars(there).first() is None:
            retired = read_value(STUDY.fields["retired_at"], moved.values.get("retired_at"))
            row_id = self.ids[noun][new]
            self.session.add(
                Redirect(
                    study_id=self.session.study_id, noun=noun, key=old, row_id=row_id, retired_at=retired
                )
            )

    def _prune(self, changes: Changes) -> None:
        for noun, entries in changes.missing.items():
            for entry in entries:
                records.retire(self.session, self.session.get_one(NOUNS[noun].model, entry.id))

    def _ask_laws(self) -> None:
        """Ask the laws now, while it is known where each record was read."""
        for row in list(self.session.touched.values()):
            try:
                laws.check(self.session, row)
            except EvidenceError as error:
                place = self._place(row)
                raise (error.at(place) if place else error) from error

    def _place(self, row: Any) -> Place | None:
        if isinstance(row, Study):
            return self.folder.study.at("profile")  # the one law that a study can break
        entry = self.rows.get(row.id)
        if entry:
            return entry.place
        kind = NOUNS.get(row.__tablename__)
        if kind is None or not kind.parent:
            return None
        parent = self.rows.get(getattr(row, kind.fields[kind.parent].column))
        inner = (
            [one for entries in parent.inside.values() for one in entries if one.noun == kind.name]
            if parent
            else []
        )
        for one in inner:
            values = self._values(one)
            if all(values.get(name) == getattr(row, kind.fields[name].column) for name in kind.known_by):
                return one.place
        return parent.place if parent else None


def _agree(name: str, one: Entry, other: Entry) -> bool:
    return canonical.as_bytes(one.values.get(name)) == canonical.as_bytes(other.values.get(name))


def _marks(entry: Entry, name: str) -> list[bytes]:
    return sorted(map(mark, entry.inside.get(name, ())))
