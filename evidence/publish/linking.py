"""Keys in sentences become the numbers that a page gives them, so that a reader can follow them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from evidence.publish.reasoning_views import Words

__all__ = ["linking"]


class _Linker:
    """Parts sentences at the keys that a page has a number for."""

    def __init__(self, called: Mapping[str, str]) -> None:
        self._called = called
        keys = "|".join(map(re.escape, sorted(called, key=len, reverse=True)))
        # A key ends where no letter, digit or hyphen follows, and no full stop with one behind it.
        self._keys = re.compile(rf"(?<![\w.-])({keys})(?![\w-]|\.\w)") if keys else None

    def __call__(self, sentence: str) -> tuple[Words, ...]:
        """Return a sentence in pieces; those with a number stand for a key."""
        if self._keys is None:
            return (Words(sentence, ""),)
        parts = self._keys.split(sentence)
        return tuple(
            Words(self._called[part], self._called[part]) if n % 2 else Words(part, "")
            for n, part in enumerate(parts)
            if part
        )


def linking(called: Mapping[str, str]) -> _Linker:
    """Return what parts sentences at keys.

    Args:
        called: what the page calls each key: ``T1`` for a test's, ``E3`` for an observation's.
    """
    return _Linker(called)
