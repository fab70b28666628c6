"""A study in which every word that somebody may write is one that somebody might write to do harm.

The words go into the rows themselves, past every law: a ledger, too, may come from somebody else. A twin of the
study has harmless words in the same places, so that pages of both must be built alike.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table, select, update

from evidence.ledger import records
from evidence.ledger.nouns import NOUNS, STUDY, Noun
from evidence.ledger.store import open_engine
from tests.kit import Ledger
from tests.publish.strait import reasoned, sign

__all__ = ["HARMLESS", "HOSTILE", "SHOWN", "poisoned"]

#: What may break out of an element, an attribute, a comment, a style, a script, a template, Markdown or a line.
HOSTILE = (
    '<script>alert(1)</script><img src=x onerror=alert(2)> "\' onmouseover=alert(3) x="</style></title></textarea>'
    "</script><!-- ]]> <svg/onload=alert(4)> {{ 7*7 }} {% raw %} {# x #} ${7+7} [x](javascript:alert(5)) "
    "[y]: data:text/html,<b> ![z](data:text/html;base64,PGI+) <javascript:alert(6)> &lt;b&gt; &#60; \\ "
    "\u202egnp.exe\u202c \u2066\u2067\u2068 zero\u200bwidth\ufeff \u2028\u2029 \x01\x1b[31m "
    "مرحبا بالعالم 看台灣 Тайвань e\u0301 \U0001f600 " + "long" * 80
)
HARMLESS = "harmless words"
#: How pages show some of them.
SHOWN = "<script>alert(1)</script><img src=x onerror=alert(2)>"
#: What is no free text: keys, digests, levels of codes, and names of closed lists kept as text.
_FIXED = {
    "key", "sha256", "verified_sha256", "fingerprint", "noun", "digest", "manifest", "profile", "citation_style",
    "type", "orcid", "word",
}  # fmt: skip
_OF = {("decision", "value"), ("decision", "alternative"), ("variable_version", "version"), ("study", "language"),
       ("text", "content")}  # fmt: skip
_WORDED = {
    "csl",
    "criticism",
    "records",
    "names",
    "record",
    "locator",
    "strings",
    "facts",
    "levels",
    "sub_judgements",
    "word_scale",
}
_PARTS = {
    "value",
    "key",
    "code",
    "when",
    "needs",
    "type",
    "word",
    "date-parts",
    "URL",
    "DOI",
    "document",
    "p",
}


def poisoned(url: str, words: str) -> Ledger:
    """Found a study with something of every noun, and add words, if any, to whatever people may write there."""
    ledger = reasoned(url)
    _more(ledger)
    sign(ledger, "decision", "mid-50.ALLY.5", note="Looked at.")
    sign(ledger, "case", "mid-50", verdict="disputed", note="Not so.")
    engine = open_engine(url)
    try:
        with engine.begin() as connection:
            for noun in (*NOUNS.values(), STUDY):
                _poison(connection, noun, words)
    finally:
        engine.dispose()
    return ledger


def _more(ledger: Ledger) -> None:
    with ledger.write("more") as session:
        records.edit_study(session, {"method": "We *read*.\n\n- one\n- two", "overview": "An overview."})
        source = records.find(session, "source", "memo")
        archive = {"repository": "NARA", "collection": "State", "record_group": "59", "series": "Files", "box": "1", "folder": "2",
                   "frame": "3", "handling": "Eyes only", "language": "en", "rights": "public domain", "note": "Read."}  # fmt: skip
        records.edit(session, "source", source, archive)
        quote = records.find(session, "quote", "mid-50.q2")
        said = {"transliteration": "kan Taiwan", "translator": "Ada", "note": "So.", "redactions": ["a name"]}
        records.edit(session, "quote", quote, said)
        seen = records.find(session, "observation", "mid-50.o1")
        records.edit(
            session, "observation", seen, {"inference": "It did.", "speaker": "Hoover", "note": "Read."}
        )
        search = records.find(session, "search", "mid-50.s1")
        records.edit(session, "search", search, {"coverage": "All.", "found": "Nothing.", "sensitivity": 0.8})
        hypothesis = records.find(session, "hypothesis", "mid-50.h1")
        stated = {"mechanism": "By fear.", "prior": 0.37, "prior_basis": "Nothing."}
        records.edit(session, "hypothesis", hypothesis, stated)
        test = records.find(session, "test", "mid-50.t1")
        bearing = {"observation": "mid-50.o1", "direction": "for", "note": "It names them."}
        tried = {"where_to_look": "In boxes.", "note": "Read.", "bearings": [bearing]}
        records.edit(session, "test", test, tried)
        concept = records.find(session, "concept", "reputation")
        records.edit(
            session, "concept", concept, {"definition": "A name.", "role": "Cause.", "basis": "Inferred."}
        )
        records.edit(
            session,
            "actor",
            records.find(session, "actor", "usa"),
            {"note": "A state.", "abbreviation": "US"},
        )
        records.edit(session, "commitment", records.find(session, "commitment", "mdt"), {"basis": "Printed."})
        episode = records.find(session, "episode", "crisis")
        records.edit(session, "episode", episode, {"description": "Long.\n\nAnd *grave*."})
        general = {"key": "general", "statement": "All do.", "mechanism": "By fear."}
        records.add(session, "hypothesis", general)
        case = records.find(session, "case", "mid-51")
        records.edit(session, "case", case, {"screening": "Screened.", "narrative": "Nothing is known."})


def _poison(connection: Connection, noun: Noun, words: str) -> None:
    table: Table = noun.model.__table__
    fields = [
        field
        for field in noun.fields.values()
        if field.name not in _FIXED and (noun.name, field.name) not in _OF
        and (field.kind == "text" or (field.kind == "json" and field.form in _WORDED))
        and (noun.name, field.form) != ("decision", "facts") and (noun.name, field.name) != ("hypothesis", "supports")
    ]  # fmt: skip
    for row in connection.execute(select(table)).mappings().all():
        said = {
            field.column: changed
            for field in fields
            if (changed := _with(row[field.column], words)) != row[field.column]
        }
        if said:
            connection.execute(update(table).where(table.c.id == row["id"]).values(**said))


def _with(value: Any, words: str) -> Any:
    """Return a value with words added to every text in it that says something."""
    if isinstance(value, str):
        return f"{value} {words}" if value and words else value
    if isinstance(value, list):
        return [_with(one, words) for one in value]
    if isinstance(value, dict):
        return {name: one if name in _PARTS else _with(one, words) for name, one in value.items()}
    return value
