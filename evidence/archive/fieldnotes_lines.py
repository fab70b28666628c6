"""The lines of field notes as they were typed: what each is, whatever phone or editor it comes from."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from evidence.archive.archives import size_of
from evidence.errors import Place, ValueRefused
from evidence.folding import composed
from evidence.vocabulary import LocatorKind

__all__ = ["FENCE", "bare", "copied", "joined", "lines_of", "locator", "named", "paragraphs", "parted"]

_LARGEST = 16 * 1024 * 1024
#: No place in a document takes more letters to say.
_PLACE = 200
#: Marks of direction and a byte order mark have no form: they stand before a sign without being seen.
_UNSEEN = "\u200b\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
_BREAKS = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
#: A line of dashes alone; phones make one long dash of two short ones.
FENCE = re.compile(r"(?:-{3,}|[—–-]{2,}|—)")
#: The words of a source, each line begun with ``>``, in a list or one within the other too.
_WORDS = re.compile(r"(?:[-*+•]\s+|\d+[.)]\s+)?(?:[>＞]\s?)+")
_NAMED = re.compile(r"(?P<name>[^\W\d][\w .-]{0,40}?)\s*[:：](?:\s+|$|(?<=：))(?P<value>.*)")
_TAG = re.compile(r"[#＃][^#＃]+")
_BLOCK = re.compile(r"\^[\w-]+")

_KINDS = {
    LocatorKind.PAGE: "p pp pg page pages s seite seiten с стр pág págs",
    LocatorKind.FOLIO: "f ff fo fol fols folio folios bl blatt л лл",
    LocatorKind.FRAME: "fr frame frames image images img",
    LocatorKind.DOCUMENT: "doc docs document documents d no nr №",
    LocatorKind.PARAGRAPH: "para paras par paragraph paragraphs ¶ ¶¶ § §§",
    LocatorKind.FOOTNOTE: "n nn fn note footnote footnotes",
    LocatorKind.CHAPTER: "ch chap chapter",
    LocatorKind.LINE: "line lines",
    LocatorKind.TIME: "time",
}
_KIND = {word: kind.value for kind, words in _KINDS.items() for word in words.split()}
_COUNTED = r"[^\s,;]*\d[^\s,;]*"
_WHERE = re.compile(
    rf"(?P<kind>[^\W\d_]+|¶{{1,2}}|§{{1,2}}|№)"
    rf"(?:\.?\s*(?P<counted>{_COUNTED}(?:\s*[-–]\s*{_COUNTED})?)|(?:\.\s*|\s+)(?P<roman>[ivxlcdm]+))",
    re.IGNORECASE,
)
_CHINESE = re.compile(r"第?\s*(?P<where>\d+)\s*(?P<kind>[页頁葉])")
_PARTED = re.compile(r"\s*[,;]\s*")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_ENDS_BROKEN = re.compile(r"\S[-‐‑–—]$")
#: Scripts that part no words: Thai, Lao, Burmese, Khmer; Han and kana are told by their width.
_UNPARTED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")


def lines_of(file: Path) -> list[str]:
    """Return the lines of a file, each without what cannot be seen at its ends.

    Raises:
        ValueRefused: it cannot be read, is too large, or is no text in UTF-8 (or UTF-16 with its mark).
    """
    place = Place(str(file))
    try:
        if size_of(file) > _LARGEST:
            raise ValueRefused("the notes are larger than 16 MiB; part them into several files.", place)
        data = file.read_bytes()
    except OSError as error:
        raise ValueRefused(f"the notes cannot be read: {error.strerror}.", place) from error
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        why = f"byte {error.start} is not UTF-8 text; save the notes as plain text in UTF-8."
        raise ValueRefused(why, Place(str(file), line)) from error
    lines = [typed.strip(_UNSEEN) for typed in _BREAKS.split(composed(text))]
    for number, typed in enumerate(lines, start=1):
        if "\x00" in typed:
            raise ValueRefused("the line holds a NUL character; remove it.", Place(str(file), number))
    return lines


def copied(line: str) -> str | None:
    """Return the words on a line that begins with ``>``, with the space at their end; else nothing."""
    typed = line.lstrip(" \t\u00a0" + _UNSEEN)
    sign = _WORDS.match(typed)
    return typed[sign.end() :] if sign else None


def bare(line: str) -> str:
    """Return a line without the space around it."""
    return line.replace("\t", " ").strip().strip(_UNSEEN).strip()


def named(line: str) -> tuple[str, str] | None:
    """Return the name and the value of a line ``name: value``; the name in small letters, with underscores."""
    match = _NAMED.fullmatch(bare(line))
    if not match:
        return None
    return re.sub(r"[\s-]+", "_", match["name"].casefold()), match["value"].strip()


def parted(line: str) -> tuple[str, list[str], str]:
    """Return a line without the tags and the block's id at its end, the tags, and the id."""
    text, block = bare(line), ""
    tags: list[str] = []
    words = list(re.finditer(r"\S+", text))
    while words:
        word = words[-1].group().rstrip(",;")
        if _TAG.fullmatch(word):
            tags.append(word[1:])
        elif not block and _BLOCK.fullmatch(word):
            block = word[1:]
        else:
            break
        words.pop()
    return text[: words[-1].end()] if words else "", tags[::-1], block


