"""The nouns as people write them: which fields a record has, what they link to, and what it is known by.

Everything here is read off the mapped classes, so that a column added there has its option on the command
line, its field in the study's text and its line in the manual.
"""

from __future__ import annotations

import typing
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, Column, Integer, inspect
from sqlalchemy import types as sql

from evidence import models
from evidence.models.base import Base
from evidence.moments import Instant
from evidence.stated import Stated

__all__ = ["NOUNS", "STUDY", "Field", "Noun"]

#: Columns that every record has, and that nobody writes.
_PLUMBING = {"id", "study_id"}


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that can be said of a record."""

    name: str
    column: str
    kind: str  # text, number, truth, word, date, moment, json, link, version
    required: bool
    help: str
    target: str = ""  # the noun that a link leads to
    words: type[StrEnum] | None = None
    form: str = ""  # the shape of a JSON value
    long: bool = False
    computed: bool = False


@dataclass(frozen=True, slots=True)
class Noun:
    """A kind of record: its class, its fields, what it is known by, and the records inside it."""

    name: str
    model: type[Any]
    fields: dict[str, Field]
    known_by: tuple[str, ...]  # ("key",), or the fields that together are unique in a study
    inside: dict[str, str]  # field name → the noun of the records listed there
    parent: str = ""  # for a record inside another: the field that leads to it
    scalar: str = ""  # for a record inside another that says one thing only: that field

    @property
    def keyed(self) -> bool:
        """Whether people name it by a key."""
        return self.known_by == ("key",)


_KINDS: tuple[tuple[type[Any], str], ...] = (
    (Boolean, "truth"),
    (Integer, "number"),
    (Instant, "moment"),
    (sql.Enum, "word"),
    (sql.JSON, "json"),
    (Stated, "json"),
    (sql.Uuid, "link"),
)


def _field(column: Column[Any]) -> Field:
    kind = next((name for cls, name in _KINDS if isinstance(column.type, cls)), "text")
    name = column.name.removesuffix("_id") if kind == "link" else column.name
    target = ""
    if kind == "link":
        (key,) = column.foreign_keys or (None,)
        target = str(key.column.table.name) if key is not None else "subject"
        if target == "variable_version":  # written as two fields, variable and version
            name, kind = "variable", "version"
    elif column.info.get("edtf"):
        kind = "date"
    return Field(
        name=name,
        column=column.name,
        kind=kind,
        required=not column.nullable and column.default is None,
        help=column.doc or "",
        target=target,
        words=typing.cast("sql.Enum", column.type).enum_class if kind == "word" else None,  # type: ignore[arg-type]
        form=column.info.get("form", ""),
        long=bool(column.info.get("long")),
        computed=bool(column.info.get("computed")),
    )


def _noun(
    name: str,
    model: type[Base],
    *known_by: str,
    inside: dict[str, str] | None = None,
    parent: str = "",
    scalar: str = "",
) -> Noun:
    columns: Any = inspect(model).local_table.columns
    fields = {
        field.name: field
        for field in (_field(c) for c in columns if c.name not in _PLUMBING and not c.info.get("derived"))
    }
    return Noun(name, model, fields, known_by or ("key",), inside or {}, parent, scalar)


#: Every noun, in an order in which each comes after those that it links to.
NOUNS: dict[str, Noun] = {
    n.name: n
    for n in (
        _noun("actor", models.Actor),
        _noun("source", models.Source),
        _noun("coder", models.Coder),
        _noun("case", models.Case, inside={"aliases": "alias", "participants": "participation"}),
        _noun("episode", models.Episode, inside={"cases": "episode_case"}),
        _noun("commitment", models.Commitment, inside={"members": "membership"}),
        _noun("variable", models.Variable, inside={"versions": "variable_version"}),
        _noun("concept", models.Concept),
        _noun("hypothesis", models.Hypothesis, inside={"rivals": "rivalry", "coder_priors": "prior"}),
        _noun("text", models.Text, "source", "sha256"),
        _noun("quote", models.Quote),
        _noun("observation", models.Observation, inside={"quotes": "observation_quote"}),
        _noun("search", models.Search),
        _noun("test", models.Test, inside={"likelihoods": "likelihood", "bearings": "bearing"}),
        _noun("coding_round", models.CodingRound, inside={"assignments": "assignment"}),
        _noun(
            "decision",
            models.Decision,
            inside={
                "tests": "decision_test",
                "observations": "decision_observation",
                "searches": "decision_search",
                "adjudicated": "decision_adjudicated",
            },
        ),
        _noun("review", models.Review, "subject", "coder", "reviewed_at"),
        _noun("release", models.Release),
        _noun("challenge", models.Challenge),
        _noun("conflict", models.Conflict),
        _noun("alias", models.Alias, "data_set", "version", "number", parent="case"),
        _noun("participation", models.Participation, "actor", "side", "spell", parent="case"),
        _noun("episode_case", models.EpisodeCase, "case", parent="episode"),
        _noun("membership", models.Membership, "actor", "start", parent="commitment"),
        _noun("variable_version", models.VariableVersion, "version", parent="variable"),
        _noun("rivalry", models.Rivalry, "rival", parent="hypothesis"),
        _noun("prior", models.Prior, "coder", parent="hypothesis"),
        _noun("likelihood", models.Likelihood, "hypothesis", parent="test"),
        _noun("observation_quote", models.ObservationQuote, "quote", parent="observation", scalar="quote"),
        _noun("bearing", models.Bearing, "observation", "search", parent="test"),
        _noun("decision_test", models.DecisionTest, "test", parent="decision", scalar="test"),
        _noun(
            "decision_observation",
            models.DecisionObservation,
            "observation",
            parent="decision",
            scalar="observation",
        ),
        _noun("decision_search", models.DecisionSearch, "search", parent="decision", scalar="search"),
        _noun(
            "decision_adjudicated",
            models.DecisionAdjudicated,
            "adjudicated",
            parent="decision",
            scalar="adjudicated",
        ),
        _noun("assignment", models.Assignment, "case", "coder", parent="coding_round"),
    )
}


#: The study itself, which is no record in a study but is written down like one.
STUDY = _noun("study", models.Study)
