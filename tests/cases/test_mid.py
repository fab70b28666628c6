from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from evidence.cases.disputes import country_facts
from evidence.cases.mid import MidPlan, read_mid
from evidence.dates import day_counts
from evidence.errors import EvidenceError
from tests.cases.conftest import CHINA, DISPUTE, PART, Files, csv_of


def read(shared: Path, version: str, **options: Any) -> MidPlan:
    cow = shared / "data/cow"
    return read_mid(cow / f"MIDA_{version}.csv", cow / f"MIDB_{version}.csv", version, **options)


# --- the real files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("version", "count"), [("4.01", 188), ("4.3", 174)])
def test_the_rule_gives_the_universe(shared: Path, version: str, count: int) -> None:
    plan = read(shared, version, country=2, first=1948, last=2010, min_hostility=2)
    assert len(plan.disputes) == count
    assert all((one.line.text("version") or version).startswith(version) for one in plan.disputes)


def test_without_the_hostility_rule_there_are_243(shared: Path) -> None:
    assert len(read(shared, "4.01", country=2, first=1948, last=2010).disputes) == 243


@pytest.mark.parametrize(("version", "disputes", "parts"), [("4.01", 2586, 6132), ("4.3", 2315, 5558)])
def test_no_row_is_lost(shared: Path, version: str, disputes: int, parts: int) -> None:
    plan = read(shared, version)
    assert (len(plan.disputes), plan.participations, plan.left_out) == (disputes, parts, {})
    keys = Counter(
        (one.number, part.ccode, part.side, part.spell) for one in plan.disputes for part in one.parts
    )
    assert max(keys.values()) == 1


