"""Options made from a noun's fields, and how what is typed becomes a field's value."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from evidence.errors import ValueRefused

if TYPE_CHECKING:
    from evidence.ledger.nouns import Field, Noun

__all__ = ["field_options", "json_option", "long_option", "pairs", "typed_values"]

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
_FROM_FILE = "@FILE reads a file, - the standard input."
_NAMED = {"facts", "locator", "criticism", "csl", "names"}
_METAVARS = {
    "number": "N",
    "date": "EDTF",
    "moment": "MOMENT",
    "text": "TEXT",
    "link": "KEY",
    "version": "KEY",
}

#: What a probability may be typed as; of what was seen also in decibels, which compare hypotheses.
_SEEN = ("p_hypothesis", "p_rival")
_STATED = ("0.9, 0.8..0.95 or a word.", "0.9, 0.8..0.95, a word or -6 dB.")


def field_options(kind: Noun, *, skip: tuple[str, ...] = ()) -> list[click.Option]:
    """Return an option for each field that a person may write, and for each list of records inside."""
    options = []
    for field in kind.fields.values():
        if field.name == "key" or field.computed or field.name in skip:
            continue
        options.append(_option(field))
        if field.kind == "version":
            options.append(
                click.Option(
                    ["--version"], metavar="NAME", help="The variable's version. [default: the newest]"
                )
            )
    for name, child in kind.inside.items():
        if name not in skip:
            options.append(_inside(name, child))
    return options


def _option(field: Field) -> click.Option:  # noqa: PLR0911 - one for each kind of field
    flag = "--" + field.name.replace("_", "-")
    note = " (required)" if field.required else ""
    if field.kind == "truth":
        return click.Option([f"{flag}/--no-{flag[2:]}"], default=None, help=field.help)
    if field.kind == "word":
        assert field.words is not None  # noqa: S101 - every word has its list
        words = ", ".join(word.value for word in field.words)
        return click.Option([flag], metavar="WORD", help=f"{field.help.rstrip('.')}: {words}.{note}")
    if field.kind == "json":
        if field.form in _NAMED:
            return click.Option(
                [flag], multiple=True, metavar="NAME=VALUE", help=f"{field.help}{note} May be repeated."
            )
        if field.form == "strings":
            return click.Option(
                [flag], multiple=True, metavar="TEXT", help=f"{field.help}{note} May be repeated."
            )
        if field.form == "likelihood":
            return click.Option(
                [flag], metavar="P", help=f"{field.help}{note} {_STATED[field.name in _SEEN]}"
            )
        return click.Option([flag], metavar="JSON", help=f"{field.help}{note}")
    more = f" {_FROM_FILE}" if field.long else ""
    return click.Option([flag], metavar=_METAVARS.get(field.kind, "TEXT"), help=f"{field.help}{note}{more}")


def shorthand(child: Noun) -> list[str]:
    """Return the fields of a record inside another, in the order in which they are typed: ``usa:A:1``."""
    fields = [f for f in child.fields if f != child.parent and not child.fields[f].computed]
    return sorted(fields, key=lambda f: (f not in child.known_by, not child.fields[f].required))


def _inside(name: str, child_name: str) -> click.Option:
    from evidence.ledger.nouns import NOUNS

    child = NOUNS[child_name]
    fields = shorthand(child)
    shown = ":".join(f.upper() for f in fields if f in child.known_by or child.fields[f].required)
    singular = {"aliases": "alias", "searches": "search"}.get(name, name.removesuffix("s"))
    if child_name == "variable_version":
        return click.Option(
            ["--version-file", "versions"],
            metavar="FILE",
            multiple=True,
            help="A version as in scheme.yaml. May be repeated.",
        )
    return click.Option(
        ["--" + singular.replace("_", "-"), name],
        multiple=True,
        metavar=shown,
        help=f"{name.replace('_', ' ').capitalize()} ({', '.join(fields)}). May be repeated.",
    )


def typed_values(kind: Noun, params: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that were given on the command line, as the records take them."""
    values: dict[str, Any] = {}
    for name, value in params.items():
        if value is None or value == ():
            continue
        if name in kind.inside:
            values[name] = [_inner(kind.inside[name], item) for item in value]
        elif name in kind.fields:
            values[name] = _read(kind.fields[name], value)
        else:
            values[name] = value
    return values


def _read(field: Field, value: Any) -> Any:
    if field.kind == "json" and field.form in _NAMED:
        named = pairs(f"--{field.name.replace('_', '-')}", value)
        return (
            {name: _fact(item) for name, item in named.items()} if field.form in ("csl", "facts") else named
        )
    if field.kind == "json" and field.form not in ("strings", "likelihood"):
        return _json(field.name, _contents(value))
    return _contents(value) if field.long and isinstance(value, str) else value


def pairs(flag: str, items: Iterable[str]) -> dict[str, str]:
    """Return what ``flag`` was given as NAME=VALUE, each name once."""
    named: dict[str, str] = {}
    for item in items:
        name, equals, value = item.partition("=")
        if not equals:
            raise ValueRefused(f"{flag} {item!r} lacks its '='; write NAME=VALUE.")
        if name in named:
            raise ValueRefused(f"{flag} gives {name!r} twice; give it once.")
        named[name] = value
    return named


def _fact(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value


def _inner(child_name: str, item: str) -> Any:
    from evidence.ledger.nouns import NOUNS

    child = NOUNS[child_name]
    if child_name == "variable_version":
        return _version_file(item)
    if child.scalar:
        return item
    fields = shorthand(child)
    parts = item.split(":", len(fields) - 1)
    return {name: part for name, part in zip(fields, parts, strict=False) if part != ""}


def _version_file(name: str) -> Any:
    import yaml

    try:
        loaded = yaml.safe_load(_contents("@" + name))
    except yaml.YAMLError as error:
        raise ValueRefused(f"{name} is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(loaded, dict):
        raise ValueRefused(f"{name} is not a version of a variable; write it as in scheme.yaml.")
    return loaded


def _json(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ValueRefused(f"--{name.replace('_', '-')} is not JSON: {error}.") from error


def _contents(value: str) -> str:
    if value != "-" and not value.startswith("@"):
        return value
    try:
        read = sys.stdin.buffer.read() if value == "-" else Path(value[1:]).read_bytes()
        return read.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        name = "The standard input" if value == "-" else value[1:]
        raise ValueRefused(f"{name} cannot be read: {reason}.") from error


class _Long(click.ParamType[str]):
    """Text that may be read from a file or from the standard input."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002
        """Return the text itself."""
        return _contents(value)


def long_option(*names: str, help: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:  # noqa: A002
    """Return an option for a text that may be long, as a field's own option would read it."""
    return click.option(*names, type=_Long(), metavar="TEXT", help=f"{help} {_FROM_FILE}")


def with_options(function: Callable[..., Any], options: list[click.Option]) -> Callable[..., Any]:
    """Give a function further options, as a decorator would."""
    function.__click_params__ = [*reversed(options), *getattr(function, "__click_params__", [])]  # type: ignore[attr-defined]
    return function
