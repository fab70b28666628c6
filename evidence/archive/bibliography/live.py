"""Ask a Zotero that runs on this computer for its items, through the API that it offers to other programs."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException
from typing import Any
from urllib.parse import quote, urlsplit

from evidence.archive.bibliography.zotero_json import read_zotero
from evidence.archive.incoming import Incoming
from evidence.archive.json_files import parse_json
from evidence.errors import Place, ValueRefused, nearest

__all__ = ["LOCAL", "read_library"]

#: Where Zotero listens, if nobody has told it to listen elsewhere.
LOCAL = "http://127.0.0.1:23119"
_PAGE = 100
_MOST = 1_000_000
_LARGEST = 64 * 1024 * 1024  # bytes of one answer
_PATIENCE = 30.0  # seconds
_SWITCH = (
    "in Zotero 7 or later, switch on Settings, Advanced, "
    "“Allow other applications on this computer to communicate with Zotero”"
)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Nobody is led elsewhere: what is asked for is on this computer."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002
        """Refuse it."""
        return


def read_library(url: str = LOCAL, *, collection: str | None = None) -> Incoming:
    """Return the sources in the library of a Zotero that is running.

    Args:
        url: where it listens. A path names another library than the user's own: ``.../api/groups/123``.
        collection: the name of a collection, to read only that.

    Raises:
        ValueRefused: Zotero does not run, does not allow it, has no such collection, or answers otherwise
            than Zotero does.
    """
    base = _base(url)
    path = f"{base}/collections/{_collection(base, collection)}/items" if collection else f"{base}/items"
    return read_zotero(list(_pages(path)), "Zotero")


def _base(url: str) -> str:
    parts = urlsplit(url if "//" in url else f"http://{url}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueRefused(f"{url!r} is no address of a Zotero; the usual one is {LOCAL}.")
    path = parts.path.rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path or '/api/users/0'}"


def _collection(base: str, name: str) -> str:
    """Return the key of a collection by its name."""
    found: dict[str, list[str]] = {}
    for one in _pages(f"{base}/collections"):
        data = one.get("data") if isinstance(one, dict) else None
        if isinstance(data, dict) and data.get("name") and data.get("key"):
            found.setdefault(str(data["name"]), []).append(str(data["key"]))
    if name not in found:
        near = nearest(name, found)
        hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
        raise ValueRefused(f"Zotero has no collection {name!r}.{hint}")
    if len(found[name]) > 1:
        raise ValueRefused(
            f"Zotero has {len(found[name])} collections {name!r}; give the one that you mean another name."
        )
    return quote(found[name][0])


def _pages(path: str) -> Iterator[Any]:
    """Yield what a list of the API holds, page by page."""
    start = 0
    while start < _MOST:
        items, total, more = _asked(f"{path}?format=json&start={start}&limit={_PAGE}")
        yield from items
        start += len(items)
        # Total-Results says how many there are; without it, Link says whether there is another page.
        if not items or (total is not None and start >= total) or (total is None and not more):
            return


def _asked(url: str) -> tuple[list[Any], int | None, bool]:
    headers = {"Zotero-API-Version": "3", "Accept": "application/json"}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - its scheme was looked at
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects)
    where = urlsplit(url).netloc
    try:
        with opener.open(request, timeout=_PATIENCE) as answer:
            data = answer.read(_LARGEST + 1)
            total = str(answer.headers.get("Total-Results") or "")
            more = 'rel="next"' in str(answer.headers.get("Link") or "")
    except urllib.error.HTTPError as error:
        error.close()
        raise _refused(error.code, where) from error
    except (urllib.error.URLError, HTTPException, OSError) as error:
        raise ValueRefused(
            f"no Zotero answers at {where}; start Zotero, and {_SWITCH}, or export the library to a file."
        ) from error
    if len(data) > _LARGEST:
        raise ValueRefused(f"{where} answers with more than 64 MiB at once; that is no Zotero.")
    value = parse_json(data, "an answer of Zotero", Place(where))
    if not isinstance(value, list):
        raise ValueRefused(f"{where} answers, but not as Zotero does; look at --url.")
    return value, int(total) if total.isdecimal() else None, more


def _refused(code: int, where: str) -> ValueRefused:
    if code == 403:  # noqa: PLR2004 - forbidden
        return ValueRefused(f"Zotero at {where} does not let other programs read; {_SWITCH}.")
    if code == 404:  # noqa: PLR2004 - not found
        return ValueRefused(
            f"{where} has no such library; it is an older Zotero, or none. Zotero 7 or later is needed, or an export to a file."
        )
    return ValueRefused(f"{where} answers with error {code}; try again, or export the library to a file.")
