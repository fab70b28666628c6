"""What the types and fields of BibTeX and BibLaTeX mean, by Zotero's names."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["CSL", "DATES", "KINDS", "PEOPLE", "TOGETHER", "VERBATIM", "field_of"]

#: The type of an entry → Zotero's.
KINDS = {
    "archival": "manuscript", "article": "journalArticle", "artwork": "artwork", "audio": "audioRecording", "book": "book",
    "bookinbook": "bookSection", "booklet": "book", "collection": "book", "commentary": "document",
    "conference": "conferencePaper", "dataset": "dataset", "electronic": "webpage", "hearing": "hearing", "image": "artwork",
    "inbook": "bookSection", "incollection": "bookSection", "inproceedings": "conferencePaper",
    "inreference": "encyclopediaArticle", "interview": "interview", "jurisdiction": "case", "legal": "document",
    "legislation": "statute", "letter": "letter", "manual": "book", "manuscript": "manuscript", "map": "map",
    "mastersthesis": "thesis", "misc": "document", "movie": "film", "music": "audioRecording", "mvbook": "book",
    "mvcollection": "book", "mvproceedings": "book", "mvreference": "book", "newsarticle": "newspaperArticle",
    "newspaper": "newspaperArticle", "online": "webpage", "patent": "patent", "performance": "document",
    "periodical": "book", "personal_communication": "letter", "phdthesis": "thesis", "proceedings": "book",
    "reference": "book", "report": "report", "review": "journalArticle", "software": "computerProgram",
    "standard": "standard", "suppbook": "bookSection", "suppcollection": "bookSection", "suppperiodical": "journalArticle",
    "techreport": "report", "thesis": "thesis", "unpublished": "manuscript", "video": "videoRecording", "www": "webpage",
}  # fmt: skip
#: Fields of people → Zotero's roles.
PEOPLE = {
    "author": "author", "editor": "editor", "translator": "translator", "bookauthor": "bookAuthor", "recipient": "recipient",
    "interviewer": "interviewer", "commentator": "commentator", "annotator": "annotator", "introduction": "introduction",
    "foreword": "foreword", "afterword": "afterword", "editora": "editor", "editorb": "editor", "editorc": "editor",
    "assignee": "assignee", "holder": "holder",
}  # fmt: skip
DATES = {
    "urldate": "accessDate",
    "lastchecked": "accessDate",
    "origdate": "originalDate",
    "eventdate": "eventDate",
}
VERBATIM = {"url", "doi", "eprint", "file", "pdf", "urlraw"}
#: Fields that are read together with others.
TOGETHER = {
    "title", "subtitle", "booktitle", "booksubtitle", "maintitle", "mainsubtitle", "journal", "journaltitle",
    "journalsubtitle", "date", "year", "month", "day", "crossref", "xdata", "entrysubtype", "eprinttype",
    "archiveprefix",
}  # fmt: skip
#: Fields that CSL knows and Zotero does not.
CSL = {
    "origpublisher": "original-publisher", "origlocation": "original-publisher-place", "origtitle": "original-title",
    "part": "part", "pubstate": "status", "pmid": "PMID", "pmcid": "PMCID",
}  # fmt: skip
_FIELDS = {
    "address": "place", "archive": "archive", "archivelocation": "archiveLocation", "archive_location": "archiveLocation",
    "box": "box", "call-number": "callNumber", "callnumber": "callNumber", "chapter": "section", "collection": "archiveCollection",
    "copyright": "rights", "edition": "edition", "eventtitle": "conferenceName", "folder": "folder", "institution": "institution",
    "isbn": "ISBN", "issn": "ISSN", "issue": "issue", "langid": "language", "language": "language", "library": "archive", "location": "place",
    "loc_in_archive": "archiveLocation", "nationality": "language", "numpages": "page count", "organization": "publisher",
    "pages": "pages", "pagetotal": "numPages", "publisher": "publisher", "repository": "archive", "rights": "rights",
    "school": "university", "series": "series", "shelfmark": "archiveLocation", "shortjournal": "journalAbbreviation",
    "shorttitle": "shortTitle", "url": "url", "venue": "eventPlace", "version": "versionNumber", "volume": "volume",
    "volumes": "numberOfVolumes",
}  # fmt: skip
_NUMBERS = {
    "journalArticle": "issue", "magazineArticle": "issue", "newspaperArticle": "issue", "report": "reportNumber",
    "patent": "patentNumber", "book": "seriesNumber", "bookSection": "seriesNumber", "conferencePaper": "seriesNumber",
    "statute": "publicLawNumber", "case": "docketNumber",
}  # fmt: skip
_KINDS_OF_WORK = {
    "report": "reportType", "thesis": "thesisType", "manuscript": "manuscriptType", "letter": "letterType", "map": "mapType",
    "webpage": "websiteType", "patent": "country",
}  # fmt: skip
_SHELVED = {"manuscript", "letter", "interview", "email", "document", "hearing"}


def field_of(name: str, kind: str, fields: Mapping[str, str]) -> str:
    """Return Zotero's name for a field of an entry; nothing if it has none there."""
    shelved = kind in _SHELVED and bool(fields.keys() & {"library", "archive", "repository"})
    if name == "location" and shelved and any(letter.isdigit() for letter in fields[name]):
        return "archiveLocation"  # a shelf, and no place of publication
    if name == "number":
        return "archiveLocation" if shelved else _NUMBERS.get(kind, "number")
    if name == "type":
        said = fields["type"].strip("{} ").casefold()
        return "" if said == kind else _KINDS_OF_WORK.get(kind, "type")
    if name == "location" and "address" in fields:
        return "eventPlace"
    if name == "institution" and kind not in ("report", "thesis"):
        return "publisher"
    return "institution" if name == "publisher" and kind == "report" else _FIELDS.get(name, "")
