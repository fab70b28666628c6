from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from evidence.cases.loading import apply
from evidence.cases.merges import read_merges
from evidence.cases.mid import read_mid
from evidence.cases.report import Changed, Dropped, Merged, Report
from evidence.errors import EvidenceError
from evidence.ledger import records
from evidence.ledger.revisions import DryRun
from evidence.models import Alias, Case, Participation
from tests.cases.conftest import CHINA, Files, carry_out
from tests.kit import Ledger


def universe(
    ledger: Ledger, shared: Path, version: str, merged: dict[int, int] | None = None, **options: Any
) -> Report:
    cow = shared / "data/cow"
    rule = {"country": 2, "first": 1948, "last": 2010, "min_hostility": 2} | options
    return carry_out(
        ledger, read_mid(cow / f"MIDA_{version}.csv", cow / f"MIDB_{version}.csv", version, **rule), merged
    )


def rows(ledger: Ledger, *columns: Any, **equal: Any) -> list[tuple[Any, ...]]:
    """Look with a new connection."""
    table = columns[0].class_.__table__
    wanted = [table.c[column.key] for column in columns]
    with ledger.read() as (connection, study):
        found = select(*wanted).where(
            table.c.study_id == uuid.UUID(str(study)),
            *(table.c[name] == value for name, value in equal.items()),
        )
        return [tuple(row) for row in connection.execute(found.order_by(table.c.id))]


def test_the_universe_comes_in_once_and_twice(ledger: Ledger, shared: Path) -> None:
    report = universe(ledger, shared, "4.01")
    assert (len(report.added), report.changed, report.unchanged, report.moved) == (188, (), 0, 0)
    assert len(rows(ledger, Case.key)) == 188
    assert len(rows(ledger, Participation.id)) == report.participations
    ((title, start, end, facts),) = rows(
        ledger, Case.title, Case.start, Case.end, Case.attributes, key="mid-2032"
    )
    assert (title, start, end) == ("China v. United States, 1955", "1955-05-11", "1955-05-11")
    assert (facts["dispute_hostility"], facts["country"], facts["country_hostility"]) == (4, 2, 4)
    before = ledger.entries()
    again = universe(ledger, shared, "4.01")
    assert (again.added, again.changed, again.unchanged, again.writes) == ((), (), 188, False)
    assert ledger.entries() == before


def test_every_dispute_and_participation_comes_in(ledger: Ledger, shared: Path) -> None:
    report = universe(ledger, shared, "4.01", country=None, first=None, last=None, min_hostility=None)
    assert (len(report.added), report.participations) == (2586, 6132)
    assert len(rows(ledger, Case.key)) == 2586
    assert len(rows(ledger, Participation.id)) == 6132
    assert len(rows(ledger, Alias.number, version="4.01")) == 2586
    facts = rows(ledger, Case.attributes, key="mid-50")[0][0]
    assert not any(name.startswith("country") for name in facts)


def test_another_version_is_told_apart(ledger: Ledger, shared: Path) -> None:
    universe(ledger, shared, "4.01")
    with ledger.write() as session:
        case = records.find(session, "case", "mid-251")
        records.edit(session, "case", case, {"narrative": "A clash over Hainan.", "status": "deep"})
        records.add(
            session, "observation", {"key": "o1", "case": "mid-251", "proposition": "A pilot was lost."}
        )
    merges = read_merges(shared / "data/derived/us_mids_401_to_43.csv")
    report = universe(ledger, shared, "4.3", merges)
    assert (report.added, report.moved) == ((), 174)
    assert [one.key for one in report.dropped] == [
        f"mid-{number}" for number in (2227, 2843, 2845, 2952, 2953, 2954, 3903, 4270)
    ]  # fmt: skip
    assert report.dropped[0].reason == "is not in version 4.3"
    assert set(report.merged) == {
        Merged("251", "mid-2929"), Merged("2189", "mid-2188"), Merged("2941", "mid-1379"),
        Merged("2943", "mid-2946"), Merged("2979", "mid-2971"), Merged("4087", "mid-4022"),
    }  # fmt: skip
    with ledger.write() as session:
        old, new = (records.find(session, "case", key) for key in ("mid-251", "mid-2929"))
        assert (old.narrative, old.status, old.data_version) == ("A clash over Hainan.", "deep", "4.01")
        assert records.find(session, "observation", "o1").case_id == old.id
        led = {
            a.version: (a.case_id, a.merged)
            for a in session.scalars(select(Alias).where(Alias.number == "251"))
        }
        assert led == {"4.01": (old.id, False), "4.3": (new.id, True)}
    again = universe(ledger, shared, "4.3", merges)
    assert (again.writes, again.merged, again.dropped) == (False, (), report.dropped)


