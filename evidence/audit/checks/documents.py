"""EV2: are the documents there that the evidence comes from, quoted to the word and by their place?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evidence.audit.checks.ground import Ground
from evidence.audit.checks.rules import Hit, rule
from evidence.audit.support import documents, relied, support
from evidence.inference.body import Origin
from evidence.keys import listed
from evidence.vocabulary import QuoteState, SourceTier

_NAMED = 8
#: CSL fields by which a published document can be found.
_FINDABLE = ("URL", "DOI", "container-title", "publisher", "ISBN", "ISSN", "archive", "archive_location")


@rule(
    "EV201",
    "observation-without-quote",
    source="Moravcsik's active citation (QDR): claims lead to the passage; DA-RT: data access",
    remedy="Add the words: 'evidence quote add', then 'evidence observation edit KEY --quote KEY'.",
)
def no_quote(ground: Ground) -> Iterator[Hit]:
    """An observation that bears on a test or a code goes back to words that a reader can look up."""
    chain = ground.chain
    for observation, cases in ground.used.items():
        if not any(quote in chain.quotes for quote in chain.links["observation_quote"].get(observation, ())):
            row = chain.observations[observation]
            yield Hit("observation", row.key, "bears on the case and has no quote.", cases)


@rule(
    "EV202",
    "quote-without-locator",
    source="DA-RT: imprecision in citation; 'Citing FRUS' on document numbers; NARA and TNA on citing records",
    remedy="'evidence quote edit KEY --locator page=315'.",
)
def no_locator(ground: Ground) -> Iterator[Hit]:
    """Words without a page, a document number or a folio can hardly be found again."""
    for quote, cases in ground.quoting.items():
        row = ground.chain.quotes[quote]
        if not any(str(value or "").strip() for value in (row.locator or {}).values()):
            yield Hit("quote", row.key, "does not say where in its source it stands.", cases)


@rule(
    "EV203",
    "quote-not-found",
    source="the ledger's law: a quote is verbatim, or says that it is not",
    remedy="'evidence verify --failed' shows the nearest words; correct the quote, or its source.",
)
def not_found(ground: Ground) -> Iterator[Hit]:
    """Words that are not in the text of their source are not a quotation."""
    cases = ground.quoting
    resting = _resting(ground)
    for quote, row in ground.chain.quotes.items():
        if row.state == QuoteState.NOT_FOUND:
            codes = resting.get(row.key)
            rests = f", and {listed(codes)} rests on it" if codes else ""
            message = f"is not in the text that is held of its source{rests}."
            yield Hit("quote", row.key, message, cases.get(quote, ()))


@rule(
    "EV204",
    "unverified-quotes",
    source="DA-RT: data access; the ledger's law: a quote is verbatim, or says that it is not",
    remedy="Hold the text ('evidence text add', 'evidence import texts') and run 'evidence verify'.",
)
def unverified(ground: Ground) -> Iterator[Hit]:
    """A code should not rest on words that were never compared with their source."""
    for body, code in ground.codes():
        found = sorted(
            {
                origin.quote
                for test in relied(body, code)
                for origin in documents(test.evidence)
                if origin.state == QuoteState.NO_TEXT_HELD and not ground.quotes[origin.quote].verified_at
            }
        )
        if found:
            many = "a quote that was" if len(found) == 1 else f"{len(found)} quotes that were"
            message = f"rests on {many} never verified: {_some(found)}."
            yield ground.about("decision", ground.decisions[code.key], message)


@rule(
    "EV205",
    "translation-missing",
    source="ATI (QDR): the translation of an excerpt is a part of its annotation",
    remedy="'evidence quote edit KEY --translation TEXT --translator NAME'.",
)
def no_translation(ground: Ground) -> Iterator[Hit]:
    """A reader of the study's language must be able to read its evidence."""
    ours = _base(ground.chain.study.language or "en")
    for quote, cases in ground.quoting.items():
        row = ground.chain.quotes[quote]
        language = _language(ground, row)
        if (
            _is_tag(language)
            and _is_tag(ours)
            and _base(language) != ours
            and not (row.translation or "").strip()
        ):
            yield Hit("quote", row.key, f"is in {language} and has no translation.", cases)


@rule(
    "EV206",
    "translator-unnamed",
    source="ATI (QDR): the translation of an excerpt is a part of its annotation; DA-RT: production transparency",
    remedy="'evidence quote edit KEY --translator NAME'; name a published translation if it is one.",
)
def no_translator(ground: Ground) -> Iterator[Hit]:
    """A translation is somebody's reading of the words, and that somebody has a name."""
    for quote, cases in ground.quoting.items():
        row = ground.chain.quotes[quote]
        if (row.translation or "").strip() and not (row.translator or "").strip():
            yield Hit("quote", row.key, "has a translation and does not say whose it is.", cases)


