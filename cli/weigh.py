"""weigh: how strong the evidence is, what a code hangs on, and what would change it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from evidence.errors import MethodError, ValueRefused, nearest

from .options import json_option
from .output import as_json as print_json
from .session import reads, say
from .weigh_lines import correlation, lines

if TYPE_CHECKING:
    from evidence.inference.body import Body
    from evidence.inference.robust import Robustness

_KINDS = ("observation", "quote", "source", "lineage", "archive", "coder", "test", "search")
_SOFT = "Claims of 0 and 1 are read as .01 and .99."


def command(name: str) -> click.Command:  # noqa: ARG001
    """Return the command."""
    return weigh


@dataclass(frozen=True, slots=True)
class _Asked:
    """How the evidence is to be read."""

    against: tuple[str, ...]
    priors: str
    doubt: float
    size: int
    kinds: tuple[str, ...]


@click.command()
@click.argument("case")
@click.argument("variable", required=False)
@click.option(
    "--against", multiple=True, metavar="HYP", help="Only pairs with this hypothesis. May be repeated."
)
@click.option(
    "--priors",
    default="equal",
    metavar="WHOSE",
    help="equal, stated, sceptical, or a coder's key. [default: equal]",
)
@click.option(
    "--sceptical",
    type=float,
    metavar="DB",
    help="Prior odds of so many dB against whoever leads. [default: 20]",
)
@click.option("--soften", is_flag=True, help="Read claims of exactly 0 or 1 as .01 or .99.")
@click.option(
    "--without",
    multiple=True,
    metavar="WHAT",
    help="Leave out contested, post-hoc, secondary, redacted or unverified evidence, or coder:KEY. May be repeated.",
)
@click.option(
    "--size", type=click.IntRange(1, 6), default=2, show_default=True, help="How many to take away at most."
)
@click.option(
    "--by",
    multiple=True,
    type=click.Choice(_KINDS),
    help="What to take away. May be repeated. [default: all but quotes]",
)
@click.option(
    "--correlated",
    type=(str, str, float),
    metavar="TEST TEST RHO",
    help="Read two tests as correlated, from -1 to 1.",
)
@click.option("--worlds", metavar="FILE", help="Mix worlds in which likelihoods differ (YAML).")
@click.option(
    "--exclusify",
    multiple=True,
    metavar="HYP",
    help="Write the exclusive combinations of these causes, as YAML.",
)
@json_option
@reads
def weigh(
    connection: Any,
    study: Any,
    case: str,
    variable: str | None,
    against: tuple[str, ...],
    priors: str,
    sceptical: float | None,
    soften: bool,
    without: tuple[str, ...],
    size: int,
    by: tuple[str, ...],
    correlated: tuple[str, str, float] | None,
    worlds: str | None,
    exclusify: tuple[str, ...],
    as_json: bool,
) -> None:
    """Weigh the evidence of a CASE: how strong it is, what its code hangs on, and what would change it.

    Every two hypotheses that tests tell apart in numbers are weighed in decibels: 10 dB is a factor of ten.
    Evidence that goes back to one document or one lineage counts once. A code is also looked at in words: on
    which tests it rests, and without which documents it would no longer stand.

    \b
    Example:
      evidence weigh mid-50 ALLY
      evidence weigh mid-50 ALLY --without post-hoc --by source --size 3
    """
    from evidence.inference.counting import softened
    from evidence.inference.removal import dropped
    from evidence.inference.removal import without as left_without
    from evidence.inference.robust import KINDS

    whole, title = _body(connection, study, case)
    if soften:
        whole = softened(whole)
        say(_SOFT)
    if exclusify:
        click.echo(_combinations(whole, exclusify))
        return
    if worlds is not None:
        _worlds(whole, _only(whole, variable), worlds, as_json=as_json)
        return
    left_out = tuple(dict.fromkeys(unit for what in without for unit in dropped(whole, what)))
    body = left_without(whole, left_out)
    asked = _Asked(
        against,
        "sceptical" if sceptical is not None else priors,
        20.0 if sceptical is None else sceptical,
        size,
        by or KINDS,
    )
    found = [_robust(body, whole, one, asked) for one in _variables(whole, variable)]
    _check_correlated(found, correlated)
    if as_json:
        print_json(
            {
                "case": whole.case,
                "title": title,
                "left_out": left_out,
                "variables": [_json(one, body, correlated) for one in found],
            }
        )
        return
    said = list(lines(found, body, whole, left_out if without else None, correlated))
    click.echo("\n".join([click.style(f"{whole.case}  {title}", bold=True), *said]))


def _check_correlated(found: Sequence[Robustness], asked: tuple[str, str, float] | None) -> None:
    """Refuse two tests that no pair of hypotheses has both."""
    if asked is None:
        return
    counting = [{weight.test for weight in pair.weights} for one in found for pair in one.pairs]
    if not any({*asked[:2]} <= tests for tests in counting):
        raise MethodError(
            f"No two hypotheses are told apart in numbers by both {asked[0]} and {asked[1]}; name two tests of one pair."
        )


def _body(connection: Any, study: Any, key: str) -> tuple[Body, str]:
    from evidence.audit.bodies import body
    from evidence.audit.chain import load
    from evidence.audit.subject import merger, subject

    case = subject(connection, study, key)
    if case.key != key and (merged := merger(connection, study, key)):
        say(merged)
    return body(load(connection, study, case.id), case.id), case.title


def _variables(body: Body, wanted: str | None) -> list[str]:
    """Return the variables to speak of: one that was asked for, or all that are coded or tested."""
    known = dict.fromkeys(code.variable for code in body.codes)
    known |= dict.fromkeys(one.variable for one in body.hypotheses.values())
    if wanted is None:
        return list(known)
    if wanted not in known:
        near = nearest(wanted, known)
        meant = f" Did you mean {near[0]}?" if near else ""
        raise MethodError(f"{body.case} has neither a code nor a hypothesis on {wanted!r}.{meant}")
    return [wanted]


def _only(body: Body, wanted: str | None) -> str:
    found = _variables(body, wanted)
    if len(found) != 1:
        raise MethodError(f"{body.case} has several variables ({', '.join(found)}); name one.")
    return found[0]


def _robust(body: Body, whole: Body, variable: str, asked: _Asked) -> Robustness:
    from evidence.inference.robust import robustness

    return robustness(
        body,
        variable,
        size=asked.size,
        kinds=asked.kinds,
        priors=_whose(body, asked.priors),
        doubt=asked.doubt,
        against=_against(body, variable, asked.against),
        whole=whole,
    )


def _whose(body: Body, priors: str) -> str:
    known = {"equal", "stated", "sceptical"} | {key for one in body.hypotheses.values() for key in one.priors}
    if priors not in known:
        near = nearest(priors, known)
        meant = f" Did you mean {near[0]}?" if near else ""
        raise MethodError(
            f"Nobody called {priors!r} states a prior in {body.case}; write equal, stated, sceptical or a coder's key.{meant}"
        )
    return priors


def _against(body: Body, variable: str, wanted: Sequence[str]) -> tuple[tuple[str, str], ...] | None:
    from evidence.inference.weighing import pairs

    if not wanted:
        return None
    for key in wanted:
        if key not in body.hypotheses:
            near = nearest(key, body.hypotheses)
            meant = f" Did you mean {near[0]}?" if near else ""
            raise MethodError(f"There is no hypothesis {key!r} in {body.case}.{meant}")
    return tuple(pair for pair in pairs(body, variable) if set(pair) & set(wanted))


# --- Programs, worlds and combinations


def _json(robust: Robustness, body: Body, correlated: tuple[str, str, float] | None) -> Any:
    from evidence.inference.telling import told, would_change

    read = [
        {"hypothesis": pair.hypothesis, "rival": pair.rival, **asdict(together)}
        for pair in robust.pairs
        if (together := correlation(pair, body, correlated))
    ]
    more = {"correlated": read} if correlated else {}
    return _finite({**asdict(robust), **more, "told": told(robust), "would_change": would_change(robust)})


def _finite(value: Any) -> Any:
    """Return a value that JSON can say: infinite weights as words, undetermined ones as nothing."""
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else "infinite" if value > 0 else "-infinite"
    return value


def _worlds(body: Body, variable: str, name: str, *, as_json: bool) -> None:
    from evidence.inference.mixing import in_worlds
    from evidence.inference.odds import shown
    from evidence.keys import natural

    own = sorted((key for key, one in body.hypotheses.items() if one.variable == variable), key=natural)
    hypotheses, worlds = _read_worlds(name)
    found = in_worlds(body, hypotheses or own, worlds)
    if as_json:
        print_json(asdict(found))
        return
    for key, p in found.hypotheses.items():
        click.echo(f"{key}  {shown(p)}")
    for key, p in found.worlds.items():
        click.echo(f"world {key}  {shown(p)}")


def _read_worlds(name: str) -> tuple[list[str], list[tuple[str, float, Any]]]:
    import yaml

    try:
        loaded = yaml.safe_load(_contents(name))
    except yaml.YAMLError as error:
        raise ValueRefused(f"{name} is not YAML: {' '.join(str(error).split())}") from error
    shape = "write worlds: a list, each with world, weight and likelihoods (TEST: {HYPOTHESIS: P})"
    if not isinstance(loaded, dict) or not isinstance(loaded.get("worlds"), list):
        raise ValueRefused(f"{name} has no worlds; {shape}.")
    worlds = []
    for number, one in enumerate(loaded["worlds"], 1):
        weight = one.get("weight") if isinstance(one, dict) else None
        if isinstance(weight, bool) or not isinstance(weight, int | float):
            raise ValueRefused(f"World no. {number} in {name} has no weight; {shape}.")
        changed = one.get("likelihoods") or {}
        if not isinstance(changed, dict):
            raise ValueRefused(f"World no. {number} in {name} has no likelihoods by test; {shape}.")
        worlds.append((str(one.get("world", number)), float(weight), changed))
    return [str(key) for key in loaded.get("hypotheses") or ()], worlds


def _contents(name: str) -> str:
    try:
        return Path(name).read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ValueRefused(f"{name} cannot be read: {reason}.") from error


def _combinations(body: Body, causes: Sequence[str]) -> str:
    """Return exclusive combinations of causes as hypotheses.yaml has hypotheses, to be copied and judged."""
    import yaml

    from evidence.inference.rivals import exclusify
    from evidence.keys import listed

    _against(body, "", causes)
    found = exclusify(list(causes))
    keys = {one.name: one.name.replace(" ", "-") for one in found}
    written = [
        {
            "key": keys[one.name],
            "statement": f"Of {listed(causes)}: {one.name}.",
            "rivals": [{"rival": keys[other.name], "relation": "exclusive"} for other in found[:number]],
        }
        for number, one in enumerate(found)
    ]
    return yaml.safe_dump(written, sort_keys=False, allow_unicode=True, width=110).rstrip()
