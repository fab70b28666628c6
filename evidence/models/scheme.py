"""The scheme: what is coded, on which levels, by which rule, in words that a study can change."""

from __future__ import annotations

import uuid

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from evidence.models.base import Base, Json, Keyed, Record, owned
from evidence.vocabulary import Scale

__all__ = ["Concept", "Variable", "VariableVersion"]


class Variable(Keyed, Base):
    """What is coded about a case, such as ALLY."""

    __tablename__ = "variable"

    label: Mapped[str] = mapped_column(doc="What a reader calls it.")
    question: Mapped[str] = mapped_column(default="", doc="What the coder is asked.", info={"long": True})
    position: Mapped[int] = mapped_column(default=0, doc="Its place among the variables.")


class VariableVersion(Record, Base):
    """One version of a variable: its levels, its sub-judgements and its decision table.

    A rule's rows are tried in order. ``when`` gives the value (or values) that each named sub-judgement
    must have; ``code`` is the level that follows, or nothing where the coder must choose; ``needs`` lists
    what the code cannot do without: ``search``, ``counterfactual``.
    """

    __tablename__ = "variable_version"

    variable_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("variable.id"), doc="The variable.")
    version: Mapped[str] = mapped_column(doc="The version's name, such as 1.")
    scale: Mapped[Scale] = mapped_column(doc="Whether the levels are ordered.")
    levels: Mapped[Json] = mapped_column(
        doc="The levels: value, label, definition, examples, needs.", info={"form": "levels"}
    )
    sub_judgements: Mapped[Json] = mapped_column(
        default=list, doc="The judgements behind a code: key, label, values.", info={"form": "sub_judgements"}
    )
    rule: Mapped[Json] = mapped_column(
        default=list, doc="The decision table: when, code, needs, note.", info={"form": "rule"}
    )
    basis: Mapped[str] = mapped_column(default="", doc="Where this version comes from.", info={"long": True})

    __table_args__ = (owned("variable_version", "variable_id", "version"),)


class Concept(Keyed, Base):
    """A term of the study's theory: a form of entanglement, a mechanism, an interest."""

    __tablename__ = "concept"

    family: Mapped[str] = mapped_column(doc="What kind of term, such as national interest.")
    label: Mapped[str] = mapped_column(doc="What a reader calls it.")
    definition: Mapped[str] = mapped_column(default="", doc="What it means here.", info={"long": True})
    role: Mapped[str] = mapped_column(default="", doc="What it does in the argument.", info={"long": True})
    basis: Mapped[str] = mapped_column(default="", doc="Where it comes from.", info={"long": True})
