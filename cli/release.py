"""release: publish a revision under a name; list, show, diff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .options import json_option, long_option
from .output import as_json as print_json
from .output import counted, paragraph, table
from .session import keep, looking, message_option, reads, say, study_in, templates_option

if TYPE_CHECKING:
    from evidence.audit.later import Recoded, Released
    from evidence.audit.told import Telling
    from evidence.publish.releasing import Frozen, Made

_FORMATS = ("site", "html", "pdf", "docx", "latex", "md", "epub")
_SLIP = 1  # so many letters beside a command's name, and no name of a release
_NOW = "now"


class Releases(click.Group):
    """The group whose first word may be a release's name: ``evidence release 1.0`` makes it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put ``make`` before a name; a slip of the pen is no name."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            near = [one for one in self.commands if _apart(args[0], one) <= _SLIP]
            if near:
                raise click.UsageError(
                    f"There is no command {args[0]!r}. Did you mean {near[0]!r}? "
                    f"A release of that name is made by 'evidence release make {args[0]}'.",
                    ctx,
                )
            args = ["make", *args]
        return super().parse_args(ctx, args)


def _apart(one: str, other: str) -> int:
    """Return how many letters were missed, doubled, changed or turned round between two words."""
    from rapidfuzz.distance import DamerauLevenshtein

    return int(DamerauLevenshtein.distance(one, other))


def command(name: str) -> click.Command:  # noqa: ARG001
    """Return the group."""
    return release


@click.group(cls=Releases)
def release() -> None:
    """Publish the newest revision under a NAME, and see what changed since.

    'evidence release NAME' renders it into a folder with checksums and a manifest, and records it in the ledger;
    'evidence release make --help' says more.

    \b
    Example:
      evidence release 1.0 --note "As submitted."
      evidence release diff 1.0
    """


@release.command()
@click.argument("name")
@click.option(
    "--output", type=click.Path(path_type=Path), help="The folder to make. [default: STUDY-NAME, here]"
)
@click.option(
    "--format",
    "formats",
    type=click.Choice(_FORMATS),
    multiple=True,
    default=("site",),
    help="What to render. May be repeated. [default: site]",
)
@click.option(
    "--style", default="", metavar="NAME|FILE", help="Citation style (CSL).  [default: the study's]"
)
@long_option("--note", help="What is new in it, in a sentence.")
@templates_option
@click.option("--strict", is_flag=True, help="Refuse if 'evidence check' finds anything.")
@click.option(
    "--again", is_flag=True, help="Make a release that is recorded once more, from its own revision."
)
@message_option
@click.pass_context
def make(
    ctx: click.Context, /, name: str, again: bool, strict: bool, message: str | None, **said: Any
) -> None:
    """Freeze the newest revision as the release NAME, and render it into a folder of its own.

    The folder has what was rendered, manifest.json (the revision and its digest, the program's version, styles,
    counts, open findings, every file) and SHA256SUMS, which 'sha256sum -c' takes. It is whole, or not there; the
    same revision gives the same bytes anywhere. A name is used once: --again makes a recorded release anew, and says
    whether it came out the same.

    \b
    Example:
      evidence release make 1.0 --note "As submitted." --format site --format html
    """
    if again:
        _again(ctx, name, said["output"], said["templates"])
        return
    from evidence.errors import ValueRefused
    from evidence.ledger.forms import read_key
    from evidence.ledger.roles import require_sight
    from evidence.publish import releasing

    name = read_key(name)
    if name.casefold() == _NOW:
        raise ValueRefused(
            f"{name!r} is what 'evidence release diff' calls the ledger as it is; give the release another name."
        )
    with looking(ctx, here=True) as (connection, study):
        require_sight(connection, "a release can be made")
        _require_free(connection, study, name)
        releasing.require_sound(connection, study)
        of = releasing.frozen(connection, study)
        _require_clean(of, strict=strict)
        made = releasing.freeze(
            connection, study, of, name, said["output"] or Path(f"{of.study.key}-{name}"),
            formats=said["formats"], note=said["note"] or "", templates=said["templates"], style=said["style"],
        )  # fmt: skip
    try:
        keep(ctx, lambda session: _record(session, name, of, made, said["note"] or ""), message)
    except BaseException:
        if not _is_recorded(ctx, name):  # nobody may be left to tell, and the ledger knows it all the same
            releasing.withdraw(made)
        raise


def _is_recorded(ctx: click.Context, name: str) -> bool:
    from evidence.audit.later import releases

    with looking(ctx, here=True) as (connection, study):
        return name in {one.key for one in releases(connection, study)}


def _record(session: Any, name: str, of: Frozen, made: Made, note: str) -> None:
    from evidence import __version__
    from evidence.ledger import records
    from evidence.publish.releasing import place

    values = {
        "key": name, "revision": of.revision, "digest": of.digest, "author": session.author, "note": note,
        "tool_version": __version__, "formats": list(made.formats), "styles": list(made.styles), "manifest": made.manifest,
    }  # fmt: skip
    records.add(session, "release", values, computed=True)
    if not made.output.exists():  # a transaction that is tried again finds it there
        place(made)
    say(f"Release {name} is in {made.output}: revision {of.revision}, {counted(made.files, 'file')}.")
    say(f"Digest of the revision: {of.digest}")
    if of.findings:
        rules = ", ".join(f"{rule} {number}" for rule, number in of.findings.items())
        total = sum(of.findings.values())
        say(f"It has {counted(total, 'finding')} of 'evidence check', and its manifest says so: {rules}.")
    if of.unanswered:
        say(f"{counted(of.unanswered, 'challenge')} without an answer: 'evidence challenge list --open'.")


