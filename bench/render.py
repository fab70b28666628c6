"""Rendering: against a floor in one process, and as a whole process against Hugo on the same content."""

from __future__ import annotations

import shutil
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import ClassVar

from sqlalchemy import event

from bench.timing import Row, compare, process
from evidence.ledger.store import reading
from evidence.publish.environment import templates
from evidence.publish.front import read_appendix
from evidence.publish.load import load
from evidence.publish.render import appendix
from evidence.publish.whole_site import pages

__all__ = ["against_floor", "against_hugo", "statements"]

_LAYOUT = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ .Title }}</title>
<link rel="stylesheet" href="/style.css"></head><body><main>{{ .Content }}</main></body></html>
"""
_LIST = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ .Title }}</title></head>
<body><main>{{ .Content }}<ul>{{ range .RegularPagesRecursive }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>
{{ end }}</ul></main></body></html>
"""


def statements(ledger: Path) -> int:
    """Return how many SQL statements a render issues once the ledger is open."""
    asked: list[str] = []
    with reading(f"sqlite:///{ledger}") as (connection, study):
        event.listen(connection, "before_cursor_execute", lambda *line: asked.append(line[2]))
        load(connection, study)
    return len(asked)


def against_floor(scratch: Path, ledger: Path, cases: int, rounds: int) -> Row:
    """Compare rendering with a Core load, compiled templates and plain writes of the same pages."""
    ours, plain = scratch / f"ours{cases}", scratch / f"plain{cases}"
    with reading(f"sqlite:///{ledger}") as (connection, study):
        view = read_appendix(load(connection, study))

        def floor() -> None:
            load(connection, study)
            for name, content in pages(view, templates("appendix")).items():
                file = plain / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)

        def clear() -> None:
            for folder in (ours, plain):
                shutil.rmtree(folder, ignore_errors=True)

        return compare(
            f"load and render {cases:,} cases / Core load, Jinja, plain writes",
            lambda: appendix(connection, study, ours),
            floor,
            1.5,
            rounds=rounds,
            between=clear,
        )


def against_hugo(scratch: Path, ledger: Path, cases: int, goal: float, rounds: int) -> Row | None:
    """Compare the whole process with Hugo's on the same content; nothing if there is no Hugo."""
    hugo = shutil.which("hugo")
    if not hugo:
        return None
    site, ours = scratch / f"hugo{cases}", scratch / f"whole{cases}"
    _site(site, ledger)

    def clear() -> None:
        for folder in (site / "public", site / "resources", ours):
            shutil.rmtree(folder, ignore_errors=True)

    return compare(
        f"evidence render appendix, {cases:,} cases / hugo",
        process(
            sys.executable,
            "-m",
            "evidence",
            "--ledger",
            str(ledger),
            "render",
            "appendix",
            "--output",
            str(ours),
        ),
        process(hugo, "--quiet", "--source", str(site)),
        goal,
        rounds=rounds,
        between=clear,
    )


def _site(site: Path, ledger: Path) -> None:
    """Write the appendix as a Hugo site: each page's text as Markdown, and the plainest of themes."""
    layouts = site / "layouts" / "_default"
    layouts.mkdir(parents=True)
    (layouts / "single.html").write_text(_LAYOUT, encoding="utf-8")
    (layouts / "list.html").write_text(_LIST, encoding="utf-8")
    config = 'baseURL = "https://example.org/"\ntitle = "Appendix"\ndisableKinds = ["taxonomy", "term", "RSS", "sitemap"]\n'
    (site / "config.toml").write_text(config, encoding="utf-8")
    with reading(f"sqlite:///{ledger}") as (connection, study):
        filled = pages(read_appendix(load(connection, study)), templates("appendix"))
    for name, content in filled.items():
        if not name.endswith(".html"):
            continue
        file = site / "content" / name.replace(".html", ".md").replace("index.md", "_index.md")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(
            f'---\ntitle: "{Path(name).stem}"\n---\n{_markdown(content.decode())}', encoding="utf-8"
        )


class _Markdown(HTMLParser):
    """Turns a page's text into Markdown: headings, paragraphs, lists, quotations, tables, links."""

    _BLOCKS: ClassVar = {
        "p": "\n\n",
        "li": "\n- ",
        "dt": "\n\n**",
        "dd": "\n\n",
        "blockquote": "\n\n> ",
        "div": "\n\n",
        "tr": "\n|",
    }

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.links: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block or a span."""
        if tag in ("head", "style", "script"):
            self.silent += 1
        elif tag in ("h1", "h2", "h3", "h4"):
            self.parts.append("\n\n" + "#" * int(tag[1]) + " ")
        elif tag == "a":
            self.links.append(dict(attrs).get("href") or "")
            self.parts.append("[")
        elif tag in ("em", "i", "cite"):
            self.parts.append("*")
        else:
            self.parts.append(self._BLOCKS.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        """End it."""
        if tag in ("head", "style", "script"):
            self.silent -= 1
        elif tag == "a":
            self.parts.append(f"]({self.links.pop()})")
        elif tag in ("em", "i", "cite"):
            self.parts.append("*")
        elif tag in ("td", "th"):
            self.parts.append(" |")
        elif tag == "dt":
            self.parts.append("**")

    def handle_data(self, data: str) -> None:
        """Keep the words on one line."""
        if not self.silent:
            self.parts.append(" ".join(data.split()) + (" " if data[-1:].isspace() else ""))


def _markdown(page: str) -> str:
    parser = _Markdown()
    parser.feed(page)
    return "".join(parser.parts)