def locator(line: str) -> dict[str, str] | None:
    """Return where words stand, if a line says that and nothing else: ``doc. 134, pp. 315-316``.

    Raises:
        ValueRefused: it says it twice over.
    """
    text = re.sub(r"^[-–—]+\s*", "", bare(line)) if len(line) <= _PLACE else ""
    if text.startswith(("(", "[")) and text.endswith((")", "]")):
        text = text[1:-1].strip()
    found: dict[str, str] = {}
    for part in _PARTED.split(text.rstrip(".,;:")):
        if match := _CHINESE.fullmatch(part):
            kind, where = ("folio" if match["kind"] == "葉" else "page"), match["where"]
        elif match := _WHERE.fullmatch(part):
            name = match["kind"].casefold()
            if name not in _KIND:
                return None
            kind, where = _KIND[name], re.sub(r"\s*[-–]\s*", "-", match["counted"] or match["roman"])
        else:
            return None
        if kind in found:
            raise ValueRefused(f"there are two places of the same kind ({kind}); write a range, such as 3-4.")
        found[kind] = where
    return found or None


def joined(lines: Sequence[str]) -> str:
    """Return the lines of a block quote as the words that were meant.

    Lines are joined by one space; an empty one parts paragraphs; two spaces or a backslash at a line's end
    keep the line, as in verse. Words that a hyphen parts, and scripts without spaces, are joined without one.
    """
    words: list[str] = []
    keep = False
    for line in lines:
        text = _ESCAPED.sub(r"\1", bare(line.removesuffix("\\") if line.endswith("\\") else line))
        if not text:
            words += ["\n\n"] if words and words[-1] != "\n\n" else []
        elif not words or words[-1] == "\n\n":
            words.append(text)
        else:
            words += ["\n" if keep else _joint(words[-1], text), text]
        keep = bool(text) and line.endswith(("  ", "\\"))
    return "".join(words).strip()


def _joint(before: str, after: str) -> str:
    if _ENDS_BROKEN.search(before[-2:]):
        return ""
    unparted = all(
        _UNPARTED.match(letter)
        or (
            unicodedata.east_asian_width(letter) in "WF"
            and not unicodedata.name(letter, "").startswith("HANGUL")
        )
        for letter in (before[-1], after[0])
    )
    return "" if unparted else " "


def paragraphs(lines: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Yield paragraphs of prose as they were typed, each with the number of its first line."""
    kept: list[tuple[int, str]] = []
    for number, line in (*lines, (0, "")):
        if bare(line):
            kept.append((number, line.rstrip()))
        elif kept:
            yield kept[0][0], "\n".join(text for _, text in kept)
            kept = []
