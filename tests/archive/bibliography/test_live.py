"""A Zotero that runs: a server of our own answers as its local API is documented to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from evidence.archive.bibliography.live import read_library
from evidence.errors import ValueRefused

LIBRARY = {"type": "user", "id": 0, "name": "My Library"}


def wrapped(key: str, **data: Any) -> dict[str, Any]:
    """Return an item as the API wraps it."""
    return {"key": key, "version": 3, "library": LIBRARY, "data": {"key": key, "version": 3, **data}}


@dataclass
class Zotero:
    """What the server has, what it was asked for, and how it behaves."""

    url: str = ""
    items: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    status: int = 200
    counted: bool = True
    body: bytes | None = None


def _handler(zotero: Zotero) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            zotero.asked.append(self.path)
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            found = {
                "/api/users/0/items": zotero.items,
                "/api/groups/7/items": zotero.items[:1],
                "/api/users/0/collections": [
                    wrapped("COLL1111", name="Taiwan Strait"),
                    wrapped("COLL2222", name="Twice"),
                    wrapped("COLL3333", name="Twice"),
                ],
                "/api/users/0/collections/COLL1111/items": zotero.items[:2],
            }.get(parts.path)
            status = zotero.status if zotero.status != 200 else 200 if found is not None else 404
            start, limit = int(query.get("start", 0)), int(query.get("limit", 25))
            page = (found or [])[start : start + limit]
            body = zotero.body or (
                json.dumps(page).encode() if status == 200 else b"Local API is not enabled"
            )
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "http://example.org/")
            self.send_header("Content-Type", "application/json")
            if zotero.counted:
                self.send_header("Total-Results", str(len(found or [])))
            if start + limit < len(found or []):
                self.send_header("Link", f'<{zotero.url}{parts.path}?start={start + limit}>; rel="next"')
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    return Handler


@pytest.fixture
def zotero() -> Iterator[Zotero]:
    """A server on this computer, with 230 books and a note."""
    made = Zotero(items=[wrapped(f"{n:08}", itemType="book", title=f"Book {n}") for n in range(230)])
    made.items.append(wrapped("NOTE0000", itemType="note", note="n", parentItem=f"{0:08}"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(made))
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("counted", [True, False])
def test_a_library_page_by_page(zotero: Zotero, *, counted: bool) -> None:
    zotero.counted = counted
    items = read_library(zotero.url).items
    assert [item.fields["title"] for item in items] == [f"Book {n}" for n in range(230)]
    assert items[0].fields["further"]["notes"] == ["n"]
    assert items[5].fields["identifiers"] == {"zotero": "users/0/00000005"}
    assert [parse_qs(urlsplit(path).query)["start"] for path in zotero.asked] == [["0"], ["100"], ["200"]]


def test_one_collection_and_another_library(zotero: Zotero) -> None:
    assert len(read_library(zotero.url, collection="Taiwan Strait").items) == 2
    assert len(read_library(f"{zotero.url}/api/groups/7").items) == 1
    with pytest.raises(
        ValueRefused, match=r"has no collection 'Taiwan Straight'. Did you mean 'Taiwan Strait'?"
    ):
        read_library(zotero.url, collection="Taiwan Straight")
    with pytest.raises(ValueRefused, match="has 2 collections 'Twice'"):
        read_library(zotero.url, collection="Twice")


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (403, None, "does not let other programs read; in Zotero 7 or later, switch on Settings, Advanced"),
        (404, None, "has no such library"),
        (500, None, "answers with error 500"),
        (302, None, "answers with error 302"),
        (200, b"<html></html>", "web page"),
        (200, b"{}", "not as Zotero does"),
        (200, b"[" * 100_000, "deep|cut off"),
    ],
)
def test_what_else_may_answer(zotero: Zotero, status: int, body: bytes | None, sentence: str) -> None:
    zotero.status, zotero.body = status, body
    with pytest.raises(ValueRefused, match=sentence):
        read_library(zotero.url)


def test_nobody_there() -> None:
    with pytest.raises(
        ValueRefused, match=r"no Zotero answers at 127.0.0.1:9; start Zotero, and in Zotero 7"
    ):
        read_library("http://127.0.0.1:9")
    with pytest.raises(ValueRefused, match="is no address of a Zotero"):
        read_library("file:///etc/passwd")
