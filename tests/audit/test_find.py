"""Finding: both databases find what a naive reader finds; every hit has its page, its part and its words."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from evidence.audit.find import Answer, find
from evidence.audit.snippets import snippet
from evidence.errors import UnknownKey, ValueRefused
from evidence.ledger import records
from evidence.ledger.query import parse, wanted
from evidence.models import Text
from tests.kit import Ledger, Run, work_a_case

# --- a naive reader ----------------------------------------------------------------------------------------

WORDS = [
    "island",
    "islands",
    "Île",
    "ile",
    "war",
    "War",
    "co",
    "operation",
    "alli",
    "ance",
    "台灣",
    "台",
    "海",
    "1954",
    "ﬁx",
    "fix",
]
GLUE = [" ", " ", " ", " ", ", ", ". ", "\n", "\n\n", "-", "-\n", "—", "’", "\u00ad", " “"]


def naive(text: str) -> list[str]:
    """Return a text's words letter by letter, as somebody would who had never heard of regular expressions."""
    letters = ""
    for at, letter in enumerate(text):
        # A hyphen that ends a line parts a word that goes on in small letters, and is no part of it.
        rest = text[at + 1 :]
        if (
            letter == "-"
            and at
            and text[at - 1].isalpha()
            and rest[:1] == "\n"
            and rest.lstrip()[:1].islower()
        ):
            letters += "\x00"
        else:
            letters += letter
    found = [""]
    joining = False
    for letter in letters:
        if letter == "\x00":
            joining = True
            continue
        if joining and letter.isspace():
            continue
        joining = False
        for plain in unicodedata.normalize("NFKD", letter).casefold():
            if "\u4e00" <= plain <= "\u9fff":
                found += [plain, ""]
            elif plain.isalnum():
                found[-1] += plain
            elif not unicodedata.combining(plain) and plain != "\u00ad":
                found.append("")
    return [word for word in found if word]


@dataclass(frozen=True)
class Asked:
    """A query, and whether a text answers it."""

    query: str
    holds: Callable[[list[str]], bool]


def phrase(words: list[str], *, prefix: bool) -> Callable[[list[str]], bool]:
    def holds(text: list[str]) -> bool:
        for at in range(len(text) - len(words) + 1):
            part = text[at : at + len(words)]
            if part == words or (prefix and part[:-1] == words[:-1] and part[-1].startswith(words[-1])):
                return True
        return False

    return holds


def one(words: list[str], *, quoted: bool, prefix: bool) -> Asked:
    said = " ".join(words) if quoted else words[0]
    star = "*" if prefix else ""
    meant = naive(said)
    return Asked(f'"{said}"{star}' if quoted else f"{said}{star}", phrase(meant, prefix=prefix))


def both(left: Asked, right: Asked, word: str) -> Asked:
    return Asked(f"({left.query}{word}{right.query})", lambda text: left.holds(text) and right.holds(text))


def either(left: Asked, right: Asked) -> Asked:
    return Asked(f"({left.query} OR {right.query})", lambda text: left.holds(text) or right.holds(text))


def without(left: Asked, right: Asked, word: str) -> Asked:
    return Asked(
        f"({left.query}{word}{right.query})", lambda text: left.holds(text) and not right.holds(text)
    )


texts = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(GLUE)), min_size=1, max_size=25).map(
    lambda parts: "".join(word + glue for word, glue in parts)
)
words = st.builds(
    one, st.lists(st.sampled_from(WORDS), min_size=1, max_size=3), quoted=st.booleans(), prefix=st.booleans()
)
queries = st.recursive(
    words,
    lambda inner: (
        st.builds(both, inner, inner, st.sampled_from([" AND ", " "]))
        | st.builds(either, inner, inner)
        | st.builds(without, inner, inner, st.sampled_from([" NOT ", " AND NOT ", " -"]))
    ),
    max_leaves=5,
)