@rule(
    "EV207",
    "translation-without-original",
    source="ATI (QDR): the excerpt, and its translation",
    remedy="Give the original words: 'evidence quote edit KEY --words TEXT'.",
)
def no_original(ground: Ground) -> Iterator[Hit]:
    """A translation stands beside the words that it translates, or nobody can check it."""
    cases = ground.quoting
    for quote, words in ground.wordings.items():
        row = ground.chain.quotes.get(quote)
        if row is not None and words.strip() in ("", (row.translation or "").strip()):
            message = "has a translation in place of its own words."
            yield Hit("quote", row.key, message, cases.get(quote, ()))


@rule(
    "EV208",
    "source-not-to-be-found",
    source="DA-RT: the cost of actually locating cited evidence",
    remedy="'evidence source edit KEY --repository NAME --box N', or --csl URL=..., container-title, publisher.",
)
def nowhere(ground: Ground) -> Iterator[Hit]:
    """A reader who wants to see a document must be told where it is."""
    chain = ground.chain
    quoted: dict[Any, dict[str, None]] = {}
    for quote, cases in ground.quoting.items():
        quoted.setdefault(chain.quotes[quote].source_id, {}).update(dict.fromkeys(cases))
    for i, named in quoted.items():
        if i in chain.sources and not any(_findable(chain.sources[one]) for one in _line(ground, i)):
            message = "is quoted, and says neither which archive has it nor where it was published."
            yield Hit("source", chain.sources[i].key, message, tuple(named))


@rule(
    "EV209",
    "no-source-criticism",
    source="Bennett & Checkel 2015, ch. 1: the biases of sources; Lustick 1996; Anderson, Schum & Twining",
    remedy="'evidence source edit KEY --criticism author=... --criticism motive=... --criticism audience=...'.",
)
def no_criticism(ground: Ground) -> Iterator[Hit]:
    """Who wrote a document, for whom and with what motive decides what it shows."""
    for body, code in ground.codes():
        found: dict[str, None] = {}
        for origin in documents(support(body, code)):
            if origin.tier == SourceTier.PRIMARY and not any(
                (ground.sources[origin.source].criticism or {}).values()
            ):
                found[origin.source] = None
        if found:
            message = (
                f"is supported by {_some(list(found))}, of which nothing is said about who wrote it and why."
            )
            yield ground.about("decision", ground.decisions[code.key], message)


@rule(
    "EV210",
    "only-secondary-sources",
    source="Lustick 1996: history, historiography and political science",
    remedy="Go to the documents that they cite, or say in the rationale why others' accounts are enough.",
)
def only_secondary(ground: Ground) -> Iterator[Hit]:
    """Others' accounts differ because of their theories too; a code should not rest on them alone."""
    for body, code in ground.codes():
        origins = documents(support(body, code))
        if origins and not any(origin.tier == SourceTier.PRIMARY for origin in origins):
            message = f"is supported by no primary source, only by {_tiers(origins)}."
            yield ground.about("decision", ground.decisions[code.key], message)


def _resting(ground: Ground) -> dict[str, list[str]]:
    """Return which of our codes rest on each quote, by the tests that they rely on."""
    found: dict[str, list[str]] = {}
    for body, code in ground.codes():
        brought = [one for test in relied(body, code) for one in test.evidence]
        for origin in documents(brought):
            found.setdefault(origin.quote, []).append(code.key)
    return found


def _tiers(origins: tuple[Origin, ...]) -> str:
    sources = {origin.source: origin.tier for origin in origins}
    return listed(f"{key} ({tier})" for key, tier in sources.items())


def _language(ground: Ground, quote: Any) -> str:
    source = ground.chain.sources.get(quote.source_id)
    return quote.language or (source.language if source else "") or ""


def _base(language: str) -> str:
    """Return the language of a tag, without script and region: ``en`` of ``en-GB``."""
    return language.replace("_", "-").partition("-")[0].casefold()


def _is_tag(language: str) -> bool:
    """Tell whether a language can be compared: a name ("English") and "not known" (und) cannot."""
    base = _base(language)
    return len(base) in (2, 3) and base not in ("und", "mul", "zxx")


def _findable(source: Any) -> bool:
    csl = source.csl or {}
    return bool((source.repository or "").strip()) or any(csl.get(name) for name in _FINDABLE)


def _line(ground: Ground, source: Any) -> Iterator[Any]:
    """Yield the id of a source, and of those that it takes its words from."""
    passed: set[Any] = set()
    while source in ground.chain.sources and source not in passed:
        passed.add(source)
        yield source
        source = ground.chain.sources[source].derived_from_id


def _some(keys: list[str]) -> str:
    more = [f"{len(keys) - _NAMED} more"] if len(keys) > _NAMED else []
    return listed([*keys[:_NAMED], *more])
