"""The front matter and the lists: scheme, count check, episodes, treaties, and sources with what rests on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evidence import __version__
from evidence.audit.beneath import cited
from evidence.audit.bodies import bodies
from evidence.audit.chain import Chain
from evidence.audit.overview import searched
from evidence.audit.suspects import Suspect
from evidence.errors import UnknownKey
from evidence.inference.consequences import CAVEAT
from evidence.inference.stages import STAGES
from evidence.publish import wording
from evidence.publish.agreed_views import agreement_views
from evidence.publish.brought import hypothesis_view
from evidence.publish.chained import chained
from evidence.publish.changes import changes
from evidence.publish.codes import scheme
from evidence.publish.counts import counts
from evidence.publish.data_overview import overview
from evidence.publish.entries import Settled, entry, settled
from evidence.publish.glance import distribution, matrix
from evidence.publish.load import Rows, Whole
from evidence.publish.narratives import markdown
from evidence.publish.parted import Parted
from evidence.publish.parties import studied_actor
from evidence.publish.publication import Doubts, Publication
from evidence.publish.resolved import Resolved, narrowed, resolve
from evidence.publish.rests import rests
from evidence.publish.reviewed import Signed, flagged, signed
from evidence.publish.rival_codings import rival_codings
from evidence.publish.source_pages import Shelf, in_bibliography, shelf, source_line
from evidence.publish.source_views import SourceEntry, SourceLine
from evidence.publish.study_audit import CaseAudit, case_audit, study_audit
from evidence.publish.study_views import (
    CommitmentView,
    ConceptView,
    EpisodeCaseView,
    EpisodeView,
    FrameView,
    StudyView,
)
from evidence.publish.timeline import timeline
from evidence.publish.variables import newest, variable_view
from evidence.publish.views import CaseLine, CaseRef, CaseView, Fact, HypothesisView
from evidence.vocabulary import PROFILES

__all__ = ["Appendix", "read_appendix"]

#: Where the thresholds of the profiles come from (METHOD 2.3).
_PROFILE_SOURCES = {
    "hj2023": "Humphreys and Jacobs, Integrated Inferences (2023), figure 5.2",
    "published-labels": "any from 4 to 4.75 reproduces eleven published examples of Humphreys and Jacobs 2023, of the "
    "DesignLibrary and of the DeclareDesign blog",
}


_NOTHING = Publication()


@dataclass(frozen=True, slots=True)
class Part:
    """Some cases of a study with all that their views are made from."""

    study: Resolved
    chain: Chain
    shared: Settled


@dataclass(frozen=True, slots=True)
class Told:
    """A case, told: its view, unless it has no page; what it gives to the audit; and which rows it rests on."""

    case: Any
    view: CaseView | None
    audit: CaseAudit | None
    rests: bytes
    keys: tuple[str, ...]  # that its narrative cites


@dataclass(frozen=True, slots=True)
class Appendix:
    """A study that was read and resolved: its cases come one at a time, and what is said of all of them last."""

    frame: FrameView
    shown: tuple[Any, ...]  # the ids of the cases that have a page, in order
    everything: bool  # whether that is every case of the study
    study: Resolved  # with what all cases share, at least
    parts: Whole | Parted
    signed: Signed
    _whole: Part | None  # where the study is read as a whole
    _single: bool
    behind: Publication
    doubts: Doubts
    flags: Mapping[Any, Any]  # what is said to have changed beneath what, by its id

    def told(self, wanted: Sequence[Any]) -> Iterator[Told]:
        """Yield some cases, by their ids, each made when it is asked for; of those that have no page, the audit.

        Raises:
            EvidenceError: a narrative cites what the study does not have.
        """
        for ids, rows in self.parts.cases(wanted):
            yield from self.tell(ids, rows)

    def tell(self, wanted: Sequence[Any], rows: Rows) -> Iterator[Told]:
        """Yield some cases from the rows that are theirs."""
        around = self.around()
        part = self._whole or _part(narrowed(self.study, rows), self.signed, single=self._single)
        things = part.shared.things.by_key
        for i in wanted:
            keys = tuple(cited(part.study.cases[i].narrative))
            named = (things.get((noun, key)) for key in keys for noun in ("quote", "source"))
            yield Told(
                i,
                self.doubts.on_case(entry(part.study, part.shared, i, *around[i])) if i in around else None,
                case_audit(part.study, part.chain, part.shared.bodies, i),
                rests(part.study, i, [one for one in named if one is not None]),
                keys,
            )

    def around(self) -> dict[Any, tuple[CaseRef | None, CaseRef | None]]:
        """Return the case before and the case after each case that has a page, by its id."""
        refs: list[CaseRef | None] = [None, *(self.study.refs[i] for i in self.shown), None]
        return {i: (refs[n], refs[n + 2]) for n, i in enumerate(self.shown)}

    def cases(self) -> Iterator[CaseView]:
        """Yield the cases' views in order, each made when it is asked for.

        Raises:
            EvidenceError: a narrative cites what the study does not have.
        """
        return (one.view for one in self.told(self.shown) if one.view is not None)

    def shelf(self, cases: Sequence[CaseLine]) -> Shelf:
        """Return the sources that are shown, with what rests on each in these cases."""
        return shelf(self.study, cases, self.parts.quoted, everything=self.everything)

    def entries(self, of: Shelf, wanted: Sequence[Any]) -> Iterator[tuple[Any, SourceEntry]]:
        """Yield some sources' ids, each with the source as its own page shows it."""
        for ids, rows in self.parts.sources(wanted):
            yield from self.shelved(of, ids, rows)

    def shelved(self, of: Shelf, wanted: Sequence[Any], rows: Rows) -> Iterator[tuple[Any, SourceEntry]]:
        """Yield some sources' ids, each with the source, from the rows that are theirs."""
        part = self.study if rows is self.study.rows else narrowed(self.study, rows)
        yield from zip(wanted, map(self.doubts.on_source, of.entries(part, wanted)), strict=True)

    def sources(self, cases: Sequence[CaseLine]) -> Iterator[SourceEntry]:
        """Yield the sources as their own pages show them, in the order of the list of sources."""
        of = self.shelf(cases)
        for _, ids in of.tiers:
            yield from (one for _, one in self.entries(of, ids))

    def whole(
        self,
        cases: Sequence[CaseLine],
        sources: Iterable[SourceLine] | None = None,
        audits: Iterable[CaseAudit | None] | None = None,
    ) -> StudyView:
        """Return the view of the whole appendix.

        Args:
            cases: the lines of the cases that have a page.
            sources: the lines of the sources, if they have been made already.
            audits: what each case of the study gives to its audit, in their order, if that has been asked already.
        """
        if sources is None:
            sources = map(source_line, self.sources(cases))
        if audits is None:
            audits = (one.audit for one in self.told(tuple(self.study.refs)))
        tiers: dict[str, list[SourceLine]] = {}
        for one in sources:
            tiers.setdefault(one.source.tier, []).append(one)
        shelved = tuple((tier, tuple(found)) for tier, found in tiers.items())
        study, row, frame = self.study, self.study.rows.study, self.frame
        versions = {i: scheme(one) for i, one in study.versions.items()}
        variables = tuple(
            variable_view(one, versions.values(), cases, study.prose) for one in newest(versions)
        )
        episodes = _episodes(study, {i: study.refs[i] for i in self.shown})
        return StudyView(
            **{name: getattr(frame, name) for name in FrameView.__slots__},
            question=study.prose(row.question),
            method=markdown(row.method, level=3, curl=study.prose is wording.curled),
            universe_rule=study.prose(row.universe_rule),
            counts=counts(study),
            stages=_stages(cases),
            variables=variables,
            concepts=_concepts(study),
            hypotheses=_general_hypotheses(study),
            episodes=episodes,
            commitments=_commitments(study),
            cases=tuple(cases),
            matrix=matrix(cases, {one.key: one.title for one in episodes}),
            timeline=timeline(variables[0] if variables else None, cases),
            distributions=tuple(distribution(one, cases) for one in variables),
            sources=shelved,
            bibliography=in_bibliography(study, shelved),
            general=tuple(sorted((one for one in study.sources.values() if one.general), key=_by_name)),
            rivals=rival_codings(cases),
            agreement=tuple(
                agreement_views(
                    self.behind.agreed,
                    {ref.key: ref for ref in study.refs.values()},
                    {study.refs[i].key for i in self.shown},
                    {one.key: one.label for one in variables},
                )
            ),
            audit=study_audit(
                audits,
                self.parts.states,
                searched(study.rows.searches),
                {ref.key: ref for ref in study.refs.values()},
                {study.refs[i].key for i in self.shown},
            ),
            profile=row.profile,
            profile_source=_PROFILE_SOURCES.get(row.profile, ""),
            threshold=f"{PROFILES[row.profile]:g}" if row.profile in PROFILES else "?",
            caveat=CAVEAT,
            word_scale=tuple(Fact(step["word"], wording.stated(step["p"])) for step in row.word_scale or ()),
            overview=overview(self.behind.has, cases) if self.behind.has and frame.surveyed else None,
            changes=changes(self.behind.spans, {study.refs[i].key: study.refs[i] for i in self.shown}),
        )


