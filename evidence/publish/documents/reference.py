"""The look of the DOCX: pandoc's own reference document with our styles in it, made when it is asked for."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path

from evidence.publish.documents.pandoc import pandoc, settled

__all__ = ["reference"]

_FACE = '<w:rFonts w:ascii="{0}" w:hAnsi="{0}" w:cs="{0}" w:eastAsia="{0}"/>'.format("Times New Roman")
_INK, _FAINT = "1D1D1B", "5C5A55"
_HEADINGS = {
    "Title": (52, 1200, 240, ""),
    "Subtitle": (24, 0, 240, ""),
    "TOCHeading": (40, 720, 360, "<w:pageBreakBefore/>"),
    "Heading1": (40, 720, 360, "<w:pageBreakBefore/>"),
    "Heading2": (30, 520, 160, "<w:keepNext/>"),
    "Heading3": (23, 360, 100, "<w:keepNext/>"),
    "Heading4": (22, 280, 80, "<w:keepNext/>"),
    "Heading5": (22, 240, 60, "<w:keepNext/>"),
    "Heading6": (22, 240, 60, "<w:keepNext/>"),
}
_SHAPES = {"Heading3": "<w:smallCaps/>", "Heading4": "<w:i/>", "Heading5": "<w:b/>", "Heading6": "<w:i/>"}
#: What else is set: after which space, indented how far, how large, in which colour (in Word's twentieths and halves).
_TEXT = {
    "BodyText": ('<w:spacing w:before="0" w:after="120" w:line="276" w:lineRule="auto"/>', ""),
    "FirstParagraph": ('<w:spacing w:before="0" w:after="120" w:line="276" w:lineRule="auto"/>', ""),
    "Compact": ('<w:spacing w:before="20" w:after="20"/>', ""),
    "BlockText": ('<w:spacing w:before="80" w:after="80"/><w:ind w:left="480" w:right="360"/>', '<w:sz w:val="20"/>'),
    "FootnoteText": ('<w:spacing w:before="0" w:after="40"/>', '<w:sz w:val="17"/>'),
    "DefinitionTerm": ('<w:keepNext/><w:spacing w:before="80" w:after="0"/>', f'<w:color w:val="{_FAINT}"/><w:sz w:val="19"/>'),
    "Definition": ('<w:spacing w:before="0" w:after="40"/><w:ind w:left="480"/>', ""),
    "TableCaption": ('<w:keepNext/><w:spacing w:before="160" w:after="60"/>', f'<w:color w:val="{_FAINT}"/><w:sz w:val="19"/>'),
    "Author": ('<w:spacing w:before="240" w:after="240"/>', '<w:sz w:val="24"/>'),
    "Abstract": ('<w:spacing w:before="600" w:after="600"/>', "<w:i/>"),
}  # fmt: skip
_TABLE = (
    '<w:tblPr><w:tblBorders><w:top w:val="single" w:sz="4" w:color="8A857B"/><w:bottom w:val="single" w:sz="4" '
    'w:color="8A857B"/></w:tblBorders><w:tblCellMar><w:top w:w="40" w:type="dxa"/><w:left w:w="60" w:type="dxa"/>'
    '<w:bottom w:w="40" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr>'
    '<w:tblStylePr w:type="firstRow"><w:rPr><w:i/></w:rPr><w:tcPr><w:tcBorders><w:bottom w:val="single" w:sz="4" '
    'w:color="8A857B"/></w:tcBorders></w:tcPr></w:tblStylePr>'
)


def reference(place: Path) -> bytes:
    """Return a DOCX whose styles the documents take.

    Args:
        place: a folder in which pandoc may write.
    """
    pandoc(["--output", "pandoc-reference.docx", "--print-default-data-file", "reference.docx"], place)
    out = BytesIO()
    with zipfile.ZipFile(place / "pandoc-reference.docx") as given, zipfile.ZipFile(out, "w") as made:
        for name in given.namelist():
            content = given.read(name)
            made.writestr(name, _styled(content.decode()).encode() if name == "word/styles.xml" else content)
    return settled(out.getvalue())


def _styled(styles: str) -> str:
    """Return ``styles.xml`` with our styles in place of those of the same names."""
    styles = re.sub(r"<w:rFonts [^>]*/>", _FACE, styles)
    # Links are found by following them; a page of them in blue cannot be read.
    styles = re.sub(r'<w:color w:val="[0-9A-Fa-f]{6}"[^>]*/>', f'<w:color w:val="{_INK}"/>', styles)
    styles = styles.replace('<w:sz w:val="24"/>', '<w:sz w:val="22"/>', 1)
    for name, (size, before, after, more) in _HEADINGS.items():
        paragraph = f'{more}<w:spacing w:before="{before}" w:after="{after}"/>'
        shape = f'{_FACE}{_SHAPES.get(name, "")}<w:color w:val="{_INK}"/><w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'
        styles = _replaced(styles, name, paragraph, shape)
    for name, (paragraph, shape) in _TEXT.items():
        styles = _replaced(styles, name, paragraph, shape)
    return re.sub(
        r'(<w:style [^>]*w:styleId="Table"[^>]*>.*?)(<w:tblPr>.*?)(</w:style>)',
        lambda found: found[1] + _TABLE + found[3],
        styles,
        flags=re.DOTALL,
    )


def _replaced(styles: str, name: str, paragraph: str, shape: str) -> str:
    """Return the styles with one whose paragraphs and letters are set anew; it keeps its name and its kin."""

    def changed(found: re.Match[str]) -> str:
        kept = re.sub(
            r"<w:pPr>.*?</w:pPr>|<w:pPr ?/>|<w:rPr>.*?</w:rPr>|<w:rPr ?/>", "", found[2], flags=re.DOTALL
        )
        outline = re.search(r"<w:outlineLvl [^>]*/>", found[2])
        said = f"<w:pPr>{paragraph}{outline[0] if outline else ''}</w:pPr>"
        return f"{found[1]}{kept}{said}" + (f"<w:rPr>{shape}</w:rPr>" if shape else "") + found[3]

    pattern = rf'(<w:style [^>]*w:styleId="{name}"[^>]*>)(.*?)(</w:style>)'
    return re.sub(pattern, changed, styles, count=1, flags=re.DOTALL)
