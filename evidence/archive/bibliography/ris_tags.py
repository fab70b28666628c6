"""What the tags of RIS mean, which depends on the type of the record; and what its types are."""

from __future__ import annotations

__all__ = ["KINDS", "PAGES", "PEOPLE", "TAGS"]

#: RIS's type → Zotero's.
KINDS = {
    "ABST": "journalArticle", "ADVS": "film", "AGGR": "document", "ANCIENT": "document", "ART": "artwork", "BILL": "bill",
    "BLOG": "blogPost", "BOOK": "book", "CASE": "case", "CHAP": "bookSection", "CHART": "artwork", "CLSWK": "book",
    "COMP": "computerProgram", "CONF": "conferencePaper", "CPAPER": "conferencePaper", "CTLG": "magazineArticle",
    "DATA": "dataset", "DBASE": "dataset", "DICT": "dictionaryEntry", "EBOOK": "book", "ECHAP": "bookSection",
    "EDBOOK": "book", "EJOUR": "journalArticle", "ELEC": "webpage", "ENCYC": "encyclopediaArticle", "EQUA": "document",
    "FIGURE": "artwork", "GEN": "journalArticle", "GOVDOC": "report", "GRANT": "journalArticle", "HEAR": "hearing",
    "ICOMM": "email", "INPR": "journalArticle", "INTV": "interview", "JFULL": "journalArticle", "JOUR": "journalArticle",
    "LEGAL": "case", "MANSCPT": "manuscript", "MAP": "map", "MGZN": "magazineArticle", "MPCT": "film",
    "MULTI": "videoRecording", "MUSIC": "audioRecording", "NEWS": "newspaperArticle", "PAMP": "manuscript",
    "PAT": "patent", "PCOMM": "letter", "PREPRINT": "preprint", "RPRT": "report", "SER": "book", "SLIDE": "presentation",
    "SOUND": "audioRecording", "STAND": "report", "STAT": "statute", "THES": "thesis", "UNBILL": "manuscript",
    # Zotero makes journal articles of these; an unpublished work is a manuscript.
    "UNPB": "manuscript", "UNPD": "manuscript", "VIDEO": "videoRecording", "WEB": "webpage",
}  # fmt: skip

_BOOKS = {"book"}
_PARTS = {"bookSection", "dictionaryEntry", "encyclopediaArticle"}
_JOURNALS = {"journalArticle", "magazineArticle", "newspaperArticle"}
_FILMS = {"film", "videoRecording"}


def _of(**by_kind: str) -> dict[str, str]:
    return by_kind


