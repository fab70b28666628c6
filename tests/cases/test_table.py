from __future__ import annotations

import csv
import io
import signal
import subprocess
import sys
import time
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from evidence.cases.filling import apply_table
from evidence.cases.report import Changed, Report
from evidence.cases.table import read_table
from evidence.errors import EvidenceError, MethodError, UnknownKey
from evidence.ledger import records
from evidence.ledger.bulk import insert_rows
from evidence.models import Base, Search
from tests.kit import ROOT, Ledger, work_a_case

tables = Base.metadata.tables


def table(folder: Path, text: str) -> Path:
    path = folder / "t.csv"
    path.write_bytes(text.encode())
    return path


def load(
    ledger: Ledger, path: Path, noun: str = "case", columns: dict[str, str] | None = None, **options: Any
) -> Report:
    plan = read_table(path, noun, columns, **options)
    with ledger.write("import table") as session:
        return apply_table(session, plan)


def test_cases_from_a_table_of_ones_own(ledger: Ledger, tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "number,name,begins,ends,region,n,remark\n1958,Second crisis,1958-08-23,1958-10-XX,Asia,3,x\n",
    )
    columns = {
        "number": "key",
        "name": "title",
        "begins": "start",
        "ends": "end",
        "region": "attributes.region",
        "n": "attributes.states",
    }
    report = load(ledger, path, columns=columns, ignored=["remark"])
    assert (report.added, report.changed, report.unchanged) == (("1958",), (), 0)
    with ledger.write() as session:
        case = records.find(session, "case", "1958")
        assert (case.title, case.attributes, case.status) == (
            "Second crisis",
            {"region": "Asia", "states": 3},
            "screen",
        )
        assert (str(case.start_latest), str(case.end_latest)) == ("1958-08-23", "1958-10-31")
    before = ledger.entries()
    again = load(ledger, path, columns=columns, ignored=["remark"])
    assert (again.added, again.changed, again.unchanged) == ((), (), 1)
    assert ledger.entries() == before


def test_changes_are_said_and_a_blank_cell_says_nothing(ledger: Ledger, tmp_path: Path) -> None:
    first = "key,title,narrative,attributes.a,attributes.b\nk1,One,Words,1,x\nk2,Two,,2,y\n"
    load(ledger, table(tmp_path, first))
    report = load(
        ledger,
        table(
            tmp_path, "key,title,narrative,attributes.a,attributes.b\nk1,Uno,,,z\nk2,Two, ,2,y\nk3,Three,,,\n"
        ),
    )
    assert report.added == ("k3",)
    assert report.changed == (
        Changed("k1", "title", "One", "Uno"), Changed("k1", "attributes", {"a": 1, "b": "x"}, {"a": 1, "b": "z"})
    )  # fmt: skip
    assert report.unchanged == 1
    with ledger.write() as session:
        assert records.find(session, "case", "k1").narrative == "Words"
        assert records.find(session, "case", "k3").attributes == {}


def test_sources_with_their_csl_and_quotes_that_lead_to_them(ledger: Ledger, tmp_path: Path) -> None:
    text = (
        "key;title;tier;redacted;csl.author;csl.issued;csl.accessed;csl.archive;csl.page\n"
        "memo;Memorandum;Primary;yes;Dulles, John Foster; State Department;1955-02-28;1955?;007;12-14\n"
    ).replace("Dulles, John Foster; State Department", '"Dulles, John Foster; State Department"')
    load(ledger, table(tmp_path, text), "source")
    quotes = table(
        tmp_path,
        'key,source,words,locator.page,redactions\nmemo.1,memo,"He said “no”,\r\nthen left",12,[garble]; [1 line]\n',
    )
    assert load(ledger, quotes, "quote").added == ("memo.1",)
    with ledger.write() as session:
        source, quote = records.find(session, "source", "memo"), records.find(session, "quote", "memo.1")
        assert source.csl == {
            "author": [{"family": "Dulles", "given": "John Foster"}, {"literal": "State Department"}],
            "issued": {"date-parts": [[1955, 2, 28]]}, "accessed": {"raw": "1955?"}, "archive": "007", "page": "12-14",
        }  # fmt: skip
        assert source.redacted is True
        assert quote.source_id == source.id
        assert (quote.words, quote.locator) == ("He said “no”,\nthen left", {"page": "12"})
        assert len(quote.sha256) == 64
    assert not load(ledger, quotes, "quote").writes


