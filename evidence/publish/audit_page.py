"""One case as a document for a referee: a single HTML file with all that its codes rest on, and what would shake it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from markupsafe import Markup
from sqlalchemy import Connection, and_, case, func, select

from evidence.audit.chain import Chain
from evidence.audit.referee import Referee, referee
from evidence.audit.views import Observed, Searched, Tested
from evidence.keys import natural
from evidence.ledger.among import among
from evidence.ledger.rows import words
from evidence.publish import citations, wording
from evidence.publish.audit_words import Words
from evidence.publish.citing import SHELF, cited
from evidence.publish.contexts import may_be_shown, passage
from evidence.publish.environment import templates
from evidence.publish.folder import put
from evidence.publish.load import AROUND, FARTHEST
from evidence.publish.proof_views import Fact
from evidence.publish.source_views import Passage

__all__ = ["AuditView", "DocumentView", "ProofView", "audit_page", "write_audit", "write_why"]

_CRITICISM = ("author", "position_to_know", "distance", "motive", "audience", "authenticity")


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document that is quoted, with its full citation, its way to the archive and what is said of it."""

    key: str
    citation: Markup
    archive: tuple[Fact, ...]
    criticism: tuple[Fact, ...]
    rights: str
    access: str
    note: str


@dataclass(frozen=True, slots=True)
class ProofView:
    """A quote's place, its full citation there, and its words in their context."""

    locator: str
    citation: Markup
    state_words: str
    passage: Passage | None
    remark: str  # why there is no context


@dataclass(frozen=True, slots=True)
class AuditView:
    """What the template receives: the case as a referee judges it, its proofs by the keys of quotes, its documents."""

    referee: Referee
    proofs: Mapping[str, ProofView]
    documents: tuple[DocumentView, ...]
    full: bool  # with contexts, sensitivities, history and findings

    @property
    def tests(self) -> tuple[Tested, ...]:
        """Every test of the case, by key."""
        codes = self.referee.why.codes
        return _keyed([*(test for code in codes for test in code.tests), *self.referee.why.other_tests])

    @property
    def observations(self) -> tuple[Observed, ...]:
        """Every observation brought to a test, weighed against a code, or left over."""
        found = [one.observation for test in self.tests for one in test.brought if one.observation]
        found += [one for code in self.referee.why.codes for one in code.against]
        return _keyed([*found, *self.referee.why.other_observations])

    @property
    def searches(self) -> tuple[Searched, ...]:
        """Every search brought to a test, named by a code, or left over."""
        found = [one.search for test in self.tests for one in test.brought if one.search]
        found += [one for code in self.referee.why.codes for one in code.searches]
        return _keyed([*found, *self.referee.why.other_searches])

    @property
    def brought(self) -> dict[str, list[tuple[str, str]]]:
        """The tests that observations and searches were brought to, with their direction."""
        found: dict[str, list[tuple[str, str]]] = {}
        for test in self.tests:
            for one in test.brought:
                if subject := one.observation or one.search:
                    found.setdefault(subject.key, []).append((test.key, one.direction))
        return found


def _keyed(found: Iterable[Any]) -> tuple[Any, ...]:
    """Return each once, in the order of their keys."""
    return tuple(sorted({one.key: one for one in found}.values(), key=lambda one: natural(one.key)))


def audit_page(
    connection: Connection,
    study: Any,
    case: str,
    variable: str | None = None,
    *,
    full: bool = True,
    own: Path | None = None,
) -> tuple[str, bytes]:
    """Return a case's key and its document; the same ledger gives the same bytes.

    Args:
        connection: to the ledger, or to the copy of its past.
        study: the study's id, as ``store.reading`` gives it.
        case: the case's key, a key that it once had, or its number in a data set.
        variable: one variable's key; all if not given.
        full: with every quote in its context, sensitivities in full, the history, and what a check finds.
        own: a folder whose templates come before ours.

    Raises:
        UnknownKey: there is no such case or variable.
        EvidenceError: a template asks for what there is not.
    """
    found, chain = referee(connection, study, case, variable, full=full)
    view = AuditView(found, _proofs(connection, chain), _documents(chain), full)
    appendix = templates("appendix", own)
    audit = templates("audit", own)
    page = audit.render(
        "audit.html.j2",
        audit=view,
        say=Words.of(chain.study.language),
        styles=f"{appendix.asset('style.css')}\n{audit.asset('audit.css')}",
        paper=appendix.asset("print.css"),
    )
    return found.why.case, page.encode()


