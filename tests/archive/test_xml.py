"""One parser for all XML: what is hostile or broken is one sentence at once, and nothing is followed."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from pathlib import Path

import pytest

from evidence.archive import xml
from evidence.errors import ValueRefused

_BOMB = (
    '<!DOCTYPE a [<!ENTITY e0 "ha">'
    + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    + ']><a b="&e11;">&e11;</a>'
)


def _refused(data: bytes) -> str:
    started = time.perf_counter()
    with pytest.raises(ValueRefused) as caught:
        xml.parse(data, "a volume", name="file.xml")
    assert time.perf_counter() - started < 1
    said = str(caught.value)
    assert said.startswith("file.xml")
    assert "\n" not in said
    assert len(said) < 400
    return said


@pytest.mark.parametrize("letters", ["utf-8", "utf-16", "utf-16-be", "utf-16-le"])
def test_entities_are_refused_in_any_encoding(letters: str) -> None:
    """A bomb of entities is not even begun, however its letters are written."""
    mark = b"\xfe\xff" if letters == "utf-16-be" else b"\xff\xfe" if letters == "utf-16-le" else b""
    assert "entities of its own" in _refused(mark + _BOMB.encode(letters))


@pytest.mark.parametrize(
    "subset",
    [
        '<!ENTITY x SYSTEM "file:///etc/hostname">',
        '<!ENTITY % x SYSTEM "file:///etc/hostname"> %x;',
        '<!ENTITY x PUBLIC "p" "http://127.0.0.1:9/x">',
    ],
)
def test_entities_from_outside_are_refused(subset: str) -> None:
    """Neither files nor addresses are read for an entity."""
    assert "never followed" in _refused(f"<!-- > --><!DOCTYPE a [{subset}]><a>&x;</a>".encode())


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"<!doctype html><html><p>x<br></html>", "this is a web page"),
        (b"<a><b>words", "this is cut off"),
        (b"", "this is empty"),
        (b" \n ", "this is empty"),
        (b"%PDF-1.7", "this is not XML"),
        ("<?xml version='1.0' encoding='UTF-8'?><a>é</a>".encode("latin-1"), "not in the encoding"),
        (b"<?xml version='1.0' encoding='nonsense'?><a/>", "not in the encoding"),
        (b"<a>\x00</a>", "not well-formed"),
        (b"<a b='1' b='2'/>", "not well-formed"),
        (b"<a>&nbsp;</a>", "not well-formed"),
        (b"<a>" * 200_000, "not well-formed"),
        (b"<a>" + b"x" * 11_000_000 + b"</a>", "not well-formed"),
    ],
)
def test_what_is_no_xml_is_one_sentence(data: bytes, says: str) -> None:
    """Whatever is wrong with a file is said in one sentence, in under a second."""
    assert says in _refused(data)


def test_the_line_is_named() -> None:
    """Where a file breaks off is said by its line."""
    assert "file.xml, line 3:" in _refused(b"<a>\n<b>\n</c>")


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    """A file above the bound is refused by its size alone."""
    file = tmp_path / "large.xml"
    with file.open("wb") as opened:
        opened.truncate(200 * 1024 * 1024)
    started = time.perf_counter()
    with pytest.raises(ValueRefused, match=r"large\.xml: this has 200 MiB, and at most 64 MiB are read"):
        xml.parse(file, "a volume")
    assert time.perf_counter() - started < 0.1


def test_nothing_that_a_file_points_at_is_read(tmp_path: Path) -> None:
    """Neither a DTD on the net, nor an inclusion, nor a style sheet is followed; comments are left out."""
    secret = tmp_path / "secret.xml"
    secret.write_text("<s>secret</s>")
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.5)

        def listen() -> None:
            with contextlib.suppress(TimeoutError):
                asked.append(server.accept())

        listener = threading.Thread(target=listen)
        listener.start()
        port = server.getsockname()[1]
        root = xml.parse(
            f'<?xml-stylesheet href="http://127.0.0.1:{port}/s"?><!DOCTYPE a SYSTEM "http://127.0.0.1:{port}/a.dtd">'
            f'<a xmlns:xi="http://www.w3.org/2001/XInclude">one<!-- two --> three'
            f'<xi:include href="{secret.as_uri()}"/></a>'.encode(),
            "a volume",
        )
        listener.join()
    assert not asked
    assert "".join(root.itertext()) == "one three"


@pytest.mark.parametrize("letters", ["utf-8", "cp037", "utf-7", "utf-32"])
def test_no_file_is_read_for_a_document_type(tmp_path: Path, letters: str) -> None:
    """A DTD on this machine is not read either, whatever letters the document is written in."""
    dtd = tmp_path / "a.dtd"
    dtd.write_text('<!ENTITY x "secret"><!ATTLIST a b CDATA "secret">')
    said = f'<?xml version="1.0" encoding="{letters}"?><!DOCTYPE a SYSTEM "{dtd.as_uri()}"><a>&x;</a>'
    begun = said.index("?>") + 2
    data = (
        said[:begun].encode() + said[begun:].encode("utf-7") if letters == "utf-7" else said.encode(letters)
    )
    try:
        root = xml.parse(data, "a volume")
    except ValueRefused:
        return
    assert "secret" not in "".join(root.itertext()) + str(dict(root.attrib))


def test_words_that_look_like_declarations_are_words() -> None:
    """Only declarations are refused, not text or comments that speak of them."""
    said = "<!DOCTYPE a [<!ENTITY x 'y'>]>"
    root = xml.parse(f"<!-- {said} --><a><![CDATA[{said}]]></a>".encode(), "a volume")
    assert root.text == said


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    """A file that is not there, or is a folder, is said to be so."""
    for there in (tmp_path / "none.xml", tmp_path):
        with pytest.raises(ValueRefused, match="this cannot be read"):
            xml.parse(there, "a volume")
