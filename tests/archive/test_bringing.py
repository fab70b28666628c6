"""Sources and their words come in together, are known again, and keep what a person wrote."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from evidence.archive.bringing import Brought, bring
from evidence.archive.incoming import Incoming, IncomingSource, Words
from evidence.errors import EvidenceError, MethodError, Place, UnknownKey, ValueRefused
from evidence.ledger import records, schema
from evidence.models import Source, Text
from evidence.vocabulary import SourceTier
from tests.kit import Ledger

FILE = Place("library.json", row=1)


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    """A ledger with an empty study, on either engine; nobody goes behind its back."""
    made = Ledger(ledger_url)
    made.found()
    yield made
    assert made.findings() == []


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A ledger with nothing in it, made once for all examples of a property."""
    file = tmp_path_factory.mktemp("template") / "evidence.db"
    schema.create(f"sqlite:///{file}")
    return file.read_bytes()


@pytest.fixture
def on_sqlite(sqlite_url: str) -> Iterator[Ledger]:
    """The same on one engine, where the engine does not matter."""
    made = Ledger(sqlite_url)
    made.found()
    yield made
    assert made.findings() == []


def item(key: str = "", words: tuple[Words, ...] = (), /, **fields: Any) -> IncomingSource:
    """Return an item read from row 1 of a file."""
    return IncomingSource(key=key, fields=fields, words=words, place=FILE)


def article(title: str = "The Myth of Entangling Alliances", **more: Any) -> dict[str, Any]:
    """Return the fields of an article by Beckley of 2015."""
    csl = {"author": [{"family": "Beckley", "given": "Michael"}], "issued": {"date-parts": [[2015]]}}
    return {
        "type": "article-journal",
        "title": title,
        "tier": "secondary",
        "csl": csl | more.pop("csl", {}),
        **more,
    }


def load(ledger: Ledger, *items: IncomingSource, **options: Any) -> Brought:
    """Bring items as one unit of work."""
    with ledger.write("import") as session:
        return bring(session, Incoming(items=items), **options)


def source(ledger: Ledger, key: str) -> Source:
    """Return a source as a new session has it."""
    with ledger.write() as session:
        found: Source = records.find(session, "source", key)
        session.expunge(found)
        return found


def test_a_source_comes_in_with_its_words_and_is_held_once(ledger: Ledger) -> None:
    words = Words(
        content="We shall hold.\n",
        pages=(("12", 0),),
        parts=(("body", "", 0, 14),),
        edition="2016",
        origin="v.xml",
    )
    memo = item(
        "frus1955-57v02-d134", (words,), title="Memorandum", identifiers={"frus": "frus1955-57v02/d134"}
    )
    brought = load(ledger, memo)
    assert (brought.keys, brought.added, brought.held) == ((memo.key,), (memo.key,), (memo.key,))
    again = load(ledger, memo)
    assert (again.keys, again.added, again.held, again.unchanged, again.writes) == (
        (memo.key,),
        (),
        (),
        1,
        False,
    )
    assert [entry.message for entry in ledger.entries()] == ["init", "import"]
    with ledger.write() as session:
        (text,) = session.scalars(select(Text))
        assert (text.content, text.pages, text.parts) == (words.content, [["12", 0]], [["body", "", 0, 14]])
        assert text.sha256 == hashlib.sha256(words.content.encode()).hexdigest()
        assert (text.edition, text.origin, text.shareable) == ("2016", "v.xml", False)
    assert source(ledger, memo.key).tier is SourceTier.PRIMARY


def test_a_new_edition_is_a_new_text_beside_the_old(ledger: Ledger) -> None:
    load(ledger, item("memo", (Words(content="We shall hold XII."),), title="Memorandum"))
    brought = load(ledger, item("memo", (Words(content="We shall hold xii."),), title="Memorandum"))
    assert (brought.held, brought.added, brought.unchanged) == (("memo",), (), 1)
    assert ledger.value("SELECT count(*) FROM text") == 2


