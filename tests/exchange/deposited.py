"""A made-up study of which some may be told, some may not travel, and some is closed."""

from __future__ import annotations

import hashlib

from evidence.ledger import records
from tests.kit import Ledger, once
from tests.publish.strait import add_cases, deep_case, found

__all__ = ["CLOSED", "KNOWN", "SHORT", "deposited"]

#: What the closed source says, in a quote; whatever else the study says of it is told in other words.
CLOSED = "We shall never speak of the yellow harbour again"
SHORT = "Burn this"
#: What an open source says as well.
KNOWN = "The sea is as calm as ever"
_FREE = "Page one of a memorandum. Nobody holds rights in it."
_HELD = "A chapter of a book that somebody sells."
_LETTER = (
    f"Dear friend. {CLOSED}, the envoy wrote. {SHORT}. {KNOWN}. And send the lamp oil by Tuesday, he added."
)


@once
def deposited(url: str) -> Ledger:
    """Found the study."""
    ledger = found(url)
    add_cases(ledger, range(50, 52))
    deep_case(ledger)
    with ledger.write(f"from the letters: {CLOSED}") as session:
        for key, access, rights in (
            ("letters", "closed", "The family"),
            ("book", "open", "© A press"),
            ("novel", "open", "© A press"),
            ("paper", "open", "public domain"),
        ):
            records.add(
                session,
                "source",
                {"key": key, "title": key, "tier": "primary", "access": access, "rights": rights},
            )
        for key, words, shareable in (
            ("paper", _FREE, True),
            ("book", _HELD, False),
            ("letters", _LETTER, True),
        ):
            sha256 = hashlib.sha256(words.encode()).hexdigest()
            held = {"source": key, "sha256": sha256, "content": words, "edition": "1", "shareable": shareable}
            records.add(session, "text", held, computed=True)
        for number, words in enumerate((CLOSED, SHORT, KNOWN), 1):
            quote = {
                "key": f"letters.{number}",
                "source": "letters",
                "words": words,
                "translation": f"“{words}”",
            }
            records.add(session, "quote", {**quote, "note": f"He underlined “{words}”."})
        records.add(session, "quote", {"key": "memo.9", "source": "memo", "words": KNOWN})
        records.add(
            session,
            "observation",
            {
                "key": "mid-50.o9",
                "case": "mid-50",
                "proposition": f"The envoy wrote: {CLOSED}!",
                "quotes": ["letters.1"],
            },
        )
        case = records.find(session, "case", "mid-50")
        told = (
            f"He wrote “{CLOSED}” [@letters.1], and “{SHORT}” [@letters.2]. Before that he asked for oil: "
            "“send the lamp oil by Tuesday” [@letters.2].\n\n> We shall never speak of the yellow harbour\n\nBurn this bridge. "
            f"He had read it in “a book that somebody sells”, and “{KNOWN}” [@memo.9].\n\nThat he was to "
            "*never* speak of the Yellow Harbour, said he; OF THE YELLOW HARBOUR AGAIN, cried she."
        )
        records.edit(session, "case", case, {"narrative": f"{case.narrative}\n\n{told}"})
    return ledger