def test_the_universe_agrees_with_the_derived_table(shared: Path) -> None:
    plan = read(shared, "4.01", country=2, first=1948, last=2010, min_hostility=2)
    disputes = {one.number: one for one in plan.disputes}
    with (shared / "data/us_mids_1948_2010.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert disputes.keys() == {int(row["dispnum"]) for row in rows}
    for row in rows:
        one = disputes[int(row["dispnum"])]
        own = country_facts(one, 2)
        assert (one.start, one.end) == (row["start"], row["end"])
        assert (own["country_start"], own["country_end"]) == (row["us_start"], row["us_end"])
        assert (own["country_hostility"], own["country_action"]) == (
            int(row["us_hostlev"]),
            int(row["us_hiact"]),
        )
        assert one.attributes["dispute_hostility"] == int(row["hostlev"])
        assert one.attributes.get("outcome") == (int(row["outcome"]) if row["outcome"] != "-9" else None)


def test_dates_count_the_days_that_the_data_state(shared: Path) -> None:
    plan = read(shared, "4.01")
    disputes = {one.number: one for one in plan.disputes}
    assert (disputes[4064].start, disputes[4064].end) == ("1995-07-XX", "1996-03-28")
    assert day_counts("1995-07-XX", "1996-03-28") == (242, 272)
    assert disputes[50].end is not None
    assert day_counts(disputes[50].start, disputes[50].end) == (1073, 1073)
    odd = [warning for warning in plan.warnings if "it lasted" in warning.sentence]
    assert len(odd) == 2586 - 2567


def test_the_disputes_own_level_is_not_the_countrys(shared: Path) -> None:
    plan = read(shared, "4.01", country=2, first=1948, last=2010, min_hostility=2)
    one = next(one for one in plan.disputes if one.number == 50)
    assert (one.attributes["dispute_hostility"], one.attributes["dispute_action"]) == (4, 17)
    assert (country_facts(one, 2)["country_hostility"], country_facts(one, 2)["country_action"]) == (3, 7)


def test_known_quirks_are_warnings_that_name_their_rows(shared: Path) -> None:
    said = [str(warning) for warning in read(shared, "4.01").warnings]
    assert (
        'MIDB_4.01.csv, row 5610, field "HiAct": action 11 (fortification of a border) goes with hostility 3, but the row says 1; kept as it is'
        in said
    )
    assert any(line.startswith("MIDB_4.01.csv, row 5613") and "action 0" in line for line in said)
    assert sum("is on both sides of dispute 258" in line for line in said) == 6
    announced = [w.number for w in read(shared, "4.01").warnings if w.sentence.endswith("take part")]
    # States are counted, not rows: 4137 and 4273, where states come back, agree.
    assert set(announced) == {88, 258, 4125, 4339, 4343, 4552}
    later = [str(warning) for warning in read(shared, "4.3").warnings]
    assert any("dispute 3834 has nobody on side A" in line for line in later)
    assert any(
        "the dispute's hostility is 3, below the highest of its participants (4)" in line for line in later
    )


def test_states_are_told_apart_by_country_code(shared: Path) -> None:
    states = read(shared, "4.01").states
    assert (states[365].name, states[816].name, states[2].name) == ("Russia", "Vietnam", "United States")
    listed = read(
        shared, "4.01", states=shared / "data/cow/COW_country_codes.csv"
    ).states  # it has CR line ends
    assert (listed[2].name, listed[2].abbreviation) == ("United States of America", "USA")
    assert listed[365].abbreviation == "RUS"


def test_links_and_their_wars_are_kept_as_text(shared: Path) -> None:
    links = [
        str(one.attributes["links"]) for one in read(shared, "4.01").disputes if "links" in one.attributes
    ]
    assert any(re.search(r"\d+W", link) for link in links)
    assert not any("-9" in link or link == "0" for link in links)


# --- every version's spelling -----------------------------------------------------------------------------


def spelled(files: Files, names: dict[str, str], **more: Any) -> MidPlan:
    """Rewrite both headers with other names for some columns, and read them."""
    for path, plain in ((files.disputes, DISPUTE), (files.participants, PART)):
        header = ",".join(names.get(name, name) for name in plain)
        path.write_text("\n".join([header, *path.read_text().splitlines()[1:]]) + "\n")
    return files.read(**more)


def test_the_columns_of_every_version(files: Files) -> None:
    expected = files.read()
    mixed = {
        "dispnum": "DispNum3",
        "stday": "StDay",
        "stabb": "StAbb",
        "fatalpre": "FataPre",
        "hostlev": "HostLev",
    }
    for names in ({"dispnum": "DispNum"}, mixed, {"dispnum": "DISPNUM3"}):
        plan = spelled(files, names)
        assert [(one.number, one.attributes, len(one.parts)) for one in plan.disputes] == [
            (one.number, one.attributes, len(one.parts)) for one in expected.disputes
        ]
        assert plan.warnings == ()
        files.write()


@pytest.mark.parametrize("end", ["\r", "\r\n"])
def test_any_line_ends(files: Files, end: str) -> None:
    for path in (files.disputes, files.participants):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_text().replace("\n", end).encode())
    assert files.read().participations == 2


@pytest.mark.parametrize("missing", ["-9", "", "NA", "-9.0", " -9 "])
def test_missing_values(files: Files, missing: str) -> None:
    files.write(
        [{"outcome": missing, "fatalpre": missing, "stday": missing}],
        [{"hiact": missing, "revstate": missing}, CHINA],
    )
    (one,) = files.read().disputes
    assert "outcome" not in one.attributes
    assert "deaths" not in one.attributes
    assert one.start == "1955-05-XX"
    assert one.parts[0].action is None
    assert "revisionist" not in one.parts[0].attributes


def test_numbers_that_a_program_printed_its_own_way(files: Files) -> None:
    files.write(
        [{"styear": "2e3", "endyear": "2000.0"}], [{"styear": "2e3", "endyear": "2E3", "ccode": "2.0"}, CHINA]
    )
    (one,) = files.read().disputes
    assert (one.start, one.parts[0].start, one.parts[0].ccode) == ("2000-05-11", "2000-05-11", 2)


