"""LaTeX in bibliographies, as the letters it stands for: accents, dashes, raised and lowered figures."""

from __future__ import annotations

import logging
import re
import unicodedata
from functools import lru_cache
from typing import Any

__all__ = ["unlatexed", "verbatim"]

_RAISED = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_MATH = re.compile(r"\$((?:[^$\\]|\\.){1,500})\$", re.DOTALL)
_SCRIPT = re.compile(r"(?P<how>[\^_])\s*(?:\{(?P<long>(?:[^{}]|\{[^{}]*\}){0,200})\}|(?P<short>[^\s{}\\]))")
_COMMAND = re.compile(r"\\text(?P<how>super|sub)script\s*\{(?P<long>[^{}]{0,200})\}")
_FACE = re.compile(r"\\(?:text(?:rm|sf|tt|up|normal)|mathrm|mathsf|text|mbox|ensuremath)\s*(?=\{)")
#: Names that are commands; the reader of LaTeX would leave out what it does not know.
_NAMES = re.compile(r"\\((?:Bib|Lua|Xe|pdf)?(?:La)?TeX)(?![A-Za-z])\s*")
_BARE = re.compile(r"(?<!\\)([%&#])")
#: Accents, which are most of the LaTeX in bibliographies: they need no reader of all LaTeX.
_MARKS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308", "=": "\u0304", ".": "\u0307",
    "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328", "r": "\u030a", "d": "\u0323", "b": "\u0331",
}  # fmt: skip
_ACCENT = re.compile(
    r"(?<!\\)\\(?:(?P<sign>[`'^~\"=.])\s*(?:\{\s*(?P<one>\\?[A-Za-z])\s*\}|(?P<two>\\[ij](?![A-Za-z])|[A-Za-z]))"
    r"|(?P<word>[uvHckrdb])\s*\{\s*(?P<three>\\?[A-Za-z])\s*\})"
)
_DASHES = (("---", "—"), ("--", "–"))
_QUOTES = (("``", "“"), ("''", "”"))
_PLAIN_ESCAPE = re.compile(r"\\([%&#_${}~^ ])")


@lru_cache(maxsize=8192)  # names, journals and publishers come again and again
def unlatexed(text: str) -> str:
    """Return the words that a field prints, in one line."""
    plain = _ACCENT.sub(_accented, text) if "\\" in text else text
    if "\\" in plain or "$" in plain:
        plain = _converted(plain)
    else:
        plain = re.sub(r"(?<!\\)~", " ", plain)
        for latex, sign in (*_DASHES, *_QUOTES):
            plain = plain.replace(latex, sign)
    plain = plain.replace("{", "").replace("}", "")
    return " ".join(unicodedata.normalize("NFC", plain).replace("\u00a0", " ").split())


def verbatim(text: str) -> str:
    """Return an address or a name of a file: only what LaTeX makes people escape is undone."""
    plain = text.strip()
    while plain.startswith("{") and plain.endswith("}"):
        plain = plain[1:-1].strip()
    plain = (
        plain.replace("\\textasciitilde{}", "~")
        .replace("\\textasciitilde", "~")
        .replace("{\\_}", "_")
        .replace("\\{\\_\\}", "_")
    )
    return _PLAIN_ESCAPE.sub(r"\1", plain).strip()


def _converted(text: str) -> str:
    prepared = _NAMES.sub(r"{\1}", _COMMAND.sub(_script, text))
    prepared = _MATH.sub(lambda found: f"${_SCRIPT.sub(_script, _FACE.sub('', found[1]))}$", prepared)
    prepared = _BARE.sub(r"\\\1", prepared)
    try:
        return str(_converter().latex_to_text(prepared)).strip() or text
    except (RecursionError, ValueError, IndexError, AttributeError):  # what it cannot read stays as it is
        return text


def _accented(found: re.Match[str]) -> str:
    letter = (found["one"] or found["two"] or found["three"]).removeprefix("\\")
    return unicodedata.normalize("NFC", letter + _MARKS[found["sign"] or found["word"]])


def _script(found: re.Match[str]) -> str:
    """Return raised or lowered figures as letters of their own, and anything else in the line."""
    groups = found.groupdict()
    inner = (
        _FACE.sub("", groups.get("long") or groups.get("short") or "")
        .replace("{", "")
        .replace("}", "")
        .strip()
    )
    table = _RAISED if found["how"] in ("^", "super") else _LOWERED
    small = inner.translate(table)
    return small if inner and not set(inner) & set(small) else inner


@lru_cache(maxsize=1)
def _converter() -> Any:
    from pylatexenc.latex2text import (  # type: ignore[import-untyped]  # noqa: PLC0415 - only where there is LaTeX
        LatexNodes2Text,
    )

    logging.getLogger("pylatexenc").setLevel(logging.CRITICAL)  # what it wonders at is no news to a historian
    return LatexNodes2Text(math_mode="text", strict_latex_spaces=True, keep_comments=False)
