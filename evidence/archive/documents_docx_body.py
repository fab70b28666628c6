"""The words in a Word document's XML: paragraphs and tables, with what is deleted or hidden left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evidence.archive.documents_flow import Flow

__all__ = ["Body", "Styles", "child", "name_of", "value"]

#: The namespace of WordprocessingML, and that of its strict form.
W = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
#: What is no longer there, or is no word: tracked deletions, codes of fields, properties, readings beside a script.
_LEFT_OUT = frozenset(
    "del moveFrom delText instrText delInstrText rPr pPr tblPr trPr tcPr sdtPr sdtEndPr sectPr rt footnoteRef endnoteRef "
    "annotationRef separator continuationSeparator".split()
)
_SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011"}


def name_of(element: Any) -> str:
    """Return an element's name without its namespace; nothing for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def value(element: Any, name: str = "val") -> str:
    """Return an attribute in the namespace of WordprocessingML."""
    for space in W:
        found = element.get(f"{{{space}}}{name}")
        if found is not None:
            return str(found)
    return ""


def child(element: Any, *path: str) -> Any:
    """Return the first descendant by this path of names, or None."""
    for name in path:
        element = (
            next((one for one in element if name_of(one) == name), None) if element is not None else None
        )
    return element


def flag(properties: Any, name: str) -> bool | None:
    """Return whether a switch is on, off, or not said."""
    found = child(properties, name) if properties is not None else None
    return None if found is None else value(found) not in ("0", "false", "off")


class Styles:
    """What styles say that matters to words: which hide them, which are headings."""

    def __init__(self, root: Any) -> None:
        """Read the styles of a document, if it has any."""
        self._styles = (
            {value(one, "styleId"): one for one in root if name_of(one) == "style"}
            if root is not None
            else {}
        )
        self._hides: dict[str, bool] = {}
        self._headings: dict[str, bool] = {}

    def hides(self, style: str) -> bool:
        """Tell whether a style hides its words."""
        if style not in self._hides:
            said = (flag(child(one, "rPr"), "vanish") for one in self._lineage(style))
            self._hides[style] = next((answer for answer in said if answer is not None), False)
        return self._hides[style]

    def is_heading(self, style: str) -> bool:
        """Tell whether a style makes headings: by its outline level, or its name."""
        if style not in self._headings:
            self._headings[style] = any(self._heading(one) for one in self._lineage(style))
        return self._headings[style]

    @staticmethod
    def _heading(style: Any) -> bool:
        level = child(style, "pPr", "outlineLvl")
        named = child(style, "name")
        return (level is not None and value(level) in list("012345678")) or (
            named is not None and value(named).casefold().startswith("heading ")
        )

    def name(self, style: str) -> str:
        """Return what a style is called."""
        named = child(self._styles[style], "name") if style in self._styles else None
        return value(named) if named is not None else style

    def _lineage(self, style: str) -> Iterator[Any]:
        """Yield a style and those that it is based on."""
        seen = set()
        while style in self._styles and style not in seen:
            seen.add(style)
            yield self._styles[style]
            based = child(self._styles[style], "basedOn")
            style = value(based) if based is not None else ""