def hold(session: Any, source: str, content: str, **more: Any) -> None:
    if not session.query(Text).filter_by(sha256=digest(content)).count():
        values = {"source": source, "sha256": digest(content), "content": content, **more}
        records.add(session, "text", values, computed=True)


def digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def test_both_databases_find_what_a_naive_reader_finds(ledger: Ledger) -> None:
    kept: dict[str, str] = {}

    @settings(max_examples=30, suppress_health_check=list(HealthCheck))
    @given(st.lists(texts, min_size=1, max_size=6), st.lists(queries, min_size=1, max_size=8))
    def agree(contents: list[str], asked: list[Asked]) -> None:
        new = [content for content in dict.fromkeys(contents) if content not in kept.values()]
        with ledger.write() as session:
            for content in new:
                key = f"s{len(kept)}"
                records.add(session, "source", {"key": key, "title": "Q", "tier": "primary"})
                hold(session, key, content)
                kept[key] = content
        with ledger.read() as (connection, study):
            for one in asked:
                answer = find(connection, study, one.query, group="sources", limit=10_000)
                hits = {hit.key for hit in answer.hits if hit.noun == "text"}
                assert hits == {key for key, content in kept.items() if one.holds(naive(content))}, one.query
                assert answer.count == len(answer.hits)

    agree()


# --- what is shown -----------------------------------------------------------------------------------------

MINUTES = (
    "Memorandum of Discussion. Admiral Radford urged the defense of the offshore islands.1\n"
    "The President replied that Quemoy was not our ship.\n"
    "Later the Secretary returned to the offshore\n\nislands and to prestige.\n"
    "1 Radford had spoken of the offshore islands before. See Document 293."
)


@pytest.fixture
def minuted(worked: Ledger) -> Ledger:
    """A case whose memorandum is held as a text of three pages with a footnote."""
    note = MINUTES.index("1 Radford")
    pages = [["612", 0], ["613", MINUTES.index("Later")], ["612", note]]
    parts = [["body", "", 0, note], ["footnote", "1", note, len(MINUTES)]]
    with worked.write() as session:
        hold(session, "memo", MINUTES, pages=pages, parts=parts)
        records.add(
            session, "source", {"key": "press", "title": "Press conference on the islands", "tier": "primary"}
        )
    return worked


def ask(ledger: Ledger, query: str, **within: Any) -> Answer:
    with ledger.read() as (connection, study):
        return find(connection, study, query, **within)


def test_a_hit_has_its_page_and_its_words(minuted: Ledger) -> None:
    [hit] = ask(minuted, '"offshore islands"', group="sources").hits
    assert (hit.noun, hit.key, hit.source, hit.title) == ("text", "memo", "memo", "Memorandum of discussion")
    assert (hit.page, hit.part, hit.also) == ("612", "", ("613",))
    assert MINUTES[hit.start :].startswith("offshore islands.1")
    assert [hit.snippet[start:end] for start, end in hit.marks] == ["offshore islands", "offshore islands"]


def test_a_hit_in_a_footnote_says_so(minuted: Ledger) -> None:
    [hit] = ask(minuted, "radford spoken", source="memo", group="sources").hits
    assert (hit.page, hit.part) == ("612", "n. 1")
    [hit] = ask(minuted, "prestige", group="sources").hits
    assert (hit.page, hit.part) == ("613", "")


def test_a_quote_has_its_own_page_and_its_sources_title(minuted: Ledger) -> None:
    [hit] = ask(minuted, "secretary", group="quotes").hits
    assert (hit.noun, hit.key, hit.field, hit.page) == ("quote", "memo.1", "words", "613")
    assert (hit.source, hit.title) == ("memo", "Memorandum of discussion")


