"""templates: ours to read, to copy, and to compare with one's own."""

from __future__ import annotations

from pathlib import Path

import click

from .options import json_option
from .output import as_json as print_json
from .output import counted, paragraph, table

_FOLDER = click.Path(path_type=Path, file_okay=False)


def command(name: str) -> click.Command:  # noqa: ARG001
    """Return the group."""
    return templates


@click.group()
def templates() -> None:
    """The templates that pages are made of: read ours, copy them, and keep your own.

    `evidence render appendix --templates DIR` takes a template from DIR before ours of the same name. One of
    yours may begin with {% extends "ours/base.html.j2" %} and then need only hold the blocks that differ.

    \b
    Example:
      evidence templates show base
      evidence templates copy looks base
      evidence render appendix --templates looks
    """


@templates.command("list")
@json_option
def listed(as_json: bool) -> None:
    """List our templates: what each is, and which views it receives.

    \b
    Example:
      evidence templates list
    """
    from evidence.publish.shipped import shipped

    if as_json:
        print_json([{"name": one.key, "about": one.about, "receives": one.receives} for one in shipped()])
        return
    rows = [
        (one.key, one.about + (f" Receives {', '.join(one.receives)}." if one.receives else ""))
        for one in shipped()
    ]
    table(("template", "what it is"), rows)


@templates.command()
@click.argument("name")
def show(name: str) -> None:
    """Print a template of ours, as it is.

    \b
    Example:
      evidence templates show appendix/case.html.j2
    """
    from evidence.publish.shipped import find

    click.echo(find(name).file.read_bytes(), nl=False)


@templates.command()
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.argument("names", metavar="[NAME]...", nargs=-1)
def copy(folder: Path, names: tuple[str, ...]) -> None:
    """Copy our templates into a folder, to change them there: all, or those named.

    A file that was changed there is never written over. What need not change should not be copied: ours gets
    better, and a copy does not.

    \b
    Example:
      evidence templates copy looks base style.css
    """
    from evidence.publish.shipped import copy as copied
    from evidence.publish.shipped import find

    new, there = copied(folder, [find(name) for name in names])
    for path in new:
        click.echo(path)
    standing = f", {len(there)} there already" if there else ""
    click.echo(f"{counted(len(new), 'file')} copied to {folder}{standing}.", err=True)


@templates.command()
@click.argument("folder", metavar="DIR", type=_FOLDER)
@json_option
def diff(folder: Path, as_json: bool) -> None:
    """Say how the templates in a folder differ from ours, and which of ours changed since they were copied.

    \b
    Example:
      evidence templates diff looks
    """
    from evidence.publish.shipped import Compared, compare

    told = {
        "changed": "differs from ours",
        "extends": "extends ours, and has from it whatever it does not say itself",
        "same": "is a copy of ours, unchanged; without it, pages are the same",
        "older": "is an unchanged copy of what ours was; copy it again, or take it away",
    }

    def words(one: Compared) -> str:
        if one.state == "unknown":
            meant = f"; did you mean {one.near}?" if one.near else ""
            return f"none of ours has this name; it is used only where one of yours asks for it{meant}"
        late = "; ours has changed since it was copied" if one.moved and one.state == "changed" else ""
        return told[one.state] + late

    found = compare(folder)
    if as_json:
        print_json(
            [
                {"path": one.path, "state": one.state, "ours_changed": one.moved, "near": one.near}
                for one in found
            ]
        )
        return
    for one in found:
        click.echo(paragraph(f"{one.path}: {words(one)}.".replace("?.", "?"), "    ", ""))
    if not found:
        click.echo(f"There is no template in {folder}.", err=True)
