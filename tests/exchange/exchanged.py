"""A made-up study whose quotes stand in texts that are held, in many alphabets, with everything that may be said of them."""

from __future__ import annotations

from typing import Any

from evidence.archive.bringing import bring
from evidence.archive.incoming import Incoming, IncomingSource, Words
from evidence.ledger import records
from evidence.ledger.revisions import Unit
from tests.kit import Ledger, once, work_a_case

__all__ = ["BOOK", "CLOSED", "HOSTILE", "TEXT", "exchanged"]

#: Letters beyond the first plane, combined ones, and right to left: whoever counts anything but characters is found out.
TEXT = (
    "Memorandum. 𝒜 𐍈 𝟙\n\nThe Secretary said that prestige was at stake. \u202eشرف\u202c\n\n"
    "臺灣海峽的安全至關重要。 He repeated: prestige was at stake, é, and left.\n"
)
HOSTILE = '</blockquote><script>alert("x")</script> ]]> &amp; =cmd \u202eevil\u202c | **b** \x07.'
BOOK = "A chapter of a book that somebody sells, with a passage worth quoting in it."
CLOSED = "We shall never speak of the yellow harbour again"


@once
def exchanged(url: str, *, closed: bool = True) -> Ledger:
    """Found the study; with a source whose words are not for others, or without."""
    ledger = Ledger(url)
    ledger.found()
    with ledger.write("the case") as session:
        work_a_case(session)
        _texts(session, closed=closed)
    with ledger.write("what was read") as session:
        _quotes(session, closed=closed)
        _said(session)
    return ledger


def _texts(session: Unit, *, closed: bool) -> None:
    told: list[tuple[str, str, bool, dict[str, str]]] = [
        ("cable", TEXT, True, {"repository": "An archive", "box": "7", "rights": "public domain"})
    ]
    told.append(("book", BOOK, False, {"rights": "© A press", "type": "book"}))
    if closed:
        told.append(("letters", f"Dear friend. {CLOSED}, he wrote.", True, {"access": "closed"}))
    items = [
        IncomingSource(
            key=key,
            fields={"title": f"The {key}", "tier": "primary", "csl": {"issued": "1955"}, **fields},
            words=(Words(content=words, edition="1", shareable=shareable),),
        )
        for key, words, shareable, fields in told
    ]
    bring(session, Incoming(items=tuple(items)))


def _quotes(session: Unit, *, closed: bool) -> None:
    told: list[tuple[str, str, str, dict[str, Any]]] = [
        ("cable.1", "cable", "prestige was at stake", {"note": f"He says so.\n\n{HOSTILE}", "prefix": "He repeated: "}),
        ("cable.2", "cable", "臺灣海峽的安全至關重要", {
            "language": "zh-Hant", "translation": "The safety of the Strait matters most.", "translator": "Ada",
            "transliteration": "Táiwān hǎixiá de ānquán", "locator": {"page": "2", "line": "1"},
        }),
        ("book.1", "book", "a passage worth quoting", {"identifiers": {"tags": "prestige, half-baked"}}),
    ]  # fmt: skip
    if closed:
        told.append(("letters.1", "letters", CLOSED, {"note": f"He underlined “{CLOSED}”."}))
    for key, source, words, more in told:
        records.add(session, "quote", {"key": key, "source": source, "words": words, **more})
    records.add(session, "quote", {"key": "memo.2", "source": "memo", "words": " ".join(["word"] * 151)})


def _said(session: Unit) -> None:
    seen = {
        "key": "o2",
        "case": "mid-50",
        "proposition": f"S stated {HOSTILE.rstrip()}",
        "inference": "Prestige counted.",
    }
    records.add(
        session,
        "observation",
        {**seen, "speaker": "The Secretary", "occurred": "1955-01", "quotes": ["cable.1"]},
    )
    bearing = {"test": "t1", "observation": "o2", "direction": "for", "note": "It names prestige."}
    records.add(session, "bearing", bearing)
    records.add(
        session,
        "concept",
        {"key": "prestige", "family": "interest", "label": "prestige", "definition": "Standing with others."},
    )
    levels = [{"value": str(n), "label": f"level {n}", "definition": f"It means {n}."} for n in range(4)]
    version = {"version": "1", "scale": "ordinal", "levels": levels}
    records.add(
        session,
        "variable",
        {"key": "ALLY", "label": "Ally", "question": "Did it matter?", "versions": [version]},
    )
    coded = {
        "case": "mid-50",
        "variable": "ALLY",
        "coder": "ada",
        "rationale": "So it was.",
        "counter_evidence": "none",
    }
    records.add(session, "decision", {"key": "d1", **coded, "value": "1", "tests": ["t1"]})
    records.add(
        session,
        "decision",
        {"key": "d2", **coded, "value": "2", "tests": ["t1"], "observations": ["o1"], "supersedes": "d1"},
    )
    case = records.find(session, "case", "mid-50")
    narrative = f"He said “prestige was at stake” [@cable.1]. Others were silent. {HOSTILE.strip()} It was long [@memo.2; @book.1]."
    records.edit(session, "case", case, {"narrative": narrative})
