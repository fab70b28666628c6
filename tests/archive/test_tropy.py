"""What Tropy exports: sources with their photographs, words in the order of the photographs, quotes of selections."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evidence.archive.bringing import bring
from evidence.archive.incoming import Incoming
from evidence.archive.logged import Logged
from evidence.archive.marking import mark
from evidence.archive.tropy import Notes, read_tropy
from evidence.archive.tropy_fields import issued
from evidence.errors import EvidenceError
from evidence.ledger.shown import shown
from tests.kit import Ledger, Run

TROPY = "https://tropy.org/v1/tropy#"
DC = "http://purl.org/dc/elements/1.1/"
SUM = "0123456789abcdef0123456789abcdef"


def text(html: str) -> dict[str, Any]:
    return {
        "@type": "Note",
        "text": {"@value": "flat", "@language": "en"},
        "html": {"@value": html, "@language": "en"},
    }


def photo(page: int = 0, **changed: Any) -> dict[str, Any]:
    made = {
        "@type": "Photo", "checksum": SUM, "filename": "box12.pdf", "page": page, "mimetype": "application/pdf",
        "path": "/Users/ada/Trip/box12.pdf", "protocol": "file", "width": 571, "height": 357, "angle": 90, "hue": 0,
        "template": "https://tropy.org/v1/templates/photo", "color": "rgb(1,2,3)",
    }  # fmt: skip
    return {**made, **changed}


def selection(x: int, *notes: str, **changed: Any) -> dict[str, Any]:
    box = {"@type": "Selection", "x": x, "y": 2, "width": 30, "height": 40, "angle": 0, "template": "t"}
    return {**box, "note": [text(note) for note in notes], **changed}


#: Terms of a template of one's own: what a field is called says nothing, its property does.
CONTEXT = {
    "@version": 1.1,
    "@vocab": TROPY,
    "dc": DC,
    "template": {"@type": "@id"},
    "photo": {"@id": f"{TROPY}photo", "@container": "@list"},
    "note": {"@id": f"{TROPY}note", "@container": "@list"},
    "selection": {"@id": f"{TROPY}selection", "@container": "@list"},
    "whoWrote": "dc:creator",
    "when": {"@id": f"{DC}date", "@type": f"{TROPY}date"},
    "heading": f"{DC}title",
    "depot": f"{TROPY}archive",
    "shelf": f"{DC}identifier",
    "mood": "http://example.org/mood",
}


def item(**changed: Any) -> dict[str, Any]:
    made = {
        "@type": "Item", "template": "https://tropy.org/v1/templates/generic", "heading": "Letter to Chiang",
        "whoWrote": "Dulles, John Foster; Hoover, Herbert, Jr.; Robertson", "when": {"@value": "28 February 1955"}, "depot": "NARA", "box": "12",
        "folder": "3", "collection": "RG 59", "shelf": "793.00/2-2855", "mood": "terse", "tag": ["Quemoy", "prestige"],
        "list": "Trip 1", "photo": [photo()],
    }  # fmt: skip
    return {**made, **changed}


def read(folder: Path, *items: dict[str, Any], notes: Notes = Notes.AUTO, document: Any = None) -> Incoming:
    file = folder / "trip.json"
    whole = (
        {"@context": CONTEXT, "@graph": list(items), "version": "1.11.0"} if document is None else document
    )
    file.write_text(json.dumps(whole), encoding="utf-8")
    return read_tropy(file, notes=notes)


def bring_in(ledger: Ledger, incoming: Incoming) -> tuple[Any, Logged]:
    with ledger.write() as session:
        brought = bring(session, incoming)
        return brought, mark(session, incoming, brought, strict=False)


@pytest.fixture
def ledger(sqlite_url: str) -> Ledger:
    made = Ledger(sqlite_url)
    made.found()
    return made


def test_properties_are_known_by_their_iris_whatever_they_are_called(tmp_path: Path) -> None:
    (one,) = read(tmp_path, item()).items
    fields = one.fields
    assert fields["title"] == "Letter to Chiang"
    assert fields["csl"]["author"] == [
        {"family": "Dulles", "given": "John Foster"},
        {"family": "Hoover", "given": "Herbert", "suffix": "Jr."},
        {"literal": "Robertson"},
    ]
    assert fields["csl"]["issued"] == "1955-02-28"
    archive = {name: fields[name] for name in ("repository", "collection", "box", "folder", "item")}
    assert archive == {
        "repository": "NARA",
        "collection": "RG 59",
        "box": "12",
        "folder": "3",
        "item": "793.00/2-2855",
    }
    kept = {
        "http://example.org/mood": "terse",
        "tags in Tropy": ["Quemoy", "prestige"],
        "lists in Tropy": ["Trip 1"],
    }
    assert fields["further"] == kept


def test_a_photograph_keeps_its_file_checksum_page_size_and_boxes_but_no_folder(tmp_path: Path) -> None:
    found = read(tmp_path, item(photo=[photo(3, selection=[selection(7)])]))
    (image,) = found.items[0].fields["images"]
    assert (image["file"], image["checksum"], image["algorithm"]) == ("box12.pdf", SUM, "MD5")
    assert (image["page"], image["width"], image["height"], image["angle"]) == (4, 571, 357, 90)
    assert image["boxes"] == [{"x": 7, "y": 2, "width": 30, "height": 40}]
    assert "ada" not in repr(found.items)
    assert any("folder of a photograph" in loss.what for loss in found.losses)


def test_notes_are_the_words_in_the_order_of_the_photographs(ledger: Ledger, tmp_path: Path) -> None:
    photos = [
        photo(
            0,
            note=[text("<p>Dear Generalissimo,</p><p>we &amp; you</p>")],
            selection=[selection(5, "<p>stand firm</p>")],
        ),
        photo(1),
        photo(2, note=text("<p>Yours</p>")),
    ]
    incoming = read(tmp_path, item(photo=photos))
    (words,) = incoming.items[0].words
    assert words.content == "Dear Generalissimo,\n\nwe & you\n\nstand firm\n\nYours"
    assert words.pages == (("1", 0), ("3", words.content.index("Yours")))
    assert [part[:2] for part in words.parts] == [("photo", "1"), ("selection", "1.1"), ("photo", "3")]
    assert words.edition == "transcription in Tropy"
    brought, logged = bring_in(ledger, incoming)
    assert (len(brought.added), [one.said for one in logged.added]) == (1, ["exact"])
    with ledger.read() as (connection, study):
        quote = shown(connection, study, "quote", logged.added[0].key)
    assert (quote["words"], quote["locator"]) == ("stand firm", {"frame": "1"})
    again, same = bring_in(ledger, incoming)
    assert (again.writes, same.writes) == (False, False)
    assert ledger.findings() == []


def test_the_same_words_in_two_selections_are_two_quotes(ledger: Ledger, tmp_path: Path) -> None:
    photos = [
        photo(0, selection=[selection(1, "<p>Quemoy</p>"), selection(9, "<p>Quemoy</p>")]),
        photo(1, selection=[selection(1, "<p>Quemoy</p>")]),
    ]
    _, logged = bring_in(ledger, read(tmp_path, item(photo=photos)))
    assert [one.said for one in logged.added] == ["exact"] * 3
    assert logged.refused == []
    assert ledger.value("SELECT count(DISTINCT text_start) FROM quote") == 3


def test_where_there_are_transcriptions_notes_are_remarks(tmp_path: Path) -> None:
    read_out = photo(
        note=[text("<p>Check the date</p>")], transcription=[{"@type": "Transcription", "text": "Dear Sir"}]
    )
    (one,) = read(tmp_path, item(photo=[read_out])).items
    assert (one.words[0].content, one.fields["note"]) == ("Dear Sir", "Check the date")
    (told,) = read(
        tmp_path, item(photo=[photo(selection=[selection(1, "<p>odd</p>")])]), notes=Notes.REMARKS
    ).items
    assert (told.words, told.marked) == ((), ())
    assert told.fields["images"][0]["boxes"][0]["note"] == "odd"


ALTO = (
    '<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Layout><TextBlock><TextLine><String CONTENT="Dear"/><SP/>'
    '<String CONTENT="Sir,"/></TextLine><TextLine><String CONTENT="we stand"/></TextLine></TextBlock><TextBlock><TextLine>'
    '<String CONTENT="Yours"/></TextLine></TextBlock></Layout></alto>'
)


def test_words_that_were_recognised_are_read_from_alto(tmp_path: Path) -> None:
    found = read(tmp_path, item(photo=[photo(transcription=[{"@type": "Transcription", "data": ALTO}])]))
    assert found.items[0].words[0].content == "Dear Sir,\nwe stand\n\nYours"
    assert any("(ALTO)" in loss.what for loss in found.losses)
    bomb = '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'
    with pytest.raises(EvidenceError, match="entities"):
        read(tmp_path, item(photo=[photo(transcription=[{"data": bomb}])]))


@pytest.mark.parametrize("shape", ["one item", "list", "groups", "whole IRIs"])
def test_every_shape_of_export_is_read(tmp_path: Path, shape: str) -> None:
    plain = {
        f"{DC}title": "Letter to Chiang",
        "@type": f"{TROPY}Item",
        f"{TROPY}photo": {"@list": [{f"{TROPY}path": "a.jpg"}]},
    }
    nested = {**CONTEXT, "photo": {**CONTEXT["photo"], "@context": {"label": f"{DC}title"}}}  # type: ignore[dict-item]
    shapes = {
        "one item": {"@context": CONTEXT, **item()},
        "list": [{"@context": CONTEXT, **item()}],
        "groups": [{"@context": nested, "template": "t", "@graph": [{**item(), "photo": [{"path": "a.jpg", "label": "Recto"}]}]}],
        "whole IRIs": [plain],
    }  # fmt: skip
    (one,) = read(tmp_path, document=shapes[shape]).items
    assert one.fields["title"] == "Letter to Chiang"
    assert one.fields["images"][0].get("title", "") == ("Recto" if shape == "groups" else "")
    assert "template" not in one.fields["images"][0]


def test_items_of_one_file_stay_apart_and_a_corrected_title_is_no_new_item(
    ledger: Ledger, tmp_path: Path
) -> None:
    first, _ = bring_in(ledger, read(tmp_path, item(), item(heading="Its enclosure")))
    assert len(first.added) == 2
    again, _ = bring_in(
        ledger, read(tmp_path, item(heading="Letter to Chiang Kai-shek"), item(heading="Its enclosure"))
    )
    assert again.added == ()
    assert [(one.field, one.after) for one in again.changed] == [("title", "Letter to Chiang Kai-shek")]


def test_what_is_in_no_known_form_is_kept_and_named(tmp_path: Path) -> None:
    found = read(tmp_path, item(when="the day before the raid", heading=""))
    assert found.items[0].fields["further"][f"{DC}date"] == "the day before the raid"
    assert found.items[0].fields["title"] == "box12.pdf"
    losses = " ".join(loss.what for loss in found.losses)
    assert "the date 'the day before the raid' is in no form" in losses
    assert "without a title" in losses


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("1955", "1955"), ("1955-02", "1955-02"), ("1848/1852", "1848/1852"), ("28 February 1955", "1955-02-28"),
        ("Feb. 28, 1955", "1955-02-28"), ("February 1955", "1955-02"), ("ca. 1955", "1955~"), ("30 February 1955", ""),
        ("2021-12-10T08:57:23.849Z", "2021-12-10"), ("28.2.1955", ""), ("soon", ""), ("", ""),
    ],
)  # fmt: skip
def test_dates_are_read_as_people_type_them(said: str, meant: str) -> None:
    assert issued(said) == meant


def test_a_real_export_comes_in_whole(shared: Path, run: Run) -> None:
    file = shared / "data" / "qda" / "tropy_annotations.json"
    incoming = read_tropy(file)
    raw = json.loads(file.read_text("utf-8"))["@graph"]
    assert [len(one.fields["images"]) for one in incoming.items] == [len(one["photo"]) for one in raw]
    boxes = [len(image.get("boxes", ())) for one in incoming.items for image in one.fields["images"]]
    assert boxes == [len(image.get("selection", ())) for one in raw for image in one["photo"]]
    for one, before in zip(incoming.items, raw, strict=True):
        assert (one.fields["title"], one.fields["rights"]) == (before["title"], before["copyright"])
        assert (one.fields["csl"]["URL"], one.fields["csl"]["issued"]) == (before["url"], before["date"])
        noted = [note for image in before["photo"] for note in image.get("note", ())]
        noted += [
            note
            for image in before["photo"]
            for box in image.get("selection", ())
            for note in box.get("note", ())
        ]
        for note in noted:
            assert " ".join(note["text"]["@value"].split()) in " ".join(one.words[0].content.split())
    run("init", "--study", "s", "--title", "S", "--question", "Q?")
    first = run("import", "tropy", str(file))
    assert (first.code, "2 new sources, 2 new texts, 8 new quotes (8 exact)" in first.stderr) == (0, True)
    assert "84 times" in first.stdout
    assert "nothing was written" in run("import", "tropy", str(file)).stderr


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        {"@graph": []},
        "x",
        5,
        {"@graph": [{"type": "Annotation", "target": "x"}]},
        [{"id": "z", "title": "CSL"}],
    ],
)
def test_what_is_no_export_is_refused(tmp_path: Path, document: Any) -> None:
    with pytest.raises(EvidenceError, match="item") as error:
        read(tmp_path, document=document)
    assert str(error.value).startswith("trip.json")


def test_odd_values_do_not_bring_it_down(tmp_path: Path) -> None:
    odd = {
        "checksum": 5,
        "page": "x",
        "width": [1, 2],
        "note": [None, 7, "plain", {"html": 3}],
        "selection": ["?", {"x": "a"}],
    }
    found = read(
        tmp_path,
        item(photo=["only a name", {**photo(), **odd}], tag={"@id": "t"}, heading=["A", "B"], when=[None]),
    )
    assert found.items[0].fields["title"] == "A"
    assert any("only a name is said" in loss.what for loss in found.losses)
