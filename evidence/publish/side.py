"""Fill pages in several processes at once: what is read in one is filled in others, and the bytes are the same."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing.connection import Connection
from typing import Any, TypeVar

import msgspec

from evidence.errors import EvidenceError
from evidence.publish import kept
from evidence.publish.folder import Put, Site

__all__ = ["side_by_side"]

_Known = TypeVar("_Known")


def side_by_side(
    parts: Iterable[tuple[Sequence[Any], Any]],
    fill: Callable[[Sequence[Any], Any], Iterable[tuple[_Known, list[Put]]]],
    kind: type[_Known],
    jobs: int,
    site: Site,
) -> Iterator[_Known]:
    """Yield what filling makes of parts, in their order.

    Args:
        parts: what is read, some after others.
        fill: makes of a part what is known of each in it, with the pages that it put.
        kind: what is known of each.
        jobs: how many processes to fill in, where processes can be forked; else it is done in this one.
        site: told of the pages that others put.

    Raises:
        EvidenceError: as ``fill`` does.
    """
    if jobs <= 1 or "fork" not in multiprocessing.get_all_start_methods():
        for part in parts:
            yield from (known for known, _ in fill(*part))
        return
    waiting: deque[tuple[Any, Connection]] = deque()
    try:
        for part in parts:
            while len(waiting) >= jobs:
                yield from _taken(*waiting.popleft(), kind, site)
            waiting.append(_begun(part, fill))
        while waiting:
            yield from _taken(*waiting.popleft(), kind, site)
    finally:
        for process, _ in waiting:
            process.kill()
            process.join()


def _begun(part: tuple[Sequence[Any], Any], fill: Callable[..., Any]) -> tuple[Any, Connection]:
    """Begin to fill a part in a process of its own, which has what was read as it is."""
    forked = multiprocessing.get_context("fork")
    here, there = forked.Pipe(duplex=False)
    process = forked.Process(target=_filled, args=(part, fill, there), daemon=True)
    process.start()
    there.close()
    return process, here


def _filled(part: tuple[Sequence[Any], Any], fill: Callable[..., Any], answer: Connection) -> None:
    """Fill a part and answer with what became of it, in a process of its own."""
    try:
        answer.send([(kept.encoded(known), pages) for known, pages in fill(*part)])
    except EvidenceError as error:
        answer.send(EvidenceError(str(error)))
    answer.close()


def _taken(process: Any, answer: Connection, kind: type[_Known], site: Site) -> Iterator[_Known]:
    try:
        got = answer.recv()
    except EOFError as error:
        raise EvidenceError("A process that filled pages was ended from without; try again.") from error
    finally:
        process.join()
    if isinstance(got, EvidenceError):
        raise got
    decoder = msgspec.msgpack.Decoder(kind, dec_hook=kept.safe)
    for known, pages in got:
        for page in pages:
            site.take(page)
        yield decoder.decode(known)