def test_spells_are_numbered_by_date(files: Files) -> None:
    again = {"styear": 1960, "endyear": 1960}
    files.write(
        None,
        [{**again, "hostlev": 5, "hiact": 20}, {}, {**again, "sidea": 0}, {"stmon": 3, "stday": -9}, CHINA],
    )
    (one,) = files.read(country=2).disputes
    own = [(part.side, part.spell, part.start) for part in one.parts if part.ccode == 2]
    assert own == [
        ("A", 1, "1955-03-XX"),
        ("A", 2, "1955-05-11"),
        ("A", 3, "1960-05-11"),
        ("B", 1, "1960-05-11"),
    ]
    assert country_facts(one, 2) == {
        "country": 2, "country_start": "1955-03-XX", "country_end": "1960-05-11", "country_hostility": 5, "country_action": 20
    }  # fmt: skip


def test_abbreviations_are_no_keys(files: Files) -> None:
    files.write(
        None,
        [
            {"stabb": "NIR", "ccode": 436},
            {"stabb": "NIR", "ccode": 475, "sidea": 0},
            {"stabb": "NA", "ccode": 9},
        ],
    )
    states = files.read().states
    assert [(s.ccode, s.abbreviation, s.name) for s in states.values()] == [
        (9, "", "state 9"), (436, "NIR", "Niger"), (475, "NIR", "Nigeria")
    ]  # fmt: skip


def test_hostility_is_the_countrys_own(files: Files) -> None:
    files.write(
        [{"hostlev": 5, "hiact": 20}], [{"hostlev": 1, "hiact": 0}, {**CHINA, "hostlev": 5, "hiact": 20}]
    )
    plan = files.read(country=2, min_hostility=2)
    assert plan.disputes == ()
    assert plan.left_out == {1: "country 2's own hostility is 1, below 2"}
    assert len(files.read(country=710, min_hostility=5).disputes) == 1


def test_the_years_are_those_of_the_countrys_own_start(files: Files) -> None:
    files.write([{"styear": 1947}], [{"styear": 1948}, {**CHINA, "styear": 1947}])
    assert len(files.read(country=2, first=1948, last=1948).disputes) == 1
    assert files.read(country=710, first=1948).left_out == {
        1: "country 710 takes part from 1947-05-11, outside the years"
    }
    assert files.read(country=200).left_out == {1: "country 200 takes no part in it"}


# --- warnings ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("disputes", "parts", "sentence"),
    [
        ([{"numa": 2}], None, 'MIDA.csv, row 2, field "numa": 2 states on side A are announced, and 1 take part'),
        ([{"hostlev": 3, "hiact": 7}], None, 'MIDA.csv, row 2, field "hostlev": the dispute\'s hostility is 3, below'),
        ([{"maxdur": 9}], None, 'MIDA.csv, row 2, field "mindur": it lasted 1 to 9 days, but'),
        ([{"endyear": 1954}], None, 'MIDA.csv, row 2, field "endyear": it ends (1954-05-11) before it starts (1955-05-11)'),
        (None, [{"hiact": 22}, CHINA], 'MIDB.csv, row 2, field "hiact": action 22 is not in v4 codebook'),
        (None, [{"hostlev": 0}, CHINA], 'MIDB.csv, row 2, field "hostlev": hostility 0 is not a level from 1 to 5'),
        (None, [{}], "MIDA.csv, row 2: dispute 1 has nobody on side B"),
        (None, [{}, {"sidea": 0}], 'MIDB.csv, row 3, field "sidea": USA is on both sides of dispute 1'),
        ([{}, {"dispnum": 2}], None, "MIDA.csv, row 3: dispute 2 has no participants"),
        (None, [{}, CHINA, {"dispnum": 7}], 'MIDB.csv, row 4, field "dispnum": USA takes part in dispute 7, which MIDA.csv'),
        ([{"version": 4.3}], None, 'MIDA.csv, row 2, field "version": the file says that it is version 4.3'),
        ([{"version": 4.0100002, "region": 1}], None, "MIDA.csv, row 1: left out the columns region"),
    ],
)  # fmt: skip
def test_oddities_are_warnings(files: Files, disputes: Any, parts: Any, sentence: str) -> None:
    said = [str(warning) for warning in files.write(disputes, parts).read().warnings]
    assert any(line.startswith(sentence) for line in said), said


