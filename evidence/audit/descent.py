"""Down the chain of one case, from its tests to the archive: rows become what an audit shows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from evidence.audit.bodies import timing
from evidence.audit.chain import Chain
from evidence.audit.views import Brought, Claimed, Meaning, Observed, Quoted, Searched, Tested, Weighed
from evidence.inference.body import Body, Test
from evidence.inference.consequences import consequence, disagreement, dual
from evidence.inference.counting import claims, pieces, uncounted
from evidence.inference.likelihoods import HYPOTHESIS, bounds, implied
from evidence.inference.weighing import total, weighed
from evidence.keys import natural
from evidence.vocabulary import TestResult

__all__ = ["Descent", "claimed", "descent"]

_SETTLED = (TestResult.PASSED, TestResult.FAILED)


class Descent:
    """Everything beneath a case's codes, by the ids of rows."""

    def __init__(self, chain: Chain, body: Body, case: Any) -> None:
        """Walk the chain of one case.

        Args:
            chain: of that case.
            body: its body of evidence.
            case: its id.
        """
        self.quotes = {i: _quoted(chain, row) for i, row in chain.quotes.items()}
        self.observations = {i: self._observed(chain, row) for i, row in chain.observations.items()}
        self.searches = {i: _searched(chain, row) for i, row in chain.searches.items()}
        self._claims, self._uncounted = claims(body), uncounted(body)
        known = {test.key: test for test in body.tests}
        self.tests = {
            i: self._tested(chain, body, chain.tests[i], known[chain.tests[i].key])
            for i in chain.tests_of.get(case, ())
        }

    def _observed(self, chain: Chain, row: Any) -> Observed:
        linked = chain.links["observation_quote"].get(row.id, ())
        quotes = sorted(
            (self.quotes[i] for i in linked if i in self.quotes), key=lambda one: natural(one.key)
        )
        return Observed(
            row.key, row.proposition, row.inference, row.speaker, row.occurred, row.lineage, row.note,
            row.first_seen_at, tuple(quotes),
        )  # fmt: skip

    def _brought(self, row: Any) -> Brought:
        return Brought(
            row.direction, row.note, row.p_hypothesis, row.p_rival, self.observations.get(row.observation_id),
            self.searches.get(row.search_id),
        )  # fmt: skip

    def _tested(self, chain: Chain, body: Body, row: Any, test: Test) -> Tested:
        bearings = chain.bearings.get(row.id, ())
        brought = tuple(one for one in map(self._brought, bearings) if one.observation or one.search)
        profile, scale = body.profile, body.scale
        said = implied(row.p_hypothesis, row.p_rival, profile, scale)
        weights = tuple(_weights(test, scale))
        ours, theirs = (chain.hypotheses[i] for i in (row.hypothesis_id, row.rival_id))
        means = [consequence(row.kind, result) for result in (row.result, *_SETTLED)]
        return Tested(
            key=row.key,
            hypothesis=ours.key,
            statement=ours.statement,
            rival=theirs.key,
            rival_statement=theirs.statement,
            kind=row.kind,
            implied_kind=said.kind.value if said and said.kind and said.favours == HYPOTHESIS else None,
            implied=str(said) if said else "",
            disagreement=disagreement(row.kind, row.p_hypothesis, row.p_rival, profile, scale),
            duality=_duality(test, profile, scale),
            target=row.target,
            prediction=row.prediction,
            if_false=row.if_false,
            where_to_look=row.where_to_look,
            p_hypothesis=row.p_hypothesis,
            p_rival=row.p_rival,
            further=tuple(test.further.items()),
            weight=_total(test, scale) if weights else None,
            weights=weights,
            uncounted=_of(self._uncounted, row.key),
            irreversible=_irreversible(self._claims, row.key),
            meaning=Meaning(
                means[0].hypothesis, means[0].rival, *((one.hypothesis, one.rival) for one in means[1:])
            ),
            result=row.result,
            note=row.note,
            declared_at=row.declared_at,
            resolved_at=row.resolved_at,
            timing=timing(chain, row.declared_at, bearings),
            brought=brought,
        )


def descent(chain: Chain, body: Body, case: Any) -> Descent:
    """Return everything beneath the codes of a case."""
    return Descent(chain, body, case)


def claimed(chain: Chain, body: Body) -> tuple[Claimed, ...]:
    """Return the hypotheses of a case, or that its tests tell apart, each with its rivals."""
    rivals = _rivals(chain)
    rows = (row for row in chain.hypotheses.values() if row.key in body.hypotheses)
    return tuple(
        Claimed(
            key=row.key,
            statement=row.statement,
            mechanism=row.mechanism,
            variable=body.hypotheses[row.key].variable,
            supports=tuple(row.supports or ()),
            rivals=tuple(
                (key, relation)
                for key, relation in sorted(rivals.get(row.key, {}).items(), key=lambda one: natural(one[0]))
                if key in body.hypotheses
            ),
            prior=row.prior,
            prior_basis=row.prior_basis,
            priors=tuple(sorted(chain.priors.get(row.id, ()))),
            residual=bool(row.residual),
        )
        for row in rows
    )