def test_in_keeps_to_its_group(minuted: Ledger) -> None:
    seen = {
        group: {hit.noun for hit in ask(minuted, "islands OR prestige OR stake", group=group).hits}
        for group in ("sources", "quotes", "notes")
    }
    assert seen == {"sources": {"text", "source"}, "quotes": {"quote"}, "notes": {"observation", "test"}}
    assert ask(minuted, "islands OR prestige OR stake").count == sum(
        ask(minuted, "islands OR prestige OR stake", group=group).count for group in seen
    )


def test_source_keeps_to_the_source_and_what_was_made_of_it(minuted: Ledger) -> None:
    hits = ask(minuted, "islands OR stake", source="memo").hits
    assert sorted({(hit.noun, hit.key) for hit in hits}) == [
        ("observation", "o1"),
        ("quote", "memo.1"),
        ("text", "memo"),
    ]
    assert [hit.key for hit in ask(minuted, "islands", source="press").hits] == ["press"]
    with minuted.write() as session:
        records.rename(session, "source", records.find(session, "source", "press"), "press-1955")
    assert [hit.key for hit in ask(minuted, "islands", source="press").hits] == ["press-1955"]
    with pytest.raises(UnknownKey, match=r"There is no source 'mem' in this study\. Did you mean memo"):
        ask(minuted, "islands", source="mem")


def test_case_keeps_to_the_case_and_what_it_rests_on(minuted: Ledger) -> None:
    with minuted.write() as session:
        records.add(
            session, "case", {"key": "other", "title": "Other islands", "narrative": "The islands again."}
        )
    hits = ask(minuted, "islands OR stake OR pressure", case="mid-50").hits
    assert sorted({hit.noun for hit in hits}) == ["observation", "quote", "search", "text"]
    assert {hit.key for hit in ask(minuted, "islands", case="other").hits} == {"other"}
    with pytest.raises(UnknownKey, match="no case 'nix'"):
        ask(minuted, "islands", case="nix")


def test_the_likeliest_come_first_and_all_are_counted(ledger: Ledger) -> None:
    with ledger.write() as session:
        for number in range(30):
            records.add(session, "source", {"key": f"s{number}", "title": "T", "tier": "primary"})
            hold(
                session,
                f"s{number}",
                f"{'the island ' * (number == 17) * 5} much else was said, island {number} "
                + "and so on " * 40,
            )
    answer = ask(ledger, "island", limit=4)
    assert (len(answer.hits), answer.count) == (4, 30)
    assert answer.hits[0].key == "s17"
    assert [hit.key for hit in ask(ledger, "island", limit=4).hits] == [hit.key for hit in answer.hits]


def test_words_that_are_nowhere_are_named(minuted: Ledger) -> None:
    answer = ask(minuted, "radford quemoi matsuu")
    assert (answer.hits, answer.count, answer.nowhere) == ((), 0, ("quemoi", "matsuu"))


def test_only_what_is_shown_is_read(ledger: Ledger) -> None:
    """However many passages answer, the same statements are issued, and no more texts are read than are shown."""
    with ledger.write() as session:
        for number in range(60):
            records.add(session, "source", {"key": f"s{number}", "title": "T", "tier": "primary"})
            hold(session, f"s{number}", f"An island, the {number}th.")
    with ledger.read() as (connection, study):
        asked: list[str] = []
        event.listen(connection, "before_cursor_execute", lambda *line: asked.append(line[2]))
        answer = find(connection, study, "island", limit=5)
    assert answer.count == 60
    assert len(asked) <= 5
    assert [" IN (" in line for line in asked if "content" in line] == [True]


def test_a_query_that_cannot_be_read_is_a_sentence(worked: Ledger) -> None:
    for query in ('"', "a AND", "'; DROP TABLE quote; --\"", "NOT x"):
        with pytest.raises(ValueRefused):
            ask(worked, query)
    assert ask(worked, "'; DROP TABLE quote; --").count == 0
    assert worked.value("SELECT count(*) FROM quote") == 1


# --- the stretch shown -------------------------------------------------------------------------------------


