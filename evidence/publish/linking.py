"""Keys in sentences become the numbers that a page gives them, so that a reader can follow them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from evidence.publish.reasoning_views import Words
from evidence.publish.views import SourceRef

__all__ = ["linking"]


def linking(
    called: Mapping[str, str], sources: Mapping[str, SourceRef]
) -> Callable[[str], tuple[Words, ...]]:
    """Return what parts sentences at the keys that a page can lead to.

    Args:
        called: what the page calls each key: ``T1`` for a test's, ``E3`` for an observation's.
        sources: documents by their keys, which stay as they are.
    """
    keys = "|".join(map(re.escape, sorted({*called, *sources}, key=len, reverse=True)))
    # A key ends where no letter, digit or hyphen follows, and no full stop with one of them behind it.
    quoted = re.compile(f"'({keys})'") if keys else None
    known = re.compile(rf"(?<![\w.-])({keys})(?![\w-]|\.\w)") if keys else None

    def link(sentence: str) -> tuple[Words, ...]:
        parts = known.split(quoted.sub(r"\1", sentence)) if known and quoted else [sentence]
        return tuple(
            _words(part, called, sources) if n % 2 else Words(part) for n, part in enumerate(parts) if part
        )

    return link


def _words(key: str, called: Mapping[str, str], sources: Mapping[str, SourceRef]) -> Words:
    return Words(called[key], called[key]) if key in called else Words(key, source=sources[key])