def test_without_a_map_a_merged_dispute_is_reported_as_dropped(ledger: Ledger, shared: Path) -> None:
    universe(ledger, shared, "4.01")
    assert len(universe(ledger, shared, "4.3").dropped) == 14
    assert len(rows(ledger, Case.key)) == 188


def test_what_changed_is_said_field_by_field(ledger: Ledger, files: Files) -> None:
    carry_out(ledger, files.read(country=2))
    files.write(
        [{"outcome": 6, "endday": 12, "maxdur": 2, "mindur": 2}],
        [
            {"hostlev": 3, "hiact": 7, "endday": 12},
            {**CHINA, "fatality": 1},
            {"stabb": "TAW", "ccode": 713, "orig": 0},
        ],
    )
    report = carry_out(ledger, files.read("4.3", country=2))
    assert set(report.changed) == {
        Changed("mid-1", "title", "United States v. China, 1955", "United States and Taiwan v. China, 1955"),
        Changed("mid-1", "end", "1955-05-11", "1955-05-12"),
        Changed("mid-1", "outcome", 5, 6),
        Changed("mid-1", "max_days", 1, 2),
        Changed("mid-1", "min_days", 1, 2),
        Changed("mid-1", "country_end", "1955-05-11", "1955-05-12"),
        Changed("mid-1", "country_hostility", 4, 3),
        Changed("mid-1", "country_action", 17, 7),
        Changed("mid-1", "usa (side A) end", "1955-05-11", "1955-05-12"),
        Changed("mid-1", "usa (side A) hostility", 4, 3),
        Changed("mid-1", "usa (side A) action", 17, 7),
        Changed("mid-1", "chn (side B) fatality", 0, 1),
        Changed("mid-1", "taw (side A)", None, "takes part"),
    }
    assert (report.actors, report.moved, report.unchanged) == (("taw",), 1, 0)
    assert rows(ledger, Case.data_version) == [("4.3",)]


def test_a_part_that_the_data_no_longer_have_is_retired_and_comes_back(ledger: Ledger, files: Files) -> None:
    both = [{}, CHINA, {"stabb": "TAW", "ccode": 713}]
    carry_out(ledger, files.write(None, both).read())
    report = carry_out(ledger, files.write(None, both[:2]).read("4.3"))
    assert Changed("mid-1", "taw (side A)", "takes part", None) in report.changed
    assert len([row for row in rows(ledger, Participation.id, Participation.retired_at) if row[1]]) == 1
    report = carry_out(ledger, files.write(None, both).read("5.0"))
    assert Changed("mid-1", "taw (side A)", None, "takes part") in report.changed
    assert not any(row[1] for row in rows(ledger, Participation.id, Participation.retired_at))


