"""Hypotheses, how they rival each other, and the tests that bear on them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from evidence.models.base import Base, Json, Keyed, Record, owned, reference
from evidence.stated import Stated
from evidence.vocabulary import RivalRelation, TestKind, TestResult, TestTarget

__all__ = ["Hypothesis", "Likelihood", "Prior", "Rivalry", "Test"]


class Hypothesis(Keyed, Base):
    """A claim that tests bear on; of the whole study, or of one case."""

    __tablename__ = "hypothesis"

    case_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("case.id"), doc="The case, if it is of one case."
    )
    statement: Mapped[str] = mapped_column(doc="The claim, in a sentence.")
    mechanism: Mapped[str] = mapped_column(
        default="", doc="How the cause would bring it about.", info={"long": True}
    )
    concept_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("concept.id"), doc="The term of the theory that it stands for."
    )
    variable_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("variable.id"), doc="The variable whose levels it supports."
    )
    supports: Mapped[Json] = mapped_column(
        default=list, doc="The levels that it supports.", info={"form": "strings"}
    )
    prior: Mapped[Json | None] = mapped_column(
        Stated(), doc="Prior probability in [0,1], or a range.", info={"form": "likelihood"}
    )
    prior_basis: Mapped[str] = mapped_column(default="", doc="Why that prior.", info={"long": True})
    residual: Mapped[bool] = mapped_column(default=False, doc="True for 'something else'.")

    @classmethod
    def references(cls) -> tuple[Any, ...]:
        """Found from its case."""
        return (reference("hypothesis", "case_id"),)


class Rivalry(Record, Base):
    """How one hypothesis stands to a named rival."""

    __tablename__ = "rivalry"

    hypothesis_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("hypothesis.id"), doc="The hypothesis.")
    rival_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("hypothesis.id"), doc="Its rival.")
    relation: Mapped[RivalRelation] = mapped_column(doc="How they relate.")
    note: Mapped[str] = mapped_column(default="", doc="Why they relate so.")

    __table_args__ = (owned("rivalry", "hypothesis_id", "rival_id"), reference("rivalry", "rival_id"))


class Prior(Record, Base):
    """How probable a coder holds a hypothesis to be before the evidence."""

    __tablename__ = "prior"

    hypothesis_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("hypothesis.id"), doc="The hypothesis.")
    coder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coder.id"), doc="Whose prior it is.")
    p: Mapped[Json] = mapped_column(
        Stated(), doc="Probability in [0,1], or a range.", info={"form": "likelihood"}
    )
    basis: Mapped[str] = mapped_column(default="", doc="Why that one.")

    __table_args__ = (owned("prior", "hypothesis_id", "coder_id"), reference("prior", "coder_id"))


class Test(Keyed, Base):
    """A prediction of one hypothesis against a named rival, said before the evidence is looked for."""

    __test__ = False  # pytest: a process-tracing test, not one of ours
    __tablename__ = "test"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"), doc="The case.")
    hypothesis_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("hypothesis.id"), doc="The hypothesis tested."
    )
    rival_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("hypothesis.id"), doc="The rival it is tested against."
    )
    kind: Mapped[TestKind] = mapped_column(doc="The kind of test that it is declared to be.")
    target: Mapped[TestTarget] = mapped_column(default=TestTarget.LINK, doc="What it is about.")
    prediction: Mapped[str] = mapped_column(
        doc="What would be seen if the hypothesis were true.", info={"long": True}
    )
    if_false: Mapped[str] = mapped_column(doc="What would be seen if it were false.", info={"long": True})
    where_to_look: Mapped[str] = mapped_column(default="", doc="Where that would be.", info={"long": True})
    p_hypothesis: Mapped[Json | None] = mapped_column(
        Stated(),
        doc="P(prediction seen given the hypothesis): a number, a range or a word.",
        info={"form": "likelihood"},
    )
    p_rival: Mapped[Json | None] = mapped_column(
        Stated(),
        doc="P(prediction seen given the rival): a number, a range or a word.",
        info={"form": "likelihood"},
    )
    declared_at: Mapped[datetime] = mapped_column(doc="When it was declared.", info={"computed": True})
    result: Mapped[TestResult] = mapped_column(default=TestResult.NOT_ATTEMPTED, doc="How it came out.")
    resolved_at: Mapped[datetime | None] = mapped_column(doc="When it was resolved.", info={"computed": True})
    note: Mapped[str] = mapped_column(
        default="", doc="Analytic note: why it came out so.", info={"long": True}
    )

    @classmethod
    def references(cls) -> tuple[Any, ...]:
        """Found from its case and from both hypotheses."""
        return (
            reference("test", "case_id"),
            reference("test", "hypothesis_id"),
            reference("test", "rival_id"),
        )


class Likelihood(Record, Base):
    """P(prediction seen) given one more hypothesis than the two that the test tells apart."""

    __tablename__ = "likelihood"

    test_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("test.id"), doc="The test.")
    hypothesis_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("hypothesis.id"), doc="The further hypothesis."
    )
    p: Mapped[Json] = mapped_column(
        Stated(),
        doc="P(prediction seen given it): a number, a range, a word, or decibels such as -6 dB.",
        info={"form": "likelihood"},
    )
    note: Mapped[str] = mapped_column(default="", doc="Why.")

    __table_args__ = (
        owned("likelihood", "test_id", "hypothesis_id"),
        reference("likelihood", "hypothesis_id"),
    )
