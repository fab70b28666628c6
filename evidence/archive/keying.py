"""Keys for sources that come without one: author, year and the first word of the title."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

__all__ = ["Keys", "as_key", "family_of", "stem", "year_of"]

_LONGEST = 60
#: Letters that do not come apart into a Latin letter and a mark.
_LATIN = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i", "ħ": "h", "ŋ": "ng",
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i", "й": "i",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "iu", "я": "ia",
    "і": "i", "є": "ie", "ґ": "g", "ђ": "dj", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "џ": "dz",
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k", "λ": "l",
    "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "y", "φ": "f",
    "χ": "ch", "ψ": "ps", "ω": "o",
}  # fmt: skip
#: A word at the start of a title that tells nothing.
_ARTICLE = re.compile(
    r"^\W*(?:(?:an?|the|der|die|das|den|dem|eine?|les?|la|une?|des|du|el|l[oa]s|il|gli|het|de|een|ett)\s+|l['’])(?=\w)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)")
_WORD, _BEYOND = re.compile(r"[\w']+"), re.compile(r"[^\x00-\x7f]")
_PEOPLE = ("author", "editor", "compiler", "contributor", "translator")


class Keys:
    """The keys of a study that are taken, and the next free one beside each."""

    def __init__(self, taken: Iterable[str]) -> None:
        """Begin with the keys that are or were in use."""
        self.taken = set(taken)
        self.last: dict[str, int] = {}

    def take(self, wanted: str) -> str:
        """Return the key itself if it is free, else with the first free letter; it is then taken."""
        key = wanted
        while key in self.taken:
            number = self.last[wanted] = self.last.get(wanted, 0) + 1
            letters = string.ascii_lowercase
            ending = letters[number] if number < len(letters) else f"-{number + 1}"
            key = f"{wanted}{ending}" if wanted[-1].isdecimal() or ending[0] == "-" else f"{wanted}-{ending}"
        self.taken.add(key)
        return key


def as_key(text: str) -> str:
    """Return text with whatever no key may hold as dashes: ``aristotle:physics`` is ``aristotle-physics``."""
    kept = "".join(
        letter if letter.isalnum() or letter in "._-+'" or unicodedata.category(letter)[0] == "M" else "-"
        for letter in unicodedata.normalize("NFC", text.strip())
    )
    return re.sub("-{2,}", "-", kept).lstrip("._-+'").rstrip("-") if kept.strip("-") else ""


def stem(fields: Mapping[str, Any]) -> str:
    """Return the key that the fields of a source suggest: ``beckley2015-myth``."""
    csl = fields.get("csl") or {}
    family = "".join([word for word in _words(family_of(csl)) if not word.isdecimal()][:3])
    words = _words(_ARTICLE.sub("", str(fields.get("title") or "")))
    year = year_of(csl)
    if family:
        made = "-".join(filter(None, [family + year, *words[:1]]))
    else:
        made = "-".join(words[:2]) + (
            year if not words or not words[:2][-1].isdecimal() else f"-{year}" if year else ""
        )
    made = as_key(made)[:_LONGEST].rstrip("-")
    return made if made and made[0].isalnum() else "source"


def family_of(csl: Mapping[str, Any]) -> str:
    """Return the family name of the first person, or the first body, that made a source."""
    for role in _PEOPLE:
        people = csl.get(role)
        if isinstance(people, list) and people and isinstance(people[0], Mapping):
            return str(people[0].get("family") or people[0].get("literal") or people[0].get("given") or "")
    return ""


def year_of(csl: Mapping[str, Any]) -> str:
    """Return the year in which a source was issued, as four digits; nothing if it is not known."""
    issued = csl.get("issued") or csl.get("original-date") or ""
    if isinstance(issued, Mapping):
        parts = issued.get("date-parts")
        if isinstance(parts, list) and parts and isinstance(parts[0], list) and parts[0]:
            return str(parts[0][0]) if _YEAR.fullmatch(str(parts[0][0])) else ""
        issued = issued.get("raw") or issued.get("literal") or ""
    found = _YEAR.search(str(issued))
    return found[1] if found else ""


def _words(text: str) -> list[str]:
    """Return the words of a text in small letters, in Latin ones as far as that is plain to do."""
    plain = unicodedata.normalize("NFC", text).casefold().replace("’", "'")
    if not plain.isascii():
        plain = _BEYOND.sub(lambda match: _latin(match[0]), plain)
    return [word for word in (part.replace("'", "") for part in _WORD.findall(plain)) if word]


@lru_cache(4096)
def _latin(letter: str) -> str:
    """Return a letter beyond ASCII in Latin ones, or as it is."""
    if letter in _LATIN:
        return _LATIN[letter]
    plain = [part for part in unicodedata.normalize("NFKD", letter) if unicodedata.category(part)[0] != "M"]
    latin = "".join(_LATIN.get(part, part) for part in plain)
    return latin if latin.isascii() else letter
