"""Characters that would turn others about, or that no page may hold, are shown as their numbers."""

from __future__ import annotations

import re

__all__ = ["legible"]

_SHOWN = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]|[\U0001fffe\U0001ffff]"
)
#: The same in UTF-8, begun by what is rare: to look through a page costs a hundredth of filling it.
_CONTROLS = bytes({*range(9), 0x0B, *range(0x0E, 0x20), 0x7F})
_TURNING = re.compile(rb"\xe2[\x80\x81][\xa6-\xae]")
_OTHERS = (re.compile(rb"\xc2[\x80-\x9f]"), re.compile(rb"\xef[\xb7\xbf][\x90-\xaf\xbe\xbf]"))


def legible(text: str) -> str:
    """Return a text with ``[U+202E]`` in place of what would turn the words after it about, and of control characters.

    Marks that have no form but harm nothing, such as a zero-width space or a right-to-left mark, stay.
    """
    if text.isascii() and text.isprintable():  # most texts
        return text
    raw = text.encode("utf-8", "surrogatepass")
    suspicious = (
        _TURNING.search(raw)
        or len(raw.translate(None, _CONTROLS)) != len(raw)
        or any(one.search(raw) for one in _OTHERS)
    )
    return _SHOWN.sub(lambda found: f"[U+{ord(found[0]):04X}]", text) if suspicious else text
