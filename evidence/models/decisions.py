"""Decisions: a coder's code for a case on a variable, and what it relies on."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from evidence.models.base import Base, Json, Keyed, Record, owned, reference
from evidence.vocabulary import Confidence, Round

__all__ = ["Decision", "DecisionAdjudicated", "DecisionObservation", "DecisionSearch", "DecisionTest"]


class Decision(Keyed, Base):
    """A code, with its reasons. A change of mind is a new decision that supersedes the old one."""

    __tablename__ = "decision"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"), doc="The case.")
    variable_version_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("variable_version.id"), doc="The variable, in the version it was coded by."
    )
    value: Mapped[str | None] = mapped_column(doc="The level; nothing if it cannot be coded.")
    sub_judgements: Mapped[Json] = mapped_column(
        default=dict, doc="The judgements behind the code, by name.", info={"form": "facts"}
    )
    rule_value: Mapped[str | None] = mapped_column(
        doc="The level that the scheme's rule gives.", info={"derived": True}
    )
    rationale: Mapped[str] = mapped_column(doc="Why the evidence gives this code.", info={"long": True})
    override_reason: Mapped[str] = mapped_column(
        default="",
        doc="Why not the level that the rule gives, or why this where it gives none.",
        info={"long": True},
    )
    confidence: Mapped[Confidence | None] = mapped_column(doc="How sure the coder is.")
    counter_evidence: Mapped[str] = mapped_column(
        default="",
        doc="The counter-evidence considered, or that none was found and by which search.",
        info={"long": True},
    )
    counterfactual: Mapped[str] = mapped_column(
        default="", doc="What would have happened without the cause.", info={"long": True}
    )
    alternative: Mapped[str | None] = mapped_column(doc="The next best level.")
    alternative_reason: Mapped[str] = mapped_column(default="", doc="Why not that one.", info={"long": True})
    coder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coder.id"), doc="Who decided.")
    round: Mapped[Round] = mapped_column(default=Round.OPEN, doc="Under what conditions.")
    coding_round_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("coding_round.id"), doc="The round of coding that it was made in."
    )
    locator: Mapped[Json | None] = mapped_column(
        doc="Where it stands in the publication that gave it: page, table ...", info={"form": "locator"}
    )
    supersedes_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("decision.id"), doc="The decision that it takes the place of."
    )
    decided_at: Mapped[datetime] = mapped_column(doc="When.", info={"computed": True})

    @classmethod
    def references(cls) -> tuple[Any, ...]:
        """Found from its case, its variable and its coder."""
        return (
            reference("decision", "case_id"),
            reference("decision", "variable_version_id"),
            reference("decision", "coder_id"),
            reference("decision", "coding_round_id"),
        )


class DecisionTest(Record, Base):
    """A test that a decision relies on."""

    __tablename__ = "decision_test"

    decision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("decision.id"), doc="The decision.")
    test_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("test.id"), doc="The test.")

    __table_args__ = (owned("decision_test", "decision_id", "test_id"), reference("decision_test", "test_id"))


class DecisionObservation(Record, Base):
    """An observation that speaks against a decision and was considered."""

    __tablename__ = "decision_observation"

    decision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("decision.id"), doc="The decision.")
    observation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("observation.id"), doc="The observation.")

    __table_args__ = (
        owned("decision_observation", "decision_id", "observation_id"),
        reference("decision_observation", "observation_id"),
    )


class DecisionSearch(Record, Base):
    """A search that a decision relies on, above all for saying that there is no evidence."""

    __tablename__ = "decision_search"

    decision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("decision.id"), doc="The decision.")
    search_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("search.id"), doc="The search.")

    __table_args__ = (
        owned("decision_search", "decision_id", "search_id"),
        reference("decision_search", "search_id"),
    )


class DecisionAdjudicated(Record, Base):
    """A frozen code that an adjudicated decision settles, together with those of other coders."""

    __tablename__ = "decision_adjudicated"

    decision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("decision.id"), doc="The adjudicated decision.")
    adjudicated_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("decision.id"), doc="A coder's own code that it settles."
    )

    __table_args__ = (
        owned("decision_adjudicated", "decision_id", "adjudicated_id"),
        reference("decision_adjudicated", "adjudicated_id"),
    )
