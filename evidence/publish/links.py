"""How a page leads to the others: relative addresses, or places on the same page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import quote as escaped

__all__ = ["ALONE", "BELOW", "CASE", "FRONT", "SOURCE", "Links"]


@lru_cache(maxsize=16384)
def quote(page: str) -> str:
    """Return a page's name as it stands in an address; each is asked for many times."""
    return escaped(page)


@dataclass(frozen=True, slots=True)
class Links:
    """How a page leads to the others: relative addresses, or places on the same page."""

    home: str
    front: str  # a section of the front page is at front ~ "#" ~ its id
    table: str
    sources: str  # the list of sources
    commitments: str
    assets: str
    before: str  # a case is at before ~ its page ~ after
    after: str
    shelf: str  # a source is at shelf ~ its page ~ after
    single: bool = False
    bibliography: str = ""
    search: str = ""  # a single file has none: a browser searches a page itself

    @property
    def overview(self) -> str:
        """The address of the overview of the evidence."""
        return "#overview" if self.single else f"{self.assets}overview.html"

    @property
    def changes(self) -> str:
        """The address of what changed since a release."""
        return "#changes" if self.single else f"{self.assets}changes.html"

    def case(self, case: Any) -> str:
        """Return the address of a case."""
        return f"{self.before}{case.key if self.single else quote(case.page)}{self.after}"

    def at(self, case: Any) -> str:
        """Return what the ids on a case's page begin with."""
        return f"{case.key}:" if self.single else ""

    def evidence(self, case: Any, number: str) -> str:
        """Return the address of a numbered piece of evidence on a case's page."""
        return f"#{case.key}:{number}" if self.single else f"{self.case(case)}#{number}"

    def source(self, source: Any, words: str = "") -> str:
        """Return the address of a source, or of a quote from it by the quote's key."""
        if self.single:
            return f"#quote-{words}" if words else f"#source-{source.key}"
        return f"{self.shelf}{quote(source.page)}{self.after}" + (f"#quote-{words}" if words else "")

    @property
    def hypotheses(self) -> str:
        """Return the address of the list of hypotheses and kinds of test."""
        return "#hypotheses" if self.single else f"{self.assets}hypotheses.html"

    def kind(self, kind: str) -> str:
        """Return the address of a kind of test."""
        name = kind.replace(" ", "-")
        return f"#kind-{name}" if self.single else f"{self.assets}kinds/{name}.html"

    def hypothesis(self, claim: Any) -> str:
        """Return the address of a hypothesis."""
        return (
            f"#hypothesis-{claim.key}" if self.single else f"{self.assets}hypotheses/{quote(claim.page)}.html"
        )

    def test(self, case: Any, test: Any) -> str:
        """Return the permanent address of a test on a case's page."""
        return f"#{case.key}:test-{test.key}" if self.single else f"{self.case(case)}#test-{test.key}"

    def code(self, case: Any, key: str) -> str:
        """Return the permanent address of a code on a case's page, by the decision's key."""
        return f"#{case.key}:code-{key}" if self.single else f"{self.case(case)}#code-{key}"

    def root_source(self, source: Any, words: str) -> str:
        """Return the permanent address of a quote from a source, from the site's root."""
        return f"sources/{quote(source.page)}.html#quote-{words}"

    def root_code(self, case: Any, key: str) -> str:
        """Return the permanent address of a code, from the site's root."""
        return f"cases/{quote(case.page)}.html#code-{key}"

    def under(self, source: Any) -> str:
        """Return what the ids on a source's page begin with."""
        return f"source-{source.key}:" if self.single else ""


#: From a page beside the front page.
FRONT = Links(
    "index.html",
    "index.html",
    "table.html",
    "sources.html",
    "commitments.html",
    "",
    "cases/",
    ".html",
    "sources/",
    bibliography="bibliography.html",
    search="search.html",
)
#: From a case's page.
CASE = Links(
    "../index.html",
    "../index.html",
    "../table.html",
    "../sources.html",
    "../commitments.html",
    "../",
    "",
    ".html",
    "../sources/",
    bibliography="../bibliography.html",
    search="../search.html",
)
#: From a source's page.
SOURCE = replace(CASE, before="../cases/", shelf="")
#: From a page in a folder of its own beside those: of a kind of test, of a hypothesis.
BELOW = replace(CASE, before="../cases/")
#: Within one file.
ALONE = Links(
    "#top", "", "#table", "", "#commitments", "", "#case-", "", "", single=True, bibliography="#bibliography"
)
