"""Citations as guides print them, or in the shape that archives ask for: what each way of citing must give.

The note on a document in FRUS is the Chicago Manual of Style's own example, and the recommended citation the Office of
the Historian's. Records of the national archives of the United States and of the United Kingdom have the elements and
the order that these ask for. The rest are Chicago's forms. Titles and people of one letter are made up.
"""

from __future__ import annotations

from typing import Any

from evidence.publish.citations import Cited

_ARTICLE = {
    "author": [{"family": "Beckley", "given": "Michael"}],
    "container-title": "International Security",
    "volume": "39",
    "issue": "4",
    "issued": {"date-parts": [[2015]]},
    "page": "7-48",
}


def cited(kind: str, title: str, csl: dict[str, Any], **more: Any) -> Cited:
    """Return a source to cite."""
    return Cited(kind, title, csl, **more)


def person(family: str, given: str = "") -> list[dict[str, str]]:
    """Return one person as CSL has people."""
    return [{"family": family, "given": given}] if given else [{"family": family}]


_DULLES = {
    "author": person("Dulles", "John Foster"),
    "recipient": person("Robertson"),
    "issued": "1955-01-20",
}
_RECORDS = {"record_group": "59", "series": "Entry A1 1233", "box": "12", "folder": "China"}
_LETTER = "Letter to the Deputy Chairman"
_FOND = "RGANI, f. 5, op. 49, d. 131, ll. 193-194. Translated by Gary Goldberg."
_WILSON = {
    "archive": "History and Public Policy Program Digital Archive",
    "archive_location": _FOND,
    "issued": "1958",
}
_DIGITAL = "https://digitalarchive.wilsoncenter.org/document/280697"
_MEETINGS = {
    "repository": "Eisenhower Library",
    "collection": "Dulles Papers",
    "series": "White House Memoranda Series",
}