def read_appendix(
    read: Rows | Parted,
    chosen: Sequence[str] = (),
    *,
    single: bool = False,
    style: str = "",
    suspected: Callable[[Chain], Iterable[Suspect]] = lambda chain: (),  # noqa: ARG005
    behind: Publication = _NOTHING,
) -> Appendix:
    """Return a study's appendix, ready to be shown case by case.

    Args:
        read: the study as it was read, or as it is read in parts.
        chosen: the keys of the cases to show; none shows all.
        style: the citation style, by name or file; nothing takes the study's own.
        single: whether all cases share one page, so that ids must be told apart.
        suspected: says what is suspect in a chain, by the ledger's history; nothing unless given.
        behind: the releases, the challenges and the numbers of the study; nothing of them unless given.

    Raises:
        UnknownKey: a key names no case.
    """
    parts = Whole(read) if isinstance(read, Rows) else read
    rows = parts.rows
    study = resolve(rows, style)
    if isinstance(parts, Whole):
        chain = chained(study)
        signatures = signed(chain, suspected(chain))
        whole = _part(study, signatures, single=single, chain=chain)
    else:
        chain = parts.signed()
        signatures, whole = signed(chain, suspected(chain)), None
    shown = _chosen(study, chosen)
    row = rows.study
    frame = FrameView(
        key=row.key,
        title=study.prose(row.title),
        authors=tuple(row.authors or ()),
        language=row.language or "en",
        treaties=bool(rows.named.get("commitment")),
        extract=f"{len(shown)} of {len(study.cases)} cases" if chosen else "",
        surveyed=behind.has is not None and not chosen,
        released=behind.released,
        software=__version__,
        revision=str(row.revision or ""),
        digest=row.digest or "",
    )
    return Appendix(
        frame, tuple(shown), not chosen, study, parts, signatures, whole, single, behind, behind.doubts(),
        flagged(chain, signatures),
    )  # fmt: skip