def _require_free(connection: Any, study: Any, name: str) -> None:
    from evidence.audit.later import releases
    from evidence.errors import ValueRefused

    known = {one.key: one for one in releases(connection, study)}
    if name in known:
        raise ValueRefused(
            f"release {name} was made on {known[name].made_at:%Y-%m-%d}, and a name is used once; choose another, or "
            "make that one once more with --again."
        )


def _require_clean(of: Frozen, *, strict: bool) -> None:
    from evidence.errors import MethodError

    if strict and of.findings:
        total = counted(sum(of.findings.values()), "finding")
        raise MethodError(
            f"'evidence check' has {total} ({', '.join(of.findings)}), so nothing was released (--strict)."
        )


def _again(ctx: click.Context, name: str, output: Path | None, templates: Path | None) -> None:
    """Render a recorded release from its own revision, and compare."""
    from evidence import __version__
    from evidence.errors import LedgerError
    from evidence.ledger import history
    from evidence.ledger.roles import require_sight
    from evidence.publish import releasing

    with looking(ctx, here=True) as (connection, study):
        require_sight(connection, "a release can be made again")
        one = _named(connection, study, name)
        if not one.number:
            raise LedgerError(
                f"This ledger does not have revision {one.digest[:12]}, of which release {one.key} was made; open the one that has."
            )
        with history.as_of(connection, study, one.number) as past:
            then = study_in(past)
            of = releasing.frozen(past, then)
            where = output or Path(f"{of.study.key}-{one.key}")
            made = releasing.freeze(
                past, then, of, one.key, where, formats=one.formats, note=one.note, templates=templates,
                style="" if one.styles == (of.study.citation_style,) else one.styles[0],
            )  # fmt: skip
    releasing.place(made)
    click.echo(
        f"Release {one.key} is in {where} once more: revision {one.number}, {counted(made.files, 'file')}.",
        err=True,
    )
    if made.manifest == one.manifest:
        click.echo("It is the same, byte for byte.", err=True)
    else:
        other = (
            ""
            if one.tool_version == __version__
            else f" It was made by evidence {one.tool_version}, and this is {__version__}."
        )
        click.echo(
            f"It is not the same: its manifest has another digest than the ledger recorded.{other}", err=True
        )


def _named(connection: Any, study: Any, name: str) -> Released:
    from evidence.audit.later import releases
    from evidence.errors import UnknownKey

    known = {one.key: one for one in releases(connection, study)}
    if name not in known:
        raise UnknownKey("release", name, known)
    return known[name]


@release.command("list")
@json_option
@reads
def listing(connection: Any, study: Any, as_json: bool) -> None:
    """List the releases.

    \b
    Example:
      evidence release list
    """
    from evidence.audit.later import releases

    found = releases(connection, study)
    if as_json:
        print_json(list(map(asdict, found)))
        return
    rows = [
        (
            one.key,
            one.number or "–",
            one.digest[:10],
            f"{one.made_at:%Y-%m-%d}",
            one.author,
            ", ".join(one.formats),
            one.note,
        )
        for one in found
    ]
    table(("NAME", "REVISION", "DIGEST", "MADE", "BY", "FORMATS", "NOTE"), rows)
    if not rows:
        say("There is no release yet; 'evidence release NAME' makes one.")


@release.command()
@click.argument("name")
@json_option
@reads
def show(connection: Any, study: Any, name: str, as_json: bool) -> None:
    """Show a release: its revision, the digests by which it can be checked, and its note.

    \b
    Example:
      evidence release show 1.0
    """
    from evidence.ledger.shown import shown

    from .output import facts

    found = shown(connection, study, "release", name)
    print_json(found) if as_json else facts(found)


@release.command()
@click.argument("name")
@click.argument("other", default=_NOW)
@json_option
@reads
def diff(connection: Any, study: Any, name: str, other: str, as_json: bool) -> None:
    """Tell what changed from the release NAME to an OTHER one, or to now: codes first, with their reasons.

    \b
    Example:
      evidence release diff 1.0
      evidence release diff 1.0 1.1
    """
    from evidence.audit.later import told_since
    from evidence.errors import LedgerError

    ends = [_named(connection, study, one) for one in ([name] if other == _NOW else [name, other])]
    for one in ends:
        if not one.number:
            raise LedgerError(
                f"This ledger does not have revision {one.digest[:12]}, of which release {one.key} was made."
            )
    numbers = [one.number for one in ends]
    first, last = (numbers[0], None) if other == _NOW else (min(numbers), max(numbers))
    codes, telling = told_since(connection, study, first, last)
    if as_json:
        lines = [
            {"part": one.part, "case": one.case, "said": one.said, "keys": one.keys} for one in telling.lines
        ]
        print_json({"codes": list(map(asdict, codes)), "told": lines})
        return
    if numbers != sorted(numbers):
        say(f"Told in the order of time, from {other} to {name}.")
    _tell(codes, telling)


def _tell(codes: Sequence[Recoded], telling: Telling) -> None:
    rows = [
        (one.case, one.variable, one.before or "–", one.after, one.coder, one.day, one.why)
        for one in codes
        if not one.published
    ]
    table(("CASE", "VARIABLE", "BEFORE", "AFTER", "BY", "ON", "BECAUSE"), rows)
    lines = [one for one in telling.lines if one.part != "codes" or not rows]
    for part in dict.fromkeys(one.part for one in lines):
        click.echo(click.style(part[0].upper() + part[1:], bold=True))
        for one in lines:
            if one.part == part:
                click.echo(paragraph(one.said, "      ", "  "))
    if not rows and not lines:
        say("Nothing changed.")
