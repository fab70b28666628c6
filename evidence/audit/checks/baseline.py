"""What is known already: findings written down as plain text, a line for each, so that only new ones are shown."""

from __future__ import annotations

from collections.abc import Iterable

from evidence.audit.checks.rules import Found
from evidence.audit.checks.running import Checked
from evidence.errors import Place, ValueRefused

__all__ = ["Known", "against", "lines", "parsed"]

#: A rule's id, a noun, a key. What a finding says in words is left out: it counts, and counts change.
Known = tuple[str, str, str]
_HEAD = "# Findings that are known: rule, noun, key. Written by 'evidence check --write-baseline'."
_PARTS = 3


def lines(found: Iterable[Found]) -> str:
    """Return the text of a baseline: sorted, and the same for the same findings."""
    known = sorted({(one.rule, one.noun, one.key) for one in found})
    return "\n".join([_HEAD, *(" ".join(one) for one in known)]) + "\n"


def parsed(text: str, file: str) -> frozenset[Known]:
    """Return what a baseline knows.

    Args:
        text: its lines; those that are blank or begin with ``#`` say nothing.
        file: its name, for the sentence if a line is none.

    Raises:
        ValueRefused: a line is not a rule's id, a noun and a key.
    """
    known = set()
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split(None, _PARTS - 1)
        if not words or line.startswith("#"):
            continue
        if len(words) < _PARTS:
            sentence = f"{line.strip()!r} is no finding; a line is a rule, a noun and a key, such as 'EV105 decision mid-50.INV.1'."
            raise ValueRefused(sentence, Place(file, number))
        known.add((words[0].upper(), words[1], words[2].strip()))
    return frozenset(known)


def against(checked: Checked, known: frozenset[Known]) -> tuple[tuple[Found, ...], int, int]:
    """Return the findings that a baseline does not know, how many it knows, and how many of it are gone.

    What is gone is counted among the rules that were asked; where one case was asked about, nobody can tell.
    """
    new = tuple(one for one in checked.found if (one.rule, one.noun, one.key) not in known)
    here = {(one.rule, one.noun, one.key) for one in checked.found}
    asked = {rule.id for rule in checked.rules}
    gone = 0 if checked.case else sum(one not in here for one in known if one[0] in asked)
    return new, len(checked.found) - len(new), gone
