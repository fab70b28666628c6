"""What a deposit says of itself on paper: what is in it, how the evidence was found, and what was left out and why."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from markupsafe import Markup
from sqlalchemy import Connection

from evidence.audit.suspects import suspects
from evidence.exchange.crate import About, Held
from evidence.exchange.rights import LONG, Kept, Rights, counted
from evidence.publish.data_overview import overview
from evidence.publish.documents.markdown import blocks, escaped
from evidence.publish.documents.rich import parse
from evidence.publish.front import read_appendix
from evidence.publish.lines import line
from evidence.publish.load import load
from evidence.publish.publication import publication

__all__ = ["about_rights", "data_overview", "readme", "withheld"]

#: So many words of sources whose rights somebody holds are told, the most first.
_TOLD = 20


def readme(about: About, held: Sequence[Held], found: Rights, *, redacted: bool) -> str:
    """Return the README: what is here, what is not, and how to read it back.

    Args:
        about: what is said of the whole.
        held: the files and folders.
        found: what left and what did not.
        redacted: whether anything was left out of what is here.
    """
    return "\n\n".join(_readme(about, held, found, redacted=redacted)) + "\n"


def _readme(about: About, held: Sequence[Held], found: Rights, *, redacted: bool) -> Iterator[str]:
    yield f"# {escaped(about.title)}"
    if about.authors:
        yield escaped(", ".join(name for name, _ in about.authors))
    yield (
        f"The evidence of this study and what was made of it, as its ledger was at revision `{about.revision}` "
        f"({about.made_at}), written by evidence {about.program}."
    )
    yield "## What is here"
    yield "\n".join(
        f"- `{one.path}`: {one.name}{f'. {one.description}' if one.description else ''}"
        for one in held
        if "/" not in one.path.rstrip("/")
    )
    yield "## What is not"
    left = [one for one in found.kept if redacted or not one.asked]
    yield (
        f"The words of {counted(left)} are not here; `rights.md` says why of each, and `withheld.csv` says it for programs."
        if left
        else "Nothing was left out for the sake of access or rights."
    )
    if any(one.noun == "quote" for one in left):
        yield (
            "`[withheld]` stands where those words stood. A signature over them does not fit what is here, so whoever "
            "reads this back is told that it is suspect: it was given over the whole."
        )
    made = any(one.path == "provenance/" for one in held)
    yield (
        "The history of the ledger is not here (who changed what when): a study that is read back begins a new one."
        + (" `provenance/` says who made what." if made else "")
    )
    yield "## How to read it"
    yield (
        "`study/` is the study as text: `evidence study read study/` makes a ledger of it, with the same records and "
        "the same fingerprints. `appendix/site/index.html`, if it is here, opens in a browser without a network."
    )
    yield (
        "This is a BagIt bag: `bagit.py --validate`, or `sha256sum -c manifest-sha256.txt` in the folder above, tells "
        "whether all of it is as it was written. `ro-crate-metadata.json` (RO-Crate 1.1) lists it for programs."
    )


def about_rights(found: Rights, *, redacted: bool) -> str:
    """Return the report on rights: what leaves, what does not and why, and which excerpts are long.

    Args:
        found: what left and what did not.
        redacted: whether what access conditions forbid was left out.
    """
    return "\n\n".join(_about_rights(found, redacted=redacted)) + "\n"


def _about_rights(found: Rights, *, redacted: bool) -> Iterator[str]:
    yield "# Rights, access and the length of excerpts"
    yield (
        "From the sources' own records (who can get at them today, who holds the rights) and from what was said of "
        "texts (whether rights allow them to travel). Nobody's lawyer wrote this."
    )
    yield "## Texts that are here"
    yield _list(f"`{sha256}`, of {escaped(source)}" for sha256, source in found.texts)
    yield "## What is left out, and why"
    kept = [one for one in found.kept if redacted or not one.asked]
    yield _list(map(_kept, kept))
    if any(one.noun == "quote" for one in kept):
        yield (
            "Wherever the study repeats what is closed, `[withheld]` stands for it: passages of four words and more, "
            "whatever their case, punctuation and emphasis, and shorter quotes between quotation marks. Nobody but a "
            "reader finds a paraphrase, or fewer words that stand by themselves: read what is said of these sources in "
            "observations, reasons and narratives before you hand this on."
        )
    yield f"## Excerpts of more than {LONG} words"
    yield f"Annotation for Transparent Inquiry advises 100 to {LONG} words, and asks publishers about more."
    yield _list(f"{escaped(one.key)}: {one.words} words" for one in found.excerpts if one.long)
    yield "## Words of sources round which nothing may be shown"
    yield "Nobody has said that these are free. What is quoted of each, in words:"
    quoted: Counter[tuple[str, str]] = Counter()
    gone = {one.key for one in kept if one.noun == "quote"}
    for one in found.excerpts:
        if not one.shown and one.key not in gone:
            quoted[one.source, one.rights] += one.words
    most = sorted(quoted.items(), key=lambda pair: (-pair[1], pair[0]))
    yield _list(
        f"{escaped(source)}: {words}{f' ({escaped(said)})' if said else ''}"
        for (source, said), words in most[:_TOLD]
    )
    if len(most) > _TOLD:
        yield f"{len(most) - _TOLD} more have fewer."


def withheld(found: Rights, *, redacted: bool) -> str:
    """Return what is left out as CSV: noun, key, source, reason; the arguments are those of ``about_rights``."""
    said = io.StringIO()
    writer = csv.writer(said, lineterminator="\r\n")
    writer.writerow(("noun", "key", "source", "reason"))
    writer.writerows(
        (one.noun, one.key, one.source, one.reason) for one in found.kept if redacted or not one.asked
    )
    return said.getvalue()


def _kept(one: Kept) -> str:
    name = escaped(one.key) if one.noun == "quote" else f"`{one.key}`"
    return f"{one.noun} {name}: {escaped(one.reason)}"


def _list(lines: Iterator[str]) -> str:
    return "\n".join(f"- {one}" for one in lines) or "None."


def data_overview(connection: Connection, study: Any) -> str:
    """Return the overview of the evidence that Annotation for Transparent Inquiry asks for, in Markdown.

    What the ledger counts is said in sentences; the scholar's own words stand under the same headings, and where
    there are none yet that is said.
    """
    behind = publication(connection, study)
    read = read_appendix(
        load(connection, study), suspected=lambda chain: suspects(connection, study, chain), behind=behind
    )
    if behind.has is None:
        return ""
    view = overview(behind.has, tuple(map(line, read.cases())))
    parts = [f"# {escaped(read.frame.title)}: overview of the evidence", _own(view.own)]
    for section in view.sections:
        parts += [f"## {escaped(section.head)}", *map(escaped, section.sentences), _own(section.own)]
    if not view.authored:
        parts.append(
            "*The author has added nothing to this yet: what only the author knows is written with "
            "`evidence study edit --overview`.*"
        )
    return "\n\n".join(filter(None, parts)) + "\n"


def _own(words: Markup) -> str:
    return blocks(parse(words), lambda number: "") if words else ""  # noqa: ARG005
