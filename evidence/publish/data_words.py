"""Facts from a data set in words: labels for coded values, and an account of a case that nobody has written yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from evidence.cases import codebook
from evidence.publish import wording
from evidence.publish.views import Fact, ParticipantView, SideView

__all__ = ["account", "facts", "level"]

#: What the attributes that the importer of MID data gives are called on a page, in the page's order.
_NAMES = {
    "dispute_hostility": "The dispute’s highest hostility",
    "dispute_action": "The dispute’s highest action",
    "outcome": "Outcome",
    "settlement": "Settlement",
    "fatality": "Deaths",
    "deaths": "Deaths, if known exactly",
    "reciprocated": "Reciprocated",
    "ongoing": "Still going on",
    "links": "Linked in the data to",
    "dispnum4": "Number in version 4",
}
#: The country under study's own, shown with the country, so that nobody takes it for the dispute's; and what the
#: list of participants and the dates say already.
_ELSEWHERE = frozenset(
    [
        "country",
        "country_start",
        "country_end",
        "country_hostility",
        "country_action",
        "states_a",
        "states_b",
        "min_days",
        "max_days",
        "abbreviation",
    ]
)
#: What an account says by itself, so that a reader of it needs no list beside it.
_MANY = 8


@lru_cache(maxsize=512, typed=True)
def level(name: str, value: Any) -> str:
    """Return a coded value with its label: ``use of force (4)``; the value alone where there is no label."""
    if value is None or value == "":
        return ""
    labels = codebook.LABELS.get(name) or codebook.PART_LABELS.get(name) or {}
    label = labels.get(value) if isinstance(value, int) and not isinstance(value, bool) else None
    return f"{label} ({value})" if label else str(value)


def facts(attributes: Mapping[str, Any]) -> tuple[Fact, ...]:
    """Return a case's or a participant's attributes with labels, those that the page knows by name first."""
    rest = sorted(attributes.keys() - _NAMES.keys() - _ELSEWHERE)
    order = [*(name for name in _NAMES if name in attributes), *rest]
    return tuple(fact for name in order if (fact := _fact(name, attributes[name])) is not None)


@lru_cache(maxsize=4096, typed=True)
def _fact(name: str, value: Any) -> Fact | None:
    if name == "ongoing" and not value:
        return None
    said = _said(name, value)
    return Fact(_NAMES.get(name, name.replace("_", " ").capitalize()), said) if said else None


def _said(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return level(name, value)


def account(case: Any, parties: Sequence[SideView]) -> Markup:
    """Return a paragraph on a case, put together from its data alone."""
    attributes: Mapping[str, Any] = case.attributes or {}
    sentences = [_who_and_when(case, parties), *_what(attributes, parties), _end(attributes)]
    return Markup(f"<p>{escape(' '.join(filter(None, sentences)))}</p>")  # noqa: S704 - escaped


def _who_and_when(case: Any, parties: Sequence[SideView]) -> str:
    sides = [_names(side.participants) for side in parties]
    when = wording.span(case.start, case.end)
    if case.start and case.end and case.start != case.end:
        lasted = f"ran from {wording.date(case.start)} to {wording.date(case.end)}"
    elif when:
        lasted = (
            f"began and ended on {when}"
            if case.end and len(case.start or "") == len("1955-05-11") and "X" not in case.start
            else f"began: {when}"
        )
    else:
        lasted = "has no dates in the data"
    if len(sides) > 1:
        return f"This dispute between {sides[0]} on one side and {' and '.join(sides[1:])} on the other {lasted}."
    return f"This dispute of {sides[0]} {lasted}." if sides else f"This dispute {lasted}."


def _names(participants: Sequence[ParticipantView]) -> str:
    names = list(dict.fromkeys(_the(one.name) for one in participants))
    if len(names) > _MANY:
        return f"{', '.join(names[: _MANY - 2])} and {len(names) - _MANY + 2} other states"
    return wording.listed(names)


@lru_cache(maxsize=512)
def _the(name: str) -> str:
    """Return a state's name as it stands in a sentence."""
    takes = (
        "United ",
        "Soviet Union",
        "Netherlands",
        "Philippines",
        "Bahamas",
        "Dominican Republic",
        "Republic of",
        "German ",
    )
    return (
        f"the {name}"
        if name.startswith(takes) or name.endswith((" Republic", " Federation", " Republic of the Congo"))
        else name
    )


def _what(attributes: Mapping[str, Any], parties: Sequence[SideView]) -> list[str]:
    own = [one for side in parties for one in side.participants if one.studied]
    highest = _said("dispute_hostility", attributes.get("dispute_hostility"))
    said = []
    if own and (own[0].action or own[0].hostility):
        name = _the(own[0].name)
        coded = _coded(
            (
                ("own highest action", own[0].action),
                (
                    "highest level of hostility" if own[0].action else "own highest level of hostility",
                    own[0].hostility,
                ),
            )
        )
        anybody = f"; the highest level that anybody in it reached is {highest}" if highest else ""
        said.append(f"{name[:1].upper()}{name[1:]}’{'' if name.endswith('s') else 's'} {coded}{anybody}.")
        if any(one.dates for one in own):
            said.append(
                f"{name[:1].upper()}{name[1:]} took part: {' and '.join(one.dates for one in own if one.dates)}."
            )
    elif highest:
        said.append(f"The highest level of hostility that anybody in it reached is {highest}.")
    return said


def _end(attributes: Mapping[str, Any]) -> str:
    deaths = _said("fatality", attributes.get("fatality")).replace(" deaths", "")
    coded = _coded((
        ("outcome", _said("outcome", attributes.get("outcome"))),
        ("settlement", _said("settlement", attributes.get("settlement"))),
        ("number of deaths", deaths),
    ))  # fmt: skip
    return f"Its {coded}." if coded else ""


def _coded(pairs: Sequence[tuple[str, str]]) -> str:
    """Return ``outcome is coded as stalemate (5) and settlement as none (3)``."""
    known = [(label, words) for label, words in pairs if words]
    said = [f"{label} {'is coded ' if not n else ''}as {words}" for n, (label, words) in enumerate(known)]
    return wording.listed(said)
