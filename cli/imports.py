"""import: the group whose commands bring things in; each is loaded when it is called."""

from __future__ import annotations

from importlib import import_module

import click

from evidence.errors import nearest

#: Every import: the module that has it, and the line that ``evidence import --help`` shows.
IMPORTS: dict[str, tuple[str, str]] = {
    "mid": ("import_cases", "Disputes from COW's Militarized Interstate Disputes."),
    "table": ("import_cases", "Records of any noun from any table, CSV or XLSX."),
    "codings": ("import_codings", "Codes of the same cases by a publication or data set."),
    "texts": ("import_texts", "A folder of documents: plain text, Markdown, HTML, PDF, DOCX."),
    "frus": ("import_frus", "Volumes of Foreign Relations of the United States."),
    "bibliography": ("import_bibliography", "Sources from Zotero, EndNote, BibTeX, RIS or CSL-JSON."),
    "tropy": ("import_annotations", "Photographed documents described in Tropy."),
    "hypothesis": ("import_annotations", "Annotations made with Hypothesis."),
    "annotations": ("import_annotations", "W3C Web Annotations."),
    "challenge": ("import_challenge", "What readers of the appendix doubt, from the files that they saved."),
    "qdpx": ("import_annotations", "REFI-QDA projects and code books: NVivo, MAXQDA, ATLAS.ti, QualCoder."),
}


class Imports(click.Group):
    """The group that knows its commands by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the imports in the order of the work."""
        return list(IMPORTS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Load an import: the function that is called like it, dashes as underscores."""
        if cmd_name not in IMPORTS:
            return None
        module = import_module(f".{IMPORTS[cmd_name][0]}", __package__)
        found: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest the import that was meant."""
        if args and args[0] not in IMPORTS and not args[0].startswith("-"):
            near = nearest(args[0], IMPORTS)
            hint = f" Did you mean {' or '.join(near)}?" if near else ""
            raise click.UsageError(f"There is no import {args[0]!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the imports without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in IMPORTS.items()])


def command(name: str) -> click.Command:  # noqa: ARG001
    """Return the group."""
    return imports


@click.group("import", cls=Imports)
def imports() -> None:
    """Bring in cases, sources and passages. Everything is checked before anything is written.

    \b
    Example:
      evidence import mid --disputes MIDA.csv --participants MIDB.csv --data-version 4.01 --country 2
    """
