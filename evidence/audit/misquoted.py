"""Words that a narrative quotes and that what it cites does not have: a misquotation that no other door sees."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from evidence.audit.narrated import Citation
from evidence.audit.noted import Quoted, quoted
from evidence.nearmiss import nearest
from evidence.quoting import Held

__all__ = ["Cited", "Misquoted", "misquoted"]

#: A quotation within a quotation has other marks than it had by itself.
_MARKS = str.maketrans(dict.fromkeys('"“”„‟«»‘’‚‛‹›「」『』｢｣〝〞〟', "'"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cited:
    """What a citation leads to, as far as quoted words can be held against it.

    Attributes:
        words: texts in which the words may stand: a quote's own, its translation; a source's quotes and held text.
        around: a quote with the words before and after it.
        whole: whether words that stand in none of these stand nowhere in what is cited.
    """

    words: tuple[str, ...]
    around: str = ""
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Misquoted:
    """A quotation whose words are not in what is cited for it; ``remark`` goes on after them, without a full stop."""

    words: str
    line: int
    key: str
    remark: str


def misquoted(text: str, lookup: Callable[[str], Cited | None], *, case: str = "") -> list[Misquoted]:
    """Return what a narrative misquotes.

    What counts as the words of a quote: the same ones, in their order and whole, but for typography, for what an
    ellipsis or an editor's brackets leave out or replace, and for the case of the first letter. Where a source is
    cited whose text is not held, nothing can be said.

    Args:
        text: the narrative.
        lookup: gives what a key leads to; nothing if it leads nowhere.
        case: its case's key, for an error to name.
    """
    found = []
    for one in quoted(text, case=case):
        known = [(citation, lookup(citation.key)) for citation in one.cited]
        if any(cited is None or not cited.whole or _in(one.words, cited.words) for _, cited in known):
            # Of what is not whole, the words may stand in the rest; what leads nowhere is another rule's.
            continue
        texts = [cited for _, cited in known if cited is not None]
        found.append(Misquoted(one.words, one.line, one.cited[0].key, _remark(one, texts, lookup)))
    return found


def _in(words: str, texts: Iterable[str]) -> bool:
    levelled = words.translate(_MARKS)
    swapped = levelled[:1].swapcase() + levelled[1:]
    return any(
        Held(text.translate(_MARKS)).find(tried)
        for text in texts
        for tried in dict.fromkeys((levelled, swapped))
    )


def _remark(one: Quoted, texts: Sequence[Cited], lookup: Callable[[str], Cited | None]) -> str:
    """Say what is near: the words a little longer than the quote, in another note of the sentence, or with a difference."""
    if any(cited.around and _in(one.words, [cited.around]) for cited in texts):
        return "goes beyond the words that were logged, which stand in the source beside them"
    for citation in one.besides:
        other = lookup(citation.key)
        if other is not None and _in(one.words, other.words):
            return f"stands in {_cites(citation)}, which is cited beside it"
    near = nearest(one.words, [Held(words) for cited in texts for words in cited.words if words])
    return f"differs from it: {near.said()}" if near else "is not in it, nor anything like it"


def _cites(citation: Citation) -> str:
    return f"[@{citation.key}]"
