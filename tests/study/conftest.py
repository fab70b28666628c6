"""New ledgers by the dozen, each a copy of one that the migrations built."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest


@pytest.fixture
def new_ledger(_sqlite_template: Path, tmp_path: Path) -> Callable[[], str]:
    """A maker of empty ledgers; each call gives the URL of another."""
    numbers = count()

    def make() -> str:
        file = tmp_path / f"ledger{next(numbers)}.db"
        shutil.copyfile(_sqlite_template, file)
        return f"sqlite:///{file}"

    return make


@pytest.fixture
def new_folder(tmp_path: Path) -> Callable[[], Path]:
    """A maker of names of folders that are not there yet."""
    numbers = count()
    return lambda: tmp_path / f"study{next(numbers)}"


#: A small study by hand, in the style of the manual, with one of everything that links.
SMALL = {
    "study.yaml": "key: small\ntitle: A small study\n",
    "actors.csv": "key,ccode,abbreviation,name,note\nusa,2,USA,United States,\nchn,710,CHN,China,\n",
    "coders.yaml": "- key: ann\n  name: Ann\n",
    "cases.csv": (
        "key,title,start,end,status,data_set,data_version,aliases,fatality,outcome\n"
        'mid-50,Taiwan Strait,1954-09-03,1955-05-01,deep,COW MID,4.01,COW MID 4.01: 50; COW MID 4.3: 251 (merged),0,"""6"""\n'
        "mid-51,Another,1956,,,,,,,\n"
    ),
    "participants.csv": "case,actor,side,spell,role,start,end,hostility,action,revisionist\nmid-50,usa,A,,,,,3,7,false\nmid-50,chn,B,,,,,4,,true\n",
    "sources.json": '[\n {"id": "d134",\n  "title": "Memorandum",\n  "custom": {"tier": "primary"}},\n {"id": "d135", "title": "Copy", "custom": {\n   "tier": "primary", "derived_from": "d134"}}\n]\n',
    "scheme.yaml": (
        "variables:\n- key: ALLY\n  label: Role of alliances\n  versions:\n  - version: '1'\n    scale: ordinal\n    levels:\n"
        "    - {value: '0', label: none}\n    - {value: '1', label: some, needs: [search]}\n"
    ),
    "hypotheses.yaml": "- key: h1\n  case: mid-50\n  statement: Allies\n  rivals:\n  - {rival: h2, relation: exclusive}\n- key: h2\n  statement: Interests\n",
    "cases/mid-50.md": (
        "---\nquotes:\n- key: d134.1\n  source: d134\n  words: We stand by them.\n  locator: {page: 315}\n"
        "observations:\n- key: o1\n  proposition: Dulles stated X\n  quotes: [d134.1]\n"
        "searches:\n- key: s1\n  question: Other reasons\n  corpus: FRUS\n  sensitivity: 0.7\n"
        "tests:\n- key: t1\n  hypothesis: h1\n  rival: h2\n  kind: hoop\n  prediction: It is said\n  if_false: It is not said\n"
        "  declared_at: 2026-11-22T19:10:00Z\n  result: failed\n  bearings:\n  - {search: s1, direction: against}\n"
        "decisions:\n- key: d1\n  variable: ALLY\n  value: '1'\n  rationale: So\n  counter_evidence: None found\n  coder: ann\n  searches: [s1]\n"
        "---\n\nThe story [@d134.1].\n"
    ),
}  # fmt: skip


@pytest.fixture
def small(new_folder: Callable[[], Path]) -> Path:
    """A folder with a small study."""
    folder = new_folder()
    for name, text in SMALL.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder
