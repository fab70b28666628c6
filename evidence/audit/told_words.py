"""The words in which a change of each kind of record is told: who recoded what and why, what was found, what moved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from evidence.audit.turns import Turn, counted, day, number_of_words, short
from evidence.ledger.nouns import NOUNS
from evidence.vocabulary import Round, SearchStatus

__all__ = ["CHANGED", "head_of", "inner_key", "new"]


# --- New records


def new(turn: Turn) -> tuple[str, str, str]:
    """Return a new record's sentence in two pieces, and what many of its kind may have in common."""
    head, words, mark = _NEW.get(turn.table, _plain)(turn)
    return head, f"{words}, and retired again" if turn.after.get("retired_at") else words, mark


def _plain(turn: Turn) -> tuple[str, str, str]:
    row = turn.after
    title = short(row.get("title") or row.get("name") or row.get("label") or row.get("statement") or "", 120)
    return f"{turn.name} added", f": {title}" if title else "", ""


def _decision(turn: Turn) -> tuple[str, str, str]:
    row = turn.after
    variable = turn.key(turn.world.row(row["variable_version_id"]).get("variable_id"))
    new, before = _code(row), turn.world.row(row["supersedes_id"]) if row.get("supersedes_id") else {}
    if before:
        moved = f"{_code(before)}→{new}" if _code(before) != new else f"{new} again"
    else:
        moved = f"coded {new}"
    round_ = f", {row['round']}" if row.get("round") not in (None, Round.OPEN) else ""
    place = turn.value(row.get("locator"))
    rule = row.get("rule_value")
    against = ""
    if rule != row.get("value") and row.get("override_reason") and row.get("round") != Round.PUBLISHED:
        against = f", against the rule ({f'it gives {rule}' if rule is not None else 'it gives no code'})"
    who = f"{turn.key(row['coder_id'])}, {day(row['decided_at'])}{round_}{f', {place}' if row.get('locator') else ''}"
    because = f", because: {short(row.get('rationale')).rstrip('.')}" if row.get("rationale") else ""
    return (
        f"{turn.key(row['case_id'])} {variable} {moved}",
        f"{because} ({who}{against}; {row['key']})",
        f"{variable} {new}",
    )


def _code(row: Mapping[str, Any]) -> str:
    if row.get("value") is None:
        return "not coded" if row.get("round") == Round.PUBLISHED else "not codable"
    return str(row["value"])


def _review(turn: Turn) -> tuple[str, str, str]:
    row = turn.after
    note = f": {short(row.get('note'))}" if row.get("note") else ""
    noun = "code" if row["noun"] == "decision" else row["noun"]
    head = f"{turn.key(row['coder_id'])} signed {noun} {turn.key(row['subject_id'])}"
    return head, f", {row['verdict']}{note} ({day(row['reviewed_at'])})", str(row["verdict"])


def _challenge(turn: Turn) -> tuple[str, str, str]:
    row = turn.after
    who = row.get("by") or "a reader"
    answered = f" [{_answer(turn)}]" if row.get("verdict") else ""
    return f"{who} challenged {_challenged(turn)}", f": {short(row['reason'])}{answered}", ""


def _challenged(turn: Turn) -> str:
    noun = "code" if turn.after["noun"] == "decision" else turn.after["noun"]
    return f"{noun} {turn.key(turn.after['subject_id'])} ({turn.after['key']})"


def _answer(turn: Turn) -> str:
    row = turn.after
    verdict = "upheld in part" if row["verdict"] == "partly" else row["verdict"]
    return f"{verdict} by {turn.key(row.get('answered_by_id'))}: {short(row.get('answer'))}"


def _changed_challenge(turn: Turn) -> tuple[list[str], set[str]]:
    used = {"verdict", "answer", "answered_by_id", "answered_at"}
    return ([_answer(turn)], used) if used & {*turn.changed()} and turn.after.get("verdict") else ([], set())


def _test(turn: Turn) -> tuple[str, str, str]:
    row = turn.after
    against = f"{turn.key(row['hypothesis_id'])} against {turn.key(row['rival_id'])}"
    brought = turn.within("bearing")
    came = "" if row["result"] == "not attempted" else f"; {row['result']}"
    evidence = f", with {counted(brought, 'piece')} of evidence" if brought else ""
    return (
        f"{row['key']} declared, a {row['kind']} test of {against}",
        f": {short(row['prediction'])}{came}{evidence}",
        str(row["result"]),
    )


