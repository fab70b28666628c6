"""How a case's entry is cited: as a note of Chicago's, for BibTeX, and as CSL-JSON.

What only a browser knows, or what would put the ledger's revision on every page, stands in elements that a script
fills: the address in full, the day on which it was read, the revision. Without it they hold what is always true.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from evidence.publish.views import CaseRef, CiteView

__all__ = ["cite_entry"]

_LATEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "#$%&_"},
}  # fmt: skip


def cite_entry(study: Any, key: str, case: CaseRef) -> CiteView:
    """Return how an entry is cited.

    Args:
        study: the study's row.
        key: the case's key.
        case: the case, as others point to it.
    """
    title, authors = case.title, tuple(study.authors or ())
    address = Markup('<span data-fill="address">cases/{}.html</span>').format(case.page)
    revision = Markup('<span data-fill="revision"></span>')
    read = Markup('<span data-fill="read"></span>')
    by = f"{_named(authors)}, " if authors else ""
    inside = f"{title.rstrip('.')},"
    chicago = Markup("{}“{}” in <cite>{}</cite>, appendix, entry {}{}, {}{}.").format(
        by, inside, study.title, key, revision, address, read
    )
    named = re.sub(r"[^A-Za-z0-9]+", "-", f"{study.key}-{key}").strip("-") or "entry"
    bibtex = Markup(
        "@incollection{{{},\n  author = {{{}}},\n  title = {{{}}},\n  booktitle = {{{}}},\n"
        "  note = {{Appendix, entry {}{}}},\n  url = {{{}}}\n}}"
    ).format(
        named,
        " and ".join(map(_latex, authors)),
        _latex(title),
        _latex(study.title),
        _latex(key),
        revision,
        address,
    )
    said = {
        "id": named,
        "type": "chapter",
        "author": [{"literal": one} for one in authors],
        "title": title,
        "container-title": study.title,
        "note": f"Appendix, entry {key}\0",
        "URL": "\1",
    }
    written = Markup("{}").format(json.dumps([said], ensure_ascii=False, indent=2))
    # The last of each is ours, whatever a title holds: after them stands nothing that anybody wrote.
    before, _, after = str(written).rpartition("\\u0001")
    before, _, between = before.rpartition("\\u0000")
    csl = Markup(f"{before}{revision}{between}{address}{after}")  # noqa: S704 - escaped just above
    return CiteView(chicago, bibtex, csl)


def _named(authors: Sequence[str]) -> str:
    *others, last = authors
    return f"{', '.join(others)}{',' if len(others) > 1 else ''} and {last}" if others else last


def _latex(text: str) -> str:
    return "".join(_LATEX.get(sign, sign) for sign in text)
