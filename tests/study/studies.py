"""Whole studies with awkward text in every place, made by Hypothesis, and the way into a ledger."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from evidence.ledger import records
from evidence.ledger.forms import is_blank
from evidence.ledger.resting import resting_on
from evidence.ledger.revisions import Unit, founding
from evidence.models import Redirect
from evidence.vocabulary import (
    Access,
    CommitmentKind,
    Direction,
    LocatorKind,
    QuoteState,
    RivalRelation,
    SourceTier,
    TestKind,
    TestTarget,
    Verdict,
)

AWKWARD = (
    "null", "yes", "No", "~", "1e3", "0x1", "007", "1.50", "-0", "0", "true", "NaN", "12:30", "1955-02-28", "2026-11-22T19:30:00Z",
    "---", "--- ", "...", "- a", "? b", "a: b", "a #b", "#", "'", '"', "''", '"quoted"', "{a: b}", "[a, b]", "&a", "*a", "!t", "|", ">-", "%",
    "@x", "`", ",", ";", "a, b", "a;b", "COW MID 4.01: 50", " (merged)", " leading", "trailing ", "\ttab", "a\tb", "\n", "\n\n",
    "a\nb", "a\n\nb\n", "a\n b\n", "\na", "a \nb", "a\n", "a\n\n\n", "---\na\n---\n", "\x85", "a\x85b", "\u2028", "a\u2029b", "\ufeff", "\ufeffa",
    "\x0b", "\x1b[31m", "\x7f", "\ufffe", "\uffff", "مرحبا", "שלום: 1", "\u202eabc\u202c", "漢字", "👩‍🚀", "e\u0301", "\u00a0x\u00a0", "=1+1", "<<",
    "a" * 130, "word " * 40 + "end", "long: " * 40 + "end", "\\", "\\n", "C:\\x", "a\\\"b'c", "\u2019s", "“Quotes”", "=", "-", ".5", "1_000", "é" * 60,
)  # fmt: skip
_any = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), max_size=30)
texts = st.one_of(st.sampled_from(AWKWARD), _any, st.lists(st.sampled_from(AWKWARD), min_size=2, max_size=4).map("\n".join),
                  st.lists(st.sampled_from(AWKWARD), min_size=2, max_size=3).map(" ".join))  # fmt: skip
words = texts.filter(lambda text: not is_blank(text))
lines = st.lists(texts, max_size=3)
names = st.one_of(
    st.sampled_from(
        [
            "title",
            "key",
            "attributes.x",
            "",
            " ",
            "retired_at",
            "outcome",
            "a,b",
            "attributes",
            "titel",
            "\ufeff",
        ]
    ),
    texts,
)
facts = st.dictionaries(
    names,
    st.one_of(texts, st.booleans(), st.integers(-(2**62), 2**62), st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300)),
    max_size=4,
)  # fmt: skip
likelihoods = st.one_of(
    st.none(),
    st.floats(0, 1),
    st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted),
    st.just("almost certain"),
    st.just("no: idea"),
)
dates = st.sampled_from(
    [
        None,
        "1955",
        "1955-01",
        "1995-07-XX",
        "1954-09-03/1955-05-01",
        "1955?",
        "[1954,1955]",
        "1955-05-01/..",
        "1955-01-20T09:00:00",
    ]
)
moments = st.builds(
    lambda ms: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms), st.integers(0, 10**11)
)
_plain = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.floats(-1e9, 1e9), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(texts, inner, max_size=2)),
    max_leaves=4,
)
_key_tails = st.sampled_from(["", "1", "2", "10", "a", "A", "é", "x.y", "n'", "中", "con", "+", "0" * 60])


def _keys(stem: str, most: int = 4, least: int = 1) -> st.SearchStrategy[list[str]]:
    return st.lists(_key_tails, min_size=least, max_size=most, unique=True).map(
        lambda tails: [f"{stem}{tail}" for tail in tails]
    )


def _judged(draw: Any, texts: Any, levels: list[str]) -> dict[str, Any]:
    """Return sub-judgements, and a rule that asks for nothing else and gives one of the levels."""
    if not draw(st.booleans()):
        return {}
    key, value = draw(texts), draw(texts)
    judgement = {"key": key, "label": draw(texts), "values": [{"value": value, "label": draw(texts)}]}
    when = draw(st.sampled_from([{}, {key: value}, {key: [value]}]))
    row = {"when": when, "code": draw(st.sampled_from(levels)), "note": draw(texts)}
    return {"sub_judgements": [judgement], "rule": [row] if draw(st.booleans()) else []}


@st.composite
def studies(draw: st.DrawFn) -> dict[str, Any]:  # noqa: C901, PLR0912, PLR0915 - one noun after the other
    """A study as fields by noun, in the order in which it can be logged."""
    made: list[tuple[str, dict[str, Any]]] = []
    held: dict[str, list[str]] = {}

    def some(noun: str) -> st.SearchStrategy[Any]:
        return st.sampled_from(held[noun])

    def maybe(noun: str) -> st.SearchStrategy[Any]:
        return st.one_of(st.none(), some(noun))

    def few(noun: str) -> st.SearchStrategy[list[str]]:
        return st.lists(some(noun), unique=True, max_size=3)

    def one(noun: str, /, **fields: Any) -> dict[str, Any]:
        values = {
            name: draw(field) if isinstance(field, st.SearchStrategy) else field
            for name, field in fields.items()
        }
        values = {name: value for name, value in values.items() if value is not None}
        made.append((noun, values))
        return values

    study = {"key": draw(st.sampled_from(["beckley2015", "étude", "s-1"])), "title": draw(words), "question": draw(texts), "method": draw(texts),
             "authors": draw(lines), "language": draw(st.sampled_from(["en", "", "ar"])), "universe_count": draw(st.one_of(st.none(), st.just(0), st.just(188))),
             "word_scale": draw(st.sampled_from([[], [{"word": "even", "p": 0.5}, {"word": "no: 1", "p": [0.0, 0.25]}]])),
             "checks": draw(st.sampled_from([{}, {"ignore": ["EV605"], "earliest": "1945"}]))}  # fmt: skip
    held["actor"] = draw(_keys("actor"))
    for number, key in enumerate(held["actor"]):
        one(
            "actor",
            key=key,
            ccode=draw(st.one_of(st.none(), st.just(number + 2))),
            name=words,
            abbreviation=texts,
            note=texts,
        )
    held["source"] = draw(_keys("frus-d"))
    for number, key in enumerate(held["source"]):
        before = held["source"][:number]
        one("source", key=key, title=words, type=texts, tier=st.sampled_from(SourceTier), access=st.sampled_from(Access), redacted=st.booleans(), language=texts,
            csl=st.dictionaries(texts.filter(lambda name: name not in ("id", "type", "title", "language", "custom")), _plain, max_size=3), item=texts, rights=texts,
            criticism=st.dictionaries(st.sampled_from(["author", "motive"]), texts), derived_from=st.sampled_from([None, *before]), note=texts)  # fmt: skip
    held["coder"] = draw(_keys("coder", 2))
    for key in held["coder"]:
        one("coder", key=key, name=words, orcid=texts, source=maybe("source"), note=texts)
    held["case"] = draw(_keys("mid-"))
    numbers = iter(range(1000))
    for key in held["case"]:
        parts = dict.fromkeys(
            draw(st.lists(st.tuples(some("actor"), st.sampled_from("AB"), st.integers(1, 2)), max_size=3))
        )
        began = draw(dates)
        one("case", key=key, title=words, start=began, end=st.sampled_from([None, began]), status=st.sampled_from(["screen", "deep"]), screening=texts, narrative=texts, attributes=facts,
            data_set=texts, data_version=texts,
            aliases=[{"data_set": draw(words), "version": draw(words), "number": draw(st.one_of(words, st.just("")).filter(bool)) + str(next(numbers)), "merged": draw(st.booleans())} for _ in range(draw(st.integers(0, 2)))],
            participants=[{"actor": a, "side": s, "spell": n, "role": draw(texts), "start": draw(dates), "hostility": draw(st.sampled_from([None, 1, 5])),
                           "action": draw(st.sampled_from([None, 0, 21])), "attributes": draw(facts)} for a, s, n in parts])  # fmt: skip
    held["episode"] = draw(_keys("episode", 2))
    for key in held["episode"]:
        one("episode", key=key, title=words, description=texts, basis=texts, cases=[{"case": c, "tier": draw(st.sampled_from(["core", "alternate", "x: y"])), "note": draw(texts)} for c in draw(few("case"))])  # fmt: skip
    for key in draw(_keys("treaty", 2, 0)):
        spells = dict.fromkeys(draw(st.lists(st.tuples(some("actor"), dates.filter(bool)), max_size=3)))
        one("commitment", key=key, title=words, kind=st.sampled_from(CommitmentKind), signed=dates, basis=texts,
            members=[{"actor": a, "start": d, "end": draw(dates), "note": draw(texts)} for a, d in spells])  # fmt: skip
    held["variable"] = draw(_keys("V", 2))
    versions: dict[str, list[tuple[str, list[str]]]] = {}
    for key in held["variable"]:
        for version in draw(st.lists(words, min_size=1, max_size=2, unique=True)):
            values = draw(st.lists(texts, min_size=1, max_size=3, unique=True))
            versions.setdefault(key, []).append((version, values))
        one("variable", key=key, label=words, question=texts, position=st.integers(0, 3), versions=[
            {"version": version, "scale": draw(st.sampled_from(["nominal", "ordinal"])), "basis": draw(texts),
             "levels": [{"value": v, "label": draw(texts), "definition": draw(texts), "examples": draw(lines)} for v in values],
             **_judged(draw, texts, values)}
            for version, values in versions[key]])  # fmt: skip
    held["concept"] = draw(_keys("concept", 2))
    for key in held["concept"]:
        one("concept", key=key, family=words, label=words, definition=texts, role=texts, basis=texts)
    held["hypothesis"] = draw(_keys("h", 4, 2))
    for key in held["hypothesis"]:
        one("hypothesis", key=key, statement=words, mechanism=texts, concept=maybe("concept"), variable=maybe("variable"), supports=lines, prior=likelihoods,
            prior_basis=texts, residual=st.booleans(),
            coder_priors=[{"coder": c, "p": draw(st.sampled_from([0.25, [0.1, 0.4], "even"])), "basis": draw(texts)} for c in draw(few("coder"))])  # fmt: skip
    with_text = set()
    for key in held["source"]:
        content = draw(texts)
        if draw(st.booleans()):
            with_text.add(key)
            one("text", source=key, sha256=hashlib.sha256(content.encode()).hexdigest(), content=content, shareable=True, edition=texts, origin=texts,
                pages=st.lists(st.fixed_dictionaries({"label": texts, "offset": st.integers(0, 99)}), max_size=2), parts=st.lists(_plain, max_size=2))  # fmt: skip
    held["quote"] = draw(_keys("q"))
    for key in held["quote"]:
        source = draw(some("source"))
        # Where a text is held the words are looked for in it: only a quote that is said not to be there is not.
        states = st.just("not found") if source in with_text else st.sampled_from(QuoteState)
        one("quote", key=key, source=source, words=words, locator=st.dictionaries(st.sampled_from([k.value for k in LocatorKind]), texts, max_size=2),
            prefix=texts, suffix=texts, language=texts, translation=texts, redactions=lines, note=texts, state=states, text_start=st.one_of(st.none(), st.just(0)),
            verified_sha256=texts, verified_at=st.one_of(st.none(), moments))  # fmt: skip
    held["observation"] = draw(_keys("o"))
    of_case: dict[tuple[str, str], str | None] = {}

    def own(noun: str, case: str) -> list[str]:
        known = [key for key in held[noun] if of_case[noun, key] in (None, case)]
        return draw(st.lists(st.sampled_from(known), unique=True, max_size=3)) if known else []

    for key in held["observation"]:
        of_case["observation", key] = draw(maybe("case"))
        one("observation", key=key, case=of_case["observation", key], proposition=words, inference=texts, speaker=texts, occurred=dates, lineage=texts, note=texts, first_seen_at=moments, quotes=few("quote"))  # fmt: skip
    held["search"] = draw(_keys("s"))
    for key in held["search"]:
        of_case["search", key] = draw(maybe("case"))
        one("search", key=key, case=of_case["search", key], question=words, corpus=words, terms=lines, period=dates, coverage=texts, gaps=texts, sensitivity=likelihoods,
            hits=st.sampled_from([None, 0, 70]), found=texts, searched_on=dates, coder=maybe("coder"), status="done", first_seen_at=moments)  # fmt: skip
    held["test"] = draw(_keys("t"))
    for key in held["test"]:
        pair = draw(st.permutations(held["hypothesis"]))[:2]
        case = of_case["test", key] = draw(some("case"))
        subjects = [{"observation": o} for o in own("observation", case)] + [
            {"search": s} for s in own("search", case)
        ]
        bearings = [{**subject, "direction": draw(st.sampled_from(Direction))} for subject in subjects]
        results = ["inconclusive", "not attempted"]
        results += ["passed"] if any(b["direction"] is Direction.FOR for b in bearings) else []
        results += (
            ["failed"] if any("search" in b and b["direction"] is Direction.AGAINST for b in bearings) else []
        )
        one("test", key=key, case=case, hypothesis=pair[0], rival=pair[1], kind=st.sampled_from(TestKind), target=st.sampled_from(TestTarget), prediction=words,
            if_false=words.map("not {}".format), where_to_look=texts, p_hypothesis=likelihoods, p_rival=likelihoods, declared_at=moments, note=texts, resolved_at=st.one_of(st.none(), moments),
            result=st.sampled_from(results),
            likelihoods=[{"hypothesis": h, "p": draw(st.sampled_from([0.0, [0.2, 1.0], "-6 dB"])), "note": draw(texts)}
                         for h in held["hypothesis"] if h not in pair and draw(st.booleans())],
            bearings=[{**b, "note": draw(texts), "p_hypothesis": draw(likelihoods)} for b in bearings])  # fmt: skip
    decided: list[str] = []
    for key in draw(_keys("d", 3)):
        variable = draw(some("variable"))
        version, levels = draw(st.sampled_from(versions[variable]))
        case = draw(some("case"))
        one("decision", key=key, case=case, variable=variable, version=version, value=st.sampled_from([None, *levels]), rationale=words, override_reason=words,
            counter_evidence=words, counterfactual=texts, alternative=st.sampled_from([None, *levels]), alternative_reason=texts, coder=some("coder"),
            confidence=st.sampled_from([None, "low"]), round=st.sampled_from(["open", "blind", "published elsewhere"]), locator=st.sampled_from([None, {"page": "12"}]), supersedes=st.sampled_from([None, *decided]), decided_at=moments,
            tests=own("test", case), observations=own("observation", case), searches=own("search", case))  # fmt: skip
        decided.append(key)
    for noun, subject, moment in draw(
        st.lists(
            st.tuples(st.sampled_from(["case", "quote", "test"]), st.integers(0, 9), moments),
            max_size=3,
            unique_by=lambda r: r[2],
        )
    ):
        one(
            "review",
            noun=noun,
            subject=held[noun][subject % len(held[noun])],
            coder=some("coder"),
            verdict=st.sampled_from(Verdict),
            note=texts,
            fingerprint=words,
            reviewed_at=moment,
        )
    rivals = [(a, b) for a in held["hypothesis"] for b in held["hypothesis"] if a != b]
    return {
        "study": study,
        "records": made,
        "rivals": [(a, b, draw(st.sampled_from(RivalRelation)), draw(texts)) for a, b in draw(st.lists(st.sampled_from(rivals), unique=True, max_size=4))],
        "retired": draw(st.lists(st.integers(0, 60), max_size=3, unique=True)),
        "renamed": draw(st.lists(st.tuples(st.sampled_from(["case", "quote"]), st.integers(0, 9)), max_size=2, unique=True)),
    }  # fmt: skip


def log(url: str, made: dict[str, Any]) -> None:
    """Log a study in one revision, by the same functions as every command."""
    with founding(url, records.new_study(made["study"]), author="a", message="made") as session:
        rows = [
            (
                noun,
                records.add(session, noun, {n: v for n, v in values.items() if v is not None}, computed=True),
            )
            for noun, values in ((noun, _clean(values)) for noun, values in made["records"])
        ]
        for hypothesis in {a for a, *_ in made["rivals"]}:
            rivals = [
                {"rival": b, "relation": r, "note": n} for a, b, r, n in made["rivals"] if a == hypothesis
            ]
            records.edit(
                session, "hypothesis", records.find(session, "hypothesis", hypothesis), {"rivals": rivals}
            )
        _move(session, made, rows)


def _clean(values: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is nothing, in records inside too."""
    return {
        name: [{n: v for n, v in item.items() if v is not None} if isinstance(item, dict) and name not in ("pages", "parts") else item for item in value]
        if isinstance(value, list)
        else value
        for name, value in values.items()
    }  # fmt: skip


def _move(session: Unit, made: dict[str, Any], rows: list[tuple[str, Any]]) -> None:
    for noun, number in made["renamed"]:
        found = [row for kind, row in rows if kind == noun]
        row = found[number % len(found)]
        if not row.key.endswith("-new"):
            records.rename(session, noun, row, f"{row.key}-new")
    everything = [
        row
        for row in session.touched.values()
        if hasattr(row, "retired_at") and not isinstance(row, Redirect)
    ]
    for number in made["retired"]:
        row = everything[number * 7 % len(everything)]
        if row.__tablename__ not in ("study", "bearing", "decision_search") and not resting_on(
            session, row.__tablename__, row.id
        ):
            records.retire(session, row)
