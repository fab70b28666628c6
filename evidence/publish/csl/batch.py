"""Have many citations written at once, by pandoc's citeproc.

pandoc gets its own syntax tree, in which a title is letters and never markup, and gives one back. It is started
for some sources at a time, side by side: its time to tell alike sources apart grows with their square.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from markupsafe import Markup

from evidence.errors import EvidenceError
from evidence.publish.csl.inlines import html, meta
from evidence.publish.csl.program import pandoc
from evidence.publish.csl.references import Reference
from evidence.publish.csl.styles import Style

__all__ = ["Asked", "Written", "write"]

_API = [1, 23, 1]
_TOGETHER = {True: 60, False: 150}  # sources in one document, where alike ones are told apart and where not
_AT_ONCE = 4
_PATIENCE = 900  # seconds
_LONGEST = 200  # characters of pandoc's own words that are shown
#: Cited between two of the same source, so that neither is ``ibid.``
_BETWEEN: Reference = {
    "type": "book",
    "title": "Qzjx",
    "author": [{"family": "Qzjx"}],
    "issued": {"parts": [[1001]]},
}
_FILLER = "filler"


@dataclass(slots=True)
class Asked:
    """What is wanted of one source: its reference, and the places that it is cited with, by note."""

    reference: Reference
    full: list[str] = field(default_factory=list)
    short: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Written:
    """How a style writes one source."""

    entry: Markup = field(default_factory=Markup)  # nothing where the style does not list it
    full: dict[str, Markup] = field(default_factory=dict)
    short: dict[str, Markup] = field(default_factory=dict)


def write(style: Style, locale: str, groups: Sequence[Sequence[Asked]]) -> list[list[Written]]:
    """Return what a style makes of sources, in their order.

    Args:
        style: the style.
        locale: the language to write in, unless the style asks for one: ``en-US``.
        groups: the sources; those whose citations depend on one another are in one group.

    Raises:
        EvidenceError: pandoc cannot use the style, or is not here.
    """
    shards = list(_shards(style, groups))
    documents = [_later(shard) for shard in shards]
    if not style.in_text:
        documents += [_first(shard) for shard in shards]
    with TemporaryDirectory(prefix="evidence-csl-") as name:
        folder = Path(name)
        (folder / "apart.csl").write_bytes(style.csl)
        (folder / "plain.csl").write_bytes(style.plain)
        tasks = [
            _Task(
                folder, "plain.csl" if at >= len(shards) else "apart.csl", style, style.locale or locale, one
            )
            for at, one in enumerate(documents)
        ]
        with ThreadPoolExecutor(min(_AT_ONCE, os.cpu_count() or 1)) as threads:
            made = list(threads.map(_run, tasks))
    results: dict[int, Written] = {id(asked): Written() for shard in shards for asked in shard}
    for shard, found in zip(shards, made[: len(shards)], strict=True):
        _take(shard, found, results, full=False)
    for shard, found in zip(shards, made[len(shards) :], strict=False):
        _take(shard, found, results, full=True)
    return [[results[id(asked)] for asked in group] for group in groups]


def _shards(style: Style, groups: Sequence[Sequence[Asked]]) -> Iterator[list[Asked]]:
    """Yield the sources in as many as go into one document; a group stays together."""
    most = _TOGETHER[style.tells_apart]
    shard: list[Asked] = []
    for group in groups:
        if shard and (len(shard) + len(group) > most):
            yield shard
            shard = []
        shard += group
    if shard:
        yield shard


@dataclass(frozen=True, slots=True)
class _Document:
    """Sources by what pandoc is to call them, and citations in their order: source, and place."""

    references: Mapping[str, Reference]
    citations: Sequence[tuple[str, str]]


def _first(shard: Sequence[Asked]) -> _Document:
    """Cite each source as for the first time with each place: as so many sources."""
    copies = [
        (f"s{at}.{copy}", asked.reference, place)
        for at, asked in enumerate(shard)
        for copy, place in enumerate(asked.full)
    ]
    return _Document({i: one for i, one, _ in copies}, [(i, place) for i, _, place in copies])


def _later(shard: Sequence[Asked]) -> _Document:
    """Cite each source once, and then again with each place, never twice in a row."""
    references = {f"s{at}": asked.reference for at, asked in enumerate(shard)}
    rounds = zip_longest(*([(f"s{at}", place) for place in asked.short] for at, asked in enumerate(shard)))
    again = [one for turn in rounds for one in turn if one is not None]
    return _Document(references, list(_parted([*((i, "") for i in references), *again])))


def _parted(citations: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    before = ""
    for citation in citations:
        if citation[0] == before:
            yield _FILLER, ""
        yield citation
        before = citation[0]


@dataclass(frozen=True, slots=True)
class _Task:
    folder: Path
    file: str
    style: Style
    locale: str
    document: _Document


@dataclass(frozen=True, slots=True)
class _Found:
    """What pandoc made: each citation in the document's order, and the bibliography by source."""

    citations: list[tuple[str, str, Markup]]
    entries: dict[str, Markup]


