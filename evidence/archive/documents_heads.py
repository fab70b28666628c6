"""Know what is printed on page after page: running heads and feet, and the numbers of the pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

__all__ = ["parted", "printed"]

_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(
    r"[-–— .\[(]*(?:[Pp](?:age|\.)\s*)?(\d+|[ivxlcdm]+|[A-Z]-\d+)(?:\s*(?:of|/)\s*\d+)?[-–— .\])]*"
)
_DEPTH = 2  # lines at either end that may be repeated: a title and a number
_OFTEN = 3  # pages at least
_SHARE = 3  # and one page in so many
_BODY = 3  # lines that a page must have besides; what stands on a page of few lines is no running head
_LONGEST = 120  # letters in a line that is no more than a head


def parted(sheets: Sequence[str], labels: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return the head, the body and the foot of each page.

    Only what comes again and again is taken for a head: a line that stands, but for its numbers, at the same
    end of at least three pages and a third of all; or a number that counts the pages. Nothing is lost: head,
    body and foot together are the page.
    """
    lines = [[line for line in sheet.split("\n") if line.strip()] for sheet in sheets]
    heads: list[list[str]] = [[] for _ in sheets]
    feet: list[list[str]] = [[] for _ in sheets]
    for end, taken in ((0, heads), (-1, feet)):
        for _ in range(_DEPTH):
            edges = [page[end].strip() if len(page) > _BODY else "" for page in lines]
            repeated = _repeated(edges, labels)
            for at, edge in enumerate(edges):
                if at in repeated:
                    taken[at].append(edge)
                    lines[at].pop(end)
    return [
        ("\n".join(head), _body(sheet, len(head), len(foot)), "\n".join(reversed(foot)))
        for sheet, head, foot in zip(sheets, heads, feet, strict=True)
    ]


def _body(sheet: str, head: int, foot: int) -> str:
    """Return a page without so many lines of head and of foot; its blank lines stay."""
    lines = sheet.split("\n")
    spoken = [at for at, line in enumerate(lines) if line.strip()]
    if not spoken:
        return ""
    return "\n".join(lines[spoken[head] : spoken[len(spoken) - 1 - foot] + 1]).strip("\n")


def _repeated(edges: Sequence[str], labels: Sequence[str]) -> set[int]:
    """Return the pages whose line at one end is a head."""
    needed = max(_OFTEN, len([edge for edge in edges if edge]) / _SHARE)
    masked = [_DIGITS.sub("#", edge) for edge in edges]
    # A sentence that happens to stand on several pages is none.
    counts = Counter(mask for mask in masked if mask and len(mask) <= _LONGEST and mask[-1] not in ".,;:?!")
    wordy = {mask for mask, count in counts.items() if count >= needed and any(c.isalpha() for c in mask)}
    found = {at for at, mask in enumerate(masked) if mask in wordy}
    return found | _counting(edges, labels, needed)


def _counting(edges: Sequence[str], labels: Sequence[str], needed: float) -> set[int]:
    """Return the pages whose line is the page's number: its label, or one that runs along with the pages."""
    labelled, running = set(), {}
    for at, (edge, label) in enumerate(zip(edges, labels, strict=True)):
        number = _NUMBER.fullmatch(edge) if len(edge) <= _LONGEST else None
        if number is None:
            continue
        if number[1] == label:
            labelled.add(at)
        if number[1].isdecimal():
            running[at] = int(number[1][:9]) - at
    steps = Counter(running.values())
    counted = {at for at, step in running.items() if steps[step] >= needed}
    return counted | (labelled if len(labelled) >= needed else set())


def printed(sheets: Sequence[str]) -> list[str] | None:
    """Return the label of each page by the numbers that are printed on them, if they count most of the pages.

    Pages before the first number are labelled by their place, in brackets: ``[1]``.
    """
    edges = []
    for sheet in sheets:
        lines = [line.strip() for line in sheet.split("\n") if line.strip()]
        numbers = [_NUMBER.fullmatch(line) for line in (*lines[:1], *lines[-1:]) if len(line) <= _LONGEST]
        edges.append({int(found[1][:9]) for found in numbers if found and found[1].isdecimal()})
    steps = Counter(number - at for at, found in enumerate(edges) for number in found)
    ((step, count),) = steps.most_common(1) or [(0, 0)]
    if count < max(_OFTEN, len(sheets) / 2):
        return None
    return [str(at + step) if at + step > 0 else f"[{at + 1}]" for at in range(len(sheets))]
