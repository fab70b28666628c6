"""Reads a page as a browser would, far enough to check its links, its headings and what it would load."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

__all__ = ["Page", "broken_links", "read"]

_VOID = {"meta", "link", "br", "hr", "img", "input", "wbr"}


class Page(HTMLParser):
    """What a page holds: ids, links, headings, tags, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.headings: list[int] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.unclosed: list[str] = []
        self.wrong: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag and its attributes."""
        self.tags.append(tag)
        if tag not in _VOID:
            self.unclosed.append(tag)
        for name, value in attrs:
            self.attributes.append((tag, name, value))
            if name == "id":
                self.ids.append(value or "")
            elif name == "href" and tag == "a":
                self.links.append(value or "")
            elif name in ("href", "src") and tag != "use":
                self.loads.append(value or "")
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdecimal():
            self.headings.append(int(tag[1]))

    def handle_endtag(self, tag: str) -> None:
        """Check that what ends is what was begun last."""
        if not self.unclosed or self.unclosed.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.text += data


def read(folder: Path) -> dict[str, Page]:
    """Return the pages of a folder by their path in it."""
    return {
        str(file.relative_to(folder)): Page(file.read_text("utf-8"))
        for file in sorted(folder.rglob("*.html"))
    }


def broken_links(pages: dict[str, Page]) -> list[str]:
    """Return the links that lead to no page, or to no place on one."""
    broken = []
    for name, page in pages.items():
        for link in page.links:
            if link.startswith(("http://", "https://", "mailto:")):
                continue
            address, _, place = link.partition("#")
            address = address.partition("?")[0]
            address = address.partition("?")[0]  # what a script narrows a page to
            parts = (Path(name).parent / unquote(address)).parts if address else Path(name).parts
            steps: list[str] = []
            for part in parts:
                steps = steps[:-1] if part == ".." else [*steps, part]
            target = pages.get("/".join(steps))
            if target is None or (place and unquote(place) not in target.ids):
                broken.append(f"{name}: {link}")
    return broken
