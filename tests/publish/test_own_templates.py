"""Templates of one's own: each holds what differs, has the rest from ours, and its mistakes are sentences with a place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evidence.errors import EvidenceError
from evidence.ledger import schema
from evidence.publish.environment import templates
from evidence.publish.render import appendix
from tests.kit import Ledger
from tests.publish.strait import two_cases


@pytest.fixture(scope="module")
def strait(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """A study of two cases, which these tests only read."""
    url = f"sqlite:///{tmp_path_factory.mktemp('own') / 'evidence.db'}"
    schema.create(url)
    return two_cases(url)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Somebody's folder of templates."""
    (tmp_path / "own").mkdir()
    return tmp_path / "own"


def rendered(ledger: Ledger, own: Path | None, output: Path, **options: object) -> Path:
    """Render through a new connection."""
    with ledger.read() as (connection, study):
        appendix(connection, study, output, templates=own, **options)  # type: ignore[arg-type]
    return output


def pages(folder: Path) -> dict[str, str]:
    """Return every page by its path."""
    return {str(file.relative_to(folder)): file.read_text("utf-8") for file in sorted(folder.rglob("*.html"))}


def test_one_block_of_the_frame_is_ones_own_and_all_else_is_ours(
    strait: Ledger, own: Path, tmp_path: Path
) -> None:
    mast = '<p class="mast">A JOURNAL (made up)</p>\n'
    (own / "base.html.j2").write_text(
        f'\ufeff{{% extends "ours/base.html.j2" %}}\r\n{{% block before_main %}}\n{mast}{{% endblock %}}\n',
        encoding="utf-8",
    )
    theirs, plain = (
        pages(rendered(strait, own, tmp_path / "own-site")),
        pages(rendered(strait, None, tmp_path / "site")),
    )
    assert {name: page.replace(mast, "") for name, page in theirs.items()} == plain
    assert all(page.count(mast) == 1 for page in theirs.values())
    one = rendered(strait, own, tmp_path / "one.html", single_file=True).read_text("utf-8")
    assert one.count(mast) == 1


def test_a_section_of_a_case_changes_on_its_page_and_in_one_file(
    strait: Ledger, own: Path, tmp_path: Path
) -> None:
    (own / "appendix").mkdir()
    (own / "appendix" / "entry.html.j2").write_text(
        '{% extends "ours/entry.html.j2" %}\n{% block narrative %}<p id="{{ at }}mine">{{ case.key }}</p>\n'
        "{{ super() }}{% endblock %}\n{% block history %}{% endblock %}\n"
    )
    page = rendered(strait, own, tmp_path / "site") / "cases" / "mid-50.html"
    text = page.read_text("utf-8")
    assert '<p id="mine">mid-50</p>\n<section id="narrative"' in text
    assert "History of the codes" not in text
    assert "Case 50" in text
    one = rendered(strait, own, tmp_path / "one.html", single_file=True).read_text("utf-8")
    assert '<p id="mid-50:mine">mid-50</p>' in one
    assert '<p id="mid-51:mine">mid-51</p>' in one


def test_a_file_of_macros_need_only_have_those_that_differ(strait: Ledger, own: Path, tmp_path: Path) -> None:
    (own / "parts.html.j2").write_text(
        "{% macro cell(coding) %}<b>{{ coding.code.value if coding.code else '?' }}</b>{% endmacro %}"
    )
    site = rendered(strait, own, tmp_path / "site")
    assert 'class="code"><b>2</b></td>' in (site / "table.html").read_text("utf-8")
    assert 'class="chip"' in (site / "cases" / "mid-50.html").read_text("utf-8")


def test_ones_own_files_include_and_import_one_another(strait: Ledger, own: Path, tmp_path: Path) -> None:
    (own / "logo.html.j2").write_text("<b>{{ study.key }}</b>")
    (own / "base.html.j2").write_text(
        '{% extends "ours/base.html.j2" %}{% block masthead %}{% include "logo.html.j2" %}{{ super() }}{% endblock %}'
    )
    index = (rendered(strait, own, tmp_path / "site") / "index.html").read_text("utf-8")
    assert 0 < index.index("<b>strait</b>") < index.index("<main")


