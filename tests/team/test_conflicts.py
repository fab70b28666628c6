"""Two people edit one record: neither's words are lost, and who is too late sees both versions."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from evidence.errors import LedgerError
from evidence.ledger import records
from evidence.ledger.since import require_unchanged
from evidence.study.read import read
from evidence.study.write import write
from tests.kit import Ledger, Run, work_a_case

#: An editor that takes long: while it is open, somebody else writes the same field.
EDITOR = """
import pathlib, sys
from tests.kit import Ledger
from evidence.ledger import records
with Ledger({url!r}).write("meanwhile", author="Bob") as session:
    setattr(records.find(session, {noun!r}, {key!r}), {field!r}, "Bob's words.")
file = pathlib.Path(sys.argv[1])
file.write_text(file.read_text("utf-8") + "Ada's words.", "utf-8")
"""


@pytest.fixture
def worked(ledger_url: str) -> Ledger:
    ledger = Ledger(ledger_url)
    ledger.found()
    with ledger.write() as session:
        work_a_case(session)
    return ledger


@pytest.mark.parametrize(
    ("line", "noun", "key", "field"),
    [
        (("test", "edit", "t1", "--in-editor", "prediction"), "test", "t1", "prediction"),
        (("narrative", "edit", "mid-50"), "case", "mid-50", "narrative"),
    ],
)
def test_an_editor_that_closes_too_late_shows_both_versions(
    worked: Ledger, run: Run, tmp_path: Path, line: tuple[str, ...], noun: str, key: str, field: str
) -> None:
    script = tmp_path / "editor.py"
    script.write_text(EDITOR.format(url=worked.url, noun=noun, key=key, field=field), "utf-8")
    result = run("--ledger", worked.url, *line, EDITOR=f"{sys.executable} {script}")
    assert result.code == 1, result
    assert "Somebody changed" in result.stderr
    for words in ("as the ledger has it now", "Bob's words.", "as you wrote it", "Ada's words."):
        assert words in result.stdout
    assert worked.value(f"SELECT {field} FROM \"{noun}\" WHERE key = '{key}'") == "Bob's words."


def test_since_refuses_what_others_changed_and_no_more(worked: Ledger) -> None:
    with worked.write("later", author="Bob") as session:
        records.edit(session, "case", records.find(session, "case", "mid-50"), {"title": "Bob's"})
    with worked.write() as session:  # another field of the same record
        records.edit(session, "case", records.find(session, "case", "mid-50"), {"screening": "Ada's"})
        require_unchanged(session, "2")
    with (
        pytest.raises(
            LedgerError,
            match=r"title of case mid-50 is \"Bob's\" since revision 3 \(Bob\), .*make it \"Ada's\"",
        ),
        worked.write() as session,
    ):
        records.edit(session, "case", records.find(session, "case", "mid-50"), {"title": "Ada's"})
        require_unchanged(session, "2")
    with worked.write() as session:
        records.edit(session, "case", records.find(session, "case", "mid-50"), {"title": "Ada's"})
        require_unchanged(session, "3")
    with pytest.raises(LedgerError, match="no revision"), worked.write() as session:
        require_unchanged(session, "99")


def test_a_folder_does_not_change_back_what_others_changed_after_it_was_written(
    worked: Ledger, tmp_path: Path
) -> None:
    folder = tmp_path / "study"
    with worked.read() as (connection, study):
        write(connection, study, folder)
    with worked.write("later", author="Bob") as session:
        records.edit(session, "case", records.find(session, "case", "mid-50"), {"title": "Bob's"})
    with pytest.raises(LedgerError, match=r"title of case mid-50 is \"Bob's\" since revision 3"):
        read(worked.url, folder, author="Ada", message="m", since="2")
    assert worked.value('SELECT title FROM "case"') == "Bob's"


def test_the_command_takes_since(worked: Ledger, run: Run) -> None:
    with worked.write("later", author="Bob") as session:
        records.edit(session, "case", records.find(session, "case", "mid-50"), {"title": "Bob's"})
    line = ("--ledger", worked.url, "case", "edit", "mid-50", "--title", "Ada's")
    refused = run(*line, "--since", "2")
    assert (refused.code, worked.value('SELECT title FROM "case"')) == (1, "Bob's")
    assert "Others changed the same since revision 2" in refused.stderr
    assert run(*line, "--since", "3").code == 0