def test_a_spreadsheet_is_read_like_csv(ledger: Ledger, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    for line in (["key", "title", "attributes.deaths"], [1958, "Crisis", 12.0], [1962, "Scare", 0.5]):
        page.append(line)
    book.save(tmp_path / "t.xlsx")
    book.close()
    assert load(ledger, tmp_path / "t.xlsx").added == ("1958", "1962")
    with ledger.write() as session:
        assert [c.attributes for c in records.listed(session, "case")] == [{"deaths": 12}, {"deaths": 0.5}]


def test_searches_and_observations_are_stamped(ledger: Ledger, tmp_path: Path) -> None:
    with ledger.write() as session:
        work_a_case(session)
    load(
        ledger,
        table(
            tmp_path,
            "key,case,question,corpus,terms,hits,sensitivity\ns9,mid-50,Q?,FRUS,alliance; treaty,0,0.5..0.9\n",
        ),
        "search",
    )
    with ledger.write() as session:
        search = session.scalars(select(Search).where(Search.key == "s9")).one()
        assert (search.terms, search.hits, search.sensitivity) == (["alliance", "treaty"], 0, [0.5, 0.9])
        assert timedelta(0) <= session.now - search.first_seen_at < timedelta(minutes=5)


def test_tests_go_through_the_laws(ledger: Ledger, tmp_path: Path) -> None:
    with ledger.write() as session:
        work_a_case(session)
    header = "key,case,hypothesis,rival,kind,prediction,if_false\n"
    load(ledger, table(tmp_path, header + "t9,mid-50,alliance,interest,smoking gun,A,B\n"), "test")
    with pytest.raises(MethodError, match="its own hypothesis as rival"):
        load(ledger, table(tmp_path, header + "t8,mid-50,alliance,alliance,hoop,A,B\n"), "test")
    with pytest.raises(
        EvidenceError, match=r"t.csv, row 2, field \"if_false\": a test that cannot fail is none"
    ):
        load(ledger, table(tmp_path, header + "t8,mid-50,alliance,interest,hoop,A,\n"), "test")


def test_a_renamed_record_is_found_by_its_old_key(ledger: Ledger, tmp_path: Path) -> None:
    load(ledger, table(tmp_path, "key,title,tier\nold,One,primary\n"), "source")
    with ledger.write() as session:
        records.rename(session, "source", records.find(session, "source", "old"), "new")
    report = load(ledger, table(tmp_path, "key,title,tier\nold,Uno,primary\n"), "source")
    assert (report.added, report.changed) == ((), (Changed("old", "title", "One", "Uno"),))
    assert load(ledger, table(tmp_path, "key,source,words\nq,old,Words\n"), "quote").added == ("q",)


@pytest.mark.parametrize(
    ("noun", "text", "sentence"),
    [
        ("case", "key,titel\nk,T\n", "t.csv, row 1, field \"titel\": 'titel' is not a field of a case. Did you mean 'title'?"),
        ("case", "key,zzz\nk,T\n", "Say where it goes (zzz=FIELD), or that it is to be ignored."),
        ("case", "title\nT\n", "no column gives the key of each case; say which one does (COLUMN=key)"),
        ("case", "key,title\n,T\n", 't.csv, row 2, field "key": the key is missing'),
        ("case", "key,title\nk,T\n\nk,U\n", "t.csv, row 4, field \"key\": case 'k' is in row 2 already"),
        ("case", "key,title\na b,T\n", "t.csv, row 2, field \"key\": 'a b' cannot be a key"),
        ("case", "key,title,start\nk,T,1955-02-29\n", 't.csv, row 2, field "start": \'1955-02-29\' is not a day of the calendar'),
        ("case", "key,title,status\nk,T,deeep\n", "t.csv, row 2, field \"status\": 'deeep' is not a status. Did you mean 'deep'?"),
        ("case", "key,title\nk,\n", 't.csv, row 2, field "title": a case needs \'title\''),
        ("case", "key,start\nk,1955\n", 't.csv, row 2, field "title": a case needs \'title\''),
        ("case", "key,title,retired_at\nk,T,\n", "'retired_at' is set by the program"),
        ("case", "key,title,title.x\nk,T,\n", "'title' has no parts"),
        ("case", "key,title,attributes,attributes.x\nk,T,,\n", "one column gives all of 'attributes' and another a part of it"),
        ("quote", "key,source,words,locator.pge\nk,s,W,1\n", "'pge' is not known here. Did you mean 'page'?"),
        ("source", "key,title,tier,csl.title\nk,T,news,x\n", "'title' is a field of the source itself"),
        ("source", "key,title,tier,redacted\nk,T,news,maybe\n", "t.csv, row 2, field \"redacted\": 'maybe' is neither true nor false"),
        ("source", "key,title,tier,csl.issued\nk,T,news,Feb 1955\n", 't.csv, row 2, field "csl.issued": \'Feb 1955\' is not an EDTF date'),
        ("actor", "key,name,ccode\nk,N,two\n", "t.csv, row 2, field \"ccode\": 'two' is not a whole number"),
        ("case", "key,title,attributes\nk,T,{x}\n", 't.csv, row 2, field "attributes": \'{x}\' is not JSON'),
        ("participation", "key\nk\n", "a table cannot hold 'participation'"),
    ],
)  # fmt: skip
def test_errors_name_file_row_column_and_remedy(
    ledger: Ledger, tmp_path: Path, noun: str, text: str, sentence: str
) -> None:
    before = ledger.entries()
    with pytest.raises(EvidenceError) as caught:
        load(ledger, table(tmp_path, text), noun)
    assert sentence in str(caught.value)
    assert ledger.entries() == before


def test_a_map_that_names_no_column_or_two_for_a_field(tmp_path: Path) -> None:
    path = table(tmp_path, "key,title,name\nk,T,N\n")
    with pytest.raises(EvidenceError, match=r"there is no column 'titel'. Did you mean 'title'?"):
        read_table(path, "case", {"titel": "title"})
    with pytest.raises(EvidenceError, match="title and name both go to 'title'"):
        read_table(path, "case", {"name": "title"})
    assert read_table(path, "case", {"name": "title"}, ignored=["title"]).whole["title"] == ["N"]


def test_what_is_missing_can_be_said(tmp_path: Path) -> None:
    plan = read_table(table(tmp_path, "key,title,end\nk,T,NA\n"), "case", missing=["NA"])
    assert plan.whole["end"] == [None]


def test_a_link_that_leads_nowhere(ledger: Ledger, tmp_path: Path) -> None:
    load(ledger, table(tmp_path, "key,title,tier\nmemo,M,primary\n"), "source")
    with pytest.raises(
        UnknownKey,
        match=r"t.csv, row 2, field \"source\": There is no source 'meno' in this study. Did you mean memo?",
    ):
        load(ledger, table(tmp_path, "key,source,words\nq,meno,W\n"), "quote")
    with pytest.raises(EvidenceError, match="'b' is new in this table too"):
        load(ledger, table(tmp_path, "key,title,tier,derived_from\na,A,primary,b\nb,B,primary,\n"), "source")
    assert load(
        ledger, table(tmp_path, "key,title,tier,derived_from\na,A,primary,memo\n"), "source"
    ).added == ("a",)


def test_a_retired_key_is_not_used_again(ledger: Ledger, tmp_path: Path) -> None:
    load(ledger, table(tmp_path, "key,title\nk,T\n"))
    with ledger.write() as session:
        records.retire(session, records.find(session, "case", "k"))
    with pytest.raises(
        EvidenceError,
        match=r"row 2, field \"key\": case k was retired; bring it back with 'evidence case edit k --restore'",
    ):
        load(ledger, table(tmp_path, "key,title\nk,T\n"))


#: Words as archives have them. NUL and lone surrogates are no text; a blank cell says nothing.
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1).filter(
    lambda text: bool(text) and not text.isspace()
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=5))
def test_words_come_through_as_they_were(sqlite_url: str, tmp_path: Path, words: list[str]) -> None:
    study = f"s{uuid.uuid4()}"
    ledger = Ledger(sqlite_url, study)
    ledger.found()
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["key", "title", "tier"], ["s", "S", "news"]])
    load(ledger, table(tmp_path, text.getvalue()), "source")
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows([["key", "source", "words"], *([f"q{at}", "s", one] for at, one in enumerate(words))])
    load(ledger, table(tmp_path, text.getvalue()), "quote")
    with ledger.write() as session:
        kept = [records.find(session, "quote", f"q{at}").words for at in range(len(words))]
    assert kept == [one.replace("\r\n", "\n").replace("\r", "\n") for one in words]
    assert not load(ledger, table(tmp_path, text.getvalue()), "quote").writes
    assert ledger.findings() == []


