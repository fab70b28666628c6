"""Find the quotations in a manuscript or a list, so that each can be looked for in the texts that are held."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from evidence.archive.documents import bytes_of
from evidence.archive.documents_kinds import Kind, kind_of
from evidence.archive.documents_plain import decoded
from evidence.archive.lists import read_table
from evidence.archive.quotations_marks import cited, page_of, passages, unmarked
from evidence.errors import Place, ValueRefused, nearest

__all__ = ["Quotation", "quotations"]

_LISTS = (".csv", ".tsv")
#: What the styles of block quotations are called, in the languages of Word.
_BLOCK_STYLES = (
    "quot",
    "block text",
    "extract",
    "zitat",
    "citation",
    "cita",
    "citaat",
    "citat",
    "цитата",
    "引用",
    "引文",
)
_OPENING = '“„«"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """A quotation in a manuscript.

    Attributes:
        words: the words quoted, without the marks about them.
        source: the key that is cited with it: a source's, or a quote's; empty if none is.
        page: the page that is cited, the first of several; empty if none is.
        place: where it stands.
    """

    words: str
    source: str = ""
    page: str = ""
    place: Place


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph of a manuscript: its words, whether it is a block quotation, and where its lines stand."""

    words: str
    block: int  # the number of the block quotation that it is in, or 0
    place: Place
    breaks: tuple[int, ...] = ()  # where its lines end


def quotations(file: Path) -> list[Quotation]:
    """Return the quotations in a file, in their order.

    Args:
        file: a list (CSV with a column ``quote``, and perhaps ``source`` and ``page``), or a manuscript in
            Markdown, plain text or DOCX: its block quotations, and its passages between double quotation marks
            of at least four words, in the body and in notes. A citation ``[@key, 315]`` that follows in the
            same sentence, or at the end of a block quotation, names the source and the page.

    Raises:
        ValueRefused: it cannot be read, is of another kind, or a list lacks the column.
    """
    if file.suffix.lower() in _LISTS:
        return list(_listed(file))
    data = bytes_of(file)
    kind, _ = kind_of(data, file)
    place = Place(file.name)
    if kind is Kind.DOCX:
        found = _word(data, place)
    elif kind is Kind.MARKDOWN:
        found = _markdown(decoded(data, place), place)
    elif kind is Kind.PLAIN:
        found = _plain(decoded(data, place), place)
    else:
        raise ValueRefused(
            f"it is {kind}; give the manuscript as Markdown, plain text or DOCX, or a list of quotations as CSV.",
            place,
        )
    return list(_quoted(list(found)))


def _listed(file: Path) -> Iterator[Quotation]:
    header, rows = read_table(file)
    columns = {name.casefold(): at for at, name in reversed(list(enumerate(header)))}
    if "quote" not in columns:
        near = nearest("quote", header, 1)
        hint = f" Is it {near[0]!r}?" if near else ""
        raise ValueRefused(
            f"a list of quotations needs a column named 'quote'.{hint}", Place(file.name, row=1)
        )
    for number, cells in rows:
        cell = {name: cells[at].strip() for name, at in columns.items() if at < len(cells)}
        if cell.get("quote"):
            yield Quotation(
                words=cell["quote"],
                source=cell.get("source", "").removeprefix("@"),
                page=page_of(cell.get("page", "")),
                place=Place(file.name, row=number, field="quote"),
            )


def _markdown(text: str, place: Place) -> Iterator[_Paragraph]:
    from evidence.archive.documents_markdown import parser  # noqa: PLC0415 - only for manuscripts in Markdown

    depth = block = 0
    for token in parser().parse(text):
        if token.type == "blockquote_open":
            depth, block = depth + 1, block + (not depth)
        elif token.type == "blockquote_close":
            depth -= 1
        elif token.type == "inline":
            words, breaks = _said(token.children or ())
            line = token.map[0] + 1 if token.map else None
            yield _Paragraph(words, block if depth else 0, Place(place.file, line), breaks)


def _said(tokens: Iterable[Any]) -> tuple[str, tuple[int, ...]]:
    """Return the words of a run of Markdown, and where its lines end; what is code holds no quotation."""
    words: list[str] = []
    breaks, at = [], 0
    for token in tokens:
        said = token.content if token.type in ("text", "text_special") else ""
        if token.type == "code_inline":
            said = " " * len(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            said = " "
            breaks.append(at)
        words.append(said)
        at += len(said)
    return "".join(words), tuple(breaks)


def _plain(text: str, place: Place) -> Iterator[_Paragraph]:
    lines: list[str] = []
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        if line.strip():
            lines.append(line)
        elif lines:
            ends = accumulate(len(one) + 1 for one in lines[:-1])
            breaks = tuple(end - 1 for end in ends)
            yield _Paragraph(" ".join(lines), 0, Place(place.file, number - len(lines)), breaks)
            lines = []


def _word(data: bytes, place: Place) -> Iterator[_Paragraph]:
    from evidence.archive.documents_docx import paragraphs  # noqa: PLC0415 - only for manuscripts in Word

    block = 0
    before = False
    for style, words, where in paragraphs(data, place):
        is_block = any(name in style.casefold() for name in _BLOCK_STYLES)
        block += is_block and not before
        before = is_block
        yield _Paragraph(words, block if is_block else 0, Place(f"{place.file}, {where}"))


def _quoted(paragraphs: Sequence[_Paragraph]) -> Iterator[Quotation]:
    for number, paragraph in enumerate(paragraphs):
        following = paragraphs[number + 1] if number + 1 < len(paragraphs) else None
        if paragraph.block:
            yield from _block(paragraph, following)
            continue
        goes_on = bool(following and not following.block and following.words.lstrip()[:1] in tuple(_OPENING))
        found = passages(paragraph.words, goes_on=goes_on)
        for passage, (key, page) in zip(found, cited(paragraph.words, [p.end for p in found]), strict=True):
            words = _unstopped(paragraph.words[passage.start : passage.end])
            yield Quotation(words=words, source=key, page=page, place=_line(paragraph, passage.start))


def _unstopped(words: str) -> str:
    """Return a passage without the comma or full stop at its end, which may be the quoting sentence's own."""
    return words[:-1].rstrip() if words.endswith((",", ".")) and not words.endswith("..") else words


def _block(paragraph: _Paragraph, following: _Paragraph | None) -> Iterator[Quotation]:
    """Take a paragraph of a block quotation, without the citation at its end or in the paragraph after it."""
    words, key, page = _without_citation(paragraph.words)
    if not key and following and (following.block in (0, paragraph.block)):
        after = following.words.lstrip()
        if after.startswith(("[@", "([@")) or (following.block and _attribution(after)):
            ((key, page),) = cited(after, [0])
    words = unmarked(words)
    if words and not _attribution(words):
        yield Quotation(words=words, source=key, page=page, place=paragraph.place)


def _without_citation(words: str) -> tuple[str, str, str]:
    stripped = words.rstrip(" .)")
    at = stripped.rfind("[@")
    if at < 0 or not stripped.endswith("]"):
        return words, "", ""
    ((key, page),) = cited(stripped[at:], [0])
    return (stripped[:at].rstrip(" (—–"), key, page) if key else (words, "", "")


def _attribution(words: str) -> bool:
    """Tell whether a paragraph of a block quotation says whose words it has: ``— Dulles, 28 February``."""
    return words.startswith(("—", "–", "-- ")) or not any(letter.isalnum() for letter in words)


def _line(paragraph: _Paragraph, at: int) -> Place:
    place = paragraph.place
    if place.line is None:
        return place
    return Place(place.file, place.line + bisect_left(paragraph.breaks, at))