def _likelihood(turn: Turn) -> tuple[str, str, str]:
    row = turn.after
    stated = f" is stated as {turn.value(row['p'])}"
    return f"{turn.key(row['test_id'])}: P(seen given {turn.key(row['hypothesis_id'])})", stated, ""


def _bearing(turn: Turn) -> tuple[str, str, str]:
    row = turn.after
    subject = turn.key(row.get("observation_id") or row.get("search_id"))
    hypothesis = turn.key(turn.world.row(row["test_id"]).get("hypothesis_id"))
    note = f": {short(row.get('note'))}" if row.get("note") else ""
    return f"{subject} brought to {turn.key(row['test_id'])}", f", {row['direction']} {hypothesis}{note}", ""


def _observation(turn: Turn) -> tuple[str, str, str]:
    quotes = turn.within("observation_quote")
    on = f" ({counted(quotes, 'quote')})" if quotes else " (no quote)"
    return f"{turn.after['key']} observed", f": {short(turn.after['proposition']).rstrip('.')}{on}", ""


def _search(turn: Turn) -> tuple[str, str, str]:
    row = turn.after
    hits = "made" if row.get("hits") is None else counted(row["hits"], "hit")
    made = hits if row.get("status") == SearchStatus.DONE else "not made"
    return f"{row['key']} searched", f": {short(row['question'])} ({made})", ""


def _quote(turn: Turn) -> tuple[str, str, str]:
    row = turn.after
    return f"{row['key']} quoted", f": “{short(row['words'], 120)}” ({row['state']})", str(row["state"])


def _source(turn: Turn) -> tuple[str, str, str]:
    return (
        f"{turn.after['key']} added",
        f": {short(turn.after['title'], 120)} ({turn.after['tier']})",
        str(turn.after["tier"]),
    )


def _case(turn: Turn) -> tuple[str, str, str]:
    row = turn.after
    origin = f"{row.get('data_set') or ''} {row.get('data_version') or ''}".strip()
    narrative = f", with a narrative of {number_of_words(row['narrative'])}" if row.get("narrative") else ""
    return (
        f"{row['key']} added",
        f": {row['title']}{f', from {origin}' if origin else ''}{narrative}",
        f"from {origin}" if origin else "",
    )


def _version(turn: Turn) -> tuple[str, str, str]:
    row = turn.after
    said = f"{counted(len(row.get('levels') or ()), 'level')}, {counted(len(row.get('rule') or ()), 'row')} in its rule"
    return f"{turn.key(turn.id)} of the scheme added", f": {said}", ""


def _rivalry(turn: Turn) -> tuple[str, str, str]:
    row = turn.after
    return (
        f"{turn.key(row['hypothesis_id'])} and {turn.key(row['rival_id'])}",
        f" are rivals: {row['relation']}",
        "",
    )


def _prior(turn: Turn) -> tuple[str, str, str]:
    row = turn.after
    return (
        f"{turn.key(row['coder_id'])} holds {turn.key(row['hypothesis_id'])}",
        f" probable to {turn.value(row['p'])}",
        "",
    )


def _alias(turn: Turn) -> tuple[str, str, str]:
    row = turn.after
    origin = f"{row['data_set']} {row['version']}"
    merged = ", which merged it in" if row.get("merged") else ""
    return f"{turn.key(row['case_id'])} is number {row['number']}", f" in {origin}{merged}", origin


def _participation(turn: Turn) -> tuple[str, str, str]:
    row = turn.after
    return (
        f"{turn.key(row['actor_id'])} takes part in {turn.key(row['case_id'])}",
        f" on side {row['side']}",
        "",
    )


def _placed(turn: Turn) -> tuple[str, str, str]:
    row = turn.after
    return (
        f"{turn.key(row['case_id'])} belongs to episode {turn.key(row['episode_id'])}",
        f" ({row['tier']})",
        "",
    )


def _link(said: str) -> Callable[[Turn], tuple[str, str, str]]:
    def words(turn: Turn) -> tuple[str, str, str]:
        return _linked(turn), f" {said}", ""

    return words


def _linked(turn: Turn) -> str:
    """Return both ends of a link: ``mid-50.ALLY.2, mid-50.t1``."""
    noun = NOUNS[turn.table]
    ends = [noun.fields[name].column for name in (noun.parent, *noun.known_by) if name]
    return ", ".join(turn.key(turn.after[end]) for end in ends if turn.after.get(end))


