"""Who codes which cases, and in what order: by a seed, so that the same seed says the same to everybody.

Order comes from SHA-256 over the seed and the keys, and not from a generator of random numbers, whose shuffles are
no promise from one version of Python to the next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from hashlib import sha256

from evidence.errors import MethodError

__all__ = ["assigned", "drawn"]


def drawn(cases: Sequence[str], number: int, seed: int) -> list[str]:
    """Return so many of the cases, drawn by the seed, in the order in which they were given.

    Raises:
        MethodError: there are not so many.
    """
    if not 1 <= number <= len(cases):
        raise MethodError(
            f"{number:,} cases cannot be drawn from {len(cases):,}; ask for 1 to {len(cases):,}."
        )
    chosen = set(sorted(cases, key=lambda case: _lot(seed, "sample", case))[:number])
    return [case for case in cases if case in chosen]


def assigned(
    cases: Sequence[str], coders: Sequence[str], each: int | None = None, seed: int | None = None
) -> dict[str, list[str]]:
    """Return the cases of each coder, in the order in which to code them.

    Args:
        cases: keys.
        coders: keys.
        each: how many coders code each case; all if not given. They then have as many cases each as can be, and
            which of them meet on a case is drawn.
        seed: by which it is drawn; without one everybody codes all cases in the order given.

    Raises:
        MethodError: a case cannot have so many coders, or fewer than all without a seed.
    """
    wanted = len(coders) if each is None else each
    if not 1 <= wanted <= len(coders):
        raise MethodError(
            f"A case cannot be coded by {wanted} of {len(coders)} coders; say how many of them (each)."
        )
    if seed is None:
        if wanted < len(coders):
            raise MethodError("Which coders have which cases is drawn; give a seed.")
        return {coder: list(cases) for coder in coders}
    found: dict[str, list[str]] = {coder: [] for coder in coders}
    load: Counter[str] = Counter()
    for case in sorted(cases, key=lambda case: _lot(seed, "case", case)):
        for coder in sorted(coders, key=lambda coder: (load[coder], _lot(seed, case, coder)))[:wanted]:
            load[coder] += 1
            found[coder].append(case)
    return {
        coder: sorted(some, key=lambda case: _lot(seed, "order", coder, case))
        for coder, some in found.items()
    }


def _lot(seed: int, *names: str) -> bytes:
    """Return the lot of something: names are parted by what no key has in it."""
    return sha256("\n".join([str(seed), *names]).encode()).digest()