ARCHIVES: list[tuple[Cited, dict[str, str], str, str]] = [
    (
        cited("document", "Memcon", {**_DULLES, "genre": "memorandum of conversation"}, shelf={"repository": "NARA II", **_RECORDS}), {},
        ("John Foster Dulles to Robertson, memorandum of conversation, January 20, 1955; China; box 12; Entry A1 1233; "
        "Record Group 59; National Archives at College Park, MD (NACP)."),
        "Dulles to Robertson, January 20, 1955; box 12; RG 59; NACP.",
    ),
    (
        cited("document", "Memcon, Dulles and X", {"issued": "1955-01-20"},
              shelf={"repository": "National Archives at College Park - Textual Reference", "record_group": "RG 59", "folder": "5"}),
        {"page": "2"},
        "Memcon, Dulles and X, January 20, 1955; p. 2; folder 5; Record Group 59; National Archives at College Park, MD (NACP).",
        "Memcon, Dulles and X, January 20, 1955; p. 2; RG 59; NACP.",
    ),
    (
        cited("document", "Minute by Eden", {"author": person("Eden"), "issued": "1955-01-20"},
              shelf={"repository": "The National Archives (UK)", "record_group": "FO", "series": "371", "item": "114987"}),
        {"folio": "12"},
        "Minute by Eden, January 20, 1955, The National Archives of the UK (TNA): FO 371/114987, f. 12.",
        "Minute by Eden, January 20, 1955, TNA: FO 371/114987, f. 12.",
    ),
    (
        cited("manuscript", "Posters", {"issued": "1939/1946", "archive": "The National Archives, Kew", "archive_location": "INF 3/108"}), {},
        "Posters, 1939–1946, The National Archives of the UK (TNA): INF 3/108.",
        "Posters, 1939–1946, TNA: INF 3/108.",
    ),
    (
        cited("manuscript", _LETTER, {**_WILSON, "URL": _DIGITAL}), {},
        f"“{_LETTER},” 1958, RGANI, f. 5, op. 49, d. 131, ll. 193-194, trans. Gary Goldberg, Wilson Center Digital Archive, {_DIGITAL}.",
        f"“{_LETTER},” 1958, Wilson Center Digital Archive.",
    ),
    (
        cited("document", "Mao and Khrushchev", {"issued": "1959-10-02", "translator": person("Wolff", "David"), "URL": _DIGITAL},
              shelf={"repository": "APRF", "collection": "Sino-Soviet Relations", "item": "copy on Reel 17"}), {},
        f"“Mao and Khrushchev,” October 2, 1959, Sino-Soviet Relations, APRF, copy on Reel 17, trans. David Wolff, Wilson Center Digital Archive, {_DIGITAL}.",
        "“Mao and Khrushchev,” October 2, 1959, Wilson Center Digital Archive.",
    ),
    (
        cited("report", "The Offshore Islands", {"issued": "1954-09-08", "available-date": "2000-08-24"}, redacted=True,
              shelf={"item": "CIA-RDP79R00904A000200030001-8"}), {"page": "3"},
        ("“The Offshore Islands,” September 8, 1954, CIA-RDP79R00904A000200030001-8, p. 3, sanitized copy released August 24, 2000, "
        "CIA Records Search Tool (CREST)."),
        "“The Offshore Islands,” CIA-RDP79R00904A000200030001-8, p. 3.",
    ),
    (
        cited("document", "Memorandum of Conference", {"issued": "1955-03-11"}, shelf={**_MEETINGS, "box": "3", "folder": "Meetings 1955 (4)"}), {},
        ("Memorandum of Conference, March 11, 1955, Meetings 1955 (4), box 3, White House Memoranda Series, Dulles Papers, "
        "Dwight D. Eisenhower Presidential Library, Abilene, KS."),
        "Memorandum of Conference, March 11, 1955, box 3, Dulles Papers, Eisenhower Library.",
    ),
    (
        cited("letter", "", {"author": person("Adams"), "recipient": person("Gaskell", "Charles Milnes"), "event-place": "London", "issued": "1868-03-30"},
              shelf={"repository": "Massachusetts Historical Society", "collection": "Adams Papers", "box": "3", "folder": "2"}), {},
        "Adams to Charles Milnes Gaskell, London, March 30, 1868, folder 2, box 3, Adams Papers, Massachusetts Historical Society.",
        "Adams to Gaskell, March 30, 1868, Massachusetts Historical Society.",
    ),
    (
        cited("interview", "Interview with Andrew Macmillan", {"author": person("Macmillan", "Andrew"), "interviewer": person("Smith", "A."), "issued": "2007-09"}), {},
        "Andrew Macmillan, interview by A. Smith, September 2007.",
        "Macmillan, interview by Smith.",
    ),
    (
        cited("personal_communication", "", {"author": person("Conlon", "Constance"), "issued": "2000-04-17", "genre": "email message"}), {},
        "Constance Conlon, email message, April 17, 2000.",
        "Conlon, April 17, 2000.",
    ),
    (
        cited("hearing", "Homeland Security Act", {"section": "Committee on Governmental Affairs", "chapter-number": "107th Cong.", "issued": "2002",
                                                 "author": person("Lieberman", "Joseph")}), {"page": "3"},
        "Homeland Security Act: Hearing before the Committee on Governmental Affairs, 107th Cong. (2002), 3 (statement of Joseph Lieberman).",
        "Homeland Security Act, 3.",
    ),
]  # fmt: skip

