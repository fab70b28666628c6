"""The form of a coder in a round: one file to fill in away from the ledger, and to hand in as codes, all or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from evidence.audit.rounds import CoderOf, RoundOf
from evidence.coding.adjudicating import named
from evidence.coding.decide import decide, standing
from evidence.errors import EvidenceError, Place, ValueRefused, nearest
from evidence.ledger import records
from evidence.ledger.decided import check_decision
from evidence.ledger.revisions import Unit
from evidence.models import CodingRound, Decision, Variable, VariableVersion
from evidence.study.raw import Named, Rows, as_written
from evidence.study.yaml_text import yaml_text
from evidence.study.yamls import read_yaml
from evidence.vocabulary import Round

__all__ = ["Entry", "HandedIn", "form", "hand_in", "read_form"]

_NOT_CODABLE = "not codable"
_LONG = ("rationale", "counter_evidence", "override_reason", "counterfactual", "alternative_reason")
_SHORT = ("confidence", "alternative")
_LISTS = ("tests", "observations", "searches")
_FIELDS = ("case", "title", "judge", "value", *_LONG, *_SHORT, *_LISTS)
_PLAIN = re.compile(r"[A-Za-z_][\w-]*")
_HELP = {
    "rationale": "Why the evidence gives this code (required)",
    "counter_evidence": "What speaks against it, or that nothing does and by which search (required)",
    "override_reason": "Why not the level that the rule gives",
    "counterfactual": "What would have happened without the cause",
    "alternative_reason": "Why not the next best level",
    "confidence": "low, medium or high",
    "alternative": "the next best level",
    "tests": "tests that it relies on, as [KEY, KEY]",
    "observations": "counter-evidence that was considered, as [KEY, KEY]",
    "searches": "searches that it relies on, as [KEY, KEY]",
}


def form(of: RoundOf, mine: CoderOf, scheme: Any) -> str:
    """Return the empty form of a coder: an entry for each case that is left, in the coder's order.

    Args:
        of: the round.
        mine: the coder's part of it.
        scheme: the version of the variable, with ``levels`` and ``sub_judgements``.
    """
    return "".join(_lines(of, mine, scheme))


def _lines(of: RoundOf, mine: CoderOf, scheme: Any) -> Iterator[str]:
    levels = ", ".join(level["value"] for level in scheme.levels or ())
    yield f"# Codes of {mine.coder} in round {of.key}. Fill in, in this order, and hand in with\n"
    yield f"#   evidence round hand-in {of.key} FILE --coder {mine.coder}\n"
    yield "# An entry without value, judgements and reasons is left for later. Text goes on the indented lines below a name.\n"
    yield yaml_text({"round": of.key, "coder": mine.coder})
    yield "codes:\n"
    for task in mine.tasks:
        if task.decision:
            continue
        yield "\n" + _indented(yaml_text([{"case": task.case, "title": task.title}]), "")
        if scheme.sub_judgements:
            yield "  judge:\n"
        for one in scheme.sub_judgements or ():
            values = ", ".join(value["value"] for value in one["values"])
            label = one.get("label") or one["key"]
            yield f"    {_name(one['key'])}:  {_comment(f'{label}: {values}')}\n"
        yield f"  value:  {_comment(f'{levels}; {_NOT_CODABLE}; nothing takes what the rule gives')}\n"
        for name in _LONG:
            yield f"  {name}: |  {_comment(_HELP[name])}\n\n"
        for name in (*_SHORT, *_LISTS):
            yield f"  {name}:  {_comment(_HELP[name])}\n"


def _indented(text: str, pad: str) -> str:
    return "".join(f"{pad}{line}\n" for line in text.splitlines())


def _name(key: str) -> str:
    return key if _PLAIN.fullmatch(key) else yaml_text({key: 1}).removesuffix(": 1\n")


def _comment(text: str) -> str:
    """Return words of the scheme as a comment: on one line, without what nobody sees."""
    return "# " + " ".join(
        "".join(letter for letter in text if letter.isprintable() or letter.isspace()).split()
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """What a form says of one case, and where."""

    case: str
    value: str | None
    codable: bool
    judgements: Mapping[str, str]
    said: Mapping[str, Any]
    named: Named

    def at(self, name: str = "case") -> Place:
        """Return where a field stands."""
        return self.named.at(name)


@dataclass(slots=True)
class HandedIn:
    """What came of a form; cases by key."""

    coded: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def read_form(text: str, file: str, of: str, coder: str) -> tuple[list[Entry], list[str]]:
    """Return what a form says, and the cases that it leaves for later.

    Args:
        text: the form.
        file: its name, for errors.
        of: the key of the round that it is handed in for.
        coder: the key of whose it is.

    Raises:
        ValueRefused: it is no such form, or of another round or coder; the place names line and field.
    """
    whole = read_yaml(text, file)
    if not isinstance(whole, Named) or not isinstance(whole.get("codes"), Rows):
        raise ValueRefused(
            "this is no form of codes; write one with 'evidence round packet', and fill in that.", Place(file)
        )
    for name, wanted in (("round", of), ("coder", coder)):
        if str(as_written(whole.get(name))) != wanted:
            raise ValueRefused(
                f"this form is of {name} {whole.get(name)}, and is handed in for {wanted}.", whole.at(name)
            )
    entries, left = [], []
    seen: dict[str, Place] = {}
    for row, place in zip(whole["codes"], whole["codes"].places, strict=True):
        if not isinstance(row, Named):
            raise ValueRefused("an entry has names, of which the first is its case.", place)
        entry = _entry(row)
        if entry.case in seen:
            raise ValueRefused(
                f"case {entry.case} stands in line {seen[entry.case].line} already; keep one.", entry.at()
            )
        seen[entry.case] = entry.at()
        if entry.value is None and entry.codable and not entry.judgements and not entry.said:
            left.append(entry.case)
        else:
            entries.append(entry)
    return entries, left


def _entry(row: Named) -> Entry:
    for name in row:
        if name not in _FIELDS:
            near = nearest(name, _FIELDS, 1)
            hint = f" Did you mean {near[0]!r}?" if near else f" They are {', '.join(_FIELDS)}."
            raise ValueRefused(f"{name!r} is no field of a code.{hint}", row.at(name))
    case = _words(row, "case")
    if not case:
        raise ValueRefused("the case is missing; write its key.", row.at("case"))
    value = _words(row, "value")
    judged = row.get("judge") or {}
    if not isinstance(judged, Mapping):
        raise ValueRefused("judgements are names with values, one to a line.", row.at("judge"))
    judgements = {
        name: str(one) for name, one in as_written(judged).items() if one is not None and str(one).strip()
    }
    said: dict[str, Any] = {name: text for name in (*_LONG, *_SHORT) if (text := _words(row, name))}
    for name in _LISTS:
        found = row.get(name)
        if found is not None and not isinstance(found, list):
            raise ValueRefused("this is a list; write [KEY, KEY].", row.at(name))
        if found:
            said[name] = [str(one) for one in as_written(found)]
    codable = value != _NOT_CODABLE
    return Entry(case, value or None if codable else None, codable, judgements, said, row)


def _words(row: Named, name: str) -> str:
    value = as_written(row.get(name))
    if isinstance(value, list | Mapping | bool):
        raise ValueRefused(
            "this is a word or some sentences; put it in quotes if it begins with a sign.", row.at(name)
        )
    return "" if value is None else str(value).strip()


def hand_in(session: Unit, key: str, coder: str, text: str, file: str) -> HandedIn:
    """Give the codes of a filled form, in its round and by its coder: all of them or, if one is refused, none.

    What the form repeats is not given again, so a form can be handed in whenever some of it is done.

    Raises:
        EvidenceError: the form or a code is refused; the place names file, line and field.
    """
    of: CodingRound = records.find(session, "coding_round", key)
    records.find(session, "coder", coder)
    entries, left = read_form(text, file, of.key, coder)
    version = session.get_one(VariableVersion, of.variable_version_id)
    variable = session.get_one(Variable, version.variable_id)
    found = HandedIn(left=left)
    for entry in entries:
        _require_judged(version, entry)
        _give(session, of, variable, coder, entry, found)
    return found


def _give(
    session: Unit, of: CodingRound, variable: Variable, coder: str, entry: Entry, found: HandedIn
) -> None:
    try:
        case = records.find(session, "case", entry.case)
        round_ = Round.BLIND if of.blind else Round.OPEN
        before = standing(session, case, variable, records.find(session, "coder", coder), round_, of)
        if before is not None and _same(session, before, entry):
            found.unchanged.append(case.key)
            return
        made = decide(
            session, case.key, variable.key, entry.value, codable=entry.codable, in_round=of.key,
            sub_judgements=dict(entry.judgements), coder=coder, **_required(entry),
        )  # fmt: skip
        check_decision(session, made)
    except EvidenceError as error:
        if error.place is not None:
            raise
        raise error.at(entry.at(_about(error.sentence, entry))) from error
    found.coded.append(case.key)


def _require_judged(version: VariableVersion, entry: Entry) -> None:
    """Refuse a judgement that the scheme does not know, where it stands."""
    known = {one["key"]: [value["value"] for value in one["values"]] for one in version.sub_judgements}
    for name, value in entry.judgements.items():
        if value in known.get(name, ()):
            continue
        words = known.get(name, list(known))
        near = nearest(value if name in known else name, words, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"choose one of {', '.join(words)}."
        what = f"{name} cannot be {value!r}" if name in known else f"{name!r} is no sub-judgement"
        raise ValueRefused(f"{what}; {hint}", entry.named["judge"].at(name))


def _required(entry: Entry) -> dict[str, Any]:
    for name in ("rationale", "counter_evidence"):
        if name not in entry.said:
            raise ValueRefused(
                f"case {entry.case} lacks this: {_HELP[name].removesuffix(' (required)')}.", entry.at(name)
            )
    return dict(entry.said)


def _about(sentence: str, entry: Entry) -> str:
    """Return which field a sentence is about: the one that it names."""
    places = {
        "tests": "There is no test",
        "observations": "There is no observation",
        "searches": "There is no search",
    }
    for name, words in places.items():
        if words in sentence:
            return name
    for name in (*_LONG, *_SHORT, *_LISTS):
        if f"({name})" in sentence or sentence.startswith(f"{name}:"):
            return name
    if "sub-judgement" in sentence or any(f"{name} cannot be" in sentence for name in entry.judgements):
        return "judge"
    return "value" if "level" in sentence else "case"


def _same(session: Unit, before: Decision, entry: Entry) -> bool:
    """Tell whether a code says what the form says; a value that is left to the rule is what the rule gave."""
    if entry.value is None and entry.codable:
        if before.value is None or before.value != before.rule_value:
            return False
    elif before.value != entry.value:
        return False
    if (before.sub_judgements or {}) != dict(entry.judgements):
        return False
    said = {name: getattr(before, name) for name in (*_LONG, *_SHORT)}
    if any((said[name] or "") != entry.said.get(name, "") for name in said):
        return False
    return all(set(named(session, before, name)) == set(entry.said.get(name, ())) for name in _LISTS)
