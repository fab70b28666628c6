"""Whatever a scholar writes in a narrative, pandoc reads in its Markdown the words that the site shows, and no more."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.publish.csl.program import pandoc
from evidence.publish.documents.markdown import blocks
from evidence.publish.documents.pandoc import FROM
from evidence.publish.documents.rich import parse, words
from evidence.publish.narratives import markdown

#: What means something to one Markdown or another, and some words between.
_ATOMS = (
    "a Two_words ! [ ] ( ) * ** _ ` `` ~ ~~ ^ < > & &amp; # ## - -- --- + 1. 2) (a) i. | : :: ::: % $ $$ \\ \\( @ @x [@ { } "
    "{.a} {#id} = \" ' “ ” … ... http://x.org/ <http://x.org> [l](http://x.org) ![i](http://x.org) [^1] [^1]: ``` ~~~ *** <b> "
    "</b> <!-- --> :smile: 0 H~2~O x^2^ [x]{.smallcaps} \\newpage ^[note] &#35; &nbsp; Table: table: é قال 危機 \u00a0 \u00ad"
).split(" ")
_LINES = [
    "\n", "\n\n", "\n    ", "\n- ", "\n1. ", "\n> ", "\n| a | b |\n|---|---|\n| c | d |\n", "\n```\nx\n```\n", "  \n", "\n***\n",
    "\n===\n", "\n---\n", " ", " ",
]  # fmt: skip
_narratives = st.lists(st.sampled_from(_ATOMS + _LINES), min_size=1, max_size=14).map("".join)
#: What no text may be read as: pictures, which pandoc would fetch, and what is TeX, HTML, a formula or a citation.
_NEVER = {"Image", "RawInline", "RawBlock", "Math", "Cite", "Note", "Div"}


@settings(max_examples=25, deadline=None)
@given(st.lists(_narratives, min_size=20, max_size=60))
def test_pandoc_reads_what_the_site_shows(narratives: list[str]) -> None:
    trees = [parse(markdown(text)) for text in narratives]
    written = "\n".join(f"# case{n}\n\n{blocks(tree, lambda _: '')}\n" for n, tree in enumerate(trees))
    line = [str(pandoc()), "--from", FROM, "--to", "json"]
    read = json.loads(subprocess.run(line, input=written.encode(), capture_output=True, check=True).stdout)
    found: list[str] = []
    for block in read["blocks"]:
        if block["t"] == "Header" and block["c"][0] == 1:
            assert _said(block) == f"case{len(found)}"
            found.append("")
        else:
            found[-1] += _said(block)
    for text, tree, said in zip(narratives, trees, found, strict=True):
        assert said == _bare("".join(words(tree))), text


def _said(node: Any) -> str:
    """Return the letters that a piece of pandoc's tree shows."""
    if isinstance(node, list):
        return "".join(map(_said, node))
    if not isinstance(node, dict) or "t" not in node:
        return ""
    kind: str = node["t"]
    inside: Any = node.get("c")
    assert kind not in _NEVER, node
    if kind == "Str":
        return _bare(inside)
    if kind in ("Code", "CodeBlock", "Link", "Span"):
        return _bare(inside[1]) if isinstance(inside[1], str) else _said(inside[1])
    return _said(inside)


def _bare(text: str) -> str:
    return re.sub(r"[\s\u00ad]+", "", text)
