"""What a rule is: an id for good, why it is one, on whose authority, and how to put right what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence.errors import Finding, MethodError, nearest
from evidence.keys import listed

if TYPE_CHECKING:
    from evidence.audit.checks.ground import Ground

__all__ = ["FAMILIES", "Check", "Found", "Hit", "Rule", "chosen", "rule"]

#: The families of rules, by the beginning of their ids. EV9 are the history's own ('evidence history verify').
FAMILIES: Mapping[str, str] = {
    "EV1": "chain",
    "EV2": "documents",
    "EV3": "codes",
    "EV4": "balance",
    "EV5": "dates",
    "EV6": "unused",
    "EV7": "reviews",
    "EV8": "likelihoods",
}


@dataclass(frozen=True, slots=True)
class Hit:
    """What a rule found: the record, what is said of it, and the cases that it concerns."""

    noun: str
    key: str
    message: str  # goes on after the record's name, and ends in a full stop
    cases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found(Finding):
    """A finding of the check: its subject is a noun and a key."""

    noun: str = ""
    key: str = ""
    cases: tuple[str, ...] = ()


#: Looks through a study and yields what it finds, each record once.
Check = Callable[["Ground"], Iterator[Hit]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule."""

    id: str
    slug: str
    reason: str  # why it is one, in a sentence
    source: str  # the publication, or the law of the ledger, that asks for it
    remedy: str  # how to put right what it finds
    look: Check

    @property
    def family(self) -> str:
        """The family's name."""
        return FAMILIES[self.id[:3]]


def rule(id: str, slug: str, *, source: str, remedy: str) -> Callable[[Check], Rule]:  # noqa: A002
    """Make a rule of a function that looks through a study; its docstring is the reason, in a sentence."""

    def made(look: Check) -> Rule:
        return Rule(id, slug, (look.__doc__ or "").strip(), source, remedy, look)

    return made


def chosen(rules: Sequence[Rule], names: Iterable[str], where: str = "") -> frozenset[str]:
    """Return the ids of the rules that some names mean.

    Args:
        rules: those that there are.
        names: ids (``EV101``), beginnings of ids (``EV1``), slugs, or families; capitals make no difference.
        where: where the names were read, if not on the command line; goes into the sentence.

    Raises:
        MethodError: a name means no rule; the sentence says which are near.
    """
    found: set[str] = set()
    for name in names:
        meant = _meant(rules, name.strip().casefold())
        if not meant:
            known = [*FAMILIES.values(), *(one.slug for one in rules), *(one.id for one in rules)]
            near = nearest(name.strip(), known)
            hint = f" Did you mean {listed(near)}?" if near else " 'evidence check --list' lists them."
            raise MethodError(f"{where}There is no rule {name!r}.{hint}")
        found |= meant
    return frozenset(found)


def _meant(rules: Sequence[Rule], name: str) -> set[str]:
    if name.startswith("ev") and (name[2:].isdigit() or name == "ev"):
        return {one.id for one in rules if one.id.casefold().startswith(name)}
    return {one.id for one in rules if name in (one.slug, one.family)}
