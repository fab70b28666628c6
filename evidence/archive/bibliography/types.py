"""What Zotero calls types, fields and roles, and what CSL calls them."""

from __future__ import annotations

__all__ = [
    "ARCHIVAL",
    "CSL_DATES",
    "CSL_NAMES",
    "CSL_TYPES",
    "DATES",
    "FIELDS",
    "KINDS",
    "NEWS",
    "PERIODICAL",
    "ROLES",
    "TITLES",
    "TYPES",
]

#: Zotero's type → CSL's.
TYPES = {
    "annotation": "document", "artwork": "graphic", "attachment": "document", "audioRecording": "song", "bill": "bill",
    "blogPost": "post-weblog", "book": "book", "bookSection": "chapter", "case": "legal_case", "classic": "classic",
    "computerProgram": "software", "conferencePaper": "paper-conference", "dataset": "dataset",
    "dictionaryEntry": "entry-dictionary", "document": "document", "email": "personal_communication",
    "encyclopediaArticle": "entry-encyclopedia", "film": "motion_picture", "forumPost": "post", "hearing": "hearing",
    "instantMessage": "personal_communication", "interview": "interview", "journalArticle": "article-journal",
    "letter": "personal_communication", "magazineArticle": "article-magazine", "manuscript": "manuscript", "map": "map",
    "newspaperArticle": "article-newspaper", "note": "document", "pamphlet": "pamphlet", "patent": "patent",
    "podcast": "broadcast", "preprint": "article", "presentation": "speech", "radioBroadcast": "broadcast",
    "report": "report", "standard": "standard", "statute": "legislation", "thesis": "thesis", "treaty": "treaty",
    "tvBroadcast": "broadcast", "videoRecording": "motion_picture", "webpage": "webpage",
}  # fmt: skip
#: Zotero's field, of any type → CSL's variable.
FIELDS = {
    "DOI": "DOI", "ISBN": "ISBN", "ISSN": "ISSN", "applicationNumber": "call-number", "archive": "archive",
    "archiveCollection": "archive_collection", "archiveID": "number", "archiveLocation": "archive_location",
    "artworkMedium": "medium", "artworkSize": "dimensions", "assignee": "assignee", "audioFileType": "medium",
    "audioRecordingFormat": "medium", "authority": "authority", "billNumber": "number", "blogTitle": "container-title",
    "bookTitle": "container-title", "callNumber": "call-number", "code": "container-title",
    "codeNumber": "volume", "codePages": "page", "codeVolume": "volume", "committee": "section", "company": "publisher",
    "conferenceName": "event-title", "country": "jurisdiction", "court": "authority", "dictionaryTitle": "container-title",
    "distributor": "publisher", "docketNumber": "number", "documentNumber": "number", "edition": "edition",
    "encyclopediaTitle": "container-title", "episodeNumber": "number", "eventPlace": "event-place", "firstPage": "page",
    "forumTitle": "container-title", "format": "medium", "genre": "genre", "history": "references",
    "identifier": "number", "institution": "publisher", "interviewMedium": "medium", "issue": "issue",
    "issuingAuthority": "authority", "journalAbbreviation": "container-title-short", "label": "publisher",
    "legalStatus": "status", "legislativeBody": "authority", "letterType": "genre", "libraryCatalog": "source",
    "manuscriptType": "genre", "mapType": "genre", "medium": "medium", "meetingName": "event-title", "network": "publisher",
    "number": "number", "numberOfVolumes": "number-of-volumes", "numPages": "number-of-pages", "organization": "authority",
    "pages": "page", "patentNumber": "number", "place": "publisher-place", "postType": "genre",
    "presentationType": "genre", "priorityNumbers": "issue", "proceedingsTitle": "container-title",
    "programTitle": "container-title", "programmingLanguage": "genre", "publicLawNumber": "number",
    "publicationTitle": "container-title", "publisher": "publisher", "references": "references", "reportNumber": "number",
    "reportType": "genre", "reporter": "container-title", "reporterVolume": "volume", "repository": "publisher",
    "repositoryLocation": "publisher-place", "runningTime": "dimensions", "scale": "scale", "section": "section",
    "series": "collection-title", "seriesNumber": "collection-number", "seriesTitle": "collection-title",
    "session": "chapter-number", "shortTitle": "title-short", "status": "status", "studio": "publisher",
    "system": "medium", "thesisType": "genre", "type": "genre", "university": "publisher", "url": "URL",
    "versionNumber": "version", "videoRecordingFormat": "medium", "volume": "volume", "websiteTitle": "container-title",
    "websiteType": "genre", "citationKey": "citation-key", "PMID": "PMID", "PMCID": "PMCID",
}  # fmt: skip
#: Zotero's dates → CSL's.
DATES = {
    "accessDate": "accessed", "date": "issued", "dateDecided": "issued", "dateEnacted": "issued", "eventDate": "event-date",
    "filingDate": "submitted", "issueDate": "issued", "originalDate": "original-date",
}  # fmt: skip
#: Titles that Zotero keeps under names of their own.
TITLES = {"caseName": "title", "nameOfAct": "title", "subject": "title"}
#: Zotero's roles → CSL's; who chiefly made something is its author. Others have no name in CSL.
ROLES = {
    "artist": "author", "author": "author", "bookAuthor": "container-author", "cartographer": "author", "chair": "chair",
    "collection-editor": "collection-editor", "compiler": "compiler", "composer": "composer", "container-author": "container-author",
    "contributor": "contributor", "curator": "curator", "director": "director", "editor": "editor",
    "editorial-director": "editorial-director", "executiveProducer": "executive-producer", "guest": "guest",
    "host": "host", "illustrator": "illustrator", "interviewee": "author", "interviewer": "interviewer",
    "inventor": "author", "narrator": "narrator", "organizer": "organizer", "originalCreator": "original-author",
    "performer": "performer", "podcaster": "author", "presenter": "author", "producer": "producer",
    "programmer": "author", "recipient": "recipient", "reviewedAuthor": "reviewed-author",
    "scriptwriter": "script-writer", "seriesCreator": "series-creator", "seriesEditor": "collection-editor",
    "sponsor": "author", "translator": "translator",
}  # fmt: skip
#: Types that lie in archives even if nothing says in which.
ARCHIVAL = {"manuscript", "letter", "email", "interview", "instantMessage"}
PERIODICAL = {
    "journalArticle", "magazineArticle", "newspaperArticle", "webpage", "blogPost", "forumPost", "conferencePaper",
    "preprint", "computerProgram", "dataset", "encyclopediaArticle", "dictionaryEntry", "bookSection",
}  # fmt: skip
NEWS = {"article-newspaper", "article-magazine", "broadcast"}
CSL_NAMES = {
    "author", "chair", "collection-editor", "compiler", "composer", "container-author", "contributor", "curator",
    "director", "editor", "editorial-director", "editor-translator", "executive-producer", "guest", "host",
    "illustrator", "interviewer", "narrator", "organizer", "original-author", "performer", "producer", "recipient",
    "reviewed-author", "script-writer", "series-creator", "translator",
}  # fmt: skip
CSL_DATES = {"accessed", "available-date", "event-date", "issued", "original-date", "submitted"}
CSL_TYPES = {
    "article", "article-journal", "article-magazine", "article-newspaper", "bill", "book", "broadcast", "chapter",
    "classic", "collection", "dataset", "document", "entry", "entry-dictionary", "entry-encyclopedia", "event", "figure",
    "graphic", "hearing", "interview", "legal_case", "legislation", "manuscript", "map", "motion_picture",
    "musical_score", "pamphlet", "paper-conference", "patent", "performance", "periodical", "personal_communication",
    "post", "post-weblog", "regulation", "report", "review", "review-book", "software", "song", "speech", "standard",
    "thesis", "treaty", "webpage",
}  # fmt: skip
#: CSL's type → Zotero's, for what depends on it.
KINDS = {csl: kind for kind, csl in reversed(TYPES.items())} | {
    "personal_communication": "letter", "document": "document", "motion_picture": "film", "broadcast": "radioBroadcast",
}  # fmt: skip
