"""What a source note says: where the document is kept, how it was classified and handled, who drafted it.

Editors of FRUS write these notes to a pattern, and have changed it over the years: the path from the
repository to the folder, with commas; then the classification and the marks of handling, with semicolons;
then remarks. What does not follow the pattern stays in the note, which is kept whole beside these fields.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

__all__ = [
    "CLASSIFICATIONS",
    "SourceNote",
    "parted",
    "read_marks",
    "read_path",
    "read_source_note",
    "sentences",
]

#: Classifications as they should be written. Slips of capitals are put right in the field, not in the note.
CLASSIFICATIONS = (
    "Top Secret", "Secret", "Confidential", "Restricted", "Limited Official Use", "Official Use Only",
    "For Official Use Only", "Administratively Confidential", "Unclassified", "No classification marking",
    "No classification",
)  # fmt: skip
_HANDLING = (
    "Eyes Only", "Eyes Alone", "Nodis", "Exdis", "Limdis", "Stadis", "Roger Channel", "Cherokee", "Limited Distribution",
    "No Distribution", "Exclusive Distribution", "No Distribution Outside Department", "Sensitive", "Codeword", "Umbra",
    "Noforn", "No Foreign Dissem", "Controlled Dissem", "Personal and Private", "Personal", "Private", "Priority",
    "Immediate", "Niact", "Niact Immediate", "Operational Immediate", "Emergency", "Flash", "Routine", "Most Immediate",
    "Presidential Handling", "Restricted Data", "Outside the System", "Via Courier", "Verbatim Text", "Strictly Confidential",
    "Not for the System", "Not for System",
)  # fmt: skip
_SPELLED = {name.casefold(): name for name in (*CLASSIFICATIONS, *_HANDLING)}
_START = re.compile(r"^[\s:]*\[?\s*Sources?\s*[:,.]\s*:?\s*", re.IGNORECASE)
_NAMED = (
    r"(?:Top\s+Secret|Secret|Strictly Confidential|Confidential|Restricted|Limited Official Use"
    r"|(?:For )?Official Use Only|Administratively Confidential|Unclassified|No classification(?: markings?)?"
    r"|No classification indicated|Eyes Only|Sensitive|Nodis|Exdis|Personal(?: and Private)?)\b(?=\s*[.;,:(/]|\s*$)"
)
#: Where the classification begins: at a sentence; failing that after a comma, or where the stop was forgotten.
_CLASS = tuple(
    re.compile(before + "(" + _NAMED + ")", re.IGNORECASE)
    for before in (r"(?:^|[.;\])”]\s+)", r",\s+", r"\s(?=\S+(?:\s\S+)?;)")
)
#: Where a sentence ends. The stop comes first, so that it is looked for before what stands before it.
_SENTENCE = re.compile(
    r"\.(?<!\bVol\.)(?<!\bNo\.)(?<!\bNos\.)(?<!\bSec\.)(?<!\bPt\.)(?<!\bD\.C\.)(?<!\bU\.S\.)(?<!\bJr\.)(?<!\bSt\.)"
    r"(?<!\bMr\.)(?<!\bDr\.)(?<!\bGen\.)(?<!\bAmb\.)(?<!\bpp\.)(?<!\bp\.)(?<!\b[A-Z]\.)(?:\s+(?=[A-Z“\[(])|$)"
)
_ENDED = re.compile(r"\.(?<!\bMr\.)(?<!\bDr\.)(?<!\bGen\.)(?<!\bAmb\.)(?=\s|$)")  # where the marks end
_DRAFTING = re.compile(
    r"^(?:Also )?(?:Drafted|Prepared|Approved|Cleared|Initialed|Dictated|Transcribed|Signed|Transmitted|Written|Compiled)\b"
)
_PUBLISHED = re.compile(
    r"\bpp?\. \d|\bBulletin\b|^Public (?:Papers|Law)|^Reprinted from|^The Presidential Campaign"
)
_GROUP = re.compile(r"^(?:RG|Record Group)\s*,?\s*(\d+[A-Z]?)$", re.IGNORECASE)
_BOX = re.compile(r"^Box(?:es)?\s+(.+)$", re.IGNORECASE)
_FOLDER = re.compile(r"^Folder\s+(?=\S)", re.IGNORECASE)
_YEARS = re.compile(r"^\d{4}(?:\s*[–-]\s*\d{2,4})?$")
_LOT = re.compile(r"\bLot\s+(?:File\s+)?\d|\bFRC\s|\bJob\s|\bAccession\b", re.IGNORECASE)
_FILM = re.compile(r"^(?:[DNPM]\s?\d{5,7}[–-]\d{3,4}|\[no film number\]|\[no N number\])", re.IGNORECASE)
_DECIMAL = re.compile(r"^\d{3}[\w.–-]*(?: [A-Z][\w.()–-]*){0,3}(?:/[\d–-]+)?$")
#: What older volumes add to a file number: ``790.00/1-1152: Telegram``.
_KIND = re.compile(
    r"^(\S[^:]{2,60}?):\s*(Telegram|Airgram|Despatch|Circular telegram|Circular airgram|Instruction|Letter)\.?$"
)
#: How volumes before 1950 name where a document is: by the number of the Department's file, and no more.
_FILE_NUMBER = re.compile(r"^File Nos?\.\s*(\S.*)$", re.IGNORECASE)
#: What a repository is called; "Extract", "Translation" and "Not printed" are no archive.
_REPOSITORY = re.compile(
    r"\b(?:Librar(?:y|ies)|Archives?|Archivo|Archiv|Departments?|Files?|Papers|Agency|Museum|Collections?|Cent(?:er|re)"
    r"|Council|Universit(?:y|ies)|College|School|Academy|Institut(?:e|ion)|Foundation|Society|Congress|Office|Bureau|Ministry"
    r"|Embassy|Legation|Consulate|Mission|House|Records?|Administration|Commission|Service|Staff|Board|Bank|Corps|Command"
    r"|Committee|Headquarters|Court|Treasury|Navy|Army|Manuscripts?|Project|Presidential Materials|NARA|CIA|NSC|DOS|FBI)\b"
)
_PLAIN_WORD = re.compile(
    r"(?:^|\s)(?!(?:of|the|and|for|on|in|at|to|de|du|des|del|von|der|la|le|et)\b)[a-zà-ÿ]"
)
_CENTRAL = re.compile(r"^Central (?:Foreign Policy )?Files?\b|^CFPF\b", re.IGNORECASE)
#: Characters of a note that are read: path, marks and drafting stand at its beginning, and notes may be long.
_READ = 2000
_DATED = re.compile(r"\d/|\d{4}|\(\d+\)")
_WHERE = re.compile(
    r"^(?:Washington|D\.C\.|College Park|Md\.|Suitland|New York|Abilene|Austin|Boston|Atlanta)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class SourceNote:
    """A source note read.

    Attributes:
        path: repository, collection, record_group, series, box, folder and item, as far as they are named.
        classification: as it should be spelled; empty if none is named.
        handling: marks of handling, joined by semicolons.
        drafting: who drafted, cleared or approved it, in the note's words.
        published: where the document is reprinted from, if it was not found in an archive.
        kind: what kind of document it is, if the note says so.
        whole: whether the pattern was followed: a path of at least two steps, and a classification.
    """

    path: dict[str, str] = field(default_factory=dict)
    classification: str = ""
    handling: str = ""
    drafting: str = ""
    published: str = ""
    kind: str = ""
    whole: bool = False


def read_source_note(note: str) -> SourceNote:
    """Read a source note.

    Args:
        note: its words, white space collapsed, with or without ``Source:`` before them.
    """
    said = _START.sub("", _own(note)[:_READ], count=1).rstrip()
    if said.startswith("[File No"):
        said = said[1:]
    if said.startswith("["):  # "[Extract.]" says how the document is printed, not where it is
        return SourceNote()
    if numbered := _KIND.match(said):
        return SourceNote(read_path(numbered[1]), kind=numbered[2])
    before, marks, after = parted(said)
    where, aside = _first_sentence(before)
    classification, handling = read_marks(marks)
    drafting = " ".join(one for one in sentences(f"{aside} {after}") if _DRAFTING.match(one))
    if _PUBLISHED.search(where):
        return SourceNote({}, classification, handling, drafting, published=where)
    path = read_path(where)
    whole = bool(path.get("repository") and len(path) > 1 and classification)
    return SourceNote(path, classification, handling, drafting, whole=whole)


def _own(note: str) -> str:
    """Return what a note says of the source itself: e-volumes put a summary before it, others brackets round it."""
    if note.startswith("Summary"):
        _, found, after = note.rpartition("Source:")
        return after if found else note.rpartition("\n")[2]
    return note[:-1] if note.startswith("[") and note.endswith("]") else note


def parted(said: str) -> tuple[str, str, str]:
    """Return what stands before the classification, its sentence, and what follows."""
    marked = next(filter(None, (pattern.search(said) for pattern in _CLASS)), None)
    if not marked:
        before, after = _first_sentence(said)
        return before, "", after
    at = marked.start(1)
    ended = _ENDED.search(said, at)
    end = ended.start() if ended else len(said)
    marks, after = said[at:end], said[end + 1 :].strip()
    # "Secret. Not for the System. Sent for action.": a mark of handling may have a sentence of its own.
    while (found := _SENTENCE.search(after)) and after[: found.start()].casefold() in _SPELLED:
        marks += f"; {after[: found.start()]}"
        after = after[found.end() :]
    return said[:at].rstrip(" ,;"), marks, after


def _first_sentence(said: str) -> tuple[str, str]:
    found = _SENTENCE.search(said)
    if not found:
        return said.rstrip(" ."), ""
    return said[: found.start()].strip(), said[found.end() :].strip()


def sentences(said: str) -> list[str]:
    """Return the sentences of a note."""
    found_all = []
    rest = said.strip()
    while rest:
        found = _SENTENCE.search(rest)
        end = found.start() + 1 if found else len(rest)
        found_all.append(rest[:end].strip())
        rest = rest[end:].strip()
    return found_all


def read_marks(marks: str) -> tuple[str, str]:
    """Return the classification and the marks of handling, each as it should be spelled."""
    named = [_spelled(one) for one in re.split(r"\s*[;,/]\s*(?=\S)", marks) if one.strip(" .;,")]
    named = [one for one in named if not one.startswith("Sent ")]
    classified = [one for one in named if one in CLASSIFICATIONS]
    classification = classified[0] if classified else ""
    return classification, "; ".join(one for one in named if one != classification)


def _spelled(mark: str) -> str:
    plain = " ".join(mark.split()).strip(" .;,")
    return _SPELLED.get(plain.casefold().removesuffix("s") if "marking" in plain else plain.casefold(), plain)


def read_path(where: str) -> dict[str, str]:
    """Return the path that a source note names, from the repository down to the item.

    Args:
        where: the steps of the path, with commas: ``Johnson Library, National Security File, Box 3``.
    """
    return dict(_path(where))


@lru_cache(maxsize=4096)  # a volume names the same few files again and again
def _path(where: str) -> tuple[tuple[str, str], ...]:
    return tuple(_read_path(where).items())


def _read_path(where: str) -> dict[str, str]:
    plain = where.strip(" .")
    if numbered := _FILE_NUMBER.match(plain):
        return {"item": numbered[1]}
    steps = _steps(plain)
    if not steps:
        return {}
    if _GROUP.match(steps[0]) or _LOT.search(steps[0]) or _item(steps[0]):
        path = {}  # a record group, a lot or a file number whose repository goes without saying
    else:
        if not _is_repository(steps[0]):  # a remark may come before it: "Secret. 2 pp. Kennedy Library"
            steps[0] = steps[0].rpartition(". ")[2]
        if not _is_repository(steps[0]):
            return {}
        path = {"repository": steps.pop(0)}
        while steps and _WHERE.match(steps[0]):
            path["repository"] += f", {steps.pop(0)}"
    if steps and (group := _GROUP.match(steps[0])):
        path["record_group"] = group[1]
        steps.pop(0)
    boxed = next((at for at, step in enumerate(steps) if _BOX.match(step)), None)
    if boxed is not None:
        path |= _containers(steps[:boxed], library=True, foldered=False)
        path["box"] = _BOX.sub(r"\1", steps[boxed])
        path |= _folder(steps[boxed + 1 :])
        return path
    return path | _containers(steps, library=path.get("repository", "").endswith("Library"), foldered=True)


def _is_repository(step: str) -> bool:
    """Tell whether the first step of a path is called as an archive is, and is no remark."""
    return bool(_REPOSITORY.search(step)) and not _PLAIN_WORD.search(step)


def _steps(where: str) -> list[str]:
    """Part a path at its commas, but not within brackets, nor before years, which belong to what they follow."""
    parts = [""]
    depth = 0
    for piece in where.split(","):
        parts[-1] += f",{piece}" if depth > 0 else piece
        depth += sum(map(piece.count, "([“")) - sum(map(piece.count, ")]”"))
        if depth <= 0:
            parts[-1], depth = parts[-1].strip(), 0
            parts.append("")
    parts = [part.strip() for part in parts]
    steps: list[str] = []
    for part in parts:
        if (
            steps
            and (_YEARS.match(part) or part in ("Jr.", "Md.", "D.C.", "Inc."))
            and not _CENTRAL.match(part)
        ):
            steps[-1] += f", {part}"
        elif part:
            steps.append(part)
    return steps


def _containers(steps: Sequence[str], *, library: bool, foldered: bool) -> dict[str, str]:
    """Return collection, series, and what lies in them: a folder or an item by its number."""
    path: dict[str, str] = {}
    rest = list(steps)
    if not rest:
        return path
    if _item(rest[-1]):
        path["item"] = rest.pop()
    if not rest:
        return path
    lotted = [at for at, step in enumerate(rest) if _LOT.search(step)]
    end = max(lotted, default=0) + 1
    path["collection"] = ", ".join(rest[:end])
    rest = rest[end:]
    if not rest:
        return path
    if _CENTRAL.match(path["collection"]) and "item" not in path:
        path["item"] = ", ".join(rest)
        return path
    return path | (
        _within(rest, library=library, lotted=bool(lotted)) if foldered else {"series": ", ".join(rest)}
    )


def _within(rest: list[str], *, library: bool, lotted: bool) -> dict[str, str]:
    """Return the series and the folder within a collection."""
    if _FOLDER.match(rest[0]):
        return _folder(rest)
    if len(rest) > 1:
        series = rest.pop(0) if not lotted or _names_series(rest[0]) else ""
    else:
        series = rest.pop() if _names_series(rest[0]) or (library and not _DATED.search(rest[0])) else ""
    while series and rest and re.match(r"(?:Vols?|Pt|Part)\b", rest[0]):
        series += f", {rest.pop(0)}"
    return ({"series": series} if series else {}) | _folder(rest)


def _folder(steps: Sequence[str]) -> dict[str, str]:
    if not steps:
        return {}
    if len(steps) == 1 and _item(steps[0]) and not _YEARS.match(steps[0]):
        return {"item": steps[0]}
    return {"folder": _FOLDER.sub("", ", ".join(steps), count=1)}


def _item(step: str) -> bool:
    """Tell whether a step of a path is the number of an item: of a film, a decimal file, a conference file."""
    return bool(
        _FILM.match(step) or _DECIMAL.match(step) or re.match(r"^(?:CCS|CF) \d|^Document Number", step)
    )


def _names_series(step: str) -> bool:
    return bool(re.search(r"\b(?:Series|Files?|Records|Memoranda|Correspondence|Minutes)\b", step))
