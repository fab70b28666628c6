"""How the notes of a Word document are numbered: 1, 2, 3, or i, ii, iii, or by signs of their own."""

from __future__ import annotations

from typing import Any

from evidence.archive.documents_docx_body import child, value

__all__ = ["NoteNumbers"]

_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_SIGNS = "*†‡§"
_LETTERS = 26


class NoteNumbers:
    """The numbers of footnotes or endnotes, in the order in which they are called.

    Attributes:
        kind: ``footnote`` or ``endnote``.
    """

    def __init__(self, kind: str, root: Any, settings: Any) -> None:
        """Find how a document numbers its notes: its last section says it, or its settings."""
        self.kind = kind
        wanted = f"{kind}Pr"
        body = child(root, "body")
        section = child(body, "sectPr") if body is not None else None
        told = [child(part, wanted) for part in (section, settings) if part is not None]
        self._form = self._said(told, "numFmt") or ("lowerRoman" if kind == "endnote" else "decimal")
        start = self._said(told, "numStart")
        self._next = int(start) if start.isdecimal() else 1

    @staticmethod
    def _said(told: list[Any], name: str) -> str:
        found = (child(part, name) for part in told if part is not None)
        return next((value(one) for one in found if one is not None), "")

    def next(self, mark: str) -> str:
        """Return the label of the next note; one with a mark of its own takes no number."""
        if mark:
            return mark
        number, self._next = self._next, self._next + 1
        return _written(number, self._form)


def _written(number: int, form: str) -> str:
    if form in ("lowerRoman", "upperRoman"):
        word = ""
        for worth, letters in _ROMAN:
            while number >= worth and len(word) < 40:  # noqa: PLR2004 - a start may be any number
                word, number = word + letters, number - worth
        return word.upper() if form == "upperRoman" else word
    if form in ("lowerLetter", "upperLetter") and number > 0:
        times, letter = divmod(number - 1, _LETTERS)
        word = chr(ord("a") + letter) * min(times + 1, 40)
        return word.upper() if form == "upperLetter" else word
    if form == "chicago" and number > 0:
        times, sign = divmod(number - 1, len(_SIGNS))
        return _SIGNS[sign] * min(times + 1, 40)
    return str(number)