def _part(study: Resolved, signatures: Signed, *, single: bool, chain: Chain | None = None) -> Part:
    chain = chain or chained(study)
    versions = {i: scheme(row) for i, row in study.versions.items()}
    built = bodies(chain)
    studied = studied_actor(study)
    return Part(
        study,
        chain,
        settled(study, versions, newest(versions), studied, built, signatures, single=single),
    )


def _stages(cases: Sequence[CaseLine]) -> tuple[tuple[str, int], ...]:
    found = Counter(case.stage for case in cases)
    return tuple((name, found[name]) for name in STAGES if found[name])


def _chosen(study: Resolved, chosen: Sequence[str]) -> list[Any]:
    if not chosen:
        return list(study.cases)
    known = {row.key: i for i, row in study.cases.items()}
    moved = {key: i for (noun, key), i in study.moved.items() if noun == "case"}
    wanted = set()
    for key in chosen:
        found = known.get(key) or moved.get(key)
        if found is None or found not in study.cases:
            raise UnknownKey("case", key, known)
        wanted.add(found)
    return [i for i in study.cases if i in wanted]


def _concepts(study: Resolved) -> tuple[tuple[str, tuple[ConceptView, ...]], ...]:
    families: dict[str, list[ConceptView]] = {}
    for row in study.concepts.values():
        families.setdefault(row.b or "", []).append(
            ConceptView(row.key, *(study.prose(words) for words in (row.a, row.c, row.d, row.e)))
        )
    return tuple((family, tuple(families[family])) for family in sorted(families))


def _general_hypotheses(study: Resolved) -> tuple[HypothesisView, ...]:
    order = [i for i, row in study.hypotheses.items() if row.x is None]
    numbers = {i: f"G{n}" for n, i in enumerate(order, 1)}
    return tuple(hypothesis_view(study, i, numbers) for i in order)


def _episodes(study: Resolved, shown: Mapping[Any, CaseRef]) -> tuple[EpisodeView, ...]:
    order = {i: n for n, i in enumerate(shown)}
    views = []
    for row in study.rows.named.get("episode", []):
        places = [
            one
            for one in study.rows.links.get("episode_case", [])
            if one.left == row.id and one.right in order
        ]
        # The core of an episode before its alternates, each in order of time.
        places.sort(key=lambda one: ((one.a or "") != "core", one.a or "", order[one.right]))
        first = min((order[one.right] for one in places), default=len(order))
        views.append((first, EpisodeView(
            row.key, study.prose(row.a), markdown(row.b or "", level=4, curl=study.prose is wording.curled),
            study.prose(row.c).rstrip("."),
            tuple(EpisodeCaseView(shown[one.right], one.a or "", study.prose(one.b)) for one in places),
        )))  # fmt: skip
    return tuple(view for _, view in sorted(views, key=lambda pair: (pair[0], pair[1].key)))


def _commitments(study: Resolved) -> tuple[CommitmentView, ...]:
    members: dict[Any, list[Any]] = {}
    for row in study.rows.parts:
        if row.kind == "membership":
            members.setdefault(row.owner, []).append(row)
    views = (
        CommitmentView(
            row.key,
            study.prose(row.a),
            row.b,
            wording.date(row.c),
            study.prose(row.d),
            _members(members.get(row.id, ())),
        )
        for row in sorted(study.rows.named.get("commitment", []), key=lambda row: (row.c or "", row.key))
    )
    return tuple(views)


def _members(spells: Iterable[Any]) -> tuple[Fact, ...]:
    by_state: dict[str, list[str]] = {}
    for row in sorted(spells, key=lambda row: (row.name, row.start or "")):
        until = f" until {wording.date(row.end)}" if row.end else ""
        by_state.setdefault(row.name, []).append(
            f"from {wording.date(row.start)}{until}" + (f" ({row.role})" if row.role else "")
        )
    return tuple(Fact(state, "; ".join(spells)) for state, spells in by_state.items())


def _by_name(source: Any) -> tuple[str, str]:
    return (source.sort, source.key)