#: RIS's tag → the field, by Zotero's type; "" is any other type, and without it the tag has no field there.
TAGS: dict[str, dict[str, str]] = {
    "AN": {"": "archiveLocation"},
    "C1": _of(map="scale", conferencePaper="place"),
    "C2": _of(patent="issueDate", newspaperArticle="issue"),
    "C3": _of(artwork="artworkSize", conferencePaper="proceedingsTitle", patent="country"),
    "C4": _of(film="genre"),
    "C5": _of(
        patent="references", audioRecording="audioRecordingFormat", film="videoRecordingFormat",
        videoRecording="videoRecordingFormat",
    ),
    "C6": _of(patent="legalStatus"),
    "CN": {"": "callNumber"},
    "CP": {"": "issue"},
    "CY": {"": "place", "dataset": "repositoryLocation"},
    "DB": {"": "archive"},
    "DO": {"": "DOI"},
    "DP": {"": "libraryCatalog"},
    "ET": {
        "": "edition", "bill": "session", "hearing": "session", "statute": "session", "computerProgram": "versionNumber",
        "dataset": "versionNumber", "journalArticle": "epub date", "artwork": "description", "case": "action of higher court",
        "letter": "description", "manuscript": "description", "blogPost": "edition", "patent": "classification",
    },
    "IS": {"": "issue", "book": "seriesNumber", "bookSection": "seriesNumber", "report": "seriesNumber", "conferencePaper": "issue"},
    "LA": {"": "language"},
    "M1": {
        "bill": "billNumber", "hearing": "documentNumber", "patent": "applicationNumber", "statute": "publicLawNumber",
        "journalArticle": "issue", "book": "seriesNumber", "bookSection": "numberOfVolumes", "radioBroadcast": "episodeNumber",
        "manuscript": "number", "letter": "number",
    },
    "M3": {
        "manuscript": "manuscriptType", "letter": "letterType", "map": "mapType", "report": "reportType", "thesis": "thesisType",
        "blogPost": "websiteType", "webpage": "websiteType", "artwork": "artworkMedium", "interview": "interviewMedium",
        "presentation": "presentationType",
    },
    "NV": {
        "": "numberOfVolumes", "dataset": "identifier", "case": "reporter abbreviation", "letter": "communication number",
        "report": "series volume", "magazineArticle": "catalog number", "newspaperArticle": "frequency", "journalArticle": "number",
        "film": "extent", "manuscript": "manuscript number", "document": "number of volumes", "statute": "statute number",
        "patent": "us classification",
    },
    "OP": _of(bill="history", case="history", hearing="history", statute="history", patent="priorityNumbers"),
    "PB": {
        "": "publisher", "audioRecording": "label", "case": "court", "film": "distributor", "patent": "assignee", "report": "institution",
        "thesis": "university", "computerProgram": "company", "videoRecording": "studio", "manuscript": "institution",
        "dataset": "repository", "statute": "source",
    },
    "PP": {"": "place"},
    "SE": _of(bill="section", newspaperArticle="section", statute="section", journalArticle="section"),
    "SN": {
        "": "ISBN", "journalArticle": "ISSN", "magazineArticle": "ISSN", "newspaperArticle": "ISSN", "report": "reportNumber",
        "patent": "patentNumber", "dataset": "issn or report number", "document": "issn or isbn",
    },
    "ST": {"": "shortTitle"},
    "SV": _of(bookSection="seriesNumber", case="docketNumber", book="seriesNumber"),
    "T2": {
        "bookSection": "bookTitle", "dictionaryEntry": "dictionaryTitle", "encyclopediaArticle": "encyclopediaTitle",
        "journalArticle": "publicationTitle", "magazineArticle": "publicationTitle", "newspaperArticle": "publicationTitle",
        "bill": "code", "statute": "code", "hearing": "committee", "conferencePaper": "conferenceName", "book": "series",
        "computerProgram": "seriesTitle", "map": "seriesTitle", "report": "seriesTitle", "audioRecording": "album title",
        "blogPost": "blogTitle", "manuscript": "archiveCollection", "webpage": "websiteTitle", "": "secondary title",
        "preprint": "repository",
    },
    "T3": {
        "bill": "legislativeBody", "hearing": "legislativeBody", "bookSection": "series", "conferencePaper": "series",
        "journalArticle": "series", "audioRecording": "seriesTitle", "": "tertiary title",
    },
    "UR": {"": "url"},
    "VL": {
        "": "volume", "statute": "codeNumber", "bill": "codeVolume", "case": "reporterVolume", "computerProgram": "edition",
        "artwork": "image size", "patent": "version", "report": "volume", "thesis": "degree", "webpage": "access year",
        "blogPost": "access year", "manuscript": "container", "dataset": "volume",
    },
}  # fmt: skip
#: The pages, where they are not pages: how many there are, how long it runs, or what it shows.
PAGES: dict[str, str] = {
    "case": "firstPage", "bill": "codePages", "book": "numPages", "thesis": "numPages", "manuscript": "numPages",
    **dict.fromkeys(_FILMS | {"audioRecording", "radioBroadcast"}, "runningTime"),
}  # fmt: skip
#: RIS's tag for people → the role, by Zotero's type.
PEOPLE: dict[str, dict[str, str]] = {
    "AU": {
        "": "author", "artwork": "artist", "audioRecording": "composer", "bill": "sponsor", "computerProgram": "programmer",
        "film": "director", "hearing": "contributor", "interview": "interviewee", "map": "cartographer", "patent": "inventor",
        "presentation": "presenter", "videoRecording": "director",
    },
    "A2": {
        "": "editor", "audioRecording": "performer", "bill": "sponsor", "book": "seriesEditor", "computerProgram": "seriesEditor",
        "interview": "interviewer", "letter": "recipient", "report": "seriesEditor", "film": "performer", "map": "seriesEditor",
        "videoRecording": "seriesEditor", "dataset": "producer", "case": "reporter", "patent": "issuingAuthority",
    },
    "A3": {
        "": "seriesEditor", "book": "editor", "film": "producer", "thesis": "contributor", "blogPost": "illustrator",
        "document": "contributor", "report": "publisher", "case": "higher court", "patent": "international author",
        "journalArticle": "contributor",
    },
    "A4": {
        "": "translator", "case": "counsel", "conferencePaper": "contributor", "dataset": "contributor", "film": "contributor",
    },
    "ED": {"": "editor"},
    "TA": {},
    "C1": {"videoRecording": "castMember"},
    "C4": {"audioRecording": "wordsBy", "patent": "attorneyAgent"},
}  # fmt: skip
