"""The terms of the vocabularies that bibliographies in RDF use, by Zotero's names."""

from __future__ import annotations

__all__ = [
    "CONTAINED",
    "DATES",
    "KINDS",
    "NAMES",
    "NO_ITEMS",
    "NUMBERS",
    "PEOPLE",
    "PLAIN",
    "READ",
    "TITLED",
    "Z",
    "term",
]

Z = "{http://www.zotero.org/namespaces/export#}"
_SPACES = {
    "bib": "http://purl.org/net/biblio#", "bibo": "http://purl.org/ontology/bibo/", "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/", "schema": "http://schema.org/",
    "prism": "http://prismstandard.org/namespaces/1.2/basic/", "z": "http://www.zotero.org/namespaces/export#",
}  # fmt: skip


def term(name: str) -> str:
    """Return a term in full: ``dc:title``."""
    space, _, local = name.partition(":")
    return f"{{{_SPACES[space]}}}{local}"


#: Types of nodes, by the last part of their name → Zotero's.
KINDS = {
    "AcademicArticle": "journalArticle", "Article": "journalArticle", "AudioDocument": "audioRecording", "Bill": "bill",
    "BlogPosting": "blogPost", "Book": "book", "BookSection": "bookSection", "Brief": "case", "Chapter": "bookSection",
    "ConferenceProceedings": "conferencePaper", "Data": "dataset", "Dataset": "dataset", "Document": "document",
    "EditedBook": "book", "Email": "email", "Film": "film", "Image": "artwork", "Illustration": "artwork",
    "Interview": "interview", "LegalCaseDocument": "case", "LegalDecision": "case", "Legislation": "statute", "Letter": "letter",
    "Manual": "book", "Manuscript": "manuscript", "Map": "map", "MotionPicture": "film", "Movie": "film",
    "NewsArticle": "newspaperArticle", "Patent": "patent", "PersonalCommunicationDocument": "letter", "Proceedings": "book",
    "Recording": "audioRecording", "Report": "report", "ReferenceSource": "book", "ScholarlyArticle": "journalArticle",
    "Slideshow": "presentation", "SoftwareApplication": "computerProgram", "SoftwareSourceCode": "computerProgram",
    "Standard": "standard", "Statute": "statute", "TechArticle": "journalArticle", "Thesis": "thesis", "WebPage": "webpage",
    "Webpage": "webpage", "Website": "webpage", "CreativeWork": "document",
}  # fmt: skip
NO_ITEMS = {"Person", "Organization", "Attachment", "Memo", "Collection", "Seq", "Bag", "Journal", "Series", "Address", "Issue", "Newspaper", "Magazine", "UserItem", "Periodical", "PublicationIssue", "PublicationVolume"}  # fmt: skip
PEOPLE = {
    "bib:authors": "author", "authorList": "author", "bib:editors": "editor", "editorList": "editor", "contributorList": "contributor",
    "creator": "author", "author": "author", "editor": "editor", "translator": "translator", "translators": "translator",
    "contributors": "contributor", "contributor": "contributor", "recipients": "recipient", "recipient": "recipient",
    "interviewees": "author", "interviewee": "author", "interviewers": "interviewer", "interviewer": "interviewer",
    "seriesEditors": "seriesEditor", "directors": "director", "composers": "composer", "artists": "author", "inventors": "author",
    "cartographers": "author", "programmers": "author", "presenters": "author", "performers": "performer", "sponsors": "sponsor",
    "counsels": "counsel", "bookAuthors": "bookAuthor", "reviewedAuthors": "reviewedAuthor", "commenters": "commenter",
    "producers": "producer", "scriptwriters": "scriptwriter", "castMembers": "castMember", "podcasters": "podcaster",
}  # fmt: skip
PEOPLE = {name.rpartition(":")[2]: role for name, role in PEOPLE.items()}
NAMES = {
    "family": ("surname", "familyName", "family_name", "lastName"), "given": ("givenName", "givenname", "firstName", "given_name"),
    "whole": ("name", "label"),
}  # fmt: skip
TITLED = ("dc:title", "dcterms:title", "schema:name", "schema:headline")
CONTAINED = ("isPartOf", "partOf")
DATES = {"dcterms:issued": "date", "dc:date": "date", "dcterms:date": "date", "schema:datePublished": "date", "schema:dateCreated": "date", "prism:publicationDate": "date", "dcterms:dateSubmitted": "accessDate"}  # fmt: skip
NUMBERS = {
    "volume": {"": "volume", "statute": "codeNumber", "case": "reporterVolume"},
    "number": {
        "": "number", "journalArticle": "issue", "magazineArticle": "issue", "newspaperArticle": "issue", "report": "reportNumber",
        "patent": "patentNumber", "bill": "billNumber", "hearing": "documentNumber", "statute": "publicLawNumber", "case": "docketNumber",
        "book": "seriesNumber", "bookSection": "seriesNumber",
    },
    "issue": {"": "issue"},
    "issueNumber": {"": "issue"},
    "volumeNumber": {"": "volume"},
}  # fmt: skip
PLAIN = {
    "pages": "pages", "edition": "edition", "isbn": "ISBN", "isbn13": "ISBN", "isbn10": "ISBN", "issn": "ISSN",
    "eissn": "ISSN", "doi": "DOI", "rights": "rights", "license": "rights", "coverage": "archiveLocation", "description": "extra",
    "language": "language", "uri": "url", "url": "url", "shortTitle": "shortTitle", "numPages": "numPages",
    "programmingLanguage": "programmingLanguage", "softwareVersion": "versionNumber", "version": "versionNumber",
    "publisher": "publisher", "medium": "medium", "presentedAt": "conferenceName", "alternative": "journalAbbreviation",
    "place": "place", "numVolumes": "numberOfVolumes",
}  # fmt: skip
#: What is read elsewhere, by the last part of its name.
READ = {
    "title", "name", "headline", "pageStart", "pageEnd", "about", "itemType", "citationKey", "issued", "date", "datePublished", "dateCreated", "publicationDate",
    "dateSubmitted", "subject", "keywords", "link", "isReferencedBy", "relation", "type", "isPartOf", *PEOPLE,
} - {"type"}  # fmt: skip
