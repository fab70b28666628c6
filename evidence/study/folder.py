"""Read a study's folder: every file parsed and every field checked, before anybody asks a ledger."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from evidence.errors import EvidenceError, Place, UnknownKey, ValueRefused, nearest
from evidence.ledger.forms import read_key, read_text
from evidence.ledger.nouns import NOUNS
from evidence.study import bibliography, cases_text
from evidence.study.files import beside, key_of, listed, read_words, refuse_strangers
from evidence.study.plain import Contents, Entry, identity, sorted_entries, spoken
from evidence.study.raw import Named, Rows, as_written
from evidence.study.settle import settle
from evidence.study.tables import read_table
from evidence.study.yamls import read_yaml

__all__ = ["ACTOR", "COMMITMENT", "LISTS", "MEMBER", "SCHEME", "read_folder"]

#: Files that hold one list of records, and files that hold several by name.
LISTS = {
    "hypotheses.yaml": "hypothesis", "coders.yaml": "coder", "episodes.yaml": "episode", "reviews.yaml": "review",
    "texts.yaml": "text", "releases.yaml": "release", "challenges.yaml": "challenge", "rounds.yaml": "coding_round",
    "conflicts.yaml": "conflict",
}  # fmt: skip
SCHEME = {"variables": "variable", "concepts": "concept"}
ACTOR = ("key", "ccode", "abbreviation", "name", "note", "retired_at")
COMMITMENT = {
    "commitment": "key",
    "title": "title",
    "kind": "kind",
    "signed": "signed",
    "basis": "basis",
    "commitment_retired_at": "retired_at",
}
MEMBER = ("actor", "start", "end", "note", "retired_at")
_GENERAL = {name: cases_text.EVIDENCE[name] for name in ("quotes", "observations", "searches")}
_TEXT_NAME = re.compile(r"[0-9a-f]{64}\.txt")
_REDIRECT = ("noun", "old", "new", "retired_at")


def read_folder(folder: Path) -> Contents:
    """Return what a study's folder says, in plain form.

    Raises:
        EvidenceError: there is no study there, or something in it is wrong; the sentence names file, line, field
            and remedy.
    """
    if not folder.is_dir():
        raise ValueRefused(
            "there is no such folder; give the folder that study.yaml is in.", Place(str(folder))
        )
    refuse_strangers(folder)
    return _Reader(folder).read()


class _Reader:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.entries: list[Entry] = []

    def read(self) -> Contents:
        contents = Contents(study=self._study())
        self._tables()
        self._cases()
        self.entries += [
            settle("source", raw) for raw in bibliography.read_sources(self._words(bibliography.FILE) or "[]")
        ]
        for file, noun in LISTS.items():
            self._list(self._yaml(file), noun, file)
        self._named(self._mapping("scheme.yaml"), SCHEME, "scheme.yaml")
        self._named(self._mapping("general.yaml"), _GENERAL, "general.yaml")
        for noun in NOUNS:
            found = [entry for entry in self.entries if entry.noun == noun]
            if found:
                contents.records[noun] = sorted_entries(_once(found))
        contents.redirects = self._redirects()
        contents.words = self._texts({entry.values["sha256"] for entry in contents.of("text")})
        _alone(contents)
        return contents

    def _words(self, file: str) -> str | None:
        return read_words(self.folder, file)

    def _yaml(self, file: str) -> Any:
        text = self._words(file)
        return None if text is None else read_yaml(text, file)

    def _mapping(self, file: str) -> Named:
        found = self._yaml(file)
        if found is None:
            return Named(place=Place(file))
        if not isinstance(found, Named):
            raise ValueRefused(
                "this file holds names, each with a colon and what belongs to it.", Place(file, 1)
            )
        return found

    def _study(self) -> Entry:
        if self._words("study.yaml") is None:
            raise ValueRefused(
                "there is no study.yaml in it; give a study's folder, or write one with 'evidence study write'.",
                Place(str(self.folder)),
            )
        return settle("study", self._mapping("study.yaml"))

    def _list(self, items: Any, noun: str, file: str, implied: Mapping[str, str] | None = None) -> None:
        if items is None:
            return
        if not isinstance(items, Rows):
            raise ValueRefused("this is a list; put a dash before each entry.", Place(file, 1))
        for item, place in zip(items, items.places, strict=True):
            if not isinstance(item, Named):
                raise ValueRefused(f"{item!r} is not a {spoken(noun)} with fields.", place)
            self.entries.append(settle(noun, item, implied=implied))

    def _named(
        self, named: Named, nouns: Mapping[str, str], file: str, case: str = "", others: Iterable[str] = ()
    ) -> None:
        for name, items in named.items():
            if name in others:
                continue
            if name not in nouns:
                near = nearest(name, (*nouns, *others), 1)
                hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join((*others, *nouns))}."
                raise ValueRefused(f"{name!r} does not belong in this file; {hint}", named.at(name))
            if items is not None and not isinstance(items, Rows):
                raise ValueRefused("this is a list; put a dash before each entry.", named.at(name))
            # In the file of a case the case is given; in general.yaml there is none.
            belongs = "case" in NOUNS[nouns[name]].fields
            self._list(items, nouns[name], file, {"case": case} if belongs else {})

    def _tables(self) -> None:
        self.entries += [settle("actor", row) for row in self._rows("actors.csv", ACTOR)]
        found: dict[str, Named] = {}
        for row in self._rows("commitments.csv", (*COMMITMENT, *MEMBER)):
            key = row.get("commitment")
            if key is None:
                raise ValueRefused("this row belongs to no commitment; give its key.", row.at("commitment"))
            first = found.get(key)
            if first is None:
                first = found[key] = Named(place=row.place)
                first.put("members", Rows(row.place), row.place)
                for column, name in COMMITMENT.items():
                    if column in row:
                        first.put(name, row[column], row.place)
            elif any(row[column] != first.get(name) for column, name in COMMITMENT.items() if column in row):
                raise ValueRefused(
                    f"this row says something else of {key} than its first row; say it there alone.",
                    row.place,
                )
            member = Named({name: row[name] for name in MEMBER if name in row}, row.place)
            if member:
                first["members"].put(member, row.place)
        self.entries += [settle("commitment", named) for named in found.values()]

    def _rows(self, file: str, columns: tuple[str, ...]) -> list[Named]:
        text = self._words(file)
        return [] if text is None else read_table(text, file, columns)

    def _cases(self) -> None:
        rows: dict[str, Named] = {}
        for row in cases_text.read_cases(self._words(cases_text.CASES) or ""):
            key = _key(row, "key")
            if key in rows:
                raise ValueRefused(f"case {key!r} stands here twice; keep one.", row.at("key"))
            rows[key] = row
        for row in cases_text.read_participants(self._words(cases_text.PARTICIPANTS) or ""):
            key = _key(row, "case")
            if key not in rows:
                raise UnknownKey("case", key, rows).at(row.at("case"))
            case = rows[key]
            case.places.setdefault("participants", row.place)
            part = Named({name: value for name, value in row.items() if name != "case"}, row.place)
            case.setdefault("participants", Rows(row.place)).put(part, row.place)
        self._case_files(rows)
        self.entries += [settle("case", row) for row in rows.values()]

    def _case_files(self, rows: Mapping[str, Named]) -> None:
        for name in listed(self.folder, "cases"):
            file = f"cases/{name}"
            if beside(name) and key_of(name) not in rows:
                continue
            if not name.endswith(".md"):
                raise ValueRefused("only files of cases (KEY.md) belong in cases; take it out.", Place(file))
            said = cases_text.read_file(read_words(self.folder, file) or "", file)
            said.setdefault("key", key_of(name))
            key = _key(said, "key")
            del said["key"]
            if key not in rows:
                raise UnknownKey("case", key, rows).at(Place(file))
            if file in rows[key].places:
                raise ValueRefused(f"case {key!r} has another file besides this one; keep one.", Place(file))
            self._named(said, cases_text.EVIDENCE, file, key, cases_text.OWN)
            for field in cases_text.OWN:
                if field in said:
                    rows[key].put(field, said[field], said.places[field])
            rows[key].places[file] = Place(file)

    def _redirects(self) -> list[Entry]:
        found: list[Entry] = []
        items = self._yaml("redirects.yaml")
        if items is not None and not isinstance(items, Rows):
            raise ValueRefused("this is a list; put a dash before each entry.", Place("redirects.yaml", 1))
        for item in items or ():
            if (
                not isinstance(item, Named)
                or set(item) - set(_REDIRECT)
                or not {"noun", "old", "new"} <= set(item)
            ):
                raise ValueRefused(
                    "a redirect has noun, old and new: {noun: case, old: mid-51, new: mid-50}.",
                    getattr(item, "place", Place("redirects.yaml")),
                )
            values = {
                name: read_text(as_written(item[name])) for name in _REDIRECT if item.get(name) is not None
            }
            kind = NOUNS.get(values["noun"])
            if kind is None or not kind.keyed:
                raise ValueRefused(f"{values['noun']!r} is nothing that has a key.", item.at("noun"))
            found.append(Entry("redirect", values, place=item.place, places=item.places))
        return _once(found)  # as they stand: a record's keys are in the order in which it had them

    def _texts(self, known: set[str]) -> dict[str, str]:
        words: dict[str, str] = {}
        for name in listed(self.folder, "texts"):
            file = f"texts/{name}"
            if beside(name):
                continue
            sha256 = name.removesuffix(".txt")
            if not _TEXT_NAME.fullmatch(name):
                raise ValueRefused(
                    "a text's file is named after its SHA-256, in 64 small hexadecimal digits, with .txt.",
                    Place(file),
                )
            if sha256 not in known:
                raise ValueRefused(
                    "no text of that SHA-256 is in texts.yaml; enter it there, or take the file out.",
                    Place(file),
                )
            words[sha256] = self._held(file, sha256)
        return words

    def _held(self, file: str, sha256: str) -> str:
        # A text may begin with a BOM; version control may have changed its line ends.
        text = read_words(self.folder, file, keep_mark=True) or ""
        if hashlib.sha256(text.encode()).hexdigest() != sha256:
            raise ValueRefused(
                "these are not the words that the name promises: the SHA-256 differs. Restore the file, or enter it as a new text.",
                Place(file),
            )
        return text


def _key(row: Named, name: str) -> str:
    """Return a key that a row names."""
    if not row.get(name):
        raise ValueRefused(f"{name!r} is missing; give the key of the case.", row.at(name))
    try:
        return read_key(as_written(row[name]))
    except EvidenceError as error:
        raise error.at(row.at(name)) from error


def _once(entries: list[Entry]) -> list[Entry]:
    """Refuse two records that are known by the same."""
    seen: dict[tuple[Any, ...], Entry] = {}
    for entry in entries:
        known = (
            (entry.values["noun"], entry.values["old"])
            if entry.noun == "redirect"
            else identity(NOUNS[entry.noun], entry)
        )
        other = seen.setdefault(known, entry)
        if other is not entry:
            name = " ".join(str(part) for part in known)
            raise ValueRefused(
                f"{spoken(entry.noun)} {name!r} is in {other.place} already; keep one.",
                entry.at("key" if "key" in entry.values else ""),
            )
    return entries


def _alone(contents: Contents) -> None:
    """Refuse a country code, or a number in a data set, that two records claim."""
    claims = [
        ("ccode", actor.values["ccode"], actor) for actor in contents.of("actor") if "ccode" in actor.values
    ]
    claims += [
        ("aliases", identity(NOUNS["alias"], alias), case)
        for case in contents.of("case")
        for alias in case.inside["aliases"]
    ]
    seen: dict[Any, Entry] = {}
    for field, claim, entry in sorted(claims, key=lambda one: one[2].place.line or 0):
        other = seen.setdefault((field, claim), entry)
        if other is not entry:
            name = claim if field == "ccode" else " ".join(map(str, claim))
            raise ValueRefused(
                f"{name} belongs to {other.values['key']} already; keep it at one of them.", entry.at(field)
            )