def test_words_of_a_text_that_was_known_by_its_hash_come_home(ledger: Ledger) -> None:
    content = "Words that rights forbid to carry."
    digest = hashlib.sha256(content.encode()).hexdigest()
    with ledger.write() as session:
        records.add(session, "source", {"key": "memo", "title": "M", "tier": "primary"})
        records.add(session, "text", {"source": "memo", "sha256": digest, "content": None}, computed=True)
    assert load(ledger, item("memo", (Words(content=content),))).held == ("memo",)
    assert ledger.value("SELECT content FROM text") == content
    assert ledger.value("SELECT count(*) FROM text") == 1


def test_keys_are_made_of_author_year_and_title(on_sqlite: Ledger) -> None:
    dulles = {"csl": {"author": [{"family": "Dulles"}], "issued": {"raw": "1955-02~"}}}
    brought = load(
        on_sqlite,
        item(**article()),
        item(**article("The Mythology of Alliances")),
        item(title="Über die Inseln", csl={"author": [{"family": "Weiß-Müller"}]}),
        item(title="О чём", csl={"author": [{"family": "Хрущёв"}], "issued": {"date-parts": [[1958, 9]]}}),
        item(title="論持久戰", csl={"author": [{"family": "毛"}], "issued": {"date-parts": [[1938]]}}),
        item(title="Telegram", **dulles),
        item(title="A telegram again", **dulles),
        item(title="[untitled]"),
        item(title="The 1955 Crisis", csl={"issued": {"date-parts": [[1956]]}}),
        item(title="?!"),
        tier=SourceTier.SECONDARY,
    )  # fmt: skip
    assert brought.keys == (
        "beckley2015-myth", "beckley2015-mythology", "weissmuller-uber", "khrushchev1958-o",
        "毛1938-論持久戰", "dulles1955-telegram", "dulles1955-telegram-b", "untitled", "1955-crisis1956", "source",
    )  # fmt: skip
    assert source(on_sqlite, "untitled").tier is SourceTier.SECONDARY


def test_the_citation_key_of_the_manager_is_kept_and_pinned(on_sqlite: Ledger) -> None:
    zotero = {"zotero": "users/1/AAAA1111", "citekey": "beckley:2015/myth"}
    assert load(on_sqlite, item(**article(), identifiers=zotero)).keys == ("beckley-2015-myth",)
    renamed = load(on_sqlite, item(**article(), identifiers=zotero | {"citekey": "BeckleyMyth"}))
    assert renamed.keys == ("beckley-2015-myth",)
    assert [(one.field, one.before, one.after) for one in renamed.changed] == [
        ("identifiers.citekey", "beckley:2015/myth", "BeckleyMyth")
    ]


def test_one_field_that_the_record_changes_leaves_what_a_person_changed(ledger: Ledger) -> None:
    ids = {"zotero": "users/1/AAAA1111"}
    load(ledger, item(**article("The Mith", csl={"page": "7-48"}), identifiers=ids))
    with ledger.write("a person") as session:
        row = records.find(session, "source", "beckley2015-mith")
        records.edit(
            session,
            "source",
            row,
            {"tier": "primary", "note": "Read.", "csl": {**row.csl, "page": "7–48", "note": "mine"}},
        )
    same = load(ledger, item(**article("The Mith", csl={"page": "7-48"}), identifiers=ids))
    assert (same.changed, same.unchanged) == ((), 1)
    better = load(ledger, item(**article("The Myth", csl={"page": "7-48", "DOI": "10.1/x"}), identifiers=ids))
    assert {(one.field, one.before, one.after) for one in better.changed} == {
        ("title", "The Mith", "The Myth"), ("csl.DOI", None, "10.1/x"),
    }  # fmt: skip
    row = source(ledger, "beckley2015-mith")
    assert (row.title, row.tier, row.note) == ("The Myth", SourceTier.PRIMARY, "Read.")
    assert (row.csl["page"], row.csl["note"], row.csl["DOI"]) == ("7–48", "mine", "10.1/x")


