"""The table of Annotation for Transparent Inquiry (ATI): claim, excerpt, analytic note, citation, link, translation, access.

A row is a quote where a narrative cites it; what no narrative cites has a row of its own, without a claim. ATI advises
100 to 150 words for an excerpt: longer ones are told, and nothing is cut, because publishers are asked about each.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import astuple, dataclass, fields
from typing import Any

from markupsafe import Markup
from sqlalchemy import Connection, select

from evidence.archive.quotations_marks import count_words
from evidence.audit.noted import told
from evidence.exchange.annotations_read import Noted, Passages
from evidence.exchange.rights import LONG
from evidence.keys import natural
from evidence.ledger.rows import words
from evidence.publish.citations import web_address
from evidence.publish.citing import cited
from evidence.publish.csl import styles
from evidence.publish.csl.cache import Cache
from evidence.publish.csl.formatter import Formatter
from evidence.publish.legible import legible
from evidence.publish.resolved import place_of
from evidence.vocabulary import Direction

__all__ = ["FORMATS", "Annotation", "Annotations", "ati"]

_WEB = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class Annotation:
    """A row of the table; its fields are the columns, in order.

    Attributes:
        annotation: its number, from 1.
        quote: the key of the quote.
        case: the key of the case whose narrative cites it; else of those that it speaks to, parted by spaces.
        claim: the sentences of the narrative that cite it.
        excerpt: the words, verbatim.
        language: of the excerpt (BCP 47).
        translation: in the study's language.
        translator: who translated.
        analytic_note: what it says, what follows, and which hypotheses it speaks for and against.
        citation: in full, in the study's style.
        link: where the source is on the web.
        access: who can get at the source.
        rights: who holds the rights.
        excerpt_words: how many words the excerpt has.
        long: whether those are more than ATI advises.
    """

    annotation: int
    quote: str
    case: str
    claim: str
    excerpt: str
    language: str
    translation: str
    translator: str
    analytic_note: str
    citation: str
    link: str
    access: str
    rights: str
    excerpt_words: int
    long: bool


@dataclass(frozen=True, slots=True)
class Annotations:
    """The table, with the title and the language of the study."""

    title: str
    language: str
    annotations: tuple[Annotation, ...]

    @property
    def long(self) -> tuple[str, ...]:
        """The keys of quotes that are longer than ATI advises."""
        return tuple(dict.fromkeys(one.quote for one in self.annotations if one.long))


def ati(
    connection: Connection,
    study: Any,
    *,
    cases: Collection[str] = (),
    without: Collection[str] = (),
    style: str = "",
) -> Annotations:
    """Return the table of a study, in the order of its cases and of their narratives; what none cites comes last.

    Args:
        connection: an open read.
        study: the study's id.
        cases: keys of the cases that are wanted; none wants all.
        without: keys of quotes that are left out.
        style: the citation style, by name or file; nothing takes the study's own.

    Raises:
        UnknownKey: there is no such case.
        EvidenceError: there is no such style, or a narrative cannot be read.
    """
    table = words("study", "id title language citation_style")
    row = connection.execute(select(table).where(table.c.id == study)).one()
    passages = Passages(connection, study, cases=cases)
    noted = {one.row.key: one for one in passages if one.row.key not in without}
    language = row.language or "en"
    citable = cited(passages.sources.values())
    formatter = Formatter(styles.find(style or row.citation_style), citable, Cache(), language)
    formatter.prepare((one.source.id, place_of(one.row)) for one in noted.values())
    made = []
    for number, (quote, case, claim) in enumerate(_rows(noted, passages.narratives, cases), start=1):
        one = noted[quote]
        citation = formatter.full(one.source.id, place_of(one.row)).striptags()
        address = web_address(citable[one.source.id])
        made.append(_row(number, one, case, claim, citation, address if address.startswith(_WEB) else ""))
    return Annotations(row.title, language, tuple(made))


def _rows(
    noted: Mapping[str, Noted], narratives: Mapping[str, str], cases: Collection[str]
) -> Iterator[tuple[str, str, str]]:
    """Yield quote, case and claim of each row."""
    left = dict(noted)
    for case in sorted(narratives, key=natural):
        if cases and case not in cases:
            continue
        claims: dict[str, list[str]] = defaultdict(list)
        for sentence in told(narratives[case], case=case):
            for key in dict.fromkeys(one.key for note in sentence.notes for one in note.cited):
                claims[key].append(sentence.words)
        for key, sentences in claims.items():
            if key in noted:
                left.pop(key, None)
                yield key, case, " ".join(sentences)
    for key in sorted(left, key=natural):
        yield key, " ".join(sorted(left[key].cases, key=natural)), ""


def _row(number: int, one: Noted, case: str, claim: str, citation: str, link: str) -> Annotation:
    row, source = one.row, one.source
    length = count_words(row.words)
    return Annotation(
        annotation=number,
        quote=row.key,
        case=case,
        claim=claim,
        excerpt=row.words,
        language=row.language or source.language,
        translation=row.translation,
        translator=row.translator,
        analytic_note="\n\n".join(_note(one)),
        citation=citation,
        link=link,
        access=source.access,
        rights=source.rights,
        excerpt_words=length,
        long=length > LONG,
    )


def _note(one: Noted) -> Iterator[str]:
    if one.row.note:
        yield one.row.note
    for seen in one.seen:
        yield " ".join(filter(None, (_stopped(seen.row.proposition), _stopped(seen.row.inference))))
        for bears in seen.bears:
            way = "For" if bears.direction == Direction.FOR else "Against"
            kind = bears.kind.replace("_", " ")
            yield f"{way} the hypothesis “{bears.hypothesis}” ({kind} test {bears.test}). {bears.note}".rstrip()


def _stopped(text: str) -> str:
    return text if not text or text.endswith((".", "?", "!", "”", '"')) else f"{text}."


def _csv(made: Annotations) -> str:
    """Write CSV as tables are written: values as they are, so that a program that reads them has just them."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([one.name for one in fields(Annotation)])
    for one in made.annotations:
        writer.writerow([int(value) if isinstance(value, bool) else value for value in astuple(one)])
    return stream.getvalue()