class Body:
    """The words of a body, a note or a comment, as they come.

    Attributes:
        called: of each kind of note, the ids in the order of their calls, with the mark of those that have one.
        inserted: whether another document is inserted whole, which is not read.
        reach: where the words begin and end, once there are any.
    """

    def __init__(self, flow: Flow, styles: Styles, *, headings: bool = True) -> None:
        """Begin; words go to ``flow``, and headings become parts if ``headings``."""
        self.called: dict[str, dict[str, str]] = {"footnote": {}, "endnote": {}}
        self.inserted = False
        self.reach: tuple[int, int] | None = None
        self.styled: list[tuple[str, int, int]] = []  # the style of each paragraph, and where it stands
        self._flow, self._styles, self._headings = flow, styles, headings
        self._words: list[str] = []
        self._parted = "\n\n"
        self._style = ""
        self._boxes: list[Any] = []
        self._fields: list[bool] = []  # of each open field, whether its result has begun

    def blocks(self, element: Any) -> None:
        """Take the paragraphs and tables in an element."""
        for one in element:
            name = name_of(one)
            if name == "p":
                self._paragraph(one)
            elif name == "tbl":
                self._table(one)
            elif name == "altChunk":
                self.inserted = True
            elif name == "AlternateContent":
                self._chosen(one, self.blocks)
            elif name not in _LEFT_OUT:
                self.blocks(one)  # sdt, sdtContent, customXml, ins

    def flush(self) -> None:
        """End the paragraph that is being taken."""
        words = "".join(self._words).strip("\n")
        self._words.clear()
        if words.strip():
            start, end = self._flow.add(words, self._parted)
            self._parted = "\n\n"
            self.reach = (self.reach[0] if self.reach else start, end)
            self.styled.append((self._styles.name(self._style), start, end))
            if self._headings and self._styles.is_heading(self._style):
                self._flow.mark("heading", words, start, end)
        boxes, self._boxes = self._boxes, []
        for box in boxes:
            self.blocks(box)

    def _table(self, table: Any) -> None:
        self.flush()
        parted = "\n\n"
        for row in (one for one in _within(table, "tr") if child(one, "trPr", "del") is None):
            self._parted = parted
            for number, cell in enumerate(_within(row, "tc")):
                if number:
                    self._parted = "\t"
                self.blocks(cell)
                self.flush()
            parted = "\n"
        self._parted = "\n\n"

    def _paragraph(self, paragraph: Any) -> None:
        properties = child(paragraph, "pPr")
        if not self._words:
            style = child(properties, "pStyle") if properties is not None else None
            self._style = value(style) if style is not None else ""
        self._inline(paragraph, hidden=self._styles.hides(self._style))
        # A paragraph whose end is deleted runs on in the next.
        if properties is None or child(properties, "rPr", "del") is None:
            self.flush()

    def _inline(self, element: Any, *, hidden: bool) -> None:
        for one in element:
            name = name_of(one)
            if name == "r":
                self._run(one, hidden=hidden)
            elif name == "t" and not hidden:
                self._words.append(one.text or "")  # in a formula
            elif name == "AlternateContent":
                self._chosen(one, lambda choice: self._inline(choice, hidden=hidden))
            elif name not in _LEFT_OUT:
                self._inline(one, hidden=hidden)  # ins, hyperlink, smartTag, sdt, fldSimple, oMath ...

    def _run(self, run: Any, *, hidden: bool) -> None:
        properties = child(run, "rPr")
        if properties is not None:
            style = child(properties, "rStyle")
            hidden = hidden or (style is not None and self._styles.hides(value(style)))
            said = flag(properties, "vanish")
            hidden = hidden if said is None else said
        self._signs(run, hidden=hidden)

    def _signs(self, run: Any, *, hidden: bool) -> None:
        for one in run:
            name = name_of(one)
            if name == "fldChar":
                self._field(value(one, "fldCharType"))
            elif name in ("footnoteReference", "endnoteReference"):
                self._call(name.removesuffix("Reference"), one, run)
            elif name == "txbxContent":
                self._boxes.append(one)
            elif name == "AlternateContent":
                self._chosen(one, lambda choice: self._signs(choice, hidden=hidden))
            elif not hidden and all(self._fields) and name not in _LEFT_OUT:
                self._sign(name, one)

    def _sign(self, name: str, one: Any) -> None:
        """Take a letter, or what stands for some."""
        if name == "t":
            self._words.append(one.text or "")
        elif name == "sym":
            self._words.append(_symbol(value(one, "char")))
        elif name in _SIGNS:
            self._words.append(_SIGNS[name])
        elif name == "ruby":
            base = child(one, "rubyBase")
            self._inline(base if base is not None else (), hidden=False)
        else:
            self._signs(one, hidden=False)  # drawings and pictures, for the text boxes in them

    def _field(self, kind: str) -> None:
        """Follow a field: what stands before its result is its code, and no word."""
        if kind == "begin":
            self._fields.append(False)
        elif kind == "separate" and self._fields:
            self._fields[-1] = True
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _call(self, kind: str, reference: Any, run: Any) -> None:
        """Note that a note is called; a mark of its own instead of a number stands in the same run."""
        mark = ""
        if value(reference, "customMarkFollows") not in ("", "0", "false"):
            mark = "".join(one.text or "" for one in run if name_of(one) == "t")
        self.called[kind].setdefault(value(reference, "id"), mark)

    @staticmethod
    def _chosen(alternatives: Any, take: Any) -> None:
        """Take one of the forms that say the same."""
        choice = child(alternatives, "Choice")
        choice = choice if choice is not None else child(alternatives, "Fallback")
        if choice is not None:
            take(choice)


def _within(element: Any, name: str) -> Iterator[Any]:
    """Yield rows of a table or cells of a row, also those that stand in a control or were inserted."""
    for one in element:
        found = name_of(one)
        if found == name:
            yield one
        elif found in ("sdt", "sdtContent", "customXml", "ins"):
            yield from _within(one, name)


def _symbol(code: str) -> str:
    try:
        return chr(int(code, 16))
    except (ValueError, OverflowError):
        return ""
