"""Small volumes of FRUS for tests, of our own writing."""

from __future__ import annotations

from pathlib import Path

__all__ = ["KEY", "document", "volume"]

KEY = "frus1950-51v01"
_TEI = "http://www.tei-c.org/ns/1.0"


def document(
    content: str = "<p>Words.</p>", number: str = "1", head: str = "Memorandum", more: str = ""
) -> str:
    """Return a document's ``div``."""
    return (
        f'<div type="document" n="{number}" xml:id="d{number.lower()}" {more}>'
        f"<head>{number}. {head}</head>{content}</div>"
    )


def volume(
    folder: Path,
    body: str,
    *,
    front: str = "",
    back: str = "",
    key: str = KEY,
    space: str = "http://history.state.gov/frus/ns/1.0",
    named: bool = True,
    header: str = "",
) -> Path:
    """Write a volume and return its file."""
    file = folder / f"{key}.xml"
    file.write_text(
        f'<TEI xmlns="{_TEI}" xmlns:frus="{space}" {f"""xml:id="{key}" """ if named else ""}'
        'xmlns:xi="http://www.w3.org/2001/XInclude"><teiHeader><fileDesc><titleStmt>'
        '<title type="complete">Foreign Relations of the United States, 1950–1951, Nowhere, Volume I</title>'
        '<title type="series">Foreign Relations of the United States</title>'
        '<title type="sub-series">1950–1951</title><title type="volume-number">Volume I</title>'
        '<title type="volume">Nowhere</title><editor role="primary">Ada B. Clark</editor>'
        '<editor role="general">Eve Dunn, Jr.</editor></titleStmt><publicationStmt>'
        "<publisher>United States Government Printing Office</publisher><pubPlace>Washington</pubPlace>"
        f'<date type="publication-date">1977</date><idno type="frus">{key}</idno></publicationStmt>'
        f'<sourceDesc><p/></sourceDesc></fileDesc>{header}<xi:include href="../shared/frus-dates.xml"/></teiHeader>'
        f"<text><front>{front}</front><body>{body}</body><back>{back}</back></text></TEI>",
        encoding="utf-8",
    )
    return file
