"""What rests on a source: frozen values, from the archive up to the codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

__all__ = ["CodeOn", "Derived", "Held", "ObservationOn", "QuoteOn", "SignedOn", "TestOn", "Uses"]


@dataclass(frozen=True, slots=True)
class CodeOn:
    """A decision: which code a coder gave a case on a variable, and whether it still stands."""

    key: str
    case: str
    variable: str
    value: str | None
    coder: str
    round: str
    decided_at: datetime
    superseded: bool
    locator: dict[str, str]  # where it stands in the publication that gave it


@dataclass(frozen=True, slots=True)
class TestOn:
    """A test to which an observation was brought, with the codes that rely on it."""

    __test__ = False  # pytest: a process-tracing test, not one of ours

    key: str
    case: str
    direction: str  # of the observation: for the test's hypothesis, or against it
    kind: str
    result: str
    codes: tuple[CodeOn, ...]


@dataclass(frozen=True, slots=True)
class ObservationOn:
    """An observation that rests on a quote, with the tests it was brought to and the codes it was weighed against."""

    key: str
    case: str | None
    proposition: str
    tests: tuple[TestOn, ...]
    against: tuple[CodeOn, ...]


@dataclass(frozen=True, slots=True)
class QuoteOn:
    """A quote with what rests on it."""

    key: str
    words: str
    locator: dict[str, str]
    state: str
    verified_edition: str
    observations: tuple[ObservationOn, ...]
    narratives: tuple[str, ...]  # the cases whose narrative cites it


@dataclass(frozen=True, slots=True)
class Held:
    """A text of a source; ``held`` says whether its words are in this ledger."""

    sha256: str
    edition: str
    origin: str
    held: bool
    verified: int  # how many quotes were verified against it


@dataclass(frozen=True, slots=True)
class Derived:
    """A source that takes its words from another."""

    key: str
    title: str
    quotes: int


@dataclass(frozen=True, slots=True)
class SignedOn:
    """A review of a quote, or of a test, code or case that rests on it."""

    noun: str
    key: str
    coder: str
    verdict: str
    reviewed_at: datetime


@dataclass(frozen=True, slots=True)
class Uses:
    """What rests on a source, on a quote, or on a text."""

    noun: str
    key: str
    source: str  # the source's key, also of a quote or a text
    title: str
    texts: tuple[Held, ...]
    quotes: tuple[QuoteOn, ...]
    narratives: tuple[str, ...]  # the cases whose narrative cites the source as a whole
    derived: tuple[Derived, ...]
    published: tuple[CodeOn, ...]  # codes of a coder whose codes stand in this source
    reviews: tuple[SignedOn, ...]  # who signed something that rests on it, the newest first

    @property
    def codes(self) -> tuple[CodeOn, ...]:
        """Every code that rests on it, each once: through a test, or as weighed against it, or published in it."""
        observations = [seen for quote in self.quotes for seen in quote.observations]
        found = [code for seen in observations for test in seen.tests for code in test.codes]
        found += [code for seen in observations for code in seen.against]
        return tuple({code.key: code for code in (*found, *self.published)}.values())

    @property
    def nothing(self) -> bool:
        """Tell whether nothing rests on it: no observation, no narrative, no code, no source derived from it."""
        used = any(quote.observations or quote.narratives for quote in self.quotes)
        return not (used or self.narratives or self.derived or self.published)