def _rivals(chain: Chain) -> dict[str, dict[str, str]]:
    """Return the rivals of each hypothesis, by keys; what is said of one side holds of the other too."""
    keys = {i: row.key for i, row in chain.hypotheses.items()}
    found: dict[str, dict[str, str]] = {}
    for one, rivals in chain.links["rivalry"].items():
        for other, relation in rivals:
            if one in keys and other in keys:
                found.setdefault(keys[one], {})[keys[other]] = relation
                found.setdefault(keys[other], {}).setdefault(keys[one], relation)
    return found


# --- Tests


def _weights(test: Test, scale: Mapping[str, Any]) -> Iterator[Weighed]:
    for piece in pieces(test, scale):
        if {test.hypothesis, test.rival} <= piece.stated.keys():
            yield Weighed(piece.evidence, *weighed(piece, test.hypothesis, test.rival))


def _total(test: Test, scale: Mapping[str, Any]) -> float | None:
    """Return what a test weighs in all, in dB; nothing where claims of 0 rule out both hypotheses."""
    weight = total(pieces(test, scale), test.hypothesis, test.rival)
    return None if math.isnan(weight) else weight


def _of(found: Iterable[tuple[str, str]], key: str) -> tuple[str, ...]:
    """Return why a test, or a piece of evidence brought to it, counts nothing in the numbers."""
    return tuple(
        why if name == key else f"{name.removeprefix(f'{key}, ')}: {why}"
        for name, why in found
        if name == key or name.startswith(f"{key}, ")
    )


def _irreversible(made: Iterable[tuple[str, str, str, float]], key: str) -> tuple[str, ...]:
    return tuple(
        f"P({evidence or 'seen'} given {hypothesis}) = {p:g}"
        for test, evidence, hypothesis, p in made
        if test == key
    )


def _duality(test: Test, profile: str, scale: Mapping[str, Any]) -> str:
    """Return how the absence of what was predicted reads for the rival (METHOD 2.2, caveat 3).

    What is a smoking gun where it is found is a hoop for the rival where it is absent, and vice versa. Nothing
    where no numbers are stated, or where ranges allow several kinds.
    """
    ours, theirs = bounds(test.p_hypothesis, scale), bounds(test.p_rival, scale)
    if ours is None or theirs is None:
        return ""
    read = {implied(*dual(a, b, found=False), profile) for a, b in product(set(ours), set(theirs))}
    said = read.pop()
    if read or said is None or said.kind is None:
        return ""
    whose = test.rival if said.favours == HYPOTHESIS else test.hypothesis
    if test.result == TestResult.FAILED:
        return f"its absence is a {said.kind.value} that {whose} passes"
    return f"its absence would be a {said.kind.value} for {whose}"


# --- What was brought to them


def _searched(chain: Chain, row: Any) -> Searched:
    coder = chain.coders.get(row.coder_id)
    return Searched(
        row.key, row.question, row.corpus, tuple(row.terms), row.period, row.coverage, row.gaps, row.sensitivity,
        row.hits, row.found, row.status, coder.key if coder else "", row.searched_on, row.first_seen_at,
    )  # fmt: skip


def _quoted(chain: Chain, row: Any) -> Quoted:
    source = chain.sources[row.source_id]
    language = row.language or source.language
    return Quoted(
        key=row.key,
        words=row.words,
        transliteration=row.transliteration,
        translation=row.translation,
        translator=row.translator,
        language=language,
        foreign=bool(language) and _root(language) != _root(chain.study.language or "en"),
        redactions=tuple(row.redactions or ()),
        locator=dict(row.locator or {}),
        state=row.state,
        verified_edition=row.verified_edition,
        verified_at=row.verified_at,
        first_seen_at=row.first_seen_at,
        note=row.note,
        source=source.key,
        title=source.title,
        archive=_shelf(source),
        classification="; ".join(part for part in (source.classification, source.handling) if part),
        tier=source.tier,
        access=source.access,
        redacted=bool(source.redacted),
        criticism=dict(source.criticism or {}),
        lineage=_lineage(chain, source),
        url=(source.csl or {}).get("URL", ""),
    )


def _root(language: str) -> str:
    return language.split("-", maxsplit=1)[0].casefold()


def _shelf(source: Any) -> str:
    parts: Sequence[Any] = (
        source.repository, source.collection, source.record_group, source.series,
        source.box and f"box {source.box}", source.folder and f"folder {source.folder}", source.item, source.frame,
    )  # fmt: skip
    return ", ".join(part for part in parts if part)


def _lineage(chain: Chain, source: Any) -> tuple[str, ...]:
    """Return the keys of the sources that one takes its words from, up to the root; a ring ends."""
    found: dict[Any, str] = {}
    while (source := chain.sources.get(source.derived_from_id)) is not None and source.id not in found:
        found[source.id] = source.key
    return tuple(found.values())