def test_what_a_user_wrote_is_left(ledger: Ledger, files: Files) -> None:
    carry_out(ledger, files.read())
    with ledger.write() as session:
        case = records.find(session, "case", "mid-1")
        records.add(session, "actor", {"key": "kmt", "name": "Irregulars"})
        parts = [
            {"actor": "usa", "side": "A", "role": "originator", "start": "1955-05-11", "end": "1955-05-11", "hostility": 4, "action": 17},
            {"actor": "chn", "side": "B", "role": "originator", "start": "1955-05-11", "end": "1955-05-11", "hostility": 4, "action": 17},
        ]  # fmt: skip
        for part, old in zip(
            parts, session.scalars(select(Participation).order_by(Participation.side)), strict=True
        ):
            part["attributes"] = old.attributes
        irregulars = {"actor": "kmt", "side": "A", "hostility": 2}
        records.edit(session, "case", case, {"participants": [*parts, irregulars], "title": "Yijiangshan"})
        records.edit(
            session, "case", case, {"attributes": {**case.attributes, "region": "Asia"}, "narrative": "Ours."}
        )
    files.write([{"outcome": 6}], [{"stabb": "AUL", "ccode": 900}, CHINA])
    report = carry_out(ledger, files.read("4.3"))
    assert report.kept == (Changed("mid-1", "title", "Yijiangshan", "Australia v. China, 1955"),)
    ((title, narrative, facts),) = rows(ledger, Case.title, Case.narrative, Case.attributes)
    assert (title, narrative, facts["region"], facts["outcome"]) == ("Yijiangshan", "Ours.", "Asia", 6)
    standing = {
        row[0] for row in rows(ledger, Participation.hostility, Participation.retired_at) if row[1] is None
    }
    assert standing == {2, 4}  # the irregulars are the user's own, and stay
    assert not any("kmt" in one.field for one in report.changed)


def test_a_study_of_a_country_stays_one(ledger: Ledger, files: Files) -> None:
    carry_out(ledger, files.read(country=2))
    files.write(None, [{"hostlev": 3, "hiact": 7}, CHINA])
    carry_out(ledger, files.read("4.3"))
    facts = rows(ledger, Case.attributes)[0][0]
    assert (facts["country"], facts["country_hostility"], facts["dispute_hostility"]) == (2, 3, 4)


def test_a_case_that_no_longer_meets_the_rule_is_kept_and_said(ledger: Ledger, files: Files) -> None:
    carry_out(ledger, files.read(country=2, min_hostility=2))
    files.write(
        [{}, {"dispnum": 2}], [{"hostlev": 1, "hiact": 0}, CHINA, {"dispnum": 2}, {**CHINA, "dispnum": 2}]
    )
    report = carry_out(ledger, files.read("4.3", country=2, min_hostility=2))
    assert report.dropped == (
        Dropped("mid-1", "does not meet the rule: country 2's own hostility is 1, below 2"),
    )
    assert report.added == ("mid-2",)
    assert rows(ledger, Case.key, Case.data_version) == [("mid-1", "4.01"), ("mid-2", "4.3")]


def test_actors_are_found_by_country_code_and_keys_that_clash_get_the_code(
    ledger: Ledger, files: Files
) -> None:
    with ledger.write() as session:
        records.add(session, "actor", {"key": "america", "ccode": 2, "name": "The United States"})
        records.add(session, "actor", {"key": "chn", "name": "A user's own"})
    files.write(
        None,
        [
            {},
            CHINA,
            {"stabb": "NIR", "ccode": 475},
            {"stabb": "NIR", "ccode": 436},
            {"stabb": "NA", "ccode": 9},
        ],
    )
    report = carry_out(ledger, files.read())
    assert report.actors == ("state-9", "nir", "nir-475", "chn-710")
    assert rows(ledger, Case.title) == [("The United States, state 9 and others v. China, 1955",)]


def test_a_renamed_case_and_one_made_by_hand_are_found_again(ledger: Ledger, files: Files) -> None:
    files.write([{}, {"dispnum": 2}], [{}, CHINA, {"dispnum": 2}, {**CHINA, "dispnum": 2}])
    with ledger.write() as session:
        records.add(session, "case", {"key": "mid-2", "title": "By hand"})
    report = carry_out(ledger, files.read())
    assert (report.added, report.moved) == (("mid-1",), 1)
    assert report.kept == (Changed("mid-2", "title", "By hand", "United States v. China, 1955"),)
    with ledger.write() as session:
        records.rename(session, "case", records.find(session, "case", "mid-1"), "yijiangshan")
    report = carry_out(ledger, files.read("4.3"))
    assert (report.added, report.moved) == ((), 2)
    assert [row[0] for row in rows(ledger, Case.key)] == ["mid-2", "yijiangshan"]


