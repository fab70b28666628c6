"""Citations in one batch: what is remembered, what is hostile, and places put in afterwards."""

from __future__ import annotations

import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from evidence import resources
from evidence.errors import EvidenceError
from evidence.publish.cited import Cited
from evidence.publish.csl import batch, house, styles
from evidence.publish.csl.cache import Cache
from evidence.publish.csl.formatter import Formatter
from evidence.publish.csl.locating import located
from evidence.publish.load import load
from evidence.publish.resolved import place_of, resolve
from evidence.study.read import read
from tests.kit import Ledger

_PLACES: tuple[dict[str, str], ...] = (
    {},
    {"page": "315"},
    {"page": "315-18"},
    {"page": "A-1"},
    {"document": "4", "page": "7"},
    {"folio": "12v"},
    {"words": "in the margin"},
)


def _sources() -> dict[Any, Cited]:
    dulles = [{"family": "Dulles", "given": "Allen"}]
    return {
        1: Cited("book", "The Craft of Intelligence", {"author": dulles, "issued": "1963"}, key="craft"),
        2: Cited(
            "document", "Memcon", {"author": dulles, "issued": "1955"}, {"repository": "NARA"}, "memcon"
        ),
    }


def _all(formatter: Formatter, sources: dict[Any, Cited]) -> list[Markup]:
    formatter.prepare((i, place) for i in sources for place in _PLACES)
    given = [way(i, place) for i in sources for place in _PLACES for way in (formatter.full, formatter.short)]
    return [*given, *(formatter.entry(i) for i in sources)]


_STYLES = ["chicago-notes-bibliography", "chicago-notes-bibliography-17th-edition", "apa"]


