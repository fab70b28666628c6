"""What stands in a summary: keys without their case's own, and the first sentences of what is long."""

from __future__ import annotations

import re

__all__ = ["near", "opening"]

#: So many characters of a long text stand in a summary, in whole sentences.
_LENGTH = 460


def near(key: str, case: str) -> str:
    """Return a key without its case's before it: ``t1`` of ``mid-50.t1``."""
    return key.removeprefix(f"{case}.")


def opening(text: str, case: str) -> tuple[str, bool]:
    """Return the first sentences of a text, keys of its case shortened, and whether there is more of it."""
    short = re.sub(rf"(?<![\w-]){re.escape(case)}\.(?=\w)", "", text)
    kept = ""
    for sentence in re.split(r"(?<=[.?!]) ", short):
        if kept and len(kept) + len(sentence) > _LENGTH:
            return kept, True
        kept = f"{kept} {sentence}".strip()
    return kept, False
