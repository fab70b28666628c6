"""Whatever a record says is a field, a variable of CSL, or kept word for word."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.archive.bibliography.bibtex import read_bibtex
from evidence.archive.bibliography.bibtex_fields import KINDS as BIBTEX_KINDS
from evidence.archive.bibliography.csljson import read_csljson
from evidence.archive.bibliography.extra import VARIABLES
from evidence.archive.bibliography.ris import read_ris
from evidence.archive.bibliography.ris_tags import KINDS as RIS_KINDS
from evidence.archive.bibliography.types import CSL_NAMES, CSL_TYPES, FIELDS, ROLES, TYPES
from evidence.archive.bibliography.zotero_json import read_zotero
from evidence.archive.incoming import IncomingSource

WORDS = st.text("abcXYZ é論Я", min_size=1, max_size=12).map(lambda text: " ".join(text.split())).filter(bool)
TAGS = "A1 A2 A3 A4 AB AD AN AU BT C1 C2 C3 C4 C5 C6 C7 CN CP CT CY DB DP ED EP ET ID IS J2 JA JF JO KW L1 LA LK M1 M2 M3 N1 NV OP PB PP RI RN RP SE SN SP ST SV T1 T2 T3 TA TI TT U1 UR VL ZZ".split()  # fmt: skip
BIB = "author editor title subtitle booktitle maintitle journal journaltitle series volume number edition publisher address location institution school organization note annote annotation abstract keywords howpublished type url doi isbn issn eprint eprinttype pages pagetotal chapter library archive language langid shorttitle venue eventtitle file origlocation pubstate titleaddon mynote year".split()  # fmt: skip


def said(value: Any) -> Iterator[str]:
    """Yield every text in a value."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from said(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from said(inner)
    else:
        yield str(value)


def missing(item: IncomingSource, values: list[str]) -> list[str]:
    """Return the values that are nowhere in an item."""
    everything = " ".join(" ".join(said(item.fields)).split())
    return [value for value in values if unicodedata.normalize("NFC", value) not in everything]


@given(st.sampled_from(sorted(RIS_KINDS)), st.lists(st.tuples(st.sampled_from(TAGS), WORDS), max_size=12))
@settings(max_examples=100)
def test_of_ris(kind: str, lines: list[tuple[str, str]]) -> None:
    text = "\n".join([f"TY  - {kind}", *(f"{tag}  - {value}" for tag, value in lines), "ER  - "])
    (item,) = read_ris(text, "f.ris").items
    assert missing(item, [value for _, value in lines]) == []


@given(st.sampled_from(sorted(BIBTEX_KINDS)), st.dictionaries(st.sampled_from(BIB), WORDS, max_size=12))
@settings(max_examples=100)
def test_of_bibtex(kind: str, fields: dict[str, str]) -> None:
    if kind == "xdata":
        return
    text = (
        f"@{kind}{{key,\n" + ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items()) + "\n}\n"
    )
    (item,) = read_bibtex(text, "f.bib").items
    people = [part for name in ("author", "editor") for part in fields.get(name, "").split()]
    rest = [value for name, value in fields.items() if name not in ("author", "editor", "type")]
    assert missing(item, [*rest, *people, "key"]) == []


@given(
    st.sampled_from(sorted(TYPES)), st.dictionaries(st.sampled_from([*FIELDS, "title", "rights", "extra", "mystery", "abstractNote"]), WORDS, max_size=12),
    st.lists(st.tuples(st.sampled_from([*ROLES, "counsel"]), WORDS, WORDS), max_size=3), st.lists(WORDS, max_size=3),
)  # fmt: skip
@settings(max_examples=100)
def test_of_zotero(
    kind: str, fields: dict[str, str], people: list[tuple[str, str, str]], tags: list[str]
) -> None:
    creators = [{"creatorType": role, "lastName": last, "firstName": first} for role, last, first in people]
    data = {
        "itemType": kind,
        "key": "AAAA1111",
        "title": "T",
        **fields,
        "creators": creators,
        "tags": [{"tag": tag} for tag in tags],
    }
    items = read_zotero([{"data": data, "library": {"type": "group", "id": 7}}], "f.json").items
    assert (
        missing(
            items[0],
            [*fields.values(), *(name for _, *names in people for name in names), *tags, "groups/7/AAAA1111"],
        )
        == []
    )


@given(
    st.sampled_from(sorted(CSL_TYPES)), st.dictionaries(st.sampled_from([*sorted(VARIABLES), "title", "abstract", "keyword", "mystery"]), WORDS, max_size=12),
    st.dictionaries(st.sampled_from(sorted(CSL_NAMES)), st.fixed_dictionaries({"family": WORDS, "given": WORDS, "non-dropping-particle": WORDS}), max_size=3),
)  # fmt: skip
@settings(max_examples=100)
def test_of_csl_json(kind: str, fields: dict[str, str], people: dict[str, dict[str, str]]) -> None:
    record = {"id": "k", "type": kind, **fields, **{role: [name] for role, name in people.items()}}
    (item,) = read_csljson([record], "f.json").items
    assert item.fields["type"] == kind
    assert missing(item, [*fields.values(), *said(people), "k"]) == []


@pytest.mark.parametrize(
    "name", ["zotero_api_items.json", "zotero_archive_items.json", "bbt/Collected_notes.json"]
)
def test_of_real_libraries(shared: Path, name: str) -> None:
    value = json.loads((shared / "data" / "refs" / name).read_text("utf-8"))
    listed = value["items"] if isinstance(value, dict) else value
    datas = [one.get("data") or one.get("item") or one for one in listed]
    wanted = [data for data in datas if data["itemType"] not in ("note", "attachment")]
    skipped = {"dateAdded", "dateModified", "version", "key", "itemType", "itemID", "itemKey", "uri", "select", "collections", "creatorType", "date", "accessDate", "libraryID", "mimeType", "relations", "multi", "parsedDate"}  # fmt: skip
    items = read_zotero(value, name).items
    assert len(items) == len(wanted)
    for item, data in zip(items, wanted, strict=True):
        plain = {
            key: inner
            for key, inner in data.items()
            if key not in skipped and key not in ("attachments", "notes", "creators", "tags", "extra")
        }
        names = [
            one[part]
            for one in data.get("creators", [])
            for part in ("lastName", "firstName", "name")
            if one.get(part)
        ]
        values = [" ".join(text.split()) for text in [*said(plain), *names] if text.strip()]
        assert missing(item, [text for text in values if "<" not in text]) == []
