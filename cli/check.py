"""check: what a referee would object to, by rules with ids for good."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .options import json_option, with_options
from .output import as_json as print_json
from .output import counted, paragraph, table
from .session import reads

if TYPE_CHECKING:
    from evidence.audit.checks.rules import Found, Rule
    from evidence.audit.checks.running import Checked

_FINDINGS = 3
#: Of more findings of one rule than these, the rest is counted.
_MANY = 8
_STUDY = "The study"


def command(name: str) -> click.Command:  # noqa: ARG001
    """Return the command."""
    return click.command("check")(with_options(check, _look.__click_params__))  # type: ignore[attr-defined]


@click.argument("rules", nargs=-1, metavar="[RULE]...")
@click.option(
    "--select", "select", multiple=True, metavar="RULES", help="Only these rules, parted by commas."
)
@click.option("--ignore", "ignore", multiple=True, metavar="RULES", help="Not these rules, parted by commas.")
@click.option("--case", metavar="KEY", help="Only what concerns this case.")
@click.option(
    "--by",
    type=click.Choice(["rule", "case"]),
    default="rule",
    help="How to group what is found. [default: rule]",
)
@click.option(
    "--all", "everything", is_flag=True, help=f"List every finding, also of rules with more than {_MANY}."
)
@click.option("--statistics", is_flag=True, help="Count the findings of each rule.")
@click.option(
    "--list", "listing", is_flag=True, help="List the rules; with RULE, all that is to be said of it."
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="FILE",
    help="Leave out the findings that FILE knows.",
)
@click.option(
    "--write-baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write what is found to FILE, as known from now on.",
)
@json_option
def check(
    rules: tuple[str, ...],
    listing: bool,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    as_json: bool,
    **params: Any,
) -> None:
    """Check the study as a referee would: is the chain whole, the support independent, the rival tried as hard?

    RULE is a rule's id (EV404), the beginning of one (EV4), its name (one-lineage) or a family (balance); without
    any, all are asked but those that the study leaves out ('evidence study edit --checks'). A finding is no error:
    it names what a reader should look at, and nothing is changed. Exit 3 if there are any.

    \b
    Example:
      evidence check
      evidence check suspects
      evidence check --case mid-50 --ignore EV6,EV111
      evidence check --write-baseline known.txt
    """
    chosen = {"names": rules, "select": _parted(select), "ignore": _parted(ignore)}
    if listing:
        _list(**chosen, as_json=as_json)
    else:
        _look(**chosen, as_json=as_json, **params)


def _parted(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name.strip() for given in names for name in given.split(",") if name.strip())


def _list(names: Sequence[str], select: Sequence[str], ignore: Sequence[str], *, as_json: bool) -> None:
    from evidence.audit.checks import RULES, chosen

    wanted = chosen(RULES, [*names, *select]) if names or select else {rule.id for rule in RULES}
    shown = [rule for rule in RULES if rule.id in wanted - chosen(RULES, ignore)]
    if as_json:
        print_json(
            [
                {
                    "rule": r.id,
                    "name": r.slug,
                    "family": r.family,
                    "reason": r.reason,
                    "source": r.source,
                    "remedy": r.remedy,
                }
                for r in shown
            ]
        )
    elif names:
        for rule in shown:
            click.echo(click.style(f"{rule.id} {rule.slug}", bold=True) + f"  ({rule.family})")
            for said in (rule.reason, f"Source: {rule.source}.", f"To put it right: {rule.remedy}"):
                click.echo(paragraph(said, "  ", "  "))
    else:
        table(("RULE", "NAME", "REASON"), [(rule.id, rule.slug, rule.reason) for rule in shown])


@reads
def _look(
    connection: Any,
    study: Any,
    names: Sequence[str],
    select: Sequence[str],
    ignore: Sequence[str],
    case: str | None,
    by: str,
    everything: bool,
    statistics: bool,
    baseline: Path | None,
    write_baseline: Path | None,
    as_json: bool,
) -> None:
    from evidence.audit.checks.baseline import against, lines, parsed
    from evidence.audit.checks.running import check as run

    known = parsed(_read(baseline), str(baseline)) if baseline else frozenset()
    checked = run(connection, study, names=names, select=select, ignore=ignore, case=case)
    found, old, gone = against(checked, known)
    if write_baseline is not None:
        _write(write_baseline, lines(checked.found))
        click.echo(f"{counted(len(checked.found), 'finding')} written to {write_baseline}.", err=True)
        return
    if statistics:
        _count(checked, found, as_json=as_json)
    elif as_json:
        print_json([_row(one, checked) for one in found])
    elif found:
        shown = _by_case(checked, found) if by == "case" else _by_rule(checked, found, everything=everything)
        click.echo("\n".join(shown))
    for sentence in _summed(checked, found, old, gone):
        click.echo(sentence, err=True)
    if found:
        raise SystemExit(_FINDINGS)


def _read(file: Path) -> str:
    from evidence.errors import ValueRefused

    try:
        return file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ValueRefused(f"{file} cannot be read: {reason}.") from error


def _write(file: Path, text: str) -> None:
    from evidence.errors import ValueRefused

    try:
        file.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise ValueRefused(f"{file} cannot be written: {error.strerror}.") from error


def _named(checked: Checked) -> dict[str, Rule]:
    return {rule.id: rule for rule in checked.rules}


def _by_rule(checked: Checked, found: Sequence[Found], *, everything: bool) -> Iterator[str]:
    for number, rule in enumerate(
        [rule for rule in checked.rules if any(one.rule == rule.id for one in found)]
    ):
        of_rule = [one for one in found if one.rule == rule.id]
        shown = of_rule if everything or len(of_rule) <= _MANY else of_rule[: _MANY - 1]
        if number:
            yield ""
        yield click.style(f"{rule.id} {rule.slug}", bold=True)
        yield paragraph(rule.reason, "  ", "  ")
        for one in shown:
            yield paragraph(f"{one.subject} {one.message}", "      ", "    ")
        if len(shown) < len(of_rule):
            yield f"    and {len(of_rule) - len(shown):,} more; --all lists them"
        yield paragraph(f"To put it right: {rule.remedy}", "  ", "  ")


def _by_case(checked: Checked, found: Sequence[Found]) -> Iterator[str]:
    """Yield the findings under the cases that they concern; one that concerns several stands under each."""
    from evidence.keys import natural

    rules = _named(checked)
    groups: dict[str, list[Found]] = {}
    for one in found:
        for case in (checked.case,) if checked.case else one.cases or ("",):
            groups.setdefault(case, []).append(one)
    for number, case in enumerate(sorted(groups, key=natural)):
        if number:
            yield ""
        yield click.style(case or _STUDY, bold=True)
        for one in groups[case]:
            yield paragraph(f"{one.rule} {rules[one.rule].slug}: {one.subject} {one.message}", "    ", "  ")


def _count(checked: Checked, found: Sequence[Found], *, as_json: bool) -> None:
    numbers = [(rule, sum(one.rule == rule.id for one in found)) for rule in checked.rules]
    if as_json:
        print_json(
            [
                {"rule": rule.id, "name": rule.slug, "family": rule.family, "findings": n}
                for rule, n in numbers
            ]
        )
        return
    table(("FINDINGS", "RULE", "NAME"), [(n, rule.id, rule.slug) for rule, n in numbers if n])


def _row(one: Found, checked: Checked) -> dict[str, Any]:
    rule = _named(checked)[one.rule]
    return {**asdict(one), "name": rule.slug, "family": rule.family, "remedy": rule.remedy}


def _summed(checked: Checked, found: Sequence[Found], old: int, gone: int) -> Iterator[str]:
    over = f"{counted(len(checked.rules), 'rule')} over {counted(checked.cases, 'case')}"
    known = f"; {counted(old, 'finding')} known already" if old else ""
    if found:
        broken = len({one.rule for one in found})
        yield f"{counted(len(found), 'finding')} by {broken} of {over}{known}."
    else:
        yield f"Nothing {'new ' if old else ''}found: {over}{known}."
    if gone:
        yield f"{gone:,} of the baseline {'is' if gone == 1 else 'are'} gone; write it anew with --write-baseline."
