"""Source notes, as the editors of many volumes have written them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.archive.frus.source_notes import read_source_note

_NOTES: list[tuple[str, dict[str, str], str, str]] = [
    (
        "Source: Department of State, Central Files, 793.00/2–2855. top Secret; eyes only.",
        {"repository": "Department of State", "collection": "Central Files", "item": "793.00/2–2855"},
        "Top Secret", "Eyes Only",
    ),
    (
        "Source: Department of State, S/S–NSC Files: Lot 63 D 351, NSC 5503 Series. Top Secret.",
        {"repository": "Department of State", "collection": "S/S–NSC Files: Lot 63 D 351", "series": "NSC 5503 Series"},
        "Top Secret", "",
    ),
    (
        "Source: Eisenhower Library, Dulles Papers, White House Memoranda. Secret; Personal and Private. Prepared in it.",
        {"repository": "Eisenhower Library", "collection": "Dulles Papers", "series": "White House Memoranda"},
        "Secret", "Personal and Private",
    ),
    (
        "Source: Johnson Library, National Security File, Country File, Vietnam, Vol. XXV, Memos. No classification marking.",
        {
            "repository": "Johnson Library", "collection": "National Security File", "series": "Country File",
            "folder": "Vietnam, Vol. XXV, Memos",
        },
        "No classification marking", "",
    ),
    (
        (
            "Source: Carter Library, National Security Affairs, Brzezinski Material, Country File, Box 5, China: 8–12/78. Secret; "
            "Sensitive; Nodis. Sent for information."
        ),
        {
            "repository": "Carter Library", "collection": "National Security Affairs",
            "series": "Brzezinski Material, Country File", "box": "5", "folder": "China: 8–12/78",
        },
        "Secret", "Sensitive; Nodis",
    ),
    (
        "Source: National Archives, RG 59, Central Foreign Policy File, P770115–0474. Confidential; Immediate.",
        {
            "repository": "National Archives", "record_group": "59", "collection": "Central Foreign Policy File",
            "item": "P770115–0474",
        },
        "Confidential", "Immediate",
    ),
    (
        "Source, National Archives and Records Administration, RG59, Central Files 1964–66, POL 7 JAPAN. Confidential.",
        {
            "repository": "National Archives and Records Administration", "record_group": "59",
            "collection": "Central Files 1964–66", "item": "POL 7 JAPAN",
        },
        "Confidential", "",
    ),
    (
        (
            "Source: National Archives, RG 59, Office of the Deputy Secretary: Records of Warren Christopher, 1977–1980, "
            "Lot 81D113, Box 19, Human Rights. No classification marking. Drafted by X."
        ),
        {
            "repository": "National Archives", "record_group": "59", "box": "19", "folder": "Human Rights",
            "collection": "Office of the Deputy Secretary: Records of Warren Christopher, 1977–1980, Lot 81D113",
        },
        "No classification marking", "",
    ),
    (
        (
            "Source: Central Intelligence Agency, National Intelligence Council, Job 91M00696R: Subject Policy Files, Box 5, "
            "Folder 12: Human Rights. Top Secret; Codeword."
        ),
        {
            "repository": "Central Intelligence Agency", "box": "5", "folder": "12: Human Rights",
            "collection": "National Intelligence Council, Job 91M00696R: Subject Policy Files",
        },
        "Top Secret", "Codeword",
    ),
    (
        "Source: JCS Records, CCS 381 Far East (11–28–50) Sec. 25. Top Secret; Operational Immediate. A copy was sent.",
        {"repository": "JCS Records", "item": "CCS 381 Far East (11–28–50) Sec. 25"},
        "Top Secret", "Operational Immediate",
    ),
    (
        "Source: Eisenhower Library, Dulles Papers. Extract. Top Secret. Drafted by Bohlen.",
        {"repository": "Eisenhower Library", "collection": "Dulles Papers"},
        "Top Secret", "",
    ),
    (
        "Source: Carter Library, Plains File, Box 2. Secret. Outside the System. Sent for action.",
        {"repository": "Carter Library", "collection": "Plains File", "box": "2"},
        "Secret", "Outside the System",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("note", "path", "classification", "handling"), _NOTES)
def test_a_note_comes_apart(note: str, path: dict[str, str], classification: str, handling: str) -> None:
    """The path step by step, the classification and the marks as they are spelled."""
    read = read_source_note(note)
    assert (read.path, read.classification, read.handling) == (path, classification, handling)
    assert read.whole


def test_who_drafted_it_is_told_in_the_notes_words() -> None:
    """Sentences about drafting, clearing and approving, and no other."""
    read = read_source_note(
        "Source: Department of State, Central Files, POL 27 VIET S. Secret; Limdis. Drafted by Green, cleared by Davis "
        "(EUR), and approved by Mr. Bundy. Repeated to Saigon. Initialed by Rusk."
    )
    assert (
        read.drafting
        == "Drafted by Green, cleared by Davis (EUR), and approved by Mr. Bundy. Initialed by Rusk."
    )


@pytest.mark.parametrize(
    "note",
    [
        "Source: Department of State Bulletin, February 1979, pp. 59–60. All brackets are in the original.",
        "Reprinted from Public Papers of the Presidents: Dwight D. Eisenhower, 1955, pp. 207–211.",
    ],
)
def test_what_was_published_before_has_no_archive(note: str) -> None:
    """A reprint says where it was printed; no archive is made of it."""
    read = read_source_note(note)
    assert read.path == {}
    assert "pp." in read.published


@given(st.text(max_size=300) | st.text("Source: ,.;[]()RG 5Box9Secret\n“”", max_size=300))
def test_any_note_is_read(note: str) -> None:
    """No note stops an import, whatever stands in it."""
    read: Any = read_source_note(note)
    assert all(isinstance(value, str) and value for value in read.path.values())


def test_a_long_note_takes_no_time() -> None:
    """Notes of a hundred thousand characters are read as fast as others."""
    for unit in ("A. ", "Box 1, ", "Top Secret ", "(", "; ", "Lot 1, "):
        assert read_source_note("Source: Department of State, " + unit * 50_000) is not None


@pytest.mark.parametrize(
    ("note", "path"),
    [
        ("File No. 763.72119/22", {"item": "763.72119/22"}),
        ("[File No. 763.72119/22.]", {"item": "763.72119/22"}),
        ("[Extract.]", {}),
        ("[Translation]", {}),
        ("Not printed.", {}),
        ("Transmitted to the Department by the Embassy, June 2.", {}),
        ("Hoover Institution Archives, Box 3", {"repository": "Hoover Institution Archives", "box": "3"}),
    ],
)
def test_only_what_is_called_an_archive_is_one(note: str, path: dict[str, str]) -> None:
    assert read_source_note(note).path == path
