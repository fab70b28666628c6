"""Show pages in a browser on this machine, and have it load them again when they are others; nothing is read from a disk."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from evidence.errors import ValueRefused

__all__ = ["Pages", "serving"]

_HOST = "127.0.0.1"
#: So long, in seconds, a browser's question for something new stays open before it is asked again.
_OPEN = 20.0
_OWN = "/-/"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}
_BINARY = "application/octet-stream"
#: Asks by loading a script, which pages allow themselves, where they may ask for nothing else; after the page has come,
#: as a page that waits for a script has not.
_SCRIPT = b"""\
(() => {
  const version = document.currentScript.dataset.version;
  const ask = () => {
    const asked = document.createElement("script");
    const again = (pause) => () => { asked.remove(); setTimeout(ask, pause); };
    asked.src = "/-/after.js?version=" + version;
    asked.onload = again(0);
    asked.onerror = again(1000);
    document.head.append(asked);
  };
  addEventListener("load", ask);
})();
"""
_RELOAD = b"location.reload();\n"
_WRONG = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<style>body{{font:1.1rem/1.5 Georgia,serif;max-width:38rem;margin:4rem auto;padding:0 1rem;overflow-wrap:anywhere}}</style>
</head><body><main><h1>{title}</h1><p>{sentence}</p></main></body></html>
"""


@dataclass(slots=True)
class Pages:
    """What is shown now: pages by their paths, or a sentence that says what is wrong."""

    pages: Mapping[str, bytes] = field(default_factory=dict)
    home: str = ""
    wrong: str = ""
    _run: str = field(default_factory=lambda: secrets.token_hex(4))
    _number: int = 0
    _changed: Condition = field(default_factory=Condition)

    @property
    def version(self) -> str:
        """What is shown now is told from what was shown before, also by another run."""
        return f"{self._run}-{self._number}"

    def show(self, pages: Mapping[str, bytes], home: str) -> None:
        """Show other pages; ``home`` is the path of the one to begin with."""
        with self._changed:
            self.pages, self.home, self.wrong = pages, home, ""
            self._number += 1
            self._changed.notify_all()

    def fail(self, sentence: str) -> None:
        """Show in place of every page what is wrong."""
        with self._changed:
            self.wrong = sentence
            self._number += 1
            self._changed.notify_all()

    def after(self, version: str) -> str:
        """Wait until there is another version, for a while, and return the version that there is then."""
        with self._changed:
            self._changed.wait_for(lambda: self.version != version, _OPEN)
            return self.version


@contextmanager
def serving(pages: Pages, port: int) -> Iterator[str]:
    """Serve pages to browsers on this machine alone; give the address.

    Args:
        pages: what to show.
        port: on which port; 0 takes any that is free.

    Raises:
        ValueRefused: the port is taken, or not for everybody.
    """
    try:
        server = _Server((_HOST, port), _Handler)
    except OSError as error:
        raise ValueRefused(
            f"Port {port} cannot be used ({error.strerror}); name another with --port, or 0 for any that is free."
        ) from error
    server.shown = pages
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield f"http://{_HOST}:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    shown: Pages


class _Handler(BaseHTTPRequestHandler):
    """Answers from what is in memory: no path leads to a file, and no other site's name leads here."""

    server: _Server
    server_version, sys_version = "evidence", ""
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        """Answer."""
        if self.headers.get("Host", "").casefold() not in self._names():
            # A name of somebody else's that was made to lead to this machine.
            self._answer(421, b"This address is shown under its own name only.", "text/plain; charset=utf-8")
            return
        try:
            asked = urlsplit(self.path)
        except ValueError:
            self._answer(400, b"This is no address.", "text/plain; charset=utf-8")
            return
        path = unquote(asked.path)
        shown = self.server.shown
        if path == f"{_OWN}after.js":
            version = parse_qs(asked.query).get("version", [""])[0]
            self._answer(200, _RELOAD if shown.after(version) != version else b"", _TYPES[".js"])
        elif path == f"{_OWN}reload.js":
            self._answer(200, _SCRIPT, _TYPES[".js"])
        elif path == "/" and shown.home:
            self._answer(302, b"", "text/plain; charset=utf-8", Location=f"/{quote(shown.home)}")
        else:
            self._page(path.removeprefix("/"))

    def _page(self, name: str) -> None:
        shown = self.server.shown
        version, wrong, content = shown.version, shown.wrong, shown.pages.get(name)
        if wrong and (content is None or name.endswith(".html")):
            self._answer(500, _listening(_said("This cannot be shown", wrong), version), _TYPES[".html"])
        elif content is None:
            page = _said("There is no such page", "This extract has one case, with what it rests on.")
            self._answer(404, _listening(page, version), _TYPES[".html"])
        elif name.endswith(".html"):
            self._answer(200, _listening(content, version), _TYPES[".html"])
        else:
            kind = next((kind for suffix, kind in _TYPES.items() if name.endswith(suffix)), _BINARY)
            self._answer(200, content, kind)

    def _names(self) -> set[str]:
        port = self.server.server_port
        return {f"{name}:{port}" for name in (_HOST, "localhost")}

    def _answer(self, code: int, content: bytes, kind: str, **headers: str) -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("X-Frame-Options", "DENY")
        self.end_headers()
        self.wfile.write(content)

    def handle_one_request(self) -> None:
        """Answer one request; a browser that has gone is no error."""
        try:
            super().handle_one_request()
        except ConnectionError:
            self.close_connection = True

    def log_message(self, *said: Any) -> None:
        """Say nothing of single requests."""


def _said(title: str, sentence: str) -> bytes:
    return _WRONG.format(title=escape(title), sentence=escape(sentence)).encode()


def _listening(page: bytes, version: str) -> bytes:
    """Return a page with the script that asks for another version; a page as it is rendered never has it."""
    before, end, after = page.rpartition(b"</body>")
    script = f'<script src="{_OWN}reload.js" data-version="{version}"></script>\n'.encode()
    return before + script + end + after if end else page + script
