"""Codes recomputed, and compared with what others published, on both engines; all of it made up."""

from __future__ import annotations

from evidence.audit.codings import Document, compare
from evidence.coding.decide import decide
from evidence.coding.published import bring_codings, read_codings
from evidence.coding.recompute import CHANGES, SAME, recompute
from evidence.coding.tests import bring, resolve
from evidence.ledger import records
from evidence.vocabulary import Direction, TestResult
from tests.kit import Ledger


def _scheme(version: str, otherwise: str) -> dict[str, object]:
    return {
        "version": version,
        "scale": "ordinal",
        "levels": [{"value": level, "label": level} for level in "123"],
        "sub_judgements": [{"key": "necessary", "values": [{"value": "yes"}, {"value": "no"}]}],
        "rule": [
            {"when": {"necessary": "yes"}, "tests": ["passed hoop against interest"], "code": "3"},
            {"when": {}, "code": otherwise},
        ],
    }


def test_b33_a_code_is_recomputed_and_compared_on_both_engines(worked: Ledger) -> None:
    with worked.write() as session:
        versions = [_scheme("1", "1"), _scheme("2", "2")]
        records.add(session, "variable", {"key": "X", "label": "X", "versions": versions})
        alliance = records.find(session, "hypothesis", "alliance")
        records.edit(session, "hypothesis", alliance, {"variable": "X", "supports": ["3"]})
        records.add(session, "source", {"key": "work", "title": "A Work", "tier": "secondary"})
        records.add(session, "coder", {"key": "book", "name": "A Book", "source": "work"})
    with worked.write() as session:
        test = records.find(session, "test", "t1")
        bring(session, test, Direction.FOR, observation="o1")
        resolve(session, test, TestResult.PASSED)
        decide(
            session, "mid-50", "X", None, sub_judgements={"necessary": "yes"}, tests=["t1"], coder="ada",
            version="1", rationale="b", counter_evidence="n",
        )  # fmt: skip
        read, left_out = read_codings("made.csv", ["case", "value", "shelf"], [2], [["mid-50"], ["1"], ["A"]])
        assert left_out == ("shelf",)
        assert bring_codings(session, read, coder="book", variable="X").added == ["mid-50"]
    with worked.read() as (connection, study):
        (code,) = recompute(connection, study, "X").codes
        assert (code.outcome, code.version, code.recorded, code.then) == (SAME, "1", "3", "3")
        (case,) = compare(connection, study, "X").cases
        assert [(said.side, said.value) for said in case.said] == [("the study", "3"), ("book", "1")]
        assert case.documents == (Document("memo", "Memorandum of discussion", alone=True),)
    with worked.write() as session:
        resolve(session, records.find(session, "test", "t1"), TestResult.INCONCLUSIVE)
    with worked.read() as (connection, study):
        (code,) = recompute(connection, study, "X").codes
        assert (code.outcome, code.code, code.recorded, code.now, code.then) == (CHANGES, "3", "3", "1", "2")
        assert code.lacks == ("code 3 asks for a passed hoop against interest",)
        (case,) = compare(connection, study, "X").cases
        assert case.documents == ()
    assert worked.findings() == []
