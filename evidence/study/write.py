"""Write a study as a folder of text: the same ledger, the same bytes."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from evidence.errors import EvidenceError, LedgerError, Place, ValueRefused
from evidence.models import Text
from evidence.study import bibliography, cases_text
from evidence.study.files import FILES, listed, put, read_bytes, read_words, remove
from evidence.study.folder import ACTOR, COMMITMENT, LISTS, MEMBER, SCHEME
from evidence.study.gather import gather
from evidence.study.plain import Contents, Entry, identity, kind_of
from evidence.study.raw import Named
from evidence.study.tables import table_text
from evidence.study.yaml_text import yaml_text
from evidence.study.yamls import read_yaml

__all__ = ["Writing", "write"]

_TEXT_NAME = re.compile(r"[0-9a-f]{64}\.txt")


@dataclass(frozen=True, slots=True)
class Writing:
    """What came of writing a study: names of files, from the folder."""

    study: str
    files: int  # how many belong to the study
    written: list[str]  # those that were not there, or said something else
    removed: list[str]  # those of ours that no longer belong


def write(connection: Connection, study: Any, folder: Path) -> Writing:
    """Write a study as a folder of text.

    Files that say the same already are left as they are. Files that this program wrote and that no longer
    belong are removed; nobody else's are.

    Args:
        connection: to a ledger, or to the copy of one that ``history.as_of`` gives.
        study: the study's id.
        folder: where to; it is made if it is not there.

    Raises:
        EvidenceError: the folder holds something else, or cannot be written to.
    """
    contents = gather(connection, study)
    ours = _require_ours(folder, contents)
    files = dict(_files(contents))
    written = [name for name, text in files.items() if put(folder, name, text)]
    texts = dict(_texts(connection, contents, folder))
    written += [name for name, words in texts.items() if words is not None and put(folder, name, words)]
    removed = [name for name in _left_over(folder, {*files, *texts}) if ours]
    for name in removed:
        remove(folder, name)
    return Writing(contents.study.values["key"], len(files) + len(texts), written, removed)


def _require_ours(folder: Path, contents: Contents) -> bool:
    """Tell whether the folder holds this study already; refuse one that holds another, or other people's files."""
    if not folder.exists():
        return False
    if not folder.is_dir():
        raise ValueRefused("this is no folder; give the name of a folder.", Place(str(folder)))
    text = read_words(folder, "study.yaml")
    key = contents.study.values["key"]
    if text is None:
        taken = [name for name in listed(folder) if name in FILES or name in ("cases", "texts")]
        if taken:
            raise ValueRefused(
                f"{taken[0]} is in this folder, but no study.yaml; choose a folder that is empty.",
                Place(str(folder)),
            )
        return False
    said = read_yaml(text, "study.yaml")
    if not isinstance(said, Named) or said.get("key") != key:
        raise ValueRefused(
            f"this folder holds another study than {key}; choose another folder.", Place(str(folder))
        )
    return True