@pytest.mark.parametrize("name", _STYLES)
def test_a_cache_changes_nothing_but_the_time(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    style, sources = styles.find(name), _sources()
    without = _all(Formatter(style, sources), sources)
    assert _all(Formatter(style, sources, Cache(tmp_path)), sources) == without
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(subprocess, "run", None)  # whoever starts pandoc now fails
    assert _all(Formatter(style, sources, Cache(tmp_path)), sources) == without


def test_what_was_not_prepared_is_made_when_it_is_asked_for() -> None:
    sources = _sources()
    made = Formatter(styles.find("apa"), sources)
    assert made.short(1, {"page": "9"}).striptags() == "Dulles, 1963, p. 9."


def test_a_source_that_changed_is_written_anew(tmp_path: Path) -> None:
    style, sources = styles.find("apa"), _sources()
    _all(Formatter(style, sources, Cache(tmp_path)), sources)
    beside = Cited("book", "A", {"author": sources[1].csl["author"], "issued": "1963"}, key="another")
    made = Formatter(style, {**sources, 3: beside}, Cache(tmp_path))
    assert made.short(1, {}) == "Dulles, 1963b."  # there is another of that year now


def test_a_broken_cache_is_thrown_away_and_one_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    style, sources = styles.find("apa"), _sources()
    wanted = _all(Formatter(style, sources, Cache(tmp_path)), sources)
    (file,) = (tmp_path / "citations").iterdir()
    for broken in (b"", b"\xc1", file.read_bytes()[:-9], b"\x93\x01\x02\x03"):
        file.write_bytes(broken)
        assert _all(Formatter(style, sources, Cache(tmp_path)), sources) == wanted
        assert len(file.read_bytes()) > 100
    nowhere = tmp_path / "file"
    nowhere.write_text("no folder")
    assert _all(Formatter(style, sources, Cache(nowhere)), sources) == wanted
    assert nowhere.read_text() == "no folder"
    assert [one.name for one in (tmp_path / "citations").iterdir()] == [file.name]  # nothing half-written


def test_two_that_write_a_cache_lose_nothing_that_matters(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("m", {"a": "1"})
    Cache(tmp_path).put("m", {"b": "2"})
    assert cache.get("m") == {"a": "1", "b": "2"}
    assert cache.get("another") == {}


_NASTY = [
    "<script>alert(1)</script>", "*stars* _under_ `code`", "$x$ \\(y\\) \\textbf{z}", "[@b] [@a, 12] {.class}", "&amp; &lt;",
    "^[a note] [a](javascript:alert(1))", "<i>x</i><span class='nocase'>y</span>", "73400197 qzjxwvk", "\u202egnp.exe\u202c", "\x1fhole\x1f",
    "{curly} }{", "“open", "‘’“”", 'https://x.org/"><script>', "# h\n\n- list", "نص عربي", "金門", "ibid. ¶ § †",
]  # fmt: skip


@pytest.mark.parametrize("name", _STYLES)
def test_whatever_a_record_says_shows_as_letters(name: str) -> None:
    sources = {
        n: Cited(
            "book" if n % 2 else "document",
            nasty,
            {
                "author": [{"family": nasty, "given": nasty}],
                "issued": nasty,
                "publisher": nasty,
                "URL": f"javascript:{nasty}",
            },
            {} if n % 2 else {"repository": nasty, "folder": nasty},
            f"k{n}",
        )
        for n, nasty in enumerate(_NASTY)
    }
    made = Formatter(styles.find(name), sources)
    made.prepare((n, {"words": nasty}) for n, nasty in enumerate(_NASTY))
    for n, nasty in enumerate(_NASTY):
        for citation in (made.full(n, {"words": nasty}), made.short(n, {"words": nasty}), made.entry(n)):
            _is_safe(citation)
        letters = unescape(str(made.full(n, {})))
        for word in nasty.replace("\x1f", "").split():
            if word.isascii() and word.isalnum() and "://" not in nasty and "<i>" not in nasty:
                assert word.casefold() in letters.casefold()


def _is_safe(citation: Markup) -> None:
    left = str(citation)
    for tag in ("<i>", "</i>", "<b>", "</b>", "<sup>", "</sup>", "</a>", "</span>",
                '<span style="font-variant: small-caps">'):  # fmt: skip
        left = left.replace(tag, "")
    while (at := left.find('<a href="http')) >= 0:
        end = left.index('">', at)
        assert not set("<>'") & set(left[at + 9 : end])
        left = left[:at] + left[end + 2 :]
    assert "<" not in left
    assert '"' not in left
    assert "\x1f" not in left


_ANY = st.text(max_size=20)


@settings(
    max_examples=3, phases=(Phase.explicit, Phase.reuse, Phase.generate)
)  # each starts pandoc: no shrinking
@given(st.lists(st.tuples(_ANY, _ANY, _ANY), min_size=60, max_size=60))
def test_any_text_at_all(texts: list[tuple[str, str, str]]) -> None:
    sources = {
        n: Cited("book", title, {"author": [{"literal": name}], "issued": "1955"}, {}, f"k{n}")
        for n, (title, name, _) in enumerate(texts)
    }
    made = Formatter(styles.find(styles.DEFAULT), sources)
    made.prepare((n, {"page": place}) for n, (_, _, place) in enumerate(texts))
    for n, (_, _, place) in enumerate(texts):
        _is_safe(made.full(n, {"page": place}))
        _is_safe(made.short(n, {"page": place}))


def test_a_place_put_in_afterwards_is_as_if_it_had_been_asked_for(sqlite_url: str) -> None:
    read(sqlite_url, resources.folder("examples") / "beckley2015", author="Tester", message="as shipped")
    with Ledger(sqlite_url, "beckley2015").read() as (connection, study):
        found = resolve(load(connection, study))
    style = styles.find(styles.DEFAULT)
    places = [(row.source_id, place_of(row)) for row in found.quotes.values()]
    assert len(places) > 50
    asked: dict[Any, batch.Asked] = {}
    for source, place in places:
        direct = located(found.cited[source], place, house=True, english=True).directly().asked
        one = asked.setdefault(source, batch.Asked(house.reference(found.cited[source])))
        one.full.append(direct)
        one.short.append(direct)
    written = dict(zip(asked, batch.write(style, "en-US", [[one] for one in asked.values()]), strict=True))
    for source, place in places:
        direct = located(found.cited[source], place, house=True, english=True).directly().asked
        assert found.formatter.full(source, place) == written[source][0].full[direct]
        assert found.formatter.short(source, place) == written[source][0].short[direct]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("hello", "not XML"),
        ("<x/>", "no CSL style"),
        ('<style xmlns="http://purl.org/net/xbiblio/csl" class="note"/>', "says nothing of citations"),
        ('<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><style xmlns="http://purl.org/net/xbiblio/csl">&e;</style>', "entities"),
        ('<style xmlns="http://purl.org/net/xbiblio/csl" class="note"><citation><layout><text macro="m"/></layout></citation></style>', "macros"),
        ('<style xmlns="http://purl.org/net/xbiblio/csl"><info><link rel="independent-parent" href="http://x.org/nosuch"/></info></style>', "nosuch"),
        ('<style xmlns="http://purl.org/net/xbiblio/csl" class="note"><macro name="a"><text macro="a"/></macro><citation><layout/></citation></style>', "circles"),
        ('<style xmlns="http://purl.org/net/xbiblio/csl" class="note"><macro name="m0"/>'
         + "".join(f'<macro name="m{n}"><text macro="m{n - 1}"/><text macro="m{n - 1}"/></macro>' for n in range(1, 40))
         + "<citation><layout/></citation></style>", "circles"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_style_is_a_sentence(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "own.csl"
    file.write_text(text, "utf-8")
    with pytest.raises(EvidenceError, match=says) as refused:
        styles.find(str(file))
    assert "own.csl" in str(refused.value)


def test_styles_by_name_by_address_and_by_file(tmp_path: Path) -> None:
    assert styles.find("").house
    assert styles.find("http://www.zotero.org/styles/apa").csl == styles.find("apa").csl
    assert styles.find("nature").numbered
    dependent = styles.find("american-political-science-association")
    assert dependent.in_text
    copied = tmp_path / "mine.csl"
    copied.write_bytes(styles.find("apa").csl)
    assert styles.find(str(copied)).csl == styles.find("apa").csl
    with pytest.raises(EvidenceError, match=r"no citation style 'apaa'.*Did you mean apa"):
        styles.find("apaa")
    with pytest.raises(EvidenceError, match="no citation style at"):
        styles.find(str(tmp_path / "none.csl"))


def test_pandoc_says_what_is_wrong_with_a_style_in_a_sentence() -> None:
    made = styles.find(styles.DEFAULT)
    broken = styles.Style(**{name: getattr(made, name) for name in made.__slots__} | {"csl": b"<style/>"})
    with pytest.raises(EvidenceError, match=r"cannot be used \(.*choose another with --style"):
        Formatter(broken, _sources()).prepare([(1, {})])


def test_no_machine_with_no_home_and_no_cache_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("EVIDENCE_CACHE", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "none" / "such"))
    sources = _sources()
    monkeypatch.chdir(tmp_path)
    assert Formatter(styles.find("apa"), sources, Cache()).short(1, {}) == "Dulles, 1963."
