"""The scheme as its page shows it: each variable in its newest version, with the marginals of the codes there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from evidence.publish import wording
from evidence.publish.codes import Scheme
from evidence.publish.study_views import LevelView, VariableView
from evidence.publish.views import CaseLine, Fact

__all__ = ["newest", "variable_view"]


def newest(versions: Mapping[Any, Scheme]) -> list[Scheme]:
    """Return each variable in its newest version, in the scheme's order; ids sort as rows were made."""
    newest = {one.variable_id: one for one in versions.values()}
    return sorted(newest.values(), key=lambda one: (one.position, one.variable))


def variable_view(
    one: Scheme, versions: Iterable[Scheme], cases: Sequence[CaseLine], prose: Callable[[str], str]
) -> VariableView:
    """Return a variable with its marginals.

    Args:
        one: its newest version.
        versions: all versions of all variables.
        cases: those that are shown.
        prose: how the study's own sentences are set.
    """
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