def shown(content: str, query: str, length: int = 80) -> tuple[str, list[str]]:
    found = snippet(content, list(wanted(parse(query))), length)
    return found.words, [found.words[start:end] for start, end in found.marks]


def test_the_stretch_with_most_of_the_words_is_shown() -> None:
    content = (
        "The islands. "
        + "Nothing more was said of it. " * 20
        + "Then the islands, and Quemoy among them, were named. "
        + "So it went on. " * 20
    )
    words, marks = shown(content, "islands quemoy")
    assert marks == ["islands", "Quemoy"]
    assert words.startswith("…")
    assert words.endswith("…")


def test_hits_are_shown_as_the_original_writes_them() -> None:
    words, marks = shown(
        "Of the “Île” and its alli-\nance with T\u0301aiwan, 台灣海峽 too.", "ile alliance taiwan 灣海"
    )
    assert words == "Of the “Île” and its alli- ance with T\u0301aiwan, 台灣海峽 too."
    assert marks == ["Île", "alli- ance", "T\u0301aiwan", "灣海"]


def test_what_a_terminal_would_obey_is_not_shown() -> None:
    words, marks = shown("An \x1b[31misland\x1b[0m of \u202eevil", "evil island")
    assert words == "An [31misland[0m of evil"
    assert marks == ["evil"]


@given(texts, words)
def test_every_mark_is_a_hit(content: str, asked: Asked) -> None:
    found = snippet(content, list(wanted(parse(asked.query))), 60)
    assert bool(found.starts) == asked.holds(naive(content))
    for start, end in found.marks:
        assert asked.holds(naive(found.words[start:end]))


# --- the command -------------------------------------------------------------------------------------------


@pytest.fixture
def there(minuted_file: Ledger, run: Run) -> Callable[..., Any]:
    """Run ``evidence find`` on the memorandum."""
    file = minuted_file.url.removeprefix("sqlite:///")
    return lambda *line: run("--ledger", file, "find", *line)


@pytest.fixture
def minuted_file(sqlite_url: str) -> Ledger:
    ledger = Ledger(sqlite_url)
    ledger.found()
    with ledger.write() as session:
        work_a_case(session)
        hold(session, "memo", MINUTES, pages=[["612", 0]], parts=[])
    return ledger


def test_the_command(there: Callable[..., Any]) -> None:
    result = there("offshore islands", "--in", "sources")
    assert (result.code, result.stderr) == (0, "1 passage.\n")
    assert result.stdout.startswith("memo  Memorandum of discussion; p. 612\n")
    assert "**offshore islands**" in re.sub(r"\s+", " ", result.stdout)
    rows = json.loads(there('"offshore islands"', "--json").stdout)
    assert [(row["noun"], row["key"], row["page"], row["part"]) for row in rows] == [
        ("text", "memo", "612", "")
    ]
    assert rows[0]["start"] == MINUTES.index("offshore")
    assert "**offshore islands**" in rows[0]["snippet"]


def test_what_the_command_makes_of_what_was_typed(there: Callable[..., Any]) -> None:
    assert there("islands", "-Quemoy").stderr == "1 passage.\n"  # the quote; the text names Quemoy
    assert there("islands offshore").stderr.startswith("Nowhere as a phrase; these have all of the words.\n")
    nothing = there("radford", "quemoi", "--json")
    assert (nothing.code, nothing.stdout) == (0, "[]\n")
    assert nothing.stderr.startswith("Nothing found. Nowhere at all: quemoi.")
    narrow = there("radford", "quemoi", "--in", "sources", "--case", "mid-50")
    assert narrow.stderr == (
        "Nothing found there. Not in any of it: quemoi. Without --in and --case, all is searched.\n"
    )
    wrong = there("islands AND")
    assert (wrong.code, wrong.stdout) == (1, "")
    assert wrong.stderr == "Error: AND has nothing after it; put a word there, or put AND in quotes.\n"
    assert there("islands", "--limt", "3").code == 2
