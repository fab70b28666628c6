"""The front matter and the lists: scheme, count check, episodes, treaties, and sources with what rests on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evidence import __version__
from evidence.audit.bodies import bodies
from evidence.audit.chain import Chain
from evidence.audit.suspects import Suspect
from evidence.errors import UnknownKey
from evidence.inference.body import Body
from evidence.inference.consequences import CAVEAT
from evidence.inference.stages import STAGES
from evidence.publish import wording
from evidence.publish.brought import hypothesis_view
from evidence.publish.chained import chained
from evidence.publish.codes import Scheme, scheme
from evidence.publish.counts import counts
from evidence.publish.entries import Settled, entry, settled
from evidence.publish.glance import distribution, matrix
from evidence.publish.load import Rows
from evidence.publish.narratives import markdown
from evidence.publish.parties import studied_actor
from evidence.publish.resolved import Resolved, resolve
from evidence.publish.reviewed import signed
from evidence.publish.rival_codings import rival_codings
from evidence.publish.source_pages import in_bibliography, lines, source_entries
from evidence.publish.source_views import SourceEntry
from evidence.publish.study_audit import study_audit
from evidence.publish.study_views import (
    CommitmentView,
    ConceptView,
    EpisodeCaseView,
    EpisodeView,
    FrameView,
    LevelView,
    StudyView,
    VariableView,
)
from evidence.publish.timeline import timeline
from evidence.publish.views import CaseLine, CaseRef, CaseView, Fact, HypothesisView
from evidence.vocabulary import PROFILES

__all__ = ["Appendix", "read_appendix"]

#: Where the thresholds of the profiles come from (METHOD 2.3).
_PROFILE_SOURCES = {
    "hj2023": "Humphreys and Jacobs, Integrated Inferences (2023), figure 5.2",
    "published-labels": "any from 4 to 4.75 reproduces eleven published examples of Humphreys and Jacobs 2023, of the "
    "DesignLibrary and of the DeclareDesign blog",
}


@dataclass(frozen=True, slots=True)
class Appendix:
    """A study that was read and resolved: its cases come one at a time, and what is said of all of them last."""

    frame: FrameView
    shown: tuple[Any, ...]  # the ids of the cases that have a page, in order
    everything: bool  # whether that is every case of the study
    _study: Resolved
    _chain: Chain
    _bodies: Mapping[Any, Body]
    _shared: Settled

    def cases(self) -> Iterator[CaseView]:
        """Yield the cases' views in order, each made when it is asked for.

        Raises:
            EvidenceError: a narrative cites what the study does not have.
        """
        refs: list[CaseRef | None] = [None, *(self._study.refs[i] for i in self.shown), None]
        for n, i in enumerate(self.shown):
            yield entry(self._study, self._shared, i, refs[n], refs[n + 2])

    def entries(self, cases: Sequence[CaseLine]) -> tuple[tuple[str, tuple[SourceEntry, ...]], ...]:
        """Return the sources as their own pages show them, by tier.

        Args:
            cases: the lines of the cases that ``cases`` yields.
        """
        return source_entries(self._study, cases, everything=self.everything)

    def whole(
        self,
        cases: Sequence[CaseLine],
        entries: Sequence[tuple[str, Sequence[SourceEntry]]] | None = None,
    ) -> StudyView:
        """Return the view of the whole appendix.

        Args:
            cases: the lines of the cases that ``cases`` yields.
            entries: the sources, if they have been made already.
        """
        study, row, frame = self._study, self._study.rows.study, self.frame
        versions = {i: scheme(one) for i, one in study.versions.items()}
        variables = tuple(_variable(one, versions.values(), cases, study.prose) for one in _newest(versions))
        episodes = _episodes(study, {i: study.refs[i] for i in self.shown})
        sources = lines(self.entries(cases) if entries is None else entries)
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
            sources=sources,
            bibliography=in_bibliography(study, sources),
            general=tuple(sorted((one for one in study.sources.values() if one.general), key=_by_name)),
            rivals=rival_codings(cases),
            audit=study_audit(study, self._chain, self._bodies, self.shown),
            profile=row.profile,
            profile_source=_PROFILE_SOURCES.get(row.profile, ""),
            threshold=f"{PROFILES[row.profile]:g}" if row.profile in PROFILES else "?",
            caveat=CAVEAT,
            word_scale=tuple(Fact(step["word"], wording.stated(step["p"])) for step in row.word_scale or ()),
        )


def read_appendix(
    rows: Rows,
    chosen: Sequence[str] = (),
    *,
    single: bool = False,
    style: str = "",
    suspected: Callable[[Chain], Iterable[Suspect]] = lambda chain: (),  # noqa: ARG005
) -> Appendix:
    """Return a study's appendix, ready to be shown case by case.

    Args:
        rows: the study as it was read.
        chosen: the keys of the cases to show; none shows all.
        style: the citation style, by name or file; nothing takes the study's own.
        single: whether all cases share one page, so that ids must be told apart.
        suspected: says what is suspect in a chain, by the ledger's history; nothing unless given.

    Raises:
        UnknownKey: a key names no case.
    """
    study = resolve(rows, style)
    versions = {i: scheme(row) for i, row in study.versions.items()}
    chain = chained(study)
    built = bodies(chain)
    shared = settled(
        study,
        versions,
        _newest(versions),
        studied_actor(study),
        built,
        signed(chain, suspected(chain)),
        single=single,
    )
    shown = _chosen(study, chosen)
    row = rows.study
    frame = FrameView(
        key=row.key,
        title=study.prose(row.title),
        authors=tuple(row.authors or ()),
        language=row.language or "en",
        treaties=bool(rows.named.get("commitment")),
        extract=f"{len(shown)} of {len(study.cases)} cases" if chosen else "",
        software=__version__,
        revision=str(row.revision or ""),
        digest=row.digest or "",
    )
    return Appendix(frame, tuple(shown), not chosen, study, chain, built, shared)


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


def _newest(versions: Mapping[Any, Scheme]) -> list[Scheme]:
    """Return each variable in its newest version, in the scheme's order; ids sort as rows were made."""
    newest = {one.variable_id: one for one in versions.values()}
    return sorted(newest.values(), key=lambda one: (one.position, one.variable))


