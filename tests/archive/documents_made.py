"""Small documents for the tests, written byte by byte: a PDF with labels, a DOCX with whatever XML is asked for."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence
from html import escape

__all__ = ["docx", "par", "pdf"]

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def pdf(pages: Sequence[str | None], *, labels: str = "", encrypted: bool = False, stated: str = "") -> bytes:
    """Return a PDF with these pages, a line of text for each line; None makes a page with a picture only."""
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"
    kids = " ".join(f"{5 + 2 * at} 0 R" for at in range(len(pages)))
    objects = [
        f"<</Type/Catalog/Pages 2 0 R{labels and f'/PageLabels<</Nums[{labels}]>>'}>>".encode(),
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>".encode(),
        font,
        f"<<{stated}>>".encode("latin-1"),
    ]
    for at, page in enumerate(pages):
        lines = "".join(f"({_pdf_text(line)}) Tj T* " for line in (page or "").split("\n"))
        drawn = f"BT /F 11 Tf 14 TL 72 720 Td {lines} ET" if page is not None else "0 0 300 300 re f"
        content = zlib.compress(drawn.encode("cp1252"))
        objects += [
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents {6 + 2 * at} 0 R/Resources<</Font<</F 3 0 R>>>>>>".encode(),
            b"<</Length %d/Filter/FlateDecode>>stream\n" % len(content) + content + b"\nendstream",
        ]
    out, offsets = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + one + b"\nendobj\n"
    lock = f"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<{'ab' * 32}>/U<{'cd' * 32}>>>/ID[<00><00>]"
    end = f"trailer<</Size {len(objects) + 1}/Root 1 0 R/Info 4 0 R{lock if encrypted else ''}>>"
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return (
        out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table
        + end.encode() + b"\nstartxref\n%d\n%%%%EOF" % len(out)
    )  # fmt: skip


def _pdf_text(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def par(words: str = "", *, inside: str = "", style: str = "", end: str = "") -> str:
    """Return a paragraph of a Word document; ``inside`` is XML after the words, ``end`` what its end is."""
    run = f'<w:r><w:t xml:space="preserve">{escape(words)}</w:t></w:r>' if words else ""
    about = (f'<w:pStyle w:val="{style}"/>' if style else "") + (f"<w:rPr>{end}</w:rPr>" if end else "")
    return f"<w:p>{about and f'<w:pPr>{about}</w:pPr>'}{run}{inside}</w:p>"


def docx(
    body: str, *, more: dict[str, str] | None = None, prolog: str = "", relations: str = "", core: str = ""
) -> bytes:
    """Return a Word document.

    Args:
        body: the XML of its body.
        more: the XML within other parts, by their names: ``styles``, ``footnotes``, ``endnotes`` ...
        prolog: what stands before the root of the body's part.
        relations: further relations of the body's part.
        core: the XML within its core properties.
    """
    made = io.BytesIO()
    parts = more or {}
    related = "".join(
        f'<Relationship Id="r{name}" Type="{_R}/{name}" Target="{name}.xml"/>' for name in parts
    )
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{_PACKAGE}/content-types"/>')
        archive.writestr("_rels/.rels", _relations(f'<Relationship Id="r1" Type="{_R}/officeDocument" Target="word/document.xml"/>'))  # fmt: skip
        archive.writestr("word/_rels/document.xml.rels", _relations(related + relations))
        archive.writestr("word/document.xml", f"{prolog}{_part('document', f'<w:body>{body}</w:body>')}")
        for name, xml in parts.items():
            archive.writestr(f"word/{name}.xml", _part(name, xml))
        if core:
            dc = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
            archive.writestr("docProps/core.xml", f"<coreProperties {dc}>{core}</coreProperties>")
    return made.getvalue()


def _part(name: str, xml: str) -> str:
    spaces = f'xmlns:w="{_W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:r="{_R}"'
    return f"<w:{name} {spaces}>{xml}</w:{name}>"


def _relations(inside: str) -> str:
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inside}</Relationships>'
