"""What tables say of codes beyond the codes themselves: each case's own, their weights, draws, and coders side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from evidence.exchange.tables_codes import NOT_CODABLE, NOT_CODED, Codes, Scheme
from evidence.exchange.tables_columns import LONGEST, Column, Table, plain_name
from evidence.exchange.tables_nouns import Further
from evidence.exchange.weights import BASES, drawn
from evidence.keys import natural
from evidence.vocabulary import Confidence, Round

__all__ = ["coded_tables", "of_case", "of_code", "wide_names"]

_ROOM = LONGEST - len("_confidence")
_MISSING = (NOT_CODABLE, NOT_CODED)
_CASE = Column("case", "text", "The case.", joins="cases.case")
_VARIABLE = Column("variable", "text", "The variable.", joins="variables.variable")
_LEVEL = Column("level", "text", "The level.", joins="levels.level")
_CONFIDENCES = tuple(one.value for one in Confidence)
_WEIGHT = "share, 0 to 1"


def wide_names(codes: Codes, taken: Sequence[str]) -> dict[str, str]:
    """Return what the columns of each variable begin with in the table of cases.

    Args:
        codes: the codes.
        taken: the columns that the table of cases has besides.
    """
    found: dict[str, str] = {}
    for variable in codes.schemes:
        found[variable] = plain_name(variable, {*taken, *found.values()}, _ROOM)
    return found


def of_case(codes: Codes, taken: Sequence[str]) -> Further:
    """Return the code of each case on each variable, as columns of the table of cases."""
    names = wide_names(codes, taken)
    columns = [column for key, name in names.items() for column in _of_variable(codes.schemes[key], name)]

    def values(case: str) -> Iterator[Any]:
        for variable, scheme in codes.schemes.items():
            row = codes.final(case, variable)
            if row is None:
                yield from (None, None, NOT_CODED, None, None, None, None, None, None)
                continue
            label, _ = scheme.label_of(row.variable_version_id, row.value)
            found = codes.weighed(case, variable)
            yield from (
                int(row.value) if row.value is not None and scheme.numeric else row.value, label,
                NOT_CODABLE if row.value is None else None, row.confidence, row.coder, row.round,
                codes.contested(case, variable), found.weight.get(row.value) if found else None, row.key,
            )  # fmt: skip

    return Further(tuple(columns), lambda case: tuple(values(case)), after="title")


def _of_variable(scheme: Scheme, name: str) -> Iterator[Column]:
    known = dict.fromkeys(level for row in scheme.versions for level in scheme.levels(row.id))
    kind = "integer" if scheme.numeric else "text"
    of = f"{scheme.key} ({scheme.label})"
    yield Column(name, kind, f"{of}: the code that stands for the study.", "level", words=tuple(known))
    yield Column(f"{name}_label", "text", f"{of}: what that level is called.")
    yield Column(
        f"{name}_missing", "text", f"{of}: why there is no level; empty where there is one.", words=_MISSING
    )
    yield Column(f"{name}_confidence", "text", f"{of}: how sure the coder is.", words=_CONFIDENCES)
    yield Column(f"{name}_coder", "text", f"{of}: who decided.", joins="coders.coder")
    yield Column(
        f"{name}_round", "text", f"{of}: under what conditions.", words=tuple(one.value for one in Round)
    )
    yield Column(
        f"{name}_contested",
        "truth",
        f"{of}: whether codes that stand, those published elsewhere too, differ.",
    )
    yield Column(f"{name}_weight", "number", f"{of}: the weight of that level (table weights).", _WEIGHT)
    yield Column(f"{name}_decision", "text", f"{of}: the decision.", joins="codes.decision")


def of_code(codes: Codes) -> Further:
    """Return what else is known of a code, as columns of the table of codes."""
    columns = (
        Column("label", "text", "What the level is called."),
        Column("level_position", "integer", "The level's place among those of its version, from 1."),
        Column("missing", "text", "Why there is no level; empty where there is one.", words=(NOT_CODABLE,)),
        Column("rule_value", "text", "The level that the scheme's rule gave."),
        Column("final", "truth", "Whether it is the code that stands for the study."),
        Column("superseded_by", "text", "The decision that took its place.", joins="codes.decision"),
        Column("settled_by", "text", "The adjudicated decision that settles it.", joins="codes.decision"),
    )

    def values(decision: str) -> Sequence[Any]:
        row = codes.by_key.get(decision)
        if row is None:  # of a case that was retired
            return (None,) * len(columns)
        label, position = codes.schemes[row.variable].label_of(row.variable_version_id, row.value)
        return (
            label, position, NOT_CODABLE if row.value is None else None, row.rule_value,
            codes.final(row.case, row.variable) is row, codes.superseded.get(decision), codes.settled.get(decision),
        )  # fmt: skip

    return Further(columns, values, after="value")


def coded_tables(codes: Codes, draws: int, seed: int) -> Iterator[Table]:
    """Yield the tables of weights, of draws if any are wanted, and of coders side by side.

    Args:
        codes: the codes.
        draws: how many times each code is drawn anew by its weights.
        seed: of the drawing.
    """
    yield Table(
        "weights", _WEIGHTS, _weight_columns(), ("case", "variable", "level"), lambda: _weights(codes)
    )
    if draws:
        columns = (
            _CASE, _VARIABLE, Column("draw", "integer", "The number of the draw, from 1."),
            Column("value", "text", "The level drawn.", joins="levels.level"),
        )  # fmt: skip
        meaning = (
            f"Codes drawn by their weights, {draws} times, by seed {seed}: run a regression on each draw to see whether its "
            "result survives the codes that are in doubt."
        )
        yield Table(
            "draws", meaning, columns, ("case", "variable", "draw"), lambda: _draws(codes, draws, seed)
        )
    rated = (
        Column("coding_round", "text", "The round, which is frozen.", joins="rounds.coding_round"), _VARIABLE, _CASE,
        Column("coder", "text", "Who coded.", joins="coders.coder"),
        Column("value", "text", "The level that the coder gave.", joins="levels.level"),
        Column("level_position", "integer", "Its place among the levels, from 1."),
        Column("missing", "text", "Why there is no level; empty where there is one.", words=_MISSING),
        Column("confidence", "text", "How sure the coder is.", words=_CONFIDENCES),
        Column("decision", "text", "The decision.", joins="codes.decision"),
    )  # fmt: skip
    meaning = (
        "What each coder of a frozen round gave each of their cases: what agreement is computed on. Codes that were adjudicated, "
        "and codes of rounds that are open, are not here."
    )
    yield Table("ratings", meaning, rated, ("coding_round", "case", "coder"), codes.ratings)


_WEIGHTS = (
    "How sure the code of a case is, as a weight for each level of its variable; the weights of a case and variable come to 1. "
    "A case without a level has no rows here."
)


def _weight_columns() -> tuple[Column, ...]:
    return (
        _CASE, _VARIABLE, _LEVEL,
        Column("weight", "number", "The level's weight, by the basis named.", _WEIGHT),
        Column("basis", "text", "What the weight rests on: the first of these that there is.", words=tuple(BASES)),
        Column("coded", "truth", "Whether the level is the code that stands."),
        *(
            Column(f"weight_{basis}", "number", f"The weight by this basis alone; empty where there is none. {said}", _WEIGHT)
            for basis, said in BASES.items() if basis != "code"
        ),
    )  # fmt: skip


def _coded(codes: Codes) -> list[tuple[str, str]]:
    return sorted(codes.standing, key=lambda which: (natural(which[0]), natural(which[1])))


def _weights(codes: Codes) -> Iterator[Sequence[Any]]:
    for case, variable in _coded(codes):
        found = codes.weighed(case, variable)
        if found is None:
            continue
        final = codes.final(case, variable).value
        for level, weight in found.weight.items():
            alone = (
                found.by[basis].get(level, 0.0) if basis in found.by else None
                for basis in BASES
                if basis != "code"
            )
            yield (case, variable, level, weight, found.basis, level == final, *alone)


def _draws(codes: Codes, draws: int, seed: int) -> Iterator[Sequence[Any]]:
    for case, variable in _coded(codes):
        if found := codes.weighed(case, variable):
            for number, level in enumerate(drawn(found.weight, draws, seed, case, variable), start=1):
                yield case, variable, number, level