def _variable(
    one: Scheme, versions: Iterable[Scheme], cases: Sequence[CaseLine], prose: Callable[[str], str]
) -> VariableView:
    codes = [
        c.code for case in cases for c in case.codings if c.variable == one.variable and c.code is not None
    ]
    levels = tuple(
        LevelView(
            level["value"], prose(level["label"]), prose(level.get("definition") or ""),
            tuple(map(prose, level.get("examples") or ())),
            tuple(level.get("needs") or ()), place, sum(code.value == level["value"] for code in codes),
        )
        for place, level in enumerate(one.levels)
    )  # fmt: skip
    return VariableView(
        key=one.variable,
        label=one.label,
        question=prose(one.question),
        version=one.version,
        versions=tuple(v.version for v in versions if v.variable_id == one.variable_id),
        scale=one.scale,
        basis=prose(one.basis),
        levels=levels,
        sub_judgements=tuple(
            Fact(
                str(j.get("label") or j["key"]),
                "; ".join(str(v.get("label") or v["value"]) for v in j["values"]),
            )
            for j in one.sub_judgements
        ),
        rule=tuple(_row(one, row) for row in one.rule),
        coded=len(codes),
        not_coded=len(cases) - len(codes),
    )


def _row(one: Scheme, row: Mapping[str, Any]) -> Fact:
    """Return a row of the decision table in words: what must hold, and the code that follows."""
    labels = {
        j["key"]: {v["value"]: v.get("label") or v["value"] for v in j["values"]} for j in one.sub_judgements
    }
    names = {j["key"]: str(j.get("label") or j["key"]).rstrip("?") for j in one.sub_judgements}
    held = []
    for key, wanted in (row.get("when") or {}).items():
        values = wanted if isinstance(wanted, list) else [wanted]
        said = " or ".join(f"“{labels.get(key, {}).get(value, value)}”" for value in values)
        held.append(f"{names.get(key, key)}: {said}")
    code = row.get("code")
    follows = (
        f"{code} ({one.label_of(code)})"
        if code is not None
        else "no automatic code; the coder chooses and says why"
    )
    needs = row.get("needs") or ()
    return Fact(
        "; ".join(held) or "otherwise", follows + (f"; needs a {wording.listed(needs)}" if needs else "")
    )


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