_PAGE = Markup("""<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}: annotations</title>
<style>
body {{ font: 1rem/1.5 Georgia, serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark; overflow-wrap: break-word; }}
article {{ border-top: 1px solid; padding: 1rem 0; break-inside: avoid; }}
h2 {{ font-size: 1rem; margin: 0; }}
blockquote {{ margin: .75rem 0; padding-left: 1rem; border-left: 3px solid; white-space: pre-line; }}
dt {{ font-weight: bold; margin-top: .5rem; }} dd {{ margin: 0; white-space: pre-line; }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{count} for Transparent Inquiry. An excerpt of more than {longest} words is marked.</p>
{articles}
</body>
</html>
""")
_ARTICLE = Markup("""<article id="annotation-{number}">
<h2>{number}. {quote}{case}</h2>
{claim}<blockquote lang="{language}">{excerpt}</blockquote>
<dl>
{facts}
</dl>
</article>""")
_FACT = Markup("<dt>{}</dt><dd>{}</dd>")
_CLAIM = Markup("<p>{}</p>\n")
_LINK = Markup('<a href="{0}" rel="noreferrer">{0}</a>')


def _html(made: Annotations) -> str:
    """Write a page for people; whatever the ledger holds is text in it."""
    count = len(made.annotations)
    return legible(
        _PAGE.format(
            language=made.language,
            title=made.title,
            count=f"{count} annotation{'' if count == 1 else 's'}",
            longest=LONG,
            articles=Markup("\n").join(_article(one) for one in made.annotations),
        )
    )


def _article(one: Annotation) -> Markup:
    by = f" (translated by {one.translator})" if one.translator else ""
    facts = (
        ("Translation", f"{one.translation}{by}" if one.translation else ""),
        ("Analytic note", one.analytic_note),
        ("Source", one.citation),
        ("Link", _LINK.format(one.link) if one.link else ""),
        ("Access", "; ".join(filter(None, (one.access, one.rights)))),
        ("Length", f"{one.excerpt_words} words: more than ATI advises" if one.long else ""),
    )
    return _ARTICLE.format(
        number=one.annotation,
        quote=one.quote,
        case=f", {one.case}" if one.case else "",
        claim=_CLAIM.format(one.claim) if one.claim else "",
        language=one.language or "",
        excerpt=one.excerpt,
        facts=Markup("\n").join(_FACT.format(name, value) for name, value in facts if value),
    )


#: What the table can be written as.
FORMATS: dict[str, Callable[[Annotations], str]] = {"csv": _csv, "html": _html}