# --- in bulk ----------------------------------------------------------------------------------------------


def test_rows_that_come_in_bulk_are_those_that_come_one_by_one(ledger: Ledger) -> None:
    values = {
        "title": "Ünicode “x”\t\n\\", "start": "1955-05-XX", "end": None, "attributes": {"z": 1.5, "a": "ß\n", "m": True},
    }  # fmt: skip
    with ledger.write() as session:
        records.add(session, "case", {"key": "one", **values})
        insert_rows(session, tables["case"], [{"key": "many", **values}, {"key": "other", "title": "T"}])
        source = records.add(session, "source", {"key": "s", "title": "S", "tier": "news"})
        records.add(session, "quote", {"key": "q1", "source": "s", "words": "W"})
        insert_rows(
            session,
            tables["quote"],
            [{"key": "q2", "id": uuid.uuid4(), "source_id": source.id, "words": "W"}],
        )
    assert ledger.findings() == []
    with ledger.write() as session:
        for noun, first, second in (("case", "one", "many"), ("quote", "q1", "q2")):
            one, other = (records.find(session, noun, key) for key in (first, second))
            for column in set(one.__table__.columns.keys()) - {"id", "key"}:
                assert getattr(one, column) == getattr(other, column), column
    kept = [
        ledger.value(f'SELECT after FROM change WHERE after LIKE \'%"key":"{key}"%\'')
        for key in ("one", "many")
    ]
    assert [len(text) for text in kept] == [len(kept[0]), len(kept[0]) + 1]


