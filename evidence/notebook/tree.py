"""A tree of why that shows itself: as text in a console, and as HTML that unfolds in a notebook."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from html import escape

from evidence.audit.views import Why
from evidence.notebook.branches import Branch, trunk
from evidence.publish.legible import legible

__all__ = ["Tree"]

_WIDTH = 100
#: Colours are the notebook's own, so that the tree follows its theme.
_STYLE = """\
<style>
.evidence-why{font:14px/1.45 var(--jp-ui-font-family,system-ui,sans-serif);max-width:60em;overflow-wrap:anywhere}
.evidence-why details,.evidence-why .leaf{margin:.2em 0 .2em 1.1em}
.evidence-why summary{cursor:pointer;margin-left:-1.1em}
.evidence-why summary::marker{color:#888}
.evidence-why .aside,.evidence-why .label{opacity:.7;font-size:.9em}
.evidence-why .said{display:grid;grid-template-columns:max-content 1fr;gap:.1em .7em;margin:.2em 0}
.evidence-why .plain{grid-column:1/-1}
.evidence-why .case,.evidence-why .code,.evidence-why .test{font-weight:600}
.evidence-why .quote{font-family:Georgia,serif}
.evidence-why .against{border-left:3px solid #b04a2f;padding-left:.5em}
</style>"""


class Tree:
    """Why a case has its codes: codes, their tests, what was brought to them, and the words in the archive.

    Attributes:
        answer: the same as frozen values, from the code down to the archive (``evidence.audit.views.Why``).

    Example:
        >>> import evidence
        >>> tree = evidence.open("study.db").why("mid-50", "ALLY")  # doctest: +SKIP
        >>> tree.answer.codes[0].value  # doctest: +SKIP
        '2'
    """

    def __init__(self, answer: Why) -> None:
        """Take what ``why`` found."""
        self.answer = answer
        self._trunk = trunk(answer)

    def __repr__(self) -> str:
        """The whole tree in indented lines."""
        return "\n".join(_lines(self._trunk, ""))

    def _repr_markdown_(self) -> str:
        """The same as a block of code: nothing in it can be markup."""
        text = repr(self)
        longest = max((len(run) for run in re.findall("`+", text)), default=0)
        fence = "`" * max(3, longest + 1)
        return f"{fence}text\n{text}\n{fence}"

    def _repr_html_(self) -> str:
        """The tree as parts that unfold, without any script; what a ledger holds shows as text."""
        return f'{_STYLE}\n<div class="evidence-why">{_html(self._trunk)}</div>'


# --- Text


def _lines(branch: Branch, indent: str) -> Iterator[str]:
    inner = f"{indent}  "
    aside = f"  ({branch.aside})" if branch.aside else ""
    yield _wrapped(f"{branch.head}{aside}", indent, inner)
    for label, words in branch.said:
        yield _wrapped(f"{label}: {words}" if label else words, inner, f"{inner}  ")
    for one in branch.below:
        yield from _lines(one, inner)


def _wrapped(text: str, first: str, then: str) -> str:
    words = " ".join(legible(text).split())
    width = max(_WIDTH, len(then) + 40)
    return textwrap.fill(words, width, initial_indent=first, subsequent_indent=then, break_long_words=False)


# --- HTML


def _html(branch: Branch) -> str:
    aside = f' <span class="aside">{_text(branch.aside)}</span>' if branch.aside else ""
    against = " against" if branch.aside.startswith("against") else ""
    head = f'<span class="{branch.kind}">{_text(branch.head)}</span>{aside}'
    said = "".join(
        f'<span class="label">{_text(label)}</span><span>{_text(words)}</span>'
        if label
        else f'<span class="plain">{_text(words)}</span>'
        for label, words in branch.said
    )
    said = f'<div class="said">{said}</div>' if said else ""
    if not branch.below and not said:
        return f'<div class="leaf{against}">{head}</div>'
    below = "".join(map(_html, branch.below))
    unfolded = " open" if branch.unfolded else ""
    named = f' class="{against.strip()}"' if against else ""
    return f"<details{unfolded}{named}><summary>{head}</summary>{said}{below}</details>"


def _text(words: str) -> str:
    return escape(legible(words))