def test_action_six_has_no_level_and_a_plain_file_has_no_warnings(files: Files) -> None:
    assert files.read().warnings == ()
    files.write([{"version": "4.01"}], [{"hiact": 6, "hostlev": 2}, CHINA])
    assert files.read().warnings == ()


def test_only_the_chosen_disputes_are_warned_of(files: Files) -> None:
    files.write([{}, {"dispnum": 2, "numa": 5}], [{}, CHINA, {**CHINA, "dispnum": 2}])
    assert files.read(country=2).warnings == ()
    assert files.read().warnings != ()


# --- errors -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("disputes", "parts", "sentence"),
    [
        (
            [{"hostlev": "high"}],
            None,
            "MIDA.csv, row 2, field \"hostlev\": 'high' is not a whole number; correct it",
        ),
        ([{"hostlev": "nan"}], None, "is not a whole number"),
        ([{"hostlev": "1_0"}], None, "'1_0' is not a whole number"),
        ([{"hostlev": "inf"}], None, "is not a whole number"),
        (
            [{"stday": 31, "stmon": 2}],
            None,
            "MIDA.csv, row 2, field \"stday\": '1955-02-31' is not a day of the calendar",
        ),
        ([{"endmon": 13}], None, 'MIDA.csv, row 2, field "endmon"'),
        ([{"stmon": -9}], None, "there is a day but no month"),
        ([{"styear": -9}], None, "the dispute has no year"),
        ([{}, {}], None, "dispute 1 is in row 2 already; remove one of the two"),
        ([{"dispnum": ""}], None, 'MIDA.csv, row 2, field "dispnum": a number is needed here'),
        (None, [{"sidea": 2}], 'MIDB.csv, row 2, field "sidea": 2 is neither 1 nor 0'),
        (None, [{"sidea": -9}], "the side is missing"),
        (None, [{"ccode": "NA"}], 'MIDB.csv, row 2, field "ccode": a number is needed here'),
    ],
)
def test_errors_name_file_row_and_column(files: Files, disputes: Any, parts: Any, sentence: str) -> None:
    with pytest.raises(EvidenceError) as caught:
        files.write(disputes, parts).read()
    assert sentence in str(caught.value)


def test_an_ended_state_of_a_month_alone(files: Files) -> None:
    (one,) = (
        files.write([{"stday": -9, "stmon": -9, "endday": -9, "endmon": -9, "endyear": -9}]).read().disputes
    )
    assert (one.start, one.end) == ("1955-XX", None)


def test_a_file_in_the_wrong_place_is_named(files: Files) -> None:
    a, b = files.disputes, files.participants
    with pytest.raises(
        EvidenceError, match=r"MIDB.csv: this is a file of participants \(MIDB\), not a file of disputes"
    ):
        read_mid(b, b, "4.01")
    with pytest.raises(
        EvidenceError, match=r"MIDA.csv: this is a file of disputes \(MIDA\), not a file of participants"
    ):
        read_mid(a, a, "4.01")
    b.write_text(csv_of([{"dispnum3": 1, "incidnum3": 2, "ccode": 2, "sidea": 1}]))
    with pytest.raises(EvidenceError, match="a file of incidents"):
        read_mid(a, b, "4.01")


def test_a_missing_column_is_named_with_the_remedy(files: Files) -> None:
    with pytest.raises(
        EvidenceError, match=r"there is no column 'hostlev'.* Is it 'hostlevel'\? Then name it so."
    ):
        spelled(files, {"hostlev": "hostlevel"})


def test_files_without_rows_or_version(files: Files) -> None:
    with pytest.raises(EvidenceError, match="version is needed"):
        files.read(" ")
    files.disputes.write_text(csv_of([DISPUTE]).splitlines()[0])
    with pytest.raises(EvidenceError, match="no rows below the header"):
        files.read()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"first": 1948}, "say which country"),
        ({"country": 2, "first": 2010, "last": 1948}, "upside down"),
        ({"country": 2, "min_hostility": 6}, "not a level from 1 to 5"),
    ],
)
def test_a_rule_that_makes_no_sense(files: Files, options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(EvidenceError, match=sentence):
        files.read(**options)