_WRONG = [
    ("case.html.j2", "\n{{ case.codings[0].code.valeu }}", r"case.html.j2, line 2: CodeView has no 'valeu'; did you mean 'value'\?"),
    ("case.html.j2", "{{ study.titel }}", r"case.html.j2, line 1: FrameView has no 'titel'; did you mean 'title'\?"),
    ("index.html.j2", "{{ study.quesiton }}", r"index.html.j2, line 1: StudyView has no 'quesiton'; did you mean 'question'\?"),
    ("case.html.j2", "{{ links.hmoe }}", r"case.html.j2, line 1: Links has no 'hmoe'; did you mean 'home'\?"),
    ("case.html.j2", "{{ links.sorce(case) }}", r"case.html.j2, line 1: Links has no 'sorce'; did you mean 'sources'\?"),
    ("case.html.j2", "{% for one in case.evidence %}\n{{ one.quotes[0].source.titel }}{% endfor %}",
     r"case.html.j2, line 2: SourceView has no 'titel'; did you mean 'title'\?"),
    ("case.html.j2", "{{ case.codings|map(attribute='vraiable')|join }}", r"case.html.j2, line 1: CodingView has no 'vraiable'; did you mean 'variable'\?"),
    ("case.html.j2", "{{ case.codings|selectattr('vraiable')|list }}", r"case.html.j2, line 1: CodingView has no 'vraiable'; did you mean 'variable'\?"),
    ("case.html.j2", "{% macro one(x) %}\n{{ x.kye }}\n{% endmacro %}{{ one(case) }}", r"case.html.j2, line 2: CaseView has no 'kye'; did you mean 'key'\?"),
    ("case.html.j2", '{% from "parts.html.j2" import chp %}\n{{ chp(none) }}', r"case.html.j2, line 2: .*does not export the requested name 'chp'"),
    ("case.html.j2", '{% import "parts.html.j2" as parts %}\n{{ parts.chip() }}', r"ours/parts.html.j2, line \d+: parameter 'code' was not provided."),
    ("case.html.j2", "{{ case.title|trmi }}", r"case.html.j2, line 1: No filter named 'trmi' \(is it 'trim' that was meant\?\); correct"),
    ("case.html.j2", "{% if case.title is strnig %}{% endif %}", r"case.html.j2, line 1: No test named 'strnig' \(is it 'string' that was meant\?\)"),
    ("case.html.j2", "\n{{ case.title + 1 }}", r"case.html.j2, line 2: "),
    ("case.html.j2", "{{ case.evidence|sum }}", r"case.html.j2, line 1: "),
    ("case.html.j2", "{{ case.title.sub.more }}", r"case.html.j2, line 1: a text has no 'sub'\."),
    ("case.html.j2", "{{ case.tests[9].key }}", r"case.html.j2, line 1: a list has no 9\."),
    ("case.html.j2", "{{ case.square.nothing }}{{ case.previous.key }}", r"case.html.j2, line 1: "),
    ("case.html.j2", '{% import "parts.html.j2" as parts %}\n{{ parts.chpi(1) }}', r"case.html.j2, line 2: the imported template has no 'chpi'; did you mean 'chip'\?"),
    ("case.html.j2", "{{ case() }}", r"case.html.j2, line 1: "),
    ("case.html.j2", "{% include 'entyr.html.j2' %}", r"case.html.j2, line 1: There is no template 'entyr.html.j2'; did you mean 'entry.html.j2'\?"),
    ("case.html.j2", "{% extends 'ours/bsae.html.j2' %}", r"case.html.j2, line 1: There is no template 'ours/bsae.html.j2'; did you mean 'ours/base.html.j2'\?"),
    ("entry.html.j2", '{% extends "ours/entry.html.j2" %}\n{% block narative %}{% endblock %}',
     r"entry.html.j2, line 2: ours/entry.html.j2 has no block 'narative'; did you mean 'narrative'\?"),
    ("entry.html.j2", '{% extends "ours/entry.html.j2" %}\n{% block head %}{{ case.titel }}{% endblock %}',
     r"entry.html.j2, line 2: CaseView has no 'titel'; did you mean 'title'\?"),
    ("base.html.j2", '{% extends "ours/base.html.j2" %}\n\n<b>Journal</b>{% block footer %}{% endblock %}',
     r"base.html.j2, line 3: This stands outside all blocks, and would not be shown; put it into a block\."),
    ("base.html.j2", '{% extends "ours/base.html.j2" %}\n{{ study.title }}', r"base.html.j2, line 2: This stands outside all blocks"),
    ("base.html.j2", '{% extends "base.html.j2" %}', r'base.html.j2, line 1: This extends itself; write \{% extends "ours/base.html.j2" %\} to extend ours'),
    ("parts.html.j2", "{% macro chip(code) %}{% endmacro %}", r"ours/\w+.html.j2, line \d+: macro 'chip' takes no"),
    ("case.html.j2", "{% set h = 1 %}{% set links = 3 %}{% include 'entry.html.j2' %}", r"ours/entry.html.j2, line \d+: "),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "message"), _WRONG, ids=[one[1][:40] for one in _WRONG])