def _run(task: _Task) -> _Found:
    document = task.document
    if not document.citations:
        return _Found([], {})
    references = {**document.references, _FILLER: _BETWEEN}
    tree = {
        "pandoc-api-version": _API,
        "meta": {
            "references": {"t": "MetaList", "c": [_reference(i, one) for i, one in references.items()]},
            "lang": {"t": "MetaString", "c": task.locale},
            "link-bibliography": {"t": "MetaBool", "c": False},
        },
        "blocks": [_citation(i, place) for i, place in document.citations],
    }
    command = [
        str(pandoc()), "--from=json", "--to=json", "--citeproc", f"--csl={task.folder / task.file}",
        f"--data-dir={task.folder}",
    ]  # fmt: skip
    try:
        done = subprocess.run(  # noqa: S603 - our own arguments
            command, input=json.dumps(tree).encode(), capture_output=True, check=False, timeout=_PATIENCE
        )
    except subprocess.TimeoutExpired as error:
        raise _unusable(task.style, f"pandoc did not finish in {_PATIENCE // 60} minutes") from error
    if done.returncode != 0:
        raise _unusable(task.style, done.stderr.decode(errors="replace"))
    blocks = json.loads(done.stdout)["blocks"]
    asked = zip(document.citations, blocks, strict=False)
    cited = [(i, place, html(_of_note(block["c"][0]["c"][1]))) for (i, place), block in asked]
    return _Found(cited, dict(_entries(blocks[len(document.citations) :])))


def _unusable(style: Style, words: str) -> EvidenceError:
    said = " ".join(words.split())[:_LONGEST].rstrip(" .")
    return EvidenceError(
        f"The citation style {style.name} cannot be used ({said}); choose another with --style."
    )


def _of_note(inlines: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Return what stands in a note, or in the text where the style makes none."""
    note = next((one for one in inlines if one["t"] == "Note"), None)
    return inlines if note is None else [inner for block in note["c"] for inner in block["c"]]


def _entries(blocks: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Markup]]:
    for block in blocks:
        if block["t"] != "Div":
            continue
        for entry in block["c"][1]:
            if entry["t"] == "Div":
                inlines = [inner for part in entry["c"][1] for inner in _flat(part)]
                yield str(entry["c"][0][0]).removeprefix("ref-"), html(inlines)


def _flat(block: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    if block["t"] == "Div":
        return [inner for part in block["c"][1] for inner in _flat(part)]
    return block["c"] if block["t"] in ("Para", "Plain") else []


def _take(shard: Sequence[Asked], found: _Found, results: Mapping[int, Written], *, full: bool) -> None:
    for name, place, made in found.citations:
        if name == _FILLER:
            continue
        written = results[id(shard[int(name[1:].partition(".")[0])])]
        # A source is cited once before its later notes: what comes last is one of these.
        (written.full if full else written.short)[place] = made
    for name, entry in found.entries.items():
        if not full and name != _FILLER:
            results[id(shard[int(name[1:])])].entry = entry


def _citation(name: str, place: str) -> dict[str, Any]:
    cited = {
        "citationId": name, "citationPrefix": [], "citationSuffix": meta(place)["c"], "citationNoteNum": 1,
        "citationMode": {"t": "NormalCitation"}, "citationHash": 0,
    }  # fmt: skip
    return {"t": "Para", "c": [{"t": "Cite", "c": [[cited], [{"t": "Str", "c": "?"}]]}]}


def _reference(name: str, reference: Reference) -> dict[str, Any]:
    told = {variable: _value(value) for variable, value in reference.items() if variable != "type"}
    told |= {"id": {"t": "MetaString", "c": name}, "type": {"t": "MetaString", "c": reference["type"]}}
    return {"t": "MetaMap", "c": told}


def _value(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        return meta(value)
    if isinstance(value, list):
        return {"t": "MetaList", "c": [_value(one) if isinstance(one, list) else _map(one) for one in value]}
    if "literal" in value:
        return _map(value)
    numbers = [
        {"t": "MetaList", "c": [{"t": "MetaString", "c": str(n)} for n in one]} for one in value["parts"]
    ]
    circa = {"circa": {"t": "MetaBool", "c": True}} if value.get("circa") else {}
    return {"t": "MetaMap", "c": {"date-parts": {"t": "MetaList", "c": numbers}, **circa}}


def _map(texts: Mapping[str, str]) -> dict[str, Any]:
    return {"t": "MetaMap", "c": {name: meta(text) for name, text in texts.items()}}
