"""Give out citations: full first, short later, and the entry in the bibliography."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
from markupsafe import Markup, escape

from evidence.publish.cited import Cited
from evidence.publish.csl import house, standard
from evidence.publish.csl.cache import Cache
from evidence.publish.csl.locating import Located, located, stated
from evidence.publish.csl.program import fingerprint
from evidence.publish.csl.references import Reference
from evidence.publish.csl.styles import Style

if TYPE_CHECKING:
    from evidence.publish.csl.batch import Written

__all__ = ["Formatter"]

_MADE = "1"  # raise it when the same style and source come to be written in another way
_HOLE = "\x1f"  # stands in remembered citations for the place; no text has it
_NOWHERE = Located()
Locator = Mapping[str, str]
#: Whose name a citation begins with; alike ones are told apart.
_LEADING = (
    "author",
    "editor",
    "translator",
    "interviewer",
    "recipient",
    "collection-editor",
    "container-author",
)


@dataclass(slots=True)
class _Source:
    reference: Reference
    key: str  # of all that is remembered of it: a digest of what its citations depend on
    group: str  # of sources that are told apart from one another


class Formatter:
    """Citations of a study's sources in one style.

    Ask for many at once with ``prepare``; what was not prepared is made when it is asked for, which is slow.
    """

    def __init__(
        self, style: Style, sources: Mapping[Any, Cited], cache: Cache | None = None, language: str = "en"
    ) -> None:
        """Take a style and the sources.

        Args:
            style: as ``styles.find`` gives it.
            sources: all sources of the study, by id: how one is cited in the text may depend on the others.
            cache: where to remember citations; none remembers them for this formatter's life.
            language: the language to write in, unless the style asks for one (BCP 47).
        """
        self.in_text = style.in_text
        self._style = style
        self._cited = sources
        self._cache = cache
        self._locale = {"en": "en-US"}.get(language, language) or "en-US"
        self._english = (style.locale or self._locale).startswith("en")
        self._manner = _digest([_MADE, fingerprint(), style.digest, style.locale or self._locale])
        self._sources: dict[Any, _Source] = {}
        self._groups: dict[str, list[Any]] = {}
        self._known: dict[str, str] = cache.get(self._manner) if cache else {}

    def prepare(self, wanted: Iterable[tuple[Any, Locator]]) -> None:
        """Make what is not known yet of these sources at these places, in one batch.

        Raises:
            EvidenceError: pandoc cannot use the style, or is not here.
        """
        places: dict[Any, dict[str, Located]] = {}
        for source, locator in wanted:
            of = places.setdefault(source, {"": _NOWHERE})
            for kind in self._kinds():
                at = self._located(kind, source, locator)
                of[at.asked] = at
        self._make(places)
        holes = {
            source: {one.directly().asked: one.directly() for one in of.values() if self._failed(source, one)}
            for source, of in places.items()
        }
        self._make({source: of for source, of in holes.items() if of})

    def full(self, source: Any, locator: Locator) -> Markup:
        """Return the note that a source's first citation has; in styles without notes, the entry and the place."""
        if not self.in_text:
            return self._placed("full", source, locator)
        words = stated(self._cited[source], locator, listed=not self._style.house)
        entry = self.entry(source)
        return _ended(Markup("{}, {}").format(Markup(entry.removesuffix(".")), words)) if words else entry  # noqa: S704 - safe before

    def short(self, source: Any, locator: Locator) -> Markup:
        """Return the note of later citations; in styles without notes, what stands in the text, as a note."""
        return _ended(_bare(self._placed("short", source, locator)))

    def entry(self, source: Any) -> Markup:
        """Return a source's entry in the bibliography; where a style has none, its full note."""
        made = self._text(source, "entry")
        if not made:
            made = self._text(source, "short|" if self.in_text else "full|")
        return _ended(_bare(Markup(made)))  # noqa: S704 - made of escaped text

    def _placed(self, kind: str, source: Any, locator: Locator) -> Markup:
        at = self._located(kind, source, locator)
        if self._text(source, f"{kind}|{at.asked}", locator).count(_HOLE) != bool(at.slot):
            at = at.directly()
        text = self._text(source, f"{kind}|{at.asked}", locator)
        if not at.slot:
            return Markup(text)  # noqa: S704 - made of escaped text
        before, _, after = text.partition(_HOLE)
        after = after[1:] if at.words.endswith(".") and after.startswith(".") else after
        return Markup(f"{before}{escape(at.words)}{after}")  # noqa: S704 - made of escaped text

    def _located(self, kind: str, source: Any, locator: Locator) -> Located:
        house = self._style.house
        return located(
            self._cited[source],
            locator,
            house=house,
            english=self._english,
            listed=kind == "full" and not house,
        )

    def _failed(self, source: Any, at: Located) -> bool:
        if not at.slot:
            return False
        return any(self._text(source, f"{kind}|{at.asked}").count(_HOLE) != 1 for kind in self._kinds())

    def _kinds(self) -> tuple[str, ...]:
        return ("short",) if self.in_text else ("full", "short")

    def _text(self, source: Any, form: str, locator: Locator = {}) -> str:  # noqa: B006 - never changed
        key = f"{self._source(source).key}|{form}"
        if key not in self._known:
            self.prepare([(source, locator)])
        return self._known[key]

    def _make(self, places: Mapping[Any, Mapping[str, Located]]) -> None:
        forms = {
            source: [f"{kind}|{asked}" for kind in self._kinds() for asked in of] + ["entry"]
            for source, of in places.items()
        }
        keys = {
            (source, form): f"{self._source(source).key}|{form}"
            for source, of in forms.items()
            for form in of
        }
        missing = [one for one, key in keys.items() if key not in self._known]
        if not missing:
            return
        made = dict(self._written(missing, places))
        self._known |= made
        if self._cache is not None:
            self._cache.put(self._manner, made)

    def _written(
        self, missing: Sequence[tuple[Any, str]], places: Mapping[Any, Mapping[str, Located]]
    ) -> Iterator[tuple[str, str]]:
        """Yield what pandoc makes of sources of which something is not known, with all that they are told apart from."""
        from evidence.publish.csl.batch import Asked, write  # noqa: PLC0415 - only where something is new

        wanted = dict.fromkeys(source for source, _ in missing)
        groups = dict.fromkeys(self._source(source).group for source in wanted)
        members = [self._groups[group] for group in groups]
        asked = {
            source: Asked(
                self._source(source).reference, list(places.get(source, ())), list(places.get(source, ()))
            )
            for group in members
            for source in group
        }
        results = write(self._style, self._locale, [[asked[source] for source in group] for group in members])
        for group, found in zip(members, results, strict=True):
            for source, written in zip(group, found, strict=True):
                if source in wanted:
                    yield from self._kept(source, written, places[source])

    def _kept(
        self, source: Any, written: Written, places: Mapping[str, Located]
    ) -> Iterator[tuple[str, str]]:
        key = self._source(source).key
        yield f"{key}|entry", str(written.entry)
        for asked, at in places.items():
            for kind, texts in (("full", written.full), ("short", written.short)):
                if kind in self._kinds():
                    yield f"{key}|{kind}|{asked}", _holed(str(texts[asked]), at.slot)

    def _source(self, source: Any) -> _Source:
        if source not in self._sources:
            self._take_in([source] if not self._style.tells_apart else list(self._cited))
        return self._sources[source]

    def _take_in(self, sources: Sequence[Any]) -> None:
        """Make the references of sources, and put together those that are told apart."""
        make = house.reference if self._style.house else standard.reference
        references = {source: make(self._cited[source]) for source in sources}
        for source in sorted(sources, key=lambda one: self._cited[one].key):
            group = self._group(source, references[source])
            self._groups.setdefault(group, []).append(source)
            self._sources[source] = _Source(references[source], "", group)
        digests = {source: _digest(reference) for source, reference in references.items()}
        beside = {self._sources[source].group: "" for source in sources}
        for group in beside:
            beside[group] = _digest([digests[one] for one in self._groups[group]])
        for source in sources:
            known = self._sources[source]
            known.key = _digest([digests[source], beside[known.group]])

    def _group(self, source: Any, reference: Reference) -> str:
        if self._style.numbered:
            return "all"  # a number depends on everything
        if not self._style.tells_apart:
            return f"alone {source}"
        for role in _LEADING:
            for name in reference.get(role, ())[:1]:
                return str(name.get("family") or name.get("literal") or name.get("given", "")).casefold()
        return f"untitled {reference.get('title', '')[:20].casefold()}"


def _digest(told: Any) -> str:
    return hashlib.sha256(msgspec.json.encode(told, order="sorted")).hexdigest()[:32]


def _holed(text: str, slot: str) -> str:
    """Return a citation with a hole where the place stands; as it is if that is not known for sure."""
    return text.replace(slot, _HOLE) if slot and text.count(slot) == 1 else text


def _bare(text: Markup) -> Markup:
    """Return what stands in the text without the brackets round it."""
    round_all = text.startswith("(") and text.endswith(")") and text.count("(") == 1
    return Markup(text[1:-1]) if round_all else text  # noqa: S704 - safe before


def _ended(text: Markup) -> Markup:
    bare = text.striptags().rstrip("”’»)] ")
    return text if not text or bare.endswith((".", "?", "!")) else text + "."
