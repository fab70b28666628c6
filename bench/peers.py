"""The whole site, as a process, against other programs that make sites, each given the same content as Markdown.

Hugo, MkDocs and Pelican are looked for on the path, and before that in the folder that ``PEERS`` names:
``python -m venv peers && peers/bin/pip install mkdocs pelican markdown && PEERS=peers/bin python -m bench``.
"""

from __future__ import annotations

import os
import resource
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from statistics import median
from typing import ClassVar

from bench.timing import Row, process
from evidence.ledger.store import reading
from evidence.publish.environment import templates
from evidence.publish.front import read_appendix
from evidence.publish.load import load
from evidence.publish.whole_site import pages

__all__ = ["rows"]

_LAYOUT = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ .Title }}</title>
<link rel="stylesheet" href="/style.css"></head><body><main>{{ .Content }}</main></body></html>
"""
_LIST = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ .Title }}</title></head>
<body><main>{{ .Content }}<ul>{{ range .RegularPagesRecursive }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>
{{ end }}</ul></main></body></html>
"""
_HUGO = 'baseURL = "https://example.org/"\ntitle = "Appendix"\ndisableKinds = ["taxonomy", "term", "RSS", "sitemap"]\n'
_MKDOCS = "site_name: Appendix\ntheme:\n  name: mkdocs\nplugins: []\n"
_PELICAN = """SITENAME = "Appendix"
PATH = "content"
TIMEZONE = "UTC"
DEFAULT_DATE = (2020, 1, 1)
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = None
DIRECT_TEMPLATES = []
CACHE_CONTENT = False
"""


@dataclass(frozen=True, slots=True)
class _Taken:
    cpu: float  # seconds of all processes
    wall: float


def rows(
    scratch: Path, ledger: Path, cases: int, goals: Mapping[str, float], rounds: int
) -> Iterator[Row | str]:
    """Yield a row for each of the others, by CPU, as whoever else uses the machine does not change it; and all times of day.

    Args:
        scratch: a folder to work in.
        ledger: what is rendered.
        cases: how many it has.
        goals: the ratio that our time should not exceed, by the others' names.
        rounds: how often each is run; once more, which does not count, before that.
    """
    place = scratch / f"peers{cases}"
    makers = _makers(place, _texts(ledger))
    ours = ("-m", "evidence", "--ledger", str(ledger), "render", "appendix", "--output", str(place / "ours"))
    runs = {"evidence": process(sys.executable, *ours), **makers}
    taken: dict[str, list[_Taken]] = {name: [] for name in runs}
    for number in range(rounds + 1):
        for name in runs if number % 2 else reversed(runs):
            for made in ("ours", "hugo/public", "hugo/resources", "mkdocs/site", "pelican/output"):
                shutil.rmtree(place / made, ignore_errors=True)
            taken[name].append(_timed(runs[name]))
    mine = taken["evidence"][1:]
    for name, goal in goals.items():
        if name not in makers:
            yield f"{name} is not installed, so that {cases:,} cases were not measured against it"
            continue
        pairs = [(one.cpu, other.cpu) for one, other in zip(mine, taken[name][1:], strict=True)]
        yield Row(
            f"evidence render appendix, {cases:,} cases / {name}, CPU",
            median(one for one, _ in pairs),
            median(other for _, other in pairs),
            median(one / other for one, other in pairs),
            goal,
        )
    walls = (f"{name} {median(one.wall for one in found[1:]):.2f} s" for name, found in taken.items())
    yield f"{cases:,} cases by the clock: {', '.join(walls)}"


def _timed(run: Callable[[], object]) -> _Taken:
    before, start = _children(), time.perf_counter()
    run()
    return _Taken(_children() - before, time.perf_counter() - start)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _texts(ledger: Path) -> dict[str, str]:
    """Return each page of the appendix as Markdown, by its path."""
    with reading(f"sqlite:///{ledger}") as (connection, study):
        filled = pages(read_appendix(load(connection, study)), templates("appendix"))
    return {
        name.removesuffix(".html"): _markdown(content.decode())
        for name, content in filled.items()
        if name.endswith(".html")
    }


def _makers(place: Path, texts: Mapping[str, str]) -> dict[str, Callable[[], object]]:
    """Write the texts as a site for each program that is there, with its plainest theme; return what runs it."""
    found: dict[str, Callable[[], object]] = {}
    where = os.pathsep.join(filter(None, (os.environ.get("PEERS"), os.environ.get("PATH"))))
    for name, write, line in (
        ("hugo", _for_hugo, ("--quiet",)),
        ("mkdocs", _for_mkdocs, ("build", "--quiet")),
        ("pelican", _for_pelican, ("--quiet", "content", "-s", "pelicanconf.py")),
    ):
        program, folder = shutil.which(name, path=where), place / name
        if program:
            write(folder, texts)
            found[name] = process(str(Path(program).absolute()), *line, cwd=folder)
    return found


def _put(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def _for_hugo(folder: Path, texts: Mapping[str, str]) -> None:
    _put(folder / "config.toml", _HUGO)
    _put(folder / "layouts" / "_default" / "single.html", _LAYOUT)
    _put(folder / "layouts" / "_default" / "list.html", _LIST)
    for name, text in texts.items():
        called = "_index" if name == "index" else name
        _put(folder / "content" / f"{called}.md", f'---\ntitle: "{Path(name).stem}"\n---\n{text}')


def _for_mkdocs(folder: Path, texts: Mapping[str, str]) -> None:
    _put(folder / "mkdocs.yml", _MKDOCS)
    for name, text in texts.items():
        _put(folder / "docs" / f"{name}.md", text)


def _for_pelican(folder: Path, texts: Mapping[str, str]) -> None:
    _put(folder / "pelicanconf.py", _PELICAN)
    for name, text in texts.items():
        head = f"Title: {Path(name).stem}\nSlug: {name.replace('/', '-')}\n"
        _put(folder / "content" / f"{name}.md", f"{head}\n{text}")


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
