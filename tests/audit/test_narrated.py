"""Narratives read as their reader does: notes, claims that have none, words that are not the quote's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.audit.misquoted import Cited, misquoted
from evidence.audit.narrated import DRAFT, blocks, is_draft, without_front_matter
from evidence.audit.noted import claims, length, quoted, told
from evidence.errors import EvidenceError

_WORDS = {
    "q": Cited(("we are not obligated to defend the islands, come what may",), "Dulles said that we are not obligated to defend the islands, come what may. So it was."),
    "other": Cited(("peace at almost any price was his wish",)),
    "fr": Cited(("nous ne sommes pas tenus de le faire", "we are not bound to do it")),
    "zh": Cited(("我們必須守住金門，決不後退",)),
    "book": Cited(("a passage that was logged of it",), whole=False),
    "held": Cited(("The book says: the islands were a symbol of nothing at all.",)),
}  # fmt: skip


def _wrong(text: str) -> list[tuple[int, str, str, str]]:
    return [(one.line, one.words, one.key, one.remark) for one in misquoted(text, _WORDS.get)]


@pytest.mark.parametrize(
    "text",
    [
        'He said that "we are not obligated to defend the islands" [@q].',
        "“We are not obligated to defend the islands,” he said [@q].",
        "“[W]e are not … to defend the islands” [@q].",
        "A position “not obligated to defend”.[@q] Then he left.",
        "He wanted “peace at almost any price” [@other], and felt “not obligated to defend” them [@q].",
        "As [@q] has it, “we are not obligated to defend the islands.”",
        "> we are not obligated to defend the islands, come what may [@q]\n",
        "> “we are not obligated to defend the islands”\n\n[@q]\n",
        "He spoke French: “nous ne sommes pas tenus de le faire”, that is, “we are not bound to do it” [@fr].",
        "他說：「必須守住金門，決不後退」[@zh]。",
        "The “necessary” evil of the “necessary” treaty came up late, as the record shows [@q].",
        "No note here: “we are obligated to defend the islands”.",
        "It is “somewhere in the book, but not logged” [@book].",
        "It is “somewhere that is not there at all” [@nowhere].",
        "A “symbol of nothing at all” [@held, 3].",
        "`“we are obligated to defend the islands”` was typed [@q].",
        "First “not obligated to defend the islands” and then “peace at almost any price” [@q] [@other].",
        "As he put it [@q]:\n\n> we are not obligated to defend the islands\n",
        "As he put it [@other]. What follows is another’s:\n\n> words that nothing is cited for\n",
        "“We are not obligated\n\n“to defend the islands, come what may” [@q].",
        '“not obligated to defend" the 6" guns, and “defend the islands, come what may" [@q].',
        "He broke off: “we are not obligated—” [@q].",
        '他说"必須守住金門"，又说"決不後退" [@zh]。',
    ],
)
def test_words_that_are_the_quotes_are_let_alone(text: str) -> None:
    assert _wrong(text) == []


@pytest.mark.parametrize(
    ("text", "line", "remark"),
    [
        ('One.\n\nHe said that "we are obligated to defend the islands" [@q].', 3, "are [] → [not] obligated"),
        ("He said it, and it was late; “we are not bound to defend the islands” [@q].", 1, "[bound] → [obligated]"),
        ("He was “obliged” [@q].", 1, "differs from it: [obliged] →"),
        ("He wanted “nothing whatever of the kind” [@q].", 1, "is not in it, nor anything like it"),
        ("“We are not obligated to defend the islands, come what may. So it was” [@q].", 1, "goes beyond the words"),
        ("“peace at almost any price” [@q] he wanted, and more [@other].", 1, "stands in [@other]"),
        ("> we are obligated to defend\n> the islands, come what may [@q]\n", 1, "→ [are not]"),
        ("“peace at any price” [@other].", 1, "[] → [almost]"),
        ("他說：「不必守住金門，決不後退」[@zh]。", 1, "[不] → [們]"),
        ("A “symbol of everything, and of all” [@held].", 1, "[everything, and of] → [nothing at]"),
    ],
)  # fmt: skip
def test_words_that_are_not_the_quotes_are_found(text: str, line: int, remark: str) -> None:
    ((at, _, _, said),) = _wrong(text)
    assert (at, remark in said) == (line, True), said


_NAMED = "Dulles told Eden of it [@a]. "


@pytest.mark.parametrize(
    ("text", "claimed", "each"),
    [
        (_NAMED + "Then Dulles left.", [], []),  # three words
        (_NAMED + "Then Dulles left for Taipei.", ["Then Dulles left for Taipei."], ["Then Dulles left for Taipei."]),
        ("Dulles left for Taipei. He met Chiang there [@a].", [], ["Dulles left for Taipei."]),
        (_NAMED + "Did Dulles leave for Taipei?", [], []),
        (_NAMED + "If Dulles left for Taipei, he came back.", [], []),
        ("## On 3 May 1955 Dulles left\n\nHe came [@a].", [], []),
        (_NAMED + "Dulles wrote to Eden on that day:\n\n> Words [@a].", [], []),
        ("It took 12 ships to do it.", ["It took 12 ships to do it."], ["It took 12 ships to do it."]),
        ("The coder gives ALLY the value 2.", [], []),
        ("ALLY is 2 on any view of it.", [], []),
        ("He said “no such thing at all”.", ["He said “no such thing at all”."], ["He said “no such thing at all”."]),
        ("1955年美國第七艦隊出兵。後來撤退了[@a]。", [], ["1955年美國第七艦隊出兵。"]),
    ],
)  # fmt: skip
def test_claims_without_a_note(text: str, claimed: list[str], each: list[str]) -> None:
    assert [one.words for one in claims(text, own={"ALLY"})] == claimed
    assert [one.words for one in claims(text, own={"ALLY"}, each=True)] == each


@pytest.mark.parametrize(
    "text",
    [
        'He said “{}" [@q].', 'He said "{}” [@q].', "He said ”{}“ [@q].", "He said ”{}” [@q].", "He said ‹{}› [@q].", "He said ‚{}‘ [@q].",
        "He said 〝{}〞 [@q].", "He said ｢{}｣ [@q].", '他说"{}"而去[@q]。', "&ldquo;{}&rdquo; [@q]",
        "As he put it [@q]:\n\n> {}\n\nThen he left.", "“{} [@q] the islands”, he said.", "“{}\n\n“come what may” [@q].",
    ],
)  # fmt: skip
def test_no_kind_of_mark_hides_a_misquotation(text: str) -> None:
    assert _wrong(text.format("we are not obligated to defend")) == []
    assert len(_wrong(text.format("we are obligated to defend"))) == 1


def test_a_note_belongs_to_the_sentence_that_it_stands_in_or_behind() -> None:
    text = "One [@a] is here. Two.[@b; @c] Three, as\nEden said [@d]. Four."
    assert [
        (one.words, [c.key for note in one.notes for c in note.cited], one.line) for one in told(text)
    ] == [
        ("One is here.", ["a"], 1),
        ("Two.", ["b", "c"], 1),
        ("Three, as Eden said.", ["d"], 1),
        ("Four.", [], 2),
    ]


def test_a_narrative_is_counted() -> None:
    text = f"{DRAFT}\n\n## A head\n\nOne two three [@a]. Four “five six” seven [@b; @a].\n\n> eight nine [@c]\n\n金門炮戰。"
    counted = length(text)
    assert (counted.words, counted.sentences, counted.notes) == (15, 4, 4)
    assert (counted.cited, counted.quoted, counted.longest) == (("a", "b", "c"), 4, 4)
    assert is_draft(text)
    assert not is_draft(text.removeprefix(DRAFT))


def test_an_error_has_the_line() -> None:
    with pytest.raises(EvidenceError) as refused:
        blocks("One.\n\n- two\n  three [@a p. 3]\n", case="c")
    assert str(refused.value).startswith("line 4: The narrative of c holds '[@a p. 3]'")


def test_front_matter_is_passed_over() -> None:
    assert without_front_matter("---\nkey: a\n---\n\nOne.\n") == ("One.", 5)
    assert without_front_matter("\ufeffOne.\r\nTwo.\r\n") == ("One.\nTwo.", 1)
    assert without_front_matter("---\nno end\n") == ("---\nno end", 1)


@given(st.text(alphabet='ab A.“”"‘’>[@]\n;,-«»「」…_*`\\1', max_size=80))
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    try:
        blocks(text)
    except EvidenceError:
        return
    quoted(text), claims(text), length(text)
    misquoted(text, lambda key: Cited((key,)))