def test_what_a_record_no_longer_says_goes_unless_a_person_changed_it(on_sqlite: Ledger) -> None:
    ids = {"zotero": "users/1/AAAA1111"}
    load(on_sqlite, item(**article(csl={"volume": "93", "page": "1"}), box="12", identifiers=ids))
    with on_sqlite.write() as session:
        row = records.find(session, "source", "beckley2015-myth")
        records.edit(session, "source", row, {"csl": {**row.csl, "page": "7"}})
    told = load(on_sqlite, item(**article(), identifiers=ids))
    assert {(one.field, one.before) for one in told.changed} == {("box", "12"), ("csl.volume", "93")}
    row = source(on_sqlite, "beckley2015-myth")
    assert (row.box, "volume" in row.csl, row.csl["page"]) == ("", False, "7")


def test_another_programs_record_adds_and_takes_nothing_out(on_sqlite: Ledger) -> None:
    load(
        on_sqlite,
        item(
            **article(csl={"volume": "39"}),
            further={"abstract": "Do alliances …"},
            identifiers={"doi": "10.1/X"},
        ),
    )
    told = load(
        on_sqlite,
        item(**article(csl={"DOI": "https://doi.org/10.1/x"}), identifiers={"zotero": "users/1/AAAA1111"}),
    )
    assert told.added == ()
    row = source(on_sqlite, "beckley2015-myth")
    assert (row.csl["volume"], row.further) == ("39", {"abstract": "Do alliances …"})
    assert (row.identifiers or {})["zotero"] == "users/1/AAAA1111"


def test_two_programs_speak_of_one_source_and_a_persons_edit_stays(ledger: Ledger) -> None:
    def says(note: str, **known: str) -> IncomingSource:
        return item(**article(csl={"DOI": "10.1/x"}, note=note), identifiers=known)

    load(ledger, says("first", zotero="users/1/AAAA1111"))
    assert "note" in [one.field for one in load(ledger, says("second", tropy="photo 1")).changed]
    with ledger.write() as session:
        row = records.find(session, "source", "beckley2015-myth")
        records.edit(session, "source", row, {"note": "a person's", "title": "A person's title"})
    for again in (says("first", zotero="users/1/AAAA1111"), says("second", tropy="photo 1")) * 2:
        assert load(ledger, again).changed == ()
    assert source(ledger, "beckley2015-myth").note == "a person's"
    assert [one.field for one in load(ledger, says("third", zotero="users/1/AAAA1111")).changed] == ["note"]
    assert source(ledger, "beckley2015-myth").title == "A person's title"


def test_a_source_that_a_person_typed_is_filled_in_and_not_overwritten(on_sqlite: Ledger) -> None:
    with on_sqlite.write() as session:
        records.add(session, "source", {"key": "beckley2015", "title": "The myth", "tier": "primary"})
    told = load(on_sqlite, item(**article(rights="MIT"), identifiers={"citekey": "beckley2015"}))
    assert (told.keys, told.added) == (("beckley2015",), ())
    assert {(one.field, one.before, one.after) for one in told.kept} == {
        ("title", "The myth", "The Myth of Entangling Alliances"), ("tier", SourceTier.PRIMARY, SourceTier.SECONDARY),
    }  # fmt: skip
    row = source(on_sqlite, "beckley2015")
    assert (row.title, row.type, row.rights) == ("The myth", "article-journal", "MIT")
    assert row.csl["author"] == [{"family": "Beckley", "given": "Michael"}]