def _redirect(turn: Turn) -> tuple[str, str, str]:
    row = turn.after
    return f"{row['noun']} {row['key']}", f" is called {turn.key(row['row_id'])} now", ""


_NEW: Mapping[str, Callable[[Turn], tuple[str, str, str]]] = {
    "challenge": _challenge, "decision": _decision, "review": _review, "test": _test, "likelihood": _likelihood, "bearing": _bearing,
    "observation": _observation, "search": _search, "quote": _quote, "source": _source, "case": _case,
    "variable_version": _version, "rivalry": _rivalry, "prior": _prior, "redirect": _redirect, "alias": _alias,
    "participation": _participation, "episode_case": _placed,
    "decision_test": _link("is relied on"), "decision_search": _link("is named"),
    "decision_observation": _link("is weighed against it"), "observation_quote": _link("is what it rests on"),
}  # fmt: skip


# --- Changed records


def inner_key(turn: Turn) -> str:
    """Return what a record without a key is known by: what it links."""
    return _linked(turn) if turn.table in NOUNS else turn.name


def head_of(turn: Turn) -> str:
    """Return what a changed record is called: by its key alone where that says what it is, a code by its case."""
    if turn.table in ("likelihood", "bearing", "rivalry", "prior") or turn.table.startswith(
        ("decision_", "observation_")
    ):
        return new(turn)[0]
    if turn.table == "decision":
        variable = turn.key(turn.world.row(turn.after["variable_version_id"]).get("variable_id"))
        return f"{turn.key(turn.after['case_id'])} {variable} {_code(turn.after)} ({turn.after['key']})"
    return turn.name


def _changed_test(turn: Turn) -> tuple[list[str], set[str]]:
    was, row = turn.before or {}, turn.after
    told, used = [], set()
    if was.get("result") != row.get("result"):
        note = (
            f", because: {short(row['note']).rstrip('.')}"
            if row.get("note") and row["note"] != was.get("note")
            else ""
        )
        when = f" ({day(row['resolved_at'])})" if row.get("resolved_at") else ""
        told.append(f"{was.get('result')}→{row['result']}{note}{when}")
        used |= {"result", "resolved_at"} | ({"note"} if note else set())
    if was.get("declared_at") != row.get("declared_at"):
        told.append(f"declared anew ({day(row['declared_at'])})")
        used.add("declared_at")
    for field, end in (("p_hypothesis", "hypothesis_id"), ("p_rival", "rival_id")):
        if was.get(field) != row.get(field):
            old, new = (turn.value(one.get(field)) for one in (was, row))
            told.append(f"P(seen given {turn.key(row[end])}) {old} → {new}")
            used.add(field)
    return told, used


def _changed_quote(turn: Turn) -> tuple[list[str], set[str]]:
    was, row = turn.before or {}, turn.after
    told, used = [], set()
    if was.get("words") != row.get("words"):
        told.append(f"its words “{short(was.get('words'))}” → “{short(row['words'])}”")
        used.add("words")
    if was.get("state") != row.get("state"):
        told.append(f"{was.get('state')}→{row['state']}")
        used.add("state")
    return told, used


def _changed_case(turn: Turn) -> tuple[list[str], set[str]]:
    was, row = turn.before or {}, turn.after
    old, new = was.get("narrative") or "", row.get("narrative") or ""
    if old == new:
        return [], set()
    if not old or not new:
        return [f"its narrative was {'written' if new else 'taken out'} ({number_of_words(new or old)})"], {
            "narrative"
        }
    return [f"its narrative was reworded ({number_of_words(old)} → {number_of_words(new)})"], {"narrative"}


def _changed_likelihood(turn: Turn) -> tuple[list[str], set[str]]:
    old, new = (turn.value(one.get("p")) for one in (turn.before or {}, turn.after))
    return ([f"{old} → {new}"], {"p"}) if old != new else ([], set())


CHANGED: Mapping[str, Callable[[Turn], tuple[list[str], set[str]]]] = {
    "test": _changed_test, "quote": _changed_quote, "case": _changed_case, "likelihood": _changed_likelihood,
    "prior": _changed_likelihood, "challenge": _changed_challenge,
}  # fmt: skip