def test_a_retired_case_stays_retired(ledger: Ledger, files: Files) -> None:
    carry_out(ledger, files.read())
    with ledger.write() as session:
        records.retire(session, records.find(session, "case", "mid-1"))
    before = ledger.entries()
    report = carry_out(ledger, files.write([{"outcome": 6}]).read("4.3"))
    assert str(report.warnings[0]) == "MIDA.csv, row 2: case mid-1 was retired, and was left so"
    assert ledger.entries() == before


def test_a_retired_actor_comes_back_when_the_data_need_it(ledger: Ledger, files: Files) -> None:
    with ledger.write() as session:
        records.retire(session, records.add(session, "actor", {"key": "usa", "ccode": 2, "name": "USA"}))
    assert Changed("usa", "retired", "retired", "in use") in carry_out(ledger, files.read()).changed


def test_a_map_leads_through_several_mergers(ledger: Ledger, files: Files) -> None:
    report = carry_out(ledger, files.read("5.0"), {7: 8, 8: 1, 9: 99})
    assert report.merged == (Merged("7", "mid-1"), Merged("8", "mid-1"))
    assert "9 was merged into 99, which is not among the cases; no redirect was made" in [
        str(w) for w in report.warnings
    ]
    assert rows(ledger, Alias.number, Alias.merged) == [("1", False), ("7", True), ("8", True)]


@pytest.mark.parametrize(
    ("merged", "sentence"), [({1: 2}, "version 4.01 has 1 itself"), ({7: 8, 8: 7}, "leads from .* back to")]
)
def test_a_map_that_contradicts_is_refused(
    ledger: Ledger, files: Files, merged: dict[int, int], sentence: str
) -> None:
    before = ledger.entries()
    with pytest.raises(EvidenceError, match=sentence):
        carry_out(ledger, files.read(), merged)
    assert ledger.entries() == before


def test_a_number_that_was_merged_cannot_be_a_dispute_of_that_version(ledger: Ledger, files: Files) -> None:
    carry_out(ledger, files.read(), {2: 1})
    files.write([{"dispnum": 2}], [{"dispnum": 2}, {**CHINA, "dispnum": 2}])
    with pytest.raises(EvidenceError, match=r"this study has 2 as merged into mid-1 in version 4.01"):
        carry_out(ledger, files.read())


def test_a_dry_run_says_the_same_and_writes_nothing(ledger: Ledger, files: Files) -> None:
    before = ledger.entries()
    with pytest.raises(DryRun), ledger.write() as session:
        report = apply(session, files.read())
        raise DryRun
    assert report.added == ("mid-1",)
    assert ledger.entries() == before
    assert rows(ledger, Case.key) == []
    assert carry_out(ledger, files.read()).added == report.added


def test_two_studies_in_a_ledger_do_not_meet(ledger: Ledger, files: Files) -> None:
    other = Ledger(ledger.url, "other")
    other.found()
    carry_out(other, files.read())
    assert carry_out(ledger, files.read()).added == ("mid-1",)
    assert other.findings() == []


# --- maps -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "merges"),
    [
        ("old,new\n251,2929\n26,26\n7,\n", {251: 2929}),
        ("dispnum_4_01,status_in_4_3,dispnum_4_3\n251,merged,2929\n5,kept,5\n6,split,8\n", {251: 2929}),
        ("New;Old\n2929;251\n2929;252\n", {251: 2929, 252: 2929}),
    ],
)
def test_maps(tmp_path: Path, text: str, merges: dict[int, int]) -> None:
    (tmp_path / "map.csv").write_text(text)
    assert read_merges(tmp_path / "map.csv") == merges


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("from,to\n1,2\n", "map.csv, row 1: a map of merged disputes needs the columns old and new"),
        ("old,new\n1,two\n", "map.csv, row 2, field \"new\": 'two' is not a dispute's number"),
        ("old,new\n1,2\n1,3\n", "map.csv, row 3: 1 leads to 2 and to 3"),
    ],
)
def test_maps_that_are_wrong(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "map.csv").write_text(text)
    with pytest.raises(EvidenceError) as caught:
        read_merges(tmp_path / "map.csv")
    assert sentence in str(caught.value)