def write_audit(
    connection: Connection, study: Any, case: str, output: Path | None = None, own: Path | None = None
) -> tuple[Path, bool]:
    """Write the document on a case; return where to, and whether anything changed.

    Args:
        connection: to the ledger, or to the copy of its past.
        study: the study's id.
        case: the case.
        output: the file; ``audit-KEY.html`` if not given.
        own: a folder whose templates come before ours.

    Raises:
        EvidenceError: another file stands there that this program did not write, or it cannot be written.
    """
    key, page = audit_page(connection, study, case, own=own)
    file = output or Path(f"audit-{key}.html")
    return file, put(file, page)


def write_why(
    connection: Connection,
    study: Any,
    case: str,
    output: Path,
    variable: str | None = None,
    own: Path | None = None,
) -> bool:
    """Write why a case has its code as a page; return whether anything changed."""
    return put(output, audit_page(connection, study, case, variable, full=False, own=own)[1])


# --- Quotes and documents


def _proofs(connection: Connection, chain: Chain) -> dict[str, ProofView]:
    known = cited(chain.sources.values())
    found = {}
    for row in connection.execute(_placed(connection, chain)).all():
        source = chain.sources[row.source_id]
        locator = {str(kind): str(value) for kind, value in (row.locator or {}).items()}
        shown = may_be_shown(source, row.shareable)
        context = passage(row, SimpleNamespace(parts=row.parts or (), content=None)) if shown else None
        found[row.key] = ProofView(
            locator=citations.locator_words(locator),
            citation=citations.linked(citations.note(known[row.source_id], locator)),
            state_words=wording.STATES.get(row.state, row.state),
            passage=context,
            remark="" if context else _remark(row, shown=shown),
        )
    return found


def _remark(row: Any, *, shown: bool) -> str:
    if row.sha256 is None:
        return "The text that it stands in is not held here."
    if not shown:
        return "Rights do not allow to show what stands around it."
    return "Its place in the text is not known, so nothing is shown around it."


def _placed(connection: Connection, chain: Chain) -> Any:
    """Return the statement that reads the quotes of a case with the words around them, where a text is held."""
    quote = words(
        "quote", "id study_id key source_id words locator state text_start text_end verified_sha256"
    )
    text = words("text", "study_id retired_at source_id sha256 shareable parts content")
    q, t = quote.c, text.c
    start, end = q.text_start, q.text_end
    begin = case((start > AROUND, start - AROUND), else_=0)
    held = and_(
        t.study_id == q.study_id, t.source_id == q.source_id, t.sha256 == q.verified_sha256,
        t.retired_at.is_(None), t.content.is_not(None), start >= 0, end > start, end - start <= FARTHEST,
    )  # fmt: skip
    around = func.substr(t.content, begin + 1, end - begin + AROUND).label("around")
    return (
        select(
            q.key, q.source_id, q.words, q.locator, q.state, start, end, t.sha256, t.shareable, t.parts, around
        )
        .select_from(quote.outerjoin(text, held))
        .where(among(connection, q.id, list(chain.quotes)))
    )  # fmt: skip


def _documents(chain: Chain) -> tuple[DocumentView, ...]:
    known = cited(chain.sources.values())
    quoted = {row.source_id for row in chain.quotes.values()}
    rows = (row for i, row in chain.sources.items() if i in quoted)
    return tuple(
        DocumentView(
            key=row.key,
            citation=citations.linked(citations.note(known[row.id])),
            archive=tuple(_fact(name, getattr(row, name)) for name in SHELF if getattr(row, name)),
            criticism=tuple(
                _fact(name, row.criticism[name]) for name in _CRITICISM if (row.criticism or {}).get(name)
            ),
            rights=row.rights,
            access=row.access,
            note=row.note,
        )
        for row in sorted(rows, key=lambda row: citations.sort_key(known[row.id]))
    )


def _fact(name: str, value: str) -> Fact:
    return Fact(name.replace("_", " ").capitalize(), value)