def test_a_mistake_names_template_line_and_what_was_meant(
    strait: Ledger, own: Path, tmp_path: Path, name: str, text: str, message: str
) -> None:
    (own / name).write_text(text)
    with pytest.raises(EvidenceError, match=f"^(?:{message})") as raised:
        rendered(strait, own, tmp_path / "site")
    assert str(raised.value).endswith((".", "?"))
    assert str(tmp_path) not in str(raised.value)
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize(
    "text",
    [
        "{{ case.__class__ }}",
        "{{ case|attr('__class__') }}",
        "{{ case['__class__'] }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ cycler.__init__.__globals__['os'].popen('id').read() }}",
        "{{ links.source.__func__.__globals__ }}",
        "{{ self.__init__.__globals__ }}",
        "{{ lipsum.__globals__ }}",
        "{{ '{0.__class__}'.format(case) }}",
        "{{ '{0.__class__}'|format_map({}) }}",
        "{{ [case]|map(attribute='__class__')|join }}",
        "{{ ([case]|groupby('__class__'))[0].grouper.__mro__ }}",
        "{{ {}.update(a=1) }}",
    ],
)
def test_no_way_leads_from_a_view_to_the_machine(
    own: Path, strait: Ledger, tmp_path: Path, text: str
) -> None:
    (own / "case.html.j2").write_text(text)
    with pytest.raises(EvidenceError, match=r"^case.html.j2, line 1: "):
        rendered(strait, own, tmp_path / "site")


def test_ours_alone_are_not_held_back_by_the_sandbox_and_compile_apart_from_it(own: Path) -> None:
    plain = templates("appendix")
    assert templates("appendix", own).render("parts.html.j2") == plain.render("parts.html.j2")
    assert plain.render("parts.html.j2") == templates("appendix", own).render("ours/parts.html.j2")


def test_a_folder_may_hold_the_templates_of_every_kind(own: Path) -> None:
    (own / "appendix").mkdir()
    (own / "appendix" / "parts.html.j2").write_text("of the appendix")
    (own / "audit").mkdir()
    (own / "audit" / "tests.html.j2").write_text("of the audit")
    (own / "lists.html.j2").write_text("of the appendix, without a folder")
    assert templates("appendix", own).render("parts.html.j2") == "of the appendix"
    assert templates("appendix", own).render("lists.html.j2") == "of the appendix, without a folder"
    assert templates("audit", own).render("tests.html.j2") == "of the audit"
    assert not re.search("of the", templates("audit", own).render("codes.html.j2"))
