"""The nouns, one file for each family. Importing this package knows every table."""

from evidence.models.actors import Actor, Commitment, Membership
from evidence.models.base import Base
from evidence.models.cases import Alias, Case, Episode, EpisodeCase, Participation
from evidence.models.coders import Coder, Review
from evidence.models.conflicts import Conflict
from evidence.models.decisions import (
    Decision,
    DecisionAdjudicated,
    DecisionObservation,
    DecisionSearch,
    DecisionTest,
)
from evidence.models.hypotheses import Hypothesis, Likelihood, Prior, Rivalry, Test
from evidence.models.ledger import Change, Redirect, Revision
from evidence.models.observations import Bearing, Observation, ObservationQuote, Search
from evidence.models.quotes import Quote
from evidence.models.releases import Challenge, Release
from evidence.models.rounds import Assignment, CodingRound
from evidence.models.scheme import Concept, Variable, VariableVersion
from evidence.models.sources import Source, Text
from evidence.models.study import Study

__all__ = [
    "Actor", "Alias", "Assignment", "Base", "Bearing", "Case", "Challenge", "Change", "Coder", "CodingRound", "Commitment",
    "Concept", "Conflict", "Decision", "DecisionAdjudicated", "DecisionObservation", "DecisionSearch", "DecisionTest", "Episode", "EpisodeCase", "Hypothesis",
    "Likelihood", "Membership", "Observation", "ObservationQuote", "Participation", "Prior", "Quote", "Redirect", "Release",
    "Review", "Revision", "Rivalry", "Search", "Source", "Study", "Test", "Text", "Variable", "VariableVersion",
]  # fmt: skip
