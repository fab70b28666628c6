"""What templates receive of all cases at a glance: how they may be chosen, when they were, and how they are coded.

Frozen and resolved, like all views; see ``views``. Counts, years and words: whoever draws them decides how.
"""

from __future__ import annotations

from dataclasses import dataclass

from evidence.publish.proof_views import CaseRef

__all__ = [
    "ChoiceView",
    "DecadeView",
    "DistributionView",
    "MarkView",
    "MatrixView",
    "PartView",
    "TimelineDecade",
    "TimelineView",
    "TimelineYear",
]


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """What cases may be chosen by: a decade, an opponent, an episode or a stage, and how many have it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class MatrixView:
    """What the matrix of cases may be narrowed to, beside the codes."""

    episodes: tuple[ChoiceView, ...]
    decades: tuple[ChoiceView, ...]
    opponents: tuple[ChoiceView, ...]
    stages: tuple[ChoiceView, ...]  # from the last to the first
    contested: bool  # whether any code is


@dataclass(frozen=True, slots=True)
class PartView:
    """How many cases have a level of a variable, or no code on it."""

    value: str  # the level; nothing for cases that are not coded
    label: str
    place: int | None  # from 0, in the scheme's order; none for cases that are not coded
    count: int
    share: str  # of all cases: "2%", "under 1%"


@dataclass(frozen=True, slots=True)
class MarkView:
    """A case in its year, with its code on the timeline's variable."""

    case: CaseRef
    value: str  # the level; nothing where it is not coded
    label: str
    place: int | None
    stage: str


@dataclass(frozen=True, slots=True)
class TimelineYear:
    """The cases that began in a year."""

    year: int
    count: int
    counts: tuple[int, ...]  # for each of the timeline's parts
    marks: tuple[MarkView, ...]  # empty where there are too many for a mark each


@dataclass(frozen=True, slots=True)
class TimelineDecade:
    """Ten years of the timeline; those without a case are there too."""

    name: str  # 1950s
    count: int
    years: tuple[TimelineYear, ...]


@dataclass(frozen=True, slots=True)
class TimelineView:
    """When cases began, each with its code on the first variable.

    Codes come first in a year, in the scheme's order, and cases that are not coded last.
    """

    variable: str  # its key; nothing where the study codes none
    label: str
    parts: tuple[PartView, ...]  # the levels, and last the cases that are not coded
    decades: tuple[TimelineDecade, ...]
    singly: bool  # a mark for each case; else counts for each year
    tallest: int  # how many cases the fullest year has
    total: int
    undated: tuple[CaseRef, ...]  # cases of no known year
    summary: str  # the same in a sentence or two


@dataclass(frozen=True, slots=True)
class DecadeView:
    """How the cases of a decade are coded."""

    name: str  # 1950s, or "undated"
    count: int
    counts: tuple[int, ...]  # for each of the distribution's parts


@dataclass(frozen=True, slots=True)
class DistributionView:
    """How cases are coded on a variable: by level, and by decade."""

    variable: str
    label: str
    parts: tuple[PartView, ...]  # the levels, and last the cases that are not coded
    coded: int
    total: int
    most: int  # how many cases the most frequent level has
    decades: tuple[DecadeView, ...]
    summary: str