def test_a_column_that_is_none_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="case has no column titel"), ledger.write() as session:
        insert_rows(session, tables["case"], [{"key": "k", "titel": "T"}])


KILLED = """
import sys
from pathlib import Path
from evidence.cases.filling import apply_table
from evidence.cases.table import read_table
from evidence.ledger import bulk
from evidence.ledger.revisions import writing

plan = read_table(Path(sys.argv[2]), "source")
inserted = bulk.insert_block
def slowly(*given):
    inserted(*given)
    print("a block", flush=True)
bulk.insert_block = slowly
with writing(sys.argv[1], None, author="Ada", message="import", bulk=True) as session:
    apply_table(session, plan)
    print("all", flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("blocks", [1, 4])
def test_a_killed_import_leaves_the_last_revision_whole(ledger: Ledger, tmp_path: Path, blocks: int) -> None:
    with ledger.write() as session:
        work_a_case(session)
    before = ledger.entries()
    lines = "".join(f"s{at},Telegram {at},primary\n" for at in range(20_000))
    path = table(tmp_path, f"key,title,tier\n{lines}")
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, ledger.url, str(path)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        assert process.stdout is not None
        for _ in range(blocks):
            assert process.stdout.readline() == "a block\n"
        process.send_signal(signal.SIGKILL)
        process.wait(60)
    for _ in range(50):  # a server may take a moment to see that its client is gone
        if ledger.entries() == before:
            break
        time.sleep(0.1)
    assert ledger.entries() == before
    assert ledger.value("SELECT count(*) FROM source") == 1
    assert load(ledger, path, "source").unchanged == 0
    assert ledger.value("SELECT count(*) FROM source") == 20_001
