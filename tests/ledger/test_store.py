"""The door: what is opened, what is said when it cannot be, and that what goes in comes out."""

from __future__ import annotations

import hashlib
import re
import socket
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from evidence.errors import EvidenceError, LedgerError, UnknownKey
from evidence.ledger import records, store
from evidence.ledger.forms import is_blank
from evidence.ledger.settings import settings as chosen
from tests.kit import Ledger


def test_no_ledger_is_said_with_the_remedy(tmp_path: Path) -> None:
    for door in (Ledger(f"sqlite:///{tmp_path}/none.db").read, Ledger(f"sqlite:///{tmp_path}/none.db").write):
        with (
            pytest.raises(
                LedgerError, match=r"There is no ledger at .*none\.db; make one with 'evidence init"
            ),
            door(),
        ):
            pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("sqlite:///{folder}/notes.txt", "could not be used: file is not a database"),
        ("oracle-of-delphi://x", "names no database that this program knows"),
        ("nonsense", "names no database that this program knows"),
    ],
)
def test_what_is_no_ledger_is_said_to_be_none(tmp_path: Path, url: str, sentence: str) -> None:
    (tmp_path / "notes.txt").write_text("These are my notes, and no database at all. " * 50, "utf-8")
    with pytest.raises(LedgerError, match=re.escape(sentence)), Ledger(url.format(folder=tmp_path)).read():
        pass


def test_a_damaged_file_is_said_to_be_damaged_and_what_to_do(sqlite_url: str) -> None:
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    Ledger(sqlite_url).found()
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 3])
    with (
        pytest.raises(LedgerError, match=r"it is damaged .* 'evidence restore BACKUP'"),
        Ledger(sqlite_url).read(),
    ):
        pass
    assert file.read_bytes() == whole[: len(whole) // 3]


def test_a_server_that_is_not_there_is_a_sentence_and_shows_no_password() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound, and not listening
        url = f"postgresql+psycopg://ada:secret@127.0.0.1:{nobody.getsockname()[1]}/evidence"
        with pytest.raises(LedgerError) as refused, Ledger(url).read():
            pass
    assert "secret" not in str(refused.value)
    assert str(refused.value).count("\n") == 0


def test_a_ledger_with_several_studies_asks_which(ledger: Ledger) -> None:
    Ledger(ledger.url, "other").found()
    with (
        pytest.raises(LedgerError, match=r"several studies \(entangled, other\); say which with --study"),
        store.reading(ledger.url),
    ):
        pass
    with (
        pytest.raises(UnknownKey, match=r"There is no study 'othr' in this ledger\. Did you mean other\?"),
        store.reading(ledger.url, "othr"),
    ):
        pass


def test_a_ledger_without_a_study_says_how_to_start_one(ledger_url: str) -> None:
    with (
        pytest.raises(LedgerError, match="has no study yet; start one with 'evidence init --study KEY'"),
        store.reading(ledger_url),
    ):
        pass


def test_reading_leaves_a_file_as_it_was(sqlite_url: str) -> None:
    Ledger(sqlite_url).found()
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    before = hashlib.sha256(file.read_bytes()).digest()
    assert Ledger(sqlite_url).findings() == []
    assert hashlib.sha256(file.read_bytes()).digest() == before


def test_a_reader_of_a_server_cannot_write(postgres_url: str) -> None:
    ledger = Ledger(postgres_url)
    ledger.found()
    with pytest.raises(LedgerError, match="read-only"), ledger.read() as (connection, _):
        connection.execute(text("UPDATE study SET title = 'x'"))


awkward = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), min_size=1).filter(
    lambda text: not is_blank(text)
)
facts = st.dictionaries(
    awkward, awkward | st.integers(-(2**53), 2**53) | st.booleans() | st.floats(-1e300, 1e300), max_size=4
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=awkward, narrative=awkward, attributes=facts)
def test_what_goes_in_comes_out(
    ledger: Ledger, title: str, narrative: str, attributes: dict[str, object]
) -> None:
    with ledger.write() as session:
        key = records.next_key(session, "case", "c")
        records.add(
            session, "case", {"key": key, "title": title, "narrative": narrative, "attributes": attributes}
        )
    with ledger.write() as session:
        case = records.find(session, "case", key)
        assert (case.title, case.narrative) == (title, narrative)
        assert repr(sorted(case.attributes.items())) == repr(sorted(attributes.items()))
    assert ledger.findings() == []


def test_a_key_is_the_same_however_it_is_typed(ledger: Ledger) -> None:
    with ledger.write() as session:
        records.add(session, "case", {"key": "cafe\u0301", "title": "Decomposed"})
        assert records.keys(session, "case") == ["caf\u00e9"]


class TestSettings:
    """Option, then environment, then the nearest evidence.toml, then ./evidence.db."""

    @pytest.fixture(autouse=True)
    def _here(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "deep" / "er").mkdir(parents=True)
        (tmp_path / "evidence.toml").write_text(
            'ledger = "data/strait.db"\nstudy = "strait"\nauthor = "Ada"\n', "utf-8"
        )
        monkeypatch.chdir(tmp_path / "deep" / "er")

    def test_the_nearest_file(self, tmp_path: Path) -> None:
        found = chosen()
        assert (found.url, found.study, found.author) == (
            f"sqlite:///{tmp_path}/data/strait.db",
            "strait",
            "Ada",
        )

    def test_the_environment_comes_before_the_file_and_an_option_before_both(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, value in (("LEDGER", "postgres://host/db"), ("STUDY", "other"), ("AUTHOR", "Bob")):
            monkeypatch.setenv(f"EVIDENCE_{name}", value)
        found = chosen()
        assert (found.url, found.study, found.author) == ("postgresql+psycopg://host/db", "other", "Bob")
        found = chosen("mine.db", "third", "Cleo")
        assert (found.url, found.study, found.author) == ("sqlite:///mine.db", "third", "Cleo")

    def test_a_studys_own_templates_stand_beside_the_file(self, tmp_path: Path) -> None:
        assert chosen().templates is None
        (tmp_path / "evidence.toml").write_text('templates = "looks"\n', "utf-8")
        assert chosen().templates == tmp_path / "looks"

    def test_a_file_that_is_not_toml_is_said_to_be_none(self, tmp_path: Path) -> None:
        (tmp_path / "deep" / "evidence.toml").write_text("ledger: strait.db", "utf-8")
        with pytest.raises(
            EvidenceError, match=r"deep/evidence\.toml is not TOML .*; correct it or remove it\."
        ):
            chosen()
