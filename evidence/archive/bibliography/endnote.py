"""Read EndNote's XML, with the fields of its record types under the names that they have in RIS."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from evidence.archive.bibliography.items import incoming_of
from evidence.archive.bibliography.record import Person, Record
from evidence.archive.incoming import Incoming
from evidence.errors import Place, ValueRefused

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["read_endnote"]

#: EndNote's type by its number → Zotero's; the number is surer than the name, which people translate.
_BY_NUMBER = {
    "0": "journalArticle", "1": "book", "2": "thesis", "3": "conferencePaper", "5": "bookSection", "6": "book", "7": "bookSection",
    "8": "manuscript", "9": "computerProgram", "10": "conferencePaper", "12": "webpage", "13": "journalArticle",
    "14": "case", "16": "webpage", "17": "journalArticle", "18": "document", "19": "magazineArticle", "20": "map",
    "21": "film", "22": "newspaperArticle", "23": "newspaperArticle", "25": "patent", "26": "letter", "27": "report",
    "28": "book", "31": "statute", "32": "thesis", "34": "manuscript", "35": "manuscript", "36": "manuscript",
    "37": "artwork", "38": "artwork", "39": "journalArticle", "40": "artwork", "41": "dataset", "43": "journalArticle",
    "44": "book", "45": "dataset", "46": "report", "47": "conferencePaper", "48": "document", "49": "journalArticle",
    "50": "hearing", "51": "document", "52": "dictionaryEntry", "53": "encyclopediaArticle", "54": "journalArticle",
    "55": "book", "56": "blogPost", "57": "bookSection", "58": "report", "59": "dataset", "60": "bookSection",
    "61": "audioRecording", "62": "interview", "63": "podcast",
}  # fmt: skip
_BY_NAME = {
    "aggregated database": "document", "ancient text": "document", "artwork": "artwork", "audiovisual material": "film", "bill": "bill",
    "blog": "blogPost", "book": "book", "book section": "bookSection", "case": "case", "catalog": "book", "chart or table": "artwork",
    "classical work": "book", "computer program": "computerProgram", "conference paper": "conferencePaper",
    "conference proceedings": "conferencePaper", "dataset": "dataset", "dictionary": "dictionaryEntry", "edited book": "book",
    "electronic article": "journalArticle", "electronic book": "book", "electronic book section": "bookSection",
    "encyclopedia": "encyclopediaArticle", "equation": "document", "figure": "artwork", "film or broadcast": "film",
    "generic": "document", "government document": "report", "grant": "document", "hearing": "hearing", "interview": "interview",
    "journal": "journalArticle", "journal article": "journalArticle", "legal rule or regulation": "case", "magazine article": "magazineArticle",
    "manuscript": "manuscript", "map": "map", "music": "audioRecording", "newspaper article": "newspaperArticle",
    "online database": "dataset", "online multimedia": "videoRecording", "pamphlet": "manuscript", "patent": "patent",
    "personal communication": "letter", "podcast": "podcast", "press release": "document", "report": "report", "serial": "book",
    "standard": "report", "statute": "statute", "thesis": "thesis", "unpublished work": "manuscript", "web page": "webpage",
}  # fmt: skip
_PRIMARY = {"artwork": "artist", "film": "director", "map": "cartographer", "patent": "inventor", "computerProgram": "programmer", "interview": "interviewee", "videoRecording": "director", "audioRecording": "composer", "bill": "sponsor"}  # fmt: skip
_SECONDARY = {"book": "seriesEditor", "letter": "recipient", "interview": "interviewer", "report": "seriesEditor", "audioRecording": "performer", "bill": "sponsor"}  # fmt: skip
_PEOPLE = {
    "authors": _PRIMARY | {"": "author"}, "secondary-authors": _SECONDARY | {"": "editor"},
    "tertiary-authors": {"": "seriesEditor", "book": "editor", "film": "producer", "thesis": "contributor"},
    "subsidiary-authors": {"": "translator", "case": "counsel"}, "translated-authors": {"": "translator"},
}  # fmt: skip
_SECOND_TITLE = {
    "book": "series", "bookSection": "bookTitle", "conferencePaper": "conferenceName", "journalArticle": "publicationTitle",
    "magazineArticle": "publicationTitle", "newspaperArticle": "publicationTitle", "report": "seriesTitle", "map": "seriesTitle",
    "webpage": "websiteTitle", "blogPost": "blogTitle", "dictionaryEntry": "dictionaryTitle", "encyclopediaArticle": "encyclopediaTitle",
    "hearing": "committee", "statute": "code", "bill": "code", "computerProgram": "seriesTitle", "manuscript": "archiveCollection",
}  # fmt: skip
_PLAIN = {
    "volume": "volume", "edition": "edition", "pub-location": "place", "publisher": "publisher", "call-num": "callNumber",
    "language": "language", "remote-database-name": "archive", "remote-database-provider": "libraryCatalog",
    "accession-num": "archiveLocation", "num-vols": "numberOfVolumes", "access-date": "accessDate", "section": "section",
}  # fmt: skip
_READ = {"database", "source-app", "rec-number", "foreign-keys", "ref-type", "contributors", "titles", "periodical", "dates", "urls", "keywords", "abstract", "notes", "research-notes"}  # fmt: skip
_NUMBERED = {"journalArticle": "issue", "magazineArticle": "issue", "newspaperArticle": "issue", "report": "reportNumber", "patent": "patentNumber", "book": "seriesNumber", "bookSection": "seriesNumber", "bill": "billNumber", "hearing": "documentNumber", "statute": "publicLawNumber"}  # fmt: skip
_STANDARD = {
    "journalArticle": "ISSN",
    "magazineArticle": "ISSN",
    "newspaperArticle": "ISSN",
    "report": "reportNumber",
    "patent": "patentNumber",
}
_KINDS_OF_WORK = {"manuscript": "manuscriptType", "letter": "letterType", "map": "mapType", "report": "reportType", "thesis": "thesisType", "webpage": "websiteType", "blogPost": "websiteType", "artwork": "artworkMedium"}  # fmt: skip
_PAGES = {
    "book": "numPages",
    "thesis": "numPages",
    "manuscript": "numPages",
    "case": "firstPage",
    "bill": "codePages",
    "film": "runningTime",
}
_MARKS = {"bold": "b", "italic": "i", "superscript": "sup", "subscript": "sub"}
_INITIAL = re.compile(r"\b([^\W\d_])(?=\s|$)")


def read_endnote(root: _Element, file: str) -> Incoming:
    """Return the sources in EndNote's XML.

    Args:
        root: the root element, as the hardened parser gives it.
        file: what to call it in places.

    Raises:
        ValueRefused: it is other XML, or has no record.
    """
    found = list(root.iter("record"))
    if root.tag not in ("xml", "records", "XML") or not found:
        raise ValueRefused(
            f"this XML is no bibliography of EndNote: it begins with {str(root.tag)[:60]!r}.", Place(file, 1)
        )
    return incoming_of([_record(one, Place(file, one.sourceline)) for one in found])


def _record(element: _Element, place: Place) -> Record:
    type_ = element.find("ref-type")
    name = (type_.get("name") or "").strip().casefold() if type_ is not None else ""
    number = _words(type_) if type_ is not None else ""
    record = Record(_BY_NAME.get(name) or _BY_NUMBER.get(number, "document"), place)
    _people(record, element, name)
    _titles(record, element)
    _dates(record, element)
    _urls(record, element)
    _remarks(record, element)
    for child in element:
        if isinstance(child.tag, str) and child.tag not in _READ:
            _say(record, child.tag, _words(child))
    for key in element.iterfind("foreign-keys/key"):
        if key.get("db-id") and _words(key):
            record.names["endnote"] = f"{key.get('db-id')}/{_words(key)}"
    if "label" in record.further and re.fullmatch(r"[\w:.-]+", str(record.further["label"])):
        record.names["citekey"] = str(record.further["label"])
    return record


def _words(element: _Element | None) -> str:
    """Return the words of an element, in one line, without the marks of type."""
    return "" if element is None else " ".join("".join(element.itertext()).split())


def _lines(element: _Element) -> str:
    return "".join(element.itertext()).replace("\r", "\n").strip()


def _marked(element: _Element) -> str:
    """Return the words of an element with its type marked as in CSL: bold, italic, raised, lowered."""
    parts = [element.text or ""]
    for style in element:
        words = "".join(style.itertext())
        for face in (style.get("face") or "").split():
            if face in _MARKS and words:
                words = f"<{_MARKS[face]}>{words}</{_MARKS[face]}>"
        parts += [words, style.tail or ""]
    return " ".join("".join(parts).split())


def _people(record: Record, element: _Element, name: str) -> None:
    for group, roles in _PEOPLE.items():
        role = roles.get(record.kind, roles[""])
        if name == "edited book" and group == "authors":
            role = "editor"
        for author in element.iterfind(f"contributors/{group}/author"):
            words = _words(author)
            family, comma, given = words.partition(",")
            if comma and given.strip():
                parts = [part.strip() for part in given.split(",", 1)]
                record.people.append(
                    Person(role, family.strip(), _INITIAL.sub(r"\1.", parts[0]), suffix="".join(parts[1:]))
                )
            elif words:
                record.people.append(Person(role, literal=words.rstrip(",")))


def _titles(record: Record, element: _Element) -> None:
    title = element.find("titles/title")
    if title is not None:
        record.say("title", _marked(title))
    name = _SECOND_TITLE.get(record.kind, "secondary title")
    record.say(name, _words(element.find("titles/secondary-title")))
    periodical = _words(element.find("periodical/full-title"))
    if name not in record.fields and "Title" in name:
        record.say(name, periodical)
    elif periodical and record.fields.get(name) != periodical:
        record.keep("periodical", periodical)
    record.say("shortTitle", _words(element.find("titles/short-title")))
    record.say(
        "series" if record.kind != "book" else "tertiary title", _words(element.find("titles/tertiary-title"))
    )
    for path in ("titles/alt-title", "alt-periodical/full-title", "periodical/abbr-1"):
        words = _words(element.find(path))
        if words and words not in record.fields.values():
            record.say("journalAbbreviation" if record.kind == "journalArticle" else "abbreviation", words)
    record.keep("translated title", _words(element.find("titles/translated-title")))


def _dates(record: Record, element: _Element) -> None:
    year = _words(element.find("dates/year"))
    day = _words(element.find("dates/pub-dates/date"))
    from evidence.archive.bibliography.dates import from_text  # noqa: PLC0415

    date = year
    if day:
        tries = (day if year in day else f"{day}, {year}", f"{day} {year}", day) if year else (day,)
        date = next((one for one in tries if from_text(one) and (not year or year in one)), year or day)
        if date == year:
            record.keep("date", day)
    kind = {"case": "dateDecided", "statute": "dateEnacted", "patent": "issueDate"}.get(record.kind, "date")
    record.say(kind, date)


def _urls(record: Record, element: _Element) -> None:
    for url in element.iterfind("urls/*/url"):
        words, above = _words(url), url.getparent()
        if above is not None and (
            above.tag in ("pdf-urls", "text-urls", "image-urls") or words.startswith("internal-pdf:")
        ):
            record.keep_all("attachments", [words])
        elif words:
            record.say("url", words)


def _remarks(record: Record, element: _Element) -> None:
    abstract = element.find("abstract")
    record.keep("abstract", _lines(abstract) if abstract is not None else "")
    record.keep_all("tags", (_words(one) for one in element.iterfind("keywords/keyword")))
    for name in ("notes", "research-notes"):
        record.keep_all("notes", (_lines(one) for one in element.iterfind(name)))


def _say(record: Record, tag: str, words: str) -> None:
    kind = record.kind
    if tag == "pages":
        record.say(_PAGES.get(kind, "pages"), words)
    elif tag == "number":
        record.say(_NUMBERED.get(kind, "number"), words)
    elif tag == "isbn":
        record.say(_STANDARD.get(kind, "ISBN"), words)
    elif tag == "work-type" and kind in _KINDS_OF_WORK:
        record.say(_KINDS_OF_WORK[kind], words)
    elif tag == "electronic-resource-num" and re.match(
        r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?10\.\d", words
    ):
        record.say("DOI", re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", words))
    elif tag in _PLAIN:
        record.say(_PLAIN[tag], words)
    else:
        record.keep(tag, words)