KEEPERS: list[tuple[str, str]] = [
    ("National Archives", "; National Archives and Records Administration (NARA)."),
    ("U.S. National Archives and Records Administration, College Park, MD", "; National Archives at College Park, MD (NACP)."),
    ("National Archives, Washington, D.C.", "; National Archives Building, Washington, DC (NAB)."),
    ("National Archives at Kansas City", "; National Archives at Kansas City."),
    ("National Archives of Australia", ", National Archives of Australia."),
    ("National Archives of Ireland", ", National Archives of Ireland."),
    ("Public Record Office of Northern Ireland", ", Public Record Office of Northern Ireland."),
    ("Public Record Office, Kew", "The National Archives of the UK (TNA): X 1."),
    ("The National Archives", "The National Archives of the UK (TNA): X 1."),
    ("LBJ Library", "Lyndon B. Johnson Presidential Library, Austin, TX."),
    ("George H. W. Bush Presidential Library", "George H. W. Bush Presidential Library, College Station, TX."),
    ("Theodore Roosevelt Library", ", Theodore Roosevelt Library."),
    ("Hoover Institution Library & Archives", ", Hoover Institution Library & Archives."),
]  # fmt: skip

PRINTED: list[tuple[Cited, str]] = [
    (
        cited("article-journal", "The Myth of Entangling Alliances", _ARTICLE),
        "Michael Beckley, “The Myth of Entangling Alliances,” International Security 39, no. 4 (2015): 7–48.",
    ),
    (
        cited("book", "The American Age", {"author": person("LaFeber", "Walter"), "edition": "2",
              "publisher": "Norton", "publisher-place": "New York", "issued": {"date-parts": [[1994]]}}),
        "Walter LaFeber, The American Age, 2nd ed. (New York: Norton, 1994).",
    ),
    (
        cited("book", "The Cold War", {"editor": [{"family": "Leffler"}, {"family": "Westad"}]}),
        "Leffler and Westad, eds., The Cold War.",
    ),
    (
        cited("chapter", "Korea", {"container-title": "The Cold War", "editor": [{"literal": "A"}], "page": "1-9"}),
        "“Korea,” in The Cold War, ed. A, 1–9.",
    ),
    (
        cited("article-newspaper", "Who Lost?", {"container-title": "Times", "issued": {"date-parts": [[1955, 1, 2]]}}),
        "“Who Lost?” Times, January 2, 1955.",
    ),
    (cited("document", "Appendix to “The Myth”", {"issued": "2015"}), "Appendix to “The Myth,” 2015."),
    (cited("document", "Notes", {"issued": {"date-parts": [[1955]], "circa": True}}), "Notes, ca. 1955."),
    (cited("document", "Notes", {"issued": "1955-02-XX"}), "Notes, February 1955."),
    (cited("webpage", "ProQuest", {"publisher": "PQ"}), "“ProQuest,” PQ."),
    (cited("dataset", "Disputes", {"version": "4.01", "DOI": "10.1/x"}), "Disputes, version 4.01, https://doi.org/10.1/x."),
    (cited("document", "", {}), ""),
]  # fmt: skip

CHILE = "Foreign Relations of the United States, 1969–1976, Volume XXI, Chile, 1969–1973"


def volume() -> dict[str, Any]:
    """Return what is said of the volume of the example."""
    return {
        "title": CHILE,
        "collection-editor": person("Howard", "Adam"),
        "editor": person("McElveen", "James") + person("Siekmeier", "James"),
        "publisher": "Government Printing Office",
        "publisher-place": "Washington",
        "issued": {"date-parts": [[2014]]},
    }


def kissinger() -> dict[str, Any]:
    """Return who wrote to whom in the example."""
    return {
        "author": person("Kissinger", "Henry"),
        "recipient": person("Nixon", "Richard"),
        "genre": "memorandum",
        "event-place": "Washington",
    }


A30 = (
    "Henry Kissinger to Richard Nixon, memorandum, Washington, December 18, 1970, in Foreign Relations of the United "
    "States, 1969–1976, ed. Adam Howard, vol. 21, Chile, 1969–1973, ed. James McElveen and James Siekmeier "
    "(Washington, DC: Government Printing Office, 2014), doc. 190, "
    "https://history.state.gov/historicaldocuments/frus1969-76v21/d190."
)
