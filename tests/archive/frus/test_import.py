"""evidence import frus: whole volumes and some documents, again, in a newer edition, and when something is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from evidence.archive.bringing import bring
from evidence.archive.frus.several import checked
from evidence.errors import ValueRefused
from evidence.ledger import records
from tests.archive.frus.volumes import KEY, document, volume
from tests.kit import Ledger, Run

_OLD = document(
    "<p>They agreed to wait for vol. XII of it.</p>",
    head='Letter<note n="1" type="source">Source: Files. Secret.</note>',
)
_NEW = _OLD.replace("XII", "<hi rend='smallcaps'>xii</hi>")
_OTHER = "frus1952-54v02"


@pytest.fixture
def begun(ok: Callable[..., str], tmp_path: Path) -> Path:
    """A folder with an empty study."""
    ok("init", "--study", "s")
    return tmp_path


def _ledger(folder: Path) -> Ledger:
    return Ledger(f"sqlite:///{folder / 'evidence.db'}", "s")


def test_a_volume_comes_in_once(begun: Path, run: Run) -> None:
    """Every document is a source with its text and its volume; the same file again changes nothing."""
    file = volume(begun, _OLD + document(number="2"))
    result = run("import", "frus", str(file))
    assert (result.code, result.stdout) == (0, "")
    assert f"{KEY}: 2 documents; 3 new sources, 2 new texts, 0 unchanged, 0 changes." in result.stderr
    ledger = _ledger(begun)
    assert ledger.value(
        f"SELECT content FROM text JOIN source ON source.id = source_id WHERE key = '{KEY}-d2'"
    ) == ("2. Memorandum\n\nWords.")
    assert ledger.value("SELECT COUNT(*) FROM source WHERE derived_from_id IS NOT NULL") == 2
    assert ledger.value("SELECT COUNT(*) FROM text WHERE shareable") == 2
    again = run("import", "frus", str(file))
    assert "The ledger has all of it already; nothing was written." in again.stderr
    assert ledger.findings() == []


def test_a_newer_edition_adds_its_words_and_looks_again(
    begun: Path, run: Run, ok: Callable[..., str]
) -> None:
    """The older text stays; a quote whose words changed is not found, and the report says so."""
    ok("import", "frus", str(volume(begun, _OLD)))
    ok("quote", "add", "q1", "--source", f"{KEY}-d1", "--words", "wait for vol. XII of it")
    ok("quote", "add", "q2", "--source", f"{KEY}-d1", "--words", "They agreed")
    result = run("import", "frus", str(volume(begun, _NEW)))
    assert result.code == 0
    assert "Quote q1: exact → not found: “wait for vol. XII of it”" in result.stdout
    assert "q2" not in result.stdout
    assert "Looked again for 2 quotes of these: 1 not found, 1 exact." in result.stderr
    ledger = _ledger(begun)
    assert ledger.value("SELECT COUNT(*) FROM text WHERE retired_at IS NULL") == 2
    assert ledger.value("SELECT state FROM quote WHERE key = 'q1'") == "not found"
    assert ledger.value("SELECT words FROM quote WHERE key = 'q1'") == "wait for vol. XII of it"
    assert ledger.findings() == []


def test_some_documents_of_some_volumes(begun: Path, run: Run) -> None:
    """Ids with commas, with their volume where there are several; what is unknown is said with the nearest."""
    one = str(volume(begun, _OLD + document(number="2")))
    other = str(volume(begun, document(), key=_OTHER))
    chosen = run("import", "frus", one, other, "--documents", f"{KEY}-d2, {_OTHER}-d1")
    assert chosen.code == 0
    assert _ledger(begun).value(f"SELECT COUNT(*) FROM source WHERE key LIKE '{KEY}-d%'") == 1
    for asked, says in (
        ("d22", f"{KEY} has no document 'd22'. Did you mean d2"),
        ("frus1900v01-d1", "'frus1900v01-d1' is in none of these volumes"),
        (" , ", "--documents names none"),
    ):
        wrong = run("import", "frus", one, other, "--documents", asked)
        assert wrong.code == 1
        assert says in wrong.stderr


def test_a_dry_run_writes_nothing(begun: Path, run: Run) -> None:
    """It says what would come."""
    result = run("import", "frus", str(volume(begun, _OLD)), "--dry-run")
    assert "2 new sources, 1 new text" in result.stderr
    assert "This was a dry run: nothing was written." in result.stderr
    assert _ledger(begun).value("SELECT COUNT(*) FROM source") == 0


def test_one_bad_file_among_many_writes_nothing(begun: Path, run: Run) -> None:
    """All files are read before the first is written."""
    good = volume(begun, _OLD)
    bad = begun / "bad.xml"
    bad.write_text(good.read_text(encoding="utf-8")[:-40], encoding="utf-8")
    result = run("import", "frus", str(good), str(bad))
    assert result.code == 1
    assert "bad.xml, line 1: this is cut off" in result.stderr
    assert result.stderr.count("\n") == 1
    assert _ledger(begun).value("SELECT COUNT(*) FROM source") == 0


def test_a_volume_twice_in_one_import_is_refused(tmp_path: Path) -> None:
    """Two editions are brought one after the other, so that each is looked at."""
    old = volume(tmp_path, _OLD)
    again = tmp_path / "again.xml"
    again.write_bytes(old.read_bytes())
    with pytest.raises(ValueRefused, match=f"are both {KEY}"):
        checked([old, again])


def test_volumes_that_are_not_kept_are_read_again(
    tmp_path: Path, ledger_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where volumes are too many to keep, the same comes of them, on either engine."""
    monkeypatch.setattr("evidence.archive.frus.several._KEPT", 0)
    files = [volume(tmp_path, _OLD), volume(tmp_path, document(), key=_OTHER)]
    ledger = Ledger(ledger_url)
    ledger.found()
    volumes = checked(files)
    with ledger.write() as session:
        added = [key for incoming in volumes() for key in bring(session, incoming).added]
    assert added == [KEY, f"{KEY}-d1", _OTHER, f"{_OTHER}-d1"]
    with ledger.write() as session:
        quote = {"key": "q", "source": f"{KEY}-d1", "words": "They agreed", "locator": {}}
        records.add(session, "quote", quote)
    assert ledger.value("SELECT state FROM quote WHERE key = 'q'") == "exact"
    assert ledger.findings() == []