def test_the_same_key_for_another_source_gets_a_letter_and_a_warning(on_sqlite: Ledger) -> None:
    load(on_sqlite, item(**article(), identifiers={"citekey": "smith2000", "doi": "10.1/a"}))
    other = {"title": "War and peace in Kosovo", "identifiers": {"citekey": "smith2000", "doi": "10.1/b"}}
    told = load(on_sqlite, item(**other))
    assert told.added == ("smith2000b",)
    assert told.warnings == (
        "library.json, row 1: the key smith2000 is taken by 'The Myth of Entangling Alliances'; this one is smith2000b.",
    )
    assert load(on_sqlite, item(**other)).keys == ("smith2000b",)
    # Nothing shared but the key, and author, year and title all others: another source as well.
    third = {"title": "On grain", "csl": {"author": [{"family": "Ng"}], "issued": {"date-parts": [[1955]]}}}
    assert load(on_sqlite, item("smith2000", **third)).added == ("smith2000c",)


def test_two_records_of_one_file_are_two_sources_though_they_share_a_name(on_sqlite: Ledger) -> None:
    chapters = [
        item(**article(f"Chapter {number}", csl={"URL": "https://example.org/book", "DOI": "10.1/book"}))
        for number in ("one", "two")
    ]
    assert load(on_sqlite, *chapters).added == ("beckley2015-chapter", "beckley2015-chapter-b")
    told = load(on_sqlite, *reversed(chapters))
    assert (told.keys, told.writes) == (("beckley2015-chapter-b", "beckley2015-chapter"), False)


def test_a_record_that_stands_twice_is_one_source(on_sqlite: Ledger) -> None:
    told = load(
        on_sqlite,
        item(**article()),
        item(**article()),
        item("k", title="T"),
        item("k", (Words(content="w"),)),
    )
    assert told.keys == ("beckley2015-myth", "beckley2015-myth", "k", "k")
    assert (told.added, told.held) == (("beckley2015-myth", "k"), ("k",))


def test_a_retired_source_stays_retired_and_takes_no_words(ledger: Ledger) -> None:
    record = article(identifiers={"zotero": "users/1/AAAA1111"})
    load(ledger, item(**record))
    with ledger.write("retire") as session:
        records.retire(session, records.find(session, "source", "beckley2015-myth"))
    told = load(ledger, item(**record | {"title": "The Myth"}))
    assert (told.keys, told.writes) == (("beckley2015-myth",), False)
    assert told.warnings == (
        "library.json, row 1: source beckley2015-myth was retired, and stays so; its record was passed over.",
    )
    with pytest.raises(
        ValueRefused,
        match=r"was retired; bring it back with 'evidence source edit beckley2015-myth --restore'",
    ):
        load(ledger, item("", (Words(content="w"),), **record))
    assert load(ledger, item("beckley2015-myth", **{**article("On grain"), "identifiers": {"zotero": "users/1/BBBB2222"}})).added == (
        "beckley2015-myth-b",
    )  # fmt: skip


def test_a_renamed_source_is_known_by_its_old_key(ledger: Ledger) -> None:
    load(ledger, item("old", title="Memorandum"))
    with ledger.write("rename") as session:
        records.rename(session, "source", records.find(session, "source", "old"), "new")
    assert load(ledger, item("old", title="Memorandum", box="3")).keys == ("new",)
    assert source(ledger, "new").box == "3"


