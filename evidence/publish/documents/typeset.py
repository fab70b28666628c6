"""The appendix set by Typst: static templates that read JSON, the fonts there are, and volumes of whole cases."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from shutil import copyfile
from typing import Any

from evidence.errors import EvidenceError, nearest
from evidence.resources import folder

__all__ = ["Typesetter", "known_fonts"]

#: What our text font and the fixed width beside it surely have.
_HELD = re.compile(
    "[\x20-\x7e\xa0-\u017f\u0391-\u03a9\u03b1-\u03c9\u0410-\u044f\u200b\u2010-\u2027\u2030-\u203a\u2212]"
)
#: Which characters a script's name in Unicode covers, what people call it, and a font that has it.
_SCRIPTS = {
    "CJK": ("Chinese", "Noto Serif CJK SC"),
    "HIRAGANA": ("Japanese", "Noto Serif CJK JP"),
    "KATAKANA": ("Japanese", "Noto Serif CJK JP"),
    "HANGUL": ("Korean", "Noto Serif CJK KR"),
    "ARABIC": ("Arabic", "Noto Naskh Arabic"),
    "EMOJI": ("pictures", "Noto Emoji"),
}
#: How many of them a sentence names.
_FEW = 8
#: No font has it: what stands for it is what stands for any character that no font has.
_NOWHERE = "\U0010fffd"
_PROBE = """#set page(width: 40cm, height: auto)
#set text(font: json("/fonts.json"))
#for one in json("/probe.json") { box("A"); box(one); [ ] }
"""
#: What the style reads where nothing but a figure is set.
_NOTHING = {"cases": [], "sources": [], "first": False}
#: What text is set in unless another face is asked for; it comes with Typst, and has what any other may lack.
_FACE = "Libertinus Serif"
_GLYPH = re.compile(r'<use[^>]*?href="#(\w+)"')


def known_fonts(names: Sequence[str]) -> tuple[str, ...]:
    """Return the fonts that were asked for, as they are called.

    Args:
        names: the names of families, in any case.

    Raises:
        EvidenceError: there is none of that name; the nearest that there are follow.
    """
    if not names:
        return ()
    import typst  # noqa: PLC0415

    families = {name.casefold(): name for name in typst.Fonts().families()}
    found = []
    for name in names:
        if name.casefold() not in families:
            near = nearest(name, families.values())
            meant = (
                f"Did you mean {' or '.join(near)}?"
                if near
                else f"There are {', '.join(sorted(families.values()))}."
            )
            raise EvidenceError(f"There is no font {name!r} on this machine. {meant}")
        found.append(families[name.casefold()])
    return tuple(found)


class Typesetter:
    """Typst in a folder of its own, which holds our templates and what they read, and nothing else."""

    def __init__(self, place: Path, fonts: Sequence[str], own: Path | None = None) -> None:
        """Lay out the templates.

        Args:
            place: an empty folder.
            fonts: the text's face, then those for what it lacks, in the order in which they are tried; ours comes last.
            own: a user's folder of templates; a ``.typ`` file in its folder ``document`` comes before ours.
        """
        for source in (folder("templates") / "document", *([own / "document"] if own else [])):
            for file in sorted(source.glob("*.typ")):
                copyfile(file, place / file.name)
        self.place = place
        (place / "fonts.json").write_text(json.dumps(list(dict.fromkeys([*fonts, _FACE]))), encoding="utf-8")
        (place / "nothing.json").write_text(json.dumps(_NOTHING), encoding="utf-8")
        self._typst: Any = None

    def set(self, name: str, kind: str = "pdf", volume: str = "nothing", **said: str) -> bytes:
        """Return what a template makes of what stands in the folder: of a picture, its first page.

        Args:
            name: the template, such as ``appendix``.
            kind: ``pdf``, ``svg`` or ``png``.
            volume: the JSON file with the cases and the like, without its end.
            said: what the template is told besides.

        Raises:
            EvidenceError: a template cannot be set.
        """
        return self.pages(name, kind, volume, **said)[0]

    def pages(self, name: str, kind: str, volume: str = "nothing", **said: str) -> list[bytes]:
        """Return what a template makes, page by page; a PDF is one. Its arguments are those of ``set``."""
        import typst  # noqa: PLC0415

        if self._typst is None:
            self._typst = typst.Compiler(root=str(self.place))
        try:
            made = self._typst.compile(
                input=str(self.place / f"{name}.typ"),
                format=kind,
                ppi=220,
                sys_inputs={"volume": f"/{volume}.json", **said},
            )
        except typst.TypstError as error:
            raise EvidenceError(f"Typst cannot set {name}.typ: {_told(error)}") from error
        return [bytes(page) for page in made] if isinstance(made, list) else [bytes(made)]

    def missing(self, characters: Iterable[str]) -> list[str]:
        """Return a sentence for each script of which no font here has a character of the text.

        Args:
            characters: every character of the text, once.
        """
        asked = sorted(
            one for one in characters if not _HELD.match(one) and unicodedata.category(one)[0] not in "CMZ"
        )
        if not asked:
            return []
        (self.place / "probe.typ").write_text(_PROBE, encoding="utf-8")
        (self.place / "probe.json").write_text(json.dumps([_NOWHERE, *asked]), encoding="utf-8")
        glyphs = _GLYPH.findall(self.set("probe", "svg").decode())
        # Each character stands after an A; what has no ink has no glyph of its own.
        first, seen = glyphs[0], []
        for glyph in glyphs:
            if glyph == first:
                seen.append("")
            elif not seen[-1]:
                seen[-1] = glyph
        lost: dict[str, list[str]] = {}
        for one, glyph in zip(asked, seen[1:], strict=True):
            if glyph == seen[0]:
                lost.setdefault(_script(one), []).append(one)
        return [_sentence(script, found) for script, found in lost.items()]


def _told(error: Exception) -> str:
    """Return Typst's own words on what is wrong, and where."""
    said = getattr(error, "diagnostic", "") or str(error)
    place = re.search(r"([\w-]+\.typ):(\d+)", said)
    where = f" ({place[1]}, line {place[2]})" if place else ""
    return f"{str(error).strip().rstrip('.')}{where}; correct the template."


def _script(character: str) -> str:
    name = unicodedata.name(character, "OTHER").split()[0].split("-")[0]
    return "EMOJI" if unicodedata.category(character) == "So" else name


def _sentence(script: str, found: Sequence[str]) -> str:
    said, font = _SCRIPTS.get(script, (script.capitalize(), f"Noto Sans {script.capitalize()}"))
    few = "".join(found[:_FEW]) + (" …" if len(found) > _FEW else "")
    return (
        f"No font on this machine has {len(found)} of the text’s {said} characters ({few}): the PDF shows boxes "
        f"in their place. Install one that has them, such as {font}; "
        f'--font "{_FACE}" --font NAME chooses among several.'
    )
