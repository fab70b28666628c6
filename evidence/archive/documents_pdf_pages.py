"""The pages of one PDF, read in a process of its own, within bounds: PDF in on stdin, JSON out on stdout.

A PDF is a program in more languages than one, read by a library in C. Whatever a hostile one makes of it (a
crash, a gigabyte from a kilobyte, an endless loop) ends this process, and not the one that asked. It knows
nothing of this package, so that it starts at once.
"""

from __future__ import annotations

import json
import sys
from typing import Any

_MEMORY = 2 * 1024**3  # bytes
_SECONDS = 60  # of processor time
_LONGEST = 64 * 1024 * 1024  # characters of all pages together


def main() -> None:
    """Read, and write what there is: pages with their labels and what the file says of itself; or an error."""
    _bound()
    data = sys.stdin.buffer.read()
    try:
        answer = _pages(data)
    except MemoryError:
        answer = {"error": "memory"}
    sys.stdout.buffer.write(json.dumps(answer).encode())


def _bound() -> None:
    """Set the bounds, where the system knows such."""
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    for what, most in ((resource.RLIMIT_AS, _MEMORY), (resource.RLIMIT_CPU, _SECONDS)):
        hard = resource.getrlimit(what)[1]
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _pages(data: bytes) -> dict[str, Any]:
    import pypdfium2  # noqa: PLC0415 - after the bounds are set

    try:
        document = pypdfium2.PdfDocument(data)
        count = len(document)
    except pypdfium2.PdfiumError as error:
        return {"error": "password" if "password" in str(error).casefold() else "broken"}
    pages, labels, broken, length = [], [], [], 0
    for at in range(count):
        labels.append(document.get_page_label(at))
        try:
            page = document[at]
            words = page.get_textpage()
            pages.append(words.get_text_bounded())
            words.close()
            page.close()
        except pypdfium2.PdfiumError:
            pages.append("")
            broken.append(at)
        length += len(pages[-1])
        if length > _LONGEST:
            return {"error": "long"}
    said = document.get_metadata_dict(skip_empty=True)
    return {"pages": pages, "labels": labels, "broken": broken, "stated": said}


if __name__ == "__main__":
    main()
