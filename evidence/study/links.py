"""Follow every link of a folder, in the folder itself, then in the ledger that it is read into."""

from __future__ import annotations

from typing import Any

from evidence.errors import UnknownKey, ValueRefused
from evidence.ledger.nouns import NOUNS
from evidence.study.plain import Contents, Entry, kind_of

__all__ = ["follow"]


def follow(folder: Contents, ledger: Contents | None) -> None:
    """Bring every link of a folder to the present key of what it leads to, and every code to its version.

    Raises:
        UnknownKey: a link leads nowhere; the sentence names the nearest keys.
        ValueRefused: sources are derived from each other, or decisions supersede each other, in a circle.
    """
    keys = _Keys(folder, ledger)
    for redirect in folder.redirects:
        keys.require(redirect, "new", redirect.values["noun"])
    for entries in folder.records.values():
        for entry in entries:
            keys.follow(entry)
            for inner in entry.inside.values():
                for one in inner:
                    keys.follow(one)


class _Keys:
    """The keys of all records, those they had before among them."""

    def __init__(self, folder: Contents, ledger: Contents | None) -> None:
        self.known: dict[str, dict[str, str]] = {noun: {} for noun in NOUNS}
        self.versions: dict[str, list[Entry]] = {}
        # The folder is what is to be; what it does not say may be in the ledger.
        for side in (folder, ledger) if ledger else (folder,):
            for noun, entries in side.records.items():
                if NOUNS[noun].keyed:
                    for entry in entries:
                        self.known[noun].setdefault(entry.values["key"], entry.values["key"])
            for moved in side.redirects:
                self.known[moved.values["noun"]].setdefault(moved.values["old"], moved.values["new"])
            for variable in side.of("variable"):
                self.versions.setdefault(variable.values["key"], variable.inside["versions"])

    def present(self, noun: str, key: str) -> str | None:
        """Return the present key of what had this one; it may have moved more than once."""
        known = self.known[noun]
        for _ in range(len(known) + 1):
            after = known.get(key)
            if after is None or after == key:
                return after
            key = after
        return None

    def require(self, entry: Entry, field: str, noun: str) -> None:
        """Bring one link to the present key."""
        key = entry.values[field]
        found = self.present(noun, key)
        if found is None:
            raise UnknownKey(noun, key, self.known[noun]).at(entry.at(field))
        entry.values[field] = found

    def follow(self, entry: Entry) -> None:
        """Bring a record's links to present keys."""
        kind = kind_of(entry.noun)
        for field in kind.fields.values():
            if field.kind == "version":
                self.require(entry, "variable", "variable")
                self._version(entry)
            elif field.kind == "link" and field.name in entry.values:
                self.require(
                    entry, field.name, self._target(entry) if field.target == "subject" else field.target
                )

    @staticmethod
    def _target(entry: Entry) -> str:
        noun = str(entry.values["noun"])
        if noun not in NOUNS or not NOUNS[noun].keyed:
            raise ValueRefused(
                f"{noun!r} is nothing that has a key; name a case, a quote, a test or a decision.",
                entry.at("noun"),
            )
        return noun

    def _version(self, entry: Entry) -> None:
        variable = entry.values["variable"]
        known: list[dict[str, Any]] = [one.values for one in self.versions.get(variable, [])]
        names = [one["version"] for one in known]
        version = entry.values.get("version")
        if version is None and known:
            # As everywhere: without a name, the newest that is in use.
            entry.values["version"] = next(
                (one["version"] for one in reversed(known) if "retired_at" not in one), names[-1]
            )
        elif version not in names:
            raise UnknownKey(f"version of {variable}", str(version), names).at(entry.at("version"))