def _files(contents: Contents) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each file that has something in it."""
    yield "study.yaml", yaml_text(contents.study.values)
    scheme = {name: _written(contents.of(noun)) for name, noun in SCHEME.items() if contents.of(noun)}
    if scheme:
        yield "scheme.yaml", yaml_text(scheme)
    for file, noun in LISTS.items():
        if contents.of(noun):
            yield file, yaml_text(_written(contents.of(noun)))
    if contents.redirects:
        yield "redirects.yaml", yaml_text([moved.values for moved in contents.redirects])
    if contents.of("actor"):
        yield "actors.csv", _table(ACTOR, [actor.values for actor in contents.of("actor")])
    if contents.of("commitment"):
        yield "commitments.csv", _table((*COMMITMENT, *MEMBER), list(_memberships(contents.of("commitment"))))
    if contents.of("source"):
        yield bibliography.FILE, bibliography.sources_text(contents.of("source"))
    yield from _cases(contents)


def _written(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    return [cases_text.written(entry) for entry in entries]


def _table(columns: Iterable[str], rows: list[dict[str, Any]]) -> str:
    kept = [name for name in columns if not name.endswith("retired_at") or any(name in row for row in rows)]
    return table_text(kept, rows)


def _memberships(commitments: Iterable[Entry]) -> Iterator[dict[str, Any]]:
    for commitment in commitments:
        first = {column: commitment.values.get(name) for column, name in COMMITMENT.items()}
        first = {column: value for column, value in first.items() if value is not None}
        members = commitment.inside["members"] or [Entry("membership", {})]
        for number, member in enumerate(members):
            yield {**(first if number == 0 else {"commitment": first["commitment"]}), **member.values}


def _cases(contents: Contents) -> Iterator[tuple[str, str]]:
    cases = contents.of("case")
    if cases:
        yield cases_text.CASES, cases_text.cases_text(cases)
    if any(case.inside["participants"] for case in cases):
        yield cases_text.PARTICIPANTS, cases_text.participants_text(cases)
    belongs = _by_case(contents)
    names = cases_text.files_of(cases)
    for case in cases:
        name = names[case.values["key"]]
        text = cases_text.file_text(case, belongs.get(case.values["key"], {}), name)
        if text:
            yield name, text
    general = {name: _written(entries) for name, entries in belongs.get("", {}).items()}
    if general:
        yield "general.yaml", yaml_text(general)


def _by_case(contents: Contents) -> dict[str, dict[str, list[Entry]]]:
    """Return evidence by the case that it belongs to; what belongs to no single case stands under no key."""
    cases_of: dict[str, set[str]] = {}
    for observation in contents.of("observation"):
        for one in observation.inside["quotes"]:
            cases_of.setdefault(one.values["quote"], set()).add(observation.values.get("case", ""))
    belongs: dict[str, dict[str, list[Entry]]] = {}
    for field, noun in cases_text.EVIDENCE.items():
        for entry in contents.of(noun):
            found = (
                cases_of.get(entry.values["key"], set())
                if noun == "quote"
                else {entry.values.get("case", "")}
            )
            case = next(iter(found)) if len(found) == 1 else ""
            without = {name: value for name, value in entry.values.items() if name != "case"}
            belongs.setdefault(case, {}).setdefault(field, []).append(Entry(noun, without, entry.inside))
    return belongs


def _texts(connection: Connection, contents: Contents, folder: Path) -> Iterator[tuple[str, bytes | None]]:
    """Yield the files of texts that may travel, and their words unless they are there already."""
    for text in contents.of("text"):
        if not text.values.get("shareable") or text.id not in contents.held:
            continue
        sha256 = text.values["sha256"]
        name = f"texts/{sha256}.txt"
        there = None if (folder / "texts").is_symlink() else read_bytes(folder, name)
        if there is not None and hashlib.sha256(there).hexdigest() == sha256:
            yield name, None
            continue
        words = _words(connection, text.id).encode()
        if hashlib.sha256(words).hexdigest() != sha256 or not _TEXT_NAME.fullmatch(f"{sha256}.txt"):
            raise LedgerError(
                f"The words of text {' '.join(map(str, identity(kind_of('text'), text)))} do not have its SHA-256; see 'evidence history verify'."
            )
        yield name, words


def _words(connection: Connection, text_id: uuid.UUID | None) -> str:
    return str(connection.execute(select(Text.content).where(Text.id == text_id)).scalar_one())


def _left_over(folder: Path, kept: set[str]) -> Iterator[str]:
    """Yield files that this program wrote and that no longer belong."""
    yield from (name for name in FILES if name not in kept and (folder / name).is_file())
    for name in listed(folder, "cases"):
        file = f"cases/{name}"
        if file not in kept and name.endswith(".md") and _is_a_case(folder, file):
            yield file
    for name in listed(folder, "texts"):
        file = f"texts/{name}"
        if file not in kept and _TEXT_NAME.fullmatch(name):
            content = read_bytes(folder, file)
            # What was changed by hand since is nobody's to throw away.
            if content is not None and hashlib.sha256(content).hexdigest() == name.removesuffix(".txt"):
                yield file


def _is_a_case(folder: Path, file: str) -> bool:
    """Tell whether a file has the front matter of a case, and nothing else in it."""
    try:
        said = cases_text.read_file(read_words(folder, file) or "", file)
    except EvidenceError:
        return False
    return not said.keys() - {"key", *cases_text.OWN, *cases_text.EVIDENCE} and bool(said)