def test_lineage_within_a_file_in_any_order(ledger: Ledger) -> None:
    told = load(
        ledger,
        item("d2", title="Two", derived_from="vol"), item("d1", title="One", derived_from="d2"), item("vol", title="Volume"),
    )  # fmt: skip
    assert told.added == ("d2", "d1", "vol")
    assert source(ledger, "d1").derived_from_id == source(ledger, "d2").id
    with pytest.raises(MethodError, match="derived from itself in a circle"):
        load(ledger, item("a", title="A", derived_from="b"), item("b", title="B", derived_from="a"))
    with pytest.raises(
        UnknownKey, match=r"library.json, row 1, field \"derived_from\": There is no source 'vil'"
    ):
        load(ledger, item("c", title="C", derived_from="vil"))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": "T", "titel": "x"}, r'row 1, field "titel": \'titel\' is not a field .* Did you mean \'title\''),
        ({"box": "12"}, 'row 1, field "title": a source needs \'title\''),
        ({"title": "T", "tier": "fourth"}, 'field "tier": \'fourth\' is not a tier'),
        ({"title": "a\x00b"}, 'field "title": the text holds a NUL character'),
        ({"title": "T", "csl": {"title": "x"}}, 'field "csl": \'title\' is a field of the source itself'),
        ({"title": "T", "retired_at": "2026-01-01"}, "'retired_at' is not a field"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_said_with_its_place_and_nothing_is_written(
    on_sqlite: Ledger, wrong: Mapping[str, Any], sentence: str
) -> None:
    with pytest.raises(EvidenceError, match=sentence):
        load(on_sqlite, item(title="Good"), item(**wrong))
    with pytest.raises(ValueRefused, match="NUL"):
        load(on_sqlite, item("", (Words(content="a\x00"),), title="Good"))
    assert on_sqlite.value("SELECT count(*) FROM source") == 0
    assert len(on_sqlite.entries()) == 1


def test_thousands_come_in_together(on_sqlite: Ledger) -> None:
    library = [item(**article(f"Title {n}", identifiers={"zotero": f"users/1/{n:08}"})) for n in range(3000)]
    began = time.perf_counter()
    assert len(set(load(on_sqlite, *library).added)) == 3000
    first = time.perf_counter() - began
    began = time.perf_counter()
    assert load(on_sqlite, *library).unchanged == 3000
    again = time.perf_counter() - began
    assert max(first, again) < 15, "it takes half a second each; a record at a time takes minutes"


_names = st.text("abÄя論 ", min_size=1, max_size=6).map(str.strip).filter(bool)
_records = st.fixed_dictionaries(
    {"title": _names.map(lambda t: t + "x")},
    optional={
        "box": _names,
        "csl": st.fixed_dictionaries({}, optional={"author": st.lists(st.fixed_dictionaries({"family": _names}), max_size=2), "volume": _names, "DOI": st.sampled_from(["10.1/a", "10.1/b"])}),
        "identifiers": st.fixed_dictionaries({}, optional={"citekey": st.sampled_from("abc"), "zotero": st.sampled_from(["u/1", "u/2"]), "url": _names}),
        "further": st.dictionaries(_names, st.lists(_names, max_size=2), max_size=2),
    },
)  # fmt: skip


@given(st.lists(_records, max_size=8), st.randoms())
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_records_brought_again_in_any_order_change_nothing(
    tmp_path_factory: pytest.TempPathFactory, template: bytes, some: list[dict[str, Any]], chance: Any
) -> None:
    file = tmp_path_factory.mktemp("ledger") / "evidence.db"
    file.write_bytes(template)
    ledger = Ledger(f"sqlite:///{file}")
    ledger.found()
    items = [item(**one) for one in some]
    first = load(ledger, *items)
    assert len(first.keys) == len(items)
    order = list(range(len(items)))
    chance.shuffle(order)
    again = load(ledger, *(items[at] for at in order))
    assert (again.writes, again.kept) == (False, ())
    assert again.keys == tuple(first.keys[at] for at in order)
    assert ledger.findings() == []
    # Nothing of any record is lost.
    with ledger.write() as session:
        assert session.scalar(select(func.count()).select_from(Source)) == len(set(first.keys))
        for one, key in zip(some, first.keys, strict=True):
            row = records.find(session, "source", key)
            assert row.title == one["title"]
            for name in ("csl", "identifiers", "further"):
                assert {
                    k: v
                    for k, v in one.get(name, {}).items()
                    if (row.identifiers if name == "identifiers" else getattr(row, name))[k] != v
                } == {}
